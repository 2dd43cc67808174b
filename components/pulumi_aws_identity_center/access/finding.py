"""The report on one principal: the lock-out actions that it can call, and its escalations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from .account import HeldPolicy, Principal
from .escalation.path import Path
from .permissions import Permissions

T = TypeVar("T")


@dataclass
class Finding:
    """One principal's row. doubts: questions that its policies leave open, and on what their answer hangs.
    paths: one for each of its lock-out actions, and its escalation paths."""

    principal: Principal
    permissions: Permissions
    actions: list[str] = field(default_factory=list)
    escalation: list[str] = field(default_factory=list)
    through: list[HeldPolicy] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)
    paths: list[Path] = field(default_factory=list)

    @property
    def capable(self) -> bool:
        return bool(self.actions or self.escalation)

    @property
    def undecided(self) -> bool:
        """Whether nobody can tell if it is capable."""
        return not self.capable and bool(self.doubts or self.principal.problems)

    def add_escalation(self, path: Path) -> None:
        _add_new(self.escalation, path.actions)
        self._note(path)

    def doubt_if_undecided(self, reason: str) -> None:
        """Whether it can escalate is left open."""
        if not self.capable and not self.doubts:
            self.doubts["escalation"] = reason

    def add_doubts(self, doubts: Mapping[str, str]) -> None:
        for question, reason in doubts.items():
            self.doubts.setdefault(question, reason)

    def decide_lock_out_actions(self, instance_key: str = "") -> None:
        """Notes the lock-out actions that the principal can call itself. instance_key: as of Account."""
        for action, permission in self.permissions.lock_out_permissions(instance_key):
            if permission.can:
                self.actions.append(action)
                self._note(Path.of_lock_out(action, self.principal.arn, permission, is_own=True))
            elif permission.can is None:
                self.doubts[action] = permission.doubt

    def _note(self, path: Path) -> None:
        self.paths.append(path)
        _add_new(self.through, path.through)
        _add_new(self.conditions, path.conditions)
        self.add_doubts(dict(path.doubts))


def capable(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.capable]


def incapable(findings: Iterable[Finding]) -> list[Finding]:
    """Those of which it isn't shown that they are capable."""
    return [finding for finding in findings if not finding.capable]


def _add_new(items: list[T], more: Iterable[T]) -> None:
    items[:] = dict.fromkeys((*items, *more))
