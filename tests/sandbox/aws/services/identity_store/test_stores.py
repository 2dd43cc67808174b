"""Who may read and write in a store, and from where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_member_account_reads_and_the_delegated_administrator_writes_too(store: Any, code: Callable) -> None:
    member, delegated = "222233334444", "333344445555"
    assert len(store.call("list_users", account=member)["Users"]) == 2
    creation = {"operation": "create_group", "DisplayName": "ours"}
    assert code(store.call, **creation, account=member) == "AccessDeniedException"
    assert store.call(**creation, account=delegated)["GroupId"]


def test_a_store_of_another_region_or_none_is_not_found(store: Any, code: Callable) -> None:
    elsewhere = store.cloud.client("identitystore", region="eu-west-1")
    assert code(elsewhere.list_users, IdentityStoreId=store.id) == "ResourceNotFoundException"
    client = store.cloud.client("identitystore")
    assert code(client.list_users, IdentityStoreId="d-0000000000") == "ResourceNotFoundException"
