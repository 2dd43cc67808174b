"""From one organization with all features, one thing changed a case."""

from __future__ import annotations

from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.domain.resource_types import NATIVE_ORGANIZATION
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE
from rules.organization_all_features import RULE

from tests.walk import walk

BOTH = [ORGANIZATION_TYPE, NATIVE_ORGANIZATION]


@walk("token", BOTH)
@walk("props", [{"featureSet": "ALL"}, {}, {"featureSet": None}])
def test_all_features_and_the_default_pass(rule, token: str, props) -> None:
    assert rule.messages(RULE, rule.declared(token, props=props)) == []


@walk("token", BOTH)
@walk("value", ["CONSOLIDATED_BILLING", "all", "", ["ALL"]])
def test_another_feature_set_is_refused_with_the_fix(rule, token: str, value) -> None:
    (message,) = rule.messages(RULE, rule.declared(token, "org", props={"featureSet": value}))
    assert message.startswith("org: ")
    assert "not ALL" in message
    assert 'feature_set="ALL"' in message


def test_an_unknown_feature_set_is_refused(rule) -> None:
    (message,) = rule.messages(RULE, rule.declared(ORGANIZATION_TYPE, props={"featureSet": UNKNOWN}))
    assert "its featureSet isn't known" in message


def test_ignored_changes_pass_and_those_of_another_property_do_not(rule) -> None:
    billing = {"featureSet": "CONSOLIDATED_BILLING"}
    for spelling, count in (("featureSet", 0), ('["featureSet"]', 0), ("*", 0), ("tags", 1), ("feature_set", 1)):
        organization = rule.declared(ORGANIZATION_TYPE, props=billing, ignore_changes=(spelling,))
        assert len(rule.messages(RULE, organization)) == count, spelling


def test_of_two_organizations_the_bad_one_is_named(rule) -> None:
    good = rule.declared(ORGANIZATION_TYPE, "good", props={"featureSet": "ALL"})
    bad = rule.declared(ORGANIZATION_TYPE, "bad", props={"featureSet": "CONSOLIDATED_BILLING"})
    for order in ((good, bad), (bad, good)):
        (message,) = rule.messages(RULE, *order)
        assert message.startswith("bad: ")
