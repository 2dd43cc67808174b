"""A policy may be allowed and its attachment not: each principal that receives it is judged by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared, Stack
from pulumi_aws_identity_center.domain.grants import no_disable_grant
from pulumi_aws_identity_center.domain.grants.operator_own import OPERATOR_PERMISSIONS
from pulumi_aws_identity_center.domain.iam_documents import disable_document

from tests.declared_resources import Said, declare, grants_in_management

ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
OWNER = {"ownerStacks": ["dev"]}
ALLOWED = [{"pattern": "break-glass-*", "reason": "the two of us on call"}]
POLICY, ROLE = "aws:iam/policy:Policy", "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
SEVERAL = "aws:iam/policyAttachment:PolicyAttachment"
BY_NAME = "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment"
OPS = f"urn:pulumi:dev::p::{OPERATOR_PERMISSIONS}::ops"
OTHER_OPS = f"urn:pulumi:dev::p::{OPERATOR_PERMISSIONS}::other"


def _arn(name: str) -> str:
    return f"arn:aws:iam::111122223333:policy/{name}"


def _policy(name: str = "break-glass-disable", document=ADMIN, logical: str = "", **options) -> Declared:
    props = {"name": name, "policy": document if document is UNKNOWN else json.dumps(document)}
    policy: Declared = declare(POLICY, logical or name, props=props, **options)
    return policy


def _attached(arn=UNKNOWN, role: Any = "everybody", *policies: Declared, **options) -> Declared:
    """An attachment; of an unknown ARN, with the policies that it comes from."""
    comes_from = {"policyArn": [policy.urn for policy in policies]}
    props = {"role": role, "policyArn": arn}
    name = options.pop("name", "attached")
    attachment: Declared = declare(ATTACHMENT, name, props=props, comes_from=comes_from, **options)
    return attachment


def _said(*resources: Declared, allowed=ALLOWED) -> list[Said]:
    """What is said of the stack; each resource by itself has to pass."""
    for resource in resources:
        alone = no_disable_grant.violations_of_resource(resource, {**OWNER, "allowed": allowed}, Stack("p", "dev", []))
        assert list(alone) == [], resource
    return grants_in_management(*resources, allowed=allowed)


@pytest.mark.parametrize("arn", [UNKNOWN, _arn("break-glass-disable")])
def test_an_exception_for_a_policy_excuses_no_attachment(arn) -> None:
    policy = _policy()
    (message,) = _said(policy, _attached(arn, "everybody", policy))
    assert not message.is_later
    assert message.startswith("attached: its policyArn gives break-glass-disable to everybody, no exception.")
    assert "Fix: " in message
    assert _said(policy, _attached(arn, "break-glass-1", policy)) == []


def test_of_several_all_have_to_be_exceptions() -> None:
    policy = _policy()
    for roles, count in ((["break-glass-1"], 0), (["break-glass-1", "everybody"], 1)):
        several = declare(SEVERAL, "a", props={"roles": roles, "policyArn": _arn("break-glass-disable")})
        assert len(_said(policy, several)) == count


def test_a_harmless_policy_may_be_attached_to_anybody() -> None:
    reader = _policy("break-glass-reader", READER)
    for arn in (UNKNOWN, _arn("break-glass-reader")):
        assert _said(reader, _attached(arn, "everybody", reader)) == []


@pytest.mark.parametrize("logical", ["break-glass-x", "x"])
def test_a_policy_is_excused_by_its_iam_name(logical: str) -> None:
    named = _policy("developers", logical=logical)
    assert len(grants_in_management(named, allowed=ALLOWED)) == 1
    prefixed = declare(POLICY, logical, props={"namePrefix": "developers-", "policy": json.dumps(ADMIN)})
    assert len(grants_in_management(prefixed, allowed=ALLOWED)) == 1
    good = declare(POLICY, logical, props={"namePrefix": "break-glass-", "policy": json.dumps(ADMIN)})
    assert grants_in_management(good, allowed=ALLOWED) == []


def test_another_stacks_excused_policy_needs_an_excused_receiver() -> None:
    (message,) = _said(_attached(_arn("ops/break-glass-disable"), "dev"))
    assert "its policyArn gives break-glass-disable to dev, no exception." in message
    assert _said(_attached(_arn("ops/break-glass-disable"), "break-glass-1")) == []
    assert _said(_attached(_arn("developers"), "dev")) == []
    assert _said(_attached(_arn("break-glass-disable"), "dev"), allowed=[]) == []
    reference = {"customerManagedPolicyReference": {"name": "break-glass-disable"}}
    assert len(_said(declare(BY_NAME, "a", props=reference))) == 1
    assert _said(declare(BY_NAME, "break-glass-set", props=reference)) == []


def test_another_accounts_policy_is_not_the_programs() -> None:
    props = {"name": "break-glass-reader", "policy": json.dumps(READER), "arn": _arn("break-glass-reader")}
    reader = declare(POLICY, "reader", props=props)
    assert _said(reader, _attached(_arn("break-glass-reader"))) == []
    assert len(_said(reader, _attached(_arn("break-glass-reader").replace("1111", "9999")))) == 1


def test_a_generated_name_counts_as_the_logical_name() -> None:
    policy, exact = _policy("power"), [{"pattern": "power", "reason": "why"}]
    for name, count in (("power-1234abc", 0), ("power-1234abcd", 1), ("power-1234abc-x", 1)):
        assert len(_said(policy, _attached(UNKNOWN, name, policy), allowed=exact)) == count, name


def test_whom_a_preview_cannot_know_is_shown() -> None:
    policy = _policy()
    (message,) = _said(policy, _attached(UNKNOWN, UNKNOWN, policy))
    assert message.is_later


def test_an_unknown_choice_of_policies_is_shown() -> None:
    policy, reader = _policy(), _policy("reader", READER)
    (message,) = _said(policy, reader, _attached(UNKNOWN, "everybody", policy, reader))
    assert message.is_later
    second = _policy("break-glass-2")
    (first, later) = _said(policy, second, _attached(UNKNOWN, "everybody", policy, second))
    assert not first.is_later
    assert not later.is_later
    both = {"name": "everybody", "managedPolicyArns": [UNKNOWN, UNKNOWN]}
    comes_from = {"managedPolicyArns": [policy.urn, reader.urn]}
    (message,) = _said(policy, reader, declare(ROLE, "everybody", props=both, comes_from=comes_from))
    assert not message.is_later


def test_a_policy_that_is_refused_itself_is_told_of_once() -> None:
    policy = _policy("developers")
    attached = _attached(UNKNOWN, "everybody", policy)
    (message,) = grants_in_management(policy, attached, allowed=ALLOWED)
    assert message.startswith("developers: its policy ")


def _own(prefix: str = "identity-center-", parent: str = OPS) -> list[Declared]:
    """What the component makes of one break-glass role."""
    urn = f"urn:pulumi:dev::p::{OPERATOR_PERMISSIONS}${POLICY}::{prefix}disable"
    props = {"name": f"{prefix}disable", "policy": json.dumps(disable_document())}
    policy = Declared(POLICY, f"{prefix}disable", urn, props, parent=parent)
    role = declare(ROLE, "bg", parent=parent, props={"name": "bg"})
    return [policy, role, _attached(UNKNOWN, "bg", policy, name="bg-disable", parent=parent)]


@pytest.mark.parametrize("prefix", ["identity-center-", "second-"])
def test_operator_permissions_own_grants_pass_and_others_do_not(prefix: str) -> None:
    policy, role, own = _own(prefix)
    assert _said(policy, role, own, allowed=[]) == []
    known_attachment = _attached(_arn(f"{prefix}disable"), "bg", name="bg-disable", parent=OPS)
    assert _said(policy, role, known_attachment, allowed=[]) == []
    for parent, name in ((OPS, "x"), (OPS, "everybody-disable"), ("", "everybody-disable"), (OTHER_OPS, "bg-disable")):
        other_attachment = _attached(UNKNOWN, "everybody", policy, name=name, parent=parent)
        (message,) = _said(policy, role, own, other_attachment, allowed=[])
        assert not message.is_later, (parent, name)
        assert "everybody, no exception" in message
    # Another component's role of that name.
    theirs = declare(ROLE, "bg", parent=OTHER_OPS, props={"name": "bg"})
    stolen = _attached(UNKNOWN, "bg", policy, name="bg-disable", parent=OTHER_OPS)
    assert len(_said(policy, role, own, theirs, stolen, allowed=[])) == 1
    # Whoever makes the policy, the role has to be there.
    if prefix == "identity-center-":
        assert len(_said(known_attachment, allowed=[])) == 1
        assert _said(role, known_attachment, allowed=[]) == []
    # The same role, outside of the component.
    assert len(_said(policy, role, own, _attached(UNKNOWN, "bg", policy), allowed=[])) == 1
    # A role of the component's name that it didn't make.
    assert len(_said(policy, declare(ROLE, "bg", props={"name": "bg"}), known_attachment, allowed=[])) == 1
    assert len(_said(policy, declare(ROLE, "x", parent=OPS, props={"name": "bg"}), known_attachment, allowed=[])) == 1


def test_operator_permissions_policies_are_shown_until_known() -> None:
    policy, role, own = _own()
    urn = policy.urn.replace("disable", "observe")
    observed = {"name": "identity-center-observe", "policy": json.dumps(READER)}
    observe = Declared(POLICY, "identity-center-observe", urn, observed, parent=OPS)
    which = _attached(UNKNOWN, "auditors", policy, observe)
    (message,) = _said(policy, observe, role, own, which, allowed=[])
    assert message.is_later
    assert "perhaps identity-center-disable" in message
    known_attachment = _attached(_arn("identity-center-observe"), "auditors")
    assert _said(policy, observe, role, own, known_attachment, allowed=[]) == []
