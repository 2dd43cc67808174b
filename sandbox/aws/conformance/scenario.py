"""Scenarios, their targets and their outcomes."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

PREFIX = "conformance-"
_POLL_SECONDS, _MOST_SECONDS = 0.5, 300.0


class NotHere(Exception):
    """The scenario can't be run on this target; its text says what is missing."""


@dataclass
class Target:
    """client: a boto3 client of a service, in the home Region unless one is given. poll_seconds: between two looks at
    asynchronous work."""

    client: Callable[..., Any]
    poll_seconds: float = _POLL_SECONDS
    after: ExitStack = field(default_factory=ExitStack)

    def instance(self) -> dict[str, Any]:
        """The organization's instance. Raises NotHere."""
        management = self.client("organizations").describe_organization()["Organization"]["MasterAccountId"]
        for row in self.client("sso-admin").list_instances()["Instances"]:
            if row["OwnerAccountId"] == management:
                instance: dict[str, Any] = row
                return instance
        raise NotHere("there is no organization instance in this Region.")

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> list[Any]:
        paginator = self.client(service).get_paginator(operation)
        return [row for page in paginator.paginate(**arguments) for row in page[key]]

    def until(self, look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Calls `look` until the Status is no longer IN_PROGRESS."""
        deadline = time.monotonic() + _MOST_SECONDS
        while (answer := look())["Status"] == "IN_PROGRESS":
            assert time.monotonic() < deadline, f"still in progress after {_MOST_SECONDS:.0f} seconds: {answer}"
            time.sleep(self.poll_seconds)
        return answer


def unique_name() -> str:
    """By which whoever finds it knows where it comes from."""
    return f"{PREFIX}{uuid.uuid4().hex[:8]}"


def quietly(call: Callable[..., Any], **arguments: Any) -> None:
    """Deletes something that may not exist any more."""
    with contextlib.suppress(ClientError):
        call(**arguments)


def refused(code: str, call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """The error's whole answer; the call has to be refused with this code."""
    try:
        call(**arguments)
    except ClientError as error:
        answer = dict(error.response)
    else:
        raise AssertionError(f"was not refused, expected {code}")
    actual_code = answer["Error"]["Code"]
    assert actual_code == code, f"refused with {actual_code} ({answer['Error']['Message']}), expected {code}"
    return answer


@dataclass(frozen=True)
class Scenario:
    """name: a sentence, from the function's name. writes: creates resources, and deletes them again."""

    name: str
    body: Callable[[Target], None]
    writes: bool
    source: str


SCENARIOS: list[Scenario] = []


def scenario(source: str, *, writes: bool = False) -> Callable[[Callable[[Target], None]], Callable[[Target], None]]:
    """source: the page or model that says so."""

    def register(body: Callable[[Target], None]) -> Callable[[Target], None]:
        SCENARIOS.append(Scenario(body.__name__.replace("_", " "), body, writes, source))
        return body

    return register


@dataclass(frozen=True)
class Outcome:
    """result: pass, fail, or not here."""

    scenario: Scenario
    result: str
    detail: str = ""


def run(target: Target, *, writes: bool, only: str = "") -> Iterator[Outcome]:
    """Runs the read-only scenarios, and with `writes` all; what a scenario creates is deleted after it. only: a part of
    the names of the scenarios to run."""
    for scenario in SCENARIOS:
        is_permitted = writes or not scenario.writes
        if is_permitted and only in scenario.name:
            yield _run(scenario, target)


def _run(scenario: Scenario, target: Target) -> Outcome:
    try:
        with ExitStack() as after:
            target.after = after
            scenario.body(target)
    except NotHere as reason:
        return Outcome(scenario, "not here", str(reason))
    except (AssertionError, ClientError, BotoCoreError, KeyError) as error:
        return Outcome(scenario, "fail", f"{type(error).__name__}: {error}")
    return Outcome(scenario, "pass")
