"""A healthy organization as facts, which a test then breaks in one place."""

from __future__ import annotations

import dataclasses
import datetime
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pulumi_aws_identity_center.audit.answers import Answer
from pulumi_aws_identity_center.audit.checks import Check, judge
from pulumi_aws_identity_center.audit.collect import Account
from pulumi_aws_identity_center.audit.facts import Facts, Instances

from sandbox.aws import EmbeddedAws

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
def instance() -> dict[str, Any]:
    return dict(INSTANCE)


@pytest.fixture
def judged(good: Facts) -> Callable[..., dict[str, Check]]:
    """The checks by id, on the good facts with changes; the last one of an id that has several."""

    def checks(expected: str | None = None, **changes: Any) -> dict[str, Check]:
        return {check.id: check for check in judge(dataclasses.replace(good, **changes), expected)}

    return checks


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing of this machine's AWS settings. One attempt a call, so that a fault which stays is told at once."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    isolated = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    for name, value in {**isolated, "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def aws_account(bare_environment: pytest.MonkeyPatch) -> Iterator[Callable[..., Account]]:
    """An account's view of an AWS of its own."""
    with EmbeddedAws("sso-enabled") as cloud:

        def open_it() -> Account:
            for name, value in cloud.environment().items():
                bare_environment.setenv(name, value)
            return Account()

        yield open_it
