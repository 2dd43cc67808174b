"""Who has which permission set in some accounts now, with the sets' content: to judge if administrators remain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from pulumi_aws_identity_center.aws.permission_sets import PermissionSets
from pulumi_aws_identity_center.domain.declared import UNKNOWN, is_partly_unknown

from .grants import Grant, Principal
from .last_administrator import AccessState
from .permission_set import KEYS, PermissionSet, parse_permission_set
from .values import Values

if TYPE_CHECKING:
    from pulumi_aws_identity_center.aws.reader import Rows


@dataclass(frozen=True)
class LiveAccess:
    """names: permission set's ARN → name, which the state's grants have."""

    state: AccessState
    names: Mapping[str, str]


def read_live_access(
    client: Rows,
    permission_sets: PermissionSets,
    accounts: Iterable[str],
    principal_name: Callable[[str, str], str | None],
) -> LiveAccess:
    """Without grants of groups and users that were deleted, which administer nothing. principal_name: of a type and an
    id; None for who isn't in the identity store. Raises NoAnswer."""
    places = [(arn, account) for account in accounts for arn in permission_sets.provisioned_in(account)]
    arns = sorted({arn for arn, _ in places})
    contents = dict(zip(arns, client.map(permission_sets.read, arns), strict=True))
    names = {arn: str(parts["name"]) for arn, parts in contents.items() if parts}

    def read(place: tuple[str, str]) -> list[Grant]:
        arn, account = place
        keys = [(row["PrincipalType"], row["PrincipalId"]) for row in permission_sets.assignments(arn, account)]
        principals = [Principal(*key, principal_name(*key)) for key in keys]
        return [Grant(principal, names[arn], account) for principal in principals if principal.name is not None]

    grants = chain.from_iterable(client.map(read, [place for place in places if place[0] in names]))
    sets = {name: parse_content(name, contents[arn] or {}) for arn, name in names.items()}
    return LiveAccess(AccessState(list(grants), sets), names)


# What an unknown part is judged as: it may be any policy, and a boundary may be any.
_ANY: Mapping[str, Any] = {
    "managedPolicies": [UNKNOWN],
    "customerManagedPolicies": [{"name": UNKNOWN}],
    "permissionsBoundary": {"managedPolicy": UNKNOWN},
}


def parse_content(name: str, content: Mapping[str, Any]) -> PermissionSet:
    """To judge it. None and UNKNOWN stand for what isn't known: a part, or some of it. What can't be parsed counts as
    unknown in the judgement, and is refused where it is declared."""
    parts = {
        key: _ANY.get(key, UNKNOWN) if _is_unknown(content[key]) else content[key] for key in KEYS if key in content
    }
    return parse_permission_set(name, parts, "", Values(is_deferred=lambda value: value is UNKNOWN))


def _is_unknown(part: Any) -> bool:
    """Whether any of it is. A key of an object that is null counts as absent."""
    return part is None or is_partly_unknown(part) or (isinstance(part, list) and None in part)
