from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest
from pulumi_aws_identity_center.audit.answers import KINDS, Answer, Facts
from pulumi_aws_identity_center.audit.checks import Check, judge, verdict

SINCE = datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC)
ARN = "arn:aws:sso:::instance/ssoins-1"
GOOD = Facts(
    region="us-east-1",
    caller=Answer({"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/ann"}),
    organization=Answer({"Id": "o-1", "MasterAccountId": "111122223333", "FeatureSet": "ALL"}),
    trusted=Answer([{"ServicePrincipal": "sso.amazonaws.com", "DateEnabled": SINCE}]),
    instances=Answer([{"InstanceArn": ARN}]),
    instance_region="us-east-1",
    instance=Answer({"Status": "ACTIVE", "IdentityStoreId": "d-1"}),
    role=Answer({"Arn": "arn:aws:iam::111122223333:role/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO"}),
    administrators=Answer([]),
)


def _judge(expected: str | None = None, **changes: Any) -> dict[str, Check]:
    return {check.id: check for check in judge(dataclasses.replace(GOOD, **changes), expected)}


def test_a_good_organization_is_healthy() -> None:
    checks = judge(GOOD)
    assert verdict(checks) == "healthy"
    assert all(check.remedy == "" for check in checks)
    assert len({check.id for check in checks}) == len(checks) == 7


@pytest.mark.parametrize(
    ("changes", "id_", "said"),
    [
        ({"trusted": Answer([])}, "trusted-access", "Trusted access is OFF"),
        ({"trusted": Answer([{"ServicePrincipal": "ram.amazonaws.com"}])}, "trusted-access", "Trusted access is OFF"),
        ({"instances": Answer([])}, "instance", "no Identity Center instance in any Region"),
        ({"instance": Answer({"Status": "CREATE_FAILED", "StatusReason": "KMS"})}, "instance", "CREATE_FAILED (KMS)"),
        ({"instance": Answer({"Status": "DELETE_IN_PROGRESS"})}, "instance", "DELETE_IN_PROGRESS"),
        (
            {"organization": Answer({"Id": "o", "MasterAccountId": "1", "FeatureSet": "CONSOLIDATED_BILLING"})},
            "all-features",
            "CONSOLIDATED_BILLING",
        ),
        (
            {"organization": Answer(kind="other", code="AWSOrganizationsNotInUseException")},
            "organization",
            "in no organization",
        ),
        (
            {"administrators": Answer([{"Id": "222233334444", "Status": "SUSPENDED"}])},
            "delegated-administrator",
            "SUSPENDED",
        ),
    ],
)
def test_what_is_broken_fails_and_says_what_to_do(changes: dict[str, Any], id_: str, said: str) -> None:
    checks = _judge(**changes)
    assert checks[id_].result == "fail"
    assert said in checks[id_].detail
    assert checks[id_].remedy
    assert verdict(list(checks.values())) == "unhealthy"


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    ("field", "id_"),
    [
        ("caller", "caller"),
        ("organization", "organization"),
        ("organization", "all-features"),
        ("trusted", "trusted-access"),
        ("instances", "instance"),
        ("instance", "instance"),
        ("role", "service-linked-role"),
        ("administrators", "delegated-administrator"),
    ],
)
def test_an_error_is_undetermined_says_its_kind_and_never_passes(field: str, id_: str, kind: str) -> None:
    checks = _judge(**{field: Answer(kind=kind, code="Code", message="message")})
    assert checks[id_].result == "undetermined"
    assert KINDS[kind][0] in checks[id_].detail
    assert checks[id_].remedy
    assert verdict(list(checks.values())) == "undetermined"


def test_a_failure_outweighs_what_could_not_be_told() -> None:
    checks = _judge(trusted=Answer([]), role=Answer(kind="denied"))
    assert verdict(list(checks.values())) == "unhealthy"


def test_no_checks_at_all_is_no_health() -> None:
    assert verdict([]) == "undetermined"


def test_an_instance_in_another_region_is_found_and_said() -> None:
    found = _judge(instance_region="eu-west-1")["instance"]
    assert found.result == "pass"
    assert "eu-west-1 (not in us-east-1, the Region asked for)" in found.detail


def test_no_instance_is_undetermined_while_a_region_is_silent() -> None:
    assert _judge(instances=Answer([]), not_searched=("me-south-1",))["instance"].result == "undetermined"


def test_a_member_account_is_told_that_it_is_one() -> None:
    checks = _judge(
        caller=Answer({"Account": "222233334444", "Arn": "a"}), trusted=Answer(kind="denied", code="AccessDenied")
    )
    assert "222233334444 is a member account" in checks["trusted-access"].detail


def test_the_expected_administrator_is_checked() -> None:
    assert _judge(expected="222233334444")["delegated-administrator"].result == "fail"
    registered = Answer([{"Id": "222233334444", "Name": "security", "Status": "ACTIVE"}])
    assert _judge(expected="222233334444", administrators=registered)["delegated-administrator"].result == "pass"
