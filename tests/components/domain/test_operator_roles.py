from __future__ import annotations

from typing import Any

import pytest
from pulumi_aws_identity_center.domain.operator_roles import parse_operator_roles, trust_document
from pulumi_aws_identity_center.errors import InvalidInput

GOOD = {"name": "operator", "permissions": ["enable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}


def test_a_good_role_is_taken_and_only_disable_makes_it_break_glass() -> None:
    [role] = parse_operator_roles([GOOD], "roles")
    assert (role.name, role.is_break_glass) == ("operator", False)
    assert parse_operator_roles([{**GOOD, "permissions": ["disable"]}], "roles")[0].is_break_glass


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "roles[0].name is ''"),
        ({"name": 7}, "roles[0].name is 7"),
        ({"name": "a b"}, "roles[0].name is 'a b'"),
        ({"permissions": []}, "roles[0].permissions is []"),
        ({"permissions": "enable"}, "roles[0].permissions is 'enable'"),
        ({"permissions": ["enable", "enable"]}, "has 'enable' more than once"),
        ({"permissions": ["admin"]}, "roles[0].permissions has 'admin'"),
        ({"trustedPrincipals": []}, "roles[0].trustedPrincipals is []"),
        ({"trustedPrincipals": ["*"]}, "roles[0].trustedPrincipals[0] is '*'"),
        ({"trustedPrincipals": ["111122223333"]}, "roles[0].trustedPrincipals[0] is '111122223333'"),
        ({"trust": []}, "roles[0].trust is not a key"),
    ],
)
def test_each_mistake_is_told_by_its_key(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_operator_roles([{**GOOD, **change}], "roles")
    assert said in str(caught.value)


def test_two_roles_of_one_name_and_what_is_no_list_are_refused() -> None:
    with pytest.raises(InvalidInput, match="has the name 'operator' more than once"):
        parse_operator_roles([GOOD, GOOD], "roles")
    for given in ("operator", {"name": "x"}, 3):
        with pytest.raises(InvalidInput):
            parse_operator_roles(given, "roles")
    with pytest.raises(InvalidInput, match=r"roles\[0\] is 'operator'"):
        parse_operator_roles(["operator"], "roles")


def test_the_trust_document_names_only_those_given() -> None:
    [statement] = trust_document(["b", "a"])["Statement"]
    assert statement["Principal"] == {"AWS": ["a", "b"]}
    assert statement["Action"] == "sts:AssumeRole"


def test_what_is_parsed_already_is_taken_as_it_is() -> None:
    roles = parse_operator_roles([GOOD], "roles")
    assert parse_operator_roles(roles, "roles") is roles
