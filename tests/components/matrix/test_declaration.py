"""A live matrix as the declaration that would make it: the same grants, and a word about what can't be declared."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.matrix.access_matrix import parse_access_matrix
from pulumi_aws_identity_center.matrix.declaration import ImportedComponent, declare, import_file
from pulumi_aws_identity_center.matrix.expansion import expand
from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.organization import Organization, OrganizationAccount

from .strategies import organizations

SETS: dict[str, dict[str, Any]] = {"Admin": {}, "Read": {}}
OPS, OMAR = Principal("GROUP", "g-1", "ops"), Principal("USER", "u-1", "omar")
ONE, TWO, OLD = "1" * 12, "2" * 12, "3" * 12
ORGANIZATION = Organization(
    (OrganizationAccount(ONE, "one"), OrganizationAccount(TWO, "two"), OrganizationAccount(OLD, "old", "SUSPENDED"))
)


def test_who_has_the_same_where_shares_an_entry() -> None:
    grants = [Grant(who, name, ONE) for who in (OPS, OMAR) for name in SETS]
    assert declare(grants, SETS, ORGANIZATION).value["assignments"] == [
        {"groups": ["ops"], "users": ["omar"], "permissionSets": ["Admin", "Read"], "accounts": {"names": ["one"]}}
    ]


@given(st.data())
def test_expanding_a_declaration_gives_the_grants_back(data: st.DataObject) -> None:
    organization = data.draw(organizations())
    active = [account.id for account in organization.accounts if account.reason_to_skip is None]
    everything = [Grant(who, name, account) for who in (OPS, OMAR) for name in SETS for account in active]
    grants = data.draw(st.sets(st.sampled_from(everything)))
    declaration = declare(grants, SETS, organization)
    expansion = expand(parse_access_matrix(declaration.value), organization)
    expanded = {
        (entry.principal.name, entry.permission_set, account)
        for entry in expansion.assignments
        for account in entry.account_ids
    }
    assert expanded == {(grant.principal.name, grant.permission_set, grant.account) for grant in grants}
    assert declaration.notes == ()


def test_a_grant_in_a_suspended_account_stays_untouched() -> None:
    declaration = declare([Grant(OPS, "Admin", ONE), Grant(OPS, "Admin", OLD)], SETS, ORGANIZATION)
    assert declaration.value["permissionSets"] == {"Admin": {}, "Read": {}}
    assert declaration.notes == (f"Account {OLD} (old) is suspended; its 1 grant is left out.",)


def test_a_permission_set_with_principals_left_out_is_not_owned() -> None:
    declaration = declare([Grant(OPS, "Admin", ONE), Grant(OMAR, "Admin", "4" * 12)], SETS, ORGANIZATION)
    assert declaration.value["permissionSets"] == {"Admin": {"owns": "listed"}, "Read": {}}
    assert len(declaration.notes) == 2


def test_a_deleted_group_is_left_out_by_its_id() -> None:
    declaration = declare([Grant(Principal("GROUP", "g-9", None), "Admin", ONE)], SETS, ORGANIZATION)
    assert declaration.value["assignments"] == []
    assert declaration.notes[0] == "g-9 is not in the identity store any more; its 1 grant is left out."
    assert declaration.value["permissionSets"]["Admin"] == {"owns": "listed"}


def _resources(component: ImportedComponent) -> dict[str, Any]:
    declaration = declare([Grant(OPS, "Admin", ONE)], {"Admin": {}}, ORGANIZATION)
    return import_file(declaration, {"Admin": "arn:set"}, "arn:instance", component)


def test_the_import_file_names_what_the_component_declares() -> None:
    resources = _resources(ImportedComponent("access", "1.2.3"))["resources"]
    assert [(resource["name"], resource.get("id")) for resource in resources] == [
        ("access", None),
        ("access/Admin", "arn:set,arn:instance"),
        ("access/Admin/group:ops", "g-1,GROUP,arn:set,arn:instance"),
        ("access/Admin", "arn:set,arn:instance"),
    ]


def test_a_component_inside_another_names_its_parent() -> None:
    imports = _resources(ImportedComponent("access", "1.2.3", "urn:parent"))
    assert imports["nameTable"] == {"parent": "urn:parent"}
    assert [resource["parent"] for resource in imports["resources"]] == ["parent", "access", "access", "access"]
