from __future__ import annotations

import datetime

from pulumi_aws_identity_center.status.checks import Check
from pulumi_aws_identity_center.status.watch import changes, watch

ON = Check("trusted-access", "sso", "pass", "On.")
OFF = Check("trusted-access", "sso", "fail", "Off.", "Recover.")
CALLER = Check("caller", "1", "pass", "Asking.")


def test_what_is_the_same_is_not_told() -> None:
    assert changes([CALLER, ON], [CALLER, ON]) == []


def test_a_change_is_printed_with_its_remedy() -> None:
    assert changes([CALLER, ON], [CALLER, OFF]) == ["fail         trusted-access: sso: Off.\n               → Recover."]
    assert changes([CALLER, Check("caller", "2", "pass", "x")], [CALLER]) == ["gone         caller: 2"]
    assert changes([CALLER, ON], [CALLER]) == ["gone         trusted-access: sso"]


def now() -> datetime.datetime:
    return datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def test_watch_prints_only_changes_with_the_verdict() -> None:
    looks = iter([[CALLER, OFF], [CALLER, OFF], [CALLER, ON]])
    waits = iter([True, True, False])
    reports: list[tuple[list[Check], str | None]] = []
    last = watch(
        lambda: next(looks),
        lambda: next(waits),
        lambda: False,
        lambda checks, text: reports.append((checks, text)),
        now,
    )
    assert last == [CALLER, ON]
    assert reports == [
        ([CALLER, OFF], None),
        ([CALLER, ON], "03:04:05 UTC verdict: healthy (was unhealthy)\npass         trusted-access: sso: On."),
    ]


def test_an_interrupted_run_is_no_change() -> None:
    looks = iter([[CALLER, ON], [CALLER, Check("trusted-access", "sso", "undetermined", "Interrupted.", "Again.")]])
    reasons: list[str | None] = []
    last = watch(lambda: next(looks), lambda: True, lambda: True, lambda _checks, text: reasons.append(text), now)
    assert last == [CALLER, ON]
    assert reasons == [None]
