"""TrustedAccess itself warns of anything else, here or elsewhere, that turns trusted access off."""

from __future__ import annotations

from collections.abc import Callable

from .late_state import STATE_COMES_LATE

SSO, RAM = "sso.amazonaws.com", "ram.amazonaws.com"
HEAD = """
import pulumi
import pulumi_aws as aws
import pulumi_aws_identity_center as package
from pulumi_aws_identity_center import TrustedAccess  # which sees what is declared from here on
"""
TRUSTS = 'package.TrustedAccess("sso")\n'
WHOLE = 'package.OrganizationSso("sso")\n'
OWNS = 'aws.organizations.Organization("org", {}opts=pulumi.ResourceOptions(import_="o-exampleorg01"{}))\n'


def test_a_list_in_the_same_stack_is_refused(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWNS.format("", "") + TRUSTS)
    for program in (
        OWNS.format(f"aws_service_access_principals=['{RAM}'], ", "") + TRUSTS,
        STATE_COMES_LATE + OWNS.format(f"aws_service_access_principals=['{RAM}'], ", "") + WHOLE,
        TRUSTS + OWNS.format(f"aws_service_access_principals=[pulumi.Output.secret('{RAM}')], ", ""),
    ):
        stack.write(HEAD + program)
        result = stack.up("--skip-preview", check=False)
        assert result.code != 0
        assert "Organization org would turn off what TrustedAccess sso" in result.text
        assert 'ignore_changes=["awsServiceAccessPrincipals"]' in result.text
        assert "Traceback" not in result.text
    assert "DisableAWSServiceAccess" not in stack.session.operations()
    stack.write(HEAD + OWNS.format("", ', ignore_changes=["aws_service_access_principals"]') + TRUSTS)
    stack.up()
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_a_list_known_late_is_refused_below_the_component(new_stack: Callable) -> None:
    stack = new_stack(HEAD + OWNS.format(f"aws_service_access_principals=['{SSO}'], ", ""))
    stack.up()
    late = "aws.iam.User('user').arn.apply(lambda _: ['ram.amazonaws.com'])"
    waits = "aws.organizations.get_organization()\n"  # the Organization is registered meanwhile
    stack.write(HEAD + TRUSTS + OWNS.format(f"aws_service_access_principals={late}, ", "") + waits)
    result = stack.up(check=False)
    assert result.code != 0
    assert "organization, if the program declares sso before org" in result.text
    assert "would turn off what TrustedAccess" in result.text
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_a_plain_preview_tells_what_another_owner_did(new_stack: Callable) -> None:
    stack = new_stack(HEAD + TRUSTS)
    organizations = stack.session.aws.client("organizations")
    organizations.disable_aws_service_access(ServicePrincipal=SSO)
    organizations.enable_aws_service_access(ServicePrincipal=RAM)
    assert f"{SSO} has no trusted access yet, while {RAM} have" in stack.up(previewed=True).text
    assert "warning" not in stack.preview().text

    organizations.disable_aws_service_access(ServicePrincipal=SSO)  # another stack's list, refreshed
    gone = stack.preview().text
    assert f"{SSO} has no trusted access now, though this stack's state has it on since" in gone
    assert "pulumi up --refresh" in gone
    assert "DisableAWSServiceAccess" in gone
    stack.up("--refresh")
    assert "warning" not in stack.preview().text

    stack.session.aws.move_clock(60)
    organizations.disable_aws_service_access(ServicePrincipal=SSO)
    organizations.enable_aws_service_access(ServicePrincipal=SSO)  # as `identity-center recover` does
    assert f"{SSO} has trusted access now. It was off before" in stack.preview().text


def test_a_list_that_may_not_be_read_is_said_unread(new_stack: Callable) -> None:
    stack = new_stack(HEAD + TRUSTS, faults=["organizations:ListAWSServiceAccessForOrganization:AccessDeniedException"])
    result = stack.preview()
    assert "trusted access yet" not in result.text
    assert "could not be looked up: organizations:ListAWSServiceAccessForOrganization: access was denied" in result.text
