"""Refuses, in AWS's words, what the caller's policies don't allow, by the package's own evaluator.

Counted: identity policies (groups' too), boundaries, session policies, SCPs of member accounts; for assuming a role its
trust policy, and the RCPs above its account. Not counted, as nothing here has them: other resources' policies. No
policy limits the sandbox's own administrators, but a role that doesn't trust them they can't assume, as in any account.
Where a verdict hangs on what the sandbox can't know it answers 501 and says so, rather than guess.
Wording: docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

from pulumi_aws_identity_center.iam import Decision, Document, Request, Verdict, caller_names, evaluate

from sandbox.aws.authorization import principals
from sandbox.aws.authorization.asked import Ask, asks_of
from sandbox.aws.authorization.asked.context import UNKNOWN_KEYS, context_of, of_resource
from sandbox.aws.authorization.authority import ANYTHING, Authority, authority_of, rcps_of, trust_of
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context
from sandbox.aws.core.wire import UNSIGNED, Call
from sandbox.aws.core.world import World
from sandbox.aws.services.sso_admin.roles import roles_are_there

# STS API reference, API_GetCallerIdentity, API_GetSessionToken: neither needs permission, and no policy takes it away.
# Of what nobody signs there is nobody to judge.
_FREE = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken", *(f"sts:{name}" for name in UNSIGNED)})
# A role's trust policy has its say in these.
_OF_TRUST = frozenset({"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"})
_STS_OF_SESSIONS = {"user": ("AssumeRole", "GetCallerIdentity"), "federated": ("GetCallerIdentity",)}


@dataclass(frozen=True)
class Door:
    """What a resource's own account has to say. trust: None for a resource without a policy."""

    trust: Document | None = None
    must_allow: bool = False
    rcps: Sequence[Sequence[Document]] = field(default_factory=tuple)


def enforce(world: World, call: Call, principal: principals.Principal) -> None:
    """Returns if the call is allowed. Raises AwsError."""
    if principals.is_administrator(principal):
        if call.access_key != principals.administrator_key(principal.account):
            raise principals.unrecognized(json=call.json)
        check_trust(world, call, principal)
        return
    _refuse_kind(call, principal)
    if f"{call.service}:{call.operation}" in _FREE:
        return
    if call.service in ("iam", "sts"):
        roles_are_there(Context(world, call, principal.account))
    with world.lock:  # nobody changes policies meanwhile
        _allow(world, call, principal)


def check_trust(world: World, call: Call, principal: principals.Principal) -> None:
    """Of assuming a role what its trust policy says, whoever asks and whether or not IAM is enforced: "you must also
    be trusted by the role" (API_AssumeRole.html) holds for administrators too. Raises AwsError."""
    if (call.service, call.operation) != ("sts", "AssumeRole"):
        return
    roles_are_there(Context(world, call, principal.account))
    with world.lock:
        authority = dataclasses.replace(
            _identified(world, call, principal), identity=[ANYTHING], boundary=None, scps=[]
        )
        _judge(world, call, principal, dataclasses.replace(authority, session=None))


def _identified(world: World, call: Call, principal: principals.Principal) -> Authority:
    if principals.is_administrator(principal):
        return Authority(principals.administrator_role(principal.account), "AssumedRole")
    return authority_of(world, principal)


def _allow(world: World, call: Call, principal: principals.Principal) -> None:
    _judge(world, call, principal, authority_of(world, principal))


def _judge(world: World, call: Call, principal: principals.Principal, authority: Authority) -> None:
    context = context_of(world, call, principal, authority)
    names = caller_names(authority.arn) | caller_names(principal.arn)
    for ask in asks_of(world, call, principal):
        keys = {**context, **of_resource(world, ask.resource), **ask.keys}
        unknown = UNKNOWN_KEYS | ask.unknown
        request = Request(ask.action, ask.resource, keys, unknown, not ask.resource_known, principals=names)
        door = _door(world, ask)
        decision = _decide(request, authority, principal.account, door)
        if decision.verdict is Verdict.UNDETERMINED:
            what = ", ".join(sorted(decision.unknown)) or f"the resource of {ask.action}, or on an operator"
            text = f"Whether {ask.action} is allowed hangs on {what}: not known here."
            raise AwsError("SandboxNotImplemented", text, 501)
        if decision.verdict is Verdict.DENIED:
            raise _denied(call, _message(request, authority, principal, door))


def _refuse_kind(call: Call, principal: principals.Principal) -> None:
    """API_GetSessionToken.html, API_GetFederationToken.html: what some temporary credentials are not for, whatever the
    policies say. In which words is as users report it (assumed)."""
    session = principal.session
    if session is None or session.kind == "role" or call.service not in ("iam", "sts"):
        return
    if call.service == "iam" and not (session.kind == "user" and session.mfa):
        raise principals.unrecognized(json=call.json)
    if call.service == "sts" and call.operation not in _STS_OF_SESSIONS[session.kind]:
        raise AwsError("AccessDenied", f"Cannot call {call.operation} with session credentials", 403)


def _door(world: World, ask: Ask) -> Door:
    if ask.action not in _OF_TRUST:
        return Door()
    account = ask.resource.split(":")[4] if ask.resource.count(":") >= 5 else ""
    return Door(trust_of(ask.resource), True, rcps_of(world, account))


def _decide(request: Request, has: Authority, account: str, door: Door) -> Decision:
    limits = {"boundary": has.boundary, "session": has.session}
    if not door.must_allow:
        return evaluate(request, identity=has.identity, scps=has.scps, **limits)  # type: ignore[arg-type]
    trusts = [door.trust] if door.trust is not None else []
    if request.resource.split(":")[4:5] == [account]:
        return evaluate(
            request,
            identity=has.identity,
            scps=[*has.scps, *door.rcps],
            resource_policies=trusts,
            resource_must_allow=True,
            **limits,  # type: ignore[arg-type]
        )
    # Across accounts both have to allow (reference_policies_evaluation-logic-cross-account.html).
    own = evaluate(request, identity=has.identity, scps=has.scps, **limits)  # type: ignore[arg-type]
    theirs = evaluate(request, identity=[ANYTHING], scps=door.rcps, resource_policies=trusts, resource_must_allow=True)
    verdicts = {own.verdict: own, theirs.verdict: theirs}
    return verdicts.get(Verdict.DENIED) or verdicts.get(Verdict.UNDETERMINED) or own


def _message(request: Request, has: Authority, principal: principals.Principal, door: Door) -> str:
    text = f"User: {principal.arn} is not authorized to perform: {request.action} on resource: {request.resource}"
    return f"{text} {_reason(request, has, door)}"


def _reason(request: Request, has: Authority, door: Door) -> str:
    """Which kind of policy it was: first explicit denies, then the limits, then the grants."""
    kinds: list[tuple[str, Sequence[Document]]] = [("a service control policy", level) for level in has.scps]
    kinds += [("a resource control policy", level) for level in door.rcps]
    kinds += [("a permissions boundary", [has.boundary])] if has.boundary is not None else []
    kinds += [("a session policy", has.session)] if has.session is not None else []
    everything = [*kinds, ("an identity-based policy", has.identity)]
    everything += [("a resource-based policy", [door.trust])] if door.trust is not None else []
    for name, documents in everything:
        if evaluate(request, identity=[ANYTHING, *documents]).verdict is Verdict.DENIED:
            return f"with an explicit deny in {name}"
    for name, documents in kinds:
        if evaluate(request, identity=documents).verdict is Verdict.DENIED:
            return f"because no {name.partition(' ')[2]} allows the {request.action} action"
    own = evaluate(request, identity=has.identity).verdict
    kind = "resource-based" if door.must_allow and own is Verdict.ALLOWED else "identity-based"
    return f"because no {kind} policy allows the {request.action} action"


def _denied(call: Call, message: str) -> AwsError:
    """JSON services and Query services name the same thing differently."""
    return AwsError("AccessDeniedException", message) if call.json else AwsError("AccessDenied", message, 403)
