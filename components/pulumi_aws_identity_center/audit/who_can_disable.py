"""Who can lock everybody out, and who can give themselves that: pure, over what authorization_details read.

The account is the organization's management account, so no SCP applies
(docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html). A condition on circumstances that
a caller brings about (MFA, address, hour) is listed with the principal; one on anything else that isn't known makes
the principal undetermined. Service-linked roles can be assumed by their service alone, and can't be changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..constants import LOCK_OUT_ACTIONS
from ..iam import (
    EVERY_OTHER_KEY,
    Decision,
    Document,
    Request,
    Verdict,
    caller_names,
    evaluate,
    lock_out_request,
    parse_document,
)
from ..iam.globs import matches
from .authorization_details import Account, Principal

# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
CIRCUMSTANCES = frozenset(
    f"aws:{name}"
    for name in (
        "currenttime",
        "epochtime",
        "multifactorauthage",
        "multifactorauthpresent",
        "referer",
        "requestedregion",
        "securetransport",
        "sourceip",
        "tokenissuetime",
        "useragent",
    )
)
_EVERYTHING = parse_document({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_UNKNOWN = frozenset({EVERY_OTHER_KEY})
_OWN = {"user": ("iam:PutUserPolicy", "iam:AttachUserPolicy"), "role": ("iam:PutRolePolicy", "iam:AttachRolePolicy")}
_UNBIND = {
    "user": ("iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"),
    "role": ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"),
}
_OF_GROUP = ("iam:PutGroupPolicy", "iam:AttachGroupPolicy")
_OF_POLICY = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
_OTHER_USER = ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")
_OTHER_ROLE = ("sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "iam:PassRole")
_JOIN = "iam:AddUserToGroup"
ESCALATIONS = (
    *_OWN["user"],
    *_OWN["role"],
    *_UNBIND["user"],
    *_UNBIND["role"],
    *_OF_GROUP,
    *_OF_POLICY,
    *_OTHER_USER,
    *_OTHER_ROLE,
    _JOIN,
)
RELEVANT_ACTIONS = tuple(action.lower() for action in (*LOCK_OUT_ACTIONS, *ESCALATIONS))


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
    patterns: dict[str, set[str]] = field(default_factory=dict, repr=False)

    @property
    def capable(self) -> bool:
        return bool(self.actions or self.escalation)


def who_can_disable(account: Account) -> dict[str, list[dict[str, Any]]]:
    """The report, as DESIGN.md has it: principals and undetermined."""
    findings = [Finding(principal) for principal in account.principals]
    for finding in findings:
        _lock_outs(finding, account)
        if not _service_linked(finding.principal):
            _by_itself(finding, account)
    _by_others(findings, account)
    return {
        "principals": [_row(finding) for finding in findings if finding.capable],
        "undetermined": [doubt for finding in findings for doubt in _doubts(finding)],
    }


def _lock_outs(finding: Finding, account: Account) -> None:
    context = _context(finding.principal)
    for action in LOCK_OUT_ACTIONS:
        request = lock_out_request(action, context, _UNKNOWN)
        decision = _decide(finding.principal, account, request)
        if _settle(finding, action, decision):
            finding.actions.append(action)


def _by_itself(finding: Finding, account: Account) -> None:
    """What it could change about its own policies, groups and boundary."""
    me = finding.principal
    raised = _liftable(me, account, bounded=True)
    if raised:
        _own_grants(finding, account)
    elif me.boundary and _liftable(me, account, bounded=False):
        unbind = [action for action in _UNBIND[me.kind] if _can(finding, account, action, me.arn)]
        if unbind and (_has_one(me) or _own_grants(finding, account)):
            finding.escalation += unbind


def _own_grants(finding: Finding, account: Account) -> bool:
    me, before = finding.principal, len(finding.escalation)
    wanted = [(action, me.arn) for action in _OWN[me.kind]]
    wanted += [
        (action, account.groups[name].arn) for name in me.groups if name in account.groups for action in _OF_GROUP
    ]
    attached = [arn for arn in me.documents if arn.startswith("arn:") and ":iam::aws:" not in arn]
    wanted += [(action, arn) for arn in attached for action in _OF_POLICY]
    if me.kind == "user":
        for group in account.groups.values():
            documents = [
                *group.documents.values(),
                *(account.policies[a] for a in group.managed if a in account.policies),
            ]
            if group.name not in me.groups and _grants(documents, me):
                wanted.append((_JOIN, group.arn))
    for action, resource in wanted:
        if action not in finding.escalation and _can(finding, account, action, resource):
            finding.escalation.append(action)
    return len(finding.escalation) > before


def _by_others(findings: list[Finding], account: Account) -> None:
    """Whoever can become, or act through, a principal that can; again until nobody is added."""
    askers = [f for f in findings if not _service_linked(f.principal)]
    todo = [finding for finding in findings if finding.capable]
    while todo:
        target = todo.pop()
        if _service_linked(target.principal):
            continue
        for finding in askers:
            if finding is target:
                continue
            was = finding.capable
            _through(finding, target.principal, account)
            if finding.capable and not was:
                todo.append(finding)


def _through(finding: Finding, target: Principal, account: Account) -> None:
    for action in _OTHER_USER if target.kind == "user" else _OTHER_ROLE:
        if action in finding.escalation:
            continue
        if action == "iam:PassRole" and not _trusted_services(target):
            continue
        if _can(finding, account, action, target.arn, target):
            finding.escalation.append(action)


def _can(finding: Finding, account: Account, action: str, resource: str, target: Principal | None = None) -> bool:
    me = finding.principal
    if action == "sts:AssumeRole":
        if target is None or not _lets_people_in(target):
            return False
    elif not _speaks_of(finding, action, resource):
        return False
    context: dict[str, Any] = dict(_context(me))
    context["iam:PolicyARN"] = "arn:aws:iam::aws:policy/AdministratorAccess"
    services = _trusted_services(target) if target and action == "iam:PassRole" else []
    if target is None:
        context["iam:PermissionsBoundary"] = me.boundary or ()
    for service in services or [""]:
        known = {**context, "iam:PassedToService": service} if service else context
        request = Request(action, resource, known, _UNKNOWN, principals=caller_names(me.arn))
        trust = target.trust if target and action == "sts:AssumeRole" else None
        if _settle(finding, f"{action} on {resource}", _decide(me, account, request, trust)):
            return True
    return False


def _speaks_of(finding: Finding, action: str, resource: str) -> bool:
    """Whether an Allow could be about it, before anything costlier is asked."""
    patterns = finding.patterns.get(action)
    if patterns is None:
        documents = finding.principal.documents.values()
        allows = [s for document in documents for s in document.about(action.lower()) if s.effect == "Allow"]
        patterns = {each for s in allows for each in (("*",) if s.not_resource else s.resources or ("*",))}
        finding.patterns[action] = patterns
    return any("${" in each or matches(each, resource) for each in patterns)


def _lets_people_in(role: Principal) -> bool:
    statements = role.trust.statements if role.trust else ()
    return any(s.not_principal or any(kind == "AWS" for kind, _ in s.principals or ()) for s in statements)


def _decide(me: Principal, account: Account, request: Request, trust: Document | None = None) -> Decision:
    # A boundary that isn't in the input was told as a problem; without it, this is the most that could be allowed.
    boundary = account.policies.get(me.boundary) if me.boundary else None
    return evaluate(
        request,
        identity=list(me.documents.values()),
        boundary=boundary,
        resource_policies=[trust] if trust else [],
        resource_must_allow=trust is not None,
    )


def _settle(finding: Finding, what: str, decision: Decision) -> bool:
    """Whether it can, at least under circumstances; a doubt is noted."""
    if decision.verdict is Verdict.DENIED:
        return False
    open_keys = sorted(key for key in decision.unknown if key.lower() not in CIRCUMSTANCES)
    if decision.verdict is Verdict.UNDETERMINED and open_keys:
        finding.doubts[what] = f"depends on {', '.join(open_keys)}"
        return False
    if finding.principal.problems:
        finding.doubts.setdefault(what, "; ".join(dict.fromkeys(finding.principal.problems)))
    by = set(map(id, decision.by))
    for label, document in finding.principal.documents.items():
        if label not in finding.through and any(id(s) in by and s.effect == "Allow" for s in document.statements):
            finding.through.append(label)
    finding.conditions += [text for text in decision.conditions if text not in finding.conditions]
    return True


def _liftable(me: Principal, account: Account, *, bounded: bool) -> bool:
    """Whether any more Allow could give it a lock-out action: a Deny or a boundary may forbid them all."""
    boundary = account.policies.get(me.boundary) if me.boundary and bounded else None
    identity = [_EVERYTHING, *me.documents.values()]
    requests = (lock_out_request(action, _context(me), _UNKNOWN) for action in LOCK_OUT_ACTIONS)
    return any(evaluate(r, identity=identity, boundary=boundary).verdict is not Verdict.DENIED for r in requests)


def _has_one(me: Principal) -> bool:
    return _grants(list(me.documents.values()), me)


def _grants(documents: list[Document], me: Principal) -> bool:
    requests = (lock_out_request(action, _context(me), _UNKNOWN) for action in LOCK_OUT_ACTIONS)
    return any(evaluate(request, identity=documents).verdict is not Verdict.DENIED for request in requests)


def _context(me: Principal) -> dict[str, str]:
    known = {
        "aws:PrincipalArn": me.arn,
        "aws:PrincipalAccount": me.arn.split(":")[4],
        "aws:PrincipalType": "User" if me.kind == "user" else "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
    }
    known.update({f"aws:PrincipalTag/{key}": value for key, value in me.tags.items()} if me.kind == "user" else {})
    return {**known, "aws:username": me.name} if me.kind == "user" else known


def _service_linked(principal: Principal) -> bool:
    return ":role/aws-service-role/" in principal.arn


def _trusted_services(role: Principal) -> list[str]:
    statements = role.trust.statements if role.trust else ()
    return sorted(
        name for s in statements if s.effect == "Allow" for kind, name in s.principals or () if kind == "Service"
    )


def _row(finding: Finding) -> dict[str, Any]:
    me = finding.principal
    row = {
        "arn": me.arn,
        "kind": me.kind,
        "actions": finding.actions,
        "escalation": finding.escalation,
        "through": finding.through,
        "conditions": finding.conditions,
    }
    name = permission_set(me)
    return {**row, "permission_set": name} if name else row


def permission_set(principal: Principal) -> str | None:
    """AWSReservedSSO_NAME_0123456789abcdef → NAME (singlesignon/latest/userguide/using-service-linked-roles.html)."""
    if not principal.name.startswith("AWSReservedSSO_"):
        return None
    return principal.name.removeprefix("AWSReservedSSO_").rpartition("_")[0] or None


def _doubts(finding: Finding) -> list[dict[str, Any]]:
    me = finding.principal
    doubts = dict(finding.doubts)
    if me.problems and not doubts:
        doubts["its policies"] = "; ".join(dict.fromkeys(me.problems))
    return [{"arn": me.arn, "kind": me.kind, "what": what, "detail": why} for what, why in doubts.items()]
