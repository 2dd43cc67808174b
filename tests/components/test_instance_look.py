from __future__ import annotations

import pytest
from pulumi_aws_identity_center.errors import NotPossibleHere
from pulumi_aws_identity_center.instance_look import explain_absence, is_organizations, judge
from pulumi_aws_identity_center.live import NotRead
from pulumi_aws_identity_center.preconditions import explain_instances_failure

ARN = "arn:aws:sso:::instance/ssoins-1"


def test_the_four_reasons_are_four_sentences_with_four_remedies() -> None:
    nowhere = explain_absence("us-east-1", [])
    elsewhere = explain_absence("us-east-1", [{"InstanceArn": ARN, "PrimaryRegion": "eu-west-1"}])
    denied = str(explain_instances_failure("operation error: AccessDeniedException: no"))
    with pytest.raises(NotPossibleHere) as caught:
        judge({"Status": "CREATE_FAILED", "StatusReason": "the key is disabled"}, ARN)
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
    rows = [{"InstanceArn": ARN, "PrimaryRegion": "eu-west-1", "OwnerAccountId": "222233334444"}]
    assert "pulumi config set aws:region" not in explain_absence("us-east-1", rows, "111122223333")
    assert f"{ARN} is account 222233334444's own." in explain_absence("us-east-1", rows, "111122223333")
    assert "aws:region eu-west-1" in explain_absence("us-east-1", rows, "222233334444")


@pytest.mark.parametrize(
    ("row", "management", "its"),
    [
        ({"OwnerAccountId": "1"}, "1", True),
        ({"OwnerAccountId": "2"}, "1", False),
        ({"OwnerAccountId": "2"}, None, True),
        ({}, "1", True),
        (NotRead("denied"), "1", True),
    ],
)
def test_what_cannot_be_told_is_taken_for_the_organizations(row, management, its: bool) -> None:
    assert is_organizations(row, management) is its


def test_where_other_regions_could_not_be_looked_in_it_says_so() -> None:
    sentence = explain_absence("us-east-1", NotRead("access was denied"))
    assert "could not be looked up: access was denied." in sentence
    assert "choose Enable" in sentence


@pytest.mark.parametrize("status", ["ACTIVE", "CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS"])
def test_any_other_status_is_awss_own_word(status: str) -> None:
    assert judge({"Status": status}, ARN) == status


def test_what_cannot_be_read_is_never_active() -> None:
    assert judge(NotRead("denied"), ARN) == "UNDETERMINED"
    assert judge({}, ARN) == "UNDETERMINED"


def test_a_failure_without_a_reason_is_still_a_failure() -> None:
    with pytest.raises(NotPossibleHere, match="AWS gives no reason"):
        judge({"Status": "CREATE_FAILED"}, ARN)
