"""From protected resources, the protection taken away a case."""

from __future__ import annotations

import pytest
from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.domain.resource_types import NATIVE_ORGANIZATION, bridged
from pulumi_aws_identity_center.names import (
    ATTRIBUTES_TYPE,
    GUARDED_TYPES,
    ORGANIZATION_TYPE,
    SERVICE_ACCESS_TYPE,
    TRUSTED_ACCESS_TYPE,
)
from rules.guarded_resources_protected import RULE

from tests.walk import walk

SSO = {"servicePrincipal": "sso.amazonaws.com"}
GUARDED = [(ORGANIZATION_TYPE, {}), (SERVICE_ACCESS_TYPE, SSO)]
COMPONENT = f"urn:pulumi:dev::p::{TRUSTED_ACCESS_TYPE}::sso"


@pytest.mark.parametrize(("token", "props"), GUARDED)
def test_a_protected_one_passes(rule, token: str, props) -> None:
    assert rule.messages(RULE, rule.declared(token, props=props, protect=True)) == []


@walk(("token", "props"), [*GUARDED, (SERVICE_ACCESS_TYPE, {"servicePrincipal": UNKNOWN})])
def test_an_unprotected_one_is_refused_with_the_fix(rule, token: str, props) -> None:
    (message,) = rule.messages(RULE, rule.declared(token, "thing", props=props))
    assert message.startswith("thing is not protected.")
    assert "protect=True" in message
    assert "retain_on_delete=True" in message


def test_the_access_of_another_service_may_go(rule) -> None:
    other_service = rule.declared(SERVICE_ACCESS_TYPE, props={"servicePrincipal": "guardduty.amazonaws.com"})
    assert rule.messages(RULE, other_service) == []


def test_the_components_own_is_left_to_break_glass_current(rule) -> None:
    assert rule.messages(RULE, rule.declared(SERVICE_ACCESS_TYPE, props=SSO, parent=COMPONENT)) == []


def test_a_parent_of_another_kind_excuses_nothing(rule) -> None:
    parent = "urn:pulumi:dev::p::my:own:TrustedAccess::sso"
    assert len(rule.messages(RULE, rule.declared(SERVICE_ACCESS_TYPE, props=SSO, parent=parent))) == 1


def test_of_two_the_unprotected_one_is_named(rule) -> None:
    good = rule.declared(SERVICE_ACCESS_TYPE, "good", props=SSO, protect=True)
    bad = rule.declared(SERVICE_ACCESS_TYPE, "bad", props=SSO)
    for order in ((good, bad), (bad, good)):
        (message,) = rule.messages(RULE, *order)
        assert message.startswith("bad ")


def test_nothing_else_under_the_component_is_excused(rule) -> None:
    for token in (ORGANIZATION_TYPE, NATIVE_ORGANIZATION):
        assert len(rule.messages(RULE, rule.declared(token, parent=COMPONENT))) == 1


def test_the_fix_names_guard_stack_only_where_it_would_help(rule) -> None:
    (own,) = rule.messages(RULE, rule.declared(ORGANIZATION_TYPE))
    (native,) = rule.messages(RULE, rule.declared(NATIVE_ORGANIZATION))
    assert "guard_stack()" in own
    assert "guard_stack()" not in native
    assert "protect=True, retain_on_delete=True" in native


TAKEN_OVER = [*sorted(RULE.taken_over)]


def _urn(token: str) -> str:
    return f"urn:pulumi:dev::p::{token}::old"


@walk("token", TAKEN_OVER)
@walk("own", [TRUSTED_ACCESS_TYPE, "my:own:Component", "aws:s3/bucket:Bucket"])
def test_taking_over_a_guarded_type_under_another_is_refused(rule, token: str, own: str) -> None:
    (message,) = rule.messages(RULE, rule.declared(own, "new", aliases=[_urn(token)]))
    kind = token.rpartition(":")[2]
    assert message.startswith(f"new takes over, by an alias, the {kind} old.")
    inside = f"urn:pulumi:dev::p::my:own:Component${token}::old"
    assert len(rule.messages(RULE, rule.declared(own, "new", aliases=[inside, _urn(token)], protect=True))) == 1


def test_all_that_the_engine_would_delete_is_guarded() -> None:
    assert RULE.taken_over == {*GUARDED_TYPES, ATTRIBUTES_TYPE, NATIVE_ORGANIZATION}


@walk("token", TAKEN_OVER)
def test_taking_over_one_s_own_type_passes(rule, token: str) -> None:
    for alias in (_urn(token), _urn(token).replace("dev::p", "dev::renamed")):
        assert rule.messages(RULE, rule.declared(token, "new", aliases=[alias], protect=True)) == []
    old_bucket = "urn:pulumi:dev::p::aws:s3/bucket:Bucket::old"
    assert rule.messages(RULE, rule.declared("my:own:Component", "new", aliases=[old_bucket])) == []


@walk("token", TAKEN_OVER)
def test_a_bridged_provider_s_type_is_another_type(rule, token: str) -> None:
    for own, old in ((bridged(token), token), (token, bridged(token))):
        new = rule.declared(token, "new", urn=f"urn:pulumi:dev::p::{own}::new", aliases=[_urn(old)], protect=True)
        assert len(rule.messages(RULE, new)) == (0 if bridged(token) == token else 1)


def test_a_configured_service_has_to_be_protected(rule) -> None:
    other_service = rule.declared(SERVICE_ACCESS_TYPE, props={"servicePrincipal": "guardduty.amazonaws.com"})
    (message,) = rule.messages(RULE, other_service, guardedServicePrincipals=["guardduty.amazonaws.com"])
    assert "disables guardduty.amazonaws.com" in message
