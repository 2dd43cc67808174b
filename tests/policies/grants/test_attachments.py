"""A policy that may exist may still not be attached to anybody: whom it is attached to is judged for itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from grants.operator_own import OPERATOR_PERMISSIONS
from pack.rule import UNKNOWN, Declared, Later, Stack
from pulumi_aws_identity_center.domain.iam_documents import disable_document
from rules.no_disable_grant import RULE, in_stack

ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
ALLOWED = [{"pattern": "break-glass-*", "reason": "the two of us on call"}]
POLICY, ROLE = "aws:iam/policy:Policy", "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
SEVERAL = "aws:iam/policyAttachment:PolicyAttachment"
BY_NAME = "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment"
OPS = f"urn:pulumi:dev::p::{OPERATOR_PERMISSIONS}::ops"
OTHER_OPS = f"urn:pulumi:dev::p::{OPERATOR_PERMISSIONS}::other"


def _arn(name: str) -> str:
    return f"arn:aws:iam::111122223333:policy/{name}"


def _policy(rule, name: str = "break-glass-disable", document=ADMIN, logical: str = "", **options) -> Declared:
    props = {"name": name, "policy": document if document is UNKNOWN else json.dumps(document)}
    made: Declared = rule.declared(POLICY, logical or name, props=props, **options)
    return made


def _attached(rule, arn=UNKNOWN, role: Any = "everybody", *policies: Declared, **options) -> Declared:
    """An attachment; of an unknown ARN, with the policies that it comes from."""
    comes_from = {"policyArn": [each.urn for each in policies]}
    props = {"role": role, "policyArn": arn}
    name = options.pop("name", "attached")
    made: Declared = rule.declared(ATTACHMENT, name, props=props, comes_from=comes_from, **options)
    return made


def _said(*resources: Declared, allowed=ALLOWED) -> list[str]:
    """What is said of the stack; each resource by itself has to pass."""
    for resource in resources:
        assert list(RULE.check(resource, {"allowed": allowed})) == [], resource  # type: ignore[misc]
    return [message for message, _ in in_stack(Stack("p", "dev", resources), {"allowed": allowed})]


@pytest.mark.parametrize("arn", [UNKNOWN, _arn("break-glass-disable")])
def test_an_exception_lets_the_policy_exist_and_not_everybody_have_it(rule, arn) -> None:
    policy = _policy(rule)
    (message,) = _said(policy, _attached(rule, arn, "everybody", policy))
    assert not isinstance(message, Later)
    assert message.startswith("attached: its policyArn is break-glass-disable, which lets whoever has it call ")
    assert "everybody is no exception" in message
    assert "In Python: " in message
    assert "In YAML: " in message
    assert _said(policy, _attached(rule, arn, "break-glass-1", policy)) == []


def test_of_several_all_have_to_be_exceptions(rule) -> None:
    policy = _policy(rule)
    for roles, count in ((["break-glass-1"], 0), (["break-glass-1", "everybody"], 1)):
        several = rule.declared(SEVERAL, "a", props={"roles": roles, "policyArn": _arn("break-glass-disable")})
        assert len(_said(policy, several)) == count


def test_a_policy_of_the_program_that_grants_nothing_is_anybody_s(rule) -> None:
    reader = _policy(rule, "break-glass-reader", READER)
    for arn in (UNKNOWN, _arn("break-glass-reader")):
        assert _said(reader, _attached(rule, arn, "everybody", reader)) == []


@pytest.mark.parametrize("logical", ["break-glass-x", "x"])
def test_a_policy_is_an_exception_by_its_name_in_iam_and_not_by_the_program_s(rule, logical: str) -> None:
    named = _policy(rule, "developers", logical=logical)
    assert len(rule.messages(RULE, named, allowed=ALLOWED)) == 1
    prefixed = rule.declared(POLICY, logical, props={"namePrefix": "developers-", "policy": json.dumps(ADMIN)})
    assert len(rule.messages(RULE, prefixed, allowed=ALLOWED)) == 1
    good = rule.declared(POLICY, logical, props={"namePrefix": "break-glass-", "policy": json.dumps(ADMIN)})
    assert rule.messages(RULE, good, allowed=ALLOWED) == []


def test_a_policy_from_elsewhere_that_an_exception_names_is_for_exceptions_only(rule) -> None:
    (message,) = _said(_attached(rule, _arn("ops/break-glass-disable"), "dev"))
    assert "its policyArn is break-glass-disable, which this program doesn't make" in message
    assert "dev is no exception" in message
    assert _said(_attached(rule, _arn("ops/break-glass-disable"), "break-glass-1")) == []
    assert _said(_attached(rule, _arn("developers"), "dev")) == []
    assert _said(_attached(rule, _arn("break-glass-disable"), "dev"), allowed=[]) == []
    reference = {"customerManagedPolicyReference": {"name": "break-glass-disable"}}
    assert len(_said(rule.declared(BY_NAME, "a", props=reference))) == 1
    assert _said(rule.declared(BY_NAME, "break-glass-set", props=reference)) == []


def test_another_account_s_policy_of_the_same_name_is_not_the_program_s(rule) -> None:
    props = {"name": "break-glass-reader", "policy": json.dumps(READER), "arn": _arn("break-glass-reader")}
    reader = rule.declared(POLICY, "reader", props=props)
    assert _said(reader, _attached(rule, _arn("break-glass-reader"))) == []
    assert len(_said(reader, _attached(rule, _arn("break-glass-reader").replace("1111", "9999")))) == 1


def test_an_identity_with_a_generated_name_is_known_by_its_logical_one(rule) -> None:
    policy, exact = _policy(rule, "power"), [{"pattern": "power", "reason": "why"}]
    role = rule.declared(ROLE, "power", props={"name": "power-1234abc"})
    assert _said(policy, role, _attached(rule, UNKNOWN, "power-1234abc", policy), allowed=exact) == []
    assert len(_said(policy, _attached(rule, UNKNOWN, "power-1234abc", policy), allowed=exact)) == 1


def test_whom_a_preview_cannot_know_is_shown(rule) -> None:
    policy = _policy(rule)
    (message,) = _said(policy, _attached(rule, UNKNOWN, UNKNOWN, policy))
    assert isinstance(message, Later)


def test_which_of_several_policies_it_is_is_shown_where_some_are_harmless(rule) -> None:
    policy, reader = _policy(rule), _policy(rule, "reader", READER)
    (message,) = _said(policy, reader, _attached(rule, UNKNOWN, "everybody", policy, reader))
    assert isinstance(message, Later)
    second = _policy(rule, "break-glass-2")
    (one, two) = _said(policy, second, _attached(rule, UNKNOWN, "everybody", policy, second))
    assert not isinstance(one, Later)
    assert not isinstance(two, Later)
    both = {"name": "everybody", "managedPolicyArns": [UNKNOWN, UNKNOWN]}
    comes_from = {"managedPolicyArns": [policy.urn, reader.urn]}
    (message,) = _said(policy, reader, rule.declared(ROLE, "everybody", props=both, comes_from=comes_from))
    assert not isinstance(message, Later)


def test_a_policy_that_is_refused_itself_is_told_of_once(rule) -> None:
    policy = _policy(rule, "developers")
    attached = _attached(rule, UNKNOWN, "everybody", policy)
    assert list(in_stack(Stack("p", "dev", [policy, attached]), {"allowed": ALLOWED})) == []


def _own(rule, prefix: str = "identity-center-", parent: str = OPS) -> list[Declared]:
    """What the component makes of one break-glass role."""
    urn = f"urn:pulumi:dev::p::{OPERATOR_PERMISSIONS}${POLICY}::{prefix}disable"
    props = {"name": f"{prefix}disable", "policy": json.dumps(disable_document())}
    policy = Declared(POLICY, f"{prefix}disable", urn, props, parent=parent)
    role = rule.declared(ROLE, "bg", parent=parent, props={"name": "bg"})
    return [policy, role, _attached(rule, UNKNOWN, "bg", policy, name="bg-disable", parent=parent)]


@pytest.mark.parametrize("prefix", ["identity-center-", "second-"])
def test_what_operator_permissions_makes_passes_and_what_is_put_beside_it_does_not(rule, prefix: str) -> None:
    policy, role, own = _own(rule, prefix)
    assert _said(policy, role, own, allowed=[]) == []
    known = _attached(rule, _arn(f"{prefix}disable"), "bg", name="bg-disable", parent=OPS)
    assert _said(policy, role, known, allowed=[]) == []
    for parent, name in ((OPS, "x"), (OPS, "everybody-disable"), ("", "everybody-disable"), (OTHER_OPS, "bg-disable")):
        other = _attached(rule, UNKNOWN, "everybody", policy, name=name, parent=parent)
        (message,) = _said(policy, role, own, other, allowed=[])
        assert not isinstance(message, Later), (parent, name)
        assert "everybody is no exception" in message
    # Another component's role of that name.
    theirs = rule.declared(ROLE, "bg", parent=OTHER_OPS, props={"name": "bg"})
    stolen = _attached(rule, UNKNOWN, "bg", policy, name="bg-disable", parent=OTHER_OPS)
    assert len(_said(policy, role, own, theirs, stolen, allowed=[])) == 1
    # Whoever makes the policy, the role has to be there.
    if prefix == "identity-center-":
        assert len(_said(known, allowed=[])) == 1
        assert _said(role, known, allowed=[]) == []
    # The same role, outside of the component.
    assert len(_said(policy, role, own, _attached(rule, UNKNOWN, "bg", policy), allowed=[])) == 1
    # A role of the component's name that it didn't make.
    assert len(_said(policy, rule.declared(ROLE, "bg", props={"name": "bg"}), known, allowed=[])) == 1
    assert len(_said(policy, rule.declared(ROLE, "x", parent=OPS, props={"name": "bg"}), known, allowed=[])) == 1


def test_which_of_operator_permissions_policies_it_is_is_shown_until_its_arn_is_known(rule) -> None:
    policy, role, own = _own(rule)
    urn = policy.urn.replace("disable", "observe")
    observed = {"name": "identity-center-observe", "policy": json.dumps(READER)}
    observe = Declared(POLICY, "identity-center-observe", urn, observed, parent=OPS)
    which = _attached(rule, UNKNOWN, "auditors", policy, observe)
    (message,) = _said(policy, observe, role, own, which, allowed=[])
    assert isinstance(message, Later)
    assert "may be identity-center-disable" in message
    known = _attached(rule, _arn("identity-center-observe"), "auditors")
    assert _said(policy, observe, role, own, known, allowed=[]) == []
