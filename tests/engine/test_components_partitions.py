"""What the components declare, in another partition: created, unchanged at the next update, and the Sentinel acts."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

PROGRAM = """
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import OrganizationSso

trusted = "arn:{partition}:iam::111122223333:root"
role = {{"name": "operator", "permissions": ["enable", "observe"], "trustedPrincipals": [trusted]}}
reader = {{"managedPolicies": ["arn:{partition}:iam::aws:policy/ReadOnlyAccess"]}}
assignment = {{"groups": ["Operators"], "permissionSets": ["Reader"], "accounts": {{"all": True}}}}
matrix = {{"permissionSets": {{"Reader": reader}}, "assignments": [assignment]}}
OrganizationSso(
    "sso",
    {{"operatorRoles": [role], "sentinel": {{}}, "accessMatrix": matrix}},
    pulumi.ResourceOptions(providers=[aws.Provider("there", region="{region}")]),
)
"""
SSO = "sso.amazonaws.com"


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-northwest-1"), ("aws-us-gov", "us-gov-west-1")])
def test_everything_works_in_another_partition(new_stack: Callable, partition: str, region: str) -> None:
    program = PROGRAM.format(partition=partition, region=region)
    of_another = program.replace(f"{partition}:iam::aws:policy", "aws:iam::aws:policy")
    stack = new_stack(of_another)
    failed = stack.pulumi("preview", check=False)
    assert f"a policy of another partition: give one that begins with arn:{partition}:" in failed.text
    stack.write(program)
    assert "arn:aws:" not in stack.pulumi("preview", "--json").out
    stack.up()
    state = json.dumps(stack.state())
    assert f"arn:{partition}:lambda:{region}:" in state
    assert "arn:aws:" not in state
    stack.up("--expect-no-changes")

    aws = stack.session.aws
    organizations = aws.client("organizations", region=region)
    organizations.disable_aws_service_access(ServicePrincipal=SSO)
    assert aws.settle()
    enabled = organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert SSO in [row["ServicePrincipal"] for row in enabled]
