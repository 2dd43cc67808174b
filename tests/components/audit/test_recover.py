from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.audit.answers import Answer
from pulumi_aws_identity_center.audit.recover import recover

ON: Answer[list[dict[str, Any]]] = Answer([{"ServicePrincipal": "sso.amazonaws.com"}])
OFF: Answer[list[dict[str, Any]]] = Answer([{"ServicePrincipal": "ram.amazonaws.com"}])
DENIED: Answer[Any] = Answer(kind="denied", code="AccessDeniedException")


class Switch:
    """Answers in order; the last one for ever."""

    def __init__(self, *lists: Answer[list[dict[str, Any]]], enabled: Answer[None] | None = None) -> None:
        self.lists = list(lists)
        self.enabled = enabled or Answer(None)
        self.enables = 0

    def trusted(self) -> Answer[list[dict[str, Any]]]:
        return self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]

    def enable(self) -> Answer[None]:
        self.enables += 1
        return self.enabled


def _recover(switch: Switch, yes: bool = True) -> tuple[int, str, int]:
    slept: list[float] = []
    outcome = recover(switch, lambda: yes, slept.append)
    return outcome.code, outcome.text, len(slept)


def test_it_is_enabled_once_and_proved() -> None:
    switch = Switch(OFF, OFF, OFF, ON)
    code, text, slept = _recover(switch)
    assert (code, switch.enables, slept) == (0, 1, 2)
    assert "is on again" in text


def test_where_it_is_on_nothing_is_called() -> None:
    switch = Switch(ON)
    assert _recover(switch)[0] == 0
    assert switch.enables == 0


def test_a_no_changes_nothing_and_is_not_good() -> None:
    switch = Switch(OFF)
    code, text, _ = _recover(switch, yes=False)
    assert (code, switch.enables) == (1, 0)
    assert "still off" in text


def test_where_it_cannot_be_told_nothing_is_changed() -> None:
    switch = Switch(DENIED)
    code, text, _ = _recover(switch)
    assert (code, switch.enables) == (2, 0)
    assert "Nothing was changed" in text


def test_a_refused_call_is_told_with_its_reason() -> None:
    code, text, _ = _recover(Switch(OFF, enabled=DENIED))
    assert code == 1
    assert "access was denied" in text


def test_without_proof_it_does_not_claim_success() -> None:
    switch = Switch(OFF)
    code, _, slept = _recover(switch)
    assert (code, switch.enables, slept) == (2, 1, 6)
