"""A guard that goes with whom it guards is lost by nobody; one of somebody who stays, or comes back, is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi_aws_identity_center import guard_document

from tests.walk import walk

ARN = "arn:aws:iam::111122223333:policy/identity-center-guard"
GUARD = json.dumps(guard_document())
OWN = "arn:aws:iam::111122223333:policy/quarantine"
SET = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
ATTACHMENT, INLINE = "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy"
SEVERAL = "aws:iam/policyAttachment:PolicyAttachment"
# What carries a guard of somebody, and that somebody.
PAIRS: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    (INLINE, {"role": "r", "policy": GUARD}, ROLE, {"name": "r"}),
    (ATTACHMENT, {"role": "r", "policyArn": ARN}, ROLE, {"name": "r"}),
    (ATTACHMENT, {"role": "arn:aws:iam::1:role/r", "policyArn": ARN}, ROLE, {"name": "r"}),
    ("aws:iam/userPolicy:UserPolicy", {"user": "r", "policy": GUARD}, "aws:iam/user:User", {"name": "r"}),
    ("aws:iam/groupPolicy:GroupPolicy", {"group": "r", "policy": GUARD}, "aws:iam/group:Group", {"name": "r"}),
    ("aws-native:iam:RolePolicy", {"roleName": "r", "policyDocument": GUARD}, "aws-native:iam:Role", {"roleName": "r"}),
    (
        "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
        {"permissionSetArn": SET, "inlinePolicy": GUARD},
        "aws:ssoadmin/permissionSet:PermissionSet",
        {"arn": SET},
    ),
    (SEVERAL, {"roles": ["r"], "policyArn": ARN}, ROLE, {"name": "r"}),
    (INLINE, {"role": "r", "policy": "[secret]"}, ROLE, {"name": "r"}),
]


@pytest.fixture(params=["digest", "events"])
def verdict(request: pytest.FixtureRequest, gate):
    return lambda *steps: gate.verdict(getattr(gate, request.param)(*steps))


def _goes(gate, type_: str, props, op: str = "delete", name: str = "x", **options):
    step = gate.step(op, type_, gate.state(props, props, **options))
    return {**step, "urn": step["urn"] + name}


@walk(("carrier", "carried", "type_", "props"), PAIRS)
def test_only_what_goes_with_its_identity_is_safe(verdict, gate, carrier, carried, type_, props) -> None:
    guard, identity = _goes(gate, carrier, carried), _goes(gate, type_, props)
    assert verdict(guard, identity) == ("safe", [])
    assert verdict(identity, guard) == ("safe", [])
    assert verdict(guard)[0] != "safe"
    other = {key: f"{value}-other" for key, value in props.items()}
    assert verdict(guard, _goes(gate, type_, other))[0] != "safe"


def test_an_identity_that_stays_or_returns_loses_its_guard(verdict, gate) -> None:
    guard, props = _goes(gate, INLINE, {"role": "r", "policy": GUARD}), {"name": "r"}
    unsafe = ("unsafe", ["guard-removed"])
    assert verdict(guard, _goes(gate, ROLE, props, retainOnDelete=True)) == unsafe
    assert verdict(guard, _goes(gate, ROLE, props, "replace")) == unsafe
    again = gate.step("create", ROLE, None, gate.state(props))
    assert verdict(guard, _goes(gate, ROLE, props), again) == unsafe
    assert verdict(again, guard, _goes(gate, ROLE, props)) == unsafe


def test_of_several_all_have_to_go(verdict, gate) -> None:
    two = _goes(gate, SEVERAL, {"roles": ["r", "s"], "policyArn": ARN})
    first, second = _goes(gate, ROLE, {"name": "r"}), _goes(gate, ROLE, {"name": "s"}, name="y")
    assert verdict(two, first) == ("unsafe", ["guard-removed"])
    assert verdict(two, first, second) == ("safe", [])


def test_whom_the_preview_hides_may_stay(verdict, gate) -> None:
    hidden = _goes(gate, ATTACHMENT, {"role": "[secret]", "policyArn": ARN})
    assert verdict(hidden, _goes(gate, ROLE, {"name": "[secret]"})) == ("unsafe", ["guard-removed"])
    both = _goes(gate, SEVERAL, {"roles": ["r", "[secret]"], "policyArn": ARN})
    assert verdict(both, _goes(gate, ROLE, {"name": "r"})) == ("unsafe", ["guard-removed"])
    unread = _goes(gate, SEVERAL, {"roles": ["r", {}], "policyArn": ARN})
    assert verdict(unread, _goes(gate, ROLE, {"name": "r"})) == ("unsafe", ["guard-removed"])


def test_an_attachment_that_only_leaves_out_who_goes_is_safe(verdict, gate) -> None:
    old, new = (gate.state({"roles": roles, "policyArn": ARN}) for roles in (["r", "s"], ["s"]))
    narrowed = gate.step("update", SEVERAL, old, new)
    assert verdict(narrowed, _goes(gate, ROLE, {"name": "r"})) == ("safe", [])
    assert verdict(narrowed, _goes(gate, ROLE, {"name": "s"})) == ("unsafe", ["guard-removed"])
    lost = gate.step("update", SEVERAL, old, gate.state({"roles": ["s"], "policyArn": OWN}))
    assert verdict(lost, _goes(gate, ROLE, {"name": "r"})) == ("unsafe", ["guard-removed"])


def test_a_policy_may_go_with_all_its_holders(verdict, gate) -> None:
    policy = _goes(gate, POLICY, {"name": "quarantine", "policy": GUARD, "arn": OWN})
    attached = _goes(gate, ATTACHMENT, {"role": "r", "policyArn": OWN})
    second = _goes(gate, ATTACHMENT, {"role": "s", "policyArn": OWN}, name="y")
    role, unsafe = _goes(gate, ROLE, {"name": "r"}), ("unsafe", ["guard-removed"])
    assert verdict(policy, attached, role) == ("safe", [])
    assert verdict(policy, attached, second, role) == unsafe
    assert verdict(policy, role) == unsafe
    assert verdict(policy, attached) == unsafe
    bounded = _goes(gate, ROLE, {"name": "r", "permissionsBoundary": OWN})
    assert verdict(policy, bounded) == ("safe", [])
    # The guard itself is everybody's.
    named = _goes(gate, POLICY, {"name": "identity-center-guard", "policy": GUARD, "arn": ARN})
    assert verdict(named, _goes(gate, ATTACHMENT, {"role": "r", "policyArn": ARN}), role) == unsafe


LIST = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
ATTACHED, LISTED = {"role": "r", "policyArn": ARN}, {"roleName": "r", "policyArns": [ARN]}


@walk(
    ("goes", "options", "stays"),
    [
        ((LIST, LISTED), {}, (ATTACHMENT, ATTACHED)),
        ((ATTACHMENT, ATTACHED), {"retainOnDelete": True}, (LIST, LISTED)),
    ],
)
@walk("op", ["same", "create"])
def test_a_guard_that_two_give_is_watched_by_the_other(verdict, gate, op, goes, options, stays) -> None:
    """AWS detaches nothing when a list goes: it is no longer applied, and no more."""
    type_, props = stays
    state = gate.state(props, props)
    role = gate.step("same", ROLE, *[gate.state({"name": "r"}, {"name": "r", "managedPolicyArns": [ARN]})] * 2)
    leaves, step = _goes(gate, *goes, **options), gate.step(op, type_, None if op == "create" else state, state)
    assert verdict(role, leaves, step) == ("safe", [])
    assert verdict(role, leaves) == ("unsafe", ["guard-removed"])


@walk(("op", "type_", "props"), [("same", LIST, LISTED), ("read-replacement", ATTACHMENT, ATTACHED)])
def test_what_is_only_looked_up_watches_no_guard(verdict, gate, op, type_, props) -> None:
    old, new = gate.state(props, props, retainOnDelete=True), gate.state(props, props, external=True)
    assert verdict(gate.step(op, type_, old, new)) == ("unsafe", ["guard-removed"])


def test_a_guard_that_was_only_read_is_lost_by_what_overwrites_it(verdict, gate) -> None:
    """The provider puts the new document in place of the one that the program read until now."""
    inline = {"role": "r", "name": "keep"}
    read = {**gate.state({}, {**inline, "policy": GUARD}), "external": True}
    for policy, expected in ((GUARD, "safe"), ('{"Statement": []}', "unsafe")):
        managed = gate.state({**inline, "policy": policy})
        steps = [gate.step(op, INLINE, read, managed) for op in ("create-replacement", "replace")]
        assert verdict(*steps, gate.step("discard-replaced", INLINE, read))[0] == expected, policy
