"""What is found out about one principal, and the questions that IAM's evaluation answers about it.

The account is the organization's management account, so no SCP applies
(docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..constants import LOCK_OUT_ACTIONS, SERVICE_PRINCIPAL_KEY
from ..iam import EVERY_OTHER_KEY, Decision, Document, Request, Verdict, caller_names, evaluate, lock_out_request
from ..iam import parse_document as _parse
from . import circumstances
from .authorization_details import Account, Principal

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_GRANTING = (ADMINISTRATOR, "arn:aws:iam::aws:policy/AWSOrganizationsFullAccess")
_UNKNOWN = frozenset({EVERY_OTHER_KEY})
_EVERYTHING = _parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


@dataclass
class Finding:
    """One principal's row. doubts: questions that its policies leave open.
    patterns: the resources that its Allows of an action name, found once."""

    principal: Principal
    actions: list[str] = field(default_factory=list)
    escalation: list[str] = field(default_factory=list)
    through: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    @property
    def capable(self) -> bool:
        return bool(self.actions or self.escalation)

    @property
    def doubtful(self) -> bool:
        return bool(self.doubts or self.principal.problems)

    def trial(self) -> Finding:
        """An empty finding about the same principal, for a question that may come to nothing; see `keep`."""
        return Finding(self.principal, patterns=self.patterns)

    def keep(self, trial: Finding) -> None:
        """Takes over what a trial found."""
        for mine, more in (
            (self.escalation, trial.escalation),
            (self.through, trial.through),
            (self.conditions, trial.conditions),
        ):
            mine += [each for each in more if each not in mine]
        self.doubts.update(trial.doubts)

    def named(self, action: str) -> frozenset[str]:
        """The resource patterns of its Allow statements about an action; empty: it can't have it by itself."""
        found = self.patterns.get(action)
        if found is None:
            documents = self.principal.documents.values()
            allows = [s for document in documents for s in document.about(action.lower()) if s.effect == "Allow"]
            found = frozenset(
                "*" if "${" in each else each
                for s in allows
                for each in (("*",) if s.not_resource else s.resources or ("*",))
            )
            self.patterns[action] = found
        return found


def lock_outs(finding: Finding, account: Account) -> None:
    """Notes the lock-out actions that the principal can call itself."""
    for action in LOCK_OUT_ACTIONS:
        request = lock_out_request(action, context_of(finding.principal), _UNKNOWN)
        if _settle(finding, action, _decide(finding.principal, account, request)):
            finding.actions.append(action)


def can(finding: Finding, account: Account, action: str, resource: str, target: Principal | None = None) -> bool:
    """Whether the principal can call an IAM action, at least under circumstances; a doubt is noted. target: whom the
    resource is."""
    trust = target.trust if target is not None and action == "sts:AssumeRole" else None
    if (action == "sts:AssumeRole" and trust is None) or (trust is None and not finding.named(action)):
        return False
    me = finding.principal
    for context in _variants(action, target or me, account):
        # Keys of another service are not in a request to IAM or STS.
        known = {**context_of(me), SERVICE_PRINCIPAL_KEY: (), **context}
        request = Request(action, resource, known, _UNKNOWN, principals=caller_names(me.arn))
        if _settle(finding, f"{action} on {resource}", _decide(me, account, request, trust)):
            return True
    return False


def _variants(action: str, target: Principal, account: Account) -> list[dict[str, Any]]:
    """The calls of the action that would be of use, by the condition keys in which they differ."""
    if action == "iam:PassRole":
        return [{"iam:PassedToService": service} for service in trusted_services(target)]
    if action.startswith("iam:Put") and action.endswith("PermissionsBoundary"):
        return [{"iam:PermissionsBoundary": ADMINISTRATOR}]
    known: dict[str, Any] = {"iam:PermissionsBoundary": target.boundary or ()}
    if action.startswith("iam:Attach"):
        return [{**known, "iam:PolicyARN": arn} for arn in (*_GRANTING, *granting_policies(account))]
    return [known]


def granting_policies(account: Account) -> list[str]:
    """The account's policies that would give whoever has them a lock-out action."""
    if account.granting is None:
        requests = [lock_out_request(action, {}, _UNKNOWN) for action in LOCK_OUT_ACTIONS]
        account.granting = [
            arn
            for arn, document in account.policies.items()
            if any(evaluate(each, identity=[document]).verdict is not Verdict.DENIED for each in requests)
        ]
    return account.granting


def grants(documents: Sequence[Document], me: Principal, boundary: Document | None = None) -> bool:
    """Whether these documents would give the principal a lock-out action."""
    requests = (lock_out_request(action, context_of(me), _UNKNOWN) for action in LOCK_OUT_ACTIONS)
    found = (evaluate(each, identity=documents, boundary=boundary) for each in requests)
    return any(decision.verdict is not Verdict.DENIED for decision in found)


def liftable(documents: Sequence[Document], me: Principal, boundary: Document | None) -> bool:
    """Whether one more Allow could give it a lock-out action: a Deny or the boundary may forbid all of them."""
    return grants([_EVERYTHING, *documents], me, boundary)


def denies(document: Document, me: Principal) -> bool:
    """Whether the document itself forbids the principal some lock-out action."""
    requests = (lock_out_request(action, context_of(me), _UNKNOWN) for action in LOCK_OUT_ACTIONS)
    return any(evaluate(each, identity=[_EVERYTHING, document]).verdict is not Verdict.ALLOWED for each in requests)


def trusted_services(role: Principal) -> list[str]:
    statements = role.trust.statements if role.trust else ()
    return sorted(
        name for s in statements if s.effect == "Allow" for kind, name in s.principals or () if kind == "Service"
    )


def service_linked(principal: Principal) -> bool:
    """A role that its service alone assumes and changes."""
    return ":role/aws-service-role/" in principal.arn


def _decide(me: Principal, account: Account, request: Request, trust: Document | None = None) -> Decision:
    # A boundary that isn't in the input was told as a problem; without it, this is the most that could be allowed.
    boundary = account.policies.get(me.boundary) if me.boundary else None
    identity = list(me.documents.values())

    def decide(asked: Request) -> Decision:
        return evaluate(
            asked,
            identity=identity,
            boundary=boundary,
            resource_policies=[trust] if trust else [],
            resource_must_allow=trust is not None,
        )

    return circumstances.settle(request, decide(request), decide)


def _settle(finding: Finding, what: str, decision: Decision) -> bool:
    """Whether it can, at least under circumstances; a doubt is noted."""
    if decision.verdict is Verdict.DENIED:
        return False
    if decision.verdict is Verdict.UNDETERMINED and decision.unknown:
        finding.doubts[what] = f"depends on {', '.join(sorted(decision.unknown))}"
        return False
    if finding.principal.problems:
        finding.doubts.setdefault(what, "; ".join(dict.fromkeys(finding.principal.problems)))
    by = set(map(id, decision.by))
    for label, document in finding.principal.documents.items():
        if label not in finding.through and any(id(s) in by and s.effect == "Allow" for s in document.statements):
            finding.through.append(label)
    finding.conditions += [text for text in decision.conditions if text not in finding.conditions]
    return True


def context_of(me: Principal) -> dict[str, str]:
    known = {
        "aws:PrincipalArn": me.arn,
        "aws:PrincipalAccount": me.arn.split(":")[4],
        "aws:PrincipalType": "User" if me.kind == "user" else "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
    }
    # A role's session may bring tags of its own.
    known.update({f"aws:PrincipalTag/{key}": value for key, value in me.tags.items()} if me.kind == "user" else {})
    return {**known, "aws:username": me.name} if me.kind == "user" else known
