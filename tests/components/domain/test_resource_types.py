"""The same AWS resource has one token here, whichever package declares it."""

from __future__ import annotations

from pulumi_aws_identity_center.domain.resource_types import bridged, canonical
from pulumi_aws_identity_center.gate.rules.by_type import JUDGED
from pulumi_aws_identity_center.names import GUARDED_TYPES

from tests.walk import walk


@walk(
    ("token", "own"),
    [
        ("aws:index/organizationsOrganization:OrganizationsOrganization", GUARDED_TYPES[0]),
        ("aws:index/organizationsAwsServiceAccess:OrganizationsAwsServiceAccess", GUARDED_TYPES[1]),
        ("aws:index/iamRole:IamRole", "aws:iam/role:Role"),
        ("aws:index/cloudformationStackSet:CloudformationStackSet", "aws:cloudformation/stackSet:StackSet"),
        ("aws:index/provider:Provider", "aws:index/provider:Provider"),
        ("aws:index/iam:Iam", "aws:index/iam:Iam"),
        ("aws:s3/bucket:Bucket", "aws:s3/bucket:Bucket"),
        ("", ""),
    ],
)
def test_a_bridged_token_is_known_as_the_aws_package_s(token: str, own: str) -> None:
    assert canonical(token) == own


def test_every_type_has_a_bridged_token_and_back() -> None:
    for token in JUDGED:
        if token.startswith("aws:"):
            assert bridged(token) != token
        assert canonical(bridged(token)) == token
