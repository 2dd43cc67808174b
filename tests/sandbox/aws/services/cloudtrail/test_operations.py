"""Calls as CloudTrail records."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws.authorization import principals
from tests.sandbox.aws.documents import OPEN_TRUST

SSO = "sso.amazonaws.com"
MANAGEMENT, MEMBER = "111122223333", "222233334444"


def recorded(running: Any, call: Callable, **arguments: Any) -> dict[str, Any]:
    """The call's record in its caller's account."""
    before = len(running.trail)
    call(**arguments)
    event: dict[str, Any] = running.trail[before]
    return event


def test_disabling_trusted_access_is_recorded_as_event_rules_match_it(aws: Callable) -> None:
    running = aws("sso-enabled")
    client = running.client("organizations", region="eu-west-1")
    event = recorded(running, client.disable_aws_service_access, ServicePrincipal=SSO)
    assert event["eventSource"] == "organizations.amazonaws.com"
    assert event["eventName"] == "DisableAWSServiceAccess"
    assert event["requestParameters"] == {"servicePrincipal": SSO}
    assert event["awsRegion"] == "us-east-1"
    assert (event["readOnly"], event["responseElements"]) == (False, None)
    assert event["userIdentity"]["arn"] == f"arn:aws:sts::{MANAGEMENT}:assumed-role/Administrator/sandbox"
    assert event["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "Administrator"
    assert event["recipientAccountId"] == MANAGEMENT
    assert "errorCode" not in event


def test_a_refusal_is_recorded_with_its_error_whoever_refused(aws: Callable, code: Callable) -> None:
    running = aws("member", enforce_iam=True, faults=["iam:ListUsers:Throttling:1"])
    iam = running.client("iam")
    assert code(running.client("organizations").list_accounts) == "AccessDeniedException"
    assert code(iam.get_role, RoleName="none") == "NoSuchEntity"
    iam.create_user(UserName="u")
    poor = running.client("iam", credentials=iam.create_access_key(UserName="u")["AccessKey"])
    assert code(poor.list_roles) == "AccessDenied"
    assert code(iam.list_roles, MaxItems=1_001) == "ValidationError"
    iam.list_users()  # at the second try
    errors = [event["errorCode"] for event in running.trail if "errorCode" in event]
    expected = ["AccessDeniedException", "NoSuchEntityException", "AccessDenied", "ValidationError", "Throttling"]
    assert errors == expected
    assert all(event["errorMessage"] for event in running.trail if "errorCode" in event)


def test_a_record_has_the_id_that_its_answer_had(running: Any, code: Callable) -> None:
    for call in (
        running.client("organizations").list_roots,
        running.client("iam").list_users,  # moto's answer
        running.client("sts").get_caller_identity,  # ours, in XML
    ):
        answered = call()["ResponseMetadata"]["RequestId"]
        event = running.trail[-1]
        assert event["requestID"] == answered != event["eventID"]
    ids = [event[name] for event in running.trail for name in ("requestID", "eventID")]
    assert len(set(ids)) == len(ids)


def test_a_changes_answer_is_recorded_without_its_secrets(running: Any) -> None:
    iam, sts = running.client("iam"), running.client("sts")
    event = recorded(running, iam.create_role, RoleName="r", AssumeRolePolicyDocument=OPEN_TRUST)
    arn = f"arn:aws:iam::{MANAGEMENT}:role/r"
    assert event["responseElements"]["role"]["arn"] == arn
    assert recorded(running, iam.get_role, RoleName="r")["responseElements"] is None
    event = recorded(running, running.client("organizations").create_organizational_unit, ParentId="r-exam", Name="x")
    assert event["responseElements"]["organizationalUnit"]["name"] == "x"
    iam.create_user(UserName="u")
    access_key = iam.create_access_key(UserName="u")["AccessKey"]
    before = len(running.trail)
    event = recorded(running, sts.assume_role, RoleArn=arn, RoleSessionName="me")
    assert len(running.trail) == before + 1  # it is one of the own account
    assert "sharedEventID" not in event
    assert event["readOnly"] is True
    assert event["responseElements"]["credentials"]["accessKeyId"].startswith("ASIA")
    assert event["resources"] == [{"accountId": MANAGEMENT, "type": "AWS::IAM::Role", "ARN": arn}]
    assert access_key["SecretAccessKey"] not in json.dumps(running.trail)


def test_each_kind_of_caller_is_told_as_what_it_is(running: Any, code: Callable) -> None:
    iam = running.client("iam")
    user = iam.create_user(UserName="u")["User"]
    key = iam.create_access_key(UserName="u")["AccessKey"]
    role = iam.create_role(RoleName="r", Path="/of/", AssumeRolePolicyDocument=OPEN_TRUST)["Role"]
    assumed_role = running.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="me", SourceIdentity="ann")
    root = {"AccessKeyId": principals.root_key(MANAGEMENT), "SecretAccessKey": "x"}

    def who(credentials: dict[str, str]) -> dict[str, Any]:
        client = running.client("sts", credentials=credentials)
        identity: dict[str, Any] = recorded(running, client.get_caller_identity)["userIdentity"]
        assert (identity["accountId"], identity["accessKeyId"]) == (MANAGEMENT, credentials["AccessKeyId"])
        return identity

    assert (who(root)["type"], who(root)["principalId"]) == ("Root", MANAGEMENT)
    own = who(key)
    assert (own["type"], own["userName"], own["arn"], own["principalId"]) == (
        "IAMUser",
        "u",
        user["Arn"],
        user["UserId"],
    )
    assert "sessionContext" not in own
    own = who(assumed_role["Credentials"])
    assert (own["type"], own["principalId"]) == ("AssumedRole", f"{role['RoleId']}:me")
    context = own["sessionContext"]
    assert (context["sessionIssuer"]["arn"], context["sourceIdentity"]) == (role["Arn"], "ann")
    assert context["attributes"]["creationDate"].endswith("Z")
    session = assumed_role["Credentials"]
    running.move_clock(10**6)
    assert code(running.client("sts", credentials=session).get_caller_identity) == "ExpiredToken"
    assert running.trail[-1]["userIdentity"] == {"type": "Unknown", "accessKeyId": session["AccessKeyId"]}


def test_a_services_own_work_is_in_each_accounts_trail(running: Any) -> None:
    running.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
    creations = [event for event in running.trail if event["eventName"] == "CreateServiceLinkedRole"]
    assert {event["recipientAccountId"] for event in creations} == set(running.world.organization.accounts)
    assert creations[0]["userIdentity"] == {"type": "AWSService", "invokedBy": SSO}
    assert (creations[0]["eventSource"], creations[0]["sourceIPAddress"]) == ("iam.amazonaws.com", SSO)
    assert [event["eventName"] for event in running.trail if event["recipientAccountId"] == MEMBER] == [
        "CreateServiceLinkedRole"
    ]
    running.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
    assert len(creations) == len([event for event in running.trail if event["eventName"] == "CreateServiceLinkedRole"])


def test_a_role_taken_from_another_account_is_in_both_trails(running: Any, code: Callable) -> None:
    sts = running.client("sts")
    arn = f"arn:aws:iam::{MEMBER}:role/OrganizationAccountAccessRole"
    sts.assume_role(RoleArn=arn, RoleSessionName="me")
    ours, theirs = running.trail[-2:]
    assert [event["recipientAccountId"] for event in (ours, theirs)] == [MANAGEMENT, MEMBER]
    assert ours["sharedEventID"] == theirs["sharedEventID"]
    assert ours["eventID"] != theirs["eventID"]
    assert theirs["userIdentity"]["type"] == "AWSAccount"
    assert theirs["userIdentity"]["accountId"] == MANAGEMENT
    assert code(sts.assume_role, RoleArn=f"{arn}x", RoleSessionName="me") == "AccessDenied"
    assert running.trail[-1]["recipientAccountId"] == MANAGEMENT  # the refusal is in the caller's trail alone
    assert running.trail[-2] == theirs


def test_no_secret_is_in_a_record_at_any_depth(running: Any) -> None:
    iam = running.client("iam")
    iam.create_user(UserName="someone")
    iam.create_login_profile(UserName="someone", Password="hunter2hunter2")
    assert "hunter2" not in json.dumps([running.trail, running.calls])


def test_the_oldest_go_when_the_trail_is_full(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.aws.services.cloudtrail.trail.KEPT", 20)
    sts = running.client("sts")
    for _ in range(21):
        sts.get_caller_identity()
    ids = [event["eventID"] for event in running.trail]
    assert len(ids) == len(set(ids)) == 19  # a tenth makes room
