"""Recovery against an API that answers what each test says, on a clock of the test's own."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import pytest
from pulumi_aws_identity_center.aws.results import Answer, kind_of_code
from pulumi_aws_identity_center.status.recover import Outcome, WithinDeadline, recover
from pulumi_aws_identity_center.status.recovery_advice import who

from tests.walk import walk

ON: Answer[list[dict[str, Any]]] = Answer([{"ServicePrincipal": "sso.amazonaws.com"}])
OFF: Answer[list[dict[str, Any]]] = Answer([{"ServicePrincipal": "ram.amazonaws.com"}])
DENIED: Answer[Any] = Answer(kind="denied", code="AccessDeniedException")
LOST: Answer[Any] = Answer(kind="unreachable", message="Read timeout")
CALL = "aws organizations enable-aws-service-access --service-principal sso.amazonaws.com"


class FakeApi:
    """Answers the lists in order; the last one for ever."""

    def __init__(self, *lists: Answer[list[dict[str, Any]]], **answers: Answer[Any]) -> None:
        self.lists = list(lists)
        self.answers = answers
        self.asked: list[str] = []

    def trusted(self) -> Answer[list[dict[str, Any]]]:
        self.asked.append("trusted")
        return self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]

    def __getattr__(self, name: str) -> Any:
        def answer() -> Answer[Any]:
            self.asked.append(name)
            return self.answers.get(name, Answer(None) if name == "enable" else DENIED)

        return answer

    @property
    def enables(self) -> int:
        return self.asked.count("enable")


class Time:
    def __init__(self) -> None:
        self.moment = 0.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.moment += seconds


def _recover(api: FakeApi, yes: bool | None = True, seconds: float = 60) -> tuple[Outcome, Time]:
    clock = Time()
    return recover(WithinDeadline(api, 600), lambda _: yes, seconds=seconds, sleep=clock.sleep, now=clock.now), clock


def test_it_is_enabled_once_and_proved() -> None:
    api = FakeApi(OFF, OFF, OFF, ON)
    outcome, clock = _recover(api)
    assert (outcome.code, outcome.kind, api.enables, len(clock.pauses)) == (0, "on-again", 1, 2)
    assert outcome.text.count("If Identity Center was in use, it continues as before") == 1


def test_where_it_is_on_one_question_is_all() -> None:
    api = FakeApi(ON)
    assert _recover(api)[0].kind == "on-already"
    assert api.asked == ["trusted"]


def test_the_question_says_who_does_what() -> None:
    messages: list[str] = []
    caller = Answer({"Arn": "arn:aws:iam::1:user/ann", "Account": "1"})

    def refuse(text: str) -> bool:
        messages.append(text)
        return False

    recover(WithinDeadline(FakeApi(OFF, caller=caller), 600), refuse)
    assert len(messages) == 1
    for part in ("is OFF", "user/ann"):
        assert part in messages[0]
    assert messages[0].splitlines()[-1] == CALL


@pytest.mark.parametrize("answer", [False, None])
def test_without_a_yes_nothing_changes_and_it_is_not_good(answer: bool | None) -> None:
    api = FakeApi(OFF)
    outcome, _ = _recover(api, answer)
    assert (outcome.code, outcome.kind, api.enables) == (1, "not-confirmed", 0)
    assert ("--yes" in outcome.text) == (answer is None)


@walk("kind", ["denied", "throttled", "unreachable", "expired", "malformed"])
def test_where_it_cannot_be_told_nothing_is_changed(kind: str) -> None:
    api = FakeApi(Answer(kind=kind))
    outcome, _ = _recover(api)
    assert (outcome.code, api.enables) == (2, 0)
    assert "Nothing was changed" in outcome.text


@pytest.mark.parametrize(("seen", "code"), [(DENIED, 2), (OFF, 1)])
def test_a_member_account_is_refused_with_a_sentence(seen: Answer[Any], code: int) -> None:
    caller, organization = Answer({"Account": "2", "Arn": "a"}), Answer({"MasterAccountId": "1", "FeatureSet": "ALL"})
    api = FakeApi(seen, caller=caller, organization=organization)
    outcome, _ = _recover(api)
    assert (outcome.code, outcome.kind, api.enables) == (code, "member-account", 0)
    assert "2 is a member account" in outcome.text
    assert "credentials of 1" in outcome.text


def test_without_an_organization_it_says_what_comes_first() -> None:
    none: Answer[Any] = Answer(kind="other", code="AWSOrganizationsNotInUseException")
    billing = Answer({"MasterAccountId": "1", "FeatureSet": "CONSOLIDATED_BILLING"})
    assert _recover(FakeApi(none, organization=none))[0].kind == "no-organization"
    assert "enable-all-features" in _recover(FakeApi(DENIED, organization=billing))[0].text


def test_an_unreadable_list_after_the_call_is_named() -> None:
    outcome, _ = _recover(FakeApi(OFF, DENIED))
    assert (outcome.code, outcome.kind) == (2, "not-proved")
    assert "AWS took the call, and its list can't be read: access was denied" in outcome.text


def test_it_works_with_the_permissions_of_the_enable_document_alone() -> None:
    api = FakeApi(OFF, ON)  # whatever else is asked is denied
    assert _recover(api)[0].code == 0


def test_a_refused_call_names_the_reason_and_who_can() -> None:
    page = {"UserDetailList": [_user("ann", "organizations:EnableAWSServiceAccess"), _user("bob", "s3:GetObject")]}
    outcome, _ = _recover(FakeApi(OFF, enable=DENIED, authorization_details=Answer([page])))
    assert (outcome.code, outcome.kind) == (1, "refused")
    for part in ("access was denied", "user/ann", CALL):
        assert part in outcome.text
    assert "user/bob" not in outcome.text


@walk("kind", ["denied", "expired", "no-credentials", "invalid-credentials", "other"])
def test_a_refused_call_is_good_where_somebody_else_turned_it_on(kind: str) -> None:
    outcome, _ = _recover(FakeApi(OFF, ON, LOST, enable=Answer(kind=kind)))
    assert (outcome.code, outcome.kind) == (0, "on-again")


def _user(name: str, action: str) -> dict[str, Any]:
    allow = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    inline = [{"PolicyName": "p", "PolicyDocument": allow}]
    return {"Arn": f"arn:aws:iam::111122223333:user/{name}", "UserName": name, "UserPolicyList": inline}


def test_the_list_settles_a_call_without_an_answer() -> None:
    assert _recover(FakeApi(OFF, OFF, ON, enable=LOST))[0].kind == "on-again"
    assert _recover(FakeApi(OFF, enable=LOST))[0].code == 1
    assert _recover(FakeApi(OFF, DENIED, enable=LOST))[0].code == 2
    assert "identity-center document enable" in _recover(FakeApi(OFF, LOST, enable=DENIED))[0].text


def test_a_list_without_an_answer_in_time_takes_nothing_back() -> None:
    late: Answer[Any] = Answer(kind="deadline")
    outcome, clock = _recover(FakeApi(OFF, OFF, OFF, late, enable=LOST))
    assert (outcome.code, outcome.kind, len(clock.pauses)) == (1, "failed", 2)


def test_credentials_that_expire_meanwhile_tell_nothing() -> None:
    expired: Answer[Any] = Answer(kind="expired")
    outcome, clock = _recover(FakeApi(OFF, expired, enable=expired))
    assert (outcome.code, outcome.kind, clock.pauses) == (2, "not-proved", [])
    assert "Could not tell whether trusted access is on: the credentials have expired" in outcome.text


def test_of_two_people_at_once_both_see_it_on() -> None:
    conflict: Answer[Any] = Answer(kind=kind_of_code("ConcurrentModificationException", 400))
    assert _recover(FakeApi(OFF, OFF, ON, enable=conflict))[0].kind == "on-again"


@walk("kind", ["other", "throttled", "unsupported"])
def test_a_refused_call_is_reported_at_once(kind: str) -> None:
    outcome, clock = _recover(FakeApi(OFF, enable=Answer(kind=kind, code="X")))
    assert (outcome.code, outcome.kind, clock.pauses) == (1, "failed", [])


def test_details_that_make_no_sense_are_no_trace_of_python() -> None:
    details: Answer[Any] = Answer([{"UserDetailList": [{}]}])
    outcome, _ = _recover(FakeApi(OFF, enable=DENIED, authorization_details=details))
    assert (outcome.kind, "is not known" in outcome.text) == ("refused", True)


def test_without_proof_it_backs_off_until_the_deadline() -> None:
    api = FakeApi(OFF)
    outcome, clock = _recover(api, seconds=60)
    assert (outcome.code, outcome.kind, api.enables) == (2, "not-proved", 1)
    assert clock.moment <= 60
    assert 8 <= len(clock.pauses) <= 16
    assert max(clock.pauses) <= 8
    assert clock.pauses[4] > clock.pauses[0] * 4


INSTANCE: dict[str, Any] = {"InstanceArn": "a", "OwnerAccountId": "111122223333", "Status": "ACTIVE"}
ORGANIZATION = Answer({"MasterAccountId": "111122223333", "FeatureSet": "ALL"})
MAYBE = "If Identity Center was in use, it continues as before"


@walk(
    ("instances", "said"),
    [
        (Answer([]), "But AWS lists no Identity Center instance, and without one nobody can sign in"),
        (Answer([INSTANCE]), "Identity Center continues as before"),
        (Answer([INSTANCE | {"Status": "CREATE_FAILED"}]), MAYBE),
        (Answer([INSTANCE | {"OwnerAccountId": "222233334444"}]), MAYBE),
        (Answer([{"InstanceArn": "a"}]), MAYBE),
        (Answer([INSTANCE], kind="throttled"), MAYBE),
        (DENIED, MAYBE),
    ],
)
def test_it_says_whether_people_can_sign_in_now(instances: Answer[Any], said: str) -> None:
    outcome, _ = _recover(FakeApi(OFF, ON, organization=ORGANIZATION, instances_anywhere=instances))
    assert (outcome.code, outcome.kind) == (0, "on-again")
    assert f"is on again. {said}" in outcome.text


@pytest.mark.parametrize("owner", [INSTANCE["OwnerAccountId"], None])
def test_an_unknown_management_account_promises_nothing(owner: str | None) -> None:
    rows = Answer([INSTANCE | {"OwnerAccountId": owner}])
    outcome, _ = _recover(FakeApi(OFF, ON, instances_anywhere=rows))
    assert MAYBE in outcome.text


class SilentInstances(FakeApi):
    """Never answers about instances. signal: sent to the process once it is asked about them."""

    def __init__(self, ended: threading.Event, signal_: int | None = None) -> None:
        super().__init__(OFF, ON, organization=ORGANIZATION)
        self.ended, self.signal = ended, signal_

    def instances_anywhere(self) -> Answer[Any]:
        if self.signal is not None:
            os.kill(os.getpid(), self.signal)
        self.ended.wait()
        return DENIED


@pytest.mark.parametrize("signal_", [None, signal.SIGINT])
def test_what_follows_the_proof_never_loses_it(signal_: int | None) -> None:
    ended = threading.Event()
    start = time.monotonic()
    try:
        outcome = recover(
            WithinDeadline(SilentInstances(ended, signal_), 600), lambda _: True, seconds=60, sleep=lambda _: None
        )
    finally:
        ended.set()
    assert (outcome.code, outcome.kind) == (0, "on-again")
    assert MAYBE in outcome.text
    assert time.monotonic() - start < 20


@walk("kind", ["deadline", "interrupted", "denied"])
@walk("action", ["", "iam:GetAccountAuthorizationDetails"])
def test_who_can_names_an_action_only_if_there_is_one(kind: str, action: str) -> None:
    sentence = who(Answer(kind=kind, action=action))
    assert "()" not in sentence
    assert (f"({action})" in sentence) == bool(action)
