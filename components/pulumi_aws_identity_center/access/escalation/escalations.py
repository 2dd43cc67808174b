"""Who could give themselves a lock-out action: alone; by becoming, or acting through, a principal that can; or both,
where one that can't by itself raises another and becomes it.

The first and the last are `search.py`'s; the second goes backward from those that can, and so is cheap in accounts in
which many may become many. Service-linked roles can be neither assumed by people nor changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_aws_identity_center.access.account import Account
from pulumi_aws_identity_center.access.finding import Finding
from pulumi_aws_identity_center.access.permissions import EVERYTHING, grants
from pulumi_aws_identity_center.iam.wildcards import matches

from . import actions, edges
from .actions import ACTIONS
from .reachability import TOO_MUCH, Becoming
from .search import Attack, attack
from .targets import Ground, Targets, TooMuch

__all__ = ["ACTIONS", "escalations"]


def escalations(findings: list[Finding], account: Account) -> None:
    """Completes the findings, which have the lock-out actions already."""
    acting = [each for each in findings if not edges.service_linked(each.principal)]
    ground = Ground(account)
    for finding in acting:
        if ground.promising(finding.power):
            _try(finding, ground, social=False)
    becoming = Becoming(acting, ground)
    becoming.spread([each for each in findings if each.capable])
    _together(acting, ground, becoming)
    becoming.doubt([each for each in findings if each.doubtful and not each.capable])


def _try(finding: Finding, ground: Ground, *, social: bool) -> None:
    try:
        if finding.actions:
            _grow(finding, ground)
        else:
            _search(finding, ground, social)
    except TooMuch:
        finding.doubts.update({} if finding.doubts or finding.capable else {"escalation": TOO_MUCH})


def _grow(finding: Finding, ground: Ground) -> None:
    """Of one that can already, only how it could be allowed the rest."""
    documents = [EVERYTHING, *finding.power.documents.values()]
    path = Attack(ground, finding.power).raising()
    if path is not None and grants(documents, finding.principal, finding.power.boundary):
        finding.take(path)


def _search(finding: Finding, ground: Ground, social: bool) -> None:
    """The shortest path, and others that have nothing in common with it."""
    found = attack(ground, finding.power, social=social)
    if found.path is not None and not found.certain:
        finding.doubts.update(dict(found.path.doubts))
    forbidden = found.steps
    while found.path is not None and found.certain:
        if not set(found.path.actions) & set(finding.escalation):
            finding.take(found.path)
        if social or not ground.has_time:
            return
        found = attack(ground, finding.power, forbidden=forbidden)
        forbidden |= found.steps


def _together(acting: list[Finding], ground: Ground, becoming: Becoming) -> None:
    """Those that can't yet and that change others, or can become one that does."""
    left = [each for each in acting if not each.capable and ground.promising(each.power)]
    if not left:
        return
    ground.lost = {each.principal.arn for each in acting if each.capable}
    starts = becoming.reaching(left)
    between = set(map(id, starts))
    changing = _Changing(left, ground.account)
    ground.targets = Targets(each.principal for each in acting if id(each) in between or changing.is_of_use(each))
    for finding in starts:
        if not finding.capable:
            _try(finding, ground, social=True)
            if finding.escalation:
                ground.lost.add(finding.principal.arn)
                becoming.spread([finding])


class _Changing:
    """Of whom something can come if these change them: by what their Allows name."""

    def __init__(self, left: list[Finding], account: Account) -> None:
        self._groups = account.groups
        self._joins = any(each.power.patterns(actions.JOIN) for each in left)
        self._all = self._patterns(left, actions.CHANGES)
        loosening = (*actions.UNBIND.values(), *actions.REBIND.values(), actions.REWRITE, actions.SWAP)
        self._loosening = self._patterns(left, loosening)

    @staticmethod
    def _patterns(left: list[Finding], named: Iterable[str]) -> list[str]:
        found = {pattern for each in left for action in named for pattern in each.power.patterns(action)}
        return ["*"] if "*" in found else sorted("*" if "${" in each else each for each in found)

    def is_of_use(self, finding: Finding) -> bool:
        if finding.capable:
            return True
        me, boundary = finding.principal, finding.power.boundary
        bound = boundary.statements if boundary else None
        if bound is not None and not any(s.effect == "Allow" for s in bound):
            # Nothing that matters is within its boundary (of which only what matters was read).
            return self._touches(self._loosening, me.arn, me.boundary or "")
        if any(finding.power.patterns(action) for action in ACTIONS):
            return True
        if me.kind == "user" and self._joins:
            return True
        # A managed policy, or a group, of theirs may be what is changed.
        groups = [self._groups[name] for name in me.groups if name in self._groups]
        managed = (held.name for held in me.documents if held.managed)
        names = (*managed, *(each.arn for each in groups), *(arn for each in groups for arn in each.managed))
        return self._touches(self._all, me.arn, *names)

    def _touches(self, patterns: list[str], *names: str) -> bool:
        return any(pattern == "*" or matches(pattern, name) for pattern in patterns for name in names)
