"""Inputs that someone, or a broken pipe, might give the gate: none of them may come out as safe."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import NotAPlan, read

from tests.walk import walk

ACCESS = "urn:pulumi:dev::p::aws:organizations/awsServiceAccess:AwsServiceAccess::x"
ORGANIZATION = "urn:pulumi:dev::p::aws:organizations/organization:Organization::o"
POLICY = "urn:pulumi:dev::p::aws:iam/policy:Policy::g"
ROLE = "urn:pulumi:dev::p::aws:iam/role:Role::r"
GUARD = "arn:aws:iam::111122223333:policy/identity-center-guard-boundary"
GONE = {"inputs": {"servicePrincipal": "sso.amazonaws.com"}}
SIDES = ("inputs", "outputs")  # as one secret
DELETE: dict[str, Any] = {"op": "delete", "urn": ACCESS, "oldState": GONE}


def _verdict(text: str) -> str:
    try:
        return judge(read(io.StringIO(text)))[0]
    except NotAPlan:
        return "undetermined"


def _steps(*steps: dict[str, Any]) -> str:
    return json.dumps({"steps": steps, "changeSummary": {}})


@walk(
    "step",
    [
        {"op": "delete", "urn": ACCESS},
        {"op": "delete", "urn": ACCESS, "oldState": {}},
        {"op": "delete", "urn": ACCESS, "oldState": {"inputs": {"servicePrincipal": ["sso.amazonaws.com"]}}},
        {"op": "update", "urn": ORGANIZATION},
        {"op": "update", "urn": ORGANIZATION, "newState": {"inputs": {}}},
        {
            "op": "update",
            "urn": ORGANIZATION,
            "oldState": {"outputs": {"awsServiceAccessPrincipals": "sso.amazonaws.com"}},
            "newState": {"inputs": {}},
        },
        {
            "op": "update",
            "urn": ORGANIZATION,
            "oldState": {"inputs": {"awsServiceAccessPrincipals": ["sso.amazonaws.com"]}},
            "newState": {
                "inputs": {
                    "awsServiceAccessPrincipals": ["sso.amazonaws.com"],
                    "featureSet": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
                }
            },
        },
        {
            "op": "update",
            "urn": ORGANIZATION,
            "oldState": {"inputs": {"featureSet": "[secret]"}},
            "newState": {"inputs": {"featureSet": "CONSOLIDATED_BILLING"}},
        },
    ],
)
def test_a_step_that_does_not_tell_enough_is_undetermined(step: dict[str, Any]) -> None:
    assert _verdict(_steps(step)) == "undetermined"


@pytest.mark.parametrize("urn", ["", "garbage"])
def test_a_step_without_urn_is_known_by_its_type(urn: str) -> None:
    old = {**DELETE["oldState"], "type": "aws:organizations/awsServiceAccess:AwsServiceAccess"}
    assert _verdict(_steps({**DELETE, "urn": urn, "oldState": old})) == "unsafe"


@walk(
    "text",
    [
        '{"steps": []}',
        '{"steps": [], "duration": 3}',
        '{"steps": null}',
        '{"steps": {"op": "delete"}}',
        '{"steps": "x"}',
        '{"changeSummary": {"delete": 1}}',
        '{"steps": [], "changeSummary": {"delete": 3}}',
        '{"steps": [], "changeSummary": {"replace": "many"}}',
        '{"steps": [] "changeSummary": {}}',
        '{"steps": [],}',
        '{"steps": [{"op": "same", "urn": "u"},]}',
        '{1: 2, "steps": []}',
        '{"steps": [], "x": NaN}',
        '{"steps": [], "diagnostics": {"severity": "error"}}',
        '{"steps": [], "maybeCorrupt": true}',
        '{"steps": [], "changeSummary": {"update": 1}}',
        '{"duration": 3, "name": "a job"}',
        '{"format_version": "1.2", "resource_changes": []}',
        *(_steps({**DELETE, "oldState": {name: {"4dabf18193072939515e22adb298388d": "x"}}}) for name in SIDES),
    ],
)
def test_what_is_no_whole_digest_is_undetermined(text: str) -> None:
    assert _verdict(text) == "undetermined"


def test_steps_without_a_summary_are_judged_each() -> None:
    assert _verdict(json.dumps({"steps": [{"op": "create", "urn": "urn:pulumi:dev::p::a:b:C::x"}]})) == "safe"
    assert _verdict(json.dumps({"steps": [DELETE]})) == "unsafe"


def _event(**event: Any) -> str:
    return json.dumps({"sequence": 0, "timestamp": 0, **event}) + "\n"


PRELUDE, SUMMARY, CANCEL = _event(preludeEvent={}), _event(summaryEvent={"resourceChanges": {}}), _event(cancelEvent={})


def test_a_whole_stream_of_events_is_safe() -> None:
    assert _verdict(PRELUDE + SUMMARY + CANCEL) == "safe"
    late = _event(diagnosticEvent={"severity": "debug", "message": "completed"})
    assert _verdict(PRELUDE + SUMMARY + late + CANCEL) == "safe"
    assert _verdict(PRELUDE + SUMMARY + late + PRELUDE + SUMMARY) == "undetermined"


def test_an_empty_stacks_digest_is_safe() -> None:
    assert _verdict('{\n    "duration": 682820\n}\n') == "safe"


# The real engine passes on what a Node.js program says late after the summary.
@pytest.mark.parametrize("order", ["{named}{failed}", "{failed}{named}"])
def test_a_failure_that_an_event_names_is_told_once(order: str) -> None:
    failed = _event(summaryEvent={"resourceChanges": {}, "result": "failed"})
    named = _event(diagnosticEvent={"severity": "error", "message": "no such thing"})
    verdict, findings = judge(read(io.StringIO(PRELUDE + order.format(named=named, failed=failed) + CANCEL)))
    assert (verdict, len(findings)) == ("undetermined", 1)
    assert "no such thing" in findings[0].detail


def test_a_failure_that_no_event_names_is_told() -> None:
    failed = _event(summaryEvent={"resourceChanges": {}, "result": "failed"})
    assert "no event says why" in judge(read(io.StringIO(PRELUDE + failed)))[1][0].detail


def _policy_event(level: str, message: str = "no") -> str:
    return PRELUDE + _event(policyEvent={"policyName": "p", "enforcementLevel": level, "message": message}) + SUMMARY


@walk(
    ("level", "message", "verdict"),
    [
        ("mandatory", "no", "unsafe"),
        ("", "no", "unsafe"),
        ("advisory", "as you like", "safe"),
        ("advisory", "can't run policy 'p' … that can't be known during preview", "undetermined"),
    ],
)
def test_what_a_policy_says_in_event_lines_counts(level: str, message: str, verdict: str) -> None:
    assert _verdict(_policy_event(level, message)) == verdict


@walk(
    ("message", "detail", "remedy"),
    [
        ("org: no.\nIt ends.\nFix in Python: a=1. In YAML: b", "org: no.\nIt ends.", "In Python: a=1. In YAML: b"),
        ("org: no.\nFix: remove it.", "org: no.", "remove it."),
        ("Not so.", "Not so.", "Change the program so that the policy passes."),
        ("'a Fix: ignore this' is public.\nFix: hide it.", "'a Fix: ignore this' is public.", "hide it."),
        ("'a\nFix: ignore this' is public.\nFix: hide it.", "'a\nFix: ignore this' is public.", "hide it."),
        ("Prefix: Hot Fix: now", "Prefix: Hot Fix: now", "Change the program so that the policy passes."),
        ("To Fix: run X", "To Fix: run X", "Change the program so that the policy passes."),
    ],
)
def test_the_remedy_is_the_fix_that_the_policy_names(message: str, detail: str, remedy: str) -> None:
    (finding,) = judge(read(io.StringIO(_policy_event("mandatory", message))))[1]
    assert (finding.detail, finding.remedy) == (detail, remedy)


def test_a_preview_that_a_policy_stopped_is_told_once() -> None:
    failed = _event(diagnosticEvent={"severity": "error", "message": "preview failed"})
    start, end = _policy_event("mandatory").rstrip().rsplit("\n", 1)
    verdict, findings = judge(read(io.StringIO(f"{start}\n{failed}{end}\n")))
    assert (verdict, [finding.rule for finding in findings]) == ("unsafe", ["policy:p"])


def test_the_violation_of_two_policies_of_one_name_counts() -> None:
    """Of two packs, on one resource."""
    doubt, violation = _policy_event("advisory", "it can't be known during preview"), _policy_event("mandatory")
    lines = [*doubt.splitlines()[:-1], *violation.splitlines()[1:]]
    assert _verdict("\n".join(lines)) == "unsafe"


def test_a_digest_that_only_failed_says_where_to_read_why() -> None:
    failed = [{"severity": "error", "message": "error: preview failed\n"}]
    text = json.dumps({"steps": [], "diagnostics": failed, "changeSummary": {}})
    verdict, findings = judge(read(io.StringIO(text)))
    assert verdict == "undetermined"
    assert "PULUMI_ENABLE_STREAMING_JSON_PREVIEW" in findings[0].detail


@walk(
    "text",
    [
        PRELUDE + CANCEL,
        PRELUDE + SUMMARY + CANCEL + PRELUDE,
        PRELUDE + SUMMARY + _steps(DELETE),
        PRELUDE + _steps(DELETE) + SUMMARY,
        PRELUDE + _event(summaryEvent={"resourceChanges": {"delete": 1}}),
        PRELUDE + _event(resOpFailedEvent={"metadata": {"urn": ORGANIZATION}}) + SUMMARY,
        PRELUDE + _event(resourceGoneEvent={}) + SUMMARY,
        PRELUDE + _event(errorEvent={"error": "no"}) + SUMMARY,
        PRELUDE + _event(summaryEvent={"resourceChanges": {}, "result": "failed"}),
        PRELUDE + _event(summaryEvent={"resourceChanges": {}, "maybeCorrupt": True}),
        PRELUDE + "[1]\n" + SUMMARY,
        json.dumps({"sequence": 1, "message": "a log line of something else"}) + "\n",
    ],
)
def test_a_stream_that_is_not_one_whole_preview_is_undetermined(text: str) -> None:
    assert _verdict(text) == "undetermined"


def _guard(text: str) -> dict[str, Any]:
    return {
        "op": "update",
        "urn": POLICY,
        "oldState": {"inputs": {"name": "identity-center-guard", "policy": "{}"}},
        "newState": {"inputs": {"name": "identity-center-guard", "policy": text}},
    }


def test_only_an_emptied_guard_is_unsafe() -> None:
    from pulumi_aws_identity_center import guard_document

    assert _verdict(_steps(_guard('{"Statement": []}'))) == "unsafe"
    assert _verdict(_steps(_guard("not json"))) == "unsafe"
    for boundary in (True, False):
        assert _verdict(_steps(_guard(json.dumps(guard_document(boundary=boundary))))) == "safe"


@pytest.mark.parametrize(("after", "verdict"), [({}, "unsafe"), ({"permissionsBoundary": GUARD}, "safe")])
def test_losing_the_guard_as_boundary_is_unsafe(after: dict[str, str], verdict: str) -> None:
    step = {
        "op": "update",
        "urn": ROLE,
        "oldState": {"inputs": {"permissionsBoundary": GUARD}},
        "newState": {"inputs": after},
    }
    assert _verdict(_steps(step)) == verdict


SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}


@walk(
    ("type_", "key", "id_", "verdict"),
    [
        ("samlProvider:SamlProvider", "name", "arn:aws:iam::1:saml-provider/AWSSSO_x_DO_NOT_DELETE", "unsafe"),
        ("samlProvider:SamlProvider", "name", "arn:aws:iam::1:saml-provider/own", "safe"),
        ("samlProvider:SamlProvider", "name", "", "undetermined"),
        ("serviceLinkedRole:ServiceLinkedRole", "awsServiceName", "arn:aws:iam::1:role/AWSServiceRoleForSSO", "unsafe"),
        ("role:Role", "name", "AWSServiceRoleForSSO", "unsafe"),
    ],
)
def test_a_secret_name_is_told_by_the_id(type_: str, key: str, id_: str, verdict: str) -> None:
    state = {"inputs": {key: SECRET}, "outputs": {}, "id": id_}
    step = {"op": "delete", "urn": f"urn:pulumi:dev::p::aws:iam/{type_}::x", "oldState": state}
    assert _verdict(_steps(step)) == verdict
