"""Groups and users of an identity store: each page and each name is requested once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from pulumi_aws_identity_center.aws.directory import Directory


class SmallStore:
    """A client of an identity store with so many groups, and one user."""

    def __init__(self, groups: int) -> None:
        self.groups = groups
        self.calls: Counter[str] = Counter()
        self.lock = threading.Lock()

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        with self.lock:
            self.calls[operation] += 1
        return {"IdentityStoreId": "store", "DisplayName": f"name of {parameters.get('GroupId')}"}

    def rows(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, str]]:
        if operation == "list_users":
            yield {"UserId": "alice"}
            return
        for number in range(self.groups):
            self.calls["rows"] += 1
            yield {"GroupId": f"group-{number}", "DisplayName": f"Group {number}"}


def directory(store: Any) -> Directory:
    return Directory(store, "instance")


def test_no_more_are_listed_than_are_taken_and_none_twice() -> None:
    store = SmallStore(100)
    small = directory(store)
    assert len(list(islice(small.everyone(), 10))) == 10
    assert store.calls["rows"] == 10
    everyone = [listed.id for listed in small.everyone()]
    assert everyone == [*(f"group-{number}" for number in range(100)), "alice"]
    assert store.calls["rows"] == 100
    assert len(list(small.everyone())) == 101


def test_a_name_is_asked_once_by_however_many_threads() -> None:
    store = SmallStore(0)
    small = directory(store)
    with ThreadPoolExecutor(8) as threads:
        names = set(threads.map(lambda _: small.principal_name("GROUP", "g"), range(50)))
    assert names == {"name of g"}
    assert store.calls["describe_group"] == 1


def test_a_listed_principals_name_needs_no_call() -> None:
    store = SmallStore(2)
    small = directory(store)
    assert list(small.everyone())
    assert small.principal_name("GROUP", "group-1") == "Group 1"
    assert store.calls["describe_group"] == 0


def test_who_has_no_name_goes_by_the_id() -> None:
    """The identity store needn't give one. None is for whom it doesn't know."""
    small = directory(SmallStore(0))
    assert [listed.id for listed in small.everyone()] == ["alice"]
    assert small.principal_name("USER", "alice") == "alice"
    assert small.principal_name("USER", "bob") == "bob"


def test_aws_decides_whether_a_name_in_another_case_is_known() -> None:
    """However many groups there are: the rest of a large store is asked by name as well."""

    class CaselessStore(SmallStore):
        def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
            super().call(service, operation, **parameters)
            if operation == "get_group_id":
                asked = parameters["AlternateIdentifier"]["UniqueAttribute"]["AttributeValue"]
                return {"GroupId": asked.lower()}
            return {"IdentityStoreId": "store", "Groups": [{"GroupId": "developers", "DisplayName": "Developers"}]}

        def map(self, read: Any, items: Any) -> list[Any]:
            return list(map(read, items))

    store = CaselessStore(0)
    names = directory(store).principal_ids("GROUP", ["Developers", "DEVELOPERS"])
    assert names == {"Developers": "developers", "DEVELOPERS": "developers"}
    assert store.calls["get_group_id"] == 1
