"""Escalation against a search that knows nothing but IAM's calls: from each principal every call that it, or whoever
it has become, may make is made, in every order, until somebody has a lock-out action or no new state is left."""

from __future__ import annotations

import fnmatch
from collections import deque
from functools import cache
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.escalation.reachability import BUDGET_SPENT
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

from tests.components.access.iam_account import check_paths
from tests.property_examples import examples

ACCOUNT = "arn:aws:iam::111122223333"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
ANN, ONE, OPS = f"{ACCOUNT}:user/ann", f"{ACCOUNT}:role/one", f"{ACCOUNT}:group/ops"
TWO = f"{ACCOUNT}:role/two"
PRINCIPALS = (ANN, ONE, TWO)
NEW_USER, NEW_ROLE, NEW_GROUP = (f"{ACCOUNT}:{kind}/new" for kind in ("user", "role", "group"))
HOLDERS = (ANN, ONE, TWO, OPS, NEW_USER, NEW_ROLE)
POLICIES = (f"{ACCOUNT}:policy/p", f"{ACCOUNT}:policy/q")
NEW_POLICY = f"{ACCOUNT}:policy/new"
ALL = (("Allow", ("*",), "*", None),)
MOST_STATES = 1_500

ACTIONS = [
    *("organizations:DeleteOrganization", "organizations:*", "iam:*", "iam:Put*", "iam:Attach*", "iam:De*"),
    *("iam:PutUserPolicy", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DetachUserPolicy"),
    *("iam:DeleteRolePermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:CreatePolicyVersion"),
    *("iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:PutGroupPolicy", "iam:AttachGroupPolicy"),
    *("sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "iam:DeleteUserPolicy"),
    *("iam:CreateRole", "iam:CreateUser", "iam:Create*"),
    *("iam:SetDefaultPolicyVersion", "iam:CreatePolicy", "iam:AttachUserPolicy", "iam:PutRolePermissionsBoundary"),
]
CONDITIONS = [None] * 5 + [
    (key, policy) for key in ("iam:PolicyARN", "iam:PermissionsBoundary") for policy in (*POLICIES, NEW_POLICY)
]

statements = st.tuples(
    st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
    st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2, unique=True).map(tuple),
    st.sampled_from(["*", "*", "*", *PRINCIPALS, OPS, *POLICIES]),
    st.sampled_from(CONDITIONS),
)
documents = st.lists(statements, max_size=2).map(tuple)


class Holder(NamedTuple):
    """new: whether a policy that allows everything was put beside the ones it had."""

    inline: tuple = ()
    managed: frozenset = frozenset()
    boundary: str | None = None
    new: bool = False


class State(NamedTuple):
    """policies: the default version of each; other_versions: its alternative. is_created: whether the
    new policy exists. members: of OPS. own_arns: the principals that the attacker has become."""

    holders: tuple
    policies: tuple
    other_versions: tuple
    is_created: bool
    members: frozenset
    own_arns: frozenset

    def of(self, arn):
        return self.holders[HOLDERS.index(arn)]

    def with_(self, arn, **changes):
        index = HOLDERS.index(arn)
        holders = [*self.holders]
        holders[index] = holders[index]._replace(**changes)
        return self._replace(holders=tuple(holders))

    def policy(self, arn):
        return ALL if arn in (ADMIN, NEW_POLICY) else self.policies[POLICIES.index(arn)]

    def has(self, arn):
        holder = self.of(arn)
        statements = [*holder.inline, *(ALL if holder.new else ())]
        statements += [s for policy in holder.managed for s in self.policy(policy)]
        return statements + (self.has(OPS) if arn in self.members else [])


holders = st.builds(
    lambda inline, managed, boundary: Holder(inline, managed, boundary),
    documents,
    st.frozensets(st.sampled_from(POLICIES), max_size=1),
    st.sampled_from([None, None, None, *POLICIES]),
)
states = st.builds(
    lambda found, group, policies, others, members: State(
        (*found, group._replace(boundary=None), Holder(), Holder()), policies, others, False, members, frozenset()
    ),
    st.tuples(holders, holders, holders),
    holders,
    st.tuples(documents, documents),
    st.tuples(st.none() | documents, st.none()),
    st.sampled_from([frozenset(), frozenset({ANN})]),
)

# Accounts in which little is missing: what leads there is in one place, and one principal has a few single actions.
LEAD = (("Allow", ("organizations:DeleteOrganization",), "*", None),)
STEPS = sorted(
    {
        action
        for action in (*RELEVANT_ACTIONS,)
        if action.startswith(("iam:", "sts:")) and "saml" not in action and "loginprofile" not in action
    }
)
steps = st.lists(
    st.tuples(
        st.just("Allow"),
        st.sampled_from(STEPS).map(lambda each: (each,)),
        st.sampled_from(["*", "*", OPS, *POLICIES]),
        st.sampled_from(CONDITIONS),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
leads = st.sampled_from([(), (), LEAD, ALL])
bounds = st.sampled_from([None, None, *POLICIES])
lean_states = st.builds(
    lambda mine, one, two, ops, policies, others, held, bound: State(
        (
            Holder(mine, frozenset(held[:1]), bound),
            Holder(one, frozenset(held[1:2])),
            Holder(two),
            Holder(ops, frozenset(held[2:])),
            Holder(),
            Holder(),
        ),
        *(policies, others, False, frozenset(), frozenset()),
    ),
    *(steps, st.one_of(leads, steps), leads, st.one_of(leads, steps)),
    *(st.tuples(leads, st.just(())), st.tuples(st.one_of(st.none(), leads, steps), st.none())),
    *(st.lists(st.sampled_from(POLICIES), max_size=3), bounds),
)
trusts = st.fixed_dictionaries({arn: st.sampled_from([None, ANN, ONE, f"{ACCOUNT}:root"]) for arn in (ONE, TWO)})


@cache
def names(patterns, action):
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def says(effect, statements_, action, resource, context):
    return any(
        s[0] == effect
        and names(s[1], action)
        and s[2] in ("*", resource)
        and (s[3] is None or context.get(s[3][0]) == s[3][1])
        for s in statements_
    )


def may(state, arn, action, resource, trust=None, **named):
    """named: the policy or the boundary that the call names."""
    bound, context = state.of(arn).boundary, context_of(state, action, resource, **named)
    own, limit = state.has(arn), state.policy(bound) if bound else ALL
    if says("Deny", [*own, *limit], action, resource, context):
        return False
    within = says("Allow", limit, action, resource, context)
    allowed = says("Allow", own, action, resource, context) and within
    if action == "sts:AssumeRole":
        return (trust == arn and (within or ":user/" in arn)) or (trust == f"{ACCOUNT}:root" and allowed)
    return allowed


def context_of(state, action, resource, policy=None, boundary=None):
    """The condition keys of a call, with the present boundary of the user or role that it names."""
    context = {"iam:PolicyARN": policy} if policy else {}
    knows = action.endswith(("UserPolicy", "RolePolicy", "PermissionsBoundary")) and resource in HOLDERS
    has = state.of(resource).boundary if knows and action != "iam:UpdateAssumeRolePolicy" else None
    return {**context, **({"iam:PermissionsBoundary": boundary or has} if boundary or has else {})}


def calls(state):
    """Every change that is possible: the calls that it needs, and the state after it."""
    for arn in (*PRINCIPALS, OPS, *(state.own_arns & {NEW_USER, NEW_ROLE})):
        yield from on_holder(state, arn)
    for user in (ANN, *(state.own_arns & {NEW_USER})):
        yield [("iam:AddUserToGroup", OPS)], state._replace(members=state.members | {user})
        yield [("iam:RemoveUserFromGroup", OPS)], state._replace(members=state.members - {user})
        creations = [("iam:CreateGroup", NEW_GROUP), ("iam:AddUserToGroup", NEW_GROUP)]
        yield [*creations, ("iam:PutGroupPolicy", NEW_GROUP)], state.with_(user, new=True)
        for policy in (ADMIN, *POLICIES, *([NEW_POLICY] if state.is_created else [])):
            after = state.with_(user, managed=state.of(user).managed | {policy})
            yield [*creations, ("iam:AttachGroupPolicy", NEW_GROUP, {"policy": policy})], after
    for index, policy in enumerate(POLICIES):
        rewritten = tuple(ALL if n == index else policy for n, policy in enumerate(state.policies))
        yield [("iam:CreatePolicyVersion", policy)], state._replace(policies=rewritten)
        if state.other_versions[index] is not None:
            yield [("iam:SetDefaultPolicyVersion", policy)], exchanged(state, index)
    yield [("iam:CreatePolicy", NEW_POLICY)], state._replace(is_created=True)
    for boundary in (None, *POLICIES, *([NEW_POLICY] if state.is_created else [])):
        for new, kind in ((NEW_ROLE, "Role"), (NEW_USER, "User")):
            keys = [("iam:CreateAccessKey", NEW_USER)] if kind == "User" else []
            if new not in state.own_arns:
                after = state.with_(new, boundary=boundary)._replace(own_arns=state.own_arns | {new})
                yield [(f"iam:Create{kind}", new, {"boundary": boundary}), *keys], after


def exchanged(state, index):
    """Another version of the policy is the default one."""
    policies, other_versions = [*state.policies], [*state.other_versions]
    policies[index], other_versions[index] = other_versions[index], policies[index]
    return state._replace(policies=tuple(policies), other_versions=tuple(other_versions))


def on_holder(state, arn):
    kind, holder = arn.split(":")[-1].partition("/")[0].title(), state.of(arn)
    changes: list[tuple[str, dict[str, Any]]] = [
        ("Put", {"new": True}),
        ("Put", {"inline": ALL}),
        ("Delete", {"inline": ()}),
    ]
    for policy in (ADMIN, *POLICIES, *([NEW_POLICY] if state.is_created else [])):
        for verb, managed in (("Attach", holder.managed | {policy}), ("Detach", holder.managed - {policy})):
            yield [(f"iam:{verb}{kind}Policy", arn, {"policy": policy})], state.with_(arn, managed=managed)
        if kind != "Group":
            call = (f"iam:Put{kind}PermissionsBoundary", arn, {"boundary": policy})
            yield [call], state.with_(arn, boundary=policy)
    for verb, change in changes:
        yield [(f"iam:{verb}{kind}Policy", arn)], state.with_(arn, **change)
    if kind != "Group":
        yield [(f"iam:Delete{kind}PermissionsBoundary", arn)], state.with_(arn, boundary=None)
        for way in ["iam:CreateAccessKey"] if kind == "User" else ["sts:AssumeRole", "iam:UpdateAssumeRolePolicy"]:
            yield [(way, arn)], state._replace(own_arns=state.own_arns | {arn})


def lost(state):
    return any(may(state, arn, action, "*") for arn in state.own_arns for action in LOCK_OUT_ACTIONS)


def search(start, trusts_):
    """Whether a lock-out action can be had; None if that takes too long to tell."""
    visited, todo = {start}, deque([start])
    while todo:
        state = todo.popleft()
        if lost(state):
            return True
        for needed_calls, after in calls(state):
            if after not in visited and all(
                any(
                    may(state, arn, action, on, trusts_.get(on), **(named[0] if named else {}))
                    for arn in state.own_arns
                )
                for action, on, *named in needed_calls
            ):
                visited.add(after)
                todo.append(after)
        if len(visited) > MOST_STATES:
            return None
    return False


def details(state, trusts_):
    def document(found):
        return {"Version": "2012-10-17", "Statement": [statement(*s) for s in found]}

    def statement(effect, actions, resource, when):
        condition = {"Condition": {"ArnEquals": {when[0]: when[1]}}} if when else {}
        return {"Effect": effect, "Action": list(actions), "Resource": resource, **condition}

    def row(arn):
        kind, _, name = arn.split(":")[-1].partition("/")
        holder, kind = state.of(arn), kind.title()
        row = {"Arn": arn, f"{kind}Name": name, "GroupList": ["ops"] if arn in state.members else []}
        row["AttachedManagedPolicies"] = [{"PolicyArn": policy, "PolicyName": "x"} for policy in sorted(holder.managed)]
        row[f"{kind}PolicyList"] = [
            {"PolicyName": "inline", "PolicyDocument": document(holder.inline)},
        ]
        if holder.boundary:
            row["PermissionsBoundary"] = {"PermissionsBoundaryArn": holder.boundary}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": trusts_.get(arn) or TWO + "x"}}
        return {**row, "AssumeRolePolicyDocument": {"Statement": [trust]}} if kind == "Role" else row

    def versions(default, other):
        other_version = [] if other is None else [{"IsDefaultVersion": False, "Document": document(other)}]
        return [{"IsDefaultVersion": True, "Document": document(default)}, *other_version]

    documents = {
        ADMIN: (ALL, None),
        **dict(zip(POLICIES, zip(state.policies, state.other_versions, strict=True), strict=True)),
    }
    return {
        "UserDetailList": [row(ANN)],
        "RoleDetailList": [row(ONE), row(TWO)],
        "GroupDetailList": [row(OPS)],
        "Policies": [
            {"Arn": arn, "PolicyVersionList": versions(*document_and_versions)}
            for arn, document_and_versions in documents.items()
        ],
    }


def agrees(state, trusts_):
    report = who_can_disable(read_account([details(state, trusts_)], RELEVANT_ACTIONS))
    check_paths(report)
    assert {row["detail"] for row in report["undetermined"]} <= {BUDGET_SPENT}
    undetermined = {row["arn"] for row in report["undetermined"]}
    reported = {row["arn"] for row in report["principals"]}
    for arn in set(PRINCIPALS) - undetermined:
        reached = search(state._replace(own_arns=frozenset({arn})), trusts_)
        assert reached is None or (arn in reported) is reached, arn


SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]


@settings(max_examples=examples(120), deadline=None, suppress_health_check=SLOW)
@given(states, trusts)
def test_it_agrees_with_a_search_over_all_calls(state, trusts_):
    agrees(state, trusts_)


@settings(max_examples=examples(200), deadline=None, suppress_health_check=SLOW)
@given(lean_states, trusts)
def test_it_agrees_where_little_is_missing(state, trusts_):
    agrees(state, trusts_)


def paths_of(page):
    """By principal, the steps of each of its paths: who calls which actions on what."""
    rows = who_can_disable(read_account([page], RELEVANT_ACTIONS))["principals"]
    return {row["arn"]: [[calls_of(step) for step in path] for path in row.get("paths", ())] for row in rows}


def calls_of(step):
    return frozenset((call["principal"], call["action"], call["resource"]) for call in (step, *step.get("or", ())))


def deny(page, denied_calls):
    """Denies the calls to those of their callers that the page has."""
    for row in (*page["UserDetailList"], *page["RoleDetailList"]):
        statements_ = [
            {"Effect": "Deny", "Action": action, "Resource": resource}
            for caller, action, resource in denied_calls
            if caller == row["Arn"]
        ]
        if statements_:
            policies = row.get("UserPolicyList", row.get("RolePolicyList"))
            policies.append({"PolicyName": "denied", "PolicyDocument": {"Statement": statements_}})
    return page


@settings(max_examples=examples(60), deadline=None, suppress_health_check=SLOW)
@given(lean_states, trusts)
def test_no_path_is_left_without_a_step_of_it(state, trusts_):
    paths_by_arn = paths_of(details(state, trusts_))
    for arn, path in ((arn, path) for arn, paths in paths_by_arn.items() for path in paths):
        for index, step in enumerate(path[:-1]):
            rest = [*path[:index], *path[index + 1 :]]
            # Another principal may have the rest of it as its own.
            assert rest not in paths_of(deny(details(state, trusts_), step)).get(arn, ()), step


def test_a_boundary_that_a_condition_wants_is_rewritten_first() -> None:
    """Once it binds, nobody may rewrite it any more."""
    bound = ("Allow", ("iam:Put*",), "*", ("iam:PermissionsBoundary", POLICIES[0]))
    rewriter = Holder((bound, ("Allow", ("iam:CreatePolicyVersion",), "*", None)))
    holders = (Holder(), Holder(), rewriter, Holder(), Holder(), Holder())
    agrees(State(holders, ((), ()), (None, None), False, frozenset(), frozenset()), {ONE: None, TWO: None})
