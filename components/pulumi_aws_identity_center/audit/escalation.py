"""Who could give themselves a lock-out action: alone; by becoming, or acting through, a principal that can; or both,
where one that can't by itself raises another and becomes it.

The first and the last are `attack.py`'s; the second goes backward from those that can, and so is cheap in accounts in
which many may become many. Service-linked roles can be neither assumed by people nor changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..constants import LOCK_OUT_ACTIONS
from ..iam.globs import matches
from . import actions, ways
from .actions import ACTIONS
from .attack import Attack as _Attack
from .attack import Ground, TooMuch, attack
from .authorization_details import Account, Principal
from .finding import Finding
from .path import Path
from .powers import EVERYTHING, grants
from .ways import Way

__all__ = ["ACTIONS", "escalations"]

_TOO_MUCH = "the account has more ways to follow than this looks at"


def escalations(findings: list[Finding], account: Account) -> None:
    """Completes the findings, which have the lock-out actions already."""
    acting = [each for each in findings if not ways.service_linked(each.principal)]
    relevant = frozenset(action.lower() for action in (*LOCK_OUT_ACTIONS, *ACTIONS))
    ground = Ground(account, list(ways.attachable(account, relevant)))
    for finding in acting:
        if _changes_anything(finding):
            _try(finding, ground, social=False)
    becoming = _Becoming(acting)
    becoming.spread(findings)
    _together(acting, ground, becoming)


def _changes_anything(finding: Finding) -> bool:
    return any(finding.power.patterns(action) for action in actions.CHANGES)


def _try(finding: Finding, ground: Ground, *, social: bool) -> None:
    try:
        if finding.actions:
            me = finding.principal
            can_grow = grants([EVERYTHING, *finding.power.documents.values()], me, finding.power.boundary)
            path, certain = (_Attack(ground, finding.power).raising() if can_grow else None), True
        else:
            path, certain = attack(ground, finding.power, social=social)
    except TooMuch:
        finding.doubts["escalation"] = _TOO_MUCH
        return
    if path is not None and certain:
        finding.take(path)
    elif path is not None:
        finding.doubts.update(dict(path.doubts))


def _together(acting: list[Finding], ground: Ground, becoming: _Becoming) -> None:
    """Those that can't yet and that change others, or can become one that does."""
    left = [each for each in acting if not each.capable and _changes_anything(each)]
    if not left:
        return
    ground.lost = {each.principal.arn for each in acting if each.capable}
    changed = {pattern for each in left for action in actions.CHANGES for pattern in each.power.patterns(action)}
    starts = becoming.reaching(left)
    between = set(map(id, starts))
    ground.others = [each.principal for each in acting if id(each) in between or _is_of_use(each, changed)]
    for finding in starts:
        if not finding.capable:
            before = finding.standing
            _try(finding, ground, social=True)
            if finding.standing != before:
                ground.lost |= {finding.principal.arn} if finding.capable else set()
                becoming.spread([finding])


def _is_of_use(finding: Finding, changed: set[str]) -> bool:
    me = finding.principal
    return (
        finding.capable
        or any(finding.power.patterns(action) for action in ACTIONS)
        or any("${" in pattern or matches(pattern, me.arn) for pattern in changed)
        # A managed policy, or a group, of theirs may be what is changed.
        or any(matches(pattern, held.name) for pattern in changed for held in me.documents if held.managed)
    )


class _Becoming:
    """Who could become whom, found by what their Allows name: so that chains stay cheap."""

    def __init__(self, acting: list[Finding]) -> None:
        self._all = acting
        self._by_arn = {finding.principal.arn: finding for finding in acting}
        self._plain: dict[tuple[str, str], list[Finding]] = {}
        self._wild: dict[str, dict[str, list[Finding]]] = {}
        for finding in acting:
            for action in (each for named in actions.BECOME.values() for each in named):
                for pattern in finding.power.patterns(action):
                    if any(char in pattern for char in "*?$"):
                        self._wild.setdefault(action, {}).setdefault(pattern, []).append(finding)
                    else:
                        self._plain.setdefault((action, pattern), []).append(finding)

    def spread(self, findings: Iterable[Finding]) -> None:
        """Whoever could become, or act through, one that can, or that perhaps can; again until nobody is added."""
        todo = [each for each in findings if each.capable or each.doubtful]
        while todo:
            target = todo.pop()
            for way in ways.becoming(target.principal):
                for finding in self._able(way, target.principal):
                    before = finding.standing
                    _through(finding, target, way)
                    if finding.standing != before:
                        todo.append(finding)

    def reaching(self, findings: list[Finding]) -> list[Finding]:
        """These, and whoever could become one of them."""
        found = {id(each): each for each in findings}
        todo = list(findings)
        while todo:
            target = todo.pop()
            for way in ways.becoming(target.principal):
                for finding in self._able(way, target.principal):
                    if id(finding) not in found and all(finding.power.ask(call).can is not False for call in way):
                        found[id(finding)] = finding
                        todo.append(finding)
        return list(found.values())

    def _able(self, way: Way, target: Principal) -> Iterator[Finding]:
        """Those whose policies, or the target's trust policy, name what the way begins with."""
        action, resource = way[0].action, way[0].resource
        found = {id(each): each for each in self._plain.get((action, resource), ())}
        for pattern, findings in self._wild.get(action, {}).items():
            if pattern == "*" or "${" in pattern or matches(pattern, resource):
                found.update((id(each), each) for each in findings)
        if action == "sts:AssumeRole":
            found.update((id(each), each) for each in self._trusted(target))
        return (each for each in found.values() if each.principal is not target)

    def _trusted(self, target: Principal) -> Iterable[Finding]:
        """Those whom the trust policy lets in by name."""
        statements = [s for s in target.trust.statements if s.effect == "Allow"] if target.trust else []
        names = {name for s in statements for kind, name in s.principals or () if kind == "AWS"}
        if "*" in names or any(s.not_principal for s in statements):
            return self._all
        sessions = {name.split("/")[1] for name in names if ":assumed-role/" in name}
        return [
            each
            for each in (self._all if sessions else [self._by_arn[name] for name in names if name in self._by_arn])
            if each.principal.arn in names or each.principal.name in sessions
        ]


def _through(finding: Finding, target: Finding, way: Way) -> None:
    taken = tuple(call.action for call in way)
    what = f"{taken[0]} on {way[0].resource}"
    if set(taken) <= set(finding.escalation) or (not target.capable and (finding.capable or what in finding.doubts)):
        return
    path = Path()
    is_sure = True
    for call in way:
        answer = finding.power.ask(call)
        if answer.can is False:
            return
        is_sure = is_sure and bool(answer.can)
        path = path.and_(Path.of(call.action, f"{call.action} on {call.resource}", answer, is_own=True))
    if not target.capable:
        finding.doubts[what] = "whether that one can is not determined"
    elif is_sure:
        finding.take(path)
    else:
        finding.doubts.update(dict(path.doubts))
