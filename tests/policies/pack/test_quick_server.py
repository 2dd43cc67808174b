"""The narrowed server: unpacks nothing that no rule looks at, and answers as the SDK's own does for the rest."""

from __future__ import annotations

import pulumi_policy.policy as sdk
import pytest
from google.protobuf import json_format
from pack import quick_server, tokens
from pack.adapter import _policy
from rules.registry import RULES


def _server(narrowed: bool):
    base = sdk._PolicyAnalyzerServicer
    made = quick_server.server(base, RULES) if narrowed else base
    return made("pack", "1", [_policy(rule) for rule in RULES], sdk.EnforcementLevel.MANDATORY)


def _fill(message, type_: str, props) -> None:
    message.type, message.name, message.urn = type_, "it", f"urn:pulumi:dev::p::{type_}::it"
    json_format.ParseDict(props, message.properties)


def _request(type_: str, props):
    request = sdk.proto.AnalyzeRequest()
    _fill(request, type_, props)
    return request


def _stack(*resources):
    request = sdk.proto.AnalyzeStackRequest()
    for type_, props in resources:
        _fill(request.resources.add(), type_, props)
    return request


SSO = {"servicePrincipal": "sso.amazonaws.com"}
CASES = [
    (tokens.ORGANIZATION, {"awsServiceAccessPrincipals": []}, 2),
    (tokens.SERVICE_ACCESS, SSO, 1),
    ("aws:iam/policy:Policy", {"policy": "{}"}, 1),
    ("aws:s3/bucket:Bucket", {"bucket": "b"}, 0),
]


@pytest.mark.parametrize(("type_", "props", "count"), CASES)
def test_it_answers_as_the_sdk_s_own_server_does(type_: str, props, count: int) -> None:
    answers = [_server(narrowed).Analyze(_request(type_, props), None) for narrowed in (True, False)]
    assert answers[0] == answers[1]
    assert len(answers[0].diagnostics) == count


def test_of_a_stack_too() -> None:
    mixed = [(tokens.SERVICE_ACCESS, SSO), ("aws:s3/bucket:Bucket", {}), (tokens.ORGANIZATION, {})]
    answers = [_server(narrowed).AnalyzeStack(_stack(*mixed), None) for narrowed in (True, False)]
    assert answers[0] == answers[1]
    assert [row.policyName for row in answers[0].diagnostics] == ["trusted-access-single-owner"]


def test_what_no_rule_looks_at_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(*_):
        raise AssertionError("unpacked")

    monkeypatch.setattr(sdk, "deserialize_properties", unpack)
    server, bucket = _server(True), ("aws:s3/bucket:Bucket", {"bucket": "b"})
    assert not server.Analyze(_request(*bucket), None).diagnostics
    assert not server.Remediate(_request(*bucket), None).remediations
    assert not server.AnalyzeStack(_stack(bucket, ("aws:iam/policy:Policy", {"policy": "{}"})), None).diagnostics
    with pytest.raises(AssertionError, match="unpacked"):
        server.Analyze(_request(tokens.ORGANIZATION, {}), None)


def test_an_sdk_without_that_server_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(sdk, "_PolicyAnalyzerServicer")
    quick_server.install(RULES)
    assert not hasattr(sdk, "_PolicyAnalyzerServicer")
