"""guard_stack(): one line, and no resource of the stack can take trusted access away by a slip."""

from __future__ import annotations

import datetime
from collections.abc import Callable

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


def test_a_list_that_would_take_it_away_is_refused_with_the_fix_and_never_edited(new_stack: Callable) -> None:
    stack = new_stack("")
    for given in ("", 'aws_service_access_principals=["ram.amazonaws.com"], '):
        stack.write(HEAD + ORGANIZATION.format(given, ""))
        result = stack.preview(check=False)
        assert result.code != 0
        assert "guard_stack() refuses org" in result.text
        assert 'ignore_changes=["awsServiceAccessPrincipals"]' in result.text
    for given in (
        'pulumi.Output.secret(["ram.amazonaws.com"])',
        '[pulumi.Output.secret("ram.amazonaws.com")]',
        'aws.iam.User("ann").arn.apply(lambda _: ["ram.amazonaws.com"])',  # known only later
    ):
        stack.write(HEAD + ORGANIZATION.format(f"aws_service_access_principals={given}, ", ""))
        result = stack.up("--skip-preview", check=False)
        assert result.code != 0
        assert "guard_stack() refuses org" in result.text
    assert "DisableAWSServiceAccess" not in stack.session.operations()
    stack.write(HEAD + ORGANIZATION.format("", ', ignore_changes=["awsServiceAccessPrincipals"]'))
    stack.up()  # the fix
    assert "DisableAWSServiceAccess" not in stack.session.operations()


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
