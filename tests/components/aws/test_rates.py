"""No call leaves above the documented rates: each window on a clock of the test's own, and all of them on botocore."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.aws.client import Account
from pulumi_aws_identity_center.aws.provider_client import ProviderClient
from pulumi_aws_identity_center.aws.rates import DOCUMENTED, Window

from sandbox.aws import EmbeddedAws
from tests.walk import walk

SECONDS = st.floats(0, 2).map(lambda seconds: round(seconds, 3))


def _most_in(seconds: float, moments: Sequence[float]) -> int:
    """The most moments in any span of so many seconds."""
    return max(sum(start <= moment < start + seconds for moment in moments) for start in moments)


class LateClock:
    """A clock that stands still but for sleeps, each of which ends late."""

    def __init__(self, delays: Iterator[float]) -> None:
        self.moment, self.delays = 0.0, delays

    def now(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += seconds + next(self.delays)


@given(
    limit=st.sampled_from([1, 5, 20]),
    pauses=st.lists(SECONDS, min_size=1, max_size=120),
    delays=st.lists(st.one_of(st.just(0.0), SECONDS), min_size=1, max_size=10),
)
def test_no_second_has_more_calls_than_the_limit(limit: int, pauses: list[float], delays: list[float]) -> None:
    """pauses: before each call. delays: by how much the threads get the processor late."""
    clock = LateClock(itertools.cycle(delays))
    window = Window(limit, clock.now, clock.sleep)
    departures = []
    for pause in pauses:
        clock.moment += pause
        window.wait()
        departures.append(clock.moment)
    assert _most_in(1.0, departures) <= limit


@walk("limit", [1, 5, 20])
def test_calls_without_a_pause_use_the_limit_up(limit: int) -> None:
    clock = LateClock(itertools.repeat(0.0))
    window = Window(limit, clock.now, clock.sleep)
    for _ in range(10 * limit):
        window.wait()
    assert clock.moment == pytest.approx(9 * 1.01, abs=0.2)


def test_a_pause_saves_up_one_seconds_calls_at_most() -> None:
    clock = LateClock(itertools.repeat(0.0))
    window = Window(2, clock.now, clock.sleep)
    window.wait()
    clock.moment = 100.0
    for _ in range(3):
        window.wait()
    assert clock.moment == pytest.approx(101.01)


CLIENTS: dict[str, Callable[[], Callable[[str], Any]]] = {
    "command": lambda: Account().client,
    "provider": lambda: ProviderClient()._client,
}
QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "sso-admin": ("list_instances", {}),
    "identitystore": ("list_groups", {"IdentityStoreId": "d-1234567890"}),
    "sts": ("get_caller_identity", {}),
    "account": ("list_regions", {"RegionOptStatusContains": ["ENABLED"]}),
    "organizations": ("describe_organization", {}),
}


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The service of each call that waited."""
    services: list[str] = []
    monkeypatch.setattr(Window, "wait", lambda _window, **request: services.append(request["event_name"].split(".")[1]))
    return services


@pytest.fixture
def start_aws(bare_environment: pytest.MonkeyPatch) -> Iterator[Callable[..., EmbeddedAws]]:
    """Starts an AWS, and lets clients call it as often as they would."""
    with contextlib.ExitStack() as stack:

        def start(**options: Any) -> EmbeddedAws:
            cloud = stack.enter_context(EmbeddedAws("sso-enabled", **options))
            bare_environment.delenv("AWS_MAX_ATTEMPTS")
            for name, value in cloud.environment().items():
                bare_environment.setenv(name, value)
            return cloud

        yield start


@pytest.mark.parametrize("client", CLIENTS)
def test_every_call_with_a_documented_rate_waits_its_turn(
    start_aws: Callable[..., EmbeddedAws], turns: list[str], client: str
) -> None:
    start_aws()
    make_client = CLIENTS[client]()
    for service in DOCUMENTED:
        operation, parameters = QUESTIONS[service]
        with contextlib.suppress(ClientError):  # a refused call is a call
            getattr(make_client(service), operation)(**parameters)
    assert turns == list(DOCUMENTED)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Account().instances("us-east-1"),
        lambda: ProviderClient().call("sso-admin", "list_instances"),
    ],
)
def test_a_retry_waits_its_turn_too(
    start_aws: Callable[..., EmbeddedAws], turns: list[str], ask: Callable[[], object]
) -> None:
    cloud = start_aws(faults=["sso-admin:ListInstances:ThrottlingException:1"])
    ask()
    assert turns == ["sso-admin"] * 2
    assert [call["status"] for call in cloud.calls] == [400, 200]


def test_no_second_brings_aws_more_calls_than_it_takes(start_aws: Callable[..., EmbeddedAws]) -> None:
    """By the call log of 40 calls with retries. A call may arrive at any time until it is answered, so the span
    is shorter than a second by the time of the longest call."""
    cloud = start_aws(faults=["sso-admin:ListInstances:ThrottlingException:3,after=20"])
    account = Account()
    client, longest = account.client("sso-admin"), [0.0]
    of_thread = threading.local()

    def note_departure(**_event: Any) -> None:
        of_thread.departure = time.monotonic()

    def note_answer(**_event: Any) -> None:
        longest.append(time.monotonic() - of_thread.departure)

    client.list_instances()  # its first call loads code
    client.meta.events.register_last("before-send.sso-admin", note_departure)
    client.meta.events.register("response-received.sso-admin", note_answer)
    with ThreadPoolExecutor(32) as threads:
        list(threads.map(lambda _number: client.list_instances(), range(40)))
    arrivals = [datetime.fromisoformat(call["time"]).timestamp() for call in cloud.calls]
    assert len(arrivals) == 44
    assert _most_in(1 - max(longest), arrivals) <= 20


def test_a_visit_to_another_account_waits_for_sts_too(aws_account: Callable[..., Account], turns: list[str]) -> None:
    assert aws_account().visit("arn:aws:iam::222233334444:role/OrganizationAccountAccessRole").ok
    assert turns == ["sts"]
