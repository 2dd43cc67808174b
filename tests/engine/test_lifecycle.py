"""The promise, on the real engine: this repository's own program, from first up to a destroy that is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.session import ROOT

SSO = "sso.amazonaws.com"


def _trusted(stack) -> list[str]:
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    return [row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]]


def test_up_drift_repair_and_a_destroy_that_is_refused(main_stack: Callable, policies: str) -> None:
    stack = main_stack()
    organizations = stack.session.aws.client("organizations")
    since = organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    first = stack.up("--policy-pack", policies, previewed=True)
    assert "11 created" in first.out
    # What was on already is adopted without a gap.
    assert organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"] == since
    outputs = stack.outputs()
    assert outputs["instanceStatus"] == "ACTIVE"
    assert outputs["trustedAccessProtected"] is True

    second = stack.up("--policy-pack", policies)
    assert "11 unchanged" in second.out
    assert "DisableAWSServiceAccess" not in stack.session.operations()

    organizations.disable_aws_service_access(ServicePrincipal=SSO)
    behind_its_back = stack.session.operations().count("DisableAWSServiceAccess")
    assert _trusted(stack) == []
    repaired = stack.up("--refresh", "--policy-pack", policies, previewed=True)
    assert "aws:organizations:AwsServiceAccess identity-center-trusted-access" in repaired.out
    assert "1 to create" in repaired.out
    assert _trusted(stack) == [SSO]

    refused = stack.destroy(check=False)
    assert refused.code != 0
    assert "cannot be deleted" in refused.text
    assert "protected" in refused.text
    assert _trusted(stack) == [SSO]
    assert stack.session.operations().count("DisableAWSServiceAccess") == behind_its_back


def test_even_with_protection_bypassed_a_destroy_leaves_trusted_access_on(main_stack: Callable) -> None:
    stack = main_stack()
    stack.up()
    stack.pulumi("state", "unprotect", "--all", "--yes")
    stack.destroy()
    assert stack.state() == []
    assert _trusted(stack) == [SSO]
    assert "DisableAWSServiceAccess" not in stack.session.operations()


@pytest.mark.parametrize(
    ("seed", "sentence", "remedy"),
    [
        ("organization", "no organization instance in us-east-1", "choose Enable"),
        ("member", "account 222233334444, a member of the organization", "credentials of 111122223333"),
    ],
)
def test_where_it_cannot_work_it_makes_nothing(main_stack: Callable, seed: str, sentence: str, remedy: str) -> None:
    stack = main_stack(seed=seed)
    result = stack.up(check=False)
    assert result.code != 0
    assert sentence in result.text
    assert remedy in result.text
    assert "Traceback" not in result.text
    changing = [call for call in stack.session.operations() if not call.startswith(("Get", "List", "Describe"))]
    assert changing == []


def test_when_not_enabled_warns_the_stack_goes_up(main_stack: Callable) -> None:
    stack = main_stack(seed="organization")
    stack.config(**{"aws-identity-center__whenNotEnabled": "warn"})
    result = stack.up(previewed=True)
    assert "choose Enable" in result.text
    assert stack.outputs()["instanceStatus"] == "NOT_ENABLED"
    assert _trusted(stack) == [SSO]


def test_all_configuration_problems_are_told_at_once(main_stack: Callable) -> None:
    stack = main_stack()
    stack.config(
        **{
            "aws-identity-center__whenNotEnabled": "perhaps",
            "aws-identity-center__delegatedAdministratorAccountId": "12",
            "aws-identity-center__breakGlass": {"reason": "", "expires": "2020-01-01"},
            "aws-identity-center__sentinal": "x",
        }
    )
    stack.pulumi("config", "set", "--secret", "aws-identity-center:operatorRoles", '[{"name": "hunter 2"}]')
    result = stack.preview(check=False)
    assert result.code != 0
    for part in (
        "whenNotEnabled is 'perhaps'",
        "delegatedAdministratorAccountId is '12'",
        "breakGlass.reason is ''",
        "breakGlass.expires is 2020-01-01, which is past",
        "aws-identity-center:sentinal is not known",
        "aws-identity-center:operatorRoles[0].name is a secret; a role name has",
    ):
        assert part in result.text
    assert "hunter" not in result.text
    assert "Traceback" not in result.text
    assert stack.session.calls == []


def test_an_account_that_cannot_administer_is_refused(main_stack: Callable) -> None:
    stack = main_stack()
    stack.config(**{"aws-identity-center__delegatedAdministratorAccountId": "111122223333"})
    result = stack.preview(check=False)
    assert result.code != 0
    assert "the management account, and that can't be" in result.text
    assert "Traceback" not in result.text


def test_what_is_configured_is_made(main_stack: Callable) -> None:
    stack = main_stack()
    trust = ["arn:aws:iam::111122223333:root"]
    stack.config(
        **{
            "aws-identity-center__delegatedAdministratorAccountId": "333344445555",
            "aws-identity-center__operatorRoles": [
                {"name": "sso-operator", "permissions": ["enable", "observe"], "trustedPrincipals": trust},
                {"name": "sso-break-glass", "permissions": ["disable"], "trustedPrincipals": trust},
            ],
            "aws-identity-center__sentinel": {"notify": {"emails": ["on-call@example.com"]}},
        }
    )
    stack.up()
    subscriptions = stack.session.aws.client("sns").list_subscriptions()["Subscriptions"]
    assert [(row["Protocol"], row["Endpoint"]) for row in subscriptions] == [("email", "on-call@example.com")]
    assert stack.outputs()["delegatedAdministratorAccountId"] == "333344445555"
    operations = stack.session.operations()
    assert operations.index("EnableAWSServiceAccess") < operations.index("RegisterDelegatedAdministrator")
    # They carry their policies, and the operator the guard as its boundary.
    iam = stack.session.aws.client("iam")
    operator = iam.get_role(RoleName="sso-operator")["Role"]
    boundary = operator["PermissionsBoundary"]["PermissionsBoundaryArn"]
    assert boundary.endswith(":policy/identity-center-guard-boundary")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="sso-break-glass")["Role"]
    attached = iam.list_attached_role_policies(RoleName="sso-operator")["AttachedPolicies"]
    assert sorted(row["PolicyName"] for row in attached) == ["identity-center-enable", "identity-center-observe"]


def test_the_program_and_its_settings_are_the_repositorys_own(main_stack: Callable) -> None:
    stack = main_stack()
    assert (stack.folder / "__main__.py").resolve() == ROOT / "__main__.py"
    assert (stack.folder / "Pulumi.yaml").resolve() == ROOT / "Pulumi.yaml"
