"""Many reads side by side: order, pages, and what ends them."""

from __future__ import annotations

import queue
import threading
from typing import Any

import pytest
from pulumi_aws_identity_center.aws import results
from pulumi_aws_identity_center.aws.provider_client import CallFailed, ProviderClient
from pulumi_aws_identity_center.aws.reader import READERS, Reader, Unanswered
from pulumi_aws_identity_center.aws.results import Answer


class Client:
    """A list of as many pages as there are tokens; "denied" is refused, "endless" has no end, and of "repeated"
    each page leads to the first."""

    def list_things(self, Name: str, NextToken: str = "0") -> dict[str, Any]:
        if Name == "denied":
            from botocore.exceptions import ClientError

            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListThings")
        if Name == "repeated":
            return {"Things": ["a"], "NextToken": "0"}
        number = int(NextToken)
        more = {"NextToken": str(number + 1)} if number < 2 or Name == "endless" else {}
        return {"Things": [] if number == 1 else [f"{Name}{number}"], **more}


class Account:
    region = "us-east-1"

    def __init__(self) -> None:
        self.the_client = Client()

    def client(self, _service: str, _region: str | None = None) -> Client:
        return self.the_client

    def trusted(self) -> Answer[Any]:
        return Answer(kind="denied")


@pytest.fixture
def reader() -> Reader:
    return Reader(Account())  # type: ignore[arg-type]


def _things(reader: Reader, name: str) -> list[str]:
    return list(reader.rows("sso-admin", "list_things", "Things", Name=name))


def test_rows_go_on_after_an_empty_page(reader: Reader) -> None:
    assert _things(reader, "a") == ["a0", "a2"]


def test_a_page_that_leads_to_itself_ends_the_reading(reader: Reader) -> None:
    rows = reader.rows("sso-admin", "list_things", "Things", Name="repeated")
    assert [next(rows), next(rows)] == ["a", "a"]
    with pytest.raises(Unanswered, match="the answer was not what AWS sends"):
        next(rows)


def test_a_list_without_end_ends_the_reading(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "MOST_PAGES", 50)
    with pytest.raises(Unanswered, match="leads to no last page"):
        _things(reader, "endless")


def test_so_it_does_for_the_resource_provider() -> None:
    class Plugin(ProviderClient):
        def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
            return Client().list_things(**parameters)

    assert list(Plugin().rows("sso-admin", "list_things", "Things", Name="a")) == ["a0", "a2"]
    with pytest.raises(CallFailed, match="the answer was not what AWS sends"):
        list(Plugin().rows("sso-admin", "list_things", "Things", Name="repeated"))


def test_map_keeps_the_order(reader: Reader) -> None:
    names = [str(number) for number in range(40)]
    assert reader.map(lambda name: _things(reader, name)[0], names) == [f"{name}0" for name in names]


def test_an_error_names_the_action(reader: Reader) -> None:
    with pytest.raises(Unanswered) as raised:
        reader.map(lambda name: _things(reader, name), ["a", "denied"])
    assert str(raised.value).startswith("sso:ListThings: access was denied")


def test_a_reader_goes_on_after_a_map_that_failed(reader: Reader) -> None:
    with pytest.raises(Unanswered):
        reader.map(lambda name: _things(reader, name), ["denied"])
    assert reader.map(lambda name: _things(reader, name), ["a"]) == [["a0", "a2"]]
    assert _things(reader, "a") == ["a0", "a2"]


def test_an_error_ends_a_list_that_is_being_read(reader: Reader) -> None:
    ends: queue.Queue[str] = queue.Queue()

    def read(name: str) -> None:
        try:
            _things(reader, name)
        except Unanswered as error:
            ends.put(error.answer.kind)
            raise

    with pytest.raises(Unanswered, match="access was denied"):
        reader.map(read, ["endless", "denied"])
    assert [ends.get(timeout=30) for _ in range(2)] == ["denied", "interrupted"]


def test_an_error_does_not_wait_for_a_call_that_hangs(reader: Reader) -> None:
    hangs = threading.Event()
    with pytest.raises(Unanswered, match="access was denied"):
        reader.map(lambda name: hangs.wait() if name == "hangs" else _things(reader, name), ["hangs", "denied"])
    hangs.set()


def test_after_an_error_nothing_more_is_begun(reader: Reader) -> None:
    begun: list[str] = []
    others, go_on = set(threading.enumerate()), threading.Event()

    def read(name: str) -> None:
        begun.append(name)
        if name == "denied":
            _things(reader, name)
        go_on.wait()

    with pytest.raises(Unanswered):
        reader.map(read, ["denied", *"a" * 100])
    go_on.set()
    readers = set(threading.enumerate()) - others
    assert [thread for thread in readers if not thread.daemon] == []
    for thread in readers:
        thread.join(30)
    assert len(begun) <= READERS + 1


def test_two_reads_side_by_side_each_give_their_own(reader: Reader) -> None:
    assert reader.both(lambda: _things(reader, "a"), lambda: 7) == (["a0", "a2"], 7)


def test_an_error_of_one_read_ends_the_others_maps(reader: Reader) -> None:
    with pytest.raises(Unanswered, match="access was denied"):
        reader.both(
            lambda: reader.map(lambda name: _things(reader, name), ["endless"]), lambda: _things(reader, "denied")
        )
