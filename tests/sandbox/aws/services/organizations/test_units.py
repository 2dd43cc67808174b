"""Organizational units and the tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMBER = "222233334444"


def unit(client: Any, parent: str, name: str) -> str:
    unit_id: str = client.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]
    return unit_id


def test_a_name_is_taken_once_under_a_parent(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    first, second = unit(client, "r-exam", "a"), unit(client, "r-exam", "b")
    refused = "DuplicateOrganizationalUnitException"
    assert code(client.create_organizational_unit, ParentId="r-exam", Name="a") == refused
    assert code(client.update_organizational_unit, OrganizationalUnitId=second, Name="a") == refused
    unit(client, first, "a")
    client.update_organizational_unit(OrganizationalUnitId=second, Name="c")
    described = client.describe_organizational_unit(OrganizationalUnitId=second)["OrganizationalUnit"]
    assert described["Name"] == "c"
    assert described["Arn"] == f"arn:aws:organizations::111122223333:ou/o-exampleorg01/{second}"


def test_the_tree_is_five_units_deep(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    parent = "r-exam"
    for level in range(5):
        parent = unit(client, parent, str(level))
    refused = code(client.create_organizational_unit, ParentId=parent, Name="6")
    assert refused == "ConstraintViolationException"


def test_a_unit_with_something_in_it_stays(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    outer = unit(client, "r-exam", "outer")
    inner = unit(client, outer, "inner")
    client.move_account(AccountId=MEMBER, SourceParentId="r-exam", DestinationParentId=inner)
    delete, not_empty = client.delete_organizational_unit, "OrganizationalUnitNotEmptyException"
    assert code(delete, OrganizationalUnitId=outer) == not_empty
    assert code(delete, OrganizationalUnitId=inner) == not_empty
    client.move_account(AccountId=MEMBER, SourceParentId=inner, DestinationParentId="r-exam")
    client.delete_organizational_unit(OrganizationalUnitId=inner)
    client.delete_organizational_unit(OrganizationalUnitId=outer)
    gone = code(client.describe_organizational_unit, OrganizationalUnitId=outer)
    assert gone == "OrganizationalUnitNotFoundException"
    assert client.list_organizational_units_for_parent(ParentId="r-exam")["OrganizationalUnits"] == []


def test_children_are_listed_by_kind_and_parents_upwards(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    unit_id = unit(client, "r-exam", "a")
    units = client.list_children(ParentId="r-exam", ChildType="ORGANIZATIONAL_UNIT")["Children"]
    assert units == [{"Id": unit_id, "Type": "ORGANIZATIONAL_UNIT"}]
    assert len(client.list_children(ParentId="r-exam", ChildType="ACCOUNT")["Children"]) == 4
    assert client.list_parents(ChildId=unit_id)["Parents"] == [{"Id": "r-exam", "Type": "ROOT"}]
    assert code(client.list_parents, ChildId="999999999999") == "ChildNotFoundException"
    assert code(client.list_accounts_for_parent, ParentId="ou-exam-00000000") == "ParentNotFoundException"


def test_no_more_units_are_made_than_the_quota_says(aws: Callable, reason: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("organization: {}\nquotas: {organizational_units: 2}\n")
    client = aws(seed).client("organizations")
    unit(client, "r-exam", "a")
    unit(client, "r-exam", "b")
    refused = reason(client.create_organizational_unit, ParentId="r-exam", Name="c")
    assert refused == "OU_NUMBER_LIMIT_EXCEEDED"
