"""The handler on a fake AWS, without a pause between its tries."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from pulumi_aws_identity_center.sentinel import handler

from tests.components.sentinel import fake_aws

ENVIRONMENT = {
    "MODE": "enforce",
    "SERVICE_PRINCIPALS": "sso.amazonaws.com",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:111122223333:identity-center-sentinel",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/111122223333/identity-center-sentinel-dead-letters",
    "LEDGER": "/identity-center-sentinel/ledger",
    "MAX_ENABLES_PER_HOUR": "6",
    "BREAK_GLASS_UNTIL": "",
}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Any:
    fake = fake_aws.FakeAws()
    monkeypatch.setattr(handler, "client", fake.client)
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(handler.Ledger, "_memory", [])
    monkeypatch.setattr(handler.Ledger, "listed", {})
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return fake


@pytest.fixture
def run(cloud: Any) -> Callable[..., Any]:
    """`run(event)` is one run, with a request id of its own unless one is given."""
    count = itertools.count(1)
    return lambda event, request="": handler.handle(event, fake_aws.context(request or f"run-{next(count)}"))
