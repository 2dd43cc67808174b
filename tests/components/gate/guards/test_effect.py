"""A guard that a plan would take away is found, wherever it is carried; one that stays, or moves nothing, is not."""

from __future__ import annotations

import io
import json
import urllib.parse
from typing import Any

import pytest
from pulumi_aws_identity_center import guard_document
from pulumi_aws_identity_center.gate.guards import denial
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read
from pulumi_aws_identity_center.gate.terraform_words import in_terraform_words
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

from tests.walk import walk

ANYBODY = ("arn:aws:iam::000000000000:role/anybody",)
ARN = "arn:aws:iam::111122223333:policy/identity-center-guard"
BOUNDARY = f"{ARN}-boundary"
GUARD = json.dumps(guard_document())
OTHER = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ROLE, USER, NATIVE_ROLE = "aws:iam/role:Role", "aws:iam/user:User", "aws-native:iam:Role"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# What carries a guard, and the same without it.
CARRIERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "aws:iam/policy:Policy": ({"name": "own", "policy": GUARD}, {"name": "own", "policy": "{}"}),
    "aws:iam/rolePolicy:RolePolicy": ({"role": "r", "policy": GUARD}, {"role": "r", "policy": "{}"}),
    "aws:iam/policyAttachment:PolicyAttachment": (
        {"policyArn": ARN, "roles": ["a", "b"]},
        {"policyArn": ARN, "roles": ["a"]},
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ({"role": "r", "policyArn": ARN}, {"policyArn": OTHER}),
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": (
        {"policyArns": [OTHER, ARN]},
        {"policyArns": [OTHER]},
    ),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": (
        {"inlinePolicy": GUARD},
        {"inlinePolicy": "{}"},
    ),
    "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment": (
        {"customerManagedPolicyReference": {"name": "identity-center-guard"}},
        {"customerManagedPolicyReference": {"name": "other"}},
    ),
    "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment": (
        {"permissionsBoundary": {"managedPolicyArn": BOUNDARY}},
        {"permissionsBoundary": {"managedPolicyArn": OTHER}},
    ),
    "aws:index/iamRolePolicyAttachment:IamRolePolicyAttachment": ({"policyArn": ARN}, {"policyArn": OTHER}),
    "aws-native:iam:ManagedPolicy": (
        {"managedPolicyName": "own", "policyDocument": guard_document()},
        {"managedPolicyName": "own", "policyDocument": {}},
    ),
}
IDENTITIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    ROLE: ({"permissionsBoundary": BOUNDARY}, {}),
    USER: ({"permissionsBoundary": BOUNDARY}, {"permissionsBoundary": OTHER}),
    NATIVE_ROLE: ({"managedPolicyArns": [ARN]}, {"managedPolicyArns": []}),
}


def denied(document) -> set[str]:
    """The lock-out actions that it denies to anybody."""
    return {action for action, _ in denial.union(denial.denials(document, ANYBODY))}


@pytest.fixture(params=["digest", "events"])
def verdict(request: pytest.FixtureRequest, gate):
    return lambda *steps: gate.verdict(getattr(gate, request.param)(*steps))


@walk("type_", [*CARRIERS, *IDENTITIES])
def test_only_an_update_that_removes_the_guard_is_unsafe(verdict, gate, type_) -> None:
    has, lacks = {**CARRIERS, **IDENTITIES}[type_]
    assert verdict(gate.step("update", type_, gate.state(has), gate.state(lacks))) == ("unsafe", ["guard-removed"])
    changed = {**has, "description": "another"}
    assert verdict(gate.step("update", type_, gate.state(has), gate.state(changed))) == ("safe", [])
    assert verdict(gate.step("update", type_, gate.state(lacks), gate.state(has))) == ("safe", [])


@walk("op", ["delete", "discard", "replace", "delete-replaced"])
@walk("type_", CARRIERS)
def test_taking_away_what_carries_it_is_unsafe(verdict, gate, op: str, type_: str) -> None:
    has, _ = CARRIERS[type_]
    assert verdict(gate.step(op, type_, gate.state(has))) == ("unsafe", ["guard-removed"])


@walk("type_", IDENTITIES)
def test_an_identity_may_go_with_its_guard_unless_it_returns(verdict, gate, type_) -> None:
    has, lacks = IDENTITIES[type_]
    assert verdict(gate.step("delete", type_, gate.state(has))) == ("safe", [])
    assert verdict(gate.step("replace", type_, gate.state(has), gate.state(has))) == ("safe", [])
    assert verdict(gate.step("replace", type_, gate.state(has), gate.state(lacks))) == ("unsafe", ["guard-removed"])


def test_what_a_preview_can_t_know_is_undetermined(verdict, gate) -> None:
    has = gate.state({"permissionsBoundary": BOUNDARY})
    assert verdict(gate.step("update", ROLE, has, gate.state({"permissionsBoundary": UNKNOWN})))[0] == "undetermined"
    hidden = gate.state({"policy": "[secret]"})
    assert verdict(gate.step("delete", "aws:iam/policy:Policy", hidden))[0] == "undetermined"


def test_an_object_of_which_a_part_is_unknown_is_undetermined(verdict, gate) -> None:
    native = "aws-native:iam:ManagedPolicy"
    hidden = {**guard_document(), "Id": UNKNOWN}
    old = gate.state({"policyDocument": guard_document()})
    assert verdict(gate.step("update", native, old, gate.state({"policyDocument": hidden})))[0] == "undetermined"


@walk("type_", ["aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy"])
@walk("new", ["[secret]", UNKNOWN])
@walk(("changed", "expected"), [("policy", "undetermined"), ("description", "safe")])
def test_a_hidden_policy_that_changes_and_stays_hidden_is_undetermined(
    verdict, gate, type_: str, new: str, changed: str, expected: str
) -> None:
    old = gate.state({"role": "r", "name": "x", "policy": "[secret]", "description": "a"})
    after = gate.state({"role": "r", "name": "x", "policy": new, "description": "b"})
    assert verdict(gate.step("update", type_, old, after, [changed]))[0] == expected


@pytest.mark.parametrize(("policy", "reason"), [("[secret]", "The preview hides"), (GUARD[:-1], "no valid policy")])
def test_the_finding_says_why_a_policy_is_unread(gate, policy: str, reason: str) -> None:
    step = gate.step("delete", "aws:iam/policy:Policy", gate.state({"name": "x", "policy": policy}))
    _, (finding,) = judge(read(io.StringIO(gate.digest(step))))
    assert reason in finding.detail
    assert "preview" not in in_terraform_words(finding).detail


@walk("retain", [False, True])
@walk("name", ["own", "identity-center-guard"])
def test_taking_off_a_policy_with_a_hidden_document_is_undetermined(verdict, gate, name: str, retain: bool) -> None:
    policy = gate.state({"name": name, "policy": "[secret]"})
    attachment = gate.state(
        {"role": "r", "policyArn": f"arn:aws:iam::111122223333:policy/{name}"}, retainOnDelete=retain
    )
    type_ = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    steps = gate.step("same", "aws:iam/policy:Policy", policy, policy), gate.step("delete", type_, attachment)
    assert verdict(*steps)[0] == "undetermined"


def test_a_refresh_without_changes_asks_nothing_of_a_guard(verdict, gate) -> None:
    empty = gate.state({"name": "identity-center-guard", "policy": "{}"})
    assert verdict(gate.step("refresh", "aws:iam/policy:Policy", empty, empty)) == ("safe", [])
    assert verdict(gate.step("update", "aws:iam/policy:Policy", empty, empty))[0] == "unsafe"


OWN = "arn:aws:iam::111122223333:policy/own"
# What IAM's evaluator refuses, and what may deny a lock-out action.
UNREAD = (
    GUARD.replace('"Version"', '"Version": "2012-10-17", "Version"', 1),
    GUARD.replace('"Deny"', '"Deny", "Effect": "Allow"'),
    json.dumps({"Statement": {"Effect": "Deny", "Action": "organizations:*"}}),
)
POLICY, ROLE_POLICY = "aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy"


@walk("document", UNREAD)
def test_losing_a_document_that_can_t_be_read_is_undetermined(verdict, gate, document: str) -> None:
    for type_, more in ((POLICY, {"name": "own"}), (ROLE_POLICY, {"role": "r"})):
        old, empty = (gate.state({**more, "policy": text}) for text in (document, "{}"))
        guard, other = gate.state({**more, "policy": GUARD}), gate.state({**more, "policy": document, "path": "/x/"})
        kept = gate.state({**more, "policy": document}, retainOnDelete=True)
        undetermined = ("undetermined", ["value-unknown"])
        assert verdict(gate.step("delete", type_, old)) == undetermined
        assert verdict(gate.step("delete", type_, kept)) == undetermined
        assert verdict(gate.step("update", type_, old, empty)) == undetermined
        assert verdict(gate.step("update", type_, old, other)) == ("safe", [])
        assert verdict(gate.step("update", type_, old, guard)) == ("safe", [])


@walk(
    ("type_", "holder"),
    [
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "r", "policyArn": OWN}),
        (ROLE, {"name": "r", "permissionsBoundary": OWN}),
    ],
)
def test_losing_a_policy_that_can_t_be_read_is_undetermined(verdict, gate, type_: str, holder: dict[str, Any]) -> None:
    standing = gate.state({"name": "own", "policy": UNREAD[0]}, {"arn": OWN})
    policy = {**gate.step("same", POLICY, standing, standing), "urn": f"urn:pulumi:dev::p::{POLICY}::y"}
    lacks = {**holder, "policyArn": OTHER, "permissionsBoundary": OTHER}
    loses = gate.step("update", type_, gate.state(holder), gate.state(lacks))
    assert verdict(policy, loses) == ("undetermined", ["value-unknown"])


DENYING = {"Effect": "Deny", "Action": "sso:DeleteInstance", "Resource": "*"}
LIMITED = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@walk(("statements", "expected"), [([LIMITED, DENYING], "unsafe"), ([LIMITED], "safe")])
def test_a_boundary_is_a_guard_by_what_it_denies(verdict, gate, statements: list[Any], expected: str) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    policy = gate.state({"name": "limits", "policy": document})
    bounded = gate.state({"name": "r", "permissionsBoundary": "arn:aws:iam::111122223333:policy/limits"})
    made = gate.step("same", "aws:iam/policy:Policy", policy, policy)
    assert verdict(made, gate.step("update", ROLE, bounded, gate.state({"name": "r"})))[0] == expected


def test_a_guard_that_exempts_everybody_or_allows_again_guards_nothing(verdict, gate) -> None:
    role = "arn:aws:iam::111122223333:role/break-glass"
    one = json.dumps(guard_document(break_glass_principals=[role]))
    everybody = one.replace(role, "arn:aws:iam::*")
    old = gate.state({"name": "own", "policy": one})
    assert denied(one)
    assert not denied(everybody)
    for text, expected in ((everybody, "unsafe"), (GUARD, "safe")):
        new = gate.state({"name": "own", "policy": text})
        assert verdict(gate.step("update", "aws:iam/policy:Policy", old, new))[0] == expected


@walk(
    ("statement", "count"),
    [
        ({"Effect": "Deny", "Action": "*", "Resource": "*"}, len(LOCK_OUT_ACTIONS)),
        # Whether it is for anybody depends on a key of which nothing is known.
        (
            {
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}},
            },
            0,
        ),
        (
            {
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringNotLike": {"AWS:principalArn": "x"}},
            },
            len(LOCK_OUT_ACTIONS),
        ),
        ({"Effect": "Deny", "Action": ["s3:*", "ORGANIZATIONS:Delete*"], "Resource": "*"}, 1),
        ({"Effect": "Deny", "Action": "organ?zations:*", "Resource": "*"}, 2),
        ({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, len(LOCK_OUT_ACTIONS)),
        ({"Effect": "Deny", "Action": "sso:Delete*", "Resource": "*"}, 1),
        ({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, 0),
        ({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Sid": "Deny"}, 0),
    ],
)
def test_a_denial_is_known_in_all_its_spellings(statement, count: int) -> None:
    document = {"Version": "2012-10-17", "Statement": statement}
    for text in (json.dumps(document), document, urllib.parse.quote(json.dumps(document))):
        assert len(denied(text)) == count


def test_a_policy_of_something_else_may_go(verdict, gate) -> None:
    reader = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
    for inputs in ({"name": "reader", "policy": reader}, {"name": "odd", "policy": "not json, but Deny"}):
        assert verdict(gate.step("delete", "aws:iam/policy:Policy", gate.state(inputs))) == ("safe", [])


def test_a_guard_in_an_unknown_version_is_none() -> None:
    assert denied(GUARD)
    assert denied(json.dumps({**json.loads(GUARD), "Version": "1999-01-01"})) == set()


def test_an_emptied_retained_guard_is_lost(gate) -> None:
    own = {"name": "own", "policy": GUARD}
    old, new = gate.state(own, retainOnDelete=True), gate.state({"name": "own", "policy": "{}"}, retainOnDelete=True)
    text = gate.digest(gate.step("update", "aws:iam/policy:Policy", old, new))
    (lost,) = judge(read(io.StringIO(text)))[1]
    assert "would no longer be denied" in lost.detail


def test_an_emptied_policy_is_lost_though_its_holder_is_shown(verdict, gate) -> None:
    old, new = ({"name": "own", "arn": OWN, "policy": document} for document in (GUARD, "{}"))
    update = gate.step("update", "aws:iam/policy:Policy", gate.state(old), gate.state(new))
    holder = gate.state({"role": "r", "policyArn": OWN})
    same = gate.step("same", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", holder, holder)
    assert verdict(update, same) == ("unsafe", ["guard-removed"])
