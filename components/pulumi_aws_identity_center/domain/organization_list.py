"""Would this organization's authoritative list of service principals take `sso.amazonaws.com` away? Pure: one
judgement, for `guard_stack()` and for the policy pack."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

PROPERTY = "awsServiceAccessPrincipals"
PYTHON_NAME = "aws_service_access_principals"

FIX = (
    f'In Python: aws_service_access_principals=[..., "{SSO_SERVICE_PRINCIPAL}"], or, to leave the list alone, '
    f'opts=pulumi.ResourceOptions(ignore_changes=["{PROPERTY}"]). '
    f"In YAML: properties: {PROPERTY}: [..., {SSO_SERVICE_PRINCIPAL}], or options: ignoreChanges: [{PROPERTY}]."
)


def ignores_list(ignore_changes: Sequence[str]) -> bool:
    """Whether ignoreChanges covers the whole list, in a spelling that the engine really honours.

    Tried on the engine (tests/engine/test_policy_ignore_changes.py): it takes these to the letter, and silently does
    nothing for others that look as good: single quotes, a blank, paths into the list (`...[*]` and `...[0]`). Python's
    snake_case is translated by Pulumi's SDK before the engine, and so before anyone who asks here, sees it.
    """
    return _ignores(PROPERTY, ignore_changes)


def ignores_features(ignore_changes: Sequence[str]) -> bool:
    """The same of the feature set."""
    return _ignores("featureSet", ignore_changes)


def _ignores(name: str, ignore_changes: Sequence[str]) -> bool:
    return not {name, f'["{name}"]', "*", "[*]", '["*"]'}.isdisjoint(ignore_changes)


def problem_with_list(props: Mapping[str, Any], ignore_changes: Sequence[str]) -> str | None:
    """A sentence with the fix, or None for a list that keeps trusted access (or that nobody here can know)."""
    if ignores_list(ignore_changes):
        return None
    listed = _listed(props)
    if listed is None:
        return (
            f"it gives no {PROPERTY}, and an update then disables every trusted service, {SSO_SERVICE_PRINCIPAL} "
            f"among them: nobody could sign in. {FIX}"
        )
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return None
    known = [item for item in listed if isinstance(item, str)]
    if SSO_SERVICE_PRINCIPAL in known or any(_is_unknown(item) for item in listed):
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


def known_too_late(props: Mapping[str, Any], ignore_changes: Sequence[str]) -> bool:
    """Whether the list can't be judged yet: it, or enough of it, is known only in the update."""
    listed = _listed(props)
    if ignores_list(ignore_changes) or listed is None:
        return False
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return _is_unknown(listed)
    return SSO_SERVICE_PRINCIPAL not in listed and any(_is_unknown(item) for item in listed)


def _listed(props: Mapping[str, Any]) -> Any:
    return props.get(PROPERTY, props.get(PYTHON_NAME))


def _is_unknown(value: Any) -> bool:
    """Whether a value stands for one that nobody here knows: what is plain data is known, and is no principal."""
    return not isinstance(value, (str, int, float, bool, type(None), Sequence, Mapping))


def _resembles(item: str) -> bool:
    bare = re.sub(r"[^a-z]", "", item.lower())
    return bare in ("ssoamazonawscom", "ssoamazonawscomcn", "sso", "ssoamazonaws", "awsssoamazonawscom")
