"""From roles that are the program's own, one made into AWS's a case."""

from __future__ import annotations

import pytest
from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.domain.resource_types import (
    NATIVE_ROLE,
    NATIVE_SERVICE_LINKED_ROLE,
    ROLE,
    SERVICE_LINKED_ROLE,
)
from rules.service_linked_role_untouched import RULE

from tests.walk import walk

ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
THE_ROLE = "AWSServiceRoleForSSO"
PATH = "/aws-service-role/sso.amazonaws.com/"


@walk(
    ("token", "props"),
    [
        (SERVICE_LINKED_ROLE, {"awsServiceName": "sso.amazonaws.com"}),
        (NATIVE_SERVICE_LINKED_ROLE, {"awsServiceName": "sso.amazonaws.com"}),
        (NATIVE_SERVICE_LINKED_ROLE, {"AWSServiceName": "sso.amazonaws.com"}),
        (ROLE, {"name": THE_ROLE}),
        (ROLE, {"name": "harmless", "path": PATH}),
        (ROLE, {"name": "awsserviceroleforsso"}),
        (ROLE, {"path": "/aws-service-role/sso.amazonaws.com"}),
        (ROLE, {"path": "/AWS-Service-Role/SSO.amazonaws.com/"}),
        (SERVICE_LINKED_ROLE, {"awsServiceName": "SSO.amazonaws.com"}),
        (NATIVE_ROLE, {"roleName": THE_ROLE}),
        (ROLE_POLICY, {"role": THE_ROLE}),
        (
            ROLE_POLICY_ATTACHMENT,
            {"role": f"arn:aws:iam::111122223333:role{PATH}{THE_ROLE}"},
        ),
    ],
)
def test_whatever_touches_the_role_is_refused_with_the_way_out(rule, token: str, props) -> None:
    (message,) = rule.messages(RULE, rule.declared(token, "mine", props=props))
    assert message.startswith(f"mine declares or changes {THE_ROLE}.")
    assert "pulumi state delete" in message
    assert not message.is_later


@walk(
    ("token", "props"),
    [
        (SERVICE_LINKED_ROLE, {"awsServiceName": "guardduty.amazonaws.com"}),
        (ROLE, {"name": "operator", "path": "/"}),
        (ROLE, {"name": f"{THE_ROLE}Reader"}),
        (ROLE, {}),
        (NATIVE_ROLE, {"roleName": "operator"}),
        (ROLE_POLICY, {"role": "operator"}),
        (ROLE_POLICY, {"role": "operator", "name": UNKNOWN}),
        (ROLE_POLICY_ATTACHMENT, {"role": "operator", "policyArn": UNKNOWN}),
    ],
)
def test_other_roles_are_none_of_its_business(rule, token: str, props) -> None:
    assert rule.messages(RULE, rule.declared(token, props=props)) == []


@walk(
    ("token", "key"),
    [
        (ROLE, "name"),
        (ROLE, "path"),
        (NATIVE_ROLE, "roleName"),
        (SERVICE_LINKED_ROLE, "awsServiceName"),
    ],
)
def test_an_unknown_name_is_left_to_the_update(rule, token: str, key: str) -> None:
    (message,) = rule.messages(RULE, rule.declared(token, "mine", props={key: UNKNOWN}))
    assert message.is_later
    assert f"mine: its {key} can't be known during preview" in message
    assert "write the name out" in message


@pytest.mark.parametrize("token", [ROLE_POLICY, ROLE_POLICY_ATTACHMENT])
def test_a_reference_to_a_new_role_is_quiet(rule, token: str) -> None:
    assert rule.messages(RULE, rule.declared(token, props={"role": UNKNOWN})) == []


def test_a_known_touch_is_refused_beside_unknown_values(rule) -> None:
    (message,) = rule.messages(RULE, rule.declared(ROLE, props={"name": THE_ROLE, "path": UNKNOWN}))
    assert not message.is_later


def test_of_two_the_one_that_touches_it_is_named(rule) -> None:
    good, bad = (
        rule.declared(ROLE, "good", props={"name": "a"}),
        rule.declared(ROLE, "bad", props={"name": THE_ROLE}),
    )
    for order in ((good, bad), (bad, good)):
        (message,) = rule.messages(RULE, *order)
        assert message.startswith("bad ")


SAML = "aws:iam/samlProvider:SamlProvider"


def test_the_saml_provider_is_refused_by_its_name(rule) -> None:
    for token in (SAML, "aws-native:iam:SamlProvider"):
        provider = rule.declared(token, "mine", props={"name": "AWSSSO_0123456789abcdef_DO_NOT_DELETE"})
        (message,) = rule.messages(RULE, provider)
        assert message.startswith("mine declares or changes Identity Center's SAML provider.")
        assert not message.is_later


def test_another_saml_provider_is_none_of_its_business(rule) -> None:
    for name in ("okta", "AWSSSO", "my_DO_NOT_DELETE", None):
        assert rule.messages(RULE, rule.declared(SAML, props={"name": name})) == []
    (message,) = rule.messages(RULE, rule.declared(SAML, props={"name": UNKNOWN}))
    assert message.is_later
