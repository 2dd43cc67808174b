"""SimulatePrincipalPolicy and SimulateCustomPolicy, by the package's evaluator, and the keys that policies ask for.

Source: API_SimulatePrincipalPolicy.html, API_EvaluationResult.html: one result an action, and in it one a resource
where resources are given. A key that the policies need and ContextEntries lack is named in MissingContextValues and
taken as absent. Where a statement stands in its policy's text (StartPosition, EndPosition) is left out, as are EC2's
scenarios (ResourceHandlingOption); EvalResourceName of an action on several resources is * (assumed: AWS has a template
there).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pulumi_aws_identity_center.iam import Decision, Request, Verdict, caller_names, evaluate

from sandbox.aws.authorization.authority import ANYTHING
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles

from .pages import page
from .simulated import Policies, given, of_principal, without

_VARIABLE = re.compile(r"\$\{([A-Za-z][\w-]*:[^,}]+)")
# From the best to the worst: the decision for all resources is the worst for one.
_DECISIONS = ("allowed", "implicitDeny", "explicitDeny")


@handles("iam", "SimulatePrincipalPolicy")
def simulate_principal_policy(context: Context) -> dict[str, Any]:
    policies = of_principal(context, context.parameter("PolicySourceArn"))
    without(policies, context.parameter("PolicyExclusionList") or [])
    return _simulated(context, policies)


@handles("iam", "SimulateCustomPolicy")
def simulate_custom_policy(context: Context) -> dict[str, Any]:
    levels = context.parameter("OrderedOrganizationPolicyInputList") or []
    rows = [given(each.get("ServiceControlPolicyInputList"), "ServiceControlPolicyInputList") for each in levels]
    return _simulated(context, Policies(scps=rows))


def _simulated(context: Context, policies: Policies) -> dict[str, Any]:
    policies.caller = context.parameter("CallerArn") or policies.caller
    policies.identity += given(context.parameter("PolicyInputList"), "PolicyInputList")
    bounds = context.parameter("PermissionsBoundaryPolicyInputList")
    policies.boundary = given(bounds, "PermissionsBoundaryPolicyInputList") or policies.boundary
    if context.parameter("ResourcePolicy"):
        if not policies.caller:
            raise AwsError("InvalidInput", "CallerArn is required with a ResourcePolicy.")
        policies.resource = given([context.parameter("ResourcePolicy")], "ResourcePolicy", "resource")
    simulation = _Simulation(context, policies)
    actions = enumerate(context.parameter("ActionNames"))
    return page(context, "EvaluationResults", actions, lambda row: f"{row[0]:09d}", lambda row: simulation.of(row[1]))


class _Simulation:
    def __init__(self, context: Context, policies: Policies) -> None:
        self._policies = policies
        self._resources: list[str] = context.parameter("ResourceArns") or []
        self._owner = context.parameter("ResourceOwner")
        caller = {"aws:PrincipalArn": policies.caller} if policies.caller else {}
        entries = context.parameter("ContextEntries") or []
        self._context = {**caller, **{each["ContextKeyName"]: each["ContextKeyValues"] for each in entries}}
        self._names = caller_names(policies.caller) if policies.caller else frozenset()

    def of(self, action: str) -> dict[str, Any]:
        """The action's result."""
        alone = self._on(action, "*") if not self._resources else None
        if alone is not None:
            return {"EvalActionName": action, "EvalResourceName": "*", **alone}
        rows = [(resource, self._on(action, resource)) for resource in dict.fromkeys(self._resources)]
        worst = max((row["EvalDecision"] for _, row in rows), key=_DECISIONS.index)
        statements = [each for _, row in rows for each in row["MatchedStatements"]]
        return {
            "EvalActionName": action,
            "EvalResourceName": rows[0][0] if len(rows) == 1 else "*",
            "EvalDecision": worst,
            "MatchedStatements": [each for number, each in enumerate(statements) if each not in statements[:number]],
            "MissingContextValues": [],
            "OrganizationsDecisionDetail": rows[0][1].get("OrganizationsDecisionDetail"),
            "ResourceSpecificResults": [_specific(resource, row) for resource, row in rows],
        }

    def _on(self, action: str, resource: str) -> dict[str, Any]:
        request = Request(action, resource, self._context, principals=self._names)
        decision = self._decide(request)
        result: dict[str, Any] = {
            "EvalDecision": self._word(request, decision),
            "MatchedStatements": [_matched(self._policies, each) for each in decision.by],
            "MissingContextValues": self._missing(request),
        }
        if self._policies.scps:
            result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": self._limit(request, scps=self._scps())}
        if self._policies.boundary:
            allowed = self._limit(request, boundary=self._bound())
            result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": allowed}
        return result

    def _scps(self) -> list[Any]:
        return [[each.document for each in level] for level in self._policies.scps]

    def _bound(self) -> Any:
        return self._policies.boundary[0].document if self._policies.boundary else None

    def _limit(self, request: Request, **limits: Any) -> bool:
        return evaluate(request, identity=[ANYTHING], **limits).verdict is Verdict.ALLOWED

    def _decide(self, request: Request) -> Decision:
        identity = [each.document for each in self._policies.identity]
        resource = [each.document for each in self._policies.resource]
        limits: dict[str, Any] = {"boundary": self._bound(), "scps": self._scps()}
        if not resource or self._is_own(request.resource):
            return evaluate(request, identity=identity, resource_policies=resource, **limits)
        own = evaluate(request, identity=identity, **limits)
        theirs = evaluate(request, identity=[ANYTHING], resource_policies=resource, resource_must_allow=True)
        return own if own.verdict is Verdict.DENIED or theirs.verdict is Verdict.ALLOWED else theirs

    def _is_own(self, resource: str) -> bool:
        """Whether the resource is of the caller's account, as far as the request tells."""
        account = self._policies.caller.split(":")[4]
        owner = resource.split(":")[4] if resource.count(":") >= 5 else ""
        given_owner = str(self._owner or "")
        owner = owner or (given_owner.split(":")[4] if given_owner.startswith("arn:") else given_owner)
        return owner in ("", account)

    def _word(self, request: Request, decision: Decision) -> str:
        if decision.verdict is Verdict.ALLOWED:
            return "allowed"
        everything = [each.document for each in self._policies.all()]
        denied = evaluate(request, identity=[ANYTHING, *everything]).verdict is Verdict.DENIED
        return "explicitDeny" if denied else "implicitDeny"

    def _missing(self, request: Request) -> list[str]:
        """The keys that statements about this action test and the request doesn't have."""
        known = {key.lower() for key in request.context}
        keys = {
            key
            for policy in (*self._policies.identity, *self._policies.boundary, *self._policies.resource)
            for statement in policy.document.about(request.lower_action)
            for _, key, _ in statement.conditions
        }
        return sorted(key for key in keys if key.lower() not in known)


def _matched(policies: Policies, statement: Any) -> dict[str, Any]:
    source = policies.source(statement)
    return {"SourcePolicyId": source.id, "SourcePolicyType": source.type}


def _specific(resource: str, row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name != "OrganizationsDecisionDetail"}
    return {"EvalResourceName": resource, "EvalResourceDecision": kept.pop("EvalDecision"), **kept}


@handles("iam", "GetContextKeysForCustomPolicy")
def get_context_keys_for_custom_policy(context: Context) -> dict[str, Any]:
    return _keys(given(context.parameter("PolicyInputList"), "PolicyInputList"))


@handles("iam", "GetContextKeysForPrincipalPolicy")
def get_context_keys_for_principal_policy(context: Context) -> dict[str, Any]:
    policies = of_principal(context, context.parameter("PolicySourceArn"))
    return _keys([*policies.identity, *given(context.parameter("PolicyInputList"), "PolicyInputList")])


def _keys(policies: Iterable[Any]) -> dict[str, Any]:
    """Those of conditions, and those that policy variables name."""
    keys: set[str] = set()
    for policy in policies:
        for statement in policy.document.statements:
            keys.update(key for _, key, _ in statement.conditions)
            texts = [*(statement.resources or ()), *(each for _, _, values in statement.conditions for each in values)]
            keys.update(key for text in texts if statement.variables for key in _VARIABLE.findall(text))
    return {"ContextKeyNames": sorted(keys)}
