"""The conformance suite: it passes here, it can fail, and it writes only where it may."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import EmbeddedAws
from sandbox.aws.conformance import SCENARIOS, run
from sandbox.aws.conformance.__main__ import here, main

_READS = ("List", "Describe", "Get")


@pytest.fixture
def ambient(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """`ambient(cloud)`: its credentials and Region are the environment's, its endpoint is not."""

    def set_(cloud: Any) -> None:
        for name, value in cloud.environment().items():
            if name != "AWS_ENDPOINT_URL":
                monkeypatch.setenv(name, value)

    return set_


def test_every_scenario_passes_on_the_sandbox_and_leaves_nothing_behind(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    before = _inventory(cloud)
    outcomes = list(run(here(cloud), writes=True))
    assert [(outcome.scenario.name, outcome.detail) for outcome in outcomes if outcome.result != "pass"] == []
    assert len(outcomes) == len(SCENARIOS)
    assert _inventory(cloud) == before


def _inventory(cloud: EmbeddedAws) -> list[set[Any]]:
    """The ids of the resources that scenarios create."""
    instance, organization = cloud.world.identity_center.instances["111122223333"], cloud.world.organization
    center = [instance.permission_sets, instance.assignments, instance.store.groups.rows, instance.store.users.rows]
    return [set(rows) for rows in (*center, organization.units, organization.policies)]


@pytest.mark.parametrize(
    ("fault", "broken"),
    [
        ("sso-admin:DescribeInstance:AccessDeniedException", "an instance is described as it is listed"),
        ("identitystore:CreateGroup:ServiceQuotaExceededException:1", "assignment provisions the set"),
        ("iam:GetRole:NoSuchEntity", "the service linked role trusts its service only"),
    ],
)
def test_a_scenario_fails_where_the_service_does_not_do_so(aws: Callable, fault: str, broken: str) -> None:
    outcomes = list(run(here(aws("sso-enabled", faults=[fault])), writes=True, only=broken))
    assert [outcome.result for outcome in outcomes] == ["fail"]


def test_without_trusted_access_the_scenarios_say_so(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    outcomes = list(run(here(cloud), writes=False, only="trusted access is on where identity center works"))
    assert [outcome.result for outcome in outcomes] == ["fail"]


def test_a_missing_instance_is_no_failure(aws: Callable) -> None:
    outcomes = list(run(here(aws("organization")), writes=True))
    assert {outcome.result for outcome in outcomes} == {"not here", "pass"}
    passed = {outcome.scenario.body.__module__ for outcome in outcomes if outcome.result == "pass"}
    assert passed == {"sandbox.aws.conformance.organizations"}


def test_on_an_endpoint_only_reads_are_made_unless_asked(aws: Callable, ambient: Callable, capsys: Any) -> None:
    cloud = aws("sso-enabled")
    ambient(cloud)
    assert main(["--endpoint", cloud.endpoint, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == sum(not scenario.writes for scenario in SCENARIOS)
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
    named = ["--endpoint", cloud.endpoint, "--write", "--organization", organization]
    assert main([*named, "--only", "tags are kept"]) == 0
    assert f"1 of 1 pass ({len(SCENARIOS)} scenarios in all)" in capsys.readouterr().out
    assert main([*named, "--only", "no such thing"]) == 2
    assert "no such thing" in capsys.readouterr().err
