"""Moving trusted access about never disables it: rename, another parent, import, another stack, a replacement."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

SSO = "sso.amazonaws.com"
IMPORTS = "import pulumi\nimport pulumi_aws as aws\nfrom pulumi_aws_identity_center import TrustedAccess\n"
TODAY = datetime.datetime.now(datetime.UTC).date().isoformat()


def _is_on(stack) -> bool:
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    return SSO in [row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]]


def _never_disabled(stack) -> bool:
    return _is_on(stack) and "DisableAWSServiceAccess" not in stack.session.operations()


def test_a_rename_with_an_alias_changes_nothing(new_stack: Callable) -> None:
    stack = new_stack(IMPORTS + 'TrustedAccess("old", {})\n')
    stack.up()
    stack.write(IMPORTS + 'TrustedAccess("new", {}, pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")]))\n')
    assert "3 unchanged" in stack.up().out
    assert _never_disabled(stack)


def test_a_rename_without_one_is_refused_and_nothing_is_off(new_stack: Callable) -> None:
    stack = new_stack(IMPORTS + 'TrustedAccess("old", {})\n')
    stack.up()
    stack.write(IMPORTS + 'TrustedAccess("new", {})\n')
    result = stack.up(check=False)
    assert result.code != 0
    assert "protected" in result.text
    assert _never_disabled(stack)


def test_a_stack_that_declared_the_resource_itself_moves_into_the_component(new_stack: Callable) -> None:
    stack = new_stack(IMPORTS + 'aws.organizations.AwsServiceAccess("sso", service_principal="sso.amazonaws.com")\n')
    stack.up()
    stack.write(IMPORTS + 'TrustedAccess("sso", {})\n')
    result = stack.up()
    assert "deleted" not in result.out
    assert "replaced" not in result.out
    assert _never_disabled(stack)


def test_another_parent_changes_nothing(new_stack: Callable) -> None:
    stack = new_stack(IMPORTS + 'TrustedAccess("sso", {})\n')
    stack.up()
    stack.write(
        IMPORTS
        + 'parent = pulumi.ComponentResource("my:index:Parent", "parent")\n'
        + "alias = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)\n"
        + 'TrustedAccess("sso", {}, pulumi.ResourceOptions(parent=parent, aliases=[alias]))\n'
    )
    result = stack.up()
    assert "deleted" not in result.out
    assert _never_disabled(stack)


def test_it_can_move_to_another_stack(new_stack: Callable) -> None:
    source = new_stack(IMPORTS + 'TrustedAccess("sso", {})\n', project="source")
    source.up()
    target = new_stack("", session=source.session, project="target")
    target.up()
    urn = next(row["urn"] for row in source.state() if row["type"].endswith(":AwsServiceAccess"))
    moved = source.pulumi(
        "state", "move", "--yes", "--source", "organization/source/dev", "--dest", "organization/target/dev", urn
    )
    assert moved.code == 0
    [access] = [row for row in target.state() if row["type"].endswith(":AwsServiceAccess")]
    assert access["protect"] is True
    assert access["retainOnDelete"] is True
    assert _never_disabled(source)


def test_another_principal_would_replace_it_and_is_refused(new_stack: Callable) -> None:
    stack = new_stack(IMPORTS + 'TrustedAccess("sso", {})\n')
    stack.up()
    stack.write(IMPORTS + 'TrustedAccess("sso", {"servicePrincipal": "ram.amazonaws.com"})\n')
    result = stack.up(check=False)
    assert result.code != 0
    assert "unable to replace resource" in result.text
    assert _never_disabled(stack)


def test_removed_from_the_program_with_the_protection_bypassed_it_stays_on(new_stack: Callable) -> None:
    stack = new_stack(IMPORTS + 'TrustedAccess("sso", {})\n')
    stack.up()
    stack.pulumi("state", "unprotect", "--all", "--yes")
    stack.write("")
    stack.up()
    assert _never_disabled(stack)


def test_break_glass_and_nothing_else_really_disables(new_stack: Callable) -> None:
    stack = new_stack(IMPORTS + 'TrustedAccess("sso", {})\n')
    stack.up()
    stack.write(IMPORTS + f'TrustedAccess("sso", {{"breakGlass": {{"reason": "we move", "expires": "{TODAY}"}}}})\n')
    opened = stack.up()
    assert "Break-glass is open until" in opened.text
    assert _never_disabled(stack)
    stack.destroy()
    assert not _is_on(stack)


@pytest.mark.parametrize("expires", ["2020-01-01"])
def test_after_its_date_every_preview_fails_and_says_so(new_stack: Callable, expires: str) -> None:
    stack = new_stack(IMPORTS + f'TrustedAccess("sso", {{"breakGlass": {{"reason": "r", "expires": "{expires}"}}}})\n')
    for _ in range(2):
        result = stack.preview(check=False)
        assert result.code != 0
        assert "break-glass is over" in result.text
        assert "Traceback" not in result.text
