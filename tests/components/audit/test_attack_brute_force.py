"""Escalation against a search that knows nothing but IAM's calls: from each principal every call that it, or whoever
it has become, may make is made, in every order, until somebody has a lock-out action or no new state is left."""

from __future__ import annotations

import fnmatch
from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi_aws_identity_center.audit.authorization_details import read
from pulumi_aws_identity_center.audit.who_can_disable import RELEVANT_ACTIONS, who_can_disable
from pulumi_aws_identity_center.constants import LOCK_OUT_ACTIONS

ACCOUNT = "arn:aws:iam::111122223333"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
ANN, ONE, OPS = f"{ACCOUNT}:user/ann", f"{ACCOUNT}:role/one", f"{ACCOUNT}:group/ops"
TWO = f"{ACCOUNT}:role/two"
PRINCIPALS = (ANN, ONE, TWO)
NEW_USER, NEW_ROLE, NEW_GROUP = (f"{ACCOUNT}:{kind}/new" for kind in ("user", "role", "group"))
HOLDERS = (ANN, ONE, TWO, OPS, NEW_USER, NEW_ROLE)
POLICIES = (f"{ACCOUNT}:policy/p", f"{ACCOUNT}:policy/q")
ALL = (("Allow", ("*",), "*"),)
MOST_STATES = 1_500

ACTIONS = [
    *("organizations:DeleteOrganization", "organizations:*", "iam:*", "iam:Put*", "iam:Attach*", "iam:De*"),
    *("iam:PutUserPolicy", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DetachUserPolicy"),
    *("iam:DeleteRolePermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:CreatePolicyVersion"),
    *("iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:PutGroupPolicy", "iam:AttachGroupPolicy"),
    *("sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "iam:DeleteUserPolicy"),
    *("iam:CreateRole", "iam:CreateUser", "iam:Create*"),
]

statements = st.tuples(
    st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
    st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2, unique=True).map(tuple),
    st.sampled_from(["*", "*", *PRINCIPALS, OPS, *POLICIES]),
)
documents = st.lists(statements, max_size=2).map(tuple)


@dataclass(frozen=True)
class Holder:
    """new: whether a policy that allows everything was put beside the ones it had."""

    inline: tuple = ()
    managed: frozenset = frozenset()
    boundary: str | None = None
    new: bool = False


@dataclass(frozen=True)
class State:
    """members: of OPS. mine: whom the one who started has become."""

    holders: tuple
    policies: tuple
    members: frozenset
    mine: frozenset

    def of(self, arn):
        return self.holders[HOLDERS.index(arn)]

    def with_(self, arn, **changes):
        index = HOLDERS.index(arn)
        holders = [*self.holders]
        holders[index] = replace(holders[index], **changes)
        return replace(self, holders=tuple(holders))

    def policy(self, arn):
        return ALL if arn == ADMIN else self.policies[POLICIES.index(arn)]

    def has(self, arn):
        holder = self.of(arn)
        found = [*holder.inline, *(ALL if holder.new else ())]
        found += [s for each in holder.managed for s in self.policy(each)]
        return found + (self.has(OPS) if arn in self.members else [])


holders = st.builds(
    Holder,
    documents,
    st.frozensets(st.sampled_from(POLICIES), max_size=1),
    st.sampled_from([None, None, None, *POLICIES]),
)
states = st.builds(
    lambda found, group, policies, members: State(
        (*found, replace(group, boundary=None), Holder(), Holder()), policies, members, frozenset()
    ),
    st.tuples(holders, holders, holders),
    holders,
    st.tuples(documents, documents),
    st.sampled_from([frozenset(), frozenset({ANN})]),
)
trusts = st.fixed_dictionaries({arn: st.sampled_from([None, ANN, ONE, f"{ACCOUNT}:root"]) for arn in (ONE, TWO)})


def says(effect, statements_, action, resource):
    return any(
        s[0] == effect
        and any(fnmatch.fnmatchcase(action.lower(), each.lower()) for each in s[1])
        and s[2] in ("*", resource)
        for s in statements_
    )


def may(state, arn, action, resource, trust=None):
    bound = state.of(arn).boundary
    own, limit = state.has(arn), state.policy(bound) if bound else ALL
    if says("Deny", [*own, *limit], action, resource):
        return False
    within = says("Allow", limit, action, resource)
    allowed = says("Allow", own, action, resource) and within
    if action == "sts:AssumeRole":
        return (trust == arn and (within or ":user/" in arn)) or (trust == f"{ACCOUNT}:root" and allowed)
    return allowed


def calls(state):
    """Everything that would change something: the calls that it takes, what it leads to."""
    for arn in (*PRINCIPALS, OPS, *(state.mine & {NEW_USER, NEW_ROLE})):
        yield from on_holder(state, arn)
    for user in (ANN, *(state.mine & {NEW_USER})):
        yield [("iam:AddUserToGroup", OPS)], replace(state, members=state.members | {user})
        yield [("iam:RemoveUserFromGroup", OPS)], replace(state, members=state.members - {user})
        for give in ("iam:PutGroupPolicy", "iam:AttachGroupPolicy"):
            made = [(action, NEW_GROUP) for action in ("iam:CreateGroup", give, "iam:AddUserToGroup")]
            yield made, state.with_(user, new=True)
    for index, policy in enumerate(POLICIES):
        rewritten = tuple(ALL if n == index else each for n, each in enumerate(state.policies))
        yield [("iam:CreatePolicyVersion", policy)], replace(state, policies=rewritten)
    yield [("iam:CreateRole", NEW_ROLE)], replace(state, mine=state.mine | {NEW_ROLE})
    yield (
        [("iam:CreateUser", NEW_USER), ("iam:CreateAccessKey", NEW_USER)],
        replace(state, mine=state.mine | {NEW_USER}),
    )


def on_holder(state, arn):
    kind, holder = arn.split(":")[-1].partition("/")[0].title(), state.of(arn)
    changes: list[tuple[str, dict[str, Any]]] = [
        ("Put", {"new": True}),
        ("Put", {"inline": ALL}),
        ("Delete", {"inline": ()}),
    ]
    for policy in (ADMIN, *POLICIES):
        changes += [
            ("Attach", {"managed": holder.managed | {policy}}),
            ("Detach", {"managed": holder.managed - {policy}}),
        ]
        if holder.boundary:
            yield [(f"iam:Put{kind}PermissionsBoundary", arn)], state.with_(arn, boundary=policy)
    for verb, change in changes:
        yield [(f"iam:{verb}{kind}Policy", arn)], state.with_(arn, **change)
    if kind != "Group":
        yield [(f"iam:Delete{kind}PermissionsBoundary", arn)], state.with_(arn, boundary=None)
        for way in ["iam:CreateAccessKey"] if kind == "User" else ["sts:AssumeRole", "iam:UpdateAssumeRolePolicy"]:
            yield [(way, arn)], replace(state, mine=state.mine | {arn})


def lost(state):
    return any(may(state, arn, action, "*") for arn in state.mine for action in LOCK_OUT_ACTIONS)


def search(start, trusts_):
    """Whether a lock-out action can be had; None if that takes too long to tell."""
    seen, todo = {start}, deque([start])
    while todo:
        state = todo.popleft()
        if lost(state):
            return True
        for made, after in calls(state):
            if after not in seen and all(
                any(may(state, arn, action, on, trusts_.get(on)) for arn in state.mine) for action, on in made
            ):
                seen.add(after)
                todo.append(after)
        if len(seen) > MOST_STATES:
            return None
    return False


def details(state, trusts_):
    def document(found):
        keys = ("Effect", "Action", "Resource")
        statements_ = [dict(zip(keys, (s[0], list(s[1]), s[2]), strict=True)) for s in found]
        return {"Version": "2012-10-17", "Statement": statements_}

    def row(arn):
        kind, _, name = arn.split(":")[-1].partition("/")
        holder, kind = state.of(arn), kind.title()
        found = {"Arn": arn, f"{kind}Name": name, "GroupList": ["ops"] if arn in state.members else []}
        found["AttachedManagedPolicies"] = [{"PolicyArn": each, "PolicyName": "x"} for each in sorted(holder.managed)]
        found[f"{kind}PolicyList"] = [
            {"PolicyName": "inline", "PolicyDocument": document(holder.inline)},
        ]
        if holder.boundary:
            found["PermissionsBoundary"] = {"PermissionsBoundaryArn": holder.boundary}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": trusts_.get(arn) or TWO + "x"}}
        return {**found, "AssumeRolePolicyDocument": {"Statement": [trust]}} if kind == "Role" else found

    known = {ADMIN: ALL, **dict(zip(POLICIES, state.policies, strict=True))}
    return {
        "UserDetailList": [row(ANN)],
        "RoleDetailList": [row(ONE), row(TWO)],
        "GroupDetailList": [row(OPS)],
        "Policies": [
            {"Arn": arn, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document(found)}]}
            for arn, found in known.items()
        ],
    }


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(states, trusts)
def test_it_agrees_with_a_search_over_all_calls(state, trusts_):
    report = who_can_disable(read([details(state, trusts_)], RELEVANT_ACTIONS))
    assert report["undetermined"] == []
    told = {row["arn"] for row in report["principals"]}
    for arn in PRINCIPALS:
        found = search(replace(state, mine=frozenset({arn})), trusts_)
        assert found is None or (arn in told) is found, arn
