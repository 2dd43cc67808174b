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
    old = {(check.id, check.subject): check for check in before}
    new = {(check.id, check.subject): check for check in after}
    lines = [line(check) for key, check in new.items() if key not in old or old[key] != check]
    # A subject is not there any more, such as an account that left; its check under another subject is told above.
    ids = {check.id for check in after}
    return lines + [
        f"{'gone':<12} {id_}: {subject}" for id_, subject in old if (id_, subject) not in new and id_ in ids
    ]


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
