"""The promise, run: trusted access that was turned off is on again, by the Sentinel's own function in the sandbox."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

SSO = "sso.amazonaws.com"
NAME = "identity-center-sentinel"
PROGRAM = """
    from pulumi_aws_identity_center import Sentinel, TrustedAccess
    TrustedAccess("sso", {glass})
    Sentinel("watch", {args})
"""
# The seed has trusted access on: the stack's own call would use a fault up.
ALONE = """
    from pulumi_aws_identity_center import Sentinel
    Sentinel("watch", {args})
"""


def _program(glass: Any = None, program: str = PROGRAM, **args: Any) -> str:
    configuration = {"breakGlass": glass} if glass else {}
    return program.format(glass=configuration, args={**args, **configuration})


@dataclass
class Deployed:
    """A stack with the Sentinel, and a queue that gets the topic's messages."""

    stack: Any
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.aws = self.stack.session.aws
        self.queue = self.client("sqs").create_queue(QueueName="on-call")["QueueUrl"]
        self.client("sns").subscribe(
            TopicArn=f"arn:aws:sns:us-east-1:111122223333:{NAME}",
            Protocol="sqs",
            Endpoint="arn:aws:sqs:us-east-1:111122223333:on-call",
        )

    def client(self, service: str) -> Any:
        return self.aws.client(service, region="us-east-1")

    def turn_off(self) -> None:
        self.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)

    def stop_trails(self) -> None:
        trails = self.client("cloudtrail")
        for trail in trails.describe_trails()["trailList"]:
            trails.stop_logging(Name=trail["TrailARN"])

    def pass_minutes(self, minutes: int) -> None:
        for _ in range(minutes):
            self.aws.move_clock(60)
            assert self.aws.settle()

    @property
    def is_on(self) -> bool:
        rows = self.client("organizations").list_aws_service_access_for_organization()["EnabledServicePrincipals"]
        return SSO in [row["ServicePrincipal"] for row in rows]

    def own_calls(self) -> list[str]:
        role = f":assumed-role/{NAME}/"
        return [call["operation"] for call in self.aws.calls if role in str(call["principal"])]

    def seconds_between(self, first: str, last: str) -> float:
        moments = {call["operation"]: datetime.datetime.fromisoformat(call["time"]) for call in self.aws.calls}
        return (moments[last] - moments[first]).total_seconds()

    def messages(self) -> list[str]:
        """The sentinel's own; alarms have a JSON of CloudWatch's."""
        return [text for text in self._receive(self.queue) if not text.startswith("{")]

    def alarms(self) -> list[str]:
        texts = [json.loads(text) for text in self._receive(self.queue) if text.startswith("{")]
        return [text["AlarmName"] for text in texts if text.get("NewStateValue") == "ALARM"]

    def dead_letters(self) -> list[str]:
        return self._take(self.client("sqs").get_queue_url(QueueName=f"{NAME}-dead-letters")["QueueUrl"])

    def _receive(self, url: str) -> list[str]:
        """All messages until now, without SNS's envelope."""
        self.texts += [json.loads(body)["Message"] for body in self._take(url)]
        return self.texts

    def _take(self, url: str) -> list[str]:
        bodies: list[str] = []
        while rows := self.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for row in rows:
                bodies.append(row["Body"])
                self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=row["ReceiptHandle"])
        return bodies


@pytest.fixture
def deployed(new_stack: Callable) -> Callable[..., Deployed]:
    """`deployed(glass=..., **args)`: the stack is up."""

    def make(glass: Any = None, program: str = PROGRAM, faults: Sequence[str] = (), **args: Any) -> Deployed:
        return Deployed(new_stack(_program(glass, program, **args), deployed=True, faults=faults))

    return make


def test_what_somebody_turns_off_is_on_within_two_seconds(deployed: Callable) -> None:
    """And a healthy minute before it is one call."""
    sentinel = deployed()
    sentinel.pass_minutes(3)  # the function's process is there, as it is in AWS with a schedule of one minute
    calls = [call for call in sentinel.own_calls() if not call.startswith(("CreateLog", "PutLog"))]
    assert calls == ["ListAWSServiceAccessForOrganization"] * 3
    sentinel.turn_off()
    assert sentinel.aws.settle()
    assert sentinel.is_on
    assert sentinel.seconds_between("DisableAWSServiceAccess", "EnableAWSServiceAccess") < 2
    (message,) = sentinel.messages()
    assert "DisableAWSServiceAccess was called for sso.amazonaws.com." in message
    assert "Who: arn:aws:sts::111122223333:assumed-role/Administrator/sandbox from 127.0.0.1" in message
    assert "Turned on again, and AWS lists it: sso.amazonaws.com" in message


def _status_detail(sentinel: Deployed) -> str:
    command = ("identity-center", "status", "--format", "json")
    result = sentinel.stack.session.run(*command, cwd=sentinel.stack.folder, check=False)
    checks = {check["id"]: check for check in json.loads(result.out)["checks"]}
    assert checks["sentinel"]["result"] == "pass"
    return str(checks["sentinel"]["detail"])


def test_the_schedule_finds_what_no_event_told(deployed: Callable) -> None:
    """Status says that only the schedule heals; an event of another account or source changes nothing."""
    sentinel = deployed()
    assert "No CloudTrail trail" not in _status_detail(sentinel)
    sentinel.stop_trails()
    only_schedule = "No CloudTrail trail logs in its Region, so no event arrives: only its schedule starts it."
    assert only_schedule in _status_detail(sentinel)

    sentinel.turn_off()
    assert sentinel.aws.settle()
    event = {
        "account": "222233334444",
        "source": "aws.organizations",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {"eventSource": "organizations.amazonaws.com", "eventName": "DisableAWSServiceAccess"},
    }
    another_source = {**event, "account": "111122223333", "source": "com.example"}
    events: list[Any] = [event, another_source, {}, []]
    for forged in events:
        answer = sentinel.client("lambda").invoke(FunctionName=NAME, Payload=json.dumps(forged))
        assert json.loads(answer["Payload"].read())["outcome"] == "ignored"
    assert not sentinel.is_on
    assert "ListAWSServiceAccessForOrganization" not in sentinel.own_calls()

    sentinel.pass_minutes(1)
    assert sentinel.is_on
    assert "The sentinel's schedule found this" in sentinel.messages()[0]


def test_alert_mode_never_enables(deployed: Callable) -> None:
    sentinel = deployed(mode="alert")
    sentinel.turn_off()
    assert sentinel.aws.settle()
    sentinel.pass_minutes(3)
    assert not sentinel.is_on
    assert "EnableAWSServiceAccess" not in sentinel.own_calls()
    (message,) = sentinel.messages()
    assert "NOT turned on: sso.amazonaws.com: the sentinel's mode is alert" in message


def test_break_glass_opens_and_ends_without_a_fight(deployed: Callable) -> None:
    """One `pulumi up` opens it; at its moment the function enforces, with nobody's help."""
    sentinel = deployed()
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=25)
    glass = {"reason": "a drill", "expires": until.isoformat()}
    sentinel.stack.write(_program(glass))
    sentinel.stack.up()
    sentinel.turn_off()
    assert sentinel.aws.settle()
    assert not sentinel.is_on
    assert "break-glass is open until" in sentinel.messages()[0]
    while datetime.datetime.now(datetime.UTC) < until:
        assert not sentinel.is_on
        time.sleep(0.5)
    sentinel.pass_minutes(1)
    assert sentinel.is_on


def test_the_update_that_closes_break_glass_ends_the_sleep(deployed: Callable) -> None:
    glass = {
        "reason": "a drill",
        "expires": (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat(),
    }
    sentinel = deployed(glass)
    sentinel.turn_off()
    assert sentinel.aws.settle()
    assert not sentinel.is_on
    sentinel.stack.write(_program())
    sentinel.stack.up()
    sentinel.pass_minutes(1)
    assert sentinel.is_on


def test_while_it_is_denied_it_tries_on_and_alarms(deployed: Callable) -> None:
    """Three tries of the event, then the dead-letter queue; the schedule heals when AWS answers again."""
    sentinel = deployed()
    denial = {"Effect": "Deny", "Action": "organizations:EnableAWSServiceAccess", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    sentinel.client("iam").put_role_policy(RoleName=NAME, PolicyName="outage", PolicyDocument=text)
    sentinel.turn_off()
    assert sentinel.aws.settle()
    sentinel.pass_minutes(5)
    assert not sentinel.is_on
    assert any("DisableAWSServiceAccess" in letter for letter in sentinel.dead_letters())
    assert {f"{NAME}-errors", f"{NAME}-dead-letters"} <= set(sentinel.alarms())
    sentinel.client("iam").delete_role_policy(RoleName=NAME, PolicyName="outage")
    sentinel.pass_minutes(1)
    assert sentinel.is_on
    messages = sentinel.messages()
    assert "FAILED: could not turn on sso.amazonaws.com: AccessDeniedException" in messages[0]
    assert "Turned on again" in messages[-1]


def test_passing_faults_are_tried_again_at_once(deployed: Callable) -> None:
    errors = ("TooManyRequestsException", "reset")
    sentinel = deployed(program=ALONE, faults=[f"organizations:EnableAWSServiceAccess:{error}:1" for error in errors])
    sentinel.turn_off()
    assert sentinel.aws.settle()
    assert sentinel.is_on
    assert sentinel.own_calls().count("EnableAWSServiceAccess") >= 2
    assert len(sentinel.messages()) == 1
    assert sentinel.dead_letters() == []


def test_each_permission_of_the_role_is_needed(deployed: Callable) -> None:
    sentinel = deployed(program=ALONE, maxEnablesPerHour=40)
    sentinel.stop_trails()
    role = {"RoleName": NAME, "PolicyName": NAME}
    whole = sentinel.client("iam").get_role_policy(**role)["PolicyDocument"]
    assert _complaints(sentinel) == []
    for statement in whole["Statement"]:
        for action in statement["Action"]:
            sentinel.client("iam").put_role_policy(**role, PolicyDocument=json.dumps(_without(whole, action)))
            assert _complaints(sentinel), action
    sentinel.client("iam").put_role_policy(**role, PolicyDocument=json.dumps(whole))
    assert _complaints(sentinel) == []


def _without(document: dict[str, Any], action: str) -> dict[str, Any]:
    rows = [{**row, "Action": [name for name in row["Action"] if name != action]} for row in document["Statement"]]
    return {**document, "Statement": [row for row in rows if row["Action"]]}


def _complaints(sentinel: Deployed) -> list[str]:
    """What goes wrong when it heals, and when it then can't reach the topic."""
    logged = _log_lines(sentinel)
    sentinel.turn_off()
    failures = [f"the run fails: {error}"] if (error := _run(sentinel)) else []
    if _log_lines(sentinel) == logged:
        failures.append("no log")
    document = sentinel.client("iam").get_role_policy(RoleName=NAME, PolicyName=NAME)["PolicyDocument"]
    text = json.dumps(_without(document, "sns:Publish"))
    sentinel.client("iam").put_role_policy(RoleName=NAME, PolicyName=NAME, PolicyDocument=text)
    sentinel.turn_off()
    _run(sentinel)
    if not sentinel.dead_letters():
        failures.append("a message is lost")
    sentinel.client("iam").put_role_policy(RoleName=NAME, PolicyName=NAME, PolicyDocument=json.dumps(document))
    sentinel.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
    return failures


def _run(sentinel: Deployed) -> str:
    """One scheduled run; its error."""
    event = {"account": "111122223333", "source": "aws.events", "detail-type": "Scheduled Event", "id": "1"}
    answer = sentinel.client("lambda").invoke(FunctionName=NAME, Payload=json.dumps(event))
    payload = json.loads(answer["Payload"].read())
    return str(payload["errorMessage"]) if answer.get("FunctionError") else ""


def _log_lines(sentinel: Deployed) -> int:
    return len(sentinel.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{NAME}")["events"])
