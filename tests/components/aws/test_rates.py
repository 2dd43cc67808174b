"""No call leaves above the documented rates: each window on a clock of the test's own, and all of them on botocore."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.rates import DOCUMENTED, Window


@pytest.mark.parametrize("limit", [1, 5, 20])
def test_every_second_has_nearly_the_limit_and_never_more(limit: int) -> None:
    moment = [0.0]
    starts: list[float] = []

    def sleep(seconds: float) -> None:
        moment[0] += seconds

    window = Window(limit, lambda: moment[0], sleep)
    for _ in range(10 * limit):
        window.wait()
        starts.append(moment[0])
    for start in starts:
        assert sum(start <= other < start + 1 for other in starts) <= limit
    assert starts[-1] == pytest.approx(9 * 1.01)


def test_a_pause_saves_up_one_seconds_calls_at_most() -> None:
    moment = [0.0]
    slept: list[float] = []
    window = Window(2, lambda: moment[0], slept.append)
    window.wait()
    moment[0] = 100.0
    for _ in range(3):
        window.wait()
    assert slept == [pytest.approx(1.01)]


# The identity store is asked by the provider only: its own test has that.
@pytest.mark.parametrize("service", sorted(DOCUMENTED.keys() - {"identitystore"}))
def test_every_call_with_a_documented_rate_waits_its_turn(
    aws_account: Callable[..., Account], monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    turns: list[str] = []
    monkeypatch.setattr(Window, "wait", lambda _window, **request: turns.append(str(request.get("event_name"))))
    account = aws_account()
    questions: dict[str, Callable[[], object]] = {
        "sso-admin": account.instances,
        "sts": account.caller,
        "account": account.enabled_regions,
        "organizations": account.organization,
    }
    questions[service]()
    assert len(turns) == 1
    assert turns[0].startswith(f"before-send.{service}.")


def test_a_visit_to_another_account_waits_for_sts_too(
    aws_account: Callable[..., Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []
    monkeypatch.setattr(Window, "wait", lambda _window, **request: turns.append(str(request.get("event_name"))))
    assert aws_account().visit("arn:aws:iam::222233334444:role/OrganizationAccountAccessRole").ok
    assert turns == ["before-send.sts.AssumeRole"]
