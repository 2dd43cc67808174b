"""Reading a live account that breaks off, or of which little is known."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pulumi_aws_identity_center.access import live_account
from pulumi_aws_identity_center.access.live_account import NotManagementAccount, NotReadable, live
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable
from pulumi_aws_identity_center.aws.results import Answer

from tests.walk import walk

EVERYTHING = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
NOT_TOLD: Answer[Any] = Answer(kind="denied")
NO_INSTANCE: Answer[Any] = Answer([])
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetAccountAuthorizationDetails")


def page(name, more):
    inline = [{"PolicyName": "p", "PolicyDocument": EVERYTHING}]
    row = {"Arn": f"arn:aws:iam::111122223333:user/{name}", "UserName": name, "UserPolicyList": inline}
    return {"UserDetailList": [row], "IsTruncated": more}


OURS = Answer({"Id": "o-1", "MasterAccountId": "111122223333", "FeatureSet": "ALL"})


class Aws:
    """An account with prepared answers; an exception among the pages is raised in its place."""

    region = "us-east-1"

    def __init__(self, pages, organization=OURS, account="111122223333", instances=NO_INSTANCE, status=NOT_TOLD):
        self._pages, self._organization, self._account = pages, organization, account
        self._instances, self._status = instances, status

    def instances(self):
        return self._instances

    def status(self, _arn, _region):
        return self._status

    def organization(self):
        return self._organization

    def caller(self):
        return Answer({"Account": self._account}) if self._account else NOT_TOLD

    def authorization_pages(self):
        for page in self._pages:
            if isinstance(page, Exception):
                raise page
            yield page


@pytest.fixture
def reading(monkeypatch):
    def read(*arguments, **options):
        monkeypatch.setattr(live_account, "open_account", lambda *_: Answer(Aws(*arguments, **options)))
        return live(None, None, RELEVANT_ACTIONS)

    return read


@walk("error", [DENIED, EndpointConnectionError(endpoint_url="http://127.0.0.1"), ValueError("x")])
def test_an_error_keeps_the_pages_before_it(reading, error):
    account = reading([page("ann", True), error])
    report = who_can_disable(account)
    assert [row["arn"].rpartition("/")[2] for row in report["principals"]] == ["ann"]
    assert "broke off" in report["undetermined"][0]["detail"]


@walk("error", [DENIED, EndpointConnectionError(endpoint_url="http://127.0.0.1"), KeyError("x")])
def test_an_error_on_the_first_page_is_a_sentence(reading, error):
    with pytest.raises(NotReadable, match=r"^Could not read the account's IAM: .*\.$"):
        reading([error])


def test_all_pages_are_one_account(reading):
    account = reading([page("ann", True), page("bob", False)])
    assert [principal.name for principal in account.principals] == ["ann", "bob"]
    assert (account.incomplete, account.lacks) == ("", "")


@pytest.mark.parametrize("unread", [{"organization": NOT_TOLD}, {"account": ""}])
def test_what_may_be_a_member_account_is_undetermined(reading, unread):
    report = who_can_disable(reading([page("ann", False)], **unread))
    assert [row["arn"] for row in report["undetermined"]] == ["*"]
    assert "management account could not be read" in report["undetermined"][0]["detail"]


def test_an_account_without_an_organization_is_judged_as_it_is(reading):
    alone: Answer[Any] = Answer(kind="other", code="AWSOrganizationsNotInUseException")
    account = reading([page("ann", False)], alone)
    assert (account.known, account.lacks) == ({}, "")


def test_a_member_account_is_refused(reading):
    assert reading([page("ann", False)]).known == {"aws:PrincipalOrgID": "o-1"}
    with pytest.raises(NotManagementAccount, match="444455556666"):
        reading([page("ann", False)], account="444455556666")


KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
INSTANCE = Answer([{"InstanceArn": "arn:aws:sso:::instance/ssoins-1", "PrimaryRegion": "us-east-1"}])


def encrypted(key_type, **more):
    return Answer({"Status": "ACTIVE", "EncryptionConfigurationDetails": {"KeyType": key_type, **more}})


def test_whoever_may_disable_the_instances_key_is_listed(reading):
    clerk = page("clerk", False)
    clerk["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"] = {
        "Statement": {"Effect": "Allow", "Action": "kms:DisableKey", "Resource": "*"}
    }
    theirs = encrypted("CUSTOMER_MANAGED_KEY", KmsKeyArn=KEY)
    with_key = who_can_disable(reading([clerk], instances=INSTANCE, status=theirs))
    assert [row["actions"] for row in with_key["principals"]] == [["kms:DisableKey"]]
    for status in (encrypted("AWS_OWNED_KMS_KEY"), Answer({"Status": "ACTIVE"})):
        report = who_can_disable(reading([clerk], instances=INSTANCE, status=status))
        assert report == {"principals": [], "undetermined": []}


@pytest.mark.parametrize("answers", [{"instances": NOT_TOLD}, {"instances": INSTANCE, "status": NOT_TOLD}])
def test_an_unreadable_instance_leaves_its_key_undetermined(reading, answers):
    report = who_can_disable(reading([page("ann", False)], **answers))
    assert [row["arn"] for row in report["undetermined"]] == ["*"]
    assert "customer managed key" in report["undetermined"][0]["detail"]
