"""A plan made while break-glass is open: what it allows counts no more, once somebody says that they know. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pulumi_aws_identity_center.domain import break_glass
from pulumi_aws_identity_center.errors import InvalidInput

from .change import About
from .finding import Finding

# What the component does while break-glass is open, and what removing it, or its stack, then does.
ALLOWED: Final = frozenset(
    {
        *("trusted-access-deleted", "trusted-access-unwatched", "trusted-access-replaced"),
        *("protection-lost", "retention-lost", "trusted-access-off", "last-administrator-removed"),
    }
)


@dataclass(frozen=True)
class OpenBreakGlass:
    """reason and expires as the stack's configuration gives them; acknowledged: the reason of who runs the gate."""

    reason: str
    expires: str
    acknowledged: str = ""

    def deciding_findings(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that decide the verdict."""
        if not self.acknowledged:
            return list(findings)
        return [finding for finding in findings if finding.rule not in ALLOWED]


def opened(about: About | None, acknowledged: str = "") -> OpenBreakGlass | None:
    """The break-glass that the plan was made with, if it is a valid one that isn't past."""
    try:
        valid = break_glass.parse_break_glass(about.break_glass if about else None)
    except InvalidInput:
        return None
    if valid is None:
        return None
    return OpenBreakGlass(valid.reason, valid.expires.isoformat(), acknowledged.strip())
