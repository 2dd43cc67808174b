"""A pipeline gets into a role with its provider's token, and nobody else with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

ACCOUNT, MEMBER = "111122223333", "222233334444"
HOST = "token.actions.githubusercontent.com"
SUBJECT = "repo:acme/platform:ref:refs/heads/main"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"


def token(**claims: Any) -> str:
    body = {"iss": f"https://{HOST}", "aud": "sts.amazonaws.com", "sub": SUBJECT, "exp": 4_000_000_000, **claims}
    encoded = base64.urlsafe_b64encode(json.dumps(body).encode()).decode().rstrip("=")
    return f"e30.{encoded}.signature"


@pytest.fixture
def running(aws: Callable) -> Any:
    """The role deployer trusts main of one repository; IAM is enforced."""
    found = aws("organization", enforce_iam=True)
    iam = found.client("iam")
    url = {"Url": f"https://{HOST}", "ThumbprintList": ["a" * 40]}
    iam.create_open_id_connect_provider(**url, ClientIDList=["sts.amazonaws.com", "other"])
    condition = {"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}}
    condition["StringLike"] = {f"{HOST}:sub": "repo:acme/platform:*"}
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": PROVIDER},
        "Condition": condition,
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust)
    reads = {"Effect": "Allow", "Action": ["iam:ListRoles", "iam:ListUsers"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [reads]})
    iam.put_role_policy(RoleName="deployer", PolicyName="p", PolicyDocument=document)
    return found


@pytest.fixture
def assume(running: Any) -> Callable[..., Any]:
    """The call as a pipeline makes it: without credentials."""
    options = {"config": Config(signature_version=UNSIGNED), "endpoint_url": running.endpoint}
    sts = boto3.session.Session().client("sts", region_name="us-east-1", **options)
    return lambda **more: sts.assume_role_with_web_identity(
        **{"RoleArn": ROLE, "RoleSessionName": "run", "WebIdentityToken": token(), **more}
    )


def test_the_session_has_what_the_role_and_its_session_policies_allow(
    running: Any, assume: Callable, code: Callable
) -> None:
    made = assume()
    assert made["SubjectFromWebIdentityToken"] == SUBJECT
    assert (made["Provider"], made["Audience"]) == (PROVIDER, "sts.amazonaws.com")
    assert made["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/run"
    iam = running.client("iam", credentials=made["Credentials"])
    iam.list_roles()
    iam.list_users()
    assert code(iam.list_groups) == "AccessDenied"
    statement = {"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"}
    narrow = assume(Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))["Credentials"]
    iam = running.client("iam", credentials=narrow)
    iam.list_roles()
    assert code(iam.list_users) == "AccessDenied"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"WebIdentityToken": token(sub="repo:acme/other:ref:refs/heads/main")}, "AccessDenied"),
        ({"WebIdentityToken": token(aud="other")}, "AccessDenied"),
        ({"WebIdentityToken": token(aud="stranger")}, "InvalidIdentityToken"),
        ({"WebIdentityToken": token(iss="https://other.example")}, "InvalidIdentityToken"),
        ({"WebIdentityToken": token(exp=1)}, "ExpiredTokenException"),
        ({"WebIdentityToken": token(sub=None)}, "InvalidIdentityToken"),
        ({"WebIdentityToken": "no.token"}, "InvalidIdentityToken"),
        ({"WebIdentityToken": token().rpartition(".")[0]}, "InvalidIdentityToken"),
        ({"RoleArn": f"{ROLE}x"}, "AccessDenied"),
        ({"DurationSeconds": 7_200}, "ValidationError"),
    ],
)
def test_who_is_not_let_in(assume: Callable, code: Callable, wrong: dict[str, Any], error: str) -> None:
    assert code(assume, **wrong) == error


def test_an_rcp_shuts_a_members_role(running: Any, assume: Callable, code: Callable) -> None:
    iam = running.client("iam", account=MEMBER)
    url = {"Url": f"https://{HOST}", "ThumbprintList": ["a" * 40]}
    arn = iam.create_open_id_connect_provider(**url, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    statement = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": arn}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    assume(RoleArn=role)
    organizations = running.client("organizations")
    organizations.enable_policy_type(RootId="r-exam", PolicyType="RESOURCE_CONTROL_POLICY")
    denied = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*"}
    content = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
    made = organizations.create_policy(Name="p", Description="", Type="RESOURCE_CONTROL_POLICY", Content=content)
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=MEMBER)
    assert code(assume, RoleArn=role) == "AccessDenied"
    assume()


def test_the_call_is_in_the_roles_trail_as_the_tokens_subject_without_the_token(running: Any, assume: Callable) -> None:
    assume()
    event = running.trail[-1]
    assert (event["eventName"], event["recipientAccountId"]) == ("AssumeRoleWithWebIdentity", ACCOUNT)
    assert event["userIdentity"]["type"] == "WebIdentityUser"
    assert (event["userIdentity"]["userName"], event["userIdentity"]["identityProvider"]) == (SUBJECT, PROVIDER)
    assert token() not in json.dumps(running.trail) + json.dumps(running.calls)


def test_what_is_not_signed_and_should_be_is_refused_and_saml_is_not_here(running: Any, code: Callable) -> None:
    options = {"config": Config(signature_version=UNSIGNED), "endpoint_url": running.endpoint}
    sts = boto3.session.Session().client("sts", region_name="us-east-1", **options)
    assert code(sts.get_caller_identity) == "MissingAuthenticationToken"
    given = {"RoleArn": ROLE, "PrincipalArn": f"arn:aws:iam::{ACCOUNT}:saml-provider/x", "SAMLAssertion": "abcd"}
    assert code(sts.assume_role_with_saml, **given) == "SandboxNotImplemented"
