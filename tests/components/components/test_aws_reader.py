"""Whose credentials and Region a read takes: the explicit provider's, the configuration's, the environment's."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws_identity_center import TrustedAccess
from pulumi_aws_identity_center.aws.client import open_account
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
from pulumi_aws_identity_center.components import aws_reader
from pulumi_aws_identity_center.components.aws_reader import UNKNOWN_SIGN_IN, account_for, sign_in_of
from pulumi_aws_identity_center.components.program import Program

from sandbox.aws import EmbeddedAws
from tests.walk import walk

ROLE = "arn:aws:iam::111122223333:role/deployer"
DEPLOYER = {"roleArn": ROLE, "externalId": "shared", "sessionName": "ci", "tags": {"team_name": "red"}}


def _sign_in(deploy, options: Any = None, config: dict[str, str] | None = None) -> SignIn | None:
    sign_ins: list[SignIn | None] = []

    async def note(component: pulumi.Resource) -> None:
        sign_ins.append(await sign_in_of(component))

    def build() -> Any:
        pulumi.runtime.set_all_config({f"aws:{key}": value for key, value in (config or {}).items()})
        component = TrustedAccess("sso", {}, options() if options else None)
        return pulumi.Output.from_input(0).apply(lambda _: note(component))

    try:
        deploy(build)
    finally:
        pulumi.runtime.set_all_config({})
    [sign_in] = sign_ins
    return sign_in


def test_without_a_provider_the_configuration_counts(deploy) -> None:
    roles = json.dumps([{"roleArn": ROLE}])
    sign_in = _sign_in(deploy, config={"region": "eu-west-1", "profile": "work", "assumeRoles": roles})
    assert sign_in == SignIn(
        region="eu-west-1", profile="work", assume_roles=({"sessionName": "pulumi", "roleArn": ROLE},)
    )
    assert _sign_in(deploy) == SignIn()


def _explicit() -> pulumi.ResourceOptions:
    provider = aws.Provider(
        "other",
        region="eu-central-1",
        access_key="AKIAEXAMPLE",
        secret_key=pulumi.Output.secret("keep-me"),
        assume_roles=[{"role_arn": ROLE, "external_id": "shared", "session_name": "ci", "tags": {"team_name": "red"}}],
    )
    return pulumi.ResourceOptions(providers=[provider])


def test_an_explicit_provider_counts_and_its_secrets_are_not_shown(deploy) -> None:
    sign_in = _sign_in(deploy, _explicit, config={"region": "us-west-2"})
    assert sign_in == SignIn("eu-central-1", None, "AKIAEXAMPLE", "keep-me", assume_roles=(DEPLOYER,))
    assert "keep-me" not in repr(sign_in)


def test_one_whose_declaration_was_not_seen_counts_by_its_account(deploy, monkeypatch) -> None:
    deploy.preview = False
    monkeypatch.setattr(Program, "inputs_of", lambda *_: None)
    sign_in = _sign_in(deploy, _explicit)
    assert sign_in == SignIn("us-east-1", None, "AKIAEXAMPLE", "keep-me", account="999988887777")


def test_of_another_processs_provider_the_account_is_asked(deploy) -> None:
    def options() -> pulumi.ResourceOptions:
        # As a remote component gets it: a reference.
        reference = pulumi.resource.DependencyProviderResource("urn:pulumi:s::p::pulumi:providers:aws::other::id")
        return pulumi.ResourceOptions(providers=[reference])

    assert _sign_in(deploy, options) == SignIn("us-east-1", account="999988887777")


def test_a_sign_in_of_the_providers_alone_is_unknown(deploy) -> None:
    def options() -> pulumi.ResourceOptions:
        provider = aws.Provider("mine", region="eu-central-1", shared_credentials_files=["/x"])
        return pulumi.ResourceOptions(provider=provider)

    assert _sign_in(deploy, options) is None
    assert _sign_in(deploy, config={"assumeRoleWithWebIdentity": json.dumps({"roleArn": ROLE})}) is None
    assert "this process can't see" in UNKNOWN_SIGN_IN.reason


@walk(
    "roles",
    ["not JSON", "7", f'["{ROLE}"]', json.dumps([{"rolearn": ROLE}]), json.dumps([{"roleArn": ROLE, "tags": []}])],
)
def test_roles_that_the_provider_refuses_are_unknown(deploy, roles: str) -> None:
    assert _sign_in(deploy, config={"assumeRoles": roles}) is None


def test_in_a_unit_test_with_mocks_nothing_is_asked(deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_reader, "account_for", account_for)
    answers: list[Any] = []

    async def read(component: pulumi.Resource) -> None:
        answers.append(await account_for(component))

    def build() -> Any:
        component = TrustedAccess("sso")
        return pulumi.Output.from_input(0).apply(lambda _: read(component))

    deploy(build)
    assert answers == [UNKNOWN_SIGN_IN]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch):
    with EmbeddedAws() as started:
        for name, value in started.environment().items():
            monkeypatch.setenv(name, value)
        yield started


def test_a_read_assumes_the_roles_that_the_provider_would(cloud: EmbeddedAws) -> None:
    trust: dict[str, Any] = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"]}
    trust["Principal"] = {"AWS": "arn:aws:iam::111122223333:root"}
    trust["Condition"] = {"StringEquals": {"sts:ExternalId": "shared", "sts:RoleSessionName": "ci"}}
    cloud.client("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    services = _trusted(SignIn(assume_roles=(DEPLOYER,)))
    assert [row["ServicePrincipal"] for row in services.value or ()] == ["sso.amazonaws.com"], services
    assert ":assumed-role/deployer/ci" in str(cloud.calls[-1]["principal"])


def _trusted(sign_in: SignIn) -> Answer[Any]:
    account = open_account(sign_in)
    return account if account.value is None else account.value.trusted()


def test_another_account_than_the_providers_is_not_read(cloud: EmbeddedAws) -> None:
    assert _trusted(SignIn(account="111122223333")).ok
    answer = _trusted(SignIn(account="999988887777"))
    assert "another account (111122223333; the component's provider signs in to 999988887777)" in answer.reason


def test_an_error_of_aws_is_a_reason_and_no_exception(cloud: EmbeddedAws) -> None:
    assert "AssumeRole" in _trusted(SignIn(assume_roles=({"roleArn": f"{ROLE}-unknown"},))).reason
    assert not _trusted(SignIn(profile="none-such")).ok


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("AWS_ENDPOINT_URL", "nonsense", "the AWS configuration is not usable"),
        ("AWS_PROFILE", "nobody", "there are no credentials"),
    ],
)
def test_unusable_configuration_is_a_reason_and_no_error(
    cloud: EmbeddedAws, monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    assert reason in _trusted(SignIn()).reason
