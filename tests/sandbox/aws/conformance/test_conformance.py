"""The conformance suite: it passes here, it can fail, and it keeps its hands off what is not meant for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws.conformance import SCENARIOS, Target, run
from sandbox.aws.conformance.__main__ import main

_READS = ("List", "Describe", "Get")


@pytest.fixture
def ambient(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """`ambient(cloud)`: its credentials and Region are the environment's, its endpoint is not."""

    def set_(cloud: Any) -> None:
        for name, value in cloud.environment().items():
            if name != "AWS_ENDPOINT_URL":
                monkeypatch.setenv(name, value)

    return set_


def _target(cloud: Any) -> Target:
    def client(service: str, region: str | None = None) -> Any:
        made = cloud.client(service, region=region)
        made.meta.config.parameter_validation = False
        return made

    return Target(client, poll_seconds=0.01)


def test_every_scenario_passes_on_the_sandbox_and_leaves_nothing_behind(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    outcomes = list(run(_target(cloud), writes=True))
    assert [(each.scenario.name, each.detail) for each in outcomes if each.result != "pass"] == []
    assert len(outcomes) == len(SCENARIOS)
    instance = cloud.world.identity_center.instances["111122223333"]
    assert (instance.permission_sets, instance.store.groups.rows, instance.assignments) == ({}, {}, {})


@pytest.mark.parametrize(
    ("fault", "broken"),
    [
        ("sso-admin:DescribeInstance:AccessDeniedException", "an instance is described as it is listed"),
        ("identitystore:CreateGroup:ServiceQuotaExceededException:1", "assignment provisions the set"),
        ("iam:GetRole:NoSuchEntity", "the service linked role trusts its service only"),
    ],
)
def test_a_scenario_fails_where_the_service_does_not_do_so(aws: Callable, fault: str, broken: str) -> None:
    outcomes = list(run(_target(aws("sso-enabled", faults=[fault])), writes=True))
    failed = [each.scenario.name for each in outcomes if each.result == "fail"]
    assert len(failed) == 1
    assert broken in failed[0]


def test_without_trusted_access_the_scenarios_say_so(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    failed = [each.scenario.name for each in run(_target(cloud), writes=False) if each.result == "fail"]
    assert "trusted access is on where identity center works" in failed


def test_where_there_is_no_instance_it_is_not_here_and_no_failure(aws: Callable) -> None:
    outcomes = list(run(_target(aws("organization")), writes=True))
    assert {each.result for each in outcomes} == {"not here"}


def test_on_an_endpoint_only_reads_are_made_unless_asked(aws: Callable, ambient: Callable, capsys: Any) -> None:
    cloud = aws("sso-enabled")
    ambient(cloud)
    assert main(["--endpoint", cloud.endpoint, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == sum(not each.writes for each in SCENARIOS)
    assert {row["result"] for row in rows} == {"pass"}
    assert all(call["operation"].startswith(_READS) for call in cloud.calls)


@pytest.mark.parametrize("more", [[], ["--organization", "o-another0001"]])
def test_nothing_is_written_to_an_organization_that_was_not_named(
    aws: Callable, ambient: Callable, capsys: Any, more: list[str]
) -> None:
    cloud = aws("sso-enabled")
    ambient(cloud)
    assert main(["--endpoint", cloud.endpoint, "--write", *more]) == 2
    assert "--organization" in capsys.readouterr().err
    assert all(call["operation"] == "DescribeOrganization" for call in cloud.calls)


def test_the_named_organization_is_written_to(aws: Callable, ambient: Callable, capsys: Any) -> None:
    cloud = aws("sso-enabled")
    ambient(cloud)
    organization = cloud.client("organizations").describe_organization()["Organization"]["Id"]
    assert main(["--endpoint", cloud.endpoint, "--write", "--organization", organization]) == 0
    assert f"{len(SCENARIOS)} of {len(SCENARIOS)} pass" in capsys.readouterr().out
