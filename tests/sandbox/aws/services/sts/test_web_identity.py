"""A role for whoever has a token of an OIDC provider that the role trusts, and for nobody else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from tests.oidc import GITHUB, PRODUCTION, web_identity_token
from tests.walk import walk

TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
            "StringLike": {f"{GITHUB}:sub": "repo:octo/sign-in:environment:*"},
        },
    },
}


@pytest.fixture
def running(aws: Callable) -> Any:
    running = aws("organization")
    iam = running.client("iam")
    iam.create_open_id_connect_provider(Url=f"https://{GITHUB}", ClientIDList=["sts.amazonaws.com", "other"])
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=json.dumps(TRUST))
    return running


@pytest.fixture
def assume(running: Any) -> Callable[..., Any]:
    """`assume(token)`: the call that a job makes, which nobody has signed."""
    options = {"config": Config(signature_version=UNSIGNED), "endpoint_url": running.endpoint}
    sts = boto3.session.Session().client("sts", region_name="us-east-1", **options)

    def call(token: str, role: str = "ci") -> Any:
        arn = f"arn:aws:iam::111122223333:role/{role}"
        return sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="job", WebIdentityToken=token)

    return call


def _later() -> float:
    return time.time() + 600


def test_a_trusted_token_gets_a_session_of_the_role(running: Any, assume: Callable) -> None:
    answer = assume(web_identity_token(PRODUCTION, expires=_later()))
    assert answer["SubjectFromWebIdentityToken"] == PRODUCTION
    assert answer["Audience"] == "sts.amazonaws.com"
    assert answer["Provider"].endswith(GITHUB)
    sts = running.client("sts", credentials=answer["Credentials"])
    assert sts.get_caller_identity()["Arn"] == "arn:aws:sts::111122223333:assumed-role/ci/job"


@walk(
    ("subject", "claims", "error"),
    [
        ("repo:octo/other:environment:production", {}, "AccessDenied"),
        ("repo:octo/sign-in:pull_request", {}, "AccessDenied"),
        (PRODUCTION, {"audience": "other"}, "AccessDenied"),
        (PRODUCTION, {"audience": "unknown"}, "InvalidIdentityToken"),
        (PRODUCTION, {"issuer": "gitlab.example.com"}, "InvalidIdentityToken"),
        (PRODUCTION, {"expires": 1}, "ExpiredTokenException"),
    ],
)
def test_any_other_token_is_refused(
    assume: Callable, code: Callable, subject: str, claims: dict[str, Any], error: str
) -> None:
    assert code(assume, token=web_identity_token(subject, **{"expires": _later(), **claims})) == error


@walk("token", ["a.b.c", "not a token", "a.e30.c.d"])
def test_what_is_no_token_is_refused(assume: Callable, code: Callable, token: str) -> None:
    assert code(assume, token=token) == "InvalidIdentityToken"


def test_a_missing_role_is_refused_like_any_other(assume: Callable, code: Callable) -> None:
    assert code(assume, token=web_identity_token(PRODUCTION, expires=_later()), role="none") == "AccessDenied"
