"""What a plan does to the Sentinel's parts."""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws_identity_center.domain import sentinel_documents as documents
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Cause, Change, Resource
from pulumi_aws_identity_center.gate.rules.by_type import rules_of
from pulumi_aws_identity_center.gate.rules.sentinel import is_part

from tests.walk import walk

FUNCTION = "aws:lambda/function:Function"
RULE = "aws:cloudwatch/eventRule:EventRule"
ENFORCES = {"environment": {"variables": {"MODE": "enforce", "SERVICE_PRINCIPALS": "sso.amazonaws.com"}}}


def _state(props: dict[str, Any], *, protect: bool = True) -> Resource:
    return Resource(props, props, protect=protect, retain=protect)


def _rules(action: Action, before: Any, after: Any, type_: str = FUNCTION, owner: str = "Sentinel", **more: Any):
    address = f"urn:pulumi:dev::p::aws-identity-center:index:{owner}${type_}::watch"
    change = Change(address, type_, action.value, action, before, after, **more)
    return [finding.rule for rule in rules_of(change) for finding in rule(change, ("sso.amazonaws.com",))]


@walk("type_", [FUNCTION, RULE, "aws:sns/topic:Topic", "aws:cloudwatch/metricAlarm:MetricAlarm"])
@walk("retained", [True, False])
def test_a_part_that_leaves_is_unsafe_retained_or_not(type_: str, retained: bool) -> None:
    assert _rules(Action.DELETE, _state({}), None, type_, retained=retained) == ["sentinel-removed"]


def test_a_part_that_a_refresh_misses_is_told() -> None:
    assert _rules(Action.DELETE, _state({}), None, cause=Cause.REFRESH) == ["sentinel-gone"]


def test_a_part_that_loses_its_protection_is_told() -> None:
    found = _rules(Action.UPDATE, _state(ENFORCES), _state(ENFORCES, protect=False))
    assert found == ["protection-lost", "retention-lost"]


HOME = documents.Home("aws", "111122223333")
PATTERN = documents.event_pattern(HOME)
POLICY = documents.role_document(HOME, enforce=True, service_principals=["sso.amazonaws.com"], topic_arn="arn:x")
DENIES = {
    **POLICY,
    "Statement": [*POLICY["Statement"], {"Effect": "Deny", "Action": "organizations:*", "Resource": "*"}],
}
TARGET = {"arn": HOME.arn("lambda", "function:identity-center-sentinel"), "rule": "identity-center-sentinel-events"}
MAY_INVOKE = {
    "principal": "events.amazonaws.com",
    "action": "lambda:InvokeFunction",
    "sourceArn": HOME.arn("events", "rule/identity-center-sentinel-events"),
}


def _events(**detail: Any) -> dict[str, str]:
    return {"eventPattern": json.dumps({**PATTERN, "detail": {**PATTERN["detail"], **detail}})}


def _with(**variables: str) -> dict[str, Any]:
    return {"environment": {"variables": {**ENFORCES["environment"]["variables"], **variables}}}


@walk(
    ("type_", "before", "after"),
    [
        (FUNCTION, ENFORCES, _with(MODE="alert")),
        (FUNCTION, ENFORCES, _with(MODE="off")),
        (FUNCTION, ENFORCES, {}),
        (FUNCTION, ENFORCES, _with(SERVICE_PRINCIPALS="ram.amazonaws.com")),
        (FUNCTION, ENFORCES, _with(MAX_ENABLES_PER_HOUR="0")),
        (FUNCTION, ENFORCES, _with(BREAK_GLASS_UNTIL="2999-01-01")),
        (FUNCTION, ENFORCES, {**ENFORCES, "reservedConcurrentExecutions": 0}),
        (FUNCTION, ENFORCES, {**ENFORCES, "handler": "other.handle"}),
        (FUNCTION, ENFORCES, {**ENFORCES, "role": "arn:aws:iam::111122223333:role/reader"}),
        (RULE, {"state": "ENABLED"}, {"state": "DISABLED"}),
        (RULE, {}, {"isEnabled": False}),
        (RULE, _events(), _events(eventName=["CreateAccount"])),
        (RULE, _events(), _events(userAgent=["nobody"])),
        (RULE, _events(), {"eventPattern": "not JSON"}),
        (RULE, {"scheduleExpression": "rate(1 minute)"}, {"scheduleExpression": "rate(300 days)"}),
        ("aws:cloudwatch/eventTarget:EventTarget", TARGET, {**TARGET, "arn": HOME.arn("sqs", "elsewhere")}),
        ("aws:cloudwatch/eventTarget:EventTarget", TARGET, {**TARGET, "rule": "never"}),
        ("aws:cloudwatch/eventTarget:EventTarget", TARGET, {**TARGET, "input": "{}"}),
        ("aws:lambda/permission:Permission", MAY_INVOKE, {**MAY_INVOKE, "principal": "s3.amazonaws.com"}),
        ("aws:iam/role:Role", {}, {"permissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("aws:iam/role:Role", {}, {"assumeRolePolicy": '{"Statement": []}'}),
        ("aws:iam/rolePolicy:RolePolicy", {"policy": json.dumps(POLICY)}, {"policy": "{}"}),
        ("aws:iam/rolePolicy:RolePolicy", {"policy": json.dumps(POLICY)}, {"policy": json.dumps(DENIES)}),
    ],
)
def test_a_part_that_no_longer_works_is_unsafe(type_: str, before: Any, after: Any) -> None:
    assert set(_rules(Action.UPDATE, _state(before), _state(after), type_)) == {"sentinel-weakened"}
    assert _rules(Action.UPDATE, _state(after), _state(after), type_) == []
    assert _rules(Action.UPDATE, _state(after), _state(before), type_) == []


def test_a_value_known_after_the_update_only_is_no_failing() -> None:
    hidden = {"arn": UNKNOWN, "rule": UNKNOWN}
    assert _rules(Action.UPDATE, _state(TARGET), _state(hidden), "aws:cloudwatch/eventTarget:EventTarget") == []
    assert _rules(Action.UPDATE, _state(ENFORCES), _state({"environment": {"variables": UNKNOWN}})) == []


def test_nothing_escapes_its_own_rule_below_a_sentinel(gate: Any) -> None:
    types = "aws-identity-center:index:Sentinel$aws:organizations/organization:Organization"
    old, new = ({"awsServiceAccessPrincipals": [name]} for name in ("sso.amazonaws.com", "ram.amazonaws.com"))
    step = {"op": "update", "oldState": gate.state(old), "newState": gate.state(new)}
    for urn in (f"urn:pulumi:dev::p::{types}::o", f"urn:pulumi:dev::p::{types.partition('$')[2]}::{types}"):
        assert gate.verdict(gate.digest({**step, "urn": urn})) == ("unsafe", ["principal-removed"])


def test_a_name_that_reads_like_a_sentinel_makes_no_part() -> None:
    assert not is_part("urn:pulumi:dev::p::aws:s3/bucket:Bucket::aws-identity-center:index:Sentinel$x")


def test_the_role_and_its_policy_are_parts_like_others(gate: Any) -> None:
    parent = "urn:pulumi:dev::p::aws-identity-center:index:Sentinel"
    policy = {"policy": json.dumps(POLICY), "role": "identity-center-sentinel"}
    role = {"op": "delete", "urn": f"{parent}$aws:iam/role:Role::r", "oldState": gate.state({"name": "s"})}
    narrowed = {
        "op": "update",
        "urn": f"{parent}$aws:iam/rolePolicy:RolePolicy::p",
        "oldState": gate.state(policy),
        "newState": gate.state({**policy, "policy": "{}"}),
    }
    assert gate.verdict(gate.digest(role)) == ("unsafe", ["sentinel-removed"])
    assert gate.verdict(gate.digest(narrowed)) == ("unsafe", ["sentinel-weakened"])


def test_a_new_or_changed_sentinel_is_no_finding() -> None:
    assert _rules(Action.CREATE, None, _state(ENFORCES)) == []
    assert _rules(Action.UPDATE, _state(ENFORCES), _state({**ENFORCES, "timeout": 30})) == []


def test_somebody_elses_function_concerns_nobody() -> None:
    assert _rules(Action.DELETE, _state({}), None, owner="Other") == []
