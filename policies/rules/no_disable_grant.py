"""no-disable-grant: nobody in the management account is given an action that locks everybody out, but by an exception.

The decisions are the package's (`domain/grants/`), which the gate uses for Terraform's plans too.
"""

from __future__ import annotations

from pack.rule import Rule
from pulumi_aws_identity_center.domain.grants.no_disable_grant import (
    CONFIG,
    CONTEXT_TYPES,
    JUDGED_TYPES,
    violations,
    violations_of_resource,
)

RULE = Rule(
    id="no-disable-grant",
    summary="Nobody in the management account is given an action that locks everybody out, except by `allowed`",
    types=JUDGED_TYPES,
    check=violations_of_resource,
    check_stack=violations,
    stack_types=JUDGED_TYPES | CONTEXT_TYPES,
    config=CONFIG,
)
