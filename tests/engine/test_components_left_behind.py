"""A stack that held trusted access as a resource of its own moves to the components, and can't turn it off by that."""

from __future__ import annotations

import datetime
import json
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
    assert ": the update would delete it, and so turn sso.amazonaws.com off." in result.text
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
    assert f"Or run pulumi state delete '{urn}'" in said
    stack.pulumi("state", "delete", urn, "--yes")
    assert "deleted" not in stack.up("--skip-preview").out
    assert len(_held(stack)) == 1

    other = new_stack(HEAD + OWN.format(""), session=stack.session, project="other")
    other.up()
    other.write(HEAD + COMPONENTS["TrustedAccess"].format("None"))
    assert "aliases=[" in _refused(other.up("--skip-preview", check=False))
    # It had made the component's own by then, so that now an alias takes nothing over.
    other.write(HEAD + COMPONENTS["TrustedAccess"].format(ALIAS))
    [urn] = [row["urn"] for row in other.state() if row["urn"].endswith("::old")]
    assert f"pulumi state delete '{urn}': in AWS it stays as it is." in _refused(
        other.up("--skip-preview", check=False)
    )
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


RAM = 'aws.organizations.AwsServiceAccess("{}", service_principal="ram.amazonaws.com")\n'
PROVIDERS = """
a = aws.Provider("a", region="us-east-1")
b = aws.Provider("b", region="us-east-1", allowed_account_ids=["111122223333"])
def by(provider):
    return pulumi.ResourceOptions(provider=provider)
def raw(name, provider):
    aws.organizations.AwsServiceAccess(name, service_principal="sso.amazonaws.com", opts=by(provider))
"""
ANOTHER = {
    "one that is only read": 'aws.organizations.AwsServiceAccess.get("look", "sso.amazonaws.com")\n',
    "one that is only read in its place": 'aws.organizations.AwsServiceAccess.get("old", "ram.amazonaws.com")\n',
    "its name for another service": OWN.format("").replace("sso.amazonaws", "ram.amazonaws"),
    "another one of its own": RETAINED.replace('"old"', '"new"'),
    "an unrelated one known later": (
        'aws.organizations.AwsServiceAccess("r", service_principal=pulumi.Output.from_input("ram.amazonaws.com"))\n'
    ),
}


def test_what_else_the_program_declares_does_not_hide_it(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWN.format(""))
    stack.session.aws.client("organizations").enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    stack.up()
    for another in ANOTHER.values():
        stack.write(HEAD + another + COMPONENTS["TrustedAccess"].format("None"))
        _refused(stack.preview(check=False))
    _refused(stack.up("--skip-preview", check=False))
    assert _stays_on(stack)


def test_what_a_refused_update_left_to_be_deleted_is_refused_by_the_next_one(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWN.format(""))
    stack.session.aws.client("organizations").enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    stack.up()
    ram = OWN.format("").replace("sso.amazonaws", "ram.amazonaws")
    stack.write(HEAD + ram + COMPONENTS["TrustedAccess"].format("None"))
    for _ in range(2):  # the first one makes the replacement, and is refused before the old one is deleted
        refused = stack.up("--skip-preview", check=False)
        assert refused.code != 0
        assert 'with "delete": true out of the file' in refused.text
    exported = json.loads(stack.pulumi("stack", "export").out)
    kept = [row for row in exported["deployment"]["resources"] if not row.get("delete")]
    assert len(kept) == len(exported["deployment"]["resources"]) - 1
    exported["deployment"]["resources"] = kept
    (stack.folder / "state.json").write_text(json.dumps(exported))
    stack.pulumi("stack", "import", "--file", "state.json")
    stack.up()
    assert _stays_on(stack)


def test_of_two_of_its_own_an_alias_takes_one_and_the_other_is_told_of(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWN.format("") + OWN.format("").replace('"old"', '"older"'))
    stack.up("--skip-preview")
    both = 'pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old"), pulumi.Alias(name="older")])'
    stack.write(HEAD + COMPONENTS["TrustedAccess"].format(both))
    said = _refused(stack.preview(check=False))
    [urn] = [row["urn"] for row in stack.state() if row["urn"].endswith("::older")]
    assert f"so run pulumi state delete '{urn}'" in said
    stack.pulumi("state", "delete", urn, "--yes")
    assert "deleted" not in stack.up().out
    assert _stays_on(stack)


def test_anothers_service_under_the_components_name_is_not_taken_for_it(new_stack: Callable) -> None:
    stack = new_stack(HEAD + RAM.format("sso") + OWN.format(""))
    stack.up("--skip-preview")
    stack.write(HEAD + RAM.format("sso") + COMPONENTS["TrustedAccess"].format(ALIAS))
    assert "deleted" not in stack.up().out
    assert len(_held(stack)) == 2
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_names_that_changed_places_are_taken_over_by_the_service(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWN.format("") + RAM.format("new"))
    stack.up("--skip-preview")
    component = 'TrustedAccess("{}", {}, pulumi.ResourceOptions(aliases=[pulumi.Alias(name="{}")]))\n'
    ram = '{"servicePrincipal": "ram.amazonaws.com"}'
    stack.write(HEAD + component.format("new", "{}", "old") + component.format("old", ram, "new"))
    stack.up()
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_one_that_is_declared_under_the_components_name_as_well_is_told_of(new_stack: Callable) -> None:
    own = OWN.format("").replace('"old"', '"sso"')
    stack = new_stack(HEAD + own)
    stack.up()
    component = COMPONENTS["TrustedAccess"].format("None")
    stack.write(HEAD + component + own)
    refused = stack.preview(check=False)
    assert "AwsServiceAccess sso of this stack is taken over by the component of that name" in refused.text
    stack.write(HEAD + own + component)
    assert "of this program hold one switch" in stack.preview().text
    stack.write(HEAD + component)
    assert "deleted" not in stack.up().out
    assert _stays_on(stack)


def test_each_of_two_organizations_takes_over_its_own(new_stack: Callable) -> None:
    stack = new_stack(HEAD + PROVIDERS + 'raw("sso-a", a)\nraw("sso-b", b)\n')
    stack.up("--skip-preview")
    one, other = 'TrustedAccess("sso-a", {}, by(a))\n', 'TrustedAccess("sso-b", {}, by(b))\n'
    stack.write(HEAD + PROVIDERS + 'raw("sso-b", b)\n' + one.replace("sso-a", "new-a"))
    assert "::sso-a, which the program no longer declares" in _refused(stack.preview(check=False))
    stack.write(HEAD + PROVIDERS + one + other)
    assert "deleted" not in stack.up().out
    assert len(_held(stack)) == 2
    assert _stays_on(stack)


@pytest.mark.parametrize("before", ["default", "explicit"])
def test_two_ways_to_sign_in_are_one_organization_if_aws_says_so(new_stack: Callable, before: str) -> None:
    keys = 'access_key="ASIA111122223333SBOX", secret_key="sandbox"'
    provider = PROVIDERS.replace('allowed_account_ids=["111122223333"]', keys)
    own = {"default": OWN.format(""), "explicit": 'raw("old", b)\n'}
    component = {"default": 'TrustedAccess("sso", {}, by(b))\n', "explicit": 'TrustedAccess("sso")\n'}
    stack = new_stack(HEAD + provider + own[before])
    stack.up()
    stack.write(HEAD + provider + component[before])
    _refused(stack.preview(check=False))
    assert _stays_on(stack)


def test_one_that_is_declared_late_is_declared(new_stack: Callable) -> None:
    late = """
import asyncio
ram = aws.organizations.AwsServiceAccess("ram", service_principal="ram.amazonaws.com")
async def slowly(date):
    await asyncio.sleep(0.3)
    aws.organizations.AwsServiceAccess("old", service_principal="sso.amazonaws.com")
    return date
pulumi.export("late", ram.service_principal.apply(slowly))
"""
    stack = new_stack(HEAD + late)
    stack.up()
    stack.write(HEAD + COMPONENTS["TrustedAccess"].format("None") + late)
    stack.up()
    assert len(_held(stack)) == 3
    assert _stays_on(stack)


def test_a_program_that_fails_is_told_its_own_error_only(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWN.format(""))
    stack.up()
    missing = 'pulumi.Config().require("missing")\n'
    stack.write(HEAD + COMPONENTS["TrustedAccess"].format("None") + missing + OWN.format(""))
    refused = stack.preview(check=False)
    assert "Missing required configuration variable 'test:missing'" in refused.text
    assert "no longer declares" not in refused.text


THEIRS = """
class Theirs(pulumi.ComponentResource):
    def __init__(self, opts=None):
        super().__init__("their:index:Theirs", "theirs")
        INSIDE
Theirs()
"""


def test_one_within_ones_own_component_is_taken_over_there_or_refused(new_stack: Callable) -> None:
    inside = OWN.format(", opts=pulumi.ResourceOptions(parent=self)")
    stack = new_stack(HEAD + THEIRS.replace("INSIDE", inside))
    stack.up()
    beside = 'TrustedAccess("sso", {{}}, pulumi.ResourceOptions(parent=self{}))'
    stack.write(HEAD + THEIRS.replace("INSIDE", beside.format("")))
    assert 'aliases=[pulumi.Alias(name="old")]' in _refused(stack.preview(check=False))
    stack.write(HEAD + COMPONENTS["TrustedAccess"].format("None"))
    assert "TrustedAccess sso takes it over from there" in _refused(stack.preview(check=False))
    stack.write(HEAD + THEIRS.replace("INSIDE", beside.format(', aliases=[pulumi.Alias(name="old")]')))
    assert "deleted" not in stack.up().out
    assert len(_held(stack)) == 1
    assert _stays_on(stack)


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
