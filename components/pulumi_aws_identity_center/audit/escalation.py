"""Who could give themselves a lock-out action: by their own policies, groups, boundary and guards; by a principal that
can, which they could become or act through; by one that they could raise and then become.

Service-linked roles can be neither assumed by people nor changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..iam import Document
from ..iam.globs import matches
from .authorization_details import Account, Principal
from .finding import Finding, can, denies, grants, liftable, service_linked, trusted_services

_RAISE = {"user": ("iam:PutUserPolicy", "iam:AttachUserPolicy"), "role": ("iam:PutRolePolicy", "iam:AttachRolePolicy")}
_UNBIND = {
    "user": ("iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"),
    "role": ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"),
}
_RAISE_GROUP = ("iam:PutGroupPolicy", "iam:AttachGroupPolicy")
_REWRITE = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
# Takes away a Deny: an inline policy's, an attached policy's.
_DROP = {
    "user": (("iam:DeleteUserPolicy", "iam:PutUserPolicy"), "iam:DetachUserPolicy"),
    "role": (("iam:DeleteRolePolicy", "iam:PutRolePolicy"), "iam:DetachRolePolicy"),
    "group": (("iam:DeleteGroupPolicy", "iam:PutGroupPolicy"), "iam:DetachGroupPolicy"),
}
_JOIN, _LEAVE = "iam:AddUserToGroup", "iam:RemoveUserFromGroup"
_BECOME = {
    "user": ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"),
    "role": ("sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "iam:PassRole"),
}
_DROPS = tuple(action for inline, detach in _DROP.values() for action in (*inline, detach))
ACTIONS = tuple(
    dict.fromkeys(
        (
            *(action for table in (_RAISE, _UNBIND, _BECOME) for actions in table.values() for action in actions),
            *(*_RAISE_GROUP, *_REWRITE, *_DROPS, _JOIN, _LEAVE),
        )
    )
)
Way = tuple[str, str]  # action, resource


def by_itself(finding: Finding, account: Account) -> None:
    """What it could change about its own policies, groups, boundary and the Denies that hold it back."""
    me = finding.principal
    boundary = account.policies.get(me.boundary) if me.boundary else None
    documents = list(me.documents.values())
    if liftable(documents, me, boundary):
        _take(finding, account, _raising(me, account))
        return
    trial = finding.trial()
    removed = [way for way in _unbinding(me) if can(trial, account, *way)]
    boundary = None if removed else boundary
    kept: dict[str, Document] = {}
    for label, document in me.documents.items():
        ways = [way for way in _dropping(me, label, account) if denies(document, me) and can(trial, account, *way)]
        removed += ways
        kept.update({} if ways else {label: document})
    finding.doubts.update(trial.doubts)
    if not removed or not liftable(list(kept.values()), me, boundary):
        return
    if _take(trial, account, _raising(me, account)) or grants(list(kept.values()), me, boundary):
        _note(trial, (action for action, _ in removed))
        finding.keep(trial)


def _raising(me: Principal, account: Account) -> Iterator[Way]:
    """The ways in which a principal's permissions could grow."""
    yield from ((action, me.arn) for action in _RAISE[me.kind])
    for name in me.groups:
        if name in account.groups:
            yield from ((action, account.groups[name].arn) for action in _RAISE_GROUP)
    for label in me.documents:
        if _is_own_policy(label):
            yield from ((action, label) for action in _REWRITE)
    for group in account.groups.values() if me.kind == "user" else ():
        managed = [account.policies[arn] for arn in group.managed if arn in account.policies]
        if group.name not in me.groups and grants([*group.documents.values(), *managed], me):
            yield _JOIN, group.arn


def _unbinding(me: Principal) -> Iterator[Way]:
    if me.boundary:
        yield from ((action, me.arn) for action in _UNBIND[me.kind])
        if _is_own_policy(me.boundary):
            yield from ((action, me.boundary) for action in _REWRITE)


def _dropping(me: Principal, label: str, account: Account) -> Iterator[Way]:
    """The ways in which a policy that the principal has could be taken from it."""
    holders = [me, *(account.groups[name] for name in me.groups if name in account.groups)]
    for holder in holders:
        inline, detach = _DROP[holder.kind]
        own = label if holder is me else label.removeprefix(f"{holder.name}/")
        if label in holder.managed:
            yield detach, holder.arn
        elif own in holder.documents and (holder is me) is (own == label and "/" not in label):
            yield from ((action, holder.arn) for action in inline)
        else:
            continue
        if holder is not me:
            yield _LEAVE, holder.arn
    if _is_own_policy(label):
        yield from ((action, label) for action in _REWRITE)


def _is_own_policy(label: str) -> bool:
    """Not an inline one, nor one of AWS's."""
    return label.startswith("arn:") and ":iam::aws:" not in label


def _take(finding: Finding, account: Account, ways: Iterable[Way]) -> bool:
    """Notes the ways that are open to it; whether there are any."""
    found = [action for action, resource in ways if can(finding, account, action, resource)]
    _note(finding, found)
    return bool(found)


def _note(finding: Finding, actions: Iterable[str]) -> None:
    finding.escalation += [action for action in dict.fromkeys(actions) if action not in finding.escalation]


class _Askers:
    """Who could be allowed an action on a resource, by what their Allows name: so that chains stay cheap."""

    def __init__(self, findings: list[Finding]) -> None:
        self.all = [finding for finding in findings if not service_linked(finding.principal)]
        self.by_arn = {finding.principal.arn: finding for finding in self.all}
        self._plain: dict[Way, list[Finding]] = {}
        self._wild: dict[str, dict[str, list[Finding]]] = {}
        for finding in self.all:
            for action in (each for actions in _BECOME.values() for each in actions):
                for pattern in finding.named(action):
                    is_wild = "*" in pattern or "?" in pattern
                    at = self._wild.setdefault(action, {}) if is_wild else None
                    if at is not None:
                        at.setdefault(pattern, []).append(finding)
                    else:
                        self._plain.setdefault((action, pattern), []).append(finding)

    def of(self, action: str, target: Principal) -> list[Finding]:
        found = {id(each): each for each in self._plain.get((action, target.arn), ())}
        for pattern, findings in self._wild.get(action, {}).items():
            if matches(pattern, target.arn):
                found.update((id(each), each) for each in findings)
        if action == "sts:AssumeRole":
            found = self._trusted(target, found)
        return [each for each in found.values() if each.principal is not target]

    def _trusted(self, target: Principal, found: dict[int, Finding]) -> dict[int, Finding]:
        """A trust policy lets those in that it names, and for the account it names those whom their policies let."""
        statements = [s for s in target.trust.statements if s.effect == "Allow"] if target.trust else []
        names = {name for s in statements for kind, name in s.principals or () if kind == "AWS"}
        if not names and not any(s.not_principal for s in statements):
            return {}
        direct = self.all if "*" in names else [self.by_arn[name] for name in names if name in self.by_arn]
        return {**found, **{id(each): each for each in direct}}


def by_others(findings: list[Finding], account: Account) -> None:
    """Whoever could become, or act through, one that can, or that perhaps can; again until nobody is added."""
    askers = _Askers(findings)
    _by_raising(askers, account)
    todo = [finding for finding in findings if finding.capable or finding.doubtful]
    while todo:
        target = todo.pop()
        if service_linked(target.principal):
            continue
        for action in _BECOME[target.principal.kind]:
            for finding in askers.of(action, target.principal):
                before = (finding.capable, finding.doubtful)
                _through(finding, target, action, account)
                if (finding.capable, finding.doubtful) != before:
                    todo.append(finding)


def _through(finding: Finding, target: Finding, action: str, account: Account) -> None:
    arn = target.principal.arn
    if action in finding.escalation or (action == "iam:PassRole" and not trusted_services(target.principal)):
        return
    if target.capable:
        _note(finding, [action] if can(finding, account, action, arn, target.principal) else [])
    elif not finding.capable and f"{action} on {arn}" not in finding.doubts:
        trial = finding.trial()
        if can(trial, account, action, arn, target.principal) or trial.doubts:
            finding.doubts[f"{action} on {arn}"] = "whether that one can is not determined"


def _by_raising(askers: _Askers, account: Account) -> None:
    """Gives another principal more, then becomes it."""
    reach: dict[str, list[Finding]] = {}
    for finding in askers.all:
        named = {each for actions in _RAISE.values() for action in actions for each in finding.named(action)}
        for pattern in () if finding.capable else named:
            if pattern not in reach:
                reach[pattern] = [each for each in askers.all if matches(pattern, each.principal.arn)]
            for target in reach[pattern]:
                if target is not finding and not target.capable:
                    _raise_and_become(finding, target.principal, account)


def _raise_and_become(finding: Finding, other: Principal, account: Account) -> None:
    boundary = account.policies.get(other.boundary) if other.boundary else None
    if not liftable(list(other.documents.values()), other, boundary):
        return
    trial = finding.trial()
    raising = [action for action in _RAISE[other.kind] if can(trial, account, action, other.arn, other)]
    becoming = [action for action in _BECOME[other.kind] if can(trial, account, action, other.arn, other)]
    if raising and becoming:
        _note(trial, [*raising, *becoming])
        finding.keep(trial)
    elif trial.doubts and (raising or becoming or len(trial.doubts) > 1):
        finding.doubts.update(trial.doubts)
