"""Which principals can become which, searched backward from the principals that have an action. That is fast also in
accounts in which many may become many: once a principal has an action, nothing evaluates it again for that action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.finding import Finding
from pulumi_aws_identity_center.iam.wildcards import matches

from . import actions, edges
from .edges import Way
from .path import Path
from .targets import BudgetSpent, SearchState

BUDGET_SPENT = "the account has more ways to follow than this looks at"
Done = Callable[[Finding], bool]


class _FirstCallers:
    """Who could take the first call of a way, by what their Allows name."""

    def __init__(self, assumable: list[Finding]) -> None:
        self._everybody = list(assumable)
        self._by_arn = {finding.principal.arn: finding for finding in assumable}
        self._by_role = {finding.principal.name: finding for finding in assumable if finding.principal.kind == "role"}
        self._plain: dict[tuple[str, str], list[Finding]] = {}
        self._wild: dict[str, dict[str, list[Finding]]] = {}
        for finding in assumable:
            for action in (each for named in actions.BECOME.values() for each in named):
                for pattern in finding.power.patterns(action):
                    if any(char in pattern for char in "*?$"):
                        self._wild.setdefault(action, {}).setdefault(pattern, []).append(finding)
                    else:
                        self._plain.setdefault((action, pattern), []).append(finding)

    def of(self, way: Way, target: Principal, is_done: Done) -> list[Finding]:
        """is_done: those who are never to be asked about this action again; they are forgotten."""
        action, resource = way[0].action, way[0].resource
        lists = [self._plain.get((action, resource), [])]
        for pattern, findings in self._wild.get(action, {}).items():
            if findings and (pattern == "*" or "${" in pattern or matches(pattern, resource)):
                lists.append(findings)
        if action == actions.ASSUME:
            lists.append(self._trusted(target))
        found: dict[int, Finding] = {}
        for each in lists:
            each[:] = [finding for finding in each if not is_done(finding)]
            found.update((id(finding), finding) for finding in each if finding.principal is not target)
        return list(found.values())

    def _trusted(self, target: Principal) -> list[Finding]:
        """Those whom the trust policy lets in by name."""
        names = edges.trusted_principals(target)
        if "*" in names:
            return self._everybody
        found = [self._by_arn[name] for name in names if name in self._by_arn]
        roles = {name.split("/")[1] for name in names if ":assumed-role/" in name and "/" in name}
        return found + [self._by_role[name] for name in roles if name in self._by_role]


class Reachability:
    def __init__(self, assumable: list[Finding], state: SearchState) -> None:
        self._acting, self._state = assumable, state
        self._first_callers = _FirstCallers(assumable)

    def spread(self, findings: Iterable[Finding]) -> None:
        """Whoever could become, or act through, one of these, which can; again until nobody is added."""
        for finding, way, todo in self._steps(findings, lambda way: lambda it: _taken(way) <= set(it.escalation)):
            before = finding.capable
            _through(finding, way)
            if finding.capable and not before:
                todo.append(finding)

    def doubt(self, findings: Iterable[Finding]) -> None:
        """Whoever could become one of these, of which it isn't told whether it can."""
        for finding, way, todo in self._steps(findings, lambda _: lambda it: it.capable or "become" in it.doubts):
            if all(finding.power.ask(call).can is not False for call in way):
                what = f"{way[0].action} on {way[0].resource}"
                finding.doubts["become"] = f"{what}: whether that one can is not determined"
                todo.append(finding)

    def reaching(self, findings: list[Finding]) -> list[Finding]:
        """These, and whoever could become one of them and can't yet."""
        found = {id(each): each for each in findings}
        fresh = Reachability([each for each in self._acting if not each.capable], self._state)
        for finding, way, todo in fresh._steps(findings, lambda _: lambda it: id(it) in found):
            if all(finding.power.ask(call).can is not False for call in way):
                found[id(finding)] = finding
                todo.append(finding)
        return list(found.values())

    def _steps(
        self, findings: Iterable[Finding], done: Callable[[Way], Done]
    ) -> Iterator[tuple[Finding, Way, list[Finding]]]:
        """Each that may take a way to one of the findings, or to one that is added to the list given with it."""
        todo = list(findings)
        try:
            while todo:
                target = todo.pop().principal
                for way in edges.becoming(target):
                    for finding in self._first_callers.of(way, target, done(way)):
                        self._state.spend()
                        yield finding, way, todo
        except BudgetSpent:
            for each in self._acting:
                if (
                    not each.capable
                    and not each.doubts
                    and any(each.power.patterns(action) for action in actions.ACTIONS)
                ):
                    each.doubts["escalation"] = BUDGET_SPENT


def _taken(way: Way) -> set[str]:
    return {call.action for call in way}


def _through(finding: Finding, way: Way) -> None:
    path, is_sure = Path(), True
    for call in way:
        answer = finding.power.ask(call)
        if answer.can is False:
            return
        is_sure = is_sure and bool(answer.can)
        path = path.and_(Path.of(call.action, f"{call.action} on {call.resource}", answer, is_own=True))
    if is_sure:
        finding.take(path)
    elif not finding.capable:
        finding.doubts.update(dict(path.doubts))
