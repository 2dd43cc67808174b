"""Who could give themselves a lock-out action. docs/escalation.md walks one case through these files.

Three searches, the cheap ones first: alone (`search.py`, forward from one principal); by becoming, or acting through, a
principal that can (`reachability.py`, backward from those that can); and both together, where one that can't by itself
changes another principal and becomes it. Service-linked roles can be neither assumed by people nor changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_aws_identity_center.access.account import Account
from pulumi_aws_identity_center.access.finding import Finding
from pulumi_aws_identity_center.access.permissions import EVERYTHING, grants
from pulumi_aws_identity_center.iam.wildcards import matches

from . import actions, edges
from .actions import ACTIONS
from .reachability import BUDGET_SPENT, Reachability
from .search import Search, find_path
from .targets import BudgetSpent, SearchState, Targets

__all__ = ["ACTIONS", "find_escalations"]


def find_escalations(findings: list[Finding], account: Account) -> None:
    """Completes the findings, which have the lock-out actions already."""
    assumable = [finding for finding in findings if not edges.service_linked(finding.principal)]
    state = SearchState(account)
    for finding in assumable:
        if state.could_change_somebody(finding.power):
            _search_within_budget(finding, state, becomes_others=False)
    reachability = Reachability(assumable, state)
    reachability.spread([finding for finding in findings if finding.capable])
    _search_through_others(assumable, state, reachability)
    reachability.doubt([finding for finding in findings if finding.doubtful and not finding.capable])


def _search_within_budget(finding: Finding, state: SearchState, *, becomes_others: bool) -> None:
    try:
        if finding.actions:
            _find_more_actions(finding, state)
        else:
            _find_paths(finding, state, becomes_others)
    except BudgetSpent:
        if not finding.doubts and not finding.capable:
            finding.doubts["escalation"] = BUDGET_SPENT


def _find_more_actions(finding: Finding, state: SearchState) -> None:
    """For one that can call a lock-out action already: only how it could be allowed the others."""
    documents = [EVERYTHING, *finding.power.documents.values()]
    path = Search(state, finding.power).path_to_raise()
    if path is not None and grants(documents, finding.principal, finding.power.boundary):
        finding.take(path)


def _find_paths(finding: Finding, state: SearchState, becomes_others: bool) -> None:
    """The shortest path, and others that share no step with it."""
    outcome = find_path(state, finding.power, becomes_others=becomes_others)
    if outcome.path is not None and not outcome.certain:
        finding.doubts.update(dict(outcome.path.doubts))
    forbidden = outcome.steps
    while outcome.path is not None and outcome.certain:
        if not set(outcome.path.actions) & set(finding.escalation):
            finding.take(outcome.path)
        if becomes_others or not state.has_budget:
            return
        outcome = find_path(state, finding.power, forbidden=forbidden)
        forbidden |= outcome.steps


def _search_through_others(assumable: list[Finding], state: SearchState, reachability: Reachability) -> None:
    """Those that can't yet, and that change others or can become one that does."""
    changers = [finding for finding in assumable if not finding.capable and state.could_change_somebody(finding.power)]
    if not changers:
        return
    state.capable = {finding.principal.arn for finding in assumable if finding.capable}
    starts = reachability.reaching(changers)
    starting = set(map(id, starts))
    changes = _ChangesOfOthers(changers, state.account)
    worth_becoming = (
        finding.principal for finding in assumable if id(finding) in starting or changes.make_useful(finding)
    )
    state.targets = Targets(worth_becoming)
    for finding in starts:
        if finding.capable:
            continue
        _search_within_budget(finding, state, becomes_others=True)
        if finding.escalation:
            state.capable.add(finding.principal.arn)
            reachability.spread([finding])


class _ChangesOfOthers:
    """What the changers' Allows name: which principals could become useful by their changes."""

    def __init__(self, changers: list[Finding], account: Account) -> None:
        self._groups = account.groups
        self._can_join = any(finding.power.patterns(actions.JOIN) for finding in changers)
        self._patterns = _patterns_of(changers, actions.CHANGES)
        loosening = (*actions.UNBIND.values(), *actions.REBIND.values(), actions.REWRITE, actions.SWAP)
        self._loosening_patterns = _patterns_of(changers, loosening)

    def make_useful(self, finding: Finding) -> bool:
        """Whether becoming this principal could lead anywhere, as it is or after a change."""
        principal = finding.principal
        if finding.capable:
            return True
        if _is_bound_to_nothing(finding):
            return _any_matches(self._loosening_patterns, (principal.arn, principal.boundary or ""))
        if any(finding.power.patterns(action) for action in ACTIONS):
            return True
        if principal.kind == "user" and self._can_join:
            return True
        return _any_matches(self._patterns, self._names_around(finding))

    def _names_around(self, finding: Finding) -> Iterable[str]:
        """The principal, and what a change could reach it through: its managed policies, its groups and theirs."""
        yield finding.principal.arn
        yield from (policy.name for policy in finding.principal.documents if policy.managed)
        for name in finding.principal.groups:
            if name in self._groups:
                yield self._groups[name].arn
                yield from self._groups[name].managed


def _is_bound_to_nothing(finding: Finding) -> bool:
    """Whether nothing that matters is within its boundary, of which only what matters was read."""
    boundary = finding.power.boundary
    return boundary is not None and not any(statement.effect == "Allow" for statement in boundary.statements)


def _patterns_of(findings: list[Finding], named_actions: Iterable[str]) -> list[str]:
    """The resource patterns for these actions; a pattern with a policy variable may be anything."""
    patterns: set[str] = set()
    for action in named_actions:
        for finding in findings:
            patterns |= finding.power.patterns(action)
    if "*" in patterns:
        return ["*"]
    return sorted("*" if "${" in pattern else pattern for pattern in patterns)


def _any_matches(patterns: list[str], names: Iterable[str]) -> bool:
    return "*" in patterns or any(matches(pattern, name) for name in names for pattern in patterns)
