"""guard_stack(): one line, and no resource of the stack can take trusted access away by a slip."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def test_whatever_the_stack_declares_is_protected_by_whomever_it_is_made_and_nothing_else(new_stack: Callable) -> None:
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
    told = result.text[result.text.index("Diagnostics:") :]
    assert told.count("error: ") == 1
    assert 'ignore_changes=["awsServiceAccessPrincipals"]' in told
    for trace in ("Traceback", "unhandled", "rpc error", 'File "'):
        assert trace not in result.text


LISTED = "aws_service_access_principals={}, "
RAM = '["ram.amazonaws.com"]'
DROPPED_BY_A_TRANSFORM = """
def drop(args):
    if args.type_ == "aws:organizations/organization:Organization":
        return pulumi.ResourceTransformResult({**args.props, "awsServiceAccessPrincipals": ["ram.amazonaws.com"]},
                                              pulumi.ResourceOptions(protect=False))
pulumi.runtime.register_resource_transform(drop)
"""


def test_a_list_that_would_take_it_away_is_refused_with_the_fix_and_never_edited(new_stack: Callable) -> None:
    stack = new_stack("")
    organization = ORGANIZATION.format(LISTED.format(RAM), "")
    # Nothing else is made, wherever in the program it stands.
    stack.write(HEAD + 'aws.iam.User("ann")\n' + organization + organization.replace('"org"', '"other"'))
    _refused(stack.preview(check=False), "org", "other")
    _refused(stack.up("--skip-preview", check=False), "org", "other")
    assert [call for call in stack.session.operations() if call.startswith(("Create", "Enable", "Disable"))] == []

    sso = ORGANIZATION.format(LISTED.format('["sso.amazonaws.com"]'), "")
    for program in (
        ORGANIZATION.format(LISTED.format(f"pulumi.Output.secret({RAM})"), ""),
        ORGANIZATION.format(LISTED.format('[pulumi.Output.secret("ram.amazonaws.com")]'), ""),
        DROPPED_BY_A_TRANSFORM + sso,
    ):
        stack.write(HEAD + program)
        _refused(stack.up("--skip-preview", check=False), "org")
    assert "DisableAWSServiceAccess" not in stack.session.operations()
    stack.write(HEAD + ORGANIZATION.format("", ', ignore_changes=["awsServiceAccessPrincipals"]'))
    stack.up()  # the fix
    assert _options(stack, "Organization") == [(True, True)]
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_a_list_that_only_the_update_knows_is_told_of_in_the_preview_and_judged_in_the_update(
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
    for result in (stack.preview(check=False), stack.up("--skip-preview", check=False)):
        assert result.code != 0
        assert "error: guard_stack() refuses remote-org: its awsServiceAccessPrincipals lacks" in result.text
        assert "Traceback" not in result.text
        assert 'File "' not in result.text
    assert "DisableAWSServiceAccess" not in stack.session.operations()
    assert _options(stack, "Organization") == []


def test_it_has_to_come_first(new_stack: Callable) -> None:
    head, _, call = HEAD.rpartition("guard_stack()")
    stack = new_stack(head + ORGANIZATION.format(LISTED.format(RAM), "") + "guard_stack()" + call)
    result = stack.preview(check=False)
    assert "guard_stack() comes after org, and protects only what is declared after it" in result.text
    assert "Traceback" not in result.text


def test_an_open_break_glass_is_left_open(new_stack: Callable) -> None:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    opened = f'TrustedAccess("sso", {{"breakGlass": {{"reason": "we leave", "expires": "{today}"}}}})\n'
    stack = new_stack(HEAD + 'TrustedAccess("ram", {"servicePrincipal": "ram.amazonaws.com"})\n' + opened)
    assert "Break-glass is open until" in stack.up().text
    assert sorted(_options(stack, "AwsServiceAccess")) == [(False, False), (True, True)]
    stack.write(HEAD + 'TrustedAccess("ram", {"servicePrincipal": "ram.amazonaws.com"})\n')
    stack.up()
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    assert [row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]] == ["ram.amazonaws.com"]
