"""Would this organization's authoritative list of service principals take `sso.amazonaws.com` away? Pure: one
judgement, for `guard_stack()` and for the policy pack."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

from .ignore_changes import Ignored, how_ignored

PROPERTY = "awsServiceAccessPrincipals"
PYTHON_NAME = "aws_service_access_principals"

FIX = (
    f'In Python: aws_service_access_principals=[..., "{SSO_SERVICE_PRINCIPAL}"], or, to leave the list alone, '
    f'opts=pulumi.ResourceOptions(ignore_changes=["{PROPERTY}"]). '
    f"In YAML: properties: {PROPERTY}: [..., {SSO_SERVICE_PRINCIPAL}], or options: ignoreChanges: [{PROPERTY}]."
)


def ignores_list(ignore_changes: Sequence[str]) -> bool:
    """Whether ignoreChanges covers the whole list."""
    return how_ignored(PROPERTY, ignore_changes) is Ignored.ALL


def ignores_features(ignore_changes: Sequence[str]) -> bool:
    """Whether ignoreChanges covers the feature set."""
    return how_ignored("featureSet", ignore_changes) is Ignored.ALL


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
    texts = [item for item in listed if isinstance(item, str)]
    if SSO_SERVICE_PRINCIPAL in texts or any(_is_unknown(item) for item in listed):
        return None
    near = [item for item in texts if _resembles(item)]
    if near:
        return (
            f"its {PROPERTY} has {near[0]!r}, which is not {SSO_SERVICE_PRINCIPAL!r}: the update would disable trusted "
            f"access, and nobody could sign in. {FIX}"
        )
    return (
        f"its {PROPERTY} lacks {SSO_SERVICE_PRINCIPAL}: the update would disable trusted access, and nobody could sign "
        f"in to any account. {FIX}"
    )


def problem_with_part(ignore_changes: Sequence[str]) -> str | None:
    """For who sees the program's list and not what the engine makes of it: a sentence with the fix, or None."""
    if how_ignored(PROPERTY, ignore_changes) is not Ignored.A_PART:
        return None
    return (
        f"its ignoreChanges names a part of {PROPERTY}: the engine puts old elements back at their index, and "
        f"{SSO_SERVICE_PRINCIPAL} can go although the program lists it. {FIX}"
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
