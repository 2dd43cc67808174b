"""A stack that held trusted access as a resource of its own moves to the components, and can't turn it off by that."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

SSO = "sso.amazonaws.com"
HEAD = """
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import OrganizationSso, TrustedAccess, guard_stack
"""
OWN = 'aws.organizations.AwsServiceAccess("old", service_principal="sso.amazonaws.com"{})\n'
RETAINED = OWN.format(", opts=pulumi.ResourceOptions(retain_on_delete=True)")
ALIAS = 'pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")])'
COMPONENTS = {
    "TrustedAccess": 'TrustedAccess("sso", {{}}, {})\n',
    "OrganizationSso": 'OrganizationSso("all", {{}}, {})\n',
}


def _held(stack) -> list[str]:
    """The URNs' types and names of what the state has of it."""
    return [row["urn"].split("::", 2)[2] for row in stack.state() if row["type"].endswith(":AwsServiceAccess")]


def _is_on(stack) -> bool:
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    return SSO in [row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]]


def _stays_on(stack) -> bool:
    return _is_on(stack) and "DisableAWSServiceAccess" not in stack.session.operations()


def _refused(result) -> str:
    assert result.code != 0
    assert "the update would delete it, and so turn sso.amazonaws.com off." in result.text
    assert "Traceback" not in result.text
    return str(result.text)


@pytest.mark.parametrize("component", COMPONENTS)
def test_replacing_ones_own_by_a_component_is_refused_with_the_way_that_takes_it_over(
    new_stack: Callable, component: str
) -> None:
    stack = new_stack(HEAD + OWN.format(""))
    stack.up()
    stack.write(HEAD + COMPONENTS[component].format("None"))
    name = {"TrustedAccess": "sso", "OrganizationSso": "all"}[component]
    assert f"give {component} {name} opts=pulumi.ResourceOptions(aliases=[" in _refused(stack.preview(check=False))
    stack.write(HEAD + COMPONENTS[component].format(ALIAS))
    assert "deleted" not in stack.up().out
    [urn] = _held(stack)
    assert "TrustedAccess$aws:" in urn
    assert _stays_on(stack)


def test_an_update_without_a_preview_is_refused_too_and_each_way_out_that_it_names_works(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWN.format(""))
    stack.up()
    stack.write(HEAD + COMPONENTS["OrganizationSso"].format("None"))
    said = _refused(stack.preview(check=False))
    [urn] = [row["urn"] for row in stack.state() if row["type"].endswith(":AwsServiceAccess")]
    assert f"pulumi state rename '{urn}' all-trusted-access." in said
    stack.pulumi("state", "rename", urn, "all-trusted-access", "--yes")
    assert "deleted" not in stack.up("--skip-preview").out
    assert len(_held(stack)) == 1

    other = new_stack(HEAD + OWN.format(""), session=stack.session, project="other")
    other.up()
    other.write(HEAD + COMPONENTS["TrustedAccess"].format("None"))
    assert "aliases=[" in _refused(other.up("--skip-preview", check=False))
    # It had made the component's own by then, so that now an alias takes nothing over.
    other.write(HEAD + COMPONENTS["TrustedAccess"].format(ALIAS))
    [urn] = [row["urn"] for row in other.state() if row["urn"].endswith("::old")]
    assert f"pulumi state delete '{urn}': it stays on." in _refused(other.up("--skip-preview", check=False))
    other.pulumi("state", "delete", urn, "--yes")
    assert "deleted" not in other.up("--skip-preview").out
    assert len(_held(other)) == 1
    assert _stays_on(stack)


def test_one_that_is_retained_protected_or_still_declared_is_no_error(new_stack: Callable) -> None:
    stack = new_stack(HEAD + COMPONENTS["TrustedAccess"].format("None") + OWN.format(""))
    stack.up()
    assert "of this program hold one switch" in stack.preview().text  # it declares both: told, and not deleted
    stack.write(HEAD + COMPONENTS["TrustedAccess"].format("None") + RETAINED)
    stack.up("--skip-preview")
    stack.write(HEAD + COMPONENTS["TrustedAccess"].format("None"))
    assert "deleted" in stack.up().out  # from the state only
    assert len(_held(stack)) == 1
    stack.write(HEAD + "guard_stack()\n" + COMPONENTS["TrustedAccess"].format("None") + OWN.format(""))
    stack.up("--skip-preview")
    stack.write(HEAD + COMPONENTS["TrustedAccess"].format("None"))
    refused = stack.preview(check=False)
    assert "cannot be deleted" in refused.text  # the engine's own word
    assert "would delete it" not in refused.text
    assert _stays_on(stack)


def test_one_within_another_component_is_warned_of_since_that_may_declare_it_elsewhere(new_stack: Callable) -> None:
    parent = """
class Theirs(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("their:index:Theirs", "theirs")
        aws.organizations.AwsServiceAccess(
            "old", service_principal="sso.amazonaws.com", opts=pulumi.ResourceOptions(parent=self)
        )
Theirs()
"""
    stack = new_stack(HEAD + parent)
    stack.up()
    stack.write(HEAD + COMPONENTS["TrustedAccess"].format("None"))
    said = " ".join(stack.preview().text.split())
    assert "If this preview deletes that, don't go on: it would turn sso.amazonaws.com off." in said


def test_another_services_is_left_to_the_program(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWN.format("").replace("sso.amazonaws", "ram.amazonaws"))
    stack.up()
    stack.write(HEAD + COMPONENTS["TrustedAccess"].format("None"))
    assert "deleted" in stack.up().out
    assert _is_on(stack)


def test_with_an_open_break_glass_it_is_deleted_as_asked(new_stack: Callable) -> None:
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date()
    stack = new_stack(HEAD + OWN.format(""))
    stack.up()
    glass = f'{{"breakGlass": {{"reason": "r", "expires": "{tomorrow}"}}}}'
    stack.write(HEAD + f'TrustedAccess("sso", {glass})\n')
    stack.up()
    assert "DisableAWSServiceAccess" in stack.session.operations()
