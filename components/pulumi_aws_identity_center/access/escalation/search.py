"""Forward search from one principal: its attacker changes the principals that it controls, creates new ones and becomes
others, until one of them may call a lock-out action or nothing is left to do.

A search makes only moves that are certain. If that leads nowhere and one was in doubt, a second search makes doubtful
moves too, and says so. The work is bounded: past the bound the answer is a doubt, never a no.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.permissions import Permissions

from . import calls, edges
from .access_edges import ways_to_access
from .additions import NEW_POLICY, allow_everything, attachments, joins, recipients_of
from .attacker import Attacker, Mode, MoveName
from .calls import Way
from .change import Change
from .creation import possible_principals, role_of_filled_set, ways_to_create, ways_to_fill_set
from .identity_center import ASSIGN, PROVISION
from .identity_changes import changes_of_identity, renamed, retagged
from .path import Path
from .restrictions import changes_of_boundary, changes_of_policies
from .targets import SearchState

_DEEPEST = 2  # changes in a row that take something away


class Possibility(NamedTuple):
    """A move that can be made if one of the ways is open. permissions: the principal's, afterwards."""

    name: MoveName
    ways: Iterable[Way]
    permissions: Callable[[], Permissions]


class Move(NamedTuple):
    possibility: Possibility
    path: Path


class Search:
    """moves: the names of those that were made, in order."""

    def __init__(self, state: SearchState, start: Permissions, mode: Mode) -> None:
        self._state, self._mode = state, mode
        self.attacker = Attacker(state, start, mode)
        self.moves: list[MoveName] = []
        self._searched: dict[str, Permissions] = {}

    def run(self, deepest: int = _DEEPEST) -> Path | None:
        while (goal := self.attacker.path_to_lock_out()) is None:
            if not self._make_harmless_moves():
                return self._run_branches(deepest - 1) if deepest else None
        return goal

    def _make_harmless_moves(self) -> bool:
        """Those of the first kind that has open ones, up to the one that reaches the goal; whether there were any."""
        for possibilities in self._harmless_possibilities():
            move = None
            for move in self._open_moves(possibilities):
                self._make(move)
                if self.attacker.path_to_lock_out() is not None:
                    break
            if move is not None:
                return True
        return False

    def _run_branches(self, deepest: int) -> Path | None:
        """Tries each change that takes something away, by itself."""
        moves = list(self._open_moves(self._possible_changes(clean=False)))
        for move in moves if moves and self._could_lock_out() else ():
            branch = self._branch()
            branch._make(move)
            path = branch.run(deepest)
            self.attacker.had_doubts |= branch.attacker.had_doubts
            if path is not None:
                self.moves = branch.moves
                return path
        return None

    def _could_lock_out(self) -> bool:
        """Whether it could if no change took anything away. If not, no order of them leads there."""
        search = self._branch()
        search._mode = replace(self._mode, loses_nothing=True)
        could = search.run(deepest=0) is not None
        self.attacker.had_doubts |= search.attacker.had_doubts
        return could

    def _branch(self) -> Search:
        branch = copy.copy(self)
        branch.attacker = self.attacker.copy()
        branch.moves, branch._searched = list(self.moves), dict(self._searched)
        return branch

    def _make(self, move: Move) -> None:
        name, _ways, permissions = move.possibility
        self.moves.append(name)
        self.attacker.control(name[0], permissions(), move.path)

    def _open_moves(self, possibilities: Iterable[Possibility]) -> Iterator[Move]:
        for possibility in possibilities:
            if self._is_new(possibility.name):
                path = self.attacker.shortest_path(possibility.ways)
                if path is not None:
                    yield Move(possibility, path)

    def _is_new(self, name: MoveName) -> bool:
        return name not in self.moves and self._mode.permits(name)

    # ---- what could be done

    def _harmless_possibilities(self) -> Iterator[Iterator[Possibility]]:
        """Those that take nothing away, by kind, in the order in which they are tried."""
        yield self._possible_changes(clean=True)
        yield self._possible_creations()
        yield self._possible_fillings()
        if self._mode.becomes_others:
            yield self._possible_others()
            yield self._possible_others_again()

    def _possible_changes(self, *, clean: bool) -> Iterator[Possibility]:
        groups = self.attacker.candidates.restricting_groups()
        for arn, permissions in (*self.attacker.members.items(), *groups):
            for change in self._changes_of(permissions, clean=clean):
                self._state.spend()
                if change.clean is clean or self._mode.loses_nothing:
                    after = partial(self._apply, change, arn, permissions)
                    yield Possibility((arn, change.name), change.ways, after)

    def _apply(self, change: Change, arn: str, unchanged: Permissions) -> Permissions:
        """unchanged: of a group that the attacker didn't change before."""
        attacker = self.attacker
        before = attacker.members.get(arn) or attacker.groups.get(arn) or unchanged
        after = change.apply(before)
        return after.with_all_of(before) if self._mode.loses_nothing and not change.clean else after

    def _changes_of(self, permissions: Permissions, *, clean: bool) -> Iterator[Change]:
        """In the order in which they are tried."""
        account, candidates = self._state.account, self.attacker.candidates
        is_limited = NEW_POLICY not in permissions.documents
        recipients = recipients_of(permissions, account, candidates)
        if is_limited:
            yield allow_everything(permissions, recipients, candidates)
        yield from joins(permissions, account, candidates)
        yield from changes_of_policies(permissions, account)
        if not permissions.principal.is_group:
            yield from changes_of_boundary(permissions, account, candidates)
        if is_limited and candidates.may_call_any(*edges.ATTACH_POLICY.values()):
            yield from attachments(permissions, recipients, account, candidates)
        is_tried = not clean or self._mode.loses_nothing
        if is_tried and not permissions.principal.is_group:  # none of a principal's name and tags is
            yield from changes_of_identity(permissions, account, candidates)

    def _possible_creations(self) -> Iterator[Possibility]:
        account = self._state.account
        for new in possible_principals(account, self.attacker.candidates):
            if new.arn not in self.attacker.members:
                name = (new.arn, ("create", f"{new.kind} {new.boundary}"))
                yield Possibility(name, ways_to_create(new, account), partial(Permissions.of, new, account))

    def _possible_fillings(self) -> Iterator[Possibility]:
        """A permission set that allows everything, where the attacker gets its role."""
        state = self._state
        if self.attacker.candidates.may_call_any(ASSIGN, PROVISION):
            role = role_of_filled_set(state.account)
            in_doubt = self._mode.becomes_others and state.capable.isdisjoint(state.permission_sets)
            ways = ways_to_fill_set(is_any_provisioned=bool(state.permission_sets), is_any_in_doubt=in_doubt)
            yield Possibility((role.arn, ("fill", "")), ways, partial(Permissions.of, role, state.account))

    def _possible_others(self) -> Iterator[Possibility]:
        """The principals that it could become, by each that it controls: again only after that one has changed."""
        for arn, permissions in list(self.attacker.members.items()):
            if self._searched.get(arn) is not permissions:
                yield from self._others_to_become_by(permissions)
                self._searched[arn] = permissions

    def _possible_others_again(self) -> Iterator[Possibility]:
        """What was closed when its principal was searched, one that it controls since may open."""
        for permissions in list(self.attacker.members.values()) if len(self.attacker.members) > 1 else ():
            yield from self._others_to_become_by(permissions)

    def _others_to_become_by(self, permissions: Permissions) -> Iterator[Possibility]:
        for target in self._state.targets.of(permissions):
            if target.arn not in self.attacker.members:
                after = partial(Permissions.of, target, self._state.account)
                yield Possibility((target.arn, ("become", "")), self._ways_to_access(target), after)

    def _ways_to_access(self, target: Principal) -> Iterator[Way]:
        """As it is, or after another tag or another name was given to it."""
        yield from ways_to_access(target)
        if target.is_protected:
            return
        candidates = self.attacker.candidates
        for changed, way in (*retagged(target, candidates), *renamed(target, candidates)):
            yield from ((*way, *becoming) for becoming in ways_to_access(changed))


def path_to_more_actions(state: SearchState, start: Permissions) -> Path | None:
    """The ways in which a principal could be allowed everything, or join a group that may lock out."""
    attacker = Attacker(state, start, Mode())
    candidates = attacker.candidates
    recipients = recipients_of(start, state.account, candidates)
    ways = [*allow_everything(start, recipients, candidates).ways]
    if candidates.may_add_to_groups(start.principal):
        ways += [(calls.add_to_group(group),) for group in state.lock_out_groups if not start.is_in(group)]
    return attacker.shortest_path(ways)


@dataclass(frozen=True)
class Outcome:
    """certain_path: None if there is none. doubts: about the path of which nobody can tell. moves: those that
    the path needs."""

    certain_path: Path | None = None
    doubts: Mapping[str, str] = field(default_factory=dict)
    moves: frozenset[MoveName] = frozenset()


def find_path(
    state: SearchState,
    start: Permissions,
    *,
    becomes_others: bool = False,
    forbidden: frozenset[MoveName] = frozenset(),
) -> Outcome:
    """A path without the forbidden moves, and without any that it doesn't need."""
    for optimistic in (False, True):
        mode = Mode(becomes_others, optimistic, forbidden)
        search = Search(state, start, mode)
        path = search.run()
        if path is not None:
            return _without_detours(state, start, mode, search.moves, path)
        if not search.attacker.had_doubts:
            break
    return Outcome()


def _without_detours(state: SearchState, start: Permissions, mode: Mode, moves: list[MoveName], path: Path) -> Outcome:
    """The path without the moves that it doesn't need: without half of them, a quarter, ... one."""
    size = len(moves)
    with state.budget_for_details():
        while size := size // 2:
            for some in [moves[first : first + size] for first in range(0, len(moves), size)]:
                search = Search(state, start, replace(mode, allowed=frozenset(moves).difference(some)))
                shorter = search.run()
                if shorter is not None:
                    moves, path = search.moves, shorter
    if mode.optimistic:
        return Outcome(doubts=dict(path.doubts), moves=frozenset(moves))
    return Outcome(path, moves=frozenset(moves))
