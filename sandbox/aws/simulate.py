"""SimulatePrincipalPolicy and SimulateCustomPolicy, by the package's evaluator.

Source: API_SimulatePrincipalPolicy.html. A key that the policies need and ContextEntries lack is named in
MissingContextValues and taken as absent, as AWS does; a resource policy is refused with 501. Where a statement stands
in its policy's text (StartPosition, EndPosition) is left out.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from pulumi_aws_identity_center.iam import (
    Decision,
    Document,
    MalformedDocument,
    Request,
    Verdict,
    evaluate,
    parse_document,
)

from sandbox.aws.authority import Authority, authority_of_entity
from sandbox.aws.errors import AwsError
from sandbox.aws.iam_pages import page
from sandbox.aws.registry import Context, handles

_ANYTHING = parse_document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


@handles("iam", "SimulatePrincipalPolicy")
def simulate_principal_policy(context: Context) -> dict[str, Any]:
    arn = context.parameter("PolicySourceArn")
    authority = authority_of_entity(context.world, context.account, arn)
    if authority is None:
        raise AwsError("NoSuchEntity", f"{arn} is no user, group or role of this account.", 404)
    return _simulated(context, authority)


@handles("iam", "SimulateCustomPolicy")
def simulate_custom_policy(context: Context) -> dict[str, Any]:
    return _simulated(context, Authority(context.parameter("CallerArn") or "", "User"))


def _simulated(context: Context, authority: Authority) -> dict[str, Any]:
    if context.parameter("ResourcePolicy"):
        raise AwsError("SandboxNotImplemented", "The sandbox simulates no resource policies.", 501)
    added = [_document(text) for text in context.parameter("PolicyInputList") or []]
    bounds = [_document(text) for text in context.parameter("PermissionsBoundaryPolicyInputList") or []]
    has = dataclasses.replace(authority, identity=[*authority.identity, *added])
    has.boundary = bounds[0] if bounds else has.boundary
    given = {each["ContextKeyName"]: each["ContextKeyValues"] for each in context.parameter("ContextEntries") or []}
    caller = {"aws:PrincipalArn": has.arn} if has.arn else {}
    asked = [
        Request(action, resource, {**caller, **given})
        for action in context.parameter("ActionNames")
        for resource in context.parameter("ResourceArns") or ["*"]
    ]
    return page(
        context,
        "EvaluationResults",
        enumerate(asked),
        lambda row: f"{row[0]:09d}",
        lambda row: _result(row[1], has),
    )


def _document(text: str) -> Document:
    try:
        return parse_document(text)
    except MalformedDocument as error:
        raise AwsError("InvalidInput", str(error)) from None


def _result(request: Request, has: Authority) -> dict[str, Any]:
    decision = evaluate(request, identity=has.identity, boundary=has.boundary, scps=has.scps)
    result: dict[str, Any] = {
        "EvalActionName": request.action,
        "EvalResourceName": request.resource,
        "EvalDecision": _decision(request, has, decision),
        "MatchedStatements": [{"SourcePolicyId": each.sid or "PolicyInputList"} for each in decision.by],
        "MissingContextValues": _missing(request, has),
    }
    if has.scps:
        allowed = evaluate(request, identity=[_ANYTHING], scps=has.scps).verdict is Verdict.ALLOWED
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": allowed}
    if has.boundary is not None:
        allowed = evaluate(request, identity=[_ANYTHING], boundary=has.boundary).verdict is Verdict.ALLOWED
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": allowed}
    return result


def _decision(request: Request, has: Authority, decision: Decision) -> str:
    if decision.verdict is Verdict.ALLOWED:
        return "allowed"
    everything = [*has.identity, *([has.boundary] if has.boundary is not None else [])]
    everything += [each for level in has.scps for each in level]
    denied = evaluate(request, identity=[_ANYTHING, *everything]).verdict is Verdict.DENIED
    return "explicitDeny" if denied else "implicitDeny"


def _missing(request: Request, has: Authority) -> list[str]:
    """The keys that the policies' statements about this action test and the request doesn't have."""
    known = {key.lower() for key in request.context}
    keys = {
        key
        for document in (*has.identity, *([has.boundary] if has.boundary is not None else []))
        for statement in document.about(request.lower_action)
        for _, key, _ in statement.conditions
    }
    return sorted(key for key in keys if key.lower() not in known)
