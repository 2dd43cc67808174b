"""A list that is made exclusive takes off what it lacks: of somebody who is seen to have a guard, that is the guard."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi_aws_identity_center import guard_document

from tests.walk import walk

ARN = "arn:aws:iam::111122223333:policy/identity-center-guard"
OTHER = "arn:aws:iam::aws:policy/ReadOnlyAccess"
GUARD = json.dumps(guard_document())
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SET = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
SEVERAL = "aws:iam/policyAttachment:PolicyAttachment"
EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
REFERENCES = "customerManagedPolicyReferences"
# What has a guard, and a list of the same somebody's, with the guard in it and without.
Props = dict[str, Any]
LISTS: list[tuple[str, Props, str, Props, Props]] = [
    (
        ATTACHMENT,
        {"role": "r", "policyArn": ARN},
        EXCLUSIVE,
        {"roleName": "r", "policyArns": [OTHER, ARN]},
        {"policyArns": [OTHER]},
    ),
    (
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        {"user": "r", "policyArn": ARN},
        "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
        {"userName": "r", "policyArns": [ARN]},
        {"policyArns": []},
    ),
    (
        "aws:iam/groupPolicy:GroupPolicy",
        {"group": "r", "name": "keep", "policy": GUARD},
        "aws:iam/groupPoliciesExclusive:GroupPoliciesExclusive",
        {"groupName": "r", "policyNames": ["keep"]},
        {"policyNames": ["other"]},
    ),
    (
        "aws:iam/rolePolicy:RolePolicy",
        {"role": "r", "name": "keep", "policy": GUARD},
        "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive",
        {"roleName": "r", "policyNames": ["keep"]},
        {"policyNames": []},
    ),
    (
        "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment",
        {"permissionSetArn": SET, "customerManagedPolicyReference": {"name": "identity-center-guard"}},
        "aws:ssoadmin/customerManagedPolicyAttachmentsExclusive:CustomerManagedPolicyAttachmentsExclusive",
        {"permissionSetArn": SET, REFERENCES: [{"name": "identity-center-guard"}]},
        {REFERENCES: [{"name": "other"}]},
    ),
    (
        ATTACHMENT,
        {"role": "r", "policyArn": ARN},
        SEVERAL,
        {"policyArn": ARN, "roles": ["s", "r"]},
        {"roles": ["s"]},
    ),
]


@pytest.fixture(params=["digest", "events"])
def verdict(request: pytest.FixtureRequest, gate):
    return lambda *steps: gate.verdict(getattr(gate, request.param)(*steps))


def _same(gate, type_: str, props: Props):
    return gate.step("same", type_, gate.state(props), gate.state(props))


def _made(gate, type_: str, props: Props):
    step = gate.step("create", type_, None, gate.state(props))
    return {**step, "urn": step["urn"] + "made"}


@walk(("carrier", "carried", "type_", "listed", "lacks"), LISTS)
def test_a_new_list_without_the_guard_is_always_unsafe(verdict, gate, carrier, carried, type_, listed, lacks) -> None:
    guarded, bad = _same(gate, carrier, carried), _made(gate, type_, {**listed, **lacks})
    assert verdict(guarded, bad) == ("unsafe", ["guard-removed"])
    assert verdict(bad, guarded) == ("unsafe", ["guard-removed"])
    assert verdict(guarded, _made(gate, type_, listed)) == ("safe", [])
    assert verdict(bad) == ("safe", [])


def test_somebody_else_s_list_takes_nothing_off(verdict, gate) -> None:
    guarded = _same(gate, ATTACHMENT, {"role": "r", "policyArn": ARN})
    for props in ({"roleName": "other", "policyArns": []}, {"roleName": UNKNOWN, "policyArns": []}):
        assert verdict(guarded, _made(gate, EXCLUSIVE, props)) == ("safe", []), props
    reader = _same(gate, ATTACHMENT, {"role": "r", "policyArn": OTHER})
    assert verdict(reader, _made(gate, EXCLUSIVE, {"roleName": "r", "policyArns": []})) == ("safe", [])
    other = {"policyArn": OTHER, "roles": []}
    assert verdict(guarded, _made(gate, SEVERAL, other)) == ("safe", [])


def test_a_list_of_one_kind_leaves_the_other_alone(verdict, gate) -> None:
    inline = _same(gate, "aws:iam/rolePolicy:RolePolicy", {"role": "r", "name": "keep", "policy": GUARD})
    assert verdict(inline, _made(gate, EXCLUSIVE, {"roleName": "r", "policyArns": []})) == ("safe", [])


def test_an_unknown_list_without_the_guard_is_undetermined(verdict, gate) -> None:
    guarded = _same(gate, ATTACHMENT, {"role": "r", "policyArn": ARN})
    for listed in (UNKNOWN, [OTHER, UNKNOWN], "[secret]"):
        made = _made(gate, EXCLUSIVE, {"roleName": "r", "policyArns": listed})
        assert verdict(guarded, made) == ("undetermined", ["value-unknown"]), listed
    known = _made(gate, EXCLUSIVE, {"roleName": "r", "policyArns": [UNKNOWN, ARN]})
    assert verdict(guarded, known) == ("safe", [])


def test_earlier_and_unknown_guards_raise_nothing(verdict, gate) -> None:
    guarded = _same(gate, ATTACHMENT, {"role": "r", "policyArn": ARN})
    lacks = {"roleName": "r", "policyArns": [OTHER]}
    assert verdict(guarded, _same(gate, EXCLUSIVE, lacks)) == ("safe", [])
    new = _made(gate, ATTACHMENT, {"role": "r", "policyArn": UNKNOWN})
    assert verdict(new, _made(gate, EXCLUSIVE, {**lacks, "policyArns": [UNKNOWN]})) == ("safe", [])


def test_a_guard_made_or_removed_is_told_once(verdict, gate) -> None:
    bad = _made(gate, EXCLUSIVE, {"roleName": "r", "policyArns": []})
    attachment = gate.state({"role": "r", "policyArn": ARN})
    assert verdict(gate.step("create", ATTACHMENT, None, attachment), bad) == ("unsafe", ["guard-removed"])
    assert verdict(gate.step("delete", ATTACHMENT, attachment), bad) == ("unsafe", ["guard-removed"])


def test_a_role_that_begins_a_list_loses_the_rest(verdict, gate) -> None:
    role = "aws:iam/role:Role"
    guarded = _same(gate, ATTACHMENT, {"role": "r", "policyArn": ARN})
    old = gate.state({"name": "r"}, {"managedPolicyArns": [ARN]})
    for listed, expected in (([OTHER], "unsafe"), ([], "unsafe"), ([ARN], "safe"), (None, "safe")):
        new = gate.state({"name": "r", "managedPolicyArns": listed} if listed is not None else {"name": "r"})
        assert verdict(guarded, gate.step("update", role, old, new))[0] == expected, listed
    listing = gate.state({"name": "r", "managedPolicyArns": [OTHER]})
    assert verdict(guarded, gate.step("update", role, listing, listing)) == ("safe", [])
