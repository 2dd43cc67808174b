"""What the tests of events, functions and alarms share: a function with its role, and a queue."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws import EmbeddedAws

ACCOUNT = "111122223333"


@dataclass(frozen=True)
class Deployed:
    """A function in a sandbox."""

    aws: EmbeddedAws
    name: str

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{self.name}"

    def invoke(self, event: Any = None, **more: Any) -> tuple[Any, str]:
        """The answer's payload, and its FunctionError."""
        answer = self.aws.client("lambda").invoke(FunctionName=self.name, Payload=json.dumps(event), **more)
        text = answer["Payload"].read()
        return json.loads(text) if text else None, answer.get("FunctionError", "")

    def log(self) -> list[str]:
        """All that is in its log group."""
        rows = self.aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{self.name}")["events"]
        return [row["message"] for row in rows]


def zipped(code: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("handler.py", code)
    return content.getvalue()


def allow(*actions: str, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


LOGS = allow("logs:CreateLogStream", "logs:PutLogEvents", resource=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*")


@pytest.fixture
def deploy(warm_python: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Deployed]:
    """`deploy(aws, code, *statements, name=..., **more)`: a function whose role has these statements and may log."""
    monkeypatch.setattr(sys, "executable", str(warm_python))  # which runs it; boto3 takes a third of a second

    def make(aws: EmbeddedAws, code: str, *statements: Any, name: str = "function", **more: Any) -> Deployed:
        iam = aws.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document([trust]))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=_document([LOGS, *statements]))
        aws.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
        configuration = {"Runtime": "python3.13", "Handler": "handler.handle", "Timeout": 30, **more}
        aws.client("lambda").create_function(
            FunctionName=name, Role=role, Code={"ZipFile": zipped(code)}, **configuration
        )
        return Deployed(aws, name)

    return make


def _document(statements: Sequence[Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def queue() -> Callable[..., str]:
    """`queue(aws, name, *services)`: a queue's URL; the services may send to it."""

    def make(aws: EmbeddedAws, name: str, *services: str) -> str:
        url = str(aws.client("sqs").create_queue(QueueName=name)["QueueUrl"])
        if services:
            statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sqs:SendMessage"}
            policy = _document([{**statement, "Resource": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"}])
            aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return url

    return make


@pytest.fixture
def messages() -> Callable[..., list[Any]]:
    """`messages(aws, url)`: the JSON bodies and the attributes of a queue's messages; empties the queue."""

    def receive(aws: EmbeddedAws, url: str) -> list[Any]:
        client, bodies = aws.client("sqs"), []
        while rows := client.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages"):
            for row in rows:
                attributes = {name: value["StringValue"] for name, value in row.get("MessageAttributes", {}).items()}
                bodies.append((json.loads(row["Body"]), attributes))
                client.delete_message(QueueUrl=url, ReceiptHandle=row["ReceiptHandle"])
        return bodies

    return receive
