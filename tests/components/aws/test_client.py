"""How often a question is put to an AWS that fails, and by which SAML provider people sign in to an account."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from pulumi_aws_identity_center.aws.client import Account, open_account, sign_in_provider
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
from pulumi_aws_identity_center.components.aws_reader import _open as open_for_component

from tests.walk import walk

SIGN_IN = SignIn(region="us-east-1", access_key="AKIAEXAMPLE", secret_key="secret")


class _Body(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.getvalue()


@pytest.mark.parametrize(
    ("open_", "attempts"),
    [
        pytest.param(open_account, 3, id="command"),
        pytest.param(open_for_component, 2, id="component"),
    ],
)
def test_the_environment_gives_attempts_to_commands_alone(
    bare_environment: pytest.MonkeyPatch, open_: Callable[[SignIn], Answer[Account]], attempts: int
) -> None:
    bare_environment.setenv("AWS_MAX_ATTEMPTS", "3")
    bare_environment.setenv("AWS_RETRY_MODE", "standard")
    urls = []

    def fail(request: AWSRequest, **_: object) -> AWSResponse:
        urls.append(request.url)
        return AWSResponse(request.url, 500, {}, _Body(b"{}"))

    account = open_(SIGN_IN).value
    assert account is not None
    account.client("organizations").meta.events.register("before-send", fail)
    assert account.trusted().kind == "unavailable"
    assert len(urls) == attempts


_PREFIX = "arn:aws:iam::111122223333:saml-provider/"
_OURS, _OTHERS = f"{_PREFIX}AWSSSO_0123456789abcdef_DO_NOT_DELETE", f"{_PREFIX}AWSSSO_fedcba9876543210_DO_NOT_DELETE"
_NOBODY = {"Service": "sso.amazonaws.com"}


@walk(
    ("providers", "trusts", "provider", "role"),
    [
        ([_OURS], [{"Federated": _OURS}] * 2, _OURS, ""),
        ([_OTHERS], [{"Federated": _OURS}], "", "role0"),  # what another organization left signs nobody in
        ([_OURS], [{"Federated": _OTHERS}, {"Federated": _OURS}], _OURS, "role0"),
        ([_OURS], [{"Federated": [_OTHERS, _OURS]}], _OURS, ""),
        ([_OURS], [_NOBODY], _OURS, ""),
        ([], [_NOBODY], "", "role0"),
        ([f"{_PREFIX}Okta"], [{"Federated": f"{_PREFIX}Okta"}], "", "role0"),
        ([_OURS], [], "", ""),
    ],
)
def test_people_sign_in_by_a_provider_that_a_role_trusts(
    providers: list[str], trusts: list[Any], provider: str, role: str
) -> None:
    roles = [
        {"Arn": f"role{number}", "AssumeRolePolicyDocument": {"Statement": [{"Principal": trust}]}}
        for number, trust in enumerate(trusts)
    ]
    pages = SimpleNamespace(paginate=lambda PathPrefix: [{"Roles": roles[:1]}, {"Roles": roles[1:]}])
    listed = {"SAMLProviderList": [{"Arn": arn} for arn in providers]}
    iam = SimpleNamespace(list_saml_providers=lambda: listed, get_paginator=lambda operation: pages)
    assert sign_in_provider(iam) == {"provider": provider, "role": role}
