"""The way back when trusted access is off: one call, and proof. Needs only what `document enable` prints."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ..constants import SSO_SERVICE_PRINCIPAL
from .answers import Answer

# Organizations is eventually consistent: the list may lag the call by a little.
_PROOF_ATTEMPTS = 6


class Switch(Protocol):
    """What recovery needs of AWS."""

    def trusted(self) -> Answer[list[dict[str, Any]]]: ...

    def enable(self) -> Answer[None]: ...


@dataclass(frozen=True)
class Outcome:
    """code: the exit status. text: what happened, for a person."""

    code: int
    text: str


def is_on(answer: Answer[list[dict[str, Any]]]) -> bool | None:
    """Whether it is on; None if that can't be told."""
    if not answer.ok:
        return None
    return any(row["ServicePrincipal"] == SSO_SERVICE_PRINCIPAL for row in answer.value or [])


def recover(switch: Switch, confirm: Callable[[], bool], sleep: Callable[[float], None] = time.sleep) -> Outcome:
    """Enables trusted access once, if it is off and confirmed, and waits for proof. Safe to repeat."""
    before = switch.trusted()
    on = is_on(before)
    if on is None:
        return Outcome(
            2,
            f"Could not tell whether trusted access is on: {before.explanation}. Nothing was changed. {before.remedy}",
        )
    if on:
        return Outcome(0, f"Trusted access for {SSO_SERVICE_PRINCIPAL} is on already. Nothing was changed.")
    if not confirm():
        return Outcome(1, "Nothing was changed: trusted access is still off.")
    made = switch.enable()
    if not made.ok:
        return Outcome(1, f"Trusted access is still off: {made.explanation}. {made.remedy}")
    for attempt in range(_PROOF_ATTEMPTS):
        if is_on(switch.trusted()):
            return Outcome(
                0,
                f"Trusted access for {SSO_SERVICE_PRINCIPAL} is on again. Sign-in, permission sets and assignments go "
                "on as before; nothing has to be set up again. Who could turn it off: identity-center who-can-disable.",
            )
        sleep(min(0.5 * 2**attempt, 8))
    return Outcome(2, "AWS took the call, and its list does not show it yet. Run identity-center status in a minute.")
