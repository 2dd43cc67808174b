"""Who one is, which roles can be assumed for how long, and what temporary credentials carry."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from sandbox.aws.authorization import principals
from tests.sandbox.aws.documents import OPEN_TRUST

MANAGEMENT, MEMBER = "111122223333", "222233334444"


@pytest.fixture
def role(running: Any) -> Callable[..., str]:
    """`role(name)` makes a role, sessions of which last up to two hours, and gives its ARN."""

    def make(name: str) -> str:
        created = running.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=OPEN_TRUST, MaxSessionDuration=7_200
        )
        return str(created["Role"]["Arn"])

    return make


@pytest.fixture
def user(running: Any) -> Callable[[], Any]:
    """A user u with a key: `user()` is STS as that user."""
    iam = running.client("iam")
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    return lambda: running.client("sts", credentials=key)


def test_a_session_with_a_code_needs_ones_own_device(
    running: Any, user: Callable, role: Callable, code: Callable
) -> None:
    iam, sts = running.client("iam"), user()
    wanted = {"RoleArn": role("one"), "RoleSessionName": "me"}
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"]
    assert code(sts.assume_role, **wanted, SerialNumber=serial, TokenCode="123456") == "AccessDenied"
    iam.enable_mfa_device(UserName="u", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")
    assert code(sts.assume_role, **wanted, SerialNumber=serial) == "AccessDenied"
    sts.assume_role(**wanted, SerialNumber=serial, TokenCode="123456")


@pytest.mark.parametrize(
    "role",
    ["none", "aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO", "wrong/path/OrganizationAccountAccessRole"],
)
def test_missing_and_service_linked_roles_are_not_assumed(aws: Callable, code: Callable, role: str) -> None:
    sts = aws("sso-enabled").client("sts")
    arn = f"arn:aws:iam::{MEMBER}:role/{role}"
    assert code(sts.assume_role, RoleArn=arn, RoleSessionName="me") == "AccessDenied"


def test_root_assumes_no_role(running: Any, role: Callable, code: Callable) -> None:
    root = {"AccessKeyId": principals.root_key(MANAGEMENT), "SecretAccessKey": "x"}
    sts = running.client("sts", credentials=root)
    assert code(sts.assume_role, RoleArn=role("one"), RoleSessionName="me") == "AccessDenied"


def test_a_session_lasts_no_longer_than_its_role_allows(running: Any, role: Callable, code: Callable) -> None:
    first, second = role("one"), role("two")
    sts = running.client("sts")
    assert code(sts.assume_role, RoleArn=first, RoleSessionName="me", DurationSeconds=7_201) == "ValidationError"
    session = sts.assume_role(RoleArn=first, RoleSessionName="me", DurationSeconds=7_200)["Credentials"]
    chained = running.client("sts", credentials=session)
    assert code(chained.assume_role, RoleArn=second, RoleSessionName="me", DurationSeconds=3_601) == "ValidationError"
    again = chained.assume_role(RoleArn=second, RoleSessionName="me", DurationSeconds=3_600)
    who = running.client("sts", credentials=again["Credentials"]).get_caller_identity()
    assert who["Arn"] == again["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{MANAGEMENT}:assumed-role/two/me"
    assert who["UserId"] == again["AssumedRoleUser"]["AssumedRoleId"]
    running.move_clock(3_600)
    assert code(running.client("sts", credentials=again["Credentials"]).get_caller_identity) == "ExpiredToken"
    chained.get_caller_identity()
    used = running.client("iam").get_role(RoleName="two")["Role"]["RoleLastUsed"]
    assert used["Region"] == "us-east-1"


def test_transitive_tags_and_source_identity_go_down_a_chain(running: Any, role: Callable, code: Callable) -> None:
    first, second = role("one"), role("two")
    tags = [{"Key": "team", "Value": "blue"}, {"Key": "cost", "Value": "7"}]
    session_arguments = {"RoleSessionName": "me", "Tags": tags, "TransitiveTagKeys": ["team"], "SourceIdentity": "ann"}
    assumed_role = running.client("sts").assume_role(RoleArn=first, **session_arguments)
    assert assumed_role["SourceIdentity"] == "ann"
    chained = running.client("sts", credentials=assumed_role["Credentials"])
    again = {"RoleArn": second, "RoleSessionName": "me"}
    assert code(chained.assume_role, **again, Tags=[{"Key": "Team", "Value": "red"}]) == "InvalidParameterValue"
    assert code(chained.assume_role, **again, SourceIdentity="bob") == "AccessDenied"
    last = chained.assume_role(**again, Tags=[{"Key": "cost", "Value": "8"}])
    assert last["SourceIdentity"] == "ann"
    session = running.world.sessions[last["Credentials"]["AccessKeyId"]]
    assert (session.tags, session.transitive) == ({"team": "blue", "cost": "8"}, {"team"})


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"Policy": "{"}, "MalformedPolicyDocument"),
        ({"Policy": json.dumps({"Version": "2012-10-17", "Statement": [], "Id": "x" * 2_048})}, "PackedPolicyTooLarge"),
        ({"PolicyArns": [{"arn": f"arn:aws:iam::{MANAGEMENT}:policy/none"}]}, "ValidationError"),
        ({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}] * 11}, "PackedPolicyTooLarge"),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}, "InvalidParameterValue"),
        ({"TransitiveTagKeys": ["a"]}, "InvalidParameterValue"),
    ],
)
def test_what_a_session_can_not_be_given(
    running: Any, role: Callable, code: Callable, wrong: dict[str, Any], error: str
) -> None:
    assert code(running.client("sts").assume_role, RoleArn=role("one"), RoleSessionName="me", **wrong) == error


def test_a_key_that_is_switched_off_is_nobodys(running: Any, user: Callable, code: Callable) -> None:
    iam, sts = running.client("iam"), user()
    (key,) = iam.list_access_keys(UserName="u")["AccessKeyMetadata"]
    iam.update_access_key(UserName="u", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert code(sts.get_caller_identity) == "InvalidClientTokenId"
    iam.update_access_key(UserName="u", AccessKeyId=key["AccessKeyId"], Status="Active")
    sts.get_caller_identity()


def test_a_keys_last_use_is_reported(running: Any, user: Callable) -> None:
    iam, sts = running.client("iam"), user()
    (key,) = iam.list_access_keys(UserName="u")["AccessKeyMetadata"]

    def used() -> tuple[Any, ...]:
        last_used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
        return last_used.get("LastUsedDate"), last_used["ServiceName"], last_used["Region"]

    assert used() == (None, "N/A", "N/A")
    sts.get_caller_identity()
    first = used()
    assert first[1:] == ("sts", "us-east-1")
    running.move_clock(60)
    sts.get_caller_identity()
    assert (used()[0] - first[0]).total_seconds() >= 60
    running.move_clock(60)
    iam.list_users()  # another's
    assert (used()[0] - first[0]).total_seconds() < 120


def test_unsigned_calls_are_refused_and_other_credentials_are_not_here(running: Any, code: Callable) -> None:
    options = {"config": Config(signature_version=UNSIGNED), "endpoint_url": running.endpoint}
    sts = boto3.session.Session().client("sts", region_name="us-east-1", **options)
    assert code(sts.get_caller_identity) == "MissingAuthenticationToken"
    role = {"RoleArn": f"arn:aws:iam::{MEMBER}:role/r"}
    assertion = {"PrincipalArn": f"arn:aws:iam::{MEMBER}:saml-provider/x", "SAMLAssertion": "abcd"}
    assert code(sts.assume_role_with_saml, **role, **assertion) == "SandboxNotImplemented"
    signed = running.client("sts")
    assert code(signed.get_session_token) == "SandboxNotImplemented"
    assert code(signed.get_federation_token, Name="bob") == "SandboxNotImplemented"
    assert code(signed.get_access_key_info, AccessKeyId="A" * 20) == "SandboxNotImplemented"
