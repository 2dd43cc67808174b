"""How often a question is put to an AWS that fails."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from pulumi_aws_identity_center.aws.client import Account, open_account
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
from pulumi_aws_identity_center.components.aws_reader import _open as open_for_component

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
