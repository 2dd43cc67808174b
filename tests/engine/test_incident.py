"""The incident, on the real engine: shown to be real without the pack, and stopped with it; the fix is then safe.

The same by an import: tests/sandbox/test_incident_demo.py, and test_policy_ci.py.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

SSO = "sso.amazonaws.com"

OWNER = """
    import pulumi
    import pulumi_aws as aws
    aws.organizations.Organization(
        "org",
        aws_service_access_principals=["guardduty.amazonaws.com", "sso.amazonaws.com"],
        feature_set="ALL",
        opts=pulumi.ResourceOptions(protect=True, import_={import_!r}),
    )
"""
DROPS = OWNER.replace(', "sso.amazonaws.com"', "")
LEAVES_OUT = OWNER.replace('aws_service_access_principals=["guardduty.amazonaws.com", "sso.amazonaws.com"],', "")
FIXED = DROPS.replace("protect=True", 'protect=True, ignore_changes=["awsServiceAccessPrincipals"]')


def _trusted(stack) -> set[str]:
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    return {row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]}


def _program(text: str, import_: str | None = None) -> str:
    return text.replace("{import_!r}", repr(import_))


@pytest.fixture
def owner(new_stack: Callable):
    stack = new_stack(_program(OWNER, "o-exampleorg01"), deployed=True)
    assert _trusted(stack) == {"guardduty.amazonaws.com", SSO}
    return stack


@pytest.mark.parametrize("program", [DROPS, LEAVES_OUT], ids=["dropped from the list", "list left out"])
def test_without_the_pack_the_engine_really_disables_it(owner, program: str) -> None:
    owner.write(_program(program))
    owner.up()
    assert SSO not in _trusted(owner)
    assert "DisableAWSServiceAccess" in owner.session.operations()


@pytest.mark.parametrize("program", [DROPS, LEAVES_OUT], ids=["dropped from the list", "list left out"])
def test_with_the_pack_the_preview_fails_and_names_the_fix(owner, program: str, policies: str) -> None:
    owner.write(_program(program))
    result = owner.up("--policy-pack", policies, check=False)  # its preview fails, and nothing is updated
    assert result.code != 0
    assert "organization-keeps-sso" in result.text
    assert 'ignore_changes=["awsServiceAccessPrincipals"]' in result.text
    assert SSO in _trusted(owner)
    assert "DisableAWSServiceAccess" not in owner.session.operations()


def test_the_messages_fix_is_safe_and_passes_the_pack(owner, policies: str) -> None:
    owner.write(_program(FIXED))
    result = owner.up("--policy-pack", policies, "--refresh", previewed=True)
    assert result.code == 0
    assert _trusted(owner) == {"guardduty.amazonaws.com", SSO}
