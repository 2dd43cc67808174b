"""The components in another partition: a preview shows its ARNs.

The sandbox refuses the update: tests/sandbox/aws/server/test_embedded.py.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

PROGRAM = """
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import OrganizationSso

trusted = "arn:{partition}:iam::111122223333:root"
role = {{"name": "operator", "permissions": ["enable"], "trustedPrincipals": [trusted]}}
OrganizationSso(
    "sso",
    {{"whenNotEnabled": "warn", "operatorRoles": [role], "sentinel": {{}}}},
    pulumi.ResourceOptions(providers=[aws.Provider("there", region="{region}")]),
)
"""


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-northwest-1"), ("aws-us-gov", "us-gov-west-1")])
def test_a_preview_shows_the_partitions_arns(new_stack: Callable, partition: str, region: str) -> None:
    stack = new_stack(PROGRAM.format(partition=partition, region=region))
    preview = stack.pulumi("preview", "--json").out
    assert f"arn:{partition}:" in preview
    assert "arn:aws:lambda" not in preview
    assert "arn:aws:sns" not in preview
