"""Whose credentials and Region a read takes: the explicit provider's, the configuration's, the environment's."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws_identity_center import TrustedAccess
from pulumi_aws_identity_center.aws.provider_session import UNKNOWN_SETTINGS, NotRead, Reader, Settings
from pulumi_aws_identity_center.components.aws_reader import reader_of, settings_of
from pulumi_aws_identity_center.components.program import Program

from sandbox.aws import EmbeddedAws

ROLE = "arn:aws:iam::111122223333:role/deployer"
DEPLOYER = {"roleArn": ROLE, "externalId": "shared", "sessionName": "ci", "tags": {"team_name": "red"}}


def _settings(deploy, options: Any = None, config: dict[str, str] | None = None) -> Settings | None:
    all_settings: list[Settings | None] = []

    async def note(component: pulumi.Resource) -> None:
        all_settings.append(await settings_of(component))

    def build() -> Any:
        pulumi.runtime.set_all_config({f"aws:{key}": value for key, value in (config or {}).items()})
        component = TrustedAccess("sso", {}, options() if options else None)
        return pulumi.Output.from_input(0).apply(lambda _: note(component))

    try:
        deploy(build)
    finally:
        pulumi.runtime.set_all_config({})
    [settings] = all_settings
    return settings


def test_without_a_provider_the_configuration_counts(deploy) -> None:
    roles = json.dumps([{"roleArn": ROLE}])
    settings = _settings(deploy, config={"region": "eu-west-1", "profile": "work", "assumeRoles": roles})
    assert settings == Settings(region="eu-west-1", profile="work", assume_roles=roles)
    assert _settings(deploy) == Settings()


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
    settings = _settings(deploy, _explicit, config={"region": "us-west-2"})
    assert settings == Settings("eu-central-1", None, "AKIAEXAMPLE", "keep-me", assume_roles=json.dumps([DEPLOYER]))
    assert "keep-me" not in repr(settings)


def test_one_whose_declaration_was_not_seen_counts_by_its_account(deploy, monkeypatch) -> None:
    deploy.preview = False
    monkeypatch.setattr(Program, "inputs_of", lambda *_: None)
    settings = _settings(deploy, _explicit)
    assert settings == Settings("us-east-1", None, "AKIAEXAMPLE", "keep-me", account="999988887777")


def test_of_another_processs_provider_the_account_is_asked(deploy) -> None:
    def options() -> pulumi.ResourceOptions:
        # As a remote component gets it: a reference.
        reference = pulumi.resource.DependencyProviderResource("urn:pulumi:s::p::pulumi:providers:aws::other::id")
        return pulumi.ResourceOptions(providers=[reference])

    assert _settings(deploy, options) == Settings("us-east-1", account="999988887777")


def test_a_sign_in_of_the_providers_alone_is_unknown(deploy) -> None:
    def options() -> pulumi.ResourceOptions:
        provider = aws.Provider("mine", region="eu-central-1", shared_credentials_files=["/x"])
        return pulumi.ResourceOptions(provider=provider)

    assert _settings(deploy, options) is None
    assert _settings(deploy, config={"assumeRoleWithWebIdentity": json.dumps({"roleArn": ROLE})}) is None
    assert "can't be seen" in str(Reader(None).trusted_services())


@pytest.mark.parametrize(
    "roles",
    ["not JSON", "7", f'["{ROLE}"]', json.dumps([{"rolearn": ROLE}]), json.dumps([{"roleArn": ROLE, "tags": []}])],
)
def test_roles_that_the_provider_refuses_are_unknown(deploy, roles: str) -> None:
    assert _settings(deploy, config={"assumeRoles": roles}) is None


def test_in_a_unit_test_with_mocks_nothing_is_asked(deploy) -> None:
    answers: list[Any] = []

    async def read(component: pulumi.Resource) -> None:
        answers.append((await reader_of(component)).instances_anywhere())

    def build() -> Any:
        component = TrustedAccess("sso")
        return pulumi.Output.from_input(0).apply(lambda _: read(component))

    deploy(build)
    assert answers == [UNKNOWN_SETTINGS]


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
    rows = Reader(Settings(assume_roles=json.dumps([DEPLOYER]))).trusted_services()
    assert not isinstance(rows, NotRead), rows
    assert [row["ServicePrincipal"] for row in rows] == ["sso.amazonaws.com"]
    assert ":assumed-role/deployer/ci" in str(cloud.calls[-1]["principal"])


def test_another_account_than_the_providers_is_not_read(cloud: EmbeddedAws) -> None:
    assert not isinstance(Reader(Settings(account="111122223333")).trusted_services(), NotRead)
    answer = Reader(Settings(account="999988887777")).trusted_services()
    assert isinstance(answer, NotRead)
    assert "are of account 111122223333, and the component's provider signs in to 999988887777" in answer.reason


def test_an_error_of_aws_is_a_reason_and_no_exception(cloud: EmbeddedAws) -> None:
    answer = Reader(Settings(assume_roles=json.dumps([{"roleArn": f"{ROLE}-unknown"}]))).trusted_services()
    assert isinstance(answer, NotRead)
    assert "AssumeRole" in answer.reason
    assert isinstance(Reader(Settings(profile="none-such")).trusted_services(), NotRead)


def test_reads_go_on_beside_the_program(cloud: EmbeddedAws) -> None:
    reader = Reader(Settings())

    async def both() -> list[Any]:
        return await asyncio.gather(*(asyncio.to_thread(reader.trusted_services) for _ in range(2)))

    first, second = asyncio.run(both())
    assert first == second


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
    rows = Reader(Settings()).trusted_services()
    assert isinstance(rows, NotRead)
    assert reason in rows.reason
