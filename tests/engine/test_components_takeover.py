"""A component takes over the resource of the same value in the state; AWS's call log shows that nothing is deleted."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable

import pytest

from sandbox.session import ROOT

from .late_state import STATE_COMES_LATE

SSO = "sso.amazonaws.com"
HEAD = """
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import DelegatedAdministrator, Instance, OrganizationSso, TrustedAccess, guard_stack

class Remote(pulumi.ComponentResource):
    def __init__(self, kind, name, props, opts=None):
        super().__init__(f"aws-identity-center:index:{kind}", name, props, opts, remote=True)
"""
PACKAGES = f"packages:\n  aws-identity-center: {ROOT / 'components'}\n"
RAW = 'aws.organizations.AwsServiceAccess("{}", service_principal="{}.amazonaws.com"{})\n'
OLD, RAM = RAW.format("old", "sso", ""), RAW.format("ram", "ram", "")
PROTECTED = RAW.format("old", "sso", ", opts=pulumi.ResourceOptions(protect=True)")
NEW = 'TrustedAccess("sso")\n'
LOSSES = (
    "DisableAWSServiceAccess",
    "DeregisterDelegatedAdministrator",
    "DeleteInstanceAccessControlAttributeConfiguration",
)


def _losses(stack) -> list[str]:
    return [name for name in stack.session.operations() if name in LOSSES]


def _held(stack) -> list[dict]:
    return [row for row in stack.state() if row["type"].endswith(":AwsServiceAccess")]


# Each of another service, so that one stack has them all: a component, the whole, and one through the plugin.
OWN = (
    PROTECTED
    + RAW.format("ram", "ram", "")
    + RAW.format("account", "account", ", opts=pulumi.ResourceOptions(protect=True)")
)
COMPONENTS = """
OrganizationSso("all")
TrustedAccess("ram", {"servicePrincipal": "ram.amazonaws.com"})
Remote("TrustedAccess", "account", {"servicePrincipal": "account.amazonaws.com"})
"""


def test_ones_own_resource_becomes_the_components(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWN, yaml=PACKAGES, deployed=True)
    stack.write(HEAD + COMPONENTS)
    previewed = stack.pulumi("up", "--yes", env={"PULUMI_OPTION_IGNORE_PROTECT": "true"})
    assert not re.search(r"AwsServiceAccess +\S+ +delete", previewed.text)
    stack.up("--expect-no-changes")
    rows = _held(stack)
    assert len(rows) == 3
    for row in rows:
        assert "TrustedAccess$aws:" in row["urn"]
        assert (row["protect"], row["retainOnDelete"]) == (True, True)
    assert _losses(stack) == []


@pytest.mark.parametrize(
    ("raw", "program"),
    [
        (OLD, 'Remote("TrustedAccess", "sso", {})\n'),
        (OLD + RAW.format("second", "sso", ""), 'OrganizationSso("all")\n'),
    ],
    ids=["one", "two of one value"],
)
def test_with_a_refresh_nothing_is_lost_either(new_stack: Callable, raw: str, program: str) -> None:
    # With --refresh the engine knows the old resource before the program runs.
    stack = new_stack(HEAD + raw, yaml=PACKAGES, deployed=True)
    stack.write(HEAD + program)
    stack.up("--refresh", check=raw == OLD)
    assert _losses(stack) == []


def test_a_guarded_stack_keeps_what_is_dropped_with_a_refresh(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OLD, deployed=True)
    stack.write("from pulumi_aws_identity_center import guard_stack\nguard_stack()\n")
    for _ in range(2):
        stack.up("--refresh")
        assert _losses(stack) == []


def test_a_renamed_component_keeps_what_it_holds(new_stack: Callable) -> None:
    stack = new_stack(HEAD + NEW, deployed=True)
    for program in ('TrustedAccess("other")\n', 'OrganizationSso("all")\n', 'OrganizationSso("whole")\n'):
        stack.write(HEAD + program)
        stack.up()
        assert len(_held(stack)) == 1
    assert _losses(stack) == []


ACCESS = 'access = TrustedAccess("sso").service_principal\n'
ATTRIBUTES = '[{"key": "team", "sources": ["${path:enterprise.department}"]}]'
RAW_ADMINISTRATOR = """
aws.organizations.DelegatedAdministrator("old", account_id="222233334444", service_principal="sso.amazonaws.com")
"""
RAW_ATTRIBUTES = """
values = [{"sources": ["${path:enterprise.department}"]}]
aws.ssoadmin.InstanceAccessControlAttributes("old", instance_arn=aws.ssoadmin.get_instances().arns[0],
    attributes=[{"key": "team", "values": values}])
"""
OTHERS = f"""
DelegatedAdministrator("NAME", {{"accountId": "222233334444", "trustedAccess": access}})
Instance("NAME", {{"trustedAccess": access, "accessControlAttributes": {ATTRIBUTES}}})
"""


def test_an_administrator_and_attributes_are_continued_under_any_name(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OLD + RAW_ADMINISTRATOR + RAW_ATTRIBUTES, deployed=True)
    for name in ("new", "newer"):
        stack.write(HEAD + ACCESS + OTHERS.replace("NAME", name))
        stack.up()
    stack.up("--expect-no-changes")
    assert _losses(stack) == []


def test_the_whole_takes_over_all_that_a_stack_declared_itself(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OLD + RAW_ADMINISTRATOR + RAW_ATTRIBUTES, deployed=True)
    arguments = f'{{"delegatedAdministratorAccountId": "222233334444", "accessControlAttributes": {ATTRIBUTES}}}'
    stack.write(HEAD + f'OrganizationSso("all", {arguments})\n')
    stack.up()
    assert _losses(stack) == []


def _run_what_it_says(stack, text: str, only: str = "") -> None:
    commands = [line.strip() for line in text.splitlines() if line.strip().startswith("pulumi state delete")]
    [command, *_] = [line for line in dict.fromkeys(commands) if only in line]
    stack.session.run("bash", "-c", command, cwd=stack.folder, env={"PULUMI_STACK": stack.name})


def test_two_of_one_service_are_refused_with_a_way_out(new_stack: Callable) -> None:
    stack = new_stack(HEAD + PROTECTED + RAW.format("the team's", "sso", ""))
    stack.up()
    stack.write(HEAD + NEW)
    refused = stack.up("--skip-preview", check=False)
    assert refused.code != 0
    assert "has the trusted access of sso.amazonaws.com more than once" in refused.text
    assert "Traceback" not in refused.text
    _run_what_it_says(stack, refused.text, "the team")
    stack.up()
    assert _losses(stack) == []


def test_an_alias_counts_only_where_the_own_name_is_new(new_stack: Callable) -> None:
    """The engine takes a resource's own URN before its aliases, and deletes what the alias means."""
    second = RAW.format("second", "sso", "")
    stack = new_stack(HEAD + OLD + second, deployed=True)
    aliases = ", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name='old')])"
    stack.write(HEAD + NEW + RAW.format("second", "sso", aliases))
    stack.up(check=False)
    assert _losses(stack) == []


def test_a_leftover_beside_the_components_is_refused(new_stack: Callable) -> None:
    stack = new_stack(HEAD + NEW + OLD, deployed=True)
    assert "own the trusted access of sso.amazonaws.com" in stack.up(previewed=True).text  # both are declared, and stay
    stack.write(HEAD + NEW)
    refused = stack.preview(check=False)
    assert "more than once" in refused.text
    _run_what_it_says(stack, refused.text)
    stack.up()
    assert _losses(stack) == []


REPLACED_IN_PLACE = {
    "another service": RAW.format("old", "ram", ""),
    "a read of another service": 'aws.organizations.AwsServiceAccess.get("old", "ram.amazonaws.com")\n',
    "an import of another service": RAW.format(
        "old", "sso", ', opts=pulumi.ResourceOptions(import_="ram.amazonaws.com")'
    ),
    "another service, known late": RAW.format("old", "ram", "").replace(
        '"ram.amazonaws.com"', "pulumi.Output.from_input('ram').apply('{}.amazonaws.com'.format)"
    ),
    "an alias": RAW.format(
        "new",
        "ram",
        ', opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old", parent=pulumi.ROOT_STACK_RESOURCE)])',
    ),
}


@pytest.mark.parametrize("first", ["component", "other"])
@pytest.mark.parametrize("kind", REPLACED_IN_PLACE)
def test_a_replacement_in_its_place_is_refused_whichever_comes_first(
    new_stack: Callable, first: str, kind: str
) -> None:
    stack = new_stack(HEAD + PROTECTED, deployed=True)
    stack.session.aws.client("organizations").enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    replacement = REPLACED_IN_PLACE[kind]
    other_first = replacement + 'OrganizationSso("all")\n'
    stack.write(HEAD + STATE_COMES_LATE + (NEW + replacement if first == "component" else other_first))
    refused = stack.up("--skip-preview", "--ignore-protect", check=False)
    assert refused.code != 0
    assert "Traceback" not in refused.text
    assert "This update would replace the old one" in refused.text
    assert [row["urn"] for row in stack.state() if row.get("delete")] == []  # which the next update would delete
    assert _losses(stack) == []


ADMINISTRATOR = 'DelegatedAdministrator("own", {"accountId": "222233334444"})\n'
TOMORROW = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
OPEN = f'TrustedAccess("own", {{"breakGlass": {{"reason": "test", "expires": "{TOMORROW}"}}}})\n'
IN_ITS_PLACE = """
child = "TrustedAccess$aws:organizations/awsServiceAccess:AwsServiceAccess"
urn = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::aws-identity-center:index:{child}::own"
aws.organizations.AwsServiceAccess(
    "other", service_principal="ram.amazonaws.com", opts=pulumi.ResourceOptions(aliases=[urn])
)
"""
ANOTHER_IN_ITS_PLACE = (
    IN_ITS_PLACE.replace("TrustedAccess$aws", "DelegatedAdministrator$aws")
    .replace("awsServiceAccess:", "delegatedAdministrator:")
    .replace("AwsServiceAccess", "DelegatedAdministrator")
    .replace('"other", ', '"other", account_id="222233334444", ')
)


@pytest.mark.parametrize(
    ("component", "other"),
    [(ADMINISTRATOR, ANOTHER_IN_ITS_PLACE), (OPEN, IN_ITS_PLACE)],
    ids=["administrator", "open break-glass"],
)
def test_nothing_takes_the_place_of_an_unprotected_child(new_stack: Callable, component: str, other: str) -> None:
    stack = new_stack(HEAD + component, deployed=True)
    stack.write(HEAD + component + other)
    refused = stack.up("--skip-preview", check=False)
    assert "This update would replace the old one" in refused.text
    assert [row["urn"] for row in stack.state() if row.get("delete")] == []
    assert _losses(stack) == []


# Ends with an error where the component's look at the program changes what the program's own transformations see.
OTHERS_ALIASES = """
def check(args):
    assert not args.type_.endswith(":AwsServiceAccess") or isinstance(args.props["service_principal"], str)

pulumi.runtime.register_stack_transformation(check)
theirs = pulumi.ComponentResource("my:index:Theirs", "theirs")
elsewhere = [
    pulumi.Alias(name="old", project="other"),
    pulumi.Alias(name="old", stack="other"),
    pulumi.Alias(name="old", type_="aws:s3/bucket:Bucket"),
    pulumi.Alias(name="old", parent=theirs.urn),
    pulumi.Alias(name="ram"),
]
aws.organizations.AwsServiceAccess(
    "new", service_principal="ram.amazonaws.com", opts=pulumi.ResourceOptions(aliases=elsewhere)
)
"""


def test_aliases_of_something_else_are_let_through(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OLD + RAM, deployed=True)
    stack.write(HEAD + NEW + OTHERS_ALIASES)
    stack.up()
    assert _losses(stack) == []
    assert len(_held(stack)) == 2


def test_through_the_plugin_only_the_preview_refuses_it(new_stack: Callable) -> None:
    """The plugin reads the state when the engine has replaced the resource already (docs/components.md)."""
    stack = new_stack(HEAD + OLD, yaml=PACKAGES, deployed=True)
    stack.session.aws.client("organizations").enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    then = 'Remote("TrustedAccess", "sso", {}, pulumi.ResourceOptions(depends_on=[replaced]))'
    for kind in ("a read of another service", "another service"):
        stack.write(f"{HEAD}replaced = {REPLACED_IN_PLACE[kind]}{then}\n")
        refused = stack.preview(check=False)
        assert "Duplicate resource alias" in refused.text, kind  # which the component gives what it would continue
    assert _losses(stack) == []
    stack.up("--skip-preview")
    assert _losses(stack) == ["DisableAWSServiceAccess"]


def test_names_that_change_places_go_by_the_service(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OLD + RAM, deployed=True)
    stack.write(HEAD + 'TrustedAccess("ram")\nTrustedAccess("old", {"servicePrincipal": "ram.amazonaws.com"})\n')
    stack.up()
    assert len(_held(stack)) == 2
    assert _losses(stack) == []


@pytest.mark.parametrize("program", [NEW, "guard_stack()\n" + OLD, "guard_stack()\n"])
def test_a_replacement_of_the_old_one_ends_with_it_on(new_stack: Callable, program: str) -> None:
    """AWS has one trusted access of a service, so the old one goes before the new one comes."""
    stack = new_stack(HEAD + OLD, deployed=True)
    [old] = _held(stack)
    stack.pulumi("state", "taint", "--yes", old["urn"])
    stack.write(HEAD + program)
    stack.up()
    calls = [name for name in stack.session.operations() if name.endswith("AWSServiceAccess")]
    assert calls[-2:] == ["DisableAWSServiceAccess", "EnableAWSServiceAccess"]


# Below a component that stands below another type of component.
NESTED = """
outer = pulumi.ComponentResource("my:index:{}", "outer")
inner = pulumi.ComponentResource("my:index:Inner", "inner", opts=pulumi.ResourceOptions(parent=outer))
below = pulumi.ResourceOptions(parent=inner)
"""
OWN_BELOW = 'aws.organizations.AwsServiceAccess("old", service_principal="sso.amazonaws.com", opts=below)\n'


@pytest.mark.parametrize(
    "program",
    [
        NESTED.format("New") + OWN_BELOW + NEW,
        "guard_stack()\n"
        + NESTED.format("New")
        + f'aws.organizations.AwsServiceAccess.get("old", "{SSO}", opts=below)\n',
    ],
)
def test_the_same_name_below_another_grandparent_is_another_resource(new_stack: Callable, program: str) -> None:
    stack = new_stack(HEAD + NESTED.format("Old") + OWN_BELOW, deployed=True)
    stack.write(HEAD + program)
    stack.up()
    assert _losses(stack) == []


def test_a_second_component_and_a_read_take_nothing_from_the_first(new_stack: Callable) -> None:
    stack = new_stack(HEAD + NEW, deployed=True)
    stack.write(f'{HEAD}aws.organizations.AwsServiceAccess.get("look", "{SSO}")\nTrustedAccess("another")\n{NEW}')
    for _ in ("first", "second"):
        stack.up()
        assert len([row for row in _held(stack) if not row.get("external")]) == 2
        assert _losses(stack) == []


def test_a_state_of_another_project_is_taken_over(new_stack: Callable) -> None:
    """field/another-projects-urn: a repository, and its project with it, was renamed."""
    first = new_stack(
        HEAD + RAW.format("old", "ram", ", opts=pulumi.ResourceOptions(protect=True)") + NEW, project="first"
    )
    first.up()
    renamed = new_stack(
        HEAD + NEW + 'TrustedAccess("ram", {"servicePrincipal": "ram.amazonaws.com"})\n',
        session=first.session,
        project="renamed",
    )
    (renamed.folder / "state.json").write_text(first.pulumi("stack", "export").out)
    renamed.pulumi("stack", "import", "--force", "--file", "state.json")
    renamed.up()
    rows = _held(renamed)
    assert len(rows) == 2
    for row in rows:
        assert row["urn"].startswith("urn:pulumi:dev::renamed::aws-identity-center:index:TrustedAccess$")
    assert _losses(renamed) == []


def _urn(name: str, kind: str = "AwsServiceAccess") -> str:
    return f"urn:pulumi:dev::test::aws:organizations/{kind[0].lower()}{kind[1:]}:{kind}::{name}"


ALIASES = {
    "a URN": f'"{_urn("old")}"',
    "a URN known later": f'pulumi.Output.from_input("{_urn("old")}")',
    "a type": 'pulumi.Alias(name="old", type_="aws:organizations/awsServiceAccess:AwsServiceAccess")',
}


ALIASED = {
    "a URN": ('TrustedAccess("sso", {}, ', "a URN"),
    "a URN known later": ('TrustedAccess("sso", {}, ', "a URN known later"),
    "a type, of OrganizationSso": ('OrganizationSso("sso", {}, ', "a type"),
    "a URN, of a remote component": ('Remote("TrustedAccess", "sso", {}, ', "a URN"),
}


@pytest.mark.parametrize("kind", ALIASED)
def test_an_alias_of_another_type_is_refused_first(new_stack: Callable, kind: str) -> None:
    """field/alias-by-urn. Of every component: tests/contracts."""
    component, alias = ALIASED[kind]
    stack = new_stack(HEAD + PROTECTED, yaml=PACKAGES, deployed=True)
    before = _state_but_time(stack)
    stack.write(HEAD + component + f"pulumi.ResourceOptions(aliases=[{ALIASES[alias]}]))\n")
    refused = stack.up("--skip-preview", check=False)
    assert refused.code != 0
    assert "has an alias of another type" in refused.text
    assert _losses(stack) == []
    assert [row["urn"] for row in stack.state() if row.get("delete")] == []
    assert _state_but_time(stack) == before


def _state_but_time(stack) -> list[str]:
    return [row["urn"] for row in stack.state() if not row["type"].startswith("pulumi:")]


def test_a_state_wedged_by_an_earlier_version_recovers(new_stack: Callable) -> None:
    """As docs/components.md says: an earlier version let such an alias fail half way."""
    stack = new_stack(HEAD + OLD, deployed=True)
    [old] = _held(stack)
    half_way = {**old, "urn": "urn:pulumi:dev::test::aws-identity-center:index:TrustedAccess::sso", "delete": True}
    stack.edit_state(lambda rows: [half_way if row == old else row for row in rows])
    stack.write(HEAD + NEW)
    exported = json.loads(stack.pulumi("stack", "export").out)
    live_rows = [row for row in exported["deployment"]["resources"] if not row.get("delete")]
    assert len(live_rows) == len(exported["deployment"]["resources"]) - 1
    exported["deployment"]["resources"] = live_rows
    (stack.folder / "state.json").write_text(json.dumps(exported))
    stack.pulumi("stack", "import", "--file", "state.json")
    stack.up()
    assert _losses(stack) == []
