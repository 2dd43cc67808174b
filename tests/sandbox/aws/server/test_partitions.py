"""China and GovCloud: the world's resources by the partition's names, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable

import botocore.exceptions
import pytest

from tests.walk import walk

IN_CHINA = {"partition": "aws-cn", "region": "cn-northwest-1", "other_region": "cn-north-1"}
IN_GOVCLOUD = {"partition": "aws-us-gov", "region": "us-gov-west-1", "other_region": "us-gov-east-1"}


@walk("there", [IN_CHINA, IN_GOVCLOUD])
def test_every_arn_and_region_is_the_partitions(aws: Callable, there: dict[str, str]) -> None:
    cloud, partition, region = aws("sso-enabled"), there["partition"], there["region"]
    topic = cloud.client("sns", region=region).create_topic(Name="letters")["TopicArn"]
    assert topic == f"arn:{partition}:sns:{region}:111122223333:letters"
    elsewhere = cloud.client("sns", region=there["other_region"])
    assert elsewhere.list_topics()["Topics"] == []
    assert f":{there['other_region']}:" in elsewhere.create_topic(Name="letters")["TopicArn"]
    [instance] = cloud.client("sso-admin", region=region).list_instances()["Instances"]
    assert instance["InstanceArn"].startswith(f"arn:{partition}:sso:::")
    assert cloud.client("sts", region=region).get_caller_identity()["Arn"].startswith(f"arn:{partition}:sts::")


@walk("there", [IN_CHINA, IN_GOVCLOUD])
def test_a_policy_document_comes_back_as_it_was_given(aws: Callable, there: dict[str, str]) -> None:
    iam = aws("sso-enabled").client("iam", region=there["region"])
    resources = [
        f"arn:{there['partition']}:sns:{there['region']}:111122223333:a",
        "arn:aws:sns:us-east-1:111122223333:a",
    ]
    statement = {"Effect": "Allow", "Action": "sns:Publish", "Resource": resources}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(RoleName="auditor", PolicyName="publish", PolicyDocument=json.dumps(document))
    assert iam.get_role_policy(RoleName="auditor", PolicyName="publish")["PolicyDocument"] == document


@walk("there", [IN_CHINA, IN_GOVCLOUD])
def test_an_arn_of_the_wrong_partition_names_nothing(aws: Callable, there: dict[str, str]) -> None:
    iam = aws("sso-enabled").client("iam", region=there["region"])
    right = f"arn:{there['partition']}:iam::aws:policy/ReadOnlyAccess"
    iam.attach_role_policy(RoleName="auditor", PolicyArn=right)
    assert right in [
        row["PolicyArn"] for row in iam.list_attached_role_policies(RoleName="auditor")["AttachedPolicies"]
    ]
    with pytest.raises(botocore.exceptions.ClientError, match="NoSuchEntity"):
        iam.attach_role_policy(RoleName="auditor", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
