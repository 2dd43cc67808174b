"""Which spellings of ignoreChanges the engine honours, and that the pack and `ignores_list` believe exactly those.

A spelling that looks good and does nothing is the worst case: the list is then applied, and trusted access goes.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pulumi_aws_identity_center.organization_list import ignores_list

LIST = "awsServiceAccessPrincipals"
HONOURED = [LIST, f'["{LIST}"]', "*", "[*]", '["*"]']
NOT_HONOURED = [
    f"{LIST}[*]",
    f"{LIST}[0]",
    f"{LIST}.*",
    f"['{LIST}']",
    f"[{LIST}]",
    f" {LIST}",
    f"{LIST} ",
    "aws_service_access_principals",
]

# A resource without Pulumi's typed class: its SDK then translates no names, as YAML and the others don't.
PROGRAM = """
    import pulumi
    pulumi.CustomResource(
        "aws:organizations/organization:Organization",
        "org",
        {{"awsServiceAccessPrincipals": {listed}, "featureSet": "ALL"}},
        pulumi.ResourceOptions(protect=True, ignore_changes={ignore!r}{more}),
    )
"""
TYPED = """
    import pulumi
    import pulumi_aws as aws
    aws.organizations.Organization(
        "org",
        aws_service_access_principals=[],
        opts=pulumi.ResourceOptions(protect=True, ignore_changes=["aws_service_access_principals"]),
    )
"""


@pytest.fixture
def stack(new_stack: Callable):
    listed = ["guardduty.amazonaws.com", "sso.amazonaws.com"]
    stack = new_stack(PROGRAM.format(listed=listed, ignore=[], more=', import_="o-exampleorg01"'))
    stack.up()
    return stack


def _disables(stack) -> bool:
    """Whether this program's update would take the principal away."""
    preview = json.loads(stack.pulumi("preview", "--json").out)
    return any(step["op"] == "update" and "Organization" in step["urn"] for step in preview["steps"])


def test_the_engine_honours_these_spellings_and_no_others_and_we_believe_the_same(stack) -> None:
    for spelling in (*HONOURED, *NOT_HONOURED):
        stack.write(PROGRAM.format(listed=[], ignore=[spelling], more=""))
        assert _disables(stack) is (spelling in NOT_HONOURED), spelling
        assert ignores_list([spelling]) is (spelling in HONOURED), spelling


def test_the_pack_refuses_a_spelling_that_does_nothing(stack, policies: str) -> None:
    stack.write(PROGRAM.format(listed=[], ignore=[f"{LIST}[*]"], more=""))
    result = stack.preview("--policy-pack", policies, check=False)
    assert result.code != 0
    assert "organization-keeps-sso" in result.text


def test_python_s_own_spelling_is_translated_before_engine_and_pack_see_it(stack, policies: str) -> None:
    stack.write(TYPED)
    assert not _disables(stack)
    assert "organization-keeps-sso" not in stack.preview("--policy-pack", policies, check=False).text


def test_importing_with_the_list_left_alone_takes_nothing_away(new_stack: Callable, policies: str) -> None:
    more = ', import_="o-exampleorg01"'
    without_list = PROGRAM.replace('"awsServiceAccessPrincipals": {listed}, ', "")
    stack = new_stack(without_list.format(ignore=[LIST], more=more))
    stack.up("--policy-pack", policies)
    assert "DisableAWSServiceAccess" not in stack.session.operations()
    stack.up("--policy-pack", policies, "--refresh")
    assert "DisableAWSServiceAccess" not in stack.session.operations()
