"""Account assignments of a Terraform plan. An organization may have very many. So of the assignments that stay, the
gate keeps one holder for each permission set in an account.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from pulumi_aws_identity_center.gate.change import Change, known_text

from .terraform_change import IN_PLACE

_values = itemgetter("permission_set_arn", "target_id")


class StandingAssignments:
    """The permission sets and accounts whose assignments stay, as far as the plan has been read."""

    def __init__(self) -> None:
        self._provisioned: set[tuple[str, str]] = set()

    def repeats(self, row: Mapping[str, Any]) -> bool:
        """Whether the assignment stays and is another one of the same permission set in the same account."""
        change = row["change"]
        try:
            values = _values(change["before"])
            stays = values == _values(change["after"])
            is_known = values in self._provisioned
        except (KeyError, TypeError):  # it comes, it goes, or the plan hides a value, or it is no text
            return False
        if not stays or change.get("actions") not in IN_PLACE:
            return False
        self._provisioned.add(values)
        return is_known


def tells_all(change: Change) -> bool:
    """Whether the plan tells, and may show, for which permission sets and accounts an assignment is."""
    values = [state.sets(key) for state in change.states for key in ("permissionSetArn", "targetId")]
    return not change.secrets and all(map(known_text, values))
