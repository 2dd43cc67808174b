"""What a plan does to the Sentinel's parts."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi_aws_identity_center.gate.change import Action, Cause, Change, Resource
from pulumi_aws_identity_center.gate.rules.by_type import rule_of

FUNCTION = "aws:lambda/function:Function"
RULE = "aws:cloudwatch/eventRule:EventRule"
ENFORCES = {"environment": {"variables": {"MODE": "enforce", "SERVICE_PRINCIPALS": "sso.amazonaws.com"}}}


def _state(props: dict[str, Any], *, protect: bool = True) -> Resource:
    return Resource(props, props, protect=protect, retain=protect)


def _rules(action: Action, before: Any, after: Any, type_: str = FUNCTION, owner: str = "Sentinel", **more: Any):
    address = f"urn:pulumi:dev::p::aws-identity-center:index:{owner}${type_}::watch"
    change = Change(address, type_, action.value, action, before, after, **more)
    rule = rule_of(change)
    return [finding.rule for finding in rule(change, ("sso.amazonaws.com",))] if rule else []


@pytest.mark.parametrize("type_", [FUNCTION, RULE, "aws:sns/topic:Topic", "aws:cloudwatch/metricAlarm:MetricAlarm"])
@pytest.mark.parametrize("retained", [True, False])
def test_a_part_that_leaves_is_unsafe_retained_or_not(type_: str, retained: bool) -> None:
    assert _rules(Action.DELETE, _state({}), None, type_, retained=retained) == ["sentinel-removed"]


def test_a_part_that_a_refresh_misses_is_told() -> None:
    assert _rules(Action.DELETE, _state({}), None, cause=Cause.REFRESH) == ["sentinel-gone"]


def test_a_part_that_loses_its_protection_is_told() -> None:
    found = _rules(Action.UPDATE, _state(ENFORCES), _state(ENFORCES, protect=False))
    assert found == ["protection-lost", "retention-lost"]


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        (FUNCTION, ENFORCES, {"environment": {"variables": {"MODE": "alert"}}}),
        (FUNCTION, ENFORCES, {"environment": {"variables": {"SERVICE_PRINCIPALS": "ram.amazonaws.com"}}}),
        (FUNCTION, ENFORCES, {**ENFORCES, "reservedConcurrentExecutions": 0}),
        (RULE, {"state": "ENABLED"}, {"state": "DISABLED"}),
        (RULE, {}, {"isEnabled": False}),
    ],
)
def test_a_part_that_is_switched_off_is_told_once(type_: str, before: Any, after: Any) -> None:
    assert _rules(Action.UPDATE, _state(before), _state(after), type_) == ["sentinel-weakened"]
    assert _rules(Action.UPDATE, _state(after), _state(after), type_) == []
    assert _rules(Action.UPDATE, _state(after), _state(before), type_) == []


def test_a_new_or_changed_sentinel_is_no_finding() -> None:
    assert _rules(Action.CREATE, None, _state(ENFORCES)) == []
    assert _rules(Action.UPDATE, _state(ENFORCES), _state({**ENFORCES, "timeout": 30})) == []


def test_somebody_elses_function_concerns_nobody() -> None:
    assert _rules(Action.DELETE, _state({}), None, owner="Other") == []
