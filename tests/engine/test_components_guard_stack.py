"""guard_stack(): one line, and no resource of the stack can take trusted access away by a slip."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.session import ROOT

HEAD = """
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import guard_stack
guard_stack()
"""
ACCESS = 'aws.organizations.AwsServiceAccess("a", service_principal="sso.amazonaws.com"{})\n'
LIST = 'aws_service_access_principals=["sso.amazonaws.com"], '
ORGANIZATION = 'aws.organizations.Organization("org", {}opts=pulumi.ResourceOptions(import_="o-exampleorg01"{}))\n'


def _options(stack, type_: str) -> list[tuple[bool, bool]]:
    return [
        (row.get("protect", False), row.get("retainOnDelete", False))
        for row in stack.state()
        if row["type"].endswith(f":{type_}")
    ]


def test_what_the_stack_declares_is_protected_and_retained(new_stack: Callable) -> None:
    stack = new_stack(HEAD + ACCESS.format("") + ORGANIZATION.format(LIST, ', ignore_changes=["featureSet"]'))
    stack.up()
    assert _options(stack, "AwsServiceAccess") == [(True, True)]
    assert _options(stack, "Organization") == [(True, True)]
    assert stack.destroy(check=False).code != 0


def test_with_an_explicit_provider_and_inside_someone_elses_component_too(new_stack: Callable) -> None:
    stack = new_stack(
        HEAD
        + """
class Theirs(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("their:index:Component", name)
        provider = aws.Provider("theirs", region="us-east-1")
        aws.organizations.AwsServiceAccess("inner", service_principal="sso.amazonaws.com",
            opts=pulumi.ResourceOptions(parent=self, provider=provider))
Theirs("theirs")
"""
    )
    stack.up()
    assert _options(stack, "AwsServiceAccess") == [(True, True)]


@pytest.mark.parametrize("given", ["", 'aws_service_access_principals=["ram.amazonaws.com"], '])
def test_a_list_that_would_take_it_away_is_refused_with_the_fix_and_never_edited(
    new_stack: Callable, given: str
) -> None:
    stack = new_stack(HEAD + ORGANIZATION.format(given, ""))
    result = stack.up(check=False)
    assert result.code != 0
    assert "guard_stack() refuses org" in result.text
    assert 'ignore_changes=["awsServiceAccessPrincipals"]' in result.text
    assert "DisableAWSServiceAccess" not in stack.session.operations()


@pytest.mark.parametrize(
    "given",
    [
        'pulumi.Output.secret(["ram.amazonaws.com"])',
        '[pulumi.Output.secret("ram.amazonaws.com")]',
        'aws.iam.User("ann").arn.apply(lambda _: ["ram.amazonaws.com"])',
    ],
)
def test_a_list_that_is_secret_or_known_only_later_is_refused_too(new_stack: Callable, given: str) -> None:
    stack = new_stack(HEAD + ORGANIZATION.format(f"aws_service_access_principals={given}, ", ""))
    result = stack.up("--skip-preview", check=False)
    assert result.code != 0
    assert "guard_stack() refuses org" in result.text
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_a_secret_list_that_keeps_it_is_taken(new_stack: Callable) -> None:
    listed = 'aws_service_access_principals=pulumi.Output.secret(["sso.amazonaws.com"]), '
    stack = new_stack(HEAD + ORGANIZATION.format(listed, ""))
    stack.up()
    assert _options(stack, "Organization") == [(True, True)]
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_the_fix_is_taken(new_stack: Callable) -> None:
    stack = new_stack(HEAD + ORGANIZATION.format("", ', ignore_changes=["awsServiceAccessPrincipals"]'))
    stack.up()
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_other_resources_are_left_as_they_are(new_stack: Callable) -> None:
    stack = new_stack(HEAD + 'aws.iam.User("ann")\n')
    stack.up()
    assert _options(stack, "User") == [(False, False)]
    stack.destroy()


def test_a_remote_component_is_reached_as_well(new_stack: Callable) -> None:
    stack = new_stack(
        HEAD
        + """
class Remote(pulumi.ComponentResource):
    def __init__(self, name, props, opts=None):
        super().__init__("aws-identity-center:index:TrustedAccess", name, props, opts, remote=True)
Remote("sso", {})
""",
        yaml=f"packages:\n  aws-identity-center: {ROOT / 'components'}\n",
    )
    stack.up()
    assert _options(stack, "AwsServiceAccess") == [(True, True)]
