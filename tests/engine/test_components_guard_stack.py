"""guard_stack(): one line, and no resource of the stack can take trusted access away by a slip."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.session import ROOT

HEAD = """
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import TrustedAccess, guard_stack
guard_stack()
"""
ORGANIZATION = 'aws.organizations.Organization("org", {}opts=pulumi.ResourceOptions(import_="o-exampleorg01"{}))\n'
EVERYONES = """
aws.organizations.AwsServiceAccess("own", service_principal="sso.amazonaws.com")
class Theirs(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("their:index:Component", name)
        provider = aws.Provider("theirs", region="us-east-1")
        aws.organizations.AwsServiceAccess("inner", service_principal="ram.amazonaws.com",
            opts=pulumi.ResourceOptions(parent=self, provider=provider))
Theirs("theirs")
class Remote(pulumi.ComponentResource):
    def __init__(self, name, props, opts=None):
        super().__init__("aws-identity-center:index:TrustedAccess", name, props, opts, remote=True)
Remote("remote", {"servicePrincipal": "account.amazonaws.com"})
aws.iam.User("ann")
"""
THEIRS = """
from typing import Optional, TypedDict
import pulumi
import pulumi_aws as aws
from pulumi.provider.experimental import component_provider_host

class OrgArgs(TypedDict, total=False):
    listed: Optional[pulumi.Input[list[str]]]

class Org(pulumi.ComponentResource):
    def __init__(self, name: str, args: OrgArgs, opts: Optional[pulumi.ResourceOptions] = None):
        super().__init__("theirs:index:Org", name, {}, opts)
        options = pulumi.ResourceOptions(parent=self, import_="o-exampleorg01")
        aws.organizations.Organization(f"{name}-org", aws_service_access_principals=args["listed"], opts=options)
        self.register_outputs({})

if __name__ == "__main__":
    component_provider_host(name="theirs", components=[Org])
"""
REMOTE = """
class Remote(pulumi.ComponentResource):
    def __init__(self, name, props):
        super().__init__("theirs:index:Org", name, props, remote=True)
Remote("remote", {"listed": ["ram.amazonaws.com"]})
"""
PACKAGES = f"packages:\n  aws-identity-center: {ROOT / 'components'}\n"


def _options(stack, type_: str) -> list[tuple[bool, bool]]:
    return [
        (row.get("protect", False), row.get("retainOnDelete", False))
        for row in stack.state()
        if row["type"].endswith(f":{type_}")
    ]


def test_guarded_resources_are_protected_whoever_makes_them(new_stack: Callable) -> None:
    services = ["sso.amazonaws.com", "ram.amazonaws.com", "account.amazonaws.com"]
    listed = f"aws_service_access_principals=pulumi.Output.secret({services}), "
    stack = new_stack(HEAD + EVERYONES + ORGANIZATION.format(listed, ', ignore_changes=["featureSet"]'), yaml=PACKAGES)
    stack.up()
    # Its own, one in someone else's component with a provider of its own, one in a remote component.
    assert _options(stack, "AwsServiceAccess") == [(True, True)] * 3
    assert _options(stack, "Organization") == [(True, True)]
    assert _options(stack, "User") == [(False, False)]
    assert stack.pulumi("destroy", "--preview-only", check=False).code != 0
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def _refused(result: Any, *names: str) -> None:
    """The sentence for each of them, and nothing else: no trace."""
    assert result.code != 0
    for name in names:
        assert f"guard_stack() refuses {name}: its awsServiceAccessPrincipals" in result.text
    diagnostics = result.text[result.text.index("Diagnostics:") :]
    assert diagnostics.count("error: ") == 1
    assert 'ignore_changes=["awsServiceAccessPrincipals"]' in diagnostics
    for trace in ("Traceback", "unhandled", "rpc error", 'File "'):
        assert trace not in result.text


LISTED = "aws_service_access_principals={}, "
RAM = '["ram.amazonaws.com"]'


def test_a_list_without_the_service_is_refused_with_the_fix(new_stack: Callable) -> None:
    stack = new_stack("")
    organization = ORGANIZATION.format(LISTED.format(RAM), "")
    stack.write(HEAD + organization)
    _refused(stack.preview(check=False), "org")
    stack.write(HEAD + ORGANIZATION.format(LISTED.format('[pulumi.Output.secret("ram.amazonaws.com")]'), ""))
    _refused(stack.up("--skip-preview", check=False), "org")
    assert "DisableAWSServiceAccess" not in stack.session.operations()
    stack.write(HEAD + ORGANIZATION.format("", ', ignore_changes=["awsServiceAccessPrincipals"]'))
    stack.up()  # the fix
    assert _options(stack, "Organization") == [(True, True)]
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_what_is_refused_does_not_count_as_no_longer_declared(new_stack: Callable) -> None:
    stack = new_stack(HEAD + ORGANIZATION.format("", ', ignore_changes=["awsServiceAccessPrincipals"]'))
    stack.up()
    bad = f'aws.organizations.Organization("org", {LISTED.format(RAM)})'
    secret = bad.replace(RAM, f"pulumi.Output.secret({RAM})")
    ignored = f"try:\n    {bad}\nexcept pulumi.RunError:\n    pass"
    for program in (secret, ignored):
        stack.write(f"{HEAD}{program}\n")
        refused = stack.up("--skip-preview", "--ignore-protect", check=False)
        _refused(refused, "org")
        assert "no longer declares" not in refused.text
        assert "state delete" not in refused.text
    assert _options(stack, "Organization") == [(True, True)]
    assert [call for call in stack.session.operations() if call.startswith(("Disable", "DeleteOrg"))] == []


def test_an_unknown_list_is_judged_in_the_update(
    new_stack: Callable,
) -> None:
    late = 'aws.iam.User("ann").arn.apply(lambda _: ["ram.amazonaws.com"])'
    stack = new_stack(HEAD + ORGANIZATION.format(LISTED.format(late), ""))
    result = stack.preview()
    assert "warning: guard_stack() can't know yet whether org's awsServiceAccessPrincipals keeps" in result.text
    _refused(stack.up("--skip-preview", check=False), "org")
    assert "DisableAWSServiceAccess" not in stack.session.operations()
    assert _options(stack, "Organization") == []


def test_one_in_another_processs_component_is_refused_too(new_stack: Callable, tmp_path: Path) -> None:
    plugin = tmp_path / "theirs"
    plugin.mkdir()
    (plugin / "PulumiPlugin.yaml").write_text("runtime: python\n")
    (plugin / "__main__.py").write_text(THEIRS)
    stack = new_stack(HEAD + REMOTE, yaml=f"packages:\n  theirs: {plugin}\n")
    refused = stack.up("--skip-preview", check=False)
    assert refused.code != 0
    assert "error: guard_stack() refuses remote-org: its awsServiceAccessPrincipals lacks" in refused.text
    assert "DisableAWSServiceAccess" not in stack.session.operations()
    assert _options(stack, "Organization") == []


LATER = """
async def drop(args):
    if args.type_ == "aws:organizations/organization:Organization":
        listed = {**args.props, "awsServiceAccessPrincipals": ["ram.amazonaws.com"]}
        return pulumi.ResourceTransformResult(listed, args.opts)
pulumi.runtime.register_resource_transform(drop)
"""


def test_the_pack_sees_what_a_later_transform_changed(new_stack: Callable, policies: str) -> None:
    """The engine runs transforms in their order, so guard_stack() sees the list as it was before."""
    listed = 'aws_service_access_principals=["sso.amazonaws.com"], '
    stack = new_stack(HEAD + LATER + ORGANIZATION.format(listed, ""))
    assert stack.preview().code == 0
    refused = stack.preview("--policy-pack", policies, check=False)
    assert refused.code != 0
    assert "[mandatory]  organization-keeps-sso" in refused.text
    assert "lacks sso.amazonaws.com" in refused.text


def test_it_has_to_come_first(new_stack: Callable) -> None:
    head, _, call = HEAD.rpartition("guard_stack()")
    stack = new_stack(head + ORGANIZATION.format(LISTED.format(RAM), "") + "guard_stack()" + call)
    _comes_too_late(stack.preview(check=False), "org")
    late_import = head.replace(", guard_stack", "") + ORGANIZATION.format(
        "", ', ignore_changes=["awsServiceAccessPrincipals"]'
    )
    late_import = late_import.replace("from pulumi_aws_identity_center import TrustedAccess\n", "")
    stack.write(late_import)
    stack.up()
    # Nobody saw the organization's declaration here: the guard declares it again, which the engine refuses.
    stack.write(late_import + "from pulumi_aws_identity_center import guard_stack\nguard_stack()\n")
    result = stack.preview(check=False)
    assert result.code != 0
    assert "Duplicate resource URN" in result.text


def _comes_too_late(result: Any, name: str) -> None:
    assert f"guard_stack() comes after {name}, and protects only what is declared after it" in result.text
    assert "Traceback" not in result.text


UNPROTECTED = """
aws.organizations.AwsServiceAccess("login", service_principal="sso.amazonaws.com")
aws.organizations.DelegatedAdministrator("the team's", account_id="222233334444", service_principal="sso.amazonaws.com")
"""
UNGUARDED = HEAD.replace("guard_stack()\n", "") + UNPROTECTED
LOGIN, ADMIN = UNPROTECTED.strip().splitlines(keepends=True)


def _losses(stack) -> list[str]:
    return [name for name in stack.session.operations() if name.startswith(("Disable", "Deregister"))]


def test_the_first_guarded_update_keeps_unprotected_resources(new_stack: Callable) -> None:
    """One has another name now, with an alias that means another project's, and one is dropped."""
    stack = new_stack(UNGUARDED, deployed=True)
    elsewhere = ', opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="login", project="else")]))'
    stack.write(HEAD + LOGIN.replace('"login"', '"other"').replace(")", elsewhere))
    previewed = stack.up("--ignore-protect", previewed=True)
    assert "login, and the program no longer declares it: guard_stack() keeps it" in previewed.text
    assert _losses(stack) == []
    assert set(_options(stack, "AwsServiceAccess")) == {(True, True)}
    assert _options(stack, "DelegatedAdministrator") == [(True, True)]
    # The way out that it names.
    preview = stack.preview().text
    commands = [line.strip() for line in preview.splitlines() if line.strip().startswith("pulumi state delete")]
    assert len(dict.fromkeys(commands)) == 2
    for command in dict.fromkeys(commands):
        stack.session.run("bash", "-c", command, cwd=stack.folder, env={"PULUMI_STACK": stack.name})
    assert "guard_stack() keeps" not in stack.up().text
    assert _losses(stack) == []


def test_what_a_refresh_finds_gone_is_made_again_as_it_was(new_stack: Callable) -> None:
    stack = new_stack(UNGUARDED, deployed=True)
    organizations = stack.session.aws.client("organizations")
    administrator = {"AccountId": "222233334444", "ServicePrincipal": "sso.amazonaws.com"}
    organizations.deregister_delegated_administrator(**administrator)
    stack.write(HEAD + LOGIN)
    stack.up("--refresh")
    [registered] = organizations.list_delegated_administrators()["DelegatedAdministrators"]
    assert registered["Id"] == "222233334444"


ANOTHER_BY_ID = {
    "read": 'aws.organizations.AwsServiceAccess.get("login", "ram.amazonaws.com")\n',
    "read by an Output": """
ram = aws.iam.User("ann").arn.apply(lambda _: "ram.amazonaws.com")
aws.organizations.AwsServiceAccess.get("login", ram)
""",
    "import": LOGIN.replace(")", ', opts=pulumi.ResourceOptions(import_="ram.amazonaws.com"))'),
}


@pytest.mark.parametrize("kind", ANOTHER_BY_ID)
def test_another_one_by_its_id_in_a_managed_ones_place_is_refused(new_stack: Callable, kind: str) -> None:
    stack = new_stack(UNGUARDED, deployed=True)
    stack.session.aws.client("organizations").enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    stack.write(HEAD + ANOTHER_BY_ID[kind] + ADMIN)
    refused = stack.up("--skip-preview", "--ignore-protect", check=False)
    assert refused.code != 0
    assert "guard_stack() refuses to read or import another resource as login" in refused.text
    assert "Traceback" not in refused.text
    assert [row["urn"] for row in stack.state() if row.get("delete")] == []  # which the next update would delete
    assert _losses(stack) == []


def test_what_was_only_read_is_read_again(new_stack: Callable) -> None:
    """The state holds it as if it were managed."""
    read = 'aws.organizations.AwsServiceAccess.get("read", pulumi.Output.from_input("sso.amazonaws.com"))\n'
    stack = new_stack(HEAD + UNPROTECTED + read, deployed=True)
    stack.up(previewed=True)
    assert _losses(stack) == []


RAM_SERVICE = "aws.organizations.AwsServiceAccess({}, service_principal={}{})\n"
RENAMED = ", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name='login')])"


OF_THAT_TYPE = 'aliases=[pulumi.Alias(name="login", type_="aws:organizations/awsServiceAccess:AwsServiceAccess")]'
URN = "urn:pulumi:dev::test::aws:organizations/awsServiceAccess:AwsServiceAccess::login"


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        (
            RAM_SERVICE.format('"login"', 'pulumi.Output.secret("ram.amazonaws.com")', ""),
            "another service in its place",
        ),
        (RAM_SERVICE.format('"other"', '"ram.amazonaws.com"', RENAMED), "another service in its place"),
        (f'aws.iam.User("ann", opts=pulumi.ResourceOptions({OF_THAT_TYPE}))\n', "a resource of another type"),
        (f'aws.iam.User("ann", opts=pulumi.ResourceOptions(aliases=["{URN}"]))\n', "a resource of another type"),
    ],
    ids=["Output", "alias", "alias of another type", "URN of another type"],
)
def test_another_one_in_an_unprotected_ones_place_is_refused(new_stack: Callable, declared: str, problem: str) -> None:
    stack = new_stack(UNGUARDED, deployed=True)
    stack.write(HEAD + declared + ADMIN)
    refused = stack.up("--skip-preview", "--ignore-protect", check=False)
    assert refused.code != 0
    assert problem in refused.text
    assert [row["urn"] for row in stack.state() if row.get("delete")] == []  # which the next update would delete
    assert _losses(stack) == []


def test_a_program_that_fails_shows_its_own_error(new_stack: Callable) -> None:
    stack = new_stack(UNGUARDED, deployed=True)
    stack.write(HEAD + 'pulumi.Config().require("missing")\n' + UNPROTECTED)
    failed = stack.preview(check=False)
    assert "Missing required configuration variable 'test:missing'" in failed.text
    assert "If the program failed, mend that first" in failed.text
    assert _losses(stack) == []


def test_late_and_aliased_declarations_count_as_declared(new_stack: Callable) -> None:
    late = """
async def slowly(arn):
    import asyncio
    await asyncio.sleep(1)
    aws.organizations.DelegatedAdministrator(
        "the team's", account_id="222233334444", service_principal="sso.amazonaws.com")
    return arn
aws.organizations.AwsServiceAccess("new", service_principal="sso.amazonaws.com",
    opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="login")]))
pulumi.export("late", aws.iam.User("ann").arn.apply(slowly))
"""
    stack = new_stack(UNGUARDED, deployed=True)
    stack.write(HEAD + late)
    stack.up()
    assert _losses(stack) == []


def test_an_open_break_glass_is_left_open(new_stack: Callable) -> None:
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    opened = f'TrustedAccess("sso", {{"breakGlass": {{"reason": "we leave", "expires": "{tomorrow}"}}}})\n'
    stack = new_stack(HEAD + 'TrustedAccess("ram", {"servicePrincipal": "ram.amazonaws.com"})\n' + opened)
    assert "Break-glass is open until" in stack.up().text
    assert sorted(_options(stack, "AwsServiceAccess")) == [(False, False), (True, True)]
    stack.write(HEAD + 'TrustedAccess("ram", {"servicePrincipal": "ram.amazonaws.com"})\n')
    stack.up()
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    assert [row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]] == ["ram.amazonaws.com"]
