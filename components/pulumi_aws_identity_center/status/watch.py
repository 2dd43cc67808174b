"""`status --watch`: repeats the checks and prints what changed. For an incident.

Pure but for `watch`, whose arguments are the functions that check, wait and print.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from .checks import Check, verdict
from .report import line


def changes(before: Sequence[Check], after: Sequence[Check]) -> list[str]:
    """A line a check that came, went, or has another result or detail."""
    unchanged = set(before)
    lines = [line(check) for check in after if check not in unchanged]
    # A subject is not there any more, such as an account that left; its check under another subject is told above.
    subjects = {(check.id, check.subject) for check in after}
    gone = [check for check in before if (check.id, check.subject) not in subjects]
    return lines + [f"{'gone':<12} {check.id}: {check.subject}" for check in gone]


def watch(
    look: Callable[[], list[Check]],
    wait: Callable[[], bool],
    stopped: Callable[[], bool],
    tell: Callable[[list[Check], str | None], None],
    now: Callable[[], datetime.datetime],
) -> list[Check]:
    """Looks until wait() is false; the last whole look. tell: is given the checks, and what changed in them."""
    checks = look()
    tell(checks, None)
    while wait():
        report = look()
        if stopped():  # in the middle of it: what it couldn't tell is no change
            break
        different = changes(checks, report)
        if different:
            moved = "" if verdict(report) == verdict(checks) else f" (was {verdict(checks)})"
            tell(report, "\n".join([f"{now():%H:%M:%S} UTC verdict: {verdict(report)}{moved}", *different]))
        checks = report
    return checks
