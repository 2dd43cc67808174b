"""AWS's policies that are known without their documents: as moto has them from AWS, used where an input lacks them."""

from __future__ import annotations

import json

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable
from pulumi_aws_identity_center.domain import aws_managed_policies
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS, parse_document
from pulumi_aws_identity_center.names import ENABLE_ACTION

from tests.walk import walk

ALL = (*RELEVANT_ACTIONS, ENABLE_ACTION.lower())


@pytest.fixture(scope="module")
def published():
    policies = aws_managed_policies_data
    return json.loads(policies) if isinstance(policies, str) else policies


def everywhere(document):
    """What it allows without a condition."""
    plain = [s for s in document.statements if s.effect == "Allow" and not s.conditions]
    return frozenset().union(*(s.concerned(ALL) for s in plain))


def test_each_is_what_aws_published(published):
    for name, document in aws_managed_policies.KNOWN.items():
        assert everywhere(document) == everywhere(parse_document(published[name]["Document"])), name


def test_no_other_aws_managed_policy_grants_a_lock_out(published):
    lower = tuple(action.lower() for action in LOCK_OUT_ACTIONS)
    giving = {
        name
        for name, row in published.items()
        for s in parse_document(row["Document"]).statements
        if s.effect == "Allow" and not s.conditions and s.concerned(lower)
    }
    assert giving == set(aws_managed_policies.KNOWN) - {"IAMFullAccess"}


@walk("partition", ["aws", "aws-cn", "aws-us-gov"])
@walk("name", sorted(aws_managed_policies.KNOWN))
def test_an_input_without_their_documents_is_told_all_the_same(name, partition):
    arn = f"arn:{partition}:iam::aws:policy/{name}"
    ann = {"Arn": f"arn:{partition}:iam::111122223333:user/ann", "UserName": "ann"}
    page = {"UserDetailList": [{**ann, "AttachedManagedPolicies": [{"PolicyArn": arn, "PolicyName": name}]}]}
    report = who_can_disable(read_account([page], RELEVANT_ACTIONS))
    assert (len(report["principals"]), report["undetermined"]) == (1, [])
    assert report["principals"][0]["through"] == [arn]


def test_an_unknown_policy_is_undetermined_and_input_documents_win():
    arns = ["arn:aws:iam::aws:policy/Other", "arn:aws:iam::aws:policy/AdministratorAccess"]
    rows = [
        {
            "Arn": f"arn:aws:iam::111122223333:user/u{n}",
            "UserName": f"u{n}",
            "AttachedManagedPolicies": [{"PolicyArn": a}],
        }
        for n, a in enumerate(arns)
    ]
    nothing = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    versions = [{"IsDefaultVersion": True, "Document": nothing}]
    page = {"UserDetailList": rows, "Policies": [{"Arn": arns[1], "PolicyVersionList": versions}]}
    report = who_can_disable(read_account([page], RELEVANT_ACTIONS))
    assert report["principals"] == []
    assert [row["arn"].rpartition("/")[2] for row in report["undetermined"]] == ["u0"]
