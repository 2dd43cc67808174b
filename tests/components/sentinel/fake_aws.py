"""The four services that the handler calls, in memory, with faults; and the events that start it."""

from __future__ import annotations

import datetime
import threading
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError

SSO = "sso.amazonaws.com"
ACCOUNT = "111122223333"


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"{code} happened"}}, "Operation")


UNREACHABLE = EndpointConnectionError(endpoint_url="https://organizations.us-east-1.amazonaws.com")


class FakeAws:
    """trusted: what Organizations lists. faults: by operation, the errors that its next calls raise, in order."""

    def __init__(self) -> None:
        self.trusted = {SSO, "guardduty.amazonaws.com"}
        self.page_size = 20
        self.lag = 0  # how many lists don't show yet what was enabled
        self.history: list[dict[str, Any]] = []
        self.messages: list[dict[str, str]] = []
        self.kept: list[str] = []
        self.calls: list[str] = []
        self.faults: dict[str, list[Exception]] = defaultdict(list)
        self.before: dict[str, Any] = {}  # by operation, what happens just before it
        self.clock = lambda: datetime.datetime.now(datetime.UTC)
        self._fresh: dict[str, int] = {}
        self._lock = threading.Lock()
        self._write("{}")

    def client(self, service: str, region: str | None = None) -> Any:
        return SimpleNamespace(
            get_paginator=lambda operation: SimpleNamespace(paginate=lambda **given: getattr(self, operation)(**given)),
            enable_aws_service_access=self.enable_aws_service_access,
            put_parameter=self.put_parameter,
            publish=self.publish,
            send_message=self.send_message,
        )

    def _begin(self, operation: str) -> None:
        self.calls.append(operation)
        if operation in self.before:
            self.before.pop(operation)()
        if self.faults[operation]:
            raise self.faults[operation].pop(0)

    def list_aws_service_access_for_organization(self) -> Any:
        names = sorted(name for name in self.trusted if not self._is_late(name))
        pages = [names[at : at + self.page_size] for at in range(0, len(names), self.page_size)] or [[]]
        for page in pages:
            self._begin("list")
            yield {"EnabledServicePrincipals": [{"ServicePrincipal": name} for name in page]}

    def _is_late(self, name: str) -> bool:
        self._fresh[name] = self._fresh.get(name, 0) - 1
        return self._fresh[name] >= 0

    def enable_aws_service_access(self, ServicePrincipal: str) -> None:
        self._begin("enable")
        self._fresh[ServicePrincipal] = self.lag
        self.trusted.add(ServicePrincipal)

    def get_parameter_history(self, Name: str) -> Any:
        self._begin("read ledger")
        with self._lock:
            yield {"Parameters": list(self.history)}

    def put_parameter(self, Name: str, Value: str, Overwrite: bool) -> dict[str, int]:
        self._begin("write ledger")
        return {"Version": self._write(Value)}

    def _write(self, value: str) -> int:
        with self._lock:
            version = self.history[-1]["Version"] + 1 if self.history else 1
            self.history.append({"Version": version, "Value": value, "LastModifiedDate": self.clock()})
            del self.history[:-100]
            return version

    def publish(self, TopicArn: str, Subject: str, Message: str) -> None:
        self._begin("publish")
        self.messages.append({"subject": Subject, "text": Message})

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:
        self._begin("keep")
        self.kept.append(MessageBody)


def schedule_event(number: int = 1) -> dict[str, Any]:
    """docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html"""
    return {
        "version": "0",
        "id": f"schedule-{number}",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-11-29T23:00:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:{ACCOUNT}:rule/identity-center-sentinel-schedule"],
        "detail": {},
    }


def call_event(
    name: str = "DisableAWSServiceAccess",
    source: str = "organizations",
    actor: str = "mallory",
    number: int = 1,
    **detail: Any,
) -> dict[str, Any]:
    """docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html"""
    return {
        "version": "0",
        "id": f"delivery-{number}",
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{source}",
        "account": ACCOUNT,
        "time": "2026-11-29T23:00:00Z",
        "region": "us-east-1",
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/{actor}"},
            "eventTime": "2026-11-29T22:59:58Z",
            "eventSource": f"{source}.amazonaws.com",
            "eventName": name,
            "sourceIPAddress": "203.0.113.9",
            "requestParameters": {"servicePrincipal": SSO},
            "responseElements": None,
            "eventID": f"call-{number}",
            "recipientAccountId": ACCOUNT,
            **detail,
        },
    }


def context(run: str = "run-1", seconds: float = 60) -> Any:
    return SimpleNamespace(
        invoked_function_arn=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:identity-center-sentinel",
        function_name="identity-center-sentinel",
        aws_request_id=run,
        get_remaining_time_in_millis=lambda: seconds * 1000,
    )
