from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center import Instance
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.components.instance_checks import explain_absence, is_organizations, judge
from pulumi_aws_identity_center.domain.preconditions import explain_instances_failure
from pulumi_aws_identity_center.errors import NotPossibleHere

from tests.walk import walk

ARN = "arn:aws:sso:::instance/ssoins-1"
DENIED: Answer[Any] = Answer(kind="denied")


def test_the_four_reasons_are_four_sentences_with_four_remedies() -> None:
    nowhere = explain_absence("us-east-1", Answer([]))
    elsewhere = explain_absence("us-east-1", Answer([{"InstanceArn": ARN, "PrimaryRegion": "eu-west-1"}]))
    denied = str(explain_instances_failure("operation error: AccessDeniedException: no"))
    with pytest.raises(NotPossibleHere) as caught:
        judge(Answer({"Status": "CREATE_FAILED", "StatusReason": "the key is disabled"}), ARN)
    remedies = {
        "choose Enable": nowhere,
        "pulumi config set aws:region eu-west-1": elsewhere,
        "identity-center document observe": denied,
        "mend what the reason names": str(caught.value),
    }
    for remedy, own in remedies.items():
        assert [sentence for sentence in remedies.values() if remedy in sentence] == [own]
    assert "the key is disabled" in str(caught.value)


def test_a_member_accounts_own_instance_elsewhere_is_not_the_organizations() -> None:
    rows = Answer([{"InstanceArn": ARN, "PrimaryRegion": "eu-west-1", "OwnerAccountId": "222233334444"}])
    assert "pulumi config set aws:region" not in explain_absence("us-east-1", rows, "111122223333")
    assert f"{ARN} is account 222233334444's own." in explain_absence("us-east-1", rows, "111122223333")
    assert "aws:region eu-west-1" in explain_absence("us-east-1", rows, "222233334444")


@walk(
    ("row", "management", "its"),
    [
        ({"OwnerAccountId": "1"}, "1", True),
        ({"OwnerAccountId": "2"}, "1", False),
        ({"OwnerAccountId": "2"}, None, True),
        ({}, "1", True),
    ],
)
def test_what_cannot_be_told_is_taken_for_the_organizations(row, management, its: bool) -> None:
    assert is_organizations(row, management) is its


def test_it_says_which_regions_could_not_be_read() -> None:
    sentence = explain_absence("us-east-1", DENIED)
    assert "could not be looked up: access was denied." in sentence
    assert "choose Enable" in sentence


@walk("status", ["ACTIVE", "CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS"])
def test_any_other_status_is_awss_own_word(status: str) -> None:
    assert judge(Answer({"Status": status}), ARN) == status


def test_what_cannot_be_read_is_never_active() -> None:
    assert judge(DENIED, ARN) == "UNDETERMINED"
    assert judge(Answer({}), ARN) == "UNDETERMINED"


def test_a_failure_without_a_reason_is_still_a_failure() -> None:
    with pytest.raises(NotPossibleHere, match="AWS gives no reason"):
        judge(Answer({"Status": "CREATE_FAILED"}), ARN)


ORGANIZATION = "aws:organizations/getOrganization:getOrganization"
INSTANCES = "aws:ssoadmin/getInstances:getInstances"
NOT_IN_USE = "operation error: AWSOrganizationsNotInUseException: Your account is not a member of an organization."


def _without(
    deploy: Any, monkeypatch: pytest.MonkeyPatch, organization: dict[str, Any] | str, **instances: Any
) -> None:
    """An account with that organization; or where reading it ends in that error."""
    deploy.functions[INSTANCES] = {"arns": [], "identityStoreIds": [], **instances}
    if isinstance(organization, dict):
        deploy.functions[ORGANIZATION] = {**deploy.functions[ORGANIZATION], **organization}
        return

    async def fail(*_: Any) -> Any:
        raise Exception(organization)

    monkeypatch.setattr("pulumi_aws_identity_center.components.instance_checks.organization_of", fail)


LACKS = [
    (NOT_IN_USE, "This account is in no AWS organization"),
    ({"featureSet": "CONSOLIDATED_BILLING"}, "has the feature set CONSOLIDATED_BILLING"),
]


@pytest.mark.parametrize(("organization", "said"), LACKS)
def test_missing_preconditions_are_told_first(
    deploy: Any, monkeypatch: pytest.MonkeyPatch, organization: Any, said: str
) -> None:
    _without(deploy, monkeypatch, organization)
    with pytest.raises(pulumi.RunError, match=f"^{said if said[0] == 'T' else 'The organization ' + said}") as caught:
        deploy(lambda: Instance("it", {}).status)
    assert "Then open the IAM Identity Center console" in str(caught.value)
    assert "To go on without it, set whenNotEnabled to warn." in str(caught.value)
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: warned.append(text))
    assert deploy(lambda: Instance("it", {"whenNotEnabled": "warn"}).status).value == "NOT_ENABLED"
    assert warned == [str(caught.value)]


@pytest.mark.parametrize("organization", ["AccessDeniedException: no", {"featureSet": "ALL"}])
def test_only_a_missing_organization_is_told_as_missing(
    deploy: Any, monkeypatch: pytest.MonkeyPatch, organization: Any
) -> None:
    _without(deploy, monkeypatch, organization)
    with pytest.raises(pulumi.RunError, match=r"^IAM Identity Center has no organization instance in us-east-1"):
        deploy(lambda: Instance("it", {}).status)


@pytest.mark.parametrize(("organization", "said"), LACKS)
def test_an_organization_that_the_program_makes_is_not_missing(
    deploy: Any, monkeypatch: pytest.MonkeyPatch, organization: Any, said: str
) -> None:
    import pulumi_aws as aws

    _without(deploy, monkeypatch, organization)

    def build() -> Any:
        organization = aws.organizations.Organization("it", feature_set="ALL")
        return pulumi.Output.all(Instance("it", {}, pulumi.ResourceOptions(depends_on=[organization])).status)

    with pytest.raises(pulumi.RunError, match="no organization instance") as caught:
        deploy(build)
    assert said not in str(caught.value)


def test_an_account_instance_is_not_an_organizations(deploy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have one: docs.aws.amazon.com/singlesignon/latest/userguide/identity-center-instances.html."""
    _without(deploy, monkeypatch, NOT_IN_USE, arns=[ARN], identityStoreIds=["d-1"])
    deploy.aws.status = lambda _: Answer({"Status": "ACTIVE", "OwnerAccountId": "111122223333"})
    with pytest.raises(pulumi.RunError, match="This account is in no AWS organization"):
        deploy(lambda: Instance("it", {}).status)
