"""What AWS Organizations allows and refuses, through boto3."""

from __future__ import annotations

from collections.abc import Callable

import pytest

SSO = "sso.amazonaws.com"
MEMBER, OTHER = "222233334444", "333344445555"


def _trusted(client) -> list[str]:
    return [
        row["ServicePrincipal"] for row in client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    ]


@pytest.mark.parametrize(
    ("seed", "refusal"),
    [
        ("no-organization", "AWSOrganizationsNotInUseException"),
        ("consolidated-billing", "ConstraintViolationException"),
        ("member", "AccessDeniedException"),
    ],
)
@pytest.mark.parametrize("operation", ["enable_aws_service_access", "disable_aws_service_access"])
def test_trusted_access_is_refused_where_it_cannot_be_switched(
    aws: Callable, code: Callable, seed: str, refusal: str, operation: str
) -> None:
    client = aws(seed).client("organizations")
    assert code(getattr(client, operation), ServicePrincipal=SSO) == refusal


def test_trusted_access_keeps_its_date_while_it_is_on(aws: Callable) -> None:
    client = aws("organization").client("organizations")
    client.enable_aws_service_access(ServicePrincipal=SSO)
    first = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    client.enable_aws_service_access(ServicePrincipal=SSO)
    assert client.list_aws_service_access_for_organization()["EnabledServicePrincipals"] == first
    client.disable_aws_service_access(ServicePrincipal=SSO)
    assert _trusted(client) == []


def test_a_member_account_may_read_the_organization_and_nothing_else(aws: Callable, code: Callable) -> None:
    client = aws("member").client("organizations")
    assert client.describe_organization()["Organization"]["MasterAccountId"] == "111122223333"
    assert code(client.list_accounts) == "AccessDeniedException"
    assert code(client.list_aws_service_access_for_organization) == "AccessDeniedException"


def test_the_delegated_administrator_may_list_and_not_switch(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    cloud.client("organizations").register_delegated_administrator(AccountId=MEMBER, ServicePrincipal=SSO)
    client = cloud.client("organizations", account=MEMBER)
    assert _trusted(client) == [SSO]
    assert len(client.list_accounts()["Accounts"]) == 4
    assert code(client.disable_aws_service_access, ServicePrincipal=SSO) == "AccessDeniedException"


def test_only_one_member_is_delegated_administrator(aws: Callable, code: Callable) -> None:
    client = aws("sso-enabled").client("organizations")
    register = client.register_delegated_administrator
    assert code(register, AccountId="111122223333", ServicePrincipal=SSO) == "ConstraintViolationException"
    assert code(register, AccountId="999999999999", ServicePrincipal=SSO) == "AccountNotFoundException"
    assert code(register, AccountId=MEMBER, ServicePrincipal="ram.amazonaws.com") == "ConstraintViolationException"
    assert client.list_delegated_administrators()["DelegatedAdministrators"] == []
    register(AccountId=MEMBER, ServicePrincipal=SSO)
    assert code(register, AccountId=MEMBER, ServicePrincipal=SSO) == "AccountAlreadyRegisteredException"
    assert code(register, AccountId=OTHER, ServicePrincipal=SSO) == "ConstraintViolationException"
    assert [row["Id"] for row in client.list_delegated_administrators()["DelegatedAdministrators"]] == [MEMBER]
    client.deregister_delegated_administrator(AccountId=MEMBER, ServicePrincipal=SSO)
    register(AccountId=OTHER, ServicePrincipal=SSO)


def test_a_delegated_administrators_account_can_neither_leave_nor_be_removed(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    client = cloud.client("organizations")
    client.register_delegated_administrator(AccountId=MEMBER, ServicePrincipal=SSO)
    assert code(client.remove_account_from_organization, AccountId=MEMBER) == "ConstraintViolationException"
    assert code(cloud.client("organizations", account=MEMBER).leave_organization) == "ConstraintViolationException"


def test_an_account_that_leaves_is_in_no_organization(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    client = cloud.client("organizations", account=OTHER)
    client.leave_organization()
    assert code(client.list_accounts) == "AWSOrganizationsNotInUseException"
    assert len(cloud.client("organizations").list_accounts()["Accounts"]) == 3
    assert code(cloud.client("organizations").leave_organization) == "MasterCannotLeaveOrganizationException"


def test_an_organization_with_members_cannot_be_deleted(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    client = cloud.client("organizations")
    assert code(client.delete_organization) == "OrganizationNotEmptyException"
    assert code(client.create_organization) == "AlreadyInOrganizationException"
    for account in (MEMBER, OTHER, "444455556666"):
        client.remove_account_from_organization(AccountId=account)
    client.delete_organization()
    assert code(client.describe_organization) == "AWSOrganizationsNotInUseException"
    assert client.create_organization(FeatureSet="ALL")["Organization"]["FeatureSet"] == "ALL"
    assert _trusted(client) == []


def test_what_is_not_there_is_said_and_not_retried(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled")
    assert code(cloud.client("organizations").list_inbound_responsibility_transfers, Type="BILLING") == (
        "SandboxNotImplemented"
    )
    assert [call["status"] for call in cloud.calls] == [501]
