"""From one owner, a second one added a case."""

from __future__ import annotations

import json

from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE
from rules.trusted_access_single_owner import RULE

SSO = "sso.amazonaws.com"
LIST = "awsServiceAccessPrincipals"


def _access(rule, name="sso", principal=SSO, **provider):
    return rule.declared(SERVICE_ACCESS_TYPE, name, props={"servicePrincipal": principal}, provider=provider)


def _organization(rule, name="org", ignore=(), **provider):
    return rule.declared(ORGANIZATION_TYPE, name, props={LIST: [SSO]}, ignore_changes=ignore, provider=provider)


def test_one_owner_passes_whichever_it_is(rule) -> None:
    assert rule.messages(RULE, _access(rule)) == []
    assert rule.messages(RULE, _organization(rule)) == []
    assert rule.messages(RULE, _access(rule, principal=UNKNOWN)) == []


def test_a_list_whose_changes_are_ignored_is_no_owner(rule) -> None:
    assert rule.messages(RULE, _access(rule), _organization(rule, ignore=(LIST,))) == []


def test_the_accesses_of_other_services_are_no_owners(rule) -> None:
    other_services = [_access(rule, "a", "guardduty.amazonaws.com"), _access(rule, "b", "guardduty.amazonaws.com")]
    assert rule.messages(RULE, *other_services, _organization(rule)) == []


def test_access_and_list_are_refused_with_both_names(rule) -> None:
    for order in ([_access(rule), _organization(rule)], [_organization(rule), _access(rule)]):
        (message,) = rule.messages(RULE, *order)
        assert message.startswith("sso and org both own")
        assert f'ignore_changes=["{LIST}"]' in message


def test_two_accesses_are_refused_and_three_twice(rule) -> None:
    (message,) = rule.messages(RULE, _access(rule, "one"), _access(rule, "two"))
    assert message.startswith("one and two both own")
    assert LIST not in message
    assert "ignore" not in message
    assert "Fix: " in message
    assert "pulumi state delete" in message
    assert len(rule.messages(RULE, *(_access(rule, name) for name in ("one", "two", "three")))) == 2


def test_an_unknown_second_owner_is_refused_as_unknown(rule) -> None:
    maybe = _access(rule, "maybe", UNKNOWN)
    for order in ([maybe, _access(rule)], [_access(rule), maybe]):
        (message,) = rule.messages(RULE, *order)
        assert message.startswith("sso and maybe may both own")
    (message,) = rule.messages(RULE, maybe, _organization(rule))
    assert message.startswith("maybe and org may both own")


def _role(account: str, name: str = "operator") -> str:
    return json.dumps([{"roleArn": f"arn:aws:iam::{account}:role/{name}"}])


TEST, PRODUCTION = _role("222233334444"), _role("333344445555")


def test_the_providers_of_two_organizations_make_two_switches(rule) -> None:
    for provider, theirs in ((TEST, {"assumeRoles": PRODUCTION}), (TEST, {"allowedAccountIds": ["999988887777"]})):
        first = _access(rule, "one", assumeRoles=provider)
        assert rule.messages(RULE, first, _access(rule, "two", **theirs)) == []
        assert rule.messages(RULE, first, _organization(rule, **theirs)) == []
        # In each of them there may still be one.
        (message,) = rule.messages(RULE, first, _access(rule, "two", **theirs), _access(rule, "three", **theirs))
        assert message.startswith("two and three both own")
        (message,) = rule.messages(
            RULE, first, _access(rule, "two", **theirs), _organization(rule, assumeRoles=provider)
        )
        assert message.startswith("one and org both own")


def test_two_providers_of_one_organization_are_one_switch(rule) -> None:
    for first, second in (
        ({"region": "us-east-1"}, {"region": "eu-west-1"}),
        ({"assumeRoles": TEST}, {"assumeRoles": _role("222233334444", "another")}),
        ({"assumeRoles": TEST, "region": "us-east-1"}, {"assumeRoles": [{"roleArn": json.loads(TEST)[0]["roleArn"]}]}),
    ):
        (message,) = rule.messages(RULE, _access(rule, "one", **first), _access(rule, "two", **second))
        assert message.startswith("one and two both own")


def test_a_provider_that_the_preview_cannot_know_is_shown(rule) -> None:
    for owner in (_access(rule, "two", assumeRoles=UNKNOWN), _organization(rule, assumeRoles=UNKNOWN)):
        (message,) = rule.messages(RULE, _access(rule, "one"), owner)
        assert message.is_later
        assert " may both own " in message
        assert "can't be known during preview" in message
