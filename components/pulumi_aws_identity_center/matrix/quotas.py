"""Whether an expanded matrix is within AWS's quotas. Pure.

singlesignon/latest/userguide/limits.html: 500 permission sets provisioned in an account, which AWS raises on request;
100 groups that have one permission set in one account, which it doesn't. Others' assignments aren't seen.
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


def quota_problems(expansion: Expansion, most_groups: int = GROUPS_OF_A_SET_IN_AN_ACCOUNT) -> list[str]:
    """A sentence for a quota that is exceeded and that AWS never raises, with the first accounts."""
    groups: dict[str, set[str]] = defaultdict(set)
    for entry in expansion.assignments:
        if entry.principal.type == GROUP:
            for account in entry.account_ids:
                groups[f"{account} ({entry.permission_set})"].add(str(entry.principal))
    advice = "Select fewer accounts, or join groups."
    return _over(groups, most_groups, "groups with one permission set in an account", advice)


def quota_warnings(expansion: Expansion, most_sets: int = PERMISSION_SETS_IN_AN_ACCOUNT) -> list[str]:
    """A sentence for a quota that is exceeded, unless AWS has raised it."""
    sets: dict[str, set[str]] = defaultdict(set)
    for entry in expansion.assignments:
        for account in entry.account_ids:
            sets[account].add(entry.permission_set)
    advice = "The update fails there, unless AWS has raised your quota: ask AWS Support, or select fewer accounts."
    return _over(sets, most_sets, "permission sets in an account", advice)


def _over(members: Mapping[str, set[str]], most: int, what: str, advice: str) -> list[str]:
    over = sorted(place for place, items in members.items() if len(items) > most)
    if not over:
        return []
    return [f"AWS takes at most {most} {what}, and the matrix has more in {first_of(over, _SHOWN)}. {advice}"]
