"""What the engine shows of a run: a resource that --target leaves out is declared, and never shown."""

from __future__ import annotations

import threading
import time

import pytest
from pulumi_aws_identity_center.provider import declared
from pulumi_aws_identity_center.provider.declared import Declared
from pulumi_aws_identity_center.provider.run import Run

INSTANCE, SET, ACCOUNT = "arn:instance", "arn:set", "111122223333"
OLD, NEW = ("GROUP", "old"), ("GROUP", "new")


@pytest.fixture
def run() -> Declared:
    """One that declares that NEW has the set; the engine has shown OLD's resource."""
    run = Declared()
    run.name(INSTANCE, "Admin", SET)
    run.by_name(INSTANCE, "Admin", NEW, [ACCOUNT])
    run.by_arn(SET, OLD, [])
    return run


def test_what_is_shown_is_found_at_once(run: Declared) -> None:
    run.by_arn(SET, NEW, [ACCOUNT])
    assert run.other_principals(SET, ACCOUNT, OLD) == [NEW]
    assert run.shown_principals(SET, ACCOUNT, [NEW]) == [NEW]


def test_what_is_shown_later_is_waited_for(run: Declared) -> None:
    threading.Timer(0.05, run.by_arn, (SET, NEW, [ACCOUNT])).start()
    assert run.shown_principals(SET, ACCOUNT, [NEW]) == [NEW]


def test_what_never_shows_is_waited_for_once(run: Declared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "QUIET", 0.05)
    assert run.shown_principals(SET, ACCOUNT, [NEW]) == []
    monkeypatch.setattr(declared, "QUIET", 60.0)
    begun = time.monotonic()
    assert run.shown_principals(SET, ACCOUNT, [NEW]) == []
    assert time.monotonic() - begun < 30
    run.by_arn(SET, NEW, [ACCOUNT])
    assert run.shown_principals(SET, ACCOUNT, [NEW]) == [NEW]


def test_a_cancel_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "QUIET", 60.0)
    cancelled = Run()
    cancelled.declared.by_arn(SET, OLD, [])
    threading.Timer(0.05, cancelled.stop).start()
    begun = time.monotonic()
    assert cancelled.declared.shown_principals(SET, ACCOUNT, [NEW]) == []
    assert time.monotonic() - begun < 30


def test_a_shown_resource_of_other_accounts_is_no_successor(run: Declared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "QUIET", 0.05)
    run.by_arn(SET, NEW, ["222233334444"])
    assert run.shown_principals(SET, ACCOUNT, [NEW]) == []


def test_a_former_principal_is_waited_for(run: Declared) -> None:
    former = ("GROUP", "former")
    threading.Timer(0.05, run.by_arn, (SET, former, [ACCOUNT])).start()
    run.wait_for_principal(SET, former)
    assert run.accounts(SET, former) == {ACCOUNT}


def test_a_principal_that_is_declared_by_name_is_not_waited_for(run: Declared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "QUIET", 60.0)
    begun = time.monotonic()
    run.wait_for_principal(SET, NEW)
    assert time.monotonic() - begun < 30
