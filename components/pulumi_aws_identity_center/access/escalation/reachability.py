"""Which principals can become which, searched backward from the principals that have an action. That is fast also in
accounts in which many may become many: once a principal has an action, nothing evaluates it again for that action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.finding import Finding
from pulumi_aws_identity_center.iam.wildcards import has_wildcards, matches

from . import edges
from .becoming import trusted_principals, ways_to_become
from .calls import Way
from .path import Path
from .targets import BudgetSpent, SearchState

BUDGET_SPENT = "the account has more ways to follow than this looks at"
IsDone = Callable[[Finding], bool]


class Step(NamedTuple):
    """Who may take which way to become a principal. todo: the findings still to search back from."""

    finding: Finding
    way: Way
    todo: list[Finding]


class _FirstCallers:
    """Who could make the first call of a way, by what their Allows name."""

    def __init__(self, assumable: list[Finding]) -> None:
        self._everybody = list(assumable)
        self._by_arn = {finding.principal.arn: finding for finding in assumable}
        self._by_role = {finding.principal.name: finding for finding in assumable if finding.principal.kind == "role"}
        self._by_resource: dict[tuple[str, str], list[Finding]] = {}
        self._by_pattern: dict[str, dict[str, list[Finding]]] = {action: {} for action in edges.BECOMING_ACTIONS}
        for finding in assumable:
            for action in edges.BECOMING_ACTIONS:
                self._add(finding, action)

    def _add(self, finding: Finding, action: str) -> None:
        for pattern in finding.permissions.resource_patterns(action):
            if has_wildcards(pattern):
                self._by_pattern[action].setdefault(pattern, []).append(finding)
            else:
                self._by_resource.setdefault((action, pattern), []).append(finding)

    def of(self, way: Way, target: Principal, is_done: IsDone) -> list[Finding]:
        """is_done: those who are never to be asked about this action again; they are forgotten."""
        callers: dict[int, Finding] = {}
        for findings in self._lists(way, target):
            findings[:] = [finding for finding in findings if not is_done(finding)]
            callers.update((id(finding), finding) for finding in findings if finding.principal is not target)
        return list(callers.values())

    def _lists(self, way: Way, target: Principal) -> list[list[Finding]]:
        action, resource = way[0].action, way[0].resource
        lists = [self._by_resource.get((action, resource), [])]
        for pattern, findings in self._by_pattern[action].items():
            if findings and _may_match(pattern, resource):
                lists.append(findings)
        if action == edges.ASSUME_ROLE:
            lists.append(self._trusted(target))
        return lists

    def _trusted(self, role: Principal) -> list[Finding]:
        """Those whom the trust policy lets in by name."""
        names = trusted_principals(role)
        if "*" in names:
            return self._everybody
        roles = [name.split("/")[1] for name in names if ":assumed-role/" in name]
        findings = [self._by_arn[name] for name in names if name in self._by_arn]
        return findings + [self._by_role[role_name] for role_name in roles if role_name in self._by_role]


def _may_match(pattern: str, resource: str) -> bool:
    return pattern == "*" or "${" in pattern or matches(pattern, resource)


class Reachability:
    def __init__(self, assumable: list[Finding], state: SearchState) -> None:
        self._assumable, self._state = assumable, state
        self._first_callers = _FirstCallers(assumable)

    def spread(self, findings: Iterable[Finding]) -> None:
        """Whoever could become, or act through, one of these, which can; again until nobody is added."""
        for step in self._steps(findings, _is_noted):
            was_capable = step.finding.capable
            _take(step.finding, step.way)
            if step.finding.capable and not was_capable:
                step.todo.append(step.finding)

    def doubt(self, findings: Iterable[Finding]) -> None:
        """Whoever could become one of these, of which it isn't told whether it can."""

        def is_done(_way: Way, finding: Finding) -> bool:
            return finding.capable or "become" in finding.doubts

        for step in self._steps(findings, is_done):
            if _may_take(step.finding, step.way):
                first = step.way[0]
                what = f"{first.action} on {first.resource}"
                step.finding.doubts["become"] = f"{what}: whether that one can is not determined"
                step.todo.append(step.finding)

    def reaching(self, findings: list[Finding]) -> list[Finding]:
        """These, and whoever could become one of them and can't yet."""
        reaching = {id(finding): finding for finding in findings}

        def is_done(_way: Way, finding: Finding) -> bool:
            return id(finding) in reaching

        incapable = [finding for finding in self._assumable if not finding.capable]
        for step in Reachability(incapable, self._state)._steps(findings, is_done):
            if _may_take(step.finding, step.way):
                reaching[id(step.finding)] = step.finding
                step.todo.append(step.finding)
        return list(reaching.values())

    def _steps(self, findings: Iterable[Finding], is_done: Callable[[Way, Finding], bool]) -> Iterator[Step]:
        """Who may make the first call of a way to one of the findings, or to one that is added to a step's todo."""
        todo = list(findings)
        try:
            while todo:
                target = todo.pop().principal
                for way in ways_to_become(target):
                    for finding in self._first_callers.of(way, target, partial(is_done, way)):
                        self._state.spend()
                        yield Step(finding, way, todo)
        except BudgetSpent:
            self._doubt_unfinished()

    def _doubt_unfinished(self) -> None:
        for finding in self._assumable:
            is_decided = finding.capable or finding.doubts
            if not is_decided and finding.permissions.has_any_of(edges.ACTIONS):
                finding.doubts["escalation"] = BUDGET_SPENT


def _is_noted(way: Way, finding: Finding) -> bool:
    """Whether the finding has all the way's actions already."""
    return {call.action for call in way} <= set(finding.escalation)


def _may_take(finding: Finding, way: Way) -> bool:
    return all(finding.permissions.decide(call).can is not False for call in way)


def _take(finding: Finding, way: Way) -> None:
    path, is_certain = Path(), True
    for call in way:
        permission = finding.permissions.decide(call)
        if permission.can is False:
            return
        is_certain = is_certain and permission.can is True
        path = path.and_(Path.of_call(call, permission, is_own=True))
    if is_certain:
        finding.take(path)
    elif not finding.capable:
        finding.doubts.update(dict(path.doubts))
