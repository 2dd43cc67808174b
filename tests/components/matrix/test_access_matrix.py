"""Parsing a matrix: the typed result, and every problem at once by key path."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.matrix.access_matrix import PrincipalReference, parse_access_matrix
from pulumi_aws_identity_center.matrix.permission_set import CustomerManagedPolicy, PermissionsBoundary
from pulumi_aws_identity_center.matrix.selector import Selector

from tests.walk import walk

GROUP_ID = "9067642ac7-11111111-2222-3333-4444-555555555555"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
DEEP: list[Any] = []
for _ in range(10_000):
    DEEP = [DEEP]
GOOD: dict[str, Any] = {
    "permissionSets": {
        "Admin": {
            "description": "All of it",
            "sessionDuration": "PT1H30M",
            "relayState": "https://console.aws.amazon.com/",
            "managedPolicies": ["arn:aws:iam::aws:policy/AdministratorAccess"],
            "customerManagedPolicies": [{"name": "Extra"}, {"name": "Team", "path": "/teams/"}],
            "inlinePolicy": POLICY,
            "permissionsBoundary": {"customerManagedPolicy": {"name": "Boundary"}},
            "tags": {"owner": "platform"},
            "owns": "listed",
        },
        "ReadOnly": None,
    },
    "assignments": [
        {
            "groups": ["Platform", {"id": GROUP_ID}],
            "users": ["jane"],
            "permissionSets": ["Admin", "ReadOnly"],
            "accounts": {"names": ["prod-*"], "tags": {"env": ["prod"]}, "except": {"ids": ["111122223333"]}},
        }
    ],
}


def _problems(value: Any, key: str = "") -> list[str]:
    with pytest.raises(InvalidInput) as raised:
        parse_access_matrix(value, key)
    return list(raised.value.problems)


def test_a_full_matrix_is_read_into_types() -> None:
    matrix = parse_access_matrix(GOOD)
    admin = matrix.permission_sets["Admin"]
    assert admin.customer_managed_policies == (CustomerManagedPolicy("Extra"), CustomerManagedPolicy("Team", "/teams/"))
    assert admin.permissions_boundary == PermissionsBoundary(customer_managed_policy=CustomerManagedPolicy("Boundary"))
    assert json.loads(admin.inline_policy) == POLICY
    assert (admin.owns, matrix.permission_sets["ReadOnly"].owns) == ("listed", "all")
    (assignment,) = matrix.assignments
    assert assignment.principals == (
        PrincipalReference("GROUP", name="Platform"),
        PrincipalReference("GROUP", id=GROUP_ID),
        PrincipalReference("USER", name="jane"),
    )
    assert assignment.accounts == Selector(
        names=("prod-*",), tags={"env": ("prod",)}, exclusion=Selector(ids=("111122223333",))
    )


def test_a_parsed_matrix_passes_unchanged() -> None:
    matrix = parse_access_matrix(GOOD)
    assert parse_access_matrix(matrix) is matrix


def test_nothing_is_a_matrix_too() -> None:
    assert parse_access_matrix({}).assignments == ()


def test_inline_policy_is_the_same_as_object_and_as_text() -> None:
    as_text = copy.deepcopy(GOOD)
    as_text["permissionSets"]["Admin"]["inlinePolicy"] = json.dumps(POLICY, indent=4)
    assert parse_access_matrix(as_text) == parse_access_matrix(GOOD)


@walk(
    ("part", "value", "key", "advice"),
    [
        ("sessionDuration", "PT30M", "sessionDuration", "from PT1H to PT12H"),
        ("sessionDuration", "PT13H", "sessionDuration", "from PT1H to PT12H"),
        ("sessionDuration", "8h", "sessionDuration", "ISO 8601"),
        ("sessionDuration", "PT", "sessionDuration", "ISO 8601"),
        ("sessionDuration", "P1DT1H", "sessionDuration", "from PT1H to PT12H"),
        ("sessionDuration", f"PT{'9' * 5000}H", "sessionDuration", "ISO 8601"),
        ("description", "", "description", "1 to 700"),
        ("description", "Read \u2013 only", "description", "up to ÿ"),
        ("managedPolicies", ["arn:aws:iam::111122223333:policy/Mine"], "managedPolicies[0]", "customerManagedPolicies"),
        ("managedPolicies", "AdministratorAccess", "managedPolicies", "a list of"),
        ("customerManagedPolicies", [{"path": "/"}], "customerManagedPolicies[0].name", "is missing"),
        ("customerManagedPolicies", [{"name": "a", "path": "x"}], "customerManagedPolicies[0].path", "such as /"),
        ("inlinePolicy", "{", "inlinePolicy", "is not JSON"),
        ("inlinePolicy", "[" * 100_000, "inlinePolicy", "is not JSON"),
        ("inlinePolicy", '{"Statement": [1e999]}', "inlinePolicy", "a value that JSON can't"),
        ("inlinePolicy", {**POLICY, "Id": float("nan")}, "inlinePolicy", "a value that JSON can't"),
        ("inlinePolicy", {**POLICY, "Id": DEEP}, "inlinePolicy", "a value that JSON can't"),
        ("inlinePolicy", [], "inlinePolicy", "Statement"),
        ("inlinePolicy", {**POLICY, "Sid": "x" * 10_240}, "inlinePolicy", "AWS takes 10,240"),
        ("inlinePolicy", {**POLICY, "Sid": "é" * 5_120}, "inlinePolicy", "bytes without white space; AWS takes 10,240"),
        ("inlinePolicy", {**POLICY, "Sid": " " * 32_768}, "inlinePolicy", "AWS takes 32,768"),
        ("inlinePolicy", {**POLICY, "Id": "\u2013"}, "inlinePolicy", "has '\u2013'; AWS takes no character above ÿ"),
        ("permissionsBoundary", {}, "permissionsBoundary", "has 0 of managedPolicy"),
        ("permissionsBoundary", {"managedPolicy": "x"}, "permissionsBoundary.managedPolicy", "the ARN of"),
        ("tags", {"a": 1}, "tags.a", "text"),
        ("tags", {str(n): "" for n in range(51)}, "tags", "AWS takes 50"),
        ("tags", {"": "a"}, "tags", "has the key ''; a key has 1 to 128 letters"),
        (
            "tags",
            {"Aws:a": "b"},
            "tags",
            "has the key 'Aws:a'; a key has 1 to 128 letters, digits, spaces or _.:/=+-@ ",
        ),
        ("tags", {"a": "b!"}, "tags.a", "text of at most 256 letters"),
        ("owns", "some", "owns", "one of all, listed"),
        ("session_duration", "PT1H", "session_duration", "did you mean sessionDuration?"),
    ],
)
def test_each_part_of_a_permission_set_is_checked(part: str, value: Any, key: str, advice: str) -> None:
    (problem,) = _problems({"permissionSets": {"Admin": {part: value}}}, "accessMatrix")
    assert problem.startswith(f"accessMatrix.permissionSets.Admin.{key} ")
    assert advice in problem


def test_both_kinds_of_managed_policies_count_together() -> None:
    def matrix(own: int) -> dict[str, Any]:
        managed = [f"arn:aws:iam::aws:policy/P{number}" for number in range(10)]
        customer_managed = [{"name": f"P{number}"} for number in range(own)]
        admin = {"managedPolicies": managed, "customerManagedPolicies": customer_managed}
        return {"permissionSets": {"Admin": admin}}

    parse_access_matrix(matrix(15))
    (problem,) = _problems(matrix(16))
    assert "managedPolicies and customerManagedPolicies have 26 together; AWS takes 25" in problem


def test_a_customer_managed_policy_counts_once() -> None:
    """A permission set that has it twice would never be as AWS has it."""
    twice = [{"name": "own"}, {"name": "own", "path": "/"}, {"name": "own", "path": "/a/"}]
    admin = parse_access_matrix({"permissionSets": {"Admin": {"customerManagedPolicies": twice}}})
    assert [policy.path for policy in admin.permission_sets["Admin"].customer_managed_policies] == ["/", "/a/"]


@walk(
    ("change", "key", "advice"),
    [
        ({"groups": [], "users": []}, "assignments[0] ", "is for nobody"),
        ({"groups": [{"id": "x"}]}, "assignments[0].groups[0].id ", "the id of"),
        ({"groups": "Platform"}, "assignments[0].groups ", "a list of group names"),
        ({"users": [7]}, "assignments[0].users[0] ", "the user name of"),
        ({"permissionSets": ["Amin"]}, "assignments[0].permissionSets ", "it has Admin, ReadOnly"),
        ({"permissionSets": []}, "assignments[0].permissionSets ", "is missing"),
        ({"accounts": None}, "assignments[0].accounts ", "is missing"),
        ({"accounts": {}}, "assignments[0].accounts ", "selects nothing"),
        ({"accounts": {"all": False}}, "assignments[0].accounts ", "selects nothing"),
        ({"accounts": {"all": "yes"}}, "assignments[0].accounts.all ", "true or false"),
        ({"accounts": {"ids": [111122223333]}}, "assignments[0].accounts.ids[0] ", "12 digits in quotes"),
        ({"accounts": {"organizationalUnits": ["/A/"]}}, "assignments[0].accounts.organizationalUnits[0] ", "Prod"),
        ({"accounts": {"tags": {"env": []}}}, "assignments[0].accounts.tags.env ", "has no values"),
        ({"accounts": {"all": True, "except": {}}}, "assignments[0].accounts.except ", "selects nothing"),
        (
            {"accounts": {"organizational_units": ["A"]}},
            "assignments[0].accounts.organizational_units ",
            "did you mean",
        ),
        ({"accounts": ["111122223333"]}, "assignments[0].accounts ", "an object with ids"),
        ({"account": {"all": True}}, "assignments[0].account ", "did you mean accounts?"),
    ],
)
def test_each_part_of_an_assignment_is_checked(change: dict[str, Any], key: str, advice: str) -> None:
    value = copy.deepcopy(GOOD)
    value["assignments"][0].update(change)
    (problem,) = _problems(value)
    assert problem.startswith(key)
    assert advice in problem


def test_all_problems_are_told_together() -> None:
    value = {"permissionSets": {"no/slash": {}, "x": {"owns": 1}}, "assignments": [{"groups": ["a"]}], "extra": 1}
    assert len(_problems(value)) == 5


def test_names_that_differ_by_case_are_refused() -> None:
    (problem,) = _problems({"permissionSets": {"Admin": {}, "ADMIN": {}}})
    assert "'Admin' and 'ADMIN'" in problem


@walk("value", [None, [], "file.yaml", 7])
def test_what_is_no_object_is_no_matrix(value: Any) -> None:
    (problem,) = _problems(value)
    assert problem.startswith("The matrix is ")


class Later:
    """Stands for an Output."""


def test_deferred_values_pass_where_text_may_stand() -> None:
    later = Later()
    value = {
        "permissionSets": {"Admin": {"managedPolicies": [later], "inlinePolicy": later, "tags": {"a": later}}},
        "assignments": [
            {"groups": [{"id": later}], "users": [later], "permissionSets": ["Admin"], "accounts": {"ids": [later]}}
        ],
    }
    matrix = parse_access_matrix(value, is_deferred=lambda item: isinstance(item, Later))
    assert matrix.assignments[0].accounts.ids == (later,)
    assert matrix.permission_sets["Admin"].inline_policy is later


@pytest.mark.parametrize("key", ["names", "organizationalUnits"])
def test_deferred_names_of_accounts_are_refused(key: str) -> None:
    value = copy.deepcopy(GOOD)
    value["assignments"][0]["accounts"] = {key: [Later()], "all": True}
    with pytest.raises(InvalidInput, match="only the update knows"):
        parse_access_matrix(value, is_deferred=lambda item: isinstance(item, Later))
