from __future__ import annotations

from typing import Any

import pytest
from pulumi_aws_identity_center.domain.operator_roles import (
    OperatorRole,
    check_trusted,
    parse_operator_roles,
    policies_of,
    trust_document,
)
from pulumi_aws_identity_center.errors import InvalidInput

from tests.walk import walk

GOOD = {"name": "operator", "permissions": ["enable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}


def test_only_disable_makes_a_role_break_glass() -> None:
    [role] = parse_operator_roles([GOOD], "roles")
    assert (role.name, role.is_break_glass) == ("operator", False)
    assert parse_operator_roles([{**GOOD, "permissions": ["disable"]}], "roles")[0].is_break_glass


@walk(
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


def test_two_roles_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidInput, match="has the name 'operator' more than once"):
        parse_operator_roles([GOOD, GOOD], "roles")
    for role in ("operator", {"name": "x"}, 3):
        with pytest.raises(InvalidInput):
            parse_operator_roles(role, "roles")
    with pytest.raises(InvalidInput, match=r"roles\[0\] is 'operator'"):
        parse_operator_roles(["operator"], "roles")


def test_the_trust_document_names_only_those_given() -> None:
    [statement] = trust_document(OperatorRole("r", ("enable",), ("b", "a")))["Statement"]
    assert statement["Principal"] == {"AWS": ["a", "b"]}
    assert statement["Action"] == "sts:AssumeRole"


def test_what_is_parsed_already_is_taken_as_it_is() -> None:
    roles = parse_operator_roles([GOOD], "roles")
    assert parse_operator_roles(roles, "roles") is roles


PROVIDER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
GITHUB = {
    "provider": PROVIDER,
    "audiences": ["sts.amazonaws.com"],
    "subjects": ["repo:octo/sign-in:environment:production"],
}
CI = {"name": "ci", "permissions": ["preview"], "trustedWebIdentities": [GITHUB]}


def test_a_role_may_trust_web_identities_alone() -> None:
    [role] = parse_operator_roles([CI], "roles")
    [statement] = trust_document(role)["Statement"]
    assert statement == {
        "Sid": "WebIdentity0Assumes",
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": ["sts.amazonaws.com"],
                "token.actions.githubusercontent.com:sub": ["repo:octo/sign-in:environment:production"],
            }
        },
    }


def test_wildcard_subjects_are_compared_as_patterns() -> None:
    identity = {**GITHUB, "subjects": ["repo:octo/sign-in:ref:refs/heads/*", "repo:octo/sign-in:pull_request"]}
    both = {**CI, "trustedPrincipals": GOOD["trustedPrincipals"], "trustedWebIdentities": [GITHUB, identity]}
    [role] = parse_operator_roles([both], "roles")
    principals, _, statement = trust_document(role)["Statement"]
    assert principals["Principal"] == {"AWS": GOOD["trustedPrincipals"]}
    assert statement["Condition"]["StringLike"] == {
        "token.actions.githubusercontent.com:sub": [
            "repo:octo/sign-in:pull_request",
            "repo:octo/sign-in:ref:refs/heads/*",
        ]
    }


@walk(
    "subject",
    [
        "repo:octo/sign-in:ref:refs/heads/main",
        "repo:octo/sign-in:*",
        "repo:octo@1234/sign-in@5678:pull_request",
        "project_path:octo/sign-in:ref_type:branch:ref:*",
        "project_path:octo/team/sign-in:ref_type:tag:ref:v?",
        "system:serviceaccount:ci:runner",
    ],
)
def test_a_subject_of_one_repository_is_taken(subject: str) -> None:
    assert parse_operator_roles([{**CI, "trustedWebIdentities": [{**GITHUB, "subjects": [subject]}]}], "roles")


@walk(
    "subject",
    [
        "*",
        "repo:*",
        "repo:octo/*",
        "repo:octo/*:environment:production",
        "repo:octo*/sign-in:*",
        "repo:octo/sign-in*",
        "repo:octo/sign-i?:ref:refs/heads/main",
        "project_path:octo/*:ref_type:branch:ref:main",
        "project_path:*",
        "system:serviceaccount:ci:*",
        "repository_owner_id:1:*",
    ],
)
def test_a_wildcard_that_lets_other_repositories_in_is_refused(subject: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_operator_roles([{**CI, "trustedWebIdentities": [{**GITHUB, "subjects": [subject]}]}], "roles")
    assert "roles[0].trustedWebIdentities[0].subjects[0] is " in str(caught.value)
    assert "its wildcard would let other repositories assume the role" in str(caught.value)
    assert "repo:OWNER/REPOSITORY:environment:NAME" in str(caught.value)


@walk(
    ("change", "said"),
    [
        ({"provider": None}, "[0].provider is None"),
        ({"provider": "https://token.actions.githubusercontent.com"}, "[0].provider is 'https:"),
        ({"provider": "arn:aws:iam::111122223333:saml-provider/x"}, "such as arn:aws:iam::111122223333:oidc-provider/"),
        ({"provider": PROVIDER + "*"}, "[0].provider is"),
        ({"audiences": None}, "[0].audiences is missing"),
        ({"audiences": []}, "[0].audiences is []"),
        ({"audiences": ["*"]}, "[0].audiences[0] is '*'; it must be the token's whole aud claim"),
        ({"audiences": [""]}, "[0].audiences[0] is ''"),
        ({"subjects": []}, "[0].subjects is []"),
        ({"subjects": "repo:octo/sign-in:*"}, "[0].subjects is 'repo:octo/sign-in:*'; it must be a list"),
        ({"subjects": [7]}, "[0].subjects[0] is 7"),
        ({"subjects": ["repo:octo/sign-in:${aws:username}"]}, "it must be the token's sub claim"),
        ({"subject": "x"}, "[0].subject is not a key; the keys are provider, audiences, subjects"),
    ],
)
def test_each_mistake_in_a_web_identity_is_told(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_operator_roles([{**CI, "trustedWebIdentities": [{**GITHUB, **change}]}], "roles")
    assert said in str(caught.value)


@walk("trusted", [{}, {"trustedPrincipals": None}, {"trustedWebIdentities": []}])
def test_a_role_that_trusts_nobody_is_refused(trusted: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"is (missing|\[\]); it must be a list of"):
        parse_operator_roles([{"name": "ci", "permissions": ["preview"], **trusted}], "roles")


def test_a_provider_that_becomes_known_is_checked_then() -> None:
    [role] = parse_operator_roles(
        [{**CI, "trustedWebIdentities": [{**GITHUB, "provider": ...}]}], "roles", lambda value: value is ...
    )
    assert role.trusted == (...,)
    assert check_trusted(role.with_trusted([PROVIDER])).web_identities[0].provider == PROVIDER
    with pytest.raises(InvalidInput, match="provider of ci is 'no ARN'"):
        check_trusted(role.with_trusted(["no ARN"]))


def test_the_preview_policy_is_made_only_where_used() -> None:
    assert "preview" not in policies_of(parse_operator_roles([GOOD], "roles"))
    assert "preview" in policies_of(parse_operator_roles([GOOD, CI], "roles"))
