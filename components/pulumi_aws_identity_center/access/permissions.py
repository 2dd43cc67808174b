"""A principal's policies, as they are or after somebody changed them, and whether IAM's evaluator allows it an action.

The account is the organization's management account, so no SCP applies
(docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pulumi_aws_identity_center.iam import (
    EVERY_OTHER_KEY,
    LOCK_OUT_ACTIONS,
    Decision,
    Document,
    Request,
    Verdict,
    caller_names,
    evaluate,
    lock_out_request,
)
from pulumi_aws_identity_center.iam import parse_document as _parse
from pulumi_aws_identity_center.iam.wildcards import matches
from pulumi_aws_identity_center.names import SERVICE_PRINCIPAL_KEY

from . import condition_solver
from .account import Account, HeldPolicy, Principal
from .escalation.actions import ACTIONS, ASSUME, TRUST

EVERYTHING = _parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_UNKNOWN = frozenset({EVERY_OTHER_KEY})
_OTHER_SERVICES = ("iam:", "sts:")  # their keys are in requests to them only
_ABOUT_BOUNDARY = ("UserPolicy", "RolePolicy", "PermissionsBoundary", ":CreateUser", ":CreateRole")
_ACTIONS = {action.lower(): action for action in ACTIONS}
_LOWER = tuple(_ACTIONS)


class Call(NamedTuple):
    """An action on a resource. context: the condition keys that this call settles. target: whom the resource is.
    doubt: what isn't known of it, also where the policies allow it."""

    action: str
    resource: str
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    target: Principal | None = None
    doubt: str = ""


@dataclass(frozen=True)
class Answer:
    """can: None if it depends on what isn't known; then, or if a policy couldn't be read, doubt says on what.
    through: which policies allow it. conditions: under which, as text; always: these hold whatever happens."""

    can: bool | None
    through: tuple[HeldPolicy, ...] = ()
    conditions: tuple[str, ...] = ()
    doubt: str = ""
    always: bool = False


NO = Answer(False)


@dataclass
class Power:
    principal: Principal
    documents: dict[HeldPolicy, Document]
    boundary: Document | None
    groups: tuple[str, ...] = ()
    _patterns: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    _context: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _hints: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, principal: Principal, account: Account) -> Power:
        """As it is. A boundary that can't be read is one of the principal's problems: this is the most it could do."""
        boundary = account.policies.get(principal.boundary) if principal.boundary else None
        context = {**context_of(principal), **account.known}
        return cls(
            principal,
            dict(principal.documents),
            boundary,
            tuple(principal.groups),
            _context=context,
            _hints=_hints(principal),
        )

    def but(self, **changes: Any) -> Power:
        return dataclasses.replace(self, _patterns={}, **changes)

    def as_(self, principal: Principal, known: Mapping[str, str]) -> Power:
        """With another name or other tags. known: what is known of every request in the account."""
        return self.but(principal=principal, _context={**context_of(principal), **known}, _hints=_hints(principal))

    def with_document(self, held: HeldPolicy, document: Document | None) -> Power:
        rest = {each: found for each, found in self.documents.items() if each != held}
        return self.but(documents=rest if document is None else {**rest, held: document})

    def patterns(self, action: str) -> frozenset[str]:
        """The resources that its Allows of an action name; empty: no policy gives it the action."""
        if not self._patterns:
            self._patterns.update(self._found())
        return self._patterns.get(action, frozenset())

    def _found(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {"": set()}
        for document in self.documents.values():
            for s in document.statements:
                if s.effect == "Allow":
                    named = ("*",) if s.not_resource else s.resources or ("*",)
                    for lower in s.concerned(_LOWER):
                        found.setdefault(_ACTIONS[lower], set()).update(named)
        return {action: frozenset(named) for action, named in found.items()}

    def statements(self, *about: str) -> Iterable[Any]:
        """All that it has about the actions, or about any if none is given; its boundary's too."""
        for document in (*self.documents.values(), *([self.boundary] if self.boundary else [])):
            if about:
                yield from dict.fromkeys(s for action in about for s in document.about(action.lower()))
            else:
                yield from document.statements

    def ask(self, call: Call) -> Answer:
        """Whether it can make the call, at least under circumstances that it can bring about."""
        trust = call.target.trust if call.target is not None and call.action == ASSUME else None
        if not self.could(call):
            return NO
        names = _names(self.principal, trust)
        # Keys of another service are not in a request to IAM or STS.
        context = {**self._context, SERVICE_PRINCIPAL_KEY: (), **_about_target(call)}
        context.update({**_region(call.action, self.principal), **_absent_from(call.action), **dict(call.context)})
        is_told = call.target is not None and call.target.tags_told
        closed = (*closed_for(self.principal), *(("iam:ResourceTag/", "aws:ResourceTag/") if is_told else ()))
        answer = self._answer(Request(call.action, call.resource, context, _UNKNOWN, False, names, closed), trust)
        return Answer(None, doubt=call.doubt) if answer.can and call.doubt else answer

    def could(self, call: Call) -> bool:
        """Whether a policy of its own, or a trust policy, names what the call is about: quick, and never a wrong no."""
        if call.action == ASSUME:
            trust = call.target.trust if call.target is not None else None
            if trust is not None and _lets_in(trust, _names(self.principal, trust)):
                return True
        return self.names(call.action, call.resource)

    def names(self, action: str, resource: str) -> bool:
        patterns = self.patterns(action)
        return "*" in patterns or any("${" in each or matches(each, resource) for each in patterns)

    def in_organizations(self, action: str, context: Mapping[str, str]) -> Answer:
        """An action of Organizations that has no resource."""
        known = {**self._context, **_region(action, self.principal), **context}
        return self._answer(Request(action, "*", known, _UNKNOWN, closed=closed_for(self.principal)))

    def lock_out(self, action: str) -> Answer:
        context = {**self._context, **_region(action, self.principal)}
        request = lock_out_request(action, context, _UNKNOWN)
        return self._answer(dataclasses.replace(request, closed=(*closed_for(self.principal), *_OTHER_SERVICES)))

    def ask_shape(self, action: str, resource: str) -> Answer:
        """An action on a resource of which the ARN is known in part: each * in it is text that isn't known."""
        known = {**self._context, SERVICE_PRINCIPAL_KEY: ()}
        closed = (*closed_for(self.principal), *_OTHER_SERVICES)
        is_shape = resource != "*"
        return self._answer(Request(action, resource, known, _UNKNOWN, is_shape, closed=closed))

    def _answer(self, request: Request, trust: Document | None = None) -> Answer:
        identity = list(self.documents.values())

        def decide(asked: Request) -> Decision:
            return evaluate(
                asked,
                identity=identity,
                boundary=self.boundary,
                resource_policies=[trust] if trust else [],
                resource_must_allow=trust is not None,
            )

        decision = condition_solver.settle(request, decide(request), decide, self._hints)
        if decision.verdict is Verdict.DENIED:
            return NO
        if decision.verdict is Verdict.UNDETERMINED and decision.unknown:
            return Answer(None, doubt=f"depends on {', '.join(sorted(decision.unknown))}")
        by = set(map(id, decision.by))
        through = tuple(
            held
            for held, document in self.documents.items()
            if any(id(s) in by and s.effect == "Allow" for s in document.statements)
        )
        problems = "; ".join(dict.fromkeys(self.principal.problems))
        return Answer(True, through, decision.conditions, problems, decision.verdict is Verdict.ALLOWED)


def grants(documents: Sequence[Document], me: Principal, boundary: Document | None = None) -> bool:
    """Whether these documents would give the principal a lock-out action, or could."""
    requests = (lock_out_request(action, context_of(me), _UNKNOWN) for action in LOCK_OUT_ACTIONS)
    found = (evaluate(each, identity=documents, boundary=boundary) for each in requests)
    return any(decision.verdict is not Verdict.DENIED for decision in found)


def context_of(me: Principal) -> dict[str, Any]:
    """What is known of every call that the principal makes."""
    is_user = me.kind == "user"
    known: dict[str, Any] = {
        "aws:PrincipalArn": me.arn,
        "aws:PrincipalAccount": me.arn.split(":")[4],
        "aws:PrincipalType": "User" if is_user else "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:SecureTransport": "true",
        # In a service's own calls only (reference_policies_condition-keys.html).
        **dict.fromkeys(("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:PrincipalServiceName"), ()),
    }
    if is_user:
        known["aws:username"] = me.name
        known.update({f"aws:PrincipalTag/{key}": value for key, value in me.tags.items()})
        known.update({"aws:userid": me.unique_id} if me.unique_id else {})
        known.update(dict.fromkeys(("aws:FederatedProvider", "aws:SourceIdentity", "aws:AssumedRoot"), ()))
    return known


def _hints(me: Principal) -> dict[str, str | tuple[str, ...]]:
    """What a role's session certainly can have: its id with a name of choice, the role's own tags."""
    if me.kind == "user":
        return {}
    tags: dict[str, str | tuple[str, ...]] = {
        f"aws:principaltag/{key.lower()}": (value,) for key, value in me.tags.items()
    }
    return {**tags, "aws:userid": f"{me.unique_id}:*"} if me.unique_id else tags


def closed_for(me: Principal) -> tuple[str, ...]:
    """A role's session may bring tags; a user has its own tags only."""
    return ("aws:PrincipalTag/",) if me.kind == "user" and me.tags_told else ()


def _region(action: str, me: Principal) -> dict[str, str]:
    """IAM and Organizations are called in one Region only, under aws:RequestedRegion in
    reference_policies_condition-keys.html and in docs.aws.amazon.com/general/latest/gr/ao.html."""
    is_global = action.startswith(("iam:", "organizations:")) and me.arn.startswith("arn:aws:")
    return {"aws:RequestedRegion": "us-east-1"} if is_global else {}


def _about_target(call: Call) -> Mapping[str, Any]:
    """Its tags, and its boundary in those actions that have the key, from the page of IAM's actions and keys."""
    target = call.target
    if target is None:
        return {}
    has_key = call.action.startswith("iam:") and call.action.endswith(_ABOUT_BOUNDARY) and call.action != TRUST
    tags = {f"{prefix}:ResourceTag/{key}": value for key, value in target.tags.items() for prefix in ("iam", "aws")}
    return {"iam:PermissionsBoundary": (target.boundary or ()) if has_key else (), **tags}


def _absent_from(action: str) -> Mapping[str, tuple[str, ...]]:
    """Keys that some calls to IAM have and this one hasn't, from the page of its actions and keys."""
    absent = ["iam:PolicyARN", "iam:AWSServiceName", "iam:OrganizationsPolicyId"]
    absent += ["sts:ExternalId"] if action.startswith("iam:") else []
    absent += [] if action == "iam:PassRole" else ["iam:PassedToService", "iam:AssociatedResourceArn"]
    return dict.fromkeys(absent, ())


def _names(me: Principal, trust: Document | None) -> frozenset[tuple[str, str]]:
    """How a trust policy may name it; a role's sessions have names that whoever assumes it chooses."""
    names = caller_names(me.arn)
    if trust is None or me.kind != "role":
        return names
    session = f":assumed-role/{me.name}/"
    sessions = {
        each for s in trust.statements for each in s.principals or () if each[0] == "AWS" and session in each[1]
    }
    return names | sessions


def _lets_in(trust: Document, names: frozenset[tuple[str, str]]) -> bool:
    """Whether a trust policy names the caller itself, or everybody."""
    return any(
        s.not_principal or ("AWS", "*") in (s.principals or ()) or names & (s.principals or frozenset())
        for s in trust.statements
        if s.effect == "Allow"
    )
