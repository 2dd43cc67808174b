"""The report on one principal: the lock-out actions that it can call, and its escalations."""

from __future__ import annotations

from dataclasses import dataclass, field

from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS, LOCK_OUT_BY_KEY

from .account import HeldPolicy, Principal
from .escalation.path import Path
from .permissions import Power


@dataclass
class Finding:
    """One principal's row. doubts: questions that its policies leave open."""

    principal: Principal
    power: Power
    actions: list[str] = field(default_factory=list)
    escalation: list[str] = field(default_factory=list)
    through: list[HeldPolicy] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)

    @property
    def capable(self) -> bool:
        return bool(self.actions or self.escalation)

    @property
    def doubtful(self) -> bool:
        return bool(self.doubts or self.principal.problems)

    def take(self, path: Path) -> None:
        """Notes a way to a lock-out action."""
        self.escalation += [each for each in path.actions if each not in self.escalation]
        self._note(path)

    def look(self, instance_key: str = "") -> None:
        """Notes the lock-out actions that the principal can call itself. instance_key: the ARN of the customer managed
        key that the Identity Center instance has, if it has one."""
        answers = {action: self.power.lock_out(action) for action in LOCK_OUT_ACTIONS}
        if instance_key:
            answers |= {action: self.power.ask_shape(action, instance_key) for action in LOCK_OUT_BY_KEY}
        for action, answer in answers.items():
            if answer.can:
                self.actions.append(action)
                self._note(Path.of("", action, answer, is_own=True))
            elif answer.can is None:
                self.doubts[action] = answer.doubt

    def _note(self, path: Path) -> None:
        self.through += [each for each in path.through if each not in self.through]
        self.conditions += [each for each in path.conditions if each not in self.conditions]
        self.doubts.update({what: why for what, why in path.doubts if what not in self.doubts})
