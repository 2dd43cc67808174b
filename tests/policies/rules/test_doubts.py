"""A managed policy that a preview can't know is shown, unless the program makes it: then it is judged itself."""

from __future__ import annotations

import json
from typing import Any

import pulumi_policy.policy as sdk
import pytest
from google.protobuf import json_format
from grants.carriers import FLOWS, Kind
from pack import quick_server
from pack.adapter import _policy
from pack.rule import UNKNOWN, Later, Stack
from rules.no_disable_grant import RULE, doubts
from rules.registry import RULES

TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
OWN, OTHER = "urn:pulumi:dev::p::aws:iam/policy:Policy::own", "urn:pulumi:dev::p::aws:iam/group:Group::group"
INSIDE = "urn:pulumi:dev::p::aws-identity-center:index:OperatorPermissions$aws:iam/policy:Policy::observe"
# URN, properties, and the URNs that these come from.
Row = tuple[str, dict[str, Any], list[str]]
CARRIERS = [(token, path) for token, found in FLOWS.items() for kind, path in found if kind is not Kind.DOCUMENT]


def _doubts(rule, token: str, props, comes_from=None, **config) -> list[str]:
    resource = rule.declared(token, "mine", props=props, comes_from=comes_from or {})
    found = list(doubts(Stack("p", "dev", [resource]), config))
    assert all(where is resource for _, where in found)
    return [message for message, _ in found]


@pytest.mark.parametrize(("token", "path"), CARRIERS)
def test_an_unknown_one_is_shown_in_every_carrier_and_one_of_the_program_s_own_is_quiet(rule, token, path) -> None:
    value: Any = UNKNOWN
    for key in reversed(path.split(".")):
        value = {key.removesuffix("[]"): [value] if key.endswith("[]") else value}
    top = next(iter(value))
    (message,) = _doubts(rule, token, value, {top: [OTHER]})
    assert isinstance(message, Later)
    assert message.startswith(f"mine: its {top}")
    for own in (OWN, INSIDE):
        assert _doubts(rule, token, value, {top: [OTHER, own]}) == []
        assert len(_doubts(rule, token, {top: UNKNOWN}, {top: [OTHER, own]})) == (1 if "[]" in path else 0)


def test_a_policy_in_another_property_excuses_nothing(rule) -> None:
    assert len(_doubts(rule, ATTACHMENT, {"policyArn": UNKNOWN}, {"role": [OWN]})) == 1


def test_of_a_list_each_unknown_needs_a_policy_of_its_own(rule) -> None:
    two = {"managedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess", UNKNOWN, UNKNOWN]}
    (message,) = _doubts(rule, ROLE, two, {"managedPolicyArns": [OWN, OTHER]})
    assert message.startswith("mine: its managedPolicyArns[2] ")
    assert _doubts(rule, ROLE, two, {"managedPolicyArns": [OWN, INSIDE]}) == []


def test_of_a_list_that_is_unknown_as_a_whole_everything_has_to_come_from_the_program_s_policies(rule) -> None:
    whole = {"managedPolicyArns": UNKNOWN}
    role = OWN.replace(POLICY, "aws:iam/role:Role")
    beside = INSIDE.replace(POLICY, "aws:iam/role:Role")  # of a component that runs elsewhere all are told
    for comes_from, count in (([OTHER], 1), ([OWN, OTHER], 1), ([OWN, role], 1), ([OWN], 0), ([OWN, INSIDE], 0)):
        assert len(_doubts(rule, ROLE, whole, {"managedPolicyArns": comes_from})) == count, comes_from
    assert _doubts(rule, ROLE, whole, {"managedPolicyArns": [INSIDE, beside]}) == []
    assert len(_doubts(rule, ROLE, whole, {"managedPolicyArns": [beside]})) == 1


def test_what_a_role_tells_of_its_attachments_and_the_program_does_not_give_is_quiet(rule) -> None:
    assert _doubts(rule, ROLE, {"managedPolicyArns": UNKNOWN}, {"permissionsBoundary": [OWN]}) == []


def test_what_is_known_or_an_exception_is_none_of_its_business(rule) -> None:
    assert _doubts(rule, ATTACHMENT, {"policyArn": "arn:aws:iam::111122223333:policy/other"}) == []
    allowed = [{"pattern": "break-glass-*", "reason": "on call"}]
    unknown = {"role": "break-glass-1", "policyArn": UNKNOWN}
    assert _doubts(rule, ATTACHMENT, unknown, allowed=allowed) == []
    assert len(_doubts(rule, ATTACHMENT, {**unknown, "role": "all"}, allowed=allowed)) == 1


def _stack(*resources: Row):
    request = sdk.proto.AnalyzeStackRequest()
    for number, (urn, props, comes_from) in enumerate(resources):
        made = request.resources.add()
        made.urn, made.name, made.type = urn, f"it{number}", urn.split("::")[2].rpartition("$")[2]
        json_format.ParseDict(props, made.properties)
        for key in props:
            made.propertyDependencies[key].urns.extend(comes_from)
    return request


@pytest.mark.parametrize("narrowed", [True, False])
def test_the_pack_s_server_tells_of_it_whether_it_is_narrowed_or_not(narrowed: bool) -> None:
    base = sdk._PolicyAnalyzerServicer
    made = quick_server.server(base, RULES) if narrowed else base
    server = made("pack", "1", [_policy(RULE)], sdk.EnforcementLevel.MANDATORY)
    at = f"urn:pulumi:dev::p::{ATTACHMENT}::a"
    own: Row = (OWN, {}, [])
    other: Row = (OTHER, {}, [])
    for comes_from, count in (([OTHER], 1), ([OWN], 0), ([], 1)):
        said = server.AnalyzeStack(_stack(own, other, (at, {"policyArn": TEXT}, comes_from)), None).diagnostics
        assert len(said) == count, comes_from
        assert [row.enforcementLevel for row in said] == [sdk.proto.ADVISORY] * count
    info = server.GetAnalyzerInfo(None, None).policies
    assert [row.policy_type for row in info] == [sdk.proto.PolicyType.POLICY_TYPE_RESOURCE]


def test_what_is_known_is_not_unpacked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    real = sdk.deserialize_properties

    def noting(props: Any, *more: Any) -> Any:
        seen.append(props)
        return real(props, *more)

    monkeypatch.setattr(sdk, "deserialize_properties", noting)
    server = quick_server.server(sdk._PolicyAnalyzerServicer, RULES)(
        "p", "1", [_policy(RULE)], sdk.EnforcementLevel.MANDATORY
    )
    known = [(f"urn:pulumi:dev::p::{ATTACHMENT}::{number}", {"policyArn": "arn"}, [OWN]) for number in range(3)]
    server.AnalyzeStack(_stack((OWN, {"policy": "{}"}, []), *known), None)
    assert seen == []


ALLOWED = {"allowed": [{"pattern": "break-glass-*", "reason": "on call"}]}
OPS = "urn:pulumi:dev::p::aws-identity-center:index:OperatorPermissions::ops"
EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


@pytest.mark.parametrize("narrowed", [True, False])
def test_where_something_may_be_excused_what_is_known_is_asked_about_too(narrowed: bool) -> None:
    base = sdk._PolicyAnalyzerServicer
    made = quick_server.server(base, RULES) if narrowed else base
    arn = "arn:aws:iam::111122223333:policy/break-glass-all"
    bad: Row = (OWN, {"name": "break-glass-all", "arn": arn, "policy": EVERYTHING}, [])
    attached: Row = (f"urn:pulumi:dev::p::{ATTACHMENT}::a", {"policyArn": arn, "role": "everybody"}, [OWN])
    for config, count in ((ALLOWED, 1), ({}, 0)):
        server = made("pack", "1", [_policy(RULE)], sdk.EnforcementLevel.MANDATORY)
        request = sdk.proto.ConfigureAnalyzerRequest()
        request.policyConfig[RULE.id].enforcementLevel = sdk.proto.MANDATORY
        json_format.ParseDict(config, request.policyConfig[RULE.id].properties)
        server.Configure(request, None)
        said = server.AnalyzeStack(_stack(bad, attached), None).diagnostics
        assert [row.enforcementLevel for row in said] == [sdk.proto.MANDATORY] * count, config


def test_a_component_that_is_excused_is_enough_to_ask() -> None:
    rule = RULE
    assert rule.asks_of_all is not None
    assert rule.asks_of_all({}, {OPS.split("::")[2], ROLE})
    assert not rule.asks_of_all({}, {ROLE})
