"""How far somebody gets who starts as one principal: changes whom they have, makes new ones, becomes others, until a
lock-out action is theirs or nothing is left to do.

Takes only what is certain; if that leads nowhere and something was in doubt, what is in doubt too, and says so. The
work is bounded: past the bound the answer is a doubt, never a no.
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
from .candidates import BOUNDARY_KEY, Hands
from .changes import Change, changes
from .edges import Way
from .identity_changes import changes_of_identity, renamed, retagged
from .path import Path
from .targets import Ground

_DEEPEST = 2  # changes in a row that take something away
_MOST_NAMES = 2

Step = tuple[str, tuple[str, str]]  # whose change, and which


class Attack:
    """social: whether others are become too. forbidden: steps that are not to be taken."""

    def __init__(
        self,
        ground: Ground,
        start: Power,
        *,
        social: bool = False,
        optimistic: bool = False,
        forbidden: frozenset[Step] = frozenset(),
    ) -> None:
        self.ground, self.start = ground, start.principal.arn
        self.social, self.optimistic, self.forbidden = social, optimistic, forbidden
        self.members = {self.start: start}
        self.hands = Hands(ground, self.members, social=social)
        self.paths = {self.start: Path()}
        self.made: list[Step] = []
        self.doubted: list[bool] = []
        self._looked: dict[str, Power] = {}

    def run(self, deepest: int = _DEEPEST) -> Path | None:
        """The path to a lock-out action, if there is one."""
        while True:
            goal = self._goal()
            if goal is not None:
                return goal
            if not (self._change() or self._create() or self._become()):
                break
        for arn, change, path in list(self._open_changes(clean=False)) if deepest else ():
            branch = self._branch()
            branch._take(arn, change, path)
            found = branch.run(deepest - 1)
            if found is not None:
                self.made = branch.made
                return found
        return None

    def raising(self) -> Path | None:
        """The ways in which the one who starts could be allowed everything, or join a group that may lock out."""
        power = self.members[self.start]
        found = [*next(changes(power, self.ground.account, self.hands)).ways]
        if power.principal.kind == "user" and self.hands.able(actions.JOIN):
            able = [group for group in self.ground.able_groups if group.name not in power.groups]
            found += [(edges.on_group(actions.JOIN, group),) for group in able]
        return self._any(found)

    # The steps.

    def _goal(self) -> Path | None:
        for arn, power in self.members.items():
            if arn != self.start and arn in self.ground.lost:
                return self.paths[arn]
            for action in LOCK_OUT_ACTIONS:
                answer = power.lock_out(action)
                if self._is_open(answer):
                    return self.paths[arn].and_(Path.of("", action, answer, is_own=arn == self.start))
        return None

    def _change(self) -> bool:
        for arn, change, path in self._open_changes(clean=True):
            self._take(arn, change, path)
            return True
        return False

    def _open_changes(self, clean: bool) -> Iterator[tuple[str, Change, Path]]:
        for arn, power in self.members.items():
            account = self.ground.account
            found = (
                changes(power, account, self.hands),
                () if clean else changes_of_identity(power, account, self.hands),
            )
            for change in itertools.chain(*found):
                self.ground.spend()
                if change.clean is clean and self._is_new((arn, change.name)):
                    path = self._any(change.ways)
                    if path is not None:
                        yield arn, change, path

    def _take(self, arn: str, change: Change, path: Path) -> None:
        self.made.append((arn, change.name))
        self.members[arn] = change.apply(self.members[arn])
        self.paths[arn] = self.paths[arn].and_(path)

    def _become(self) -> bool:
        for arn, power in list(self.members.items()) if self.social else ():
            if self._looked.get(arn) is power:
                continue
            for other in self.ground.targets.of(power):
                step = (other.arn, ("become", ""))
                path = (
                    self._any(self._becoming(other)) if other.arn not in self.members and self._is_new(step) else None
                )
                if path is not None:
                    self._enter(Power.of(other, self.ground.account), step, path)
                    return True
            self._looked[arn] = power
        return False

    def _becoming(self, other: Principal) -> Iterator[Way]:
        yield from edges.becoming(other)
        for changed, way in (
            () if edges.protected(other) else (*retagged(other, self.hands), *renamed(other, self.hands))
        ):
            yield from ((*way, *more) for more in edges.becoming(changed))

    def _create(self) -> bool:
        for kind in ("role", "user"):
            action, give = actions.CREATE[kind], (actions.PUT[kind], actions.ATTACH[kind])
            names = self.hands.new(kind, action, *give) if self.hands.able(action) else []
            # Two of a kind, those first to whom most could be given: another name brings nothing more.
            names.sort(key=lambda arn: -sum(self.hands.names(each, arn) for each in give))
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
        is_made = new.boundary is not None and new.boundary not in self.ground.account.policies
        path = self._way((*([edges.on_policy(actions.MAKE, new.boundary or "")] if is_made else []), create))
        if path is not None and new.kind == "user":
            keys = self._any((Call(action, new.arn, (), new),) for action in actions.BECOME["user"][:2])
            path = path.and_(keys) if keys is not None else None
        if path is not None:
            self._enter(Power.of(new, self.ground.account), step, path)
        return path is not None

    def _boundaries(self, action: str, kind: str) -> list[str | None]:
        """None at all, then those that the conditions name and that leave, or could be made to leave, anything: of
        those that there are, and of those that they could make."""
        loose = any(map(self.hands.able, (actions.UNBIND[kind], actions.REBIND[kind], actions.REWRITE, actions.SWAP)))
        policies = self.ground.account.policies
        named = [arn for arn in self.hands.named_policies(BOUNDARY_KEY, action) if loose or policies[arn].statements]
        made = [arn for how, arn in self.hands.own_policies(BOUNDARY_KEY, action) if how == actions.MAKE]
        return [None, *named, *made]

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
            self.ground.spend()
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

    def _branch(self) -> Attack:
        branch = copy.copy(self)
        branch.members, branch.paths, branch.made = dict(self.members), dict(self.paths), list(self.made)
        branch.hands = Hands(self.ground, branch.members, social=self.social)
        branch._looked = dict(self._looked)
        return branch


@dataclass(frozen=True)
class Outcome:
    """path: None if there is none. certain: whether no doubt is left. steps: what was done on it."""

    path: Path | None
    certain: bool = True
    steps: frozenset[Step] = frozenset()


def attack(ground: Ground, start: Power, *, social: bool = False, forbidden: frozenset[Step] = frozenset()) -> Outcome:
    """The shortest path that is found without the forbidden steps."""
    for optimistic in (False, True):
        tried = Attack(ground, start, social=social, optimistic=optimistic, forbidden=forbidden)
        path = tried.run()
        if path is not None:
            return _without_detours(ground, start, tried, path)
        if not tried.doubted:
            break
    return Outcome(None)


def _without_detours(ground: Ground, start: Power, found: Attack, path: Path) -> Outcome:
    """The path without the steps that it doesn't need."""
    forbidden = found.forbidden
    for step in reversed(found.made) if len(found.made) > 1 else ():
        less = Attack(ground, start, social=found.social, optimistic=found.optimistic, forbidden=forbidden | {step})
        shorter = less.run()
        if shorter is not None and len(less.made) < len(found.made):
            found, forbidden, path = less, forbidden | {step}, shorter
    return Outcome(path, certain=not found.optimistic, steps=frozenset(found.made))
