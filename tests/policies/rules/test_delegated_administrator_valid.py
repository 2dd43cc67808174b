"""From one member account, one thing broken a case."""

from __future__ import annotations

import json
import re

from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, ORGANIZATION_TYPE
from rules.delegated_administrator_valid import RULE

from tests.walk import walk

SSO = "sso.amazonaws.com"
MANAGEMENT, MEMBER = "111122223333", "222233334444"


def _administrator(rule, account=MEMBER, name="admin", principal=SSO, **provider):
    props = {"accountId": account, "servicePrincipal": principal}
    return rule.declared(DELEGATED_ADMINISTRATOR_TYPE, name, props=props, provider=provider)


def _organization(rule, management=MANAGEMENT):
    return rule.declared(ORGANIZATION_TYPE, "org", props={"masterAccountId": management})


def test_one_member_account_passes(rule) -> None:
    assert rule.messages(RULE, _administrator(rule), _organization(rule)) == []
    assert rule.messages(RULE, _administrator(rule), managementAccountId=MANAGEMENT) == []
    assert rule.messages(RULE, _administrator(rule), _organization(rule, UNKNOWN)) == []


@walk("account", ["", "12345", "22223333444a", 222233334444, None, "2222-3333-4444"])
def test_an_invalid_account_id_is_refused(rule, account) -> None:
    (message,) = rule.messages(RULE, _administrator(rule, account))
    assert message.startswith("admin: its accountId is")


def test_the_management_account_is_refused_however_it_is_known(rule) -> None:
    administrator = _administrator(rule, MANAGEMENT)
    by_stack = rule.messages(RULE, administrator, _organization(rule))
    by_config = rule.messages(RULE, administrator, managementAccountId=MANAGEMENT)
    for (message,) in (by_stack, by_config):
        assert "is the management account's" in message
        assert "Fix: " in message


def test_an_unknown_account_is_shown_unless_the_program_creates_it(rule) -> None:
    (message,) = rule.messages(RULE, _administrator(rule, UNKNOWN), managementAccountId=MANAGEMENT)
    assert "its accountId can't be known during preview" in message
    assert message.is_later


def test_an_invalid_management_account_id_is_refused() -> None:
    pattern = RULE.config["managementAccountId"]["pattern"]
    assert re.search(pattern, MANAGEMENT)
    for wrong in ("my account", "", "1111222233334", "x111122223333"):
        assert not re.search(pattern, wrong)


def test_two_administrators_are_refused_with_an_unknown_service_too(rule) -> None:
    for principal in (SSO, UNKNOWN):
        second = _administrator(rule, "333344445555", "second", principal)
        (message,) = rule.messages(RULE, _administrator(rule), second)
        assert message.startswith("admin and second both")


def test_other_services_administrators_are_none_of_its_business(rule) -> None:
    other_administrator = _administrator(rule, MANAGEMENT, "other", "guardduty.amazonaws.com")
    assert rule.messages(RULE, other_administrator, _administrator(rule), _organization(rule)) == []


def test_two_organizations_have_one_each(rule) -> None:
    accounts = json.dumps(["111122223333"])
    roles = '[{"roleArn": "arn:aws:iam::999988887777:role/operator"}]'
    first = _administrator(rule, allowedAccountIds=accounts)
    second = _administrator(rule, "333344445555", "second", assumeRoles=roles)
    assert rule.messages(RULE, first, second) == []
    third = _administrator(rule, "444455556666", "third", assumeRoles=roles)
    (message,) = rule.messages(RULE, first, second, third)
    assert message.startswith("second and third both")
    (message,) = rule.messages(RULE, first, _administrator(rule, "333344445555", "second", assumeRoles=UNKNOWN))
    assert message.is_later
    # An account that isn't named may be the other's.
    (message,) = rule.messages(RULE, first, _administrator(rule, "333344445555", "second"))
    assert not message.is_later


def test_an_account_that_the_program_creates_is_good(rule) -> None:
    account = ["urn:pulumi:dev::p::aws:organizations/account:Account::security"]
    administrator = rule.declared(
        DELEGATED_ADMINISTRATOR_TYPE,
        props={"accountId": UNKNOWN, "servicePrincipal": SSO},
        comes_from={"accountId": account},
    )
    assert rule.messages(RULE, administrator) == []
