"""Our evaluator against one that is not ours, on generated documents: where they differ, AWS's page decides.

iamprover (Apache-2.0) translates policies into constraints for the z3 solver. It reads a part of IAM: actions and
resources with wildcards, NotAction and NotResource, seven condition operators on keys that are present, boundaries,
SCPs and resource policies of the same account. On that part both have to say the same.

One difference is known and kept out: iamprover never limits what a resource's policy grants by a boundary. AWS limits
it where the policy names a role (access_policies_boundaries.html), so resource policies name a user here.
"""

from __future__ import annotations

from typing import Any

import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from iamprover.engine.context import Context
from iamprover.engine.encoder import allowed
from iamprover.model import Principal
from iamprover.parsers.iam import parse_policy_document
from pulumi_aws_identity_center.iam import Request, Verdict, caller_names, evaluate, parse_document

from tests.property_examples import examples

USER = "arn:aws:iam::111122223333:user/ann"
ACTIONS = ["organizations:DisableAWSServiceAccess", "organizations:DeleteOrganization", "sso:DeleteInstance"]
RESOURCES = ["*", "arn:aws:sso:::instance/ssoins-1", "arn:aws:iam::111122223333:role/app"]
CONTEXT = {"aws:PrincipalTag/team": "red", "aws:RequestedRegion": "us-east-1", "aws:MultiFactorAuthPresent": "true"}

action_patterns = st.sampled_from(
    [*ACTIONS, "*", "organizations:*", "ORGANIZATIONS:disable*", "sso:?eleteInstance", "sso:*", "*:Delete*", "s3:*"]
)
resource_patterns = st.sampled_from([*RESOURCES, "arn:aws:sso:::*", "arn:*:role/???", "arn:aws:iam::*:role/a*"])
values = st.sampled_from(["red", "r*", "?ed", "blue", "us-east-1", "us-*", "US-EAST-1", "true", "false"])
operators = st.sampled_from(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Bool"])


@st.composite
def statements(draw: st.DrawFn, principal: str | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    action = draw(st.sampled_from(["Action", "Action", "NotAction"]))
    resource = draw(st.sampled_from(["Resource", "Resource", "NotResource"]))
    statement[action] = draw(st.lists(action_patterns, min_size=1, max_size=2))
    statement[resource] = draw(st.lists(resource_patterns, min_size=1, max_size=2))
    if draw(st.booleans()):
        operator, key = draw(operators), draw(st.sampled_from(sorted(CONTEXT)))
        wanted = draw(st.sampled_from(["true", "false"])) if operator == "Bool" else draw(values)
        statement["Condition"] = {operator: {key: wanted}}
    if principal is not None:
        statement["Principal"] = {"AWS": principal}
    return statement


def documents(principal: str | None = None) -> st.SearchStrategy[dict[str, Any]]:
    listed = st.lists(statements(principal), min_size=1, max_size=3)
    return listed.map(lambda rows: {"Version": "2012-10-17", "Statement": rows})


def _is_allowed_by_ours(action: str, resource: str, policies: dict[str, Any]) -> bool:
    request = Request(action, resource, CONTEXT, principals=caller_names(USER))
    decision = evaluate(
        request,
        identity=[parse_document(document) for document in policies["identity"]],
        boundary=parse_document(policies["boundary"]) if policies["boundary"] else None,
        scps=[[parse_document(document)] for document in policies["scps"]],
        resource_policies=[parse_document(document) for document in policies["resource"]],
    )
    # Every key of the context is known: nothing may be left open.
    assert decision.verdict is not Verdict.UNDETERMINED
    return decision.verdict is Verdict.ALLOWED


def _is_allowed_by_theirs(action: str, resource: str, policies: dict[str, Any]) -> bool:
    def parsed(kind: str) -> list[Any]:
        return [parse_policy_document(f"{kind}{n}", document) for n, document in enumerate(policies[kind])]

    boundary = parse_policy_document("boundary", policies["boundary"]) if policies["boundary"] else None
    principal = Principal(USER, parsed("identity"), permission_boundary=boundary)
    context = Context()
    # iamprover compares actions in lower case.
    formula = allowed(
        principal,
        z3.StringVal(action.lower()),
        z3.StringVal(resource),
        context,
        resource_policies=parsed("resource"),
        scps=parsed("scps"),
    )
    solver = z3.Solver()
    solver.add(formula, *(context.constrain(key, value) for key, value in CONTEXT.items()))
    result = solver.check()
    assert result != z3.unknown
    return bool(result == z3.sat)


@settings(max_examples=examples(300))
@given(
    action=st.sampled_from(ACTIONS),
    resource=st.sampled_from(RESOURCES),
    identity=st.lists(documents(), max_size=2),
    boundary=st.one_of(st.none(), documents()),
    scps=st.lists(documents(), max_size=2),
    resource_policies=st.lists(documents(USER), max_size=1),
)
def test_both_evaluators_say_the_same(action, resource, identity, boundary, scps, resource_policies) -> None:
    policies = {"identity": identity, "boundary": boundary, "scps": scps, "resource": resource_policies}
    assert _is_allowed_by_ours(action, resource, policies) == _is_allowed_by_theirs(action, resource, policies)
