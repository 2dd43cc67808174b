"""An administrator and attributes for access control that a stack holds otherwise: taken over, and never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

HEAD = """
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import DelegatedAdministrator, Instance, OrganizationSso, TrustedAccess
def alias(*names):
    return pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name) for name in names])
"""
ACCESS = 'access = TrustedAccess("sso").service_principal\n'
RAW_ADMINISTRATOR = """
aws.organizations.DelegatedAdministrator("old", account_id="222233334444", service_principal="sso.amazonaws.com")
"""
ADMINISTRATOR = """
DelegatedAdministrator("{}", {{"accountId": "222233334444", "trustedAccess": access}}, {})
"""
RAW_ATTRIBUTES = """
aws.ssoadmin.InstanceAccessControlAttributes("old", instance_arn=aws.ssoadmin.get_instances().arns[0], attributes=[
    {"key": "team", "values": [{"sources": ["${path:enterprise.department}"]}]}
])
"""
ATTRIBUTES = """
Instance("{}", {{
    "trustedAccess": access,
    "accessControlAttributes": [{{"key": "team", "sources": ["${{path:enterprise.department}}"]}}],
}}, {})
"""
ALL = """
OrganizationSso("all", {
    "delegatedAdministratorAccountId": "222233334444",
    "accessControlAttributes": [{"key": "team", "sources": ["${path:enterprise.department}"]}],
}, alias("sso", "old"))
"""
KINDS = {
    "administrator": (RAW_ADMINISTRATOR, ADMINISTRATOR, "deregister 222233334444", "DelegatedAdministrator"),
    "attributes": (RAW_ATTRIBUTES, ATTRIBUTES, "delete these", "Instance"),
}


def _lost(stack) -> list[str]:
    return [name for name in stack.session.operations() if name.startswith(("Deregister", "DeleteInstanceAccess"))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_name_needs_the_alias_that_the_refusal_names(new_stack: Callable, kind: str) -> None:
    raw, component, loss, called = KINDS[kind]
    refusal = f"which the program no longer declares: the update would delete it, and so {loss}."
    advice = f'give {called} new opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")])'
    stack = new_stack(HEAD + ACCESS + raw)
    stack.up()
    stack.write(HEAD + ACCESS + component.format("new", "None"))
    by_itself = stack.preview(check=False)
    stack.write(HEAD + ACCESS + component.format("old", "None"))  # the same name takes it over
    stack.up("--skip-preview")
    stack.write(HEAD + ACCESS + component.format("new", "None"))
    for refused in (by_itself, stack.preview(check=False), stack.up("--skip-preview", check=False)):
        assert refused.code != 0
        assert refusal in refused.text
    assert advice in by_itself.text
    assert _lost(stack) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_alias_takes_it_over(new_stack: Callable, kind: str) -> None:
    raw, component, *_ = KINDS[kind]
    stack = new_stack(HEAD + ACCESS + raw)
    stack.up()
    stack.write(HEAD + ACCESS + component.format("new", 'alias("old")'))
    assert "deleted" not in stack.up().out
    stack.write(HEAD + ACCESS + component.format("newer", 'alias("new")'))
    assert "deleted" not in stack.up().out
    stack.up("--expect-no-changes")
    assert _lost(stack) == []


def test_an_organization_sso_takes_over_all_that_a_stack_declared_itself(new_stack: Callable) -> None:
    own = 'aws.organizations.AwsServiceAccess("sso", service_principal="sso.amazonaws.com")\n'
    stack = new_stack(HEAD + own + RAW_ADMINISTRATOR + RAW_ATTRIBUTES)
    stack.up()
    stack.write(HEAD + ALL)
    assert "deleted" not in stack.up().out
    assert _lost(stack) == []
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_one_that_becomes_another_services_is_refused_while_a_component_wants_it(new_stack: Callable) -> None:
    stack = new_stack(HEAD + ACCESS + RAW_ADMINISTRATOR)
    stack.session.aws.client("organizations").enable_aws_service_access(ServicePrincipal="guardduty.amazonaws.com")
    stack.up()
    another = RAW_ADMINISTRATOR.replace("sso.amazonaws", "guardduty.amazonaws")
    stack.write(HEAD + ACCESS + another + ADMINISTRATOR.format("new", "None"))
    refused = stack.preview(check=False)
    assert "::old, which the program declares for another service now: the update would delete it" in refused.text
    [urn] = [row["urn"] for row in stack.state() if row["urn"].endswith("::old")]
    assert f"Run pulumi state delete '{urn}': in AWS it stays as it is" in refused.text
    stack.pulumi("state", "delete", urn, "--yes")
    stack.up()
    assert _lost(stack) == []


def test_an_alias_that_the_engine_does_not_hand_down_any_more_takes_nothing_over(new_stack: Callable) -> None:
    stack = new_stack(HEAD + ACCESS + ADMINISTRATOR.format("old", "None"))
    stack.up()
    other = ADMINISTRATOR.replace("222233334444", "333344445555")
    stack.write(HEAD + ACCESS + other.format("new", "None"))
    assert "ConstraintViolation" in stack.up("--skip-preview", check=False).text  # which leaves the new component there
    stack.write(HEAD + ACCESS + ADMINISTRATOR.format("new", 'alias("old")'))
    refused = stack.preview(check=False)
    assert "and so deregister 222233334444." in refused.text
    [urn] = [
        row["urn"] for row in stack.state() if row["urn"].endswith("DelegatedAdministrator::old") and "$" in row["urn"]
    ]
    stack.pulumi("state", "delete", urn, "--yes")
    stack.up()
    assert _lost(stack) == []


def test_another_account_under_another_name_is_refused_before_aws_does(new_stack: Callable) -> None:
    stack = new_stack(HEAD + ACCESS + ADMINISTRATOR.format("old", "None"))
    stack.up()
    other = ADMINISTRATOR.replace("222233334444", "333344445555")
    stack.write(HEAD + ACCESS + other.format("new", "None"))
    refused = stack.preview(check=False)
    assert "and so deregister 222233334444." in refused.text
    stack.write(HEAD + ACCESS + other.format("new", 'alias("old")'))
    stack.up()
    rows = stack.session.aws.client("organizations").list_delegated_administrators()["DelegatedAdministrators"]
    assert [row["Id"] for row in rows] == ["333344445555"]
