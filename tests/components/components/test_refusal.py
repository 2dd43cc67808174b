"""What is refused ends the program's calls to the engine, with every sentence; seen with a monitor of the test's."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import grpc
import pulumi
import pytest
from pulumi_aws_identity_center.components.refusal import Refusals


class _Call:
    """As a gRPC stub's: called, or as a future."""

    def __init__(self, error: Exception | None = None) -> None:
        self.requests: list[Any] = []
        self.sent = threading.Event()
        self._error = error

    def __call__(self, request: Any) -> str:
        self.requests.append(request)
        if self._error is not None:
            raise self._error
        return "registered"

    def future(self, request: Any) -> Future[str]:
        self.requests.append(request)
        self.answer: Future[str] = Future()
        self.sent.set()
        return self.answer


def _monitor(**calls: _Call) -> SimpleNamespace:
    names = ("RegisterResource", "RegisterResourceOutputs", "RegisterStackTransform", "Call")
    return SimpleNamespace(**{name: calls.get(name) or _Call() for name in names})


def _request(name: str = "it", *, remote: bool = False, parent: str = "") -> SimpleNamespace:
    return SimpleNamespace(custom=not remote, remote=remote, type="type", name=name, parent=parent)


def test_until_something_is_refused_every_call_passes_and_then_none_does() -> None:
    monitor = _monitor()
    registered = monitor.RegisterResource
    refusals = Refusals(dict)
    refusals.hold(monitor)
    assert monitor.RegisterResource(_request()) == "registered"
    assert monitor.RegisterResourceOutputs(SimpleNamespace(urn="u")) == "registered"
    refusals.add("org", "org is refused")
    for call in (monitor.RegisterResource, monitor.RegisterResourceOutputs):
        with pytest.raises(pulumi.RunError, match=r"^org is refused$"):
            call(_request("later"))
    assert [request.name for request in registered.requests] == ["it"]


def test_all_that_is_refused_when_it_is_printed_is_named() -> None:
    refusals = Refusals(lambda: {"a": "a is refused"})
    refusals.hold(monitor := _monitor())
    with pytest.raises(pulumi.RunError) as caught:
        monitor.RegisterResource(_request())
    assert str(caught.value) == "a is refused"
    refusals.add("b", "b is refused")
    assert str(caught.value) == "- a is refused\n- b is refused"


def test_what_fails_for_another_reason_fails_with_that() -> None:
    refusals = Refusals(dict)
    refusals.hold(monitor := _monitor(RegisterResource=_Call(grpc.RpcError("the engine says no"))))
    with pytest.raises(grpc.RpcError, match="the engine says no"):
        monitor.RegisterResource(_request())


def test_what_fails_because_of_the_refusal_fails_with_the_sentence() -> None:
    refusals = Refusals(dict)

    class _Refusing(_Call):
        def __call__(self, request: Any) -> str:
            refusals.add("org", "org is refused")
            raise grpc.RpcError("invoke transform: rpc error")

    refusals.hold(monitor := _monitor(RegisterResource=_Refusing()))
    with pytest.raises(pulumi.RunError, match=r"^org is refused$"):
        monitor.RegisterResource(_request())


@pytest.mark.parametrize("way", ["RegisterResource", "Call"])
def test_a_remote_component_is_waited_for_until_it_ends_or_something_in_it_is_refused(way: str) -> None:
    call = _Call()
    refusals = Refusals(dict)
    refusals.hold(monitor := _monitor(**{way: call}))
    with ThreadPoolExecutor() as threads:
        ends = threads.submit(getattr(monitor, way), _request(remote=way == "RegisterResource"))
        assert call.sent.wait(10)
        call.answer.set_result("made")
        assert ends.result(10) == "made"

        call.sent.clear()
        refused = threads.submit(getattr(monitor, way), _request(remote=way == "RegisterResource"))
        assert call.sent.wait(10)
        refusals.add("inner", "inner is refused")
        with pytest.raises(pulumi.RunError, match="inner is refused"):
            refused.result(10)
        assert not call.answer.done()


def test_who_registers_a_resource_is_known_by_its_type_name_and_parent() -> None:
    refusals = Refusals(dict)
    refusals.hold(monitor := _monitor())
    monitor.RegisterResource(_request("org", parent="urn:a"))
    assert not refusals.is_of_another_process("type", "org", "urn:a")
    assert refusals.is_of_another_process("type", "org", "urn:b")


def test_the_guards_transform_comes_again_after_each_that_is_registered_later() -> None:
    call = _Call()
    refusals = Refusals(lambda: {"org": "org is refused"})
    refusals.hold(monitor := _monitor(RegisterStackTransform=call))
    monitor.RegisterStackTransform("guard")
    assert refusals.all() == {"org": "org is refused"}
    monitor.RegisterStackTransform("theirs")
    assert call.requests == ["guard", "theirs", "guard"]
    # What theirs may still change is not foreseen.
    assert refusals.all() == {}
