"""An attacker: the principals that it controls, how it got each of them, and the calls that it can make by them."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pulumi_aws_identity_center.access.permissions import Call, Permission, Permissions

from .calls import Way
from .candidates import Candidates
from .path import Path
from .targets import SearchState

MoveName = tuple[str, tuple[str, str]]  # the ARN of the principal that it changes or gets, and what it does


@dataclass(frozen=True)
class Mode:
    """becomes_others: whether the attacker also becomes other principals. optimistic: whether it makes doubtful moves
    too. forbidden: moves that it doesn't make. allowed: the only moves that it makes; None for all. loses_nothing:
    whether it keeps what a change takes away."""

    becomes_others: bool = False
    optimistic: bool = False
    forbidden: frozenset[MoveName] = frozenset()
    allowed: frozenset[MoveName] | None = None
    loses_nothing: bool = False

    def permits(self, move: MoveName) -> bool:
        return move not in self.forbidden and (self.allowed is None or move in self.allowed)


class Attacker:
    """members: the permissions of the principals that it controls by ARN; the first one is who starts.
    groups: what the groups have that it changed and hasn't joined yet, by ARN.
    had_doubts: whether it was in doubt about a call."""

    def __init__(self, state: SearchState, start: Permissions, mode: Mode) -> None:
        self._state, self._start, self._mode = state, start.principal.arn, mode
        self.members = {self._start: start}
        self.groups: dict[str, Permissions] = {}
        self.had_doubts = False
        self._paths = {self._start: Path()}
        self._cannot: dict[str, Permissions] = {}  # with which permissions one of its principals can't lock out
        self.candidates = self._new_candidates()

    def _new_candidates(self) -> Candidates:
        return Candidates(self._state, self.members, self.groups, becomes_others=self._mode.becomes_others)

    def copy(self) -> Attacker:
        """Another one that goes on from here by itself."""
        other = copy.copy(self)
        other.members, other.groups, other._paths = dict(self.members), dict(self.groups), dict(self._paths)
        other._cannot = dict(self._cannot)
        other.candidates = other._new_candidates()
        return other

    @property
    def start(self) -> Permissions:
        return self.members[self._start]

    def control(self, arn: str, permissions: Permissions, path: Path) -> None:
        """It, also a group, has these permissions from now on. path: what that took, after what it had before."""
        changed = self.groups if permissions.principal.is_group else self.members
        changed[arn] = permissions
        self._paths[arn] = self._paths.get(arn, Path()).and_(path)
        self.candidates = self._new_candidates()

    def path_to_lock_out(self) -> Path | None:
        """If one of its principals can, by itself or as an earlier search has shown."""
        for arn, permissions in self.members.items():
            if self._cannot.get(arn) is permissions:
                continue
            is_start = arn == self._start
            if arn in self._state.capable and not is_start:
                return self._paths[arn].to(arn)
            for action, permission in permissions.lock_out_permissions(self._state.account.instance_key):
                if self._counts_on(permission):
                    return self._paths[arn].and_(Path.of_lock_out(action, arn, permission, is_own=is_start))
            self._cannot[arn] = permissions
        return None

    def shortest_path(self, ways: Iterable[Way]) -> Path | None:
        """By the ways that are open: the certain ones if there are any, and of these the shortest."""
        paths_by_rank: dict[tuple[bool, int], list[Path]] = defaultdict(list)
        for way in ways:
            path = self._path_by(way)
            if path is not None:
                paths_by_rank[bool(path.doubts), len(way)].append(path)
        return Path.any_of(paths_by_rank[min(paths_by_rank)]) if paths_by_rank else None

    def _path_by(self, way: Way) -> Path | None:
        """None if a call of the way isn't possible."""
        path = Path()
        for call in way:
            path_by_call = self._path_by_call(call)
            if path_by_call is None:
                return None
            path = path.and_(path_by_call)
        return path

    def _path_by_call(self, call: Call) -> Path | None:
        """By any of its principals; by one of whom it is certain, if there is one."""
        doubtful: Path | None = None
        for arn, permissions in self.members.items():
            if not permissions.may_allow(call):
                continue
            self._state.spend()
            permission = permissions.decide(call)
            if self._counts_on(permission):
                path = self._paths[arn].and_(Path.of_call(call, arn, permission, is_own=arn == self._start))
                if call.resource in self.groups:
                    path = self._paths[call.resource].and_(path)
                if permission.can:
                    return path
                doubtful = doubtful or path
        return doubtful

    def _counts_on(self, permission: Permission) -> bool:
        if permission.can is None:
            self.had_doubts = True
            return self._mode.optimistic
        return permission.can
