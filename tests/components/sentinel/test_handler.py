"""One run of the sentinel's function: the changes that it makes, and those that it doesn't."""

from __future__ import annotations

import contextlib
import datetime
import json
import threading
from typing import Any

import pytest
from pulumi_aws_identity_center.domain.sentinel import MOST_ENABLES
from pulumi_aws_identity_center.domain.sentinel_documents import Home, event_pattern
from pulumi_aws_identity_center.sentinel import handler
from pulumi_aws_identity_center.sentinel.handler import SentinelError

from tests.components.sentinel.fake_aws import (
    SSO,
    UNREACHABLE,
    call_event,
    client_error,
    context,
    schedule_event,
)

ANOTHER = "account-access.amazonaws.com"


def test_a_healthy_run_is_one_call(cloud, run) -> None:
    assert run(schedule_event())["outcome"] == "healthy"
    assert cloud.calls == ["list"]


def test_the_list_is_read_no_further_than_needed(cloud, run) -> None:
    cloud.trusted = {SSO, "zz.amazonaws.com"}
    cloud.page_size = 1
    run(schedule_event())
    assert cloud.calls == ["list"]


def test_what_an_event_turned_off_is_on_again(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    assert run(call_event())["enabled"] == [SSO]
    assert SSO in cloud.trusted
    (message,) = cloud.messages
    assert message["subject"] == "Trusted access of sso.amazonaws.com was off and is on again"
    assert message["text"].splitlines() == [
        "DisableAWSServiceAccess was called for sso.amazonaws.com.",
        "When: 2026-11-29T22:59:58Z",
        "Who: arn:aws:iam::111122223333:user/mallory from 203.0.113.9",
        "Off: sso.amazonaws.com",
        "Turned on again, and AWS lists it: sso.amazonaws.com",
    ]


def test_the_schedule_finds_what_no_event_told(cloud, run) -> None:
    cloud.trusted.clear()
    assert run(schedule_event())["enabled"] == [SSO]
    assert "no event told who did it" in cloud.messages[0]["text"]


def test_who_did_it_is_told_after_the_schedule_was_faster(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    run(schedule_event())
    assert run(call_event())["outcome"] == "told"
    assert cloud.calls.count("enable") == 1
    assert "user/mallory" in cloud.messages[1]["text"]
    assert "Every guarded service is trusted now." in cloud.messages[1]["text"]


def test_a_thousand_duplicates_enable_and_tell_once(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    for _ in range(1000):
        run(call_event())
    assert cloud.calls.count("enable") == 1
    assert len(cloud.messages) == 1


def test_two_at_once_enable_and_tell_once(cloud, run, monkeypatch) -> None:
    cloud.trusted.remove(SSO)
    both = threading.Barrier(2)
    read = cloud.get_parameter_history

    def read_together(Name: str) -> Any:
        rows = list(read(Name))
        if not cloud.calls.count("write ledger"):
            both.wait(timeout=10)  # both have read the same version before either claims
        return rows

    cloud.get_parameter_history = read_together
    pauses = threading.Event()
    monkeypatch.setattr("time.sleep", lambda _: pauses.wait(0.01))
    threads = [threading.Thread(target=run, args=[call_event()]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cloud.calls.count("enable") == 1
    assert len(cloud.messages) == 1


def test_a_run_waits_for_another_that_is_at_work(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud._write(json.dumps({"run": "another", "after": 1}))
    with pytest.raises(SentinelError, match="another run was at work"):
        run(schedule_event())
    assert "enable" not in cloud.calls


def test_a_claim_that_lost_holds_nobody_up(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud._write(json.dumps({"run": "another", "after": 0}))
    assert run(schedule_event())["enabled"] == [SSO]


def test_a_run_that_died_holds_nobody_up(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud.clock = lambda: datetime.datetime.now(datetime.UTC) - 2 * handler.CLAIM_LASTS
    cloud._write(json.dumps({"run": "another", "after": 1}))
    cloud.clock = lambda: datetime.datetime.now(datetime.UTC)
    assert run(schedule_event())["enabled"] == [SSO]


def test_lambdas_second_try_goes_on_where_the_first_died(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud._write(json.dumps({"run": "run-x", "after": 1}))
    assert run(call_event(), "run-x")["enabled"] == [SSO]


# What means nothing.


def _with(event: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {**event, **changed}


IGNORED = {
    "another account's call": _with(call_event(), account="999999999999"),
    "another account's schedule": _with(schedule_event(), account="999999999999"),
    "another source's call": _with(call_event(), source="com.example"),
    "another service's call of that name": call_event(source="sso"),
    "a call that AWS refused": call_event(errorCode="AccessDenied"),
    "another call": call_event("EnableAWSServiceAccess"),
    "a service that isn't guarded": call_event(requestParameters={"servicePrincipal": "guardduty.amazonaws.com"}),
    "no parameters": call_event(requestParameters=None),
    "a detail that is no object": _with(call_event(), detail="DisableAWSServiceAccess"),
    "a schedule of nobody's": _with(schedule_event(), source="com.example"),
    "nothing": {},
    "no object": ["DisableAWSServiceAccess"],
    "no event": None,
}


@pytest.mark.parametrize("event", IGNORED.values(), ids=IGNORED)
def test_an_event_that_means_nothing_calls_nothing(cloud, run, event: Any) -> None:
    cloud.trusted.clear()
    assert run(event)["outcome"] == "ignored"
    assert cloud.calls == []


def test_an_event_without_its_detail_says_so(cloud, run) -> None:
    assert "without its detail" in run(_with(call_event(), detail=None))["detail"]


def test_a_forged_caller_is_no_trace(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    run(call_event(userIdentity="me", sourceIPAddress=None))
    assert "Who: an unknown caller from an unknown address" in cloud.messages[0]["text"]


def test_a_caller_without_an_arn_is_told_as_the_event_names_it(cloud, run) -> None:
    """docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html"""
    cloud.trusted.remove(SSO)
    run(call_event(userIdentity={"type": "IdentityCenterUser", "onBehalfOf": {"userId": "94d00cd8"}}))
    assert '"onBehalfOf": {"userId": "94d00cd8"}' in cloud.messages[0]["text"]


def test_an_event_as_china_names_it_is_one_too(cloud, run) -> None:
    """docs.amazonaws.cn/eventbridge/latest/ref/events-ref-organizations.html"""
    cloud.trusted.remove(SSO)
    assert run(_with(call_event(), **{"detail-type": "Amazon API Call via CloudTrail"}))["enabled"] == [SSO]
    assert "detail-type" not in event_pattern(Home("aws-cn", "111122223333"))


def test_a_late_event_of_a_told_call_is_silent(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud.clock = lambda: datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=5)
    run(call_event())
    cloud.clock = lambda: datetime.datetime.now(datetime.UTC)
    assert run(call_event())["outcome"] == "already told"
    assert len(cloud.messages) == 1


def test_reordered_events_heal_once_and_tell_each_caller(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    run(call_event(number=2, actor="second"))
    run(call_event(number=1, actor="first"))
    assert cloud.calls.count("enable") == 1
    assert ["second" in cloud.messages[0]["text"], "first" in cloud.messages[1]["text"]] == [True, True]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("DeregisterDelegatedAdministrator", "organizations"),
        ("DeleteOrganization", "organizations"),
        ("DeleteInstance", "sso"),
        ("AssociateDirectory", "sso"),
        ("DeleteApplication", "account-access"),
        ("DisableExternalIdPConfigurationForDirectory", "sso-directory"),
    ],
)
def test_what_cannot_be_undone_is_told(cloud, run, name: str, source: str) -> None:
    run(call_event(name, source))
    assert cloud.messages[0]["subject"] == f"{name} was called; trusted access is on"
    assert "enable" not in cloud.calls


# Modes, break-glass, budget.


def test_alert_mode_tells_and_never_enables(cloud, run, monkeypatch) -> None:
    monkeypatch.setenv("MODE", "alert")
    cloud.trusted.remove(SSO)
    run(call_event())
    for number in range(60):
        run(schedule_event(number))
    assert "enable" not in cloud.calls
    assert "NOT turned on: sso.amazonaws.com: the sentinel's mode is alert" in cloud.messages[0]["text"]
    assert cloud.messages[0]["subject"].startswith("ACTION NEEDED")
    assert len(cloud.messages) == 1


def test_what_stays_off_is_told_every_hour(cloud, run, monkeypatch) -> None:
    monkeypatch.setenv("MODE", "alert")
    cloud.trusted.remove(SSO)
    cloud.clock = lambda: datetime.datetime.now(datetime.UTC) - handler.HOUR
    run(schedule_event(1))
    cloud.clock = lambda: datetime.datetime.now(datetime.UTC)
    run(schedule_event(2))
    assert len(cloud.messages) == 2


def test_what_was_on_in_between_is_told_again(cloud, run, monkeypatch) -> None:
    monkeypatch.setenv("MODE", "alert")
    for number in (1, 3):
        cloud.trusted.discard(SSO)
        run(call_event(number=number))
        run(schedule_event(number))
        cloud.trusted.add(SSO)
        run(schedule_event(number + 1))
    assert len(cloud.messages) == 2


def test_off_again_after_a_slot_of_the_hour_is_told(cloud, run) -> None:
    def disabled(number: int, minutes_later: int = 0) -> None:
        for version in cloud.history:
            version["LastModifiedDate"] -= datetime.timedelta(minutes=minutes_later)
        cloud.trusted.discard(SSO)
        run(call_event(number=number))

    disabled(0)
    for number, minutes_later in enumerate((50, 0, 0, 0, 0, 0, 11, 0), start=1):
        disabled(number, minutes_later)
    subjects = [message["subject"].partition(":")[0] for message in cloud.messages[-3:]]
    assert subjects == ["ACTION NEEDED", "Trusted access of sso.amazonaws.com was off and is on again", "ACTION NEEDED"]


def test_an_open_break_glass_is_left_alone_until_its_moment(cloud, run, monkeypatch) -> None:
    now = datetime.datetime.now(datetime.UTC)
    monkeypatch.setenv("BREAK_GLASS_UNTIL", (now + datetime.timedelta(hours=1)).isoformat())
    cloud.trusted.remove(SSO)
    run(call_event())
    run(schedule_event())
    assert "enable" not in cloud.calls
    assert "break-glass is open until" in cloud.messages[0]["text"]
    monkeypatch.setenv("BREAK_GLASS_UNTIL", (now - datetime.timedelta(microseconds=1)).isoformat())
    assert run(schedule_event(2))["enabled"] == [SSO]


def test_a_longer_break_glass_is_told(cloud, run, monkeypatch) -> None:
    now = datetime.datetime.now(datetime.UTC)
    cloud.trusted.remove(SSO)
    for hours in (1, 1, 2):
        monkeypatch.setenv("BREAK_GLASS_UNTIL", (now + datetime.timedelta(hours=hours)).isoformat())
        run(schedule_event())
    assert len(cloud.messages) == 2


def test_past_its_budget_it_only_tells(cloud, run) -> None:
    for number in range(20):
        cloud.trusted.discard(SSO)
        run(call_event(number=number))
    assert cloud.calls.count("enable") == 6
    assert "as often as it may within an hour (6)" in cloud.messages[-1]["text"]
    assert len(cloud.messages) == 7


@pytest.mark.parametrize("lag", [0, 1000])
def test_each_call_that_aws_takes_uses_the_budget(cloud, run, monkeypatch, lag: int) -> None:
    cloud.lag = lag
    enable = cloud.enable_aws_service_access

    def enabled_and_disabled_at_once(ServicePrincipal: str) -> None:
        enable(ServicePrincipal)
        cloud.trusted.discard(ServicePrincipal)

    if not lag:
        monkeypatch.setattr(cloud, "enable_aws_service_access", enabled_and_disabled_at_once)
    for number in range(20):
        cloud.trusted.discard(SSO)
        with contextlib.suppress(SentinelError):
            run(schedule_event(number))
    assert cloud.calls.count("enable") == 6
    assert "as often as it may within an hour (6)" in cloud.messages[-1]["text"]


def test_the_ledger_keeps_the_highest_budget(cloud, run, monkeypatch) -> None:
    monkeypatch.setenv("MAX_ENABLES_PER_HOUR", str(MOST_ENABLES))
    for number in range(MOST_ENABLES + 20):
        cloud.trusted.discard(SSO)
        run(schedule_event(number))
    assert cloud.calls.count("enable") == MOST_ENABLES


def test_the_budget_is_each_services_own(cloud, run, monkeypatch) -> None:
    monkeypatch.setenv("SERVICE_PRINCIPALS", f"{SSO},{ANOTHER}")
    for number in range(7):
        cloud.trusted = {SSO}
        run(schedule_event(number))
    cloud.trusted = set()
    assert run(schedule_event(8))["enabled"] == [SSO]


def test_after_an_hour_there_is_a_budget_again(cloud, run) -> None:
    cloud.clock = lambda: datetime.datetime.now(datetime.UTC) - handler.HOUR
    for number in range(8):
        cloud.trusted.discard(SSO)
        run(schedule_event(number))
    cloud.trusted.discard(SSO)
    assert run(schedule_event(9))["enabled"] == [SSO]


def test_several_services_are_turned_on_together(cloud, run, monkeypatch) -> None:
    monkeypatch.setenv("SERVICE_PRINCIPALS", f"{SSO},{ANOTHER}")
    cloud.trusted.clear()
    assert run(schedule_event())["enabled"] == [SSO, ANOTHER]
    assert len(cloud.messages) == 1


# Faults.


def test_a_list_that_lags_is_waited_for(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud.lag = 3
    assert run(schedule_event())["enabled"] == [SSO]
    assert cloud.calls.count("enable") == 1


def test_a_list_that_fails_once_while_proving_is_no_failure(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud.before["enable"] = lambda: cloud.faults["list"].append(UNREACHABLE)
    assert run(schedule_event())["enabled"] == [SSO]


def test_what_aws_never_lists_is_a_failure(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud.lag = 1000
    with pytest.raises(SentinelError, match="doesn't list it yet"):
        run(schedule_event())
    assert "FAILED: turned on sso.amazonaws.com, and AWS doesn't list it yet" in cloud.messages[0]["text"]


@pytest.mark.parametrize("code", handler.TRY_AGAIN)
def test_what_organizations_says_to_try_again_is_tried_again(cloud, run, code: str) -> None:
    cloud.trusted.remove(SSO)
    cloud.faults["enable"] = [client_error(code)] * 3
    assert run(schedule_event())["enabled"] == [SSO]


@pytest.mark.parametrize("error", [client_error("AccessDeniedException"), UNREACHABLE], ids=["denied", "unreachable"])
def test_what_cannot_be_turned_on_is_told_once_and_fails(cloud, run, error: Exception) -> None:
    cloud.trusted.remove(SSO)
    cloud.faults["enable"] = [error] * 5
    for number in range(5):
        with pytest.raises(SentinelError, match="could not turn on sso"):
            run(schedule_event(number))
    assert len(cloud.messages) == 1
    assert "FAILED: could not turn on sso.amazonaws.com" in cloud.messages[0]["text"]
    assert run(schedule_event(6))["enabled"] == [SSO]
    assert len(cloud.messages) == 2


def test_failures_do_not_use_the_budget_up(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud.faults["enable"] = [client_error("AccessDeniedException")] * 30
    for number in range(30):
        with pytest.raises(SentinelError):
            run(schedule_event(number))
    assert run(schedule_event(31))["enabled"] == [SSO]


def test_one_service_that_fails_leaves_no_other_off(cloud, run, monkeypatch) -> None:
    monkeypatch.setenv("SERVICE_PRINCIPALS", f"{ANOTHER},{SSO}")
    cloud.trusted.clear()
    cloud.faults["enable"] = [client_error("AccessDeniedException")]
    with pytest.raises(SentinelError, match=ANOTHER):
        run(schedule_event())
    assert cloud.trusted == {SSO}
    assert cloud.messages[0]["subject"] == f"ACTION NEEDED: trusted access of {ANOTHER}, sentinel could not restore it"


def test_a_list_that_cannot_be_read_is_told_and_fails(cloud, run) -> None:
    cloud.faults["list"] = [client_error("AWSOrganizationsNotInUseException")] * 3
    for event in (call_event("DeleteOrganization"), schedule_event(1), schedule_event(2)):
        with pytest.raises(SentinelError, match="could not list"):
            run(event)
    (message,) = cloud.messages
    assert "DeleteOrganization was called" in message["text"]
    assert "Every guarded service is trusted now" not in message["text"]
    assert message["subject"] == "ACTION NEEDED: the sentinel could not use the list"


def test_a_schedule_that_cannot_read_the_list_tells_it_once(cloud, run) -> None:
    cloud.faults["list"] = [client_error("AccessDeniedException")] * 2
    for number in range(2):
        with pytest.raises(SentinelError, match="could not list"):
            run(schedule_event(number))
    assert len(cloud.messages) == 1


@pytest.mark.parametrize("operation", ["read ledger", "write ledger"])
def test_without_its_ledger_it_enables_and_fails(cloud, run, operation: str) -> None:
    cloud.faults[operation] = [client_error("AccessDeniedException")] * 1000
    cloud.trusted.remove(SSO)
    with pytest.raises(SentinelError, match="the ledger /identity-center-sentinel/ledger: AccessDenied"):
        run(schedule_event())
    assert SSO in cloud.trusted
    (message,) = cloud.messages
    assert "could not restore" not in message["subject"]


def test_without_its_ledger_it_still_keeps_its_budget(cloud, run) -> None:
    cloud.faults["read ledger"] = [client_error("AccessDeniedException")] * 1000
    for number in range(20):
        cloud.trusted.discard(SSO)
        with pytest.raises(SentinelError):
            run(schedule_event(number))
    assert cloud.calls.count("enable") == 6
    assert len(cloud.messages) == 7


def test_a_message_that_sns_refuses_is_kept_in_the_queue(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud.faults["publish"] = [client_error("AuthorizationError")]
    with pytest.raises(SentinelError, match="could not publish: AuthorizationError"):
        run(call_event())
    assert SSO in cloud.trusted
    assert "user/mallory" in cloud.kept[0]


def test_a_message_that_nobody_takes_is_sent_again(cloud, run) -> None:
    cloud.trusted.remove(SSO)
    cloud.faults["publish"] = [client_error("AuthorizationError")]
    cloud.faults["keep"] = [client_error("AccessDenied")]
    with pytest.raises(SentinelError, match="user/mallory"):
        run(call_event(), request="first")
    run(call_event(), request="first")  # Lambda's next try
    run(call_event(), request="first")
    assert ["user/mallory" in message["text"] for message in cloud.messages] == [True]


def test_what_stays_off_untold_goes_on_failing(cloud, run, monkeypatch) -> None:
    monkeypatch.setenv("MODE", "alert")
    cloud.trusted.remove(SSO)
    for number in range(3):
        cloud.faults["publish"], cloud.faults["keep"] = [client_error("AuthorizationError")], [UNREACHABLE]
        with pytest.raises(SentinelError, match="mode is alert"):
            run(schedule_event(number))


FOREIGN = [
    "",
    "words",
    "[]",
    "[" * 4000,
    '{"enabled": "x"}',
    '{"enabled": 6}',
    '{"after": 0}',
    '{"run": 1, "after": 0}',
    '{"after": 1}',
    '{"run": ["x"], "after": 1}',
]
FOREIGN += ['{"run": "x", "told": [[]]}', '{"run": "x", "enabled": [{}]}', '{"run": "x", "after": {}}']


@pytest.mark.parametrize("text", FOREIGN)
def test_a_ledger_that_somebody_else_wrote_says_nothing(cloud, run, text: str) -> None:
    cloud._write(text)
    cloud.trusted.remove(SSO)
    assert run(schedule_event())["enabled"] == [SSO]


# What a run leaves behind.


def test_every_run_is_one_line_of_metrics(cloud, run, capsys) -> None:
    cloud.trusted.remove(SSO)
    run(call_event())
    (line,) = capsys.readouterr().out.splitlines()
    entry = json.loads(line)
    (definition,) = entry["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "IdentityCenterSentinel"
    assert [metric["Name"] for metric in definition["Metrics"]] == ["ServicesOff", "Enables"]
    assert (entry["ServicesOff"], entry["Enables"], entry["FunctionName"]) == (1, 1, "identity-center-sentinel")
    triggers = []
    for event in (call_event("EnableAWSServiceAccess"), schedule_event()):
        run(event)
        triggers.append(json.loads(capsys.readouterr().out)["trigger"])
    assert triggers == ["ignored", "schedule"]


def test_a_subject_fits_sns(cloud, run, monkeypatch) -> None:
    many = [f"service-{number}.amazonaws.com" for number in range(30)]
    monkeypatch.setenv("SERVICE_PRINCIPALS", ",".join(many))
    run(schedule_event())
    subject = cloud.messages[0]["subject"]
    assert len(subject) < 100
    assert subject.isascii()


def test_a_run_ends_before_its_timeout(cloud, monkeypatch) -> None:
    cloud.trusted.remove(SSO)
    cloud._write(json.dumps({"run": "another", "after": 1}))
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    with pytest.raises(SentinelError):
        handler.handle(schedule_event(), context(seconds=12))
    assert max(slept) <= 2


def test_a_ledger_of_sixty_failing_services_fits_into_ssm() -> None:
    services = {f"a-service-with-a-long-name-{number}.amazonaws.com": "denied " * 99 for number in range(60)}
    keys = handler.History([], datetime.datetime.now(datetime.UTC)).state_keys(services)
    entry = {"run": "r" * 36, "ended": 9999, "enabled": list(services), "call": "c" * 36}
    assert len(json.dumps({**entry, "told": keys})) <= 4096
    assert len(set(keys)) == 60
