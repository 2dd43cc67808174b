"""Every row of the table of escalation edges, in the smallest account in which it leads to a lock-out action."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.escalation import access_edges
from pulumi_aws_identity_center.access.escalation.edges import EDGES, Edge, Gives, Needs
from pulumi_aws_identity_center.access.escalation.identity_center import FILL, PROVISION

from tests.components.access.iam_account import (
    ACCOUNT,
    BOUND,
    GUARD,
    ORGANIZATIONS,
    OWN,
    ROOT,
    allow,
    ask,
    document,
    group,
    role,
    user,
)
from tests.walk import walk

Row = dict[str, Any]
SAML = f"{ACCOUNT}:saml-provider/okta"
GROUP = group("ops")
NEW = {"on": [f"{ACCOUNT}:{kind}/x-*" for kind in ("user", "role", "group")]}


@dataclass(frozen=True)
class Case:
    """rows: the account beside ann. has: what a managed policy of hers allows beside the edge. ann: her row.
    inline: the statements of her inline policy. policies, versions: other managed policies, and other versions."""

    rows: tuple[Row, ...] = ()
    has: tuple[Row, ...] = ()
    ann: Row = field(default_factory=dict)
    policies: Row = field(default_factory=dict)
    versions: Row = field(default_factory=dict)
    inline: tuple[Row, ...] = ()


def tool(*statements: Row, **more: Any) -> Row:
    row: Row = role("tool", *statements, trust={"Principal": ROOT}, **more)
    return row


def set_role(*statements: Row) -> Row:
    row: Row = role("AWSReservedSSO_X_0123456789abcdef", *statements, path="aws-reserved/sso.amazonaws.com/")
    return row


DENY = allow("organizations:*", effect="Deny")
ASSUME = allow("sts:AssumeRole")
NARROW = {BOUND: document(allow("iam:*", "sts:*"))}
TAGGED = {"StringEquals": {"aws:PrincipalTag/team": "ops"}}
ROLE_TAGGED = {"StringEquals": {"iam:ResourceTag/team": "ops"}}
GROUPS = {"groups": ["ops"]}

# By what the edge gives, the kind of resource that it is on, and what it needs.
CASES: dict[tuple[Gives, str, Needs], Case] = {
    (Gives.INLINE_POLICY, "user", Needs.NOTHING): Case(),
    (Gives.INLINE_POLICY, "role", Needs.NOTHING): Case((tool(),), (ASSUME,)),
    (Gives.INLINE_POLICY, "group", Needs.NOTHING): Case((GROUP,), ann=GROUPS),
    (Gives.ATTACHED_POLICY, "user", Needs.NOTHING): Case(),
    (Gives.ATTACHED_POLICY, "role", Needs.NOTHING): Case((tool(),), (ASSUME,)),
    (Gives.ATTACHED_POLICY, "group", Needs.NOTHING): Case((GROUP,), ann=GROUPS),
    (Gives.NO_INLINE_POLICY, "user", Needs.NOTHING): Case((), (ORGANIZATIONS,), inline=(DENY,)),
    (Gives.NO_INLINE_POLICY, "role", Needs.NOTHING): Case(
        (tool(DENY, managed=[BOUND]),), (ASSUME,), policies={BOUND: document(ORGANIZATIONS)}
    ),
    (Gives.NO_INLINE_POLICY, "group", Needs.NOTHING): Case((group("ops", DENY),), (ORGANIZATIONS,), GROUPS),
    (Gives.NO_ATTACHED_POLICY, "user", Needs.NOTHING): Case((), (ORGANIZATIONS,), {"managed": [GUARD]}),
    (Gives.NO_ATTACHED_POLICY, "role", Needs.NOTHING): Case((tool(ORGANIZATIONS, managed=[GUARD]),), (ASSUME,)),
    (Gives.NO_ATTACHED_POLICY, "group", Needs.NOTHING): Case(
        (group("ops", managed=[GUARD]),), (ORGANIZATIONS,), GROUPS
    ),
    (Gives.NO_BOUNDARY, "user", Needs.NOTHING): Case((), (ORGANIZATIONS,), {"boundary": BOUND}, NARROW),
    (Gives.NO_BOUNDARY, "role", Needs.NOTHING): Case(
        (tool(ORGANIZATIONS, boundary=BOUND),), (ASSUME,), policies=NARROW
    ),
    (Gives.OTHER_BOUNDARY, "user", Needs.NOTHING): Case((), (ORGANIZATIONS,), {"boundary": BOUND}, NARROW),
    (Gives.OTHER_BOUNDARY, "role", Needs.NOTHING): Case(
        (tool(ORGANIZATIONS, boundary=BOUND),), (ASSUME,), policies=NARROW
    ),
    (Gives.NEW_PRINCIPAL, "user", Needs.NOTHING): Case((), (allow("iam:PutUserPolicy", "iam:CreateAccessKey", **NEW),)),
    (Gives.NEW_PRINCIPAL, "role", Needs.NOTHING): Case((), (allow("iam:PutRolePolicy", **NEW),)),
    (Gives.NEW_PRINCIPAL, "group", Needs.NOTHING): Case(
        (), (allow("iam:PutGroupPolicy", "iam:AddUserToGroup", **NEW),)
    ),
    (Gives.TAG, "user", Needs.NOTHING): Case((), (allow("organizations:*", when=TAGGED),)),
    (Gives.TAG, "role", Needs.NOTHING): Case((tool(ORGANIZATIONS),), (allow("sts:AssumeRole", when=ROLE_TAGGED),)),
    (Gives.NO_TAG, "user", Needs.NOTHING): Case(
        (), (ORGANIZATIONS, allow("organizations:*", effect="Deny", when=TAGGED)), {"tags": {"team": "ops"}}
    ),
    (Gives.NO_TAG, "role", Needs.NOTHING): Case(
        (tool(ORGANIZATIONS, tags={"team": "ops"}),),
        (ASSUME, allow("sts:AssumeRole", effect="Deny", when=ROLE_TAGGED)),
    ),
    (Gives.NEW_VERSION, "policy", Needs.NOTHING): Case(),
    (Gives.OTHER_VERSION, "policy", Needs.NOTHING): Case(versions={OWN: [document(ORGANIZATIONS)]}),
    (Gives.NEW_POLICY, "policy", Needs.NOTHING): Case(
        (), (allow("iam:AttachUserPolicy", when={"ArnLike": {"iam:PolicyARN": f"{ACCOUNT}:policy/app-*"}}),)
    ),
    (Gives.MEMBERSHIP, "group", Needs.NOTHING): Case((group("ops", ORGANIZATIONS),)),
    (Gives.NO_MEMBERSHIP, "group", Needs.NOTHING): Case((group("ops", DENY),), (ORGANIZATIONS,), GROUPS),
    (Gives.NAME, "user", Needs.NOTHING): Case(
        (), (allow("organizations:*", when={"StringEquals": {"aws:username": "zed"}}),)
    ),
    (Gives.ACCESS, "user", Needs.NOTHING): Case((user(ORGANIZATIONS, name="bob"),)),
    (Gives.ACCESS, "user", Needs.A_PASSWORD): Case((user(ORGANIZATIONS, name="bob"),)),
    (Gives.ACCESS, "role", Needs.TRUST_OF_A_PRINCIPAL): Case((tool(ORGANIZATIONS),)),
    (Gives.ACCESS, "role", Needs.CHANGEABLE): Case((role("tool", ORGANIZATIONS),)),
    (Gives.ACCESS, "role", Needs.TRUST_OF_A_SERVICE): Case((role("tool", ORGANIZATIONS),)),
    (Gives.ACCESS, "saml-provider", Needs.TRUST_OF_A_SAML_PROVIDER): Case(
        (role("tool", ORGANIZATIONS, trust={"Principal": {"Federated": SAML}}),)
    ),
    (Gives.FILLED_SET, "permission-set", Needs.NOTHING): Case((set_role(),), (allow(PROVISION),)),
    (Gives.PROVISIONED_SET, "permission-set", Needs.NOTHING): Case((set_role(),), (allow(FILL[0]),)),
    (Gives.ACCESS, "permission-set", Needs.A_PERMISSION_SET): Case((set_role(ORGANIZATIONS),)),
}


def outcome(case: Case, *actions: str) -> object:
    """The actions by which ann could give herself a lock-out action; "undetermined", or None if there are none."""
    statements = (*case.has, *([allow(*actions)] if actions else []))
    more = {**case.ann, "managed": [OWN, *case.ann.get("managed", ())]}
    policies = {**case.policies, OWN: document(*statements)}
    principals, undetermined = ask(user(*case.inline, **more), *case.rows, policies=policies, versions=case.versions)
    if "ann" in principals:
        return set(principals["ann"]["escalation"])
    return "undetermined" if "ann" in undetermined else None


@walk("edge", EDGES)
def test_every_edge_leads_to_a_lock_out_action(edge: Edge) -> None:
    case = CASES[edge.gives, edge.on, edge.needs]
    actions = edge.actions
    reached = outcome(case, *actions)
    if edge.doubt:
        assert reached == "undetermined"
    else:
        assert isinstance(reached, set)
        assert reached >= set(actions)
    assert outcome(case) is None
    for action in edge.and_actions:
        assert outcome(case, action) != reached


@pytest.mark.parametrize(("kind", "principal"), [("user", user()), ("role", role("tool", trust={"Principal": ROOT}))])
def test_a_row_takes_all_its_actions_on_any_kind(kind: str, principal: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    edge = Edge("iam:First", kind, Gives.ACCESS, and_actions=("iam:Second",), doubt="unknown")
    monkeypatch.setattr(access_edges, "ACCESS_EDGES", {kind: [edge]})
    lists: Row = {"UserDetailList": [], "RoleDetailList": [], "GroupDetailList": [], "Policies": []}
    page = {**lists, f"{kind.title()}DetailList": [principal]}
    (target,) = read_account([page], edge.actions).principals
    ((first, second),) = access_edges.ways_to_access(target)
    assert (first.action, second.action) == edge.actions
    assert {first.resource, second.resource} == {target.arn}
    assert first.doubt == second.doubt == "unknown"


def test_an_action_has_one_row() -> None:
    actions = [edge.action for edge in EDGES]
    assert len(set(actions)) == len(actions)
