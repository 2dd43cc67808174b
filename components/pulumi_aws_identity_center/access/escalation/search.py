"""Forward search from one principal: it changes the principals that it has, makes new ones and becomes others, until
one of them may call a lock-out action or nothing is left to do.

A search takes only certain steps. If that leads nowhere and a step was in doubt, a second search takes doubtful steps
too, and says so. The work is bounded: past the bound the answer is a doubt, never a no.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.permissions import Call, Permission, Permissions
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

from . import calls, edges
from .additions import allow_everything, recipients_of
from .becoming import is_protected, ways_to_become
from .calls import Way
from .candidates import BOUNDARY_KEY, Candidates
from .change import Change
from .changes import changes
from .identity_changes import changes_of_identity, renamed, retagged
from .path import Path
from .targets import SearchState

_DEEPEST = 2  # changes in a row that take something away
_MOST_NAMES = 2

Step = tuple[str, tuple[str, str]]  # the changed principal's ARN, and the change's name


@dataclass(frozen=True)
class Mode:
    """becomes_others: whether it also becomes other principals. optimistic: whether it takes doubtful steps too.
    forbidden: steps that it doesn't take."""

    becomes_others: bool = False
    optimistic: bool = False
    forbidden: frozenset[Step] = frozenset()


class PossibleChange(NamedTuple):
    """arn: of the member that it changes."""

    arn: str
    change: Change
    path: Path


class Search:
    """members: the permissions of the principals that it has, by ARN. steps: what it did to get them."""

    def __init__(self, state: SearchState, start: Permissions, mode: Mode | None = None) -> None:
        self._state, self._start, self._mode = state, start.principal.arn, mode or Mode()
        self.members = {self._start: start}
        self.steps: list[Step] = []
        self.had_doubts = False
        self._paths = {self._start: Path()}
        self._candidates = self._new_candidates()
        self._searched: dict[str, Permissions] = {}

    def _new_candidates(self) -> Candidates:
        return Candidates(self._state, self.members, becomes_others=self._mode.becomes_others)

    def run(self, deepest: int = _DEEPEST) -> Path | None:
        """The path to a lock-out action, if there is one."""
        while True:
            goal = self._path_to_lock_out()
            if goal is not None:
                return goal
            if not (self._change() or self._create() or self._become()):
                return self._run_branches(deepest - 1) if deepest else None

    def _run_branches(self, deepest: int) -> Path | None:
        """Tries each change that takes something away, by itself."""
        for possible in list(self._possible_changes(clean=False)):
            branch = self._branch()
            branch._take(possible)
            path = branch.run(deepest)
            self.had_doubts |= branch.had_doubts
            if path is not None:
                self.steps = branch.steps
                return path
        return None

    def _branch(self) -> Search:
        branch = copy.copy(self)
        branch.members, branch._paths = dict(self.members), dict(self._paths)
        branch.steps, branch._searched = list(self.steps), dict(self._searched)
        branch._candidates = branch._new_candidates()
        return branch

    def path_to_raise(self) -> Path | None:
        """The ways in which the one who starts could be allowed everything, or join a group that may lock out."""
        start = self.members[self._start]
        recipients = recipients_of(start, self._state.account, self._candidates)
        ways = [*allow_everything(start, recipients, self._candidates).ways]
        if start.principal.kind == "user" and self._candidates.able(edges.ADD_USER_TO_GROUP):
            groups = [group for group in self._state.lock_out_groups if group.name not in start.groups]
            ways += [(calls.add_to_group(group),) for group in groups]
        return self._shortest_path(ways)

    def _path_to_lock_out(self) -> Path | None:
        for arn, permissions in self.members.items():
            is_start = arn == self._start
            if arn in self._state.capable and not is_start:
                return self._paths[arn].to(arn)
            for action in LOCK_OUT_ACTIONS:
                permission = permissions.decide_lock_out(action)
                if self._is_open(permission):
                    return self._paths[arn].and_(Path.of_lock_out(action, arn, permission, is_own=is_start))
        return None

    # ---- to change a member

    def _change(self) -> bool:
        for possible in self._possible_changes(clean=True):
            self._take(possible)
            return True
        return False

    def _possible_changes(self, *, clean: bool) -> Iterator[PossibleChange]:
        for arn, permissions in self.members.items():
            for change in self._changes_of(permissions, clean=clean):
                self._state.spend()
                is_candidate = change.clean is clean and self._is_new((arn, change.name))
                path = self._shortest_path(change.ways) if is_candidate else None
                if path is not None:
                    yield PossibleChange(arn, change, path)

    def _changes_of(self, permissions: Permissions, *, clean: bool) -> Iterator[Change]:
        yield from changes(permissions, self._state.account, self._candidates)
        if not clean:  # none of a principal's name and tags is
            yield from changes_of_identity(permissions, self._state.account, self._candidates)

    def _take(self, possible: PossibleChange) -> None:
        arn, change, path = possible
        self.steps.append((arn, change.name))
        self.members[arn] = change.apply(self.members[arn])
        self._paths[arn] = self._paths[arn].and_(path)

    # ---- to become another

    def _become(self) -> bool:
        if not self._mode.becomes_others:
            return False
        for arn, permissions in list(self.members.items()):
            is_searched = self._searched.get(arn) is permissions
            if not is_searched and self._become_any(self._state.targets.of(permissions)):
                return True
            self._searched[arn] = permissions
        return False

    def _become_any(self, targets: Iterator[Principal]) -> bool:
        for target in targets:
            step = (target.arn, ("become", ""))
            if target.arn in self.members or not self._is_new(step):
                continue
            path = self._shortest_path(self._ways_to_become(target))
            if path is not None:
                self._add_member(target, step, path)
                return True
        return False

    def _ways_to_become(self, target: Principal) -> Iterator[Way]:
        """As it is, or after another tag or another name was given to it."""
        yield from ways_to_become(target)
        if is_protected(target):
            return
        for changed, way in (*retagged(target, self._candidates), *renamed(target, self._candidates)):
            yield from ((*way, *becoming) for becoming in ways_to_become(changed))

    # ---- to make a new one

    def _create(self) -> bool:
        return any(self._create_one(new) for kind in ("role", "user") for new in self._new_principals(kind))

    def _new_principals(self, kind: str) -> Iterator[Principal]:
        create = edges.CREATE[kind]
        giving = (edges.PUT_POLICY[kind], edges.ATTACH_POLICY[kind])
        arns = self._candidates.new_arns(kind, create, *giving)
        # Two of a kind, those first to whom most could be given: another name brings nothing more.
        arns.sort(key=lambda arn: -sum(self._candidates.may_name(action, arn) for action in giving))
        for boundary in self._possible_boundaries(create, kind) if arns else ():
            for arn in arns[:_MOST_NAMES]:
                yield Principal(arn, arn.rpartition("/")[2], kind, boundary=boundary, tags_are_known=True)

    def _possible_boundaries(self, create: str, kind: str) -> list[str | None]:
        """None at all, then those that the conditions name and that leave, or could be made to leave, anything: of
        those that there are, and of those that they could make."""
        can_loosen = self._candidates.able(
            edges.DELETE_BOUNDARY[kind],
            edges.PUT_BOUNDARY[kind],
            edges.CREATE_POLICY_VERSION,
            edges.SET_DEFAULT_VERSION,
        )
        policies, existing = self._state.account.policies, self._candidates.named_policies(BOUNDARY_KEY, create)
        if not can_loosen:
            existing = [arn for arn in existing if policies[arn].statements]
        own = self._candidates.own_policies(BOUNDARY_KEY, create)
        return [None, *existing, *(arn for action, arn in own if action == edges.CREATE_POLICY)]

    def _create_one(self, new: Principal) -> bool:
        step = (new.arn, ("create", f"{new.kind} {new.boundary}"))
        if new.arn in self.members or not self._is_new(step):
            return False
        path = self._path_by(self._way_to_create(new))
        if path is not None and new.kind == "user":
            ways = [(Call(action, new.arn, (), new),) for action in edges.NEW_USER_CREDENTIALS]
            credentials = self._shortest_path(ways)
            path = path.and_(credentials) if credentials is not None else None
        if path is None:
            return False
        self._add_member(new, step, path)
        return True

    def _way_to_create(self, new: Principal) -> Way:
        create = calls.create_principal(new)
        if new.boundary is None or new.boundary in self._state.account.policies:
            return (create,)
        return (calls.on_resource(edges.CREATE_POLICY, new.boundary), create)

    # ---- what a step takes

    def _add_member(self, principal: Principal, step: Step, path: Path) -> None:
        self.steps.append(step)
        self.members[principal.arn] = Permissions.of(principal, self._state.account)
        self._paths[principal.arn] = path

    def _is_new(self, step: Step) -> bool:
        return step not in self.steps and step not in self._mode.forbidden

    def _shortest_path(self, ways: Iterable[Way]) -> Path | None:
        """The shortest of the ways that are open, all of these together; certain ones if there are any."""
        open_ways = [(len(way), path) for way in ways if (path := self._path_by(way)) is not None]
        certain = [(length, path) for length, path in open_ways if not path.doubts]
        candidates = certain or open_ways
        shortest = min((length for length, _ in candidates), default=0)
        paths = [path for length, path in candidates if length == shortest]
        return Path.any_of(paths) if paths else None

    def _path_by(self, way: Way) -> Path | None:
        """None if a call of the way isn't possible."""
        result = Path()
        for call in way:
            path = self._path_by_call(call)
            if path is None:
                return None
            result = result.and_(path)
        return result

    def _path_by_call(self, call: Call) -> Path | None:
        """By any of the members; by one of whom it is certain, if there is one."""
        doubtful: Path | None = None
        for arn, permissions in self.members.items():
            if not permissions.may_allow(call):
                continue
            self._state.spend()
            permission = permissions.decide(call)
            if not self._is_open(permission):
                continue
            path = self._paths[arn].and_(Path.of_call(call, arn, permission, is_own=arn == self._start))
            if permission.can:
                return path
            doubtful = doubtful or path
        return doubtful

    def _is_open(self, permission: Permission) -> bool:
        if permission.can is None:
            self.had_doubts = True
            return self._mode.optimistic
        return permission.can


@dataclass(frozen=True)
class Outcome:
    """path: None if there is none. certain: whether no doubt is left. steps: what was done on it."""

    path: Path | None
    certain: bool = True
    steps: frozenset[Step] = frozenset()


def find_path(
    state: SearchState, start: Permissions, *, becomes_others: bool = False, forbidden: frozenset[Step] = frozenset()
) -> Outcome:
    """The shortest path that is found without the forbidden steps."""
    for optimistic in (False, True):
        mode = Mode(becomes_others, optimistic, forbidden)
        search = Search(state, start, mode)
        path = search.run()
        if path is not None:
            return _without_detours(state, start, mode, search.steps, path)
        if not search.had_doubts:
            break
    return Outcome(None)


def _without_detours(state: SearchState, start: Permissions, mode: Mode, steps: list[Step], path: Path) -> Outcome:
    """The path without the steps that it doesn't need: each step is forbidden once, and stays so if that is shorter."""
    for step in reversed(steps) if len(steps) > 1 else ():
        stricter = replace(mode, forbidden=mode.forbidden | {step})
        search = Search(state, start, stricter)
        shorter = search.run()
        if shorter is not None and len(search.steps) < len(steps):
            mode, steps, path = stricter, search.steps, shorter
    return Outcome(path, certain=not mode.optimistic, steps=frozenset(steps))
