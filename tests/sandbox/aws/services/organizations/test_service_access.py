"""What trusted access and delegation depend on; `test_organizations.py` has the everyday cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

SSO = "sso.amazonaws.com"
MEMBER, OTHER = "222233334444", "333344445555"


def reason(call: Callable, **arguments: str) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Reason"])


def test_each_refusal_gives_the_models_reason(aws: Callable) -> None:
    client = aws("organization").client("organizations")
    register = client.register_delegated_administrator
    assert reason(register, AccountId=MEMBER, ServicePrincipal=SSO) == "SERVICE_ACCESS_NOT_ENABLED"
    client.enable_aws_service_access(ServicePrincipal=SSO)
    management = {"AccountId": "111122223333", "ServicePrincipal": SSO}
    assert reason(register, **management) == "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR"
    client.close_account(AccountId=OTHER)
    closed = {"AccountId": OTHER, "ServicePrincipal": SSO}
    assert reason(register, **closed) == "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR"
    register(AccountId=MEMBER, ServicePrincipal=SSO)
    remove = client.remove_account_from_organization
    assert reason(remove, AccountId=MEMBER) == "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG"
    billing = aws("consolidated-billing").client("organizations")
    enable = billing.enable_aws_service_access
    assert reason(enable, ServicePrincipal=SSO) == "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE"


def test_other_services_may_have_several_administrators(aws: Callable) -> None:
    client = aws("organization").client("organizations")
    client.enable_aws_service_access(ServicePrincipal="config.amazonaws.com")
    for account in (MEMBER, OTHER):
        client.register_delegated_administrator(AccountId=account, ServicePrincipal="config.amazonaws.com")
    rows = client.list_delegated_administrators(ServicePrincipal="config.amazonaws.com")["DelegatedAdministrators"]
    assert [row["Id"] for row in rows] == [MEMBER, OTHER]
    assert client.list_delegated_administrators(ServicePrincipal=SSO)["DelegatedAdministrators"] == []


def test_disabling_trusted_access_leaves_the_delegation(aws: Callable, code: Callable) -> None:
    running = aws("sso-enabled")
    client = running.client("organizations")
    client.register_delegated_administrator(AccountId=MEMBER, ServicePrincipal=SSO)
    running.world.refuse_disabling_while_delegated = True
    assert code(client.disable_aws_service_access, ServicePrincipal=SSO) == "ConstraintViolationException"
    running.world.refuse_disabling_while_delegated = False
    client.disable_aws_service_access(ServicePrincipal=SSO)
    assert len(client.list_delegated_administrators()["DelegatedAdministrators"]) == 1
