"""Refuses, in AWS's words, what the caller's policies don't allow, by the package's own evaluator.

Evaluated: identity policies (groups' too), boundaries, session policies, SCPs of member accounts; for assuming a role
its trust policy and the RCPs above its account. Not evaluated: policies of other resources. No policy limits the
sandbox's own administrators, but as in any account they can't assume a role that doesn't trust them. Where a verdict
depends on something that the sandbox can't know it answers 501 and says so.
Wording: docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

from pulumi_aws_identity_center.iam import Decision, Document, Request, Verdict, caller_names, evaluate

from sandbox.aws.authorization import principals
from sandbox.aws.authorization.applicable_policies import ANYTHING, Caller, caller_of, rcps_of, trust_of
from sandbox.aws.authorization.required_permissions import RequiredPermission, permissions_required_by
from sandbox.aws.authorization.required_permissions.request_context import (
    UNKNOWN_KEYS,
    request_context,
    resource_context,
)
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context
from sandbox.aws.core.wire import UNSIGNED, Call
from sandbox.aws.core.world import World
from sandbox.aws.services.sso_admin.roles import apply_roles_first

# STS API reference, API_GetCallerIdentity: it needs no permission, and no policy takes it away.
# An unsigned call has no caller whose policies could be evaluated.
_NEEDS_NO_PERMISSION = frozenset({"sts:GetCallerIdentity", *(f"sts:{operation}" for operation in UNSIGNED)})
_TRUST_POLICY_ACTIONS = frozenset({"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"})


@dataclass(frozen=True)
class ResourcePolicies:
    """trust: a role's trust policy; None for a resource without a policy. must_allow: whether the resource has to allow
    the call beside the caller's own policies."""

    trust: Document | None = None
    must_allow: bool = False
    rcps: Sequence[Sequence[Document]] = field(default_factory=tuple)

    @property
    def documents(self) -> list[Document]:
        return [self.trust] if self.trust is not None else []


def enforce(world: World, call: Call, principal: principals.Principal) -> None:
    """Returns if the call is allowed. Raises AwsError."""
    if principals.is_administrator(principal):
        if call.access_key != principals.administrator_key(principal.account):
            raise principals.unrecognized(json=call.json)
        check_trust(world, call, principal)
        return
    if f"{call.service}:{call.operation}" in _NEEDS_NO_PERMISSION:
        return
    if call.service in ("iam", "sts"):
        apply_roles_first(Context(world, call, principal.account))
    with world.lock:  # nobody changes policies meanwhile
        _check(world, call, principal, caller_of(world, principal))


def check_trust(world: World, call: Call, principal: principals.Principal) -> None:
    """Checks the trust policy of a role to assume, whether or not IAM is enforced: "you must also be trusted by the
    role" (API_AssumeRole.html) holds for administrators too. Raises AwsError."""
    if (call.service, call.operation) != ("sts", "AssumeRole"):
        return
    apply_roles_first(Context(world, call, principal.account))
    with world.lock:
        caller = _administrator_or_caller(world, principal)
        unlimited = dataclasses.replace(caller, identity=[ANYTHING], boundary=None, scps=[], session=None)
        _check(world, call, principal, unlimited)


def _administrator_or_caller(world: World, principal: principals.Principal) -> Caller:
    if principals.is_administrator(principal):
        return Caller(principals.administrator_role(principal.account), "AssumedRole")
    return caller_of(world, principal)


def _check(world: World, call: Call, principal: principals.Principal, caller: Caller) -> None:
    """Raises AwsError unless every permission that the call requires is allowed."""
    context = request_context(world, call, principal, caller)
    names = caller_names(caller.arn) | caller_names(principal.arn)
    for permission in permissions_required_by(call, world, principal):
        keys = {**context, **resource_context(world, permission.resource), **permission.keys}
        unknown = UNKNOWN_KEYS | permission.unknown
        any_resource = not permission.resource_known
        request = Request(permission.action, permission.resource, keys, unknown, any_resource, principals=names)
        resource_policies = _resource_policies(world, permission)
        decision = _decide(request, caller, principal.account, resource_policies)
        if decision.verdict is Verdict.UNDETERMINED:
            raise _undetermined(permission.action, decision)
        if decision.verdict is Verdict.DENIED:
            reason = _reason(request, caller, resource_policies)
            raise _denied(
                call,
                f"User: {principal.arn} is not authorized to perform: {request.action} on resource: "
                f"{request.resource} {reason}",
            )


def _undetermined(action: str, decision: Decision) -> AwsError:
    cause = ", ".join(sorted(decision.unknown)) or f"the resource of {action}, or on an operator"
    return AwsError("SandboxNotImplemented", f"Whether {action} is allowed hangs on {cause}: not known here.", 501)


def _resource_policies(world: World, permission: RequiredPermission) -> ResourcePolicies:
    if permission.action not in _TRUST_POLICY_ACTIONS:
        return ResourcePolicies()
    account = permission.resource.split(":")[4] if permission.resource.count(":") >= 5 else ""
    return ResourcePolicies(trust_of(permission.resource), True, rcps_of(world, account))


def _decide(request: Request, caller: Caller, account: str, resource: ResourcePolicies) -> Decision:
    """account: the caller's."""
    evaluate_caller = functools.partial(
        evaluate, request, identity=caller.identity, boundary=caller.boundary, session=caller.session
    )
    if not resource.must_allow:
        return evaluate_caller(scps=caller.scps)
    trust = resource.documents
    if request.resource.split(":")[4:5] == [account]:
        scps = [*caller.scps, *resource.rcps]
        return evaluate_caller(scps=scps, resource_policies=trust, resource_must_allow=True)
    # Across accounts both have to allow (reference_policies_evaluation-logic-cross-account.html).
    own = evaluate_caller(scps=caller.scps)
    theirs = evaluate(
        request, identity=[ANYTHING], scps=resource.rcps, resource_policies=trust, resource_must_allow=True
    )
    verdicts = {own.verdict: own, theirs.verdict: theirs}
    return verdicts.get(Verdict.DENIED) or verdicts.get(Verdict.UNDETERMINED) or own


def _reason(request: Request, caller: Caller, resource: ResourcePolicies) -> str:
    """The kind of policy that denies: explicit denies come first, then the limits, then the grants."""
    limits: list[tuple[str, Sequence[Document]]] = [("a service control policy", level) for level in caller.scps]
    limits += [("a resource control policy", level) for level in resource.rcps]
    if caller.boundary is not None:
        limits.append(("a permissions boundary", [caller.boundary]))
    if caller.session is not None:
        limits.append(("a session policy", caller.session))
    grants = [("an identity-based policy", caller.identity), ("a resource-based policy", resource.documents)]
    for kind, documents in [*limits, *grants]:
        if evaluate(request, identity=[ANYTHING, *documents]).verdict is Verdict.DENIED:
            return f"with an explicit deny in {kind}"
    for kind, documents in limits:
        if evaluate(request, identity=documents).verdict is Verdict.DENIED:
            return f"because no {kind.partition(' ')[2]} allows the {request.action} action"
    own = evaluate(request, identity=caller.identity).verdict
    grant = "resource-based" if resource.must_allow and own is Verdict.ALLOWED else "identity-based"
    return f"because no {grant} policy allows the {request.action} action"


def _denied(call: Call, message: str) -> AwsError:
    """JSON services and Query services name the same thing differently."""
    return AwsError("AccessDeniedException", message) if call.json else AwsError("AccessDenied", message, 403)
