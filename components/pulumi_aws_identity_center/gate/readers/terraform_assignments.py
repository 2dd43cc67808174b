"""Account assignments of a Terraform plan. An organization may have very many. So of the assignments that stay, the
gate keeps one holder for each permission set in an account.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

from pulumi_aws_identity_center.gate.change import Cause, Change

from .terraform_change import IN_PLACE, change_of

_ATTRIBUTES: Final = ("permission_set_arn", "target_id", "principal_type", "principal_id")
_MARKS: Final = ("after_unknown", "before_sensitive", "after_sensitive")
_values = itemgetter(*_ATTRIBUTES)


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
            is_known = values[:2] in self._provisioned
        except (KeyError, TypeError):  # it comes, it goes, or the plan hides a value, or it is no text
            return False
        if not stays or change.get("actions") not in IN_PLACE:
            return False
        self._provisioned.add(values[:2])
        return is_known


def assignment_change(row: Mapping[str, Any], cause: Cause) -> Change | None:
    """The change with these attributes alone. None where the plan hides one: the row is then read as any other."""
    change = row["change"]
    try:
        before, after = _slim(change.get("before")), _slim(change.get("after"))
    except (KeyError, TypeError):
        return None
    if any(_has_mark(change.get(mark)) for mark in _MARKS):
        return None
    slim = {"actions": change.get("actions"), "importing": change.get("importing"), "before": before, "after": after}
    return change_of({**row, "change": slim}, cause)


def _slim(state: Any) -> dict[str, str] | None:
    """These attributes of a state. Raises KeyError or TypeError where one is missing, or no text."""
    if state is None:
        return None
    values = _values(state)
    if not all(isinstance(value, str) for value in values):
        raise TypeError
    return dict(zip(_ATTRIBUTES, values, strict=True))


def _has_mark(marks: Any) -> bool:
    """Whether the plan doesn't know, or calls sensitive, one of the attributes."""
    return isinstance(marks, dict) and any(map(marks.get, _ATTRIBUTES))
