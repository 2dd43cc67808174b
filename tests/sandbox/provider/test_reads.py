"""What tells a refresh that a resource is gone: only the first call of its read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

from botocore.exceptions import ClientError

from sandbox.provider.types import RECORDS
from sandbox.provider.types.iam import NO_SUCH_ENTITY
from sandbox.provider.types.messages import _NO_QUEUE, _NO_TOPIC

CODES = (
    *NO_SUCH_ENTITY,
    *_NO_QUEUE,
    *_NO_TOPIC,
    "ResourceNotFoundException",
    "ParameterNotFound",
    "PolicyNotFoundException",
    "OrganizationalUnitNotFoundException",
    "AWSOrganizationsNotInUseException",
)


class _Client:
    """Answers the first calls with anything, and refuses the later ones."""

    region = "us-east-1"

    def __init__(self, answered: int, code: str) -> None:
        self.calls, self._answered, self._code = 0, answered, code

    def __call__(self, service: str) -> _Client:
        return self

    def __getattr__(self, operation: str) -> Any:
        return self._call

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=self._call)

    def _call(self, **arguments: Any) -> Any:
        self.calls += 1
        if self.calls > self._answered:
            raise ClientError({"Error": {"Code": self._code, "Message": "gone"}}, "Operation")
        return MagicMock()


class _AnyId(str):
    """An id that AWS's answer has too."""

    __slots__ = ()

    def __ne__(self, other: object) -> bool:
        return False


def _read(token: str, answered: int, code: str) -> tuple[int, Any]:
    """How many calls were made, and what the read returned or raised."""
    client = _Client(answered, code)
    try:
        result: Any = RECORDS[token].read(client, _AnyId("id"), {"rule": "r", "targetId": "t", "function": "f"})
    except Exception as error:  # noqa: BLE001 - an answer of anything ends some reads in another way
        result = error
    return client.calls, result


def _reads_with_later_calls() -> dict[tuple[str, str], Any]:
    """What each read comes to if its second call is refused, by token and error code."""
    reads = {(token, code): _read(token, 1, code) for token in RECORDS for code in CODES}
    return {key: result for key, (calls, result) in reads.items() if calls > 1}


def test_a_later_calls_error_is_no_resource_that_is_gone() -> None:
    results = _reads_with_later_calls()
    assert len({token for token, _ in results}) >= 10
    assert [key for key, result in results.items() if not isinstance(result, ClientError)] == []


def test_the_first_calls_error_tells_that_a_resource_is_gone() -> None:
    tokens = {token for token, _ in _reads_with_later_calls()}
    telling = {token for token in tokens if None in [_read(token, 0, code)[1] for code in CODES]}
    # An alarm is looked for in a list.
    assert tokens - telling == {"aws:cloudwatch/metricAlarm:MetricAlarm"}
