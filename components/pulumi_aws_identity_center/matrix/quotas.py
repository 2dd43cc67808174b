"""Whether an expanded matrix is within AWS's quotas. Pure.

singlesignon/latest/userguide/limits.html: 500 permission sets provisioned in an account, 100 groups that have one
permission set in one account. Others' assignments aren't seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pulumi_aws_identity_center.errors import first_of

from .access_matrix import GROUP
from .expansion import Expansion

PERMISSION_SETS_IN_AN_ACCOUNT = 500
GROUPS_OF_A_SET_IN_AN_ACCOUNT = 100
_SHOWN = 3


def quota_problems(
    expansion: Expansion,
    most_sets: int = PERMISSION_SETS_IN_AN_ACCOUNT,
    most_groups: int = GROUPS_OF_A_SET_IN_AN_ACCOUNT,
) -> list[str]:
    """A sentence for each quota that is exceeded, with the first accounts."""
    sets: dict[str, set[str]] = defaultdict(set)
    groups: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for entry in expansion.assignments:
        for account in entry.account_ids:
            sets[account].add(entry.permission_set)
            if entry.principal.type == GROUP:
                groups[f"{account} ({entry.permission_set})"].add((entry.principal.type, str(entry.principal)))
    return [
        *_problem(sets, most_sets, "permission sets in an account"),
        *_problem(groups, most_groups, "groups with one permission set in an account"),
    ]


def _problem(members: Mapping[str, set[str]] | Mapping[str, set[tuple[str, str]]], most: int, what: str) -> list[str]:
    over = sorted(place for place, items in members.items() if len(items) > most)
    if not over:
        return []
    places = first_of(over, _SHOWN)
    return [
        f"AWS takes at most {most} {what}, and the matrix has more in {places}. Select fewer accounts, or join groups."
    ]
