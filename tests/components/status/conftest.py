"""A healthy organization as facts, which a test then breaks in one place."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.status.checks import Check, judge
from pulumi_aws_identity_center.status.facts import Facts, Instances
from pulumi_aws_identity_center.status.report import condensed
from pulumi_aws_identity_center.status.terminal_report import terminal_lines

SINCE = datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
INSTANCE = {
    "InstanceArn": "arn:aws:sso:::instance/ssoins-1",
    "OwnerAccountId": "111122223333",
    "IdentityStoreId": "d-1",
    "Status": "ACTIVE",
    "PrimaryRegion": "us-east-1",
    "Region": "us-east-1",
}


@pytest.fixture
def good() -> Facts:
    return Facts(
        region="us-east-1",
        caller=Answer({"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/ann"}),
        organization=Answer({"Id": "o-1", "MasterAccountId": "111122223333", "FeatureSet": "ALL"}),
        trusted=Answer([{"ServicePrincipal": "sso.amazonaws.com", "DateEnabled": SINCE}]),
        administrators=Answer([]),
        instances=Instances(Answer([INSTANCE])),
        status=Answer(INSTANCE),
        role=Answer({"Arn": "arn:aws:iam::111122223333:role/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO"}),
        directories=Answer([]),
        sentinels=Answer([]),
    )


@pytest.fixture
def rows() -> Callable[[Sequence[Check]], int]:
    """How many rows of a terminal of 80 columns the report takes; a long command takes two."""

    def count(checks: Sequence[Check]) -> int:
        lines = list(terminal_lines(condensed(checks), 80))
        return sum(max(1, math.ceil(len(line.text) / 80)) for line in lines)

    return count


@pytest.fixture
def instance() -> dict[str, Any]:
    return dict(INSTANCE)


@pytest.fixture
def judged(good: Facts) -> Callable[..., dict[str, Check]]:
    """The checks by id, on the good facts with changes; the last one of an id that has several."""

    def checks(expected: str | None = None, **changes: Any) -> dict[str, Check]:
        return {check.id: check for check in judge(dataclasses.replace(good, **changes), expected)}

    return checks
