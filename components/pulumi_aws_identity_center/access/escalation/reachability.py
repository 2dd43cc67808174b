"""Which principals can become which, searched backward from the principals that have an action. That is fast also in
accounts in which many may become many: once a principal has an action, nothing evaluates it again for that action.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.finding import Finding, capable, incapable
from pulumi_aws_identity_center.iam.wildcards import has_wildcards, may_match

from . import edges
from .access_edges import trusted_names, ways_to_access
from .calls import Way
from .path import Path
from .targets import BudgetSpent, SearchState

BUDGET_SPENT = "the account has more ways to follow than this looks at"


class Attempt(NamedTuple):
    """One principal's way to become another, or to act through it."""

    finding: Finding
    way: Way
    target: Finding

    @property
    def is_noted(self) -> bool:
        return {call.action for call in self.way} <= set(self.finding.escalation)

    def may_succeed(self) -> bool:
        return all(self.finding.permissions.decide(call).can is not False for call in self.way)

    def note_result(self) -> None:
        """Notes the path if it is certain, else the doubts about it."""
        path, is_certain = Path(), True
        for call in self.way:
            permission = self.finding.permissions.decide(call)
            if permission.can is False:
                return
            is_certain = is_certain and permission.can is True
            path = path.and_(Path.of_call(call, self.finding.principal.arn, permission, is_own=True))
        if is_certain:
            self.finding.add_escalation(path.to(self.target.principal.arn))
        elif not self.finding.capable:
            self.finding.doubts.update(dict(path.doubts))


IsDone = Callable[[Attempt], bool]


class _FirstCallers:
    """Who could make the first call of a way, by what their Allows name."""

    def __init__(self, assumable: list[Finding]) -> None:
        self._everybody = list(assumable)
        self._by_arn: dict[str, Finding] = {}
        self._by_role: dict[str, Finding] = {}
        self._by_resource: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
        self._by_pattern: dict[str, defaultdict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
        for finding in assumable:
            self._add(finding)

    def _add(self, finding: Finding) -> None:
        principal = finding.principal
        self._by_arn[principal.arn] = finding
        if principal.is_role:
            self._by_role[principal.name] = finding
        for action in edges.BECOMING_ACTIONS:
            for pattern in finding.permissions.resource_patterns(action):
                self._list(action, pattern).append(finding)

    def _list(self, action: str, pattern: str) -> list[Finding]:
        return self._by_pattern[action][pattern] if has_wildcards(pattern) else self._by_resource[action, pattern]

    def attempts(self, way: Way, target: Finding, is_done: IsDone) -> list[Attempt]:
        """is_done: whether nobody has to ask about the attempt's action again; then its finding is forgotten."""
        attempts: dict[int, Attempt] = {}
        for findings in self._lists(way, target.principal):
            findings[:] = [finding for finding in findings if not is_done(Attempt(finding, way, target))]
            attempts.update((id(finding), Attempt(finding, way, target)) for finding in findings)
        attempts.pop(id(target), None)
        return list(attempts.values())

    def _lists(self, way: Way, target: Principal) -> list[list[Finding]]:
        action, resource = way[0].action, way[0].resource
        lists = [self._by_resource.get((action, resource), [])]
        for pattern, findings in self._by_pattern[action].items():
            if findings and may_match(pattern, resource):
                lists.append(findings)
        if action == edges.ASSUME_ROLE:
            lists.append(self._trusted(target))
        return lists

    def _trusted(self, role: Principal) -> list[Finding]:
        names = trusted_names(role)
        if "*" in names:
            return self._everybody
        return [finding for name in names if (finding := self._named(name))]

    def _named(self, name: str) -> Finding | None:
        """The principal, or the role of the session, that a trust policy names."""
        role_of_session = name.partition(":assumed-role/")[2].partition("/")[0]
        return self._by_role.get(role_of_session) or self._by_arn.get(name)


class Reachability:
    def __init__(self, assumable: list[Finding], state: SearchState) -> None:
        self._assumable, self._state = assumable, state
        self._first_callers = _FirstCallers(assumable)

    def spread(self, findings: Iterable[Finding]) -> None:
        """Whoever could become, or act through, those of these that are capable; again until nobody is added."""
        todo = deque(capable(findings))
        for attempt in self._attempts(todo, lambda attempt: attempt.is_noted):
            was_capable = attempt.finding.capable
            attempt.note_result()
            if attempt.finding.capable and not was_capable:
                todo.append(attempt.finding)

    def doubt(self, findings: Iterable[Finding]) -> None:
        """Whoever could become one of those of these of which it isn't told whether they are capable."""
        todo = deque(finding for finding in findings if finding.undecided)
        for attempt in self._attempts(todo, _is_decided):
            if attempt.may_succeed():
                first = attempt.way[0]
                what = f"{first.action} on {first.resource}"
                attempt.finding.doubts["become"] = f"{what}: whether that one can is not determined"
                todo.append(attempt.finding)

    def reaching(self, findings: list[Finding]) -> list[Finding]:
        """These, and whoever could become one of them and can't yet."""
        reaching = {id(finding): finding for finding in findings}
        todo = deque(findings)
        others = Reachability(incapable(self._assumable), self._state)
        attempts = others._attempts(todo, lambda attempt: id(attempt.finding) in reaching)
        for attempt in attempts:
            if attempt.may_succeed():
                reaching[id(attempt.finding)] = attempt.finding
                todo.append(attempt.finding)
        return list(reaching.values())

    def _attempts(self, todo: deque[Finding], is_done: IsDone) -> Iterator[Attempt]:
        """All attempts to become one of the findings, or one that is added to them; those near the first ones first."""
        tried: set[tuple[int, Way]] = set()
        try:
            while todo:
                yield from self._attempts_to_become(todo.popleft(), is_done, tried)
        except BudgetSpent:
            self._doubt_unfinished()

    def _attempts_to_become(self, target: Finding, is_done: IsDone, tried: set[tuple[int, Way]]) -> Iterator[Attempt]:
        """tried: by whom, the ways of other targets that are about no principal, and so the same for this one."""
        for way in ways_to_access(target.principal):
            for attempt in self._first_callers.attempts(way, target, is_done):
                if way[0].target is None:
                    if (id(attempt.finding), way) in tried:
                        continue
                    tried.add((id(attempt.finding), way))
                self._state.spend()
                yield attempt

    def _doubt_unfinished(self) -> None:
        for finding in self._assumable:
            if finding.permissions.has_any_of(edges.ACTIONS):
                finding.doubt_if_undecided(BUDGET_SPENT)


def _is_decided(attempt: Attempt) -> bool:
    return attempt.finding.capable or "become" in attempt.finding.doubts
