"""Ways around the guard: whatever a plan is made of, who was denied before and isn't after is found."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi_aws_identity_center import guard_document

from tests.walk import walk

ACCOUNT, MEMBER = "111122223333", "222233334444"
ARN = f"arn:aws:iam::{ACCOUNT}:policy/identity-center-guard"
BOUNDARY = f"{ARN}-boundary"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/own"
READER = "arn:aws:iam::aws:policy/ReadOnlyAccess"
EXEMPT = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
GUARD = json.dumps(guard_document())
POLICY, ROLE, USER, GROUP = (
    f"aws:iam/{name[0].lower()}{name[1:]}:{name}" for name in ("Policy", "Role", "User", "Group")
)
INLINE, ATTACHMENT = "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
INLINE_EXCLUSIVE = "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"
ONLY = "aws:iam/policyAttachment:PolicyAttachment"
UNSAFE: tuple[str, list[str]] = ("unsafe", ["guard-removed"])
SAFE: tuple[str, list[str]] = ("safe", [])


def _exempting(*principals: str) -> str:
    """The guard, with these exempted; unlike guard_document, any."""
    return json.dumps(guard_document(break_glass_principals=[EXEMPT])).replace(
        json.dumps([EXEMPT]), json.dumps(list(principals))
    )


@pytest.fixture(params=["digest", "events"])
def verdict(request: pytest.FixtureRequest, gate):
    def judged(*steps):
        numbered = [{**step, "urn": f"{step['urn']}-{number}"} for number, step in enumerate(steps)]
        return gate.verdict(getattr(gate, request.param)(*numbered))

    return judged


def _same(gate, type_: str, props, outputs=None, **more):
    state = gate.state(props, outputs if outputs is not None else props, **more)
    return gate.step("same", type_, state, state)


def _update(gate, type_: str, old, new, outputs=None, **more):
    return gate.step("update", type_, gate.state(old, outputs if outputs is not None else old), gate.state(new), **more)


WIDER = [
    f"arn:aws:iam::{ACCOUNT}:role/*",
    f"arn:aws:iam::{ACCOUNT}:*",
    f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/*",
    "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*",
    "arn:aws:iam::*:user/*",
    f"arn:aws:iam::{ACCOUNT}:role/?*",
    "arn:aws:iam::*:*y*",
]


@walk("wider", WIDER)
def test_an_exemption_that_grows_to_a_whole_kind_is_unsafe(verdict, gate, wider: str) -> None:
    old, new = {"name": "own", "policy": _exempting(EXEMPT), "arn": OWN}, _exempting(EXEMPT, wider)
    assert verdict(_update(gate, POLICY, old, {**old, "policy": new})) == UNSAFE
    inline = {"role": "r", "name": "n", "policy": _exempting(EXEMPT)}
    assert verdict(_update(gate, INLINE, inline, {**inline, "policy": new}, {"arn": OWN, **inline})) == UNSAFE


@walk("wider", [f"arn:aws:iam::{ACCOUNT}:role/Dev*", f"arn:aws:iam::{MEMBER}:root", f"arn:aws:iam::{ACCOUNT}:user/ann"])
def test_any_other_principal_more_is_a_person_s_to_decide(verdict, gate, wider: str) -> None:
    old = {"name": "own", "policy": _exempting(EXEMPT), "arn": OWN}
    grown = _update(gate, POLICY, old, {**old, "policy": _exempting(EXEMPT, wider)})
    assert verdict(grown) == ("undetermined", ["guard-widened"])
    assert verdict(_update(gate, POLICY, {**old, "policy": _exempting(EXEMPT, wider)}, old)) == SAFE


NATIVE_POLICY = "aws-native:iam:ManagedPolicy"


@walk("key", ["roles", "users", "groups"])
@walk("name", ["own", "identity-center-guard"])
def test_a_policy_that_attaches_itself_is_followed(verdict, gate, key: str, name: str) -> None:
    props = {"managedPolicyName": name, "policyDocument": json.loads(GUARD), key: ["a", "b"]}
    left_out = {name: value for name, value in props.items() if name != key}
    for new in ({**props, key: ["b"]}, {**props, key: []}, left_out):
        assert verdict(_update(gate, NATIVE_POLICY, props, new)) == UNSAFE
    assert verdict(_update(gate, NATIVE_POLICY, props, {**props, "description": "x"})) == SAFE
    # Also where the policy itself stays as it is, and a list takes it off.
    stays = _same(gate, NATIVE_POLICY, {**props, "roles": ["a"]})
    lacks = gate.step("create", EXCLUSIVE, None, gate.state({"roleName": "a", "policyArns": [READER]}))
    assert verdict(stays, lacks) == UNSAFE


def test_what_aws_native_no_longer_sets_is_taken_away(verdict, gate) -> None:
    for kind, name in (("Role", "roleName"), ("User", "userName"), ("Group", "groupName")):
        has = {name: "a", "managedPolicyArns": [ARN]}
        assert verdict(_update(gate, f"aws-native:iam:{kind}", has, {name: "a"})) == UNSAFE
    # pulumi_aws leaves it as it is.
    assert verdict(_update(gate, ROLE, {"name": "a", "managedPolicyArns": [ARN]}, {"name": "a"})) == SAFE


READ = {
    POLICY: {"name": "own", "policy": GUARD, "arn": OWN},
    INLINE: {"role": "r", "name": "n", "policy": GUARD},
    ATTACHMENT: {"role": "r", "policyArn": ARN},
    ONLY: {"roles": ["r"], "policyArn": ARN},
    ROLE: {"name": "r", "permissionsBoundary": BOUNDARY},
    USER: {"name": "u", "permissionsBoundary": BOUNDARY},
    NATIVE_POLICY: {"managedPolicyName": "own", "policyDocument": json.loads(GUARD)},
    "aws-identity-center:index:PermissionSet": {"name": "s", "inlinePolicy": GUARD},
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": {
        "permissionSetArn": "s",
        "inlinePolicy": GUARD,
    },
}


@walk("type_", READ)
def test_a_guard_that_leaves_the_stack_and_stays_is_unsafe(verdict, gate, type_: str) -> None:
    managed, read = gate.state(READ[type_], READ[type_]), gate.state(READ[type_], READ[type_], external=True)
    assert verdict(gate.step("read", type_, managed, read)) == UNSAFE
    assert verdict(gate.step("delete", type_, {**managed, "retainOnDelete": True})) == UNSAFE
    assert verdict(gate.step("frobnicate", type_, managed, managed))[0] == "undetermined"
    # What was only looked up was nobody's.
    assert verdict(gate.step("read", type_, read, read)) == SAFE
    assert verdict(gate.step("discard", type_, read)) == SAFE


@walk(
    "change",
    [
        {"Resource": "arn:aws:organizations::111122223333:account/*"},
        {"Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "platform"}}},
        {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
        {"Condition": {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}},
        {"Condition": {"StringEquals": {"aws:PrincipalType": "User"}}},
        {"Action": "organizations:Leave*"},
        {"Effect": "Allow"},
    ],
)
def test_a_denial_that_says_less_is_unsafe(verdict, gate, change: dict[str, Any]) -> None:
    statement = {"Effect": "Deny", "Action": ["organizations:*", "sso:*"], "Resource": "*"}
    old, new = (json.dumps({"Version": "2012-10-17", "Statement": [row]}) for row in (statement, statement | change))
    props = {"name": "own", "arn": OWN}
    assert verdict(_update(gate, POLICY, {**props, "policy": old}, {**props, "policy": new})) == UNSAFE


@walk("is_listed", [True, False])
def test_a_role_that_begins_an_inline_list_loses_the_others(verdict, gate, is_listed: bool) -> None:
    other = {"name": "other", "policy": "{}"}
    listed = [other, {"name": "keep", "policy": GUARD}] if is_listed else [other]
    expected = SAFE if is_listed else UNSAFE
    begins = _update(gate, ROLE, {"name": "r"}, {"name": "r", "inlinePolicies": listed})
    assert verdict(_same(gate, INLINE, {"role": "r", "name": "keep", "policy": GUARD}), begins) == expected
    found = {"name": "r", "inlinePolicies": [{"name": "keep", "policy": GUARD}]}
    assert verdict(_update(gate, ROLE, {"name": "r"}, {"name": "r", "inlinePolicies": listed}, found)) == expected


def test_a_role_of_that_name_in_another_account_excuses_nothing(verdict, gate) -> None:
    gone = gate.step("delete", ROLE, gate.state({"name": "r"}, {"arn": f"arn:aws:iam::{MEMBER}:role/r"}))
    attached = gate.step("delete", ATTACHMENT, gate.state({"role": "r", "policyArn": ARN}))
    assert verdict(attached, gone) == UNSAFE
    here = gate.step("delete", ROLE, gate.state({"name": "r"}, {"arn": f"arn:aws:iam::{ACCOUNT}:role/r"}))
    assert verdict(attached, here) == SAFE
    inline = gate.state({"role": "r", "policy": GUARD}, provider="urn::management")
    member = gate.state({"name": "r"}, {"arn": f"arn:aws:iam::{MEMBER}:role/r"}, provider="urn::member")
    assert verdict(gate.step("delete", INLINE, inline), gate.step("delete", ROLE, member)) == UNSAFE


def test_another_version_of_the_aws_package_is_no_other_account(verdict, gate) -> None:
    def guarded(provider: str, policy: str = GUARD):
        urn = f"urn:pulumi:dev::gate::pulumi:providers:aws::{provider}"
        return gate.state({"role": "r", "name": "keep", "policy": policy}, provider=f"{urn}::9a666ab3")

    widened = json.dumps(
        {"Statement": [*json.loads(GUARD)["Statement"], {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}
    )
    for new, expected in (("default_7_51_1", SAFE), ("management", UNSAFE), ("default_member", UNSAFE)):
        update = gate.step("update", INLINE, guarded("default_6_80_0"), guarded(new, widened))
        assert verdict(update) == expected, new


@walk(
    ("type_", "props", "found"),
    [
        (ROLE, {"name": "r", "managedPolicyArns": [READER]}, {"managedPolicyArns": [READER, ARN]}),
        (ROLE, {"name": "r"}, {"permissionsBoundary": BOUNDARY}),
        (USER, {"name": "u"}, {"permissionsBoundary": BOUNDARY}),
        (EXCLUSIVE, {"roleName": "r", "policyArns": [READER]}, {"policyArns": [ARN, READER]}),
        (POLICY, {"name": "own", "policy": "{}"}, {"policy": GUARD}),
        (INLINE, {"role": "r", "name": "n", "policy": "{}"}, {"policy": GUARD}),
        (ONLY, {"policyArn": ARN, "roles": ["a"]}, {"roles": ["a", "b"]}),
    ],
)
def test_a_guard_from_an_earlier_refresh_is_lost_too(verdict, gate, type_, props, found) -> None:
    assert verdict(_update(gate, type_, props, {**props, "description": "x"}, {**props, **found})) == UNSAFE


def test_a_new_inline_policy_of_its_name_overwrites_the_guard(verdict, gate) -> None:
    guarded = _same(gate, INLINE, {"role": "r", "name": "keep", "policy": GUARD})
    for name, policy, expected in (("keep", "{}", UNSAFE), ("other", "{}", SAFE), ("keep", GUARD, SAFE)):
        new = gate.step("create", INLINE, None, gate.state({"role": "r", "name": name, "policy": policy}))
        assert verdict(guarded, new) == expected


def test_a_list_applied_again_takes_off_what_it_lacks(verdict, gate) -> None:
    guarded = _same(gate, ATTACHMENT, {"role": "r", "policyArn": ARN})
    lacks = {"roleName": "r", "policyArns": [READER]}
    other = {**lacks, "policyArns": [READER, "arn:aws:iam::aws:policy/IAMReadOnlyAccess"]}
    assert verdict(guarded, _update(gate, EXCLUSIVE, lacks, other)) == UNSAFE
    inline = _same(gate, INLINE, {"role": "r", "name": "keep", "policy": GUARD})
    names = {"roleName": "r", "policyNames": ["a"]}
    assert verdict(inline, _update(gate, INLINE_EXCLUSIVE, names, {**names, "policyNames": ["b"]})) == UNSAFE


@walk(
    ("type_", "old", "new"),
    [
        (
            "aws:iam/userGroupMembership:UserGroupMembership",
            {"user": "ann", "groups": ["guarded", "b"]},
            {"user": "ann", "groups": ["b"]},
        ),
        (
            "aws:iam/groupMembership:GroupMembership",
            {"group": "guarded", "users": ["ann", "bob"]},
            {"group": "guarded", "users": ["bob"]},
        ),
    ],
)
def test_who_leaves_the_group_that_has_the_guard_loses_it(verdict, gate, type_: str, old, new) -> None:
    attachment = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"
    guarded = _same(gate, attachment, {"group": "guarded", "policyArn": ARN})
    assert verdict(guarded, _update(gate, type_, old, new)) == UNSAFE
    assert verdict(guarded, gate.step("delete", type_, gate.state(old))) == UNSAFE
    plain = _same(gate, attachment, {"group": "guarded", "policyArn": READER})
    assert verdict(plain, _update(gate, type_, old, new)) == SAFE
    ann = gate.step("delete", USER, gate.state({"name": "ann"}))
    assert verdict(guarded, _update(gate, type_, old, new), ann) == SAFE


@walk("groups", [{"groups": []}, {"groups": ["other"]}, {}])
def test_a_user_that_drops_its_own_groups_loses_their_guard(verdict, gate, groups) -> None:
    guarded = _same(gate, "aws:iam/groupPolicyAttachment:GroupPolicyAttachment", {"group": "guarded", "policyArn": ARN})
    member = {"userName": "ann", "groups": ["guarded"]}
    assert verdict(guarded, _update(gate, "aws-native:iam:User", member, {"userName": "ann", **groups})) == UNSAFE
    more = {**member, "path": "/team/"}
    assert verdict(guarded, _update(gate, "aws-native:iam:User", member, more)) == SAFE


def test_a_guard_is_known_by_its_document(verdict, gate) -> None:
    policy = _same(gate, POLICY, {"name": "own", "policy": GUARD}, {"name": "own", "policy": GUARD, "arn": OWN})
    attached = gate.step("delete", ATTACHMENT, gate.state({"role": "r", "policyArn": OWN}))
    assert verdict(policy, attached) == UNSAFE
    assert verdict(attached) == SAFE
    bounded = _update(gate, ROLE, {"name": "r", "permissionsBoundary": OWN}, {"name": "r"})
    assert verdict(policy, bounded) == UNSAFE


def test_a_guard_that_another_one_replaces_is_not_lost(verdict, gate) -> None:
    policy = _same(gate, POLICY, {"name": "own", "policy": GUARD}, {"name": "own", "policy": GUARD, "arn": OWN})
    attached = gate.step("create", ATTACHMENT, None, gate.state({"role": "r", "policyArn": OWN}))
    old = gate.step("delete", ATTACHMENT, gate.state({"role": "r", "policyArn": ARN}))
    assert verdict(policy, attached, old) == SAFE
    weaker = json.dumps({**json.loads(GUARD), "Statement": json.loads(GUARD)["Statement"][:1]})
    less = _same(gate, POLICY, {"name": "own", "policy": weaker}, {"name": "own", "policy": weaker, "arn": OWN})
    assert verdict(less, attached, old) == UNSAFE


def test_the_same_attachment_made_and_deleted_is_deleted_last(verdict, gate) -> None:
    props = gate.state({"role": "r", "policyArn": ARN})
    assert verdict(gate.step("create", ATTACHMENT, None, props), gate.step("delete", ATTACHMENT, props)) == UNSAFE


@walk("order", [1, -1])
@walk(
    ("type_", "old", "new", "again"),
    [
        (ONLY, {"policyArn": ARN, "roles": ["r", "s"]}, {"policyArn": ARN, "roles": ["s"]}, ATTACHMENT),
        (ROLE, {"name": "r", "managedPolicyArns": [ARN]}, {"name": "r", "managedPolicyArns": []}, ATTACHMENT),
    ],
)
def test_what_an_update_gives_up_may_be_taken_off_last(verdict, gate, type_: str, old, new, again, order: int) -> None:
    """The steps' order in a preview isn't the update's."""
    steps = [
        _update(gate, type_, old, new),
        gate.step("create", again, None, gate.state({"role": "r", "policyArn": ARN})),
    ]
    assert verdict(*steps[::order]) == UNSAFE


@walk("option", ["retainOnDelete", "deletedWith", "external"])
def test_an_identity_that_aws_keeps_still_needs_its_guard(verdict, gate, option: str) -> None:
    guard = gate.step("delete", INLINE, gate.state({"role": "r", "name": "n", "policy": GUARD}))
    assert verdict(guard, gate.step("delete", ROLE, gate.state({"name": "r"}, **{option: "urn:x"}))) == UNSAFE


def test_a_replaced_role_has_only_what_is_attached_again(verdict, gate) -> None:
    attached = {"role": "r", "policyArn": ARN}
    replaced = gate.step("replace", ROLE, gate.state({"name": "r", "path": "/a/"}), gate.state({"name": "r"}))
    assert verdict(_same(gate, ATTACHMENT, attached), replaced) == UNSAFE
    again = gate.step("create", ATTACHMENT, None, gate.state(attached))
    assert verdict(again, replaced) == SAFE
