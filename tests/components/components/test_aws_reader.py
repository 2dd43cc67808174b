"""Whose credentials and Region a read takes: the explicit provider's, the configuration's, the environment's."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws_identity_center import TrustedAccess
from pulumi_aws_identity_center.components.aws_reader import NotRead, Reader, Settings, settings_of
from pulumi_aws_identity_center.components.program import watch

from sandbox.aws import EmbeddedAws

ROLE = "arn:aws:iam::111122223333:role/deployer"


def _settings(deploy, options: Any = None, config: dict[str, str] | None = None) -> Settings | None:
    found: list[Settings | None] = []

    async def note(component: pulumi.Resource) -> None:
        found.append(await settings_of(component))

    def build() -> Any:
        watch()  # as importing the package into a program does
        pulumi.runtime.set_all_config({f"aws:{key}": value for key, value in (config or {}).items()})
        component = TrustedAccess("sso", {}, options() if options else None)
        return pulumi.Output.from_input(0).apply(lambda _: note(component))

    try:
        deploy(build)
    finally:
        pulumi.runtime.set_all_config({})
    [one] = found
    return one


def test_without_a_provider_the_configuration_counts(deploy) -> None:
    roles = json.dumps([{"roleArn": ROLE}])
    found = _settings(deploy, config={"region": "eu-west-1", "profile": "work", "assumeRoles": roles})
    assert found == Settings(region="eu-west-1", profile="work", roles=((ROLE, None),))
    assert _settings(deploy) == Settings()


def test_an_explicit_provider_counts_and_its_secrets_are_not_shown(deploy) -> None:
    def options() -> pulumi.ResourceOptions:
        provider = aws.Provider(
            "mine",
            region="eu-central-1",
            access_key="AKIAEXAMPLE",
            secret_key=pulumi.Output.secret("keep-me"),
            assume_roles=[{"role_arn": ROLE, "external_id": "shared"}],
        )
        return pulumi.ResourceOptions(providers=[provider])

    found = _settings(deploy, options, config={"region": "us-west-2"})
    assert found is not None
    assert (found.region, found.access_key, found.secret_key) == ("eu-central-1", "AKIAEXAMPLE", "keep-me")
    assert found.roles == ((ROLE, "shared"),)
    assert "keep-me" not in repr(found)


def test_a_provider_of_another_process_is_unknown_and_then_nothing_is_read(deploy) -> None:
    def options() -> pulumi.ResourceOptions:
        # As a remote component gets it: a reference.
        reference = pulumi.resource.DependencyProviderResource("urn:pulumi:s::p::pulumi:providers:aws::x::id")
        return pulumi.ResourceOptions(providers=[reference])

    assert _settings(deploy, options) is None
    assert "can't be seen" in str(Reader(None).trusted_services())


def test_a_way_to_sign_in_that_is_the_providers_alone_is_unknown_too(deploy) -> None:
    def options() -> pulumi.ResourceOptions:
        provider = aws.Provider("mine", region="eu-central-1", shared_credentials_files=["/x"])
        return pulumi.ResourceOptions(provider=provider)

    assert _settings(deploy, options) is None
    assert _settings(deploy, config={"assumeRoleWithWebIdentity": json.dumps({"roleArn": ROLE})}) is None


def test_under_mocks_nothing_is_asked(deploy) -> None:
    answers: list[Any] = []

    def build() -> None:
        answers.append(Reader(Settings()).instances_anywhere())

    deploy(build)
    assert answers == [NotRead("this is a test with mocks", asked=False)]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch):
    with EmbeddedAws() as started:
        for name, value in started.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("pulumi_aws_identity_center.components.aws_reader.is_mocked", lambda: False)
        yield started


def test_a_read_assumes_the_roles_that_the_provider_would(cloud: EmbeddedAws) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}
    cloud.client("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    rows = Reader(Settings(roles=((ROLE, None),))).trusted_services()
    assert not isinstance(rows, NotRead), rows
    assert [row["ServicePrincipal"] for row in rows] == ["sso.amazonaws.com"]
    assert ":assumed-role/deployer/" in str(cloud.calls[-1]["principal"])


def test_an_error_of_aws_is_a_reason_and_no_exception(cloud: EmbeddedAws) -> None:
    answer = Reader(Settings(roles=((f"{ROLE}-unknown", None),))).trusted_services()
    assert isinstance(answer, NotRead)
    assert "AssumeRole" in answer.reason
    assert isinstance(Reader(Settings(profile="none-such")).trusted_services(), NotRead)


def test_reads_go_on_beside_the_program(cloud: EmbeddedAws) -> None:
    reader = Reader(Settings())

    async def both() -> list[Any]:
        return await asyncio.gather(*(asyncio.to_thread(reader.trusted_services) for _ in range(2)))

    first, second = asyncio.run(both())
    assert first == second
