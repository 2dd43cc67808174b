"""Who could give themselves a lock-out action. docs/escalation.md walks one case through these files.

Three searches, the cheap ones first: alone (`search.py`, forward from one principal); by becoming, or acting through, a
principal that can (`reachability.py`, backward from those that can); and both together, where one that can't by itself
changes another principal and becomes it. Service-linked roles can be neither assumed by people nor changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from pulumi_aws_identity_center.access.account import Account
from pulumi_aws_identity_center.access.finding import Finding, capable, incapable
from pulumi_aws_identity_center.access.permissions import may_lock_out
from pulumi_aws_identity_center.iam import ALLOW_ALL, LOCK_OUT_ACTIONS
from pulumi_aws_identity_center.iam.wildcards import may_match

from .edges import ACTIONS, ADD_USER_TO_GROUP, CHANGES, LOOSENING
from .path import Path
from .reachability import BUDGET_SPENT, Reachability
from .search import find_path, path_to_more_actions
from .targets import BudgetSpent, SearchState, Targets


def find_escalations(findings: list[Finding], account: Account) -> None:
    """Completes the findings, which have the lock-out actions already."""
    assumable = [finding for finding in findings if not finding.principal.is_service_linked]
    state = SearchState(account)
    changers = [finding for finding in assumable if state.could_change_somebody(finding.permissions)]
    for finding in changers:
        _search_within_budget(finding, state, becomes_others=False)
    reachability = Reachability(assumable, state)
    reachability.spread(findings)
    _search_through_others(incapable(changers), assumable, state, reachability)
    reachability.doubt(findings)


def _search_within_budget(finding: Finding, state: SearchState, *, becomes_others: bool) -> None:
    try:
        if finding.actions:
            _find_more_actions(finding, state)
        else:
            _find_paths(finding, state, becomes_others)
    except BudgetSpent:
        finding.doubt_if_undecided(BUDGET_SPENT)


def _find_more_actions(finding: Finding, state: SearchState) -> None:
    """For one that can call a lock-out action already: only how it could be allowed the others."""
    documents = [ALLOW_ALL, *finding.permissions.documents.values()]
    path = path_to_more_actions(state, finding.permissions)
    if path is not None and may_lock_out(documents, finding.principal, finding.permissions.boundary):
        others = [action for action in LOCK_OUT_ACTIONS if action not in finding.actions]
        end = Path.end(finding.principal.arn, (*others, *LOCK_OUT_ACTIONS)[0])
        finding.add_escalation(path.and_(end))


def _find_paths(finding: Finding, state: SearchState, becomes_others: bool) -> None:
    """A path, and others that share no step with it."""
    outcome = find_path(state, finding.permissions, becomes_others=becomes_others)
    finding.doubts.update(outcome.doubts)
    forbidden = outcome.moves
    while outcome.certain_path is not None:
        if set(outcome.certain_path.actions).isdisjoint(finding.escalation):
            finding.add_escalation(outcome.certain_path)
        if becomes_others or not state.has_budget:
            return
        outcome = find_path(state, finding.permissions, forbidden=forbidden)
        forbidden |= outcome.moves


def _search_through_others(
    changers: list[Finding], assumable: list[Finding], state: SearchState, reachability: Reachability
) -> None:
    """For those that can't yet, and that change others or can become one that does."""
    if not changers:
        return
    state.capable = {finding.principal.arn for finding in capable(assumable)}
    starts = reachability.reaching(changers)
    worth_becoming = list(_worth_becoming(assumable, starts, changers, state))
    state.targets = Targets(finding.principal for finding in reachability.reaching(worth_becoming))
    for finding in starts:
        if finding.capable:
            continue
        _search_within_budget(finding, state, becomes_others=True)
        if finding.escalation:
            state.capable.add(finding.principal.arn)
            reachability.spread([finding])


def _worth_becoming(
    assumable: list[Finding], starts: list[Finding], changers: list[Finding], state: SearchState
) -> Iterator[Finding]:
    starting = set(map(id, starts))
    changes = _ChangesOfOthers(changers, state.account)
    for finding in assumable:
        if id(finding) in starting or changes.is_worth_becoming(finding):
            yield finding


class _ChangesOfOthers:
    """What the changers' Allows name: which principals could become useful by their changes."""

    def __init__(self, changers: list[Finding], account: Account) -> None:
        self._account = account
        self._can_join = bool(_patterns_of(changers, [ADD_USER_TO_GROUP]))
        self._patterns = _patterns_of(changers, CHANGES)
        self._loosening_patterns = _patterns_of(changers, LOOSENING)

    def is_worth_becoming(self, finding: Finding) -> bool:
        """Whether becoming this principal could lead anywhere, as it is or after a change."""
        principal = finding.principal
        if finding.capable:
            return True
        if _is_bound_to_nothing(finding):
            return _any_may_match(self._loosening_patterns, (principal.arn, principal.boundary or ""))
        can_join = principal.is_user and self._can_join
        if can_join or finding.permissions.has_any_of(ACTIONS):
            return True
        return _any_may_match(self._patterns, self._names_around(finding))

    def _names_around(self, finding: Finding) -> Iterable[str]:
        """The principal, and what a change could reach it through: its managed policies, its groups and theirs."""
        yield finding.principal.arn
        yield from (policy.name for policy in finding.principal.documents if policy.is_managed)
        for group in self._account.groups_named(finding.principal.groups):
            yield from (group.arn, *group.managed)


def _is_bound_to_nothing(finding: Finding) -> bool:
    """Whether nothing that matters is within its boundary, of which only what matters was read."""
    boundary = finding.permissions.boundary
    return boundary is not None and not boundary.allows


def _patterns_of(findings: list[Finding], actions: Iterable[str]) -> list[str]:
    """The resource patterns for these actions, sorted: * is the first."""
    patterns = (finding.permissions.resource_patterns(action) for action, finding in product(actions, findings))
    return sorted(set().union(*patterns))


def _any_may_match(patterns: list[str], names: Iterable[str]) -> bool:
    return any(may_match(pattern, name) for name in names for pattern in patterns)
