"""A preview's warning about IAM policies and roles that exist already and aren't this stack's.

IAM takes a name once in an account. Without the warning, the update fails halfway with EntityAlreadyExists.
"""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from .aws_reader import ask_aws
from .program import current_program
from .stack_state import arns_of_types


async def warn_of_taken_names(component: pulumi.Resource, arns: Iterable[str], advice: str) -> list[str]:
    """The ARNs that it warned of; none if AWS can't be asked.

    arns: of the policies and roles that the component makes. advice: what to do if one exists.
    """
    if not pulumi.runtime.is_dry_run():
        return []
    own = arns_of_types(await current_program().state(), "aws:iam/policy:Policy", "aws:iam/role:Role")
    new = [arn for arn in arns if arn not in own]
    if not new:
        return []
    existing = (await ask_aws(component, lambda account: account.existing_in_iam(new))).value
    if not existing:
        return []
    names = ", ".join(arn.rpartition(":")[2] for arn in existing)
    them = "it" if len(existing) == 1 else "them"
    pulumi.log.warn(
        f"IAM has {names} already. This stack did not make {them}, and IAM takes a name once. So the update fails "
        f"unless it imports {them}. {advice}",
        component,
    )
    return existing
