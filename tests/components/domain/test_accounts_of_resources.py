"""In which account a resource is, and whether two providers are known to be of two accounts."""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws_identity_center.domain.accounts_of_resources import AccountsOfResources, are_two_accounts
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared

from tests.declared_resources import MANAGEMENT, declare
from tests.walk import walk

MEMBER = "222233334444"
ROLE = f"arn:aws:iam::{MEMBER}:role/operator"
ORGANIZATION = "aws:organizations/organization:Organization"
ACCOUNT = "aws:organizations/account:Account"
IAM_ROLE = "aws:iam/role:Role"


def _two(one: dict[str, Any], other: dict[str, Any]) -> bool | None:
    resources = [
        Declared("t", "n", "u", {}, provider=provider, provider_urn=str(n)) for n, provider in enumerate((one, other))
    ]
    assert are_two_accounts(*resources) is are_two_accounts(*reversed(resources))
    return are_two_accounts(*resources)


@walk(
    ("one", "other", "two"),
    [
        ({}, {}, False),
        ({"version": "7.51.1"}, {"version": "7.50.0"}, False),
        ({"region": "us-east-1", "defaultTags": "{}"}, {"region": "eu-west-1"}, False),
        # Other credentials may be of the same account.
        ({"profile": "a"}, {"profile": "b"}, False),
        ({"profile": "a"}, {}, False),
        ({"accessKey": "a", "secretKey": "s"}, {"accessKey": "b", "secretKey": "t"}, False),
        ({"accessKey": "a"}, {"accessKey": UNKNOWN}, None),
        # One account that isn't named may be the other's.
        ({"assumeRoles": json.dumps([{"roleArn": ROLE}])}, {}, False),
        ({"allowedAccountIds": json.dumps([MEMBER])}, {}, False),
        ({"allowedAccountIds": [MEMBER]}, {"allowedAccountIds": ["333344445555"]}, True),
        ({"assumeRoles": [{"roleArn": ROLE}]}, {"assumeRoles": [{"roleArn": f"{ROLE}-2"}]}, False),
        ({"assumeRoles": [{"roleArn": ROLE}]}, {"allowedAccountIds": ["333344445555"]}, True),
        # Of a chain of roles the last decides.
        ({"assumeRoles": [{"roleArn": "x"}, {"roleArn": ROLE}]}, {"assumeRole": {"roleArn": ROLE}}, False),
        ({"assumeRoleWithWebIdentity": json.dumps({"roleArn": ROLE})}, {"allowedAccountIds": ["333344445555"]}, True),
        ({"allowedAccountIds": [MEMBER, "333344445555"]}, {"allowedAccountIds": ["444455556666"]}, False),
        ({"assumeRoles": "not json"}, {"assumeRoles": "not json"}, False),
        ({"assumeRoles": [{"roleArn": UNKNOWN}]}, {}, None),
    ],
)
def test_two_providers_are_one_account_unless_both_name_theirs(one, other, two) -> None:
    assert _two(one, other) is two


def test_one_provider_is_one_account_even_where_it_is_unknown() -> None:
    provider = {"profile": UNKNOWN}
    first, second = (Declared("t", name, name, {}, provider=provider, provider_urn="p") for name in ("a", "b"))
    assert are_two_accounts(first, second) is False


def _role(**options) -> Declared:
    role: Declared = declare(IAM_ROLE, "r", **options)
    return role


def _is_management(role: Declared, *others: Declared, **options) -> bool | None:
    return AccountsOfResources([role, *others], **options).is_management(role)


def test_whoever_declares_organization_resources_is_the_management_account() -> None:
    organization = declare(ORGANIZATION)
    assert _is_management(_role(), organization) is True
    assert _is_management(_role(provider={"region": "eu-west-1"}), organization) is True
    assert _is_management(_role(provider={"profile": "member"}), organization) is None
    assert _is_management(_role()) is None


def test_a_named_account_is_a_member_unless_known_otherwise() -> None:
    for provider in ({"allowedAccountIds": [MEMBER]}, {"assumeRoles": json.dumps([{"roleArn": ROLE}])}):
        assert _is_management(_role(provider=provider)) is False
        assert _is_management(_role(provider=provider), management_id=MEMBER) is True
        assert _is_management(_role(provider=provider), declare(ORGANIZATION, provider=provider)) is True
        assert _is_management(_role(provider=provider), owns_organization=True) is False
        organization = declare(ORGANIZATION, props={"masterAccountId": MEMBER})
        assert _is_management(_role(provider=provider), organization) is True


def test_an_owner_stack_is_the_management_accounts_by_default() -> None:
    assert _is_management(_role(), owns_organization=True) is True
    assert _is_management(_role(provider={"profile": "x"}), owns_organization=True) is True


def test_an_account_that_the_program_creates_is_a_member() -> None:
    provider = declare(
        "pulumi:providers:aws",
        "there",
        comes_from={"assumeRoles": ["urn:pulumi:dev::p::aws:organizations/account:Account::made"]},
    )
    role = _role(provider={"assumeRoles": UNKNOWN}, provider_urn=provider.urn)
    assert _is_management(role, provider, declare(ACCOUNT, "made")) is False
    assert _is_management(role, declare(ACCOUNT, "made")) is None


def test_arns_tell_the_account_of_their_provider() -> None:
    known_role = declare(IAM_ROLE, "known", props={"arn": f"arn:aws:iam::{MEMBER}:role/known"})
    assert _is_management(_role(), known_role, management_id=MANAGEMENT) is False
    assert _is_management(_role(), known_role) is None
    assert _is_management(_role(), known_role, owns_organization=True) is True
    assert AccountsOfResources([_role(), known_role]).account_id(_role()) == MEMBER
    assert _is_management(_role(), known_role, management_id=MEMBER) is True
    native_policy = declare("aws-native:iam:ManagedPolicy", props={"policyArn": f"arn:aws:iam::{MEMBER}:policy/p"})
    assert _is_management(_role(), native_policy, management_id=MANAGEMENT) is False
    organization = declare(ORGANIZATION, props={"arn": f"arn:aws:organizations::{MANAGEMENT}:organization/o-1"})
    accounts = AccountsOfResources([_role(), organization])
    assert (accounts.account_id(_role()), accounts.management_ids) == (MANAGEMENT, {MANAGEMENT})


def test_an_arn_that_a_program_writes_tells_no_account() -> None:
    props = {"policyArn": f"arn:aws:iam::{MEMBER}:policy/p", "roleArn": ROLE}
    for type_ in ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:cloudcontrol/resource:Resource"):
        assert _is_management(_role(), declare(type_, props=props), management_id=MANAGEMENT) is None


def test_an_unknown_id_is_judged_by_what_it_comes_from() -> None:
    accounts = AccountsOfResources([], MANAGEMENT)
    urns = {type_: [f"urn:pulumi:dev::p::{type_}::x"] for type_ in (ACCOUNT, ORGANIZATION, IAM_ROLE)}
    assert accounts.is_management_id(MANAGEMENT) is True
    assert accounts.is_management_id(MEMBER) is False
    assert accounts.is_management_id(UNKNOWN, urns[ACCOUNT]) is False
    assert accounts.is_management_id(UNKNOWN, urns[ORGANIZATION]) is True
    assert accounts.is_management_id(UNKNOWN, urns[IAM_ROLE]) is None
    assert accounts.is_management_id(UNKNOWN, [*urns[ACCOUNT], *urns[ORGANIZATION]]) is None
