"""Refuses, in AWS's words, what the caller's policies don't allow, by the package's own evaluator.

Counted: identity policies (groups' too), boundaries, session policies, SCPs of member accounts, and for
sts:AssumeRole the trust policy. Not counted, as nothing here has them: resource control policies, other
resources' policies. The sandbox's own administrator may do everything. Where a verdict
hangs on what the sandbox can't know it answers 501 and says so, rather than guess.
Wording: docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_aws_identity_center.iam import (
    Decision,
    Document,
    Request,
    Verdict,
    caller_names,
    evaluate,
    parse_document,
)

from sandbox.aws import principals
from sandbox.aws.asked import UNKNOWN_KEYS, action_of, context_of, resources_of
from sandbox.aws.authority import Authority, authority_of, trust_of
from sandbox.aws.errors import AwsError
from sandbox.aws.wire import Call
from sandbox.aws.world import World

# STS API reference, API_GetCallerIdentity, API_GetSessionToken: neither needs permission.
_FREE = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
_ASSUME = "sts:AssumeRole"
_ANYTHING = parse_document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


def enforce(world: World, call: Call, principal: principals.Principal) -> None:
    """Returns if the call is allowed. Raises AwsError."""
    action = action_of(call)
    if principals.is_administrator(principal):
        if call.access_key != principals.administrator_key(principal.account):
            raise _error(call, "InvalidClientTokenId", "The security token included in the request is invalid.")
        return
    if action in _FREE:
        return
    if action == _ASSUME and (call.parameters.get("PolicyArns") or call.parameters.get("PolicyArns.member.1.arn")):
        raise AwsError("SandboxNotImplemented", "The sandbox does not enforce managed session policies.", 501)
    authority = authority_of(world, principal, call.access_key)
    context = context_of(world, call, principal, authority)
    names = caller_names(authority.arn) | caller_names(principal.arn)
    for resource in resources_of(world, call, principal):
        request = Request(action, resource, context, UNKNOWN_KEYS, principals=names)
        trust = trust_of(resource) if action == _ASSUME else None
        decision = _decide(request, authority, principal.account, trust)
        if decision.verdict is Verdict.UNDETERMINED:
            keys = ", ".join(sorted(decision.unknown)) or "an operator"
            raise AwsError(
                "SandboxNotImplemented", f"Whether {action} is allowed hangs on {keys}: not known here.", 501
            )
        if decision.verdict is Verdict.DENIED:
            raise _error(call, "AccessDenied", _message(request, authority, principal, trust))


def _decide(request: Request, has: Authority, account: str, trust: Document | None) -> Decision:
    limits = {"boundary": has.boundary, "session": has.session, "scps": has.scps}
    if request.action != _ASSUME:
        return evaluate(request, identity=has.identity, **limits)  # type: ignore[arg-type]
    trusts = [trust] if trust is not None else []
    if request.resource.split(":")[4:5] == [account]:
        return evaluate(request, identity=has.identity, resource_policies=trusts, resource_must_allow=True, **limits)  # type: ignore[arg-type]
    # Across accounts both have to allow (reference_policies_evaluation-logic-cross-account.html).
    own = evaluate(request, identity=has.identity, **limits)  # type: ignore[arg-type]
    theirs = evaluate(request, identity=[_ANYTHING], resource_policies=trusts, resource_must_allow=True)
    verdicts = {own.verdict: own, theirs.verdict: theirs}
    return verdicts.get(Verdict.DENIED) or verdicts.get(Verdict.UNDETERMINED) or own


def _message(request: Request, has: Authority, principal: principals.Principal, trust: Document | None) -> str:
    text = f"User: {principal.arn} is not authorized to perform: {request.action} on resource: {request.resource}"
    return f"{text} {_reason(request, has, trust)}"


def _reason(request: Request, has: Authority, trust: Document | None) -> str:
    """Which kind of policy it was: first explicit denies, then the limits, then the grants."""
    kinds: list[tuple[str, Sequence[Document]]] = [("a service control policy", level) for level in has.scps]
    kinds += [("a permissions boundary", [has.boundary])] if has.boundary is not None else []
    kinds += [("a session policy", has.session)] if has.session is not None else []
    everything = [*kinds, ("an identity-based policy", has.identity)]
    everything += [("a resource-based policy", [trust])] if trust is not None else []
    for name, documents in everything:
        if evaluate(request, identity=[_ANYTHING, *documents]).verdict is Verdict.DENIED:
            return f"with an explicit deny in {name}"
    for name, documents in kinds:
        if evaluate(request, identity=documents).verdict is Verdict.DENIED:
            return f"because no {name.partition(' ')[2]} allows the {request.action} action"
    kind = "identity-based"
    if request.action == _ASSUME and evaluate(request, identity=has.identity).verdict is Verdict.ALLOWED:
        kind = "resource-based"
    return f"because no {kind} policy allows the {request.action} action"


def _error(call: Call, code: str, message: str) -> AwsError:
    """JSON services and Query services name the same thing differently."""
    if not call.json:
        return AwsError(code, message, 403)
    return AwsError({"AccessDenied": "AccessDeniedException"}.get(code, "UnrecognizedClientException"), message)
