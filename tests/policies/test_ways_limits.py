"""docs/ways-to-lose-trusted-access.md, the column of what a layer can't see: that it really is quiet there.

A limit that is gone is good news; then the page has to say so.
"""

from __future__ import annotations

import io
import json

from pulumi.runtime.proto import analyzer_pb2
from pulumi_aws_identity_center import guard_document
from pulumi_aws_identity_center.domain.resource_types import ROLE
from pulumi_aws_identity_center.gate.guards.denial import denials
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE
from rules.registry import RULES

SSO = "sso.amazonaws.com"
POLICY = "aws:iam/policy:Policy"
LISTED = {"awsServiceAccessPrincipals": [SSO]}
ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def _gate(*steps) -> str:
    rows = []
    for number, (op, type_, old, new) in enumerate(steps):
        states = [None if inputs is None else {"inputs": inputs, "outputs": inputs} for inputs in (old, new)]
        urn = f"urn:pulumi:dev::p::{type_}::{number}"
        rows.append({"op": op, "urn": urn, "oldState": states[0], "newState": states[1]})
    return judge(read(io.StringIO(json.dumps({"steps": rows}))))[0]


def _pack(rule, *resources) -> list[str]:
    config = {"ownerStacks": ["dev"]}
    own = {"no-disable-grant": config}
    return [
        registered.id
        for registered in RULES
        for _ in rule.messages(registered, *resources, **own.get(registered.id, {}))
    ]


def test_a_pack_is_quiet_about_what_is_no_longer_there(rule) -> None:
    assert _pack(rule) == []


def test_a_pack_sees_protect_and_no_retain_on_delete() -> None:
    options = set(analyzer_pb2.AnalyzerResourceOptions.DESCRIPTOR.fields_by_name)
    assert "protect" in options
    assert not [name for name in options if "retain" in name.lower()]


def test_a_pack_sees_only_the_new_principal(rule) -> None:
    changed = rule.declared(SERVICE_ACCESS_TYPE, props={"servicePrincipal": "ram.amazonaws.com"})
    assert _pack(rule, changed) == []


def test_the_gate_passes_two_new_owners() -> None:
    organization = ("import", ORGANIZATION_TYPE, None, LISTED)
    assert _gate(organization, ("create", SERVICE_ACCESS_TYPE, None, {"servicePrincipal": SSO})) == "safe"


def test_the_gate_passes_a_policy_that_grants_disabling() -> None:
    assert _gate(("create", POLICY, None, {"name": "power", "policy": json.dumps(ADMIN)})) == "safe"


def test_the_gate_passes_a_new_role_of_that_name() -> None:
    role = {"name": "AWSServiceRoleForSSO"}
    assert _gate(("create", ROLE, None, role)) == "safe"
    assert _gate(("delete", ROLE, role, None)) == "unsafe"


def test_the_gate_is_quiet_about_earlier_losses() -> None:
    access = {"servicePrincipal": SSO}
    assert _gate(("same", SERVICE_ACCESS_TYPE, access, access)) == "safe"
    assert _gate(("same", ORGANIZATION_TYPE, LISTED, LISTED)) == "safe"


def test_the_guard_leaves_out_whom_it_exempts() -> None:
    guard = guard_document(break_glass_principals=["arn:aws:iam::*:role/any*"])
    assert not any(denials(guard, ("arn:aws:iam::111122223333:role/anybody",)))


def test_what_no_step_shows_is_seen_by_neither(rule) -> None:
    token = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
    lacks = {"roleName": "r", "policyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}
    assert _pack(rule, rule.declared(token, props=lacks)) == []
    assert _gate(("create", token, None, lacks)) == "safe"


def test_only_a_programs_own_templates_are_read_for_grants(rule) -> None:
    stack, control = "aws:cloudformation/stack:Stack", "aws:cloudcontrol/resource:Resource"
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "x", "PolicyDocument": ADMIN}]}}
    template = json.dumps({"Resources": {"Power": role}})
    assert _pack(rule, rule.declared(stack, props={"templateBody": template})) == ["no-disable-grant"]
    at_a_url = {"templateUrl": "https://example.com/power", "capabilities": ["CAPABILITY_IAM"]}
    organization = {"typeName": "AWS::Organizations::Organization", "desiredState": '{"FeatureSet": "CONSOLIDATED"}'}
    assert _pack(rule, rule.declared(stack, props=at_a_url), rule.declared(control, props=organization)) == []
    guard = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": guard_document()}}
    guarded = {"templateBody": json.dumps({"Resources": {"Guard": guard}})}
    assert _gate(("create", stack, None, {"templateBody": template}), ("delete", stack, guarded, None)) == "safe"
