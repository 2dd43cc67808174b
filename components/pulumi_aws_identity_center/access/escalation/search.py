"""Forward search from one principal: it changes the principals that it has, makes new ones and becomes others, until
one of them may call a lock-out action or nothing is left to do.

A search takes only certain steps. If that leads nowhere and a step was in doubt, a second search takes doubtful steps
too, and says so. The work is bounded: past the bound the answer is a doubt, never a no.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pulumi_aws_identity_center.access.account import Principal
from pulumi_aws_identity_center.access.permissions import Answer, Call, Power
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

from . import actions, edges
from .candidates import BOUNDARY_KEY, Candidates
from .changes import Change, changes
from .edges import Way
from .identity_changes import changes_of_identity, renamed, retagged
from .path import Path
from .targets import SearchState

_DEEPEST = 2  # changes in a row that take something away
_MOST_NAMES = 2

Step = tuple[str, tuple[str, str]]  # whose change, and which


class Search:
    """becomes_others: whether others are become too. forbidden: steps that are not to be taken."""

    def __init__(
        self,
        state: SearchState,
        start: Power,
        *,
        becomes_others: bool = False,
        optimistic: bool = False,
        forbidden: frozenset[Step] = frozenset(),
    ) -> None:
        self.state, self.start = state, start.principal.arn
        self.becomes_others, self.optimistic, self.forbidden = becomes_others, optimistic, forbidden
        self.members = {self.start: start}
        self.candidates = Candidates(state, self.members, becomes_others=becomes_others)
        self.paths = {self.start: Path()}
        self.made: list[Step] = []
        self.doubted: list[bool] = []
        self._searched: dict[str, Power] = {}

    def run(self, deepest: int = _DEEPEST) -> Path | None:
        """The path to a lock-out action, if there is one."""
        while True:
            goal = self._goal()
            if goal is not None:
                return goal
            if not (self._change() or self._create() or self._become()):
                break
        for arn, change, path in list(self._possible_changes(clean=False)) if deepest else ():
            branch = self._branch()
            branch._take(arn, change, path)
            found = branch.run(deepest - 1)
            if found is not None:
                self.made = branch.made
                return found
        return None

    def path_to_raise(self) -> Path | None:
        """The ways in which the one who starts could be allowed everything, or join a group that may lock out."""
        power = self.members[self.start]
        found = [*next(changes(power, self.state.account, self.candidates)).ways]
        if power.principal.kind == "user" and self.candidates.able(actions.JOIN):
            able = [group for group in self.state.lock_out_groups if group.name not in power.groups]
            found += [(edges.on_group(actions.JOIN, group),) for group in able]
        return self._any(found)

    # The steps.

    def _goal(self) -> Path | None:
        for arn, power in self.members.items():
            if arn != self.start and arn in self.state.capable:
                return self.paths[arn]
            for action in LOCK_OUT_ACTIONS:
                answer = power.lock_out(action)
                if self._is_open(answer):
                    return self.paths[arn].and_(Path.of("", action, answer, is_own=arn == self.start))
        return None

    def _change(self) -> bool:
        for arn, change, path in self._possible_changes(clean=True):
            self._take(arn, change, path)
            return True
        return False

    def _possible_changes(self, clean: bool) -> Iterator[tuple[str, Change, Path]]:
        for arn, power in self.members.items():
            account, candidates = self.state.account, self.candidates
            identity_changes = () if clean else changes_of_identity(power, account, candidates)
            for change in itertools.chain(changes(power, account, candidates), identity_changes):
                self.state.spend()
                if change.clean is clean and self._is_new((arn, change.name)):
                    path = self._any(change.ways)
                    if path is not None:
                        yield arn, change, path

    def _take(self, arn: str, change: Change, path: Path) -> None:
        self.made.append((arn, change.name))
        self.members[arn] = change.apply(self.members[arn])
        self.paths[arn] = self.paths[arn].and_(path)

    def _become(self) -> bool:
        for arn, power in list(self.members.items()) if self.becomes_others else ():
            if self._searched.get(arn) is power:
                continue
            for target in self.state.targets.of(power):
                step = (target.arn, ("become", ""))
                if target.arn in self.members or not self._is_new(step):
                    continue
                path = self._any(self._ways_to_become(target))
                if path is not None:
                    self._enter(Power.of(target, self.state.account), step, path)
                    return True
            self._searched[arn] = power
        return False

    def _ways_to_become(self, target: Principal) -> Iterator[Way]:
        """As it is, or after another tag or another name was given to it."""
        yield from edges.becoming(target)
        if edges.protected(target):
            return
        for changed, change in (*retagged(target, self.candidates), *renamed(target, self.candidates)):
            yield from ((*change, *becoming) for becoming in edges.becoming(changed))

    def _create(self) -> bool:
        for kind in ("role", "user"):
            action, give = actions.CREATE[kind], (actions.PUT[kind], actions.ATTACH[kind])
            names = self.candidates.new(kind, action, *give) if self.candidates.able(action) else []
            # Two of a kind, those first to whom most could be given: another name brings nothing more.
            names.sort(key=lambda arn: -sum(self.candidates.names(each, arn) for each in give))
            for boundary in self._boundaries(action, kind) if names else ():
                for arn in names[:_MOST_NAMES]:
                    new = Principal(arn, arn.rpartition("/")[2], kind, boundary=boundary, tags_told=True)
                    if self._create_one(new, f"{kind} {boundary}"):
                        return True
        return False

    def _create_one(self, new: Principal, name: str) -> bool:
        step = (new.arn, ("create", name))
        if new.arn in self.members or not self._is_new(step):
            return False
        create = Call(actions.CREATE[new.kind], new.arn, (("iam:PermissionsBoundary", new.boundary or ()),))
        is_made = new.boundary is not None and new.boundary not in self.state.account.policies
        path = self._way((*([edges.on_policy(actions.MAKE, new.boundary or "")] if is_made else []), create))
        if path is not None and new.kind == "user":
            keys = self._any((Call(action, new.arn, (), new),) for action in actions.BECOME["user"][:2])
            path = path.and_(keys) if keys is not None else None
        if path is not None:
            self._enter(Power.of(new, self.state.account), step, path)
        return path is not None

    def _boundaries(self, action: str, kind: str) -> list[str | None]:
        """None at all, then those that the conditions name and that leave, or could be made to leave, anything: of
        those that there are, and of those that they could make."""
        loosening = (actions.UNBIND[kind], actions.REBIND[kind], actions.REWRITE, actions.SWAP)
        can_loosen = any(self.candidates.able(loosening_action) for loosening_action in loosening)
        policies, named = self.state.account.policies, self.candidates.named_policies(BOUNDARY_KEY, action)
        existing = [arn for arn in named if can_loosen or policies[arn].statements]
        own = self.candidates.own_policies(BOUNDARY_KEY, action)
        return [None, *existing, *(arn for made_by, arn in own if made_by == actions.MAKE)]

    def _enter(self, power: Power, step: Step, path: Path) -> None:
        self.made.append(step)
        self.members[power.principal.arn], self.paths[power.principal.arn] = power, path

    # The questions.

    def _is_new(self, step: Step) -> bool:
        return step not in self.made and step not in self.forbidden

    def _any(self, found: Iterable[Way]) -> Path | None:
        """The shortest of the ways that are open, all of these together; certain ones if there are any."""
        open_ = [(way, path) for way in found if (path := self._way(way)) is not None]
        certain = [each for each in open_ if not each[1].doubts] or open_
        shortest = min((len(way) for way, _ in certain), default=0)
        result: Path | None = None
        for way, path in certain:
            if len(way) == shortest:
                result = path if result is None else result.and_(path)
        return result

    def _way(self, way: Way) -> Path | None:
        result = Path()
        for call in way:
            path = self._call(call)
            if path is None:
                return None
            result = result.and_(path)
        return result

    def _call(self, call: Call) -> Path | None:
        """By any of the members; by one of whom it is certain, if there is one."""
        doubtful: Path | None = None
        for arn, power in self.members.items():
            if not power.could(call):
                continue
            self.state.spend()
            answer = power.ask(call)
            if self._is_open(answer):
                what = f"{call.action} on {call.resource}"
                path = self.paths[arn].and_(Path.of(call.action, what, answer, is_own=arn == self.start))
                if answer.can:
                    return path
                doubtful = doubtful or path
        return doubtful

    def _is_open(self, answer: Answer) -> bool:
        if answer.can is None and not self.doubted:
            self.doubted.append(True)
        return answer.can or (answer.can is None and self.optimistic)

    def _branch(self) -> Search:
        branch = copy.copy(self)
        branch.members, branch.paths, branch.made = dict(self.members), dict(self.paths), list(self.made)
        branch.candidates = Candidates(self.state, branch.members, becomes_others=self.becomes_others)
        branch._searched = dict(self._searched)
        return branch


@dataclass(frozen=True)
class Outcome:
    """path: None if there is none. certain: whether no doubt is left. steps: what was done on it."""

    path: Path | None
    certain: bool = True
    steps: frozenset[Step] = frozenset()


def find_path(
    state: SearchState, start: Power, *, becomes_others: bool = False, forbidden: frozenset[Step] = frozenset()
) -> Outcome:
    """The shortest path that is found without the forbidden steps."""
    for optimistic in (False, True):
        search = Search(state, start, becomes_others=becomes_others, optimistic=optimistic, forbidden=forbidden)
        path = search.run()
        if path is not None:
            return _without_detours(state, start, search, path)
        if not search.doubted:
            break
    return Outcome(None)


def _without_detours(state: SearchState, start: Power, search: Search, path: Path) -> Outcome:
    """The path without the steps that it doesn't need: each step is forbidden once, and stays so if that is shorter."""
    forbidden = search.forbidden
    for step in reversed(search.made) if len(search.made) > 1 else ():
        without_step = Search(
            state,
            start,
            becomes_others=search.becomes_others,
            optimistic=search.optimistic,
            forbidden=forbidden | {step},
        )
        shorter = without_step.run()
        if shorter is not None and len(without_step.made) < len(search.made):
            search, forbidden, path = without_step, forbidden | {step}, shorter
    return Outcome(path, certain=not search.optimistic, steps=frozenset(search.made))
