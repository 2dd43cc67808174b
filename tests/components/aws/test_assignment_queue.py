"""The queue against a fake AWS that counts outstanding requests and can fail."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

from pulumi_aws_identity_center.aws.assignment_queue import CANCELLED, AssignmentQueue
from pulumi_aws_identity_center.aws.assignments import Grant, Order
from pulumi_aws_identity_center.aws.provider_client import CallFailed

from tests.walk import walk


class SmallAws:
    """Assignments take `seconds`. refusals: errors that the next calls get; reasons: account → why it fails."""

    def __init__(self, seconds: float = 0.02, **reasons: str) -> None:
        self.seconds, self.reasons = seconds, reasons
        self.refusals: list[CallFailed] = []
        self.lock = threading.Lock()
        self.requests: dict[str, tuple[float, str]] = {}
        self.most = self.most_in_an_account = 0
        self.calls: Counter[str] = Counter()

    def _open(self) -> list[str]:
        return [account for due, account in self.requests.values() if due > time.monotonic()]

    def call_once(self, service: str, operation: str, **parameters: Any) -> Any:
        with self.lock:
            self.calls[operation] += 1
            if self.refusals:
                raise self.refusals.pop()
            request = f"r-{len(self.requests)}"
            self.requests[request] = (time.monotonic() + self.seconds, parameters["TargetId"])
            outstanding = Counter(self._open())
            self.most = max(self.most, outstanding.total())
            self.most_in_an_account = max(self.most_in_an_account, *outstanding.values())
        kind = "Creation" if operation.startswith("create") else "Deletion"
        return {f"AccountAssignment{kind}Status": {"RequestId": request, "Status": "IN_PROGRESS"}}

    def rows(self, service: str, operation: str, key: str, Filter: Any, **parameters: Any) -> Any:
        with self.lock:
            self.calls[operation] += 1
            moment = time.monotonic()
            for request, (due, account) in self.requests.items():
                failed = account in self.reasons
                status = "IN_PROGRESS" if due > moment else "FAILED" if failed else "SUCCEEDED"
                if status == Filter["Status"]:
                    yield {"RequestId": request}

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        self.calls[operation] += 1
        request = next(value for name, value in parameters.items() if name.endswith("RequestId"))
        reason = self.reasons[self.requests[request][1]]
        kind = "Creation" if "creation" in operation else "Deletion"
        return {f"AccountAssignment{kind}Status": {"Status": "FAILED", "FailureReason": reason}}


def orders(count: int, action: Any = "create", sets: int = 1) -> list[Order]:
    return [
        Order(action, "i", Grant(f"a{number}", f"set-{set_number}", "GROUP", "g"))
        for number in range(count)
        for set_number in range(sets)
    ]


def queue(aws: SmallAws, **options: Any) -> AssignmentQueue:
    return AssignmentQueue(aws, **options)  # type: ignore[arg-type]


def test_no_more_than_15_are_outstanding_and_one_an_account() -> None:
    aws = SmallAws()
    assert queue(aws).run(orders(20, sets=3)) == {}
    assert aws.most <= 15
    assert aws.most_in_an_account == 1
    assert aws.calls["create_account_assignment"] == 60


def test_statuses_come_from_the_list_reasons_for_failures_only() -> None:
    aws = SmallAws(a3="no such policy")
    failures = queue(aws).run(orders(10))
    assert {order.grant.account: reason for order, reason in failures.items()} == {"a3": "no such policy"}
    assert aws.calls["describe_account_assignment_creation_status"] == 1


@walk(
    ("kind", "code"),
    [
        ("throttled", "ThrottlingException"),
        ("other", "ConflictException"),
        ("unavailable", "InternalServerException"),
        ("unreachable", ""),
    ],
)
def test_what_may_succeed_later_is_sent_again(kind: str, code: str) -> None:
    aws = SmallAws()
    aws.refusals = [CallFailed("create_account_assignment", kind, code, "not now")] * 3
    assert queue(aws).run(orders(2)) == {}
    assert aws.calls["create_account_assignment"] == 5


def test_what_aws_refuses_for_good_is_sent_once() -> None:
    aws = SmallAws()
    aws.refusals = [CallFailed("create_account_assignment", "denied", "AccessDeniedException", "access was denied")]
    [reason] = queue(aws).run(orders(1)).values()
    assert reason == "access was denied"
    assert aws.calls["create_account_assignment"] == 1


def test_deleting_what_is_gone_already_is_no_failure() -> None:
    gone = SmallAws(a0="Received a 404 status error: User not found.")
    assert queue(gone).run(orders(1, "delete")) == {}
    refused = SmallAws()
    refused.refusals = [CallFailed("delete_account_assignment", "other", "ResourceNotFoundException", "none")]
    assert queue(refused).run(orders(1, "delete")) == {}


@walk(
    "reason",
    [
        "Received a 403 status error: no access to arn:aws:iam::112404556677:role/aws-reserved/x",
        "Request 7404a0c1 failed: try again",
        "Received a 404 status error: Not supported policy arn:aws:iam::111122223333:policy/x.",
    ],
)
def test_a_deletion_that_failed_is_not_taken_for_done(reason: str) -> None:
    assert list(queue(SmallAws(a0=reason)).run(orders(1, "delete")).values()) == [reason]


def test_one_order_of_two_callers_is_sent_once() -> None:
    aws = SmallAws(seconds=0.2)
    shared = queue(aws)
    results: list[dict[Order, str]] = []
    callers = [threading.Thread(target=lambda: results.append(shared.run(orders(3)))) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)
    assert results == [{}, {}]
    assert aws.calls["create_account_assignment"] == 3


def test_a_stop_waits_for_what_is_under_way() -> None:
    aws = SmallAws(seconds=0.3)
    stopped = queue(aws, outstanding=2)
    sent = threading.Event()
    done: list[str] = []
    failures: dict[Order, str] = {}

    def run() -> None:
        failures.update(stopped.run(orders(10), lambda order, reason: done.append(order.grant.account)))

    caller = threading.Thread(target=run)
    caller.start()
    while len(aws.requests) < 2:
        sent.wait(0.005)
    stopped.stop()
    caller.join(10)
    assert set(failures.values()) == {CANCELLED}
    assert len(failures) == 8
    assert len(done) == 10
    assert stopped.run(orders(1)) == dict.fromkeys(orders(1), CANCELLED)


def test_what_aws_throttled_before_a_stop_was_not_begun() -> None:
    stopped: AssignmentQueue

    class StoppedWhileSending(SmallAws):
        def call_once(self, service: str, operation: str, **parameters: Any) -> Any:
            stopped.stop()
            raise CallFailed(operation, "throttled", "ThrottlingException", "AWS throttled the request")

    stopped = queue(StoppedWhileSending())
    assert set(stopped.run(orders(3)).values()) == {CANCELLED}


def test_what_never_ends_is_given_up_with_a_sentence() -> None:
    aws = SmallAws(seconds=1000)
    [reason] = queue(aws, patience=0.1).run(orders(1)).values()
    assert "IN_PROGRESS" in reason
