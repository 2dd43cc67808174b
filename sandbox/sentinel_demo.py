"""`python -m sandbox.sentinel_demo`: somebody turns trusted access off, the Sentinel turns it on again; a timeline.

Act one: CloudTrail's event starts the function. Act two: nothing logs, so the event is lost, and the schedule finds it
a minute later (the sandbox's clock is moved). Exit status 1 if trusted access isn't on again.
"""

from __future__ import annotations

import datetime
import json
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .aws import EmbeddedAws
from .session import Session

SSO = "sso.amazonaws.com"
_PROGRAM = """\
import pulumi
from pulumi_aws_identity_center import Sentinel

sentinel = Sentinel("sentinel")
pulumi.export("topicArn", sentinel.topic_arn)
"""
_QUEUE = "on-call"
_QUIET = ("GetCallerIdentity", "DescribeOrganization", "ReceiveMessage", "DeleteMessage", "StopLogging")
_WIDTH = 118


@dataclass(frozen=True)
class Happening:
    """moment: seconds since 1970, on the sandbox's clock."""

    moment: float
    who: str
    action: str


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="sentinel-demo-") as folder, Session(home=Path(folder, "home")) as session:
        print("The Sentinel goes up: a function, two rules, a topic, a dead-letter queue, three alarms …", flush=True)
        topic = _bring_up(session, Path(folder, "program"))
        queue = _listen(session.aws, topic)
        acts = [
            ("Someone turns trusted access off, and a trail logs the call.", _turn_off),
            ("The trail was stopped: no event arrives. A minute passes.", _turn_off_unseen),
        ]
        for title, act in acts:
            began = session.aws.world.now()
            calls_before = len(session.calls)
            act(session.aws)
            _show(title, began, _story(session.aws, calls_before, queue))
        is_on = _is_on(session.aws)
    print(f"\nTrusted access for {SSO} is {'on' if is_on else 'OFF'}.")
    return 0 if is_on else 1


def _bring_up(session: Session, program: Path) -> str:
    """The topic's ARN."""
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: sentinel-demo\nruntime: python\n")
    (program / "__main__.py").write_text(_PROGRAM)
    session.pulumi("stack", "init", "dev", cwd=program)
    session.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", cwd=program)
    topic: str = json.loads(session.pulumi("stack", "output", "--json", cwd=program).out)["topicArn"]
    return topic


def _listen(aws: EmbeddedAws, topic: str) -> str:
    """The URL of a queue that gets the topic's messages."""
    sqs = aws.client("sqs")
    url = str(sqs.create_queue(QueueName=_QUEUE)["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def _turn_off(aws: EmbeddedAws) -> None:
    aws.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    aws.settle()


def _turn_off_unseen(aws: EmbeddedAws) -> None:
    aws.client("cloudtrail").stop_logging(Name="organization-trail")
    _turn_off(aws)
    aws.move_clock(60)
    aws.settle()


def _is_on(aws: EmbeddedAws) -> bool:
    rows = aws.client("organizations").list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    return any(row["ServicePrincipal"] == SSO for row in rows)


def _story(aws: EmbeddedAws, calls_before: int, queue: str) -> list[Happening]:
    """The calls since then, and the messages that the queue now has."""
    calls = [call for call in aws.calls[calls_before:] if call["operation"] not in _QUIET]
    happenings = [_of_call(call) for call in calls]
    messages = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        aws.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        body = json.loads(message["Body"])
        for line in (body.get("Subject") or "", *_lines_of(body["Message"])):
            if line.strip():
                happenings.append(Happening(happenings[-1].moment, f"queue {_QUEUE}", line.strip()))
    return happenings


def _lines_of(message: str) -> list[str]:
    """The summary of an alarm's message, which is JSON."""
    if message.startswith("{"):
        return [str(json.loads(message).get("AlarmDescription") or message)]
    return message.splitlines()


def _of_call(call: dict[str, Any]) -> Happening:
    who = str(call["principal"]).split("/")[1] if "/" in call["principal"] else str(call["principal"])
    service = call["parameters"].get("ServicePrincipal")
    refused = f" → HTTP {call['status']}" if call["status"] >= 400 else ""
    action = f"{call['service']}:{call['operation']}" + (f" {service}" if service else "") + refused
    return Happening(datetime.datetime.fromisoformat(call["time"]).timestamp(), who, action)


def _show(title: str, began: float, story: list[Happening]) -> None:
    print(f"\n{title}\n")
    for happening in story:
        first, *more = textwrap.wrap(happening.action, _WIDTH - 37, break_on_hyphens=False) or [""]
        print(f"  {happening.moment - began:6.2f} s  {happening.who:<26}{first}")
        for line in more:
            print(" " * 37 + line)


if __name__ == "__main__":
    raise SystemExit(main())
