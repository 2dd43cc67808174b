"""Would this organization's authoritative list of service principals take `sso.amazonaws.com` away? Pure: one
judgement, for `guard_stack()` and for the policy pack."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .constants import SSO_SERVICE_PRINCIPAL

PROPERTY = "awsServiceAccessPrincipals"
_PYTHON_NAME = "aws_service_access_principals"

FIX = (
    f'In Python: aws_service_access_principals=[..., "{SSO_SERVICE_PRINCIPAL}"], or, to leave the list alone, '
    f'opts=pulumi.ResourceOptions(ignore_changes=["{PROPERTY}"]). '
    f"In YAML: properties: {PROPERTY}: [..., {SSO_SERVICE_PRINCIPAL}], or options: ignoreChanges: [{PROPERTY}]."
)


def ignores_list(ignore_changes: Sequence[str]) -> bool:
    """Whether ignoreChanges covers the whole list, in any spelling that the engine takes.

    A path into the list (`awsServiceAccessPrincipals[0]`) covers one element, which is not enough.
    """
    whole = {PROPERTY, _PYTHON_NAME, "*", f"{PROPERTY}[*]", f'["{PROPERTY}"]', f"['{PROPERTY}']"}
    return any(entry.strip() in whole for entry in ignore_changes)


def problem_with_list(props: Mapping[str, Any], ignore_changes: Sequence[str]) -> str | None:
    """A sentence with the fix, or None for a list that keeps trusted access (or that nobody here can know)."""
    if ignores_list(ignore_changes):
        return None
    listed = props.get(PROPERTY, props.get(_PYTHON_NAME))
    if listed is None:
        return (
            f"it gives no {PROPERTY}, and an update then disables every trusted service, {SSO_SERVICE_PRINCIPAL} "
            f"among them: nobody could sign in. {FIX}"
        )
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return None
    known = [item for item in listed if isinstance(item, str)]
    if SSO_SERVICE_PRINCIPAL in known or len(known) < len(listed):
        return None
    near = [item for item in known if _resembles(item)]
    if near:
        return (
            f"its {PROPERTY} has {near[0]!r}, which is not {SSO_SERVICE_PRINCIPAL!r}: the update would disable trusted "
            f"access, and nobody could sign in. {FIX}"
        )
    return (
        f"its {PROPERTY} lacks {SSO_SERVICE_PRINCIPAL}: the update would disable trusted access, and nobody could sign "
        f"in to any account. {FIX}"
    )


def _resembles(item: str) -> bool:
    bare = re.sub(r"[^a-z]", "", item.lower())
    return bare in ("ssoamazonawscom", "ssoamazonawscomcn", "sso", "ssoamazonaws", "awsssoamazonawscom")
