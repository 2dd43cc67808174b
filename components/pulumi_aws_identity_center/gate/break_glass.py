"""A plan that is made while break-glass is open: which findings break-glass allows, once somebody acknowledges it.
Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from pulumi_aws_identity_center.domain.break_glass import parse_break_glass
from pulumi_aws_identity_center.domain.resource_types import canonical, child_urn, name_of, type_of
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.matrix.resource_steps import (
    ASSIGNMENTS_TYPE,
    EXCLUSIVE_TYPE,
    MATRIX_TYPE,
    PERMISSION_SET_TYPE,
)
from pulumi_aws_identity_center.names import (
    SENTINEL_PART_TYPES,
    SENTINEL_TYPE,
    SERVICE_ACCESS_TYPE,
    TRUSTED_ACCESS_TYPE,
)

from .change import About, BreakGlass, is_unknown
from .finding import Finding

# What the component does while break-glass is open, and what removing it, or its stack, then does.
ALLOWED: Final = frozenset(
    {
        *("trusted-access-deleted", "trusted-access-unwatched", "trusted-access-replaced"),
        *("protection-lost", "retention-lost", "trusted-access-off", "last-administrator-removed"),
    }
)
# Options of the organization and of the delegated administrator are no part of break-glass.
_OF_PROTECTION: Final = frozenset({"protection-lost", "retention-lost"})
_UNPROTECTED_TYPES: Final = frozenset({SERVICE_ACCESS_TYPE, *SENTINEL_PART_TYPES})


class Parts(NamedTuple):
    """What a component makes, right below it. endings: what follows the component's name in a part's name."""

    types: Collection[str]
    endings: re.Pattern[str]


_OF_SENTINEL = (
    r"topic|email-([0-9a-f]{8}|\d+)|dead-letters(-policy|-alarm)?|(errors|silent)-alarm",
    r"function|retries|logs|ledger|role(-policy)?|(events|schedule)(-permission|-target)?",
)
# A permission set's name has no "/" and no ":".
_OF_MATRIX = r"[^/:]+(/(group|user):.+)?"
_MATRIX_TYPES = frozenset({PERMISSION_SET_TYPE, ASSIGNMENTS_TYPE, EXCLUSIVE_TYPE})
COMPONENTS: Final[Mapping[str, Parts]] = {
    TRUSTED_ACCESS_TYPE: Parts({SERVICE_ACCESS_TYPE}, re.compile("")),
    SENTINEL_TYPE: Parts(SENTINEL_PART_TYPES, re.compile(f"-({'|'.join(_OF_SENTINEL)})")),
    MATRIX_TYPE: Parts(_MATRIX_TYPES, re.compile(f"/{_OF_MATRIX}", re.DOTALL)),
}
"""Components with a `breakGlass` of their own, by type."""


@dataclass(frozen=True)
class OpenBreakGlass:
    """components: the URNs of those whose own argument opens it, for their own parts; none where the stack's
    configuration opens it, for all. expires: ISO 8601."""

    reason: str
    expires: str
    components: tuple[str, ...] = ()

    def allows(self, rule: str, urn: str) -> bool:
        if rule not in ALLOWED:
            return False
        if self.components:
            return any(_is_part(urn, component) for component in self.components)
        return rule not in _OF_PROTECTION or canonical(type_of(urn)) in _UNPROTECTED_TYPES

    def as_json(self, acknowledged: str) -> dict[str, Any]:
        """openedBy: null where the stack's configuration opens it."""
        return {
            "reason": self.reason,
            "expires": self.expires,
            "acknowledged": acknowledged or None,
            "openedBy": list(self.components) or None,
        }


def _is_part(urn: str, component: str) -> bool:
    """Whether the component makes the resource, by both URNs."""
    parts, type_ = COMPONENTS[type_of(component)], type_of(urn)
    name, part = name_of(component), name_of(urn)
    is_right_below = type_ in parts.types and urn == child_urn(component, type_, part)
    return is_right_below and part.startswith(name) and parts.endings.fullmatch(part, len(name)) is not None


def open_break_glasses(about: About | None) -> list[OpenBreakGlass]:
    """Those that the plan was made with, valid and not past: the configuration's first, and of several alike one."""
    components: dict[tuple[str, str], list[str]] = defaultdict(list)
    for glass in about.break_glasses if about else ():
        values = _reason_and_expiry(glass)
        if values is not None:
            components[values].append(glass.component)
    opened = [OpenBreakGlass(*values, _named(urns)) for values, urns in components.items()]
    return sorted(opened, key=lambda glass: bool(glass.components))


def _named(components: list[str]) -> tuple[str, ...]:
    """Empty if the configuration, which has no URN, is among them: it opens it for all."""
    return tuple(components) if all(components) else ()


def _reason_and_expiry(glass: BreakGlass) -> tuple[str, str] | None:
    """None of one that isn't valid, or is past."""
    reason = glass.argument.get("reason")
    shown = "(the reason is a secret)" if is_unknown(reason) else reason
    try:
        valid = parse_break_glass({**glass.argument, "reason": shown})
    except InvalidInput:
        return None
    return (valid.reason, valid.expires.isoformat()) if valid else None


def accept(findings: Iterable[Finding], opened: Sequence[OpenBreakGlass]) -> list[Finding]:
    """The findings, with those that an open break-glass allows only shown."""
    return [_accept(finding, opened) for finding in findings]


def _accept(finding: Finding, opened: Sequence[OpenBreakGlass]) -> Finding:
    """Only shown, if each resource that causes it may, by any of them; else with the first that may not."""
    for urn, op in finding.causes or ((finding.urn, finding.op),):
        if not any(glass.allows(finding.rule, urn) for glass in opened):
            return replace(finding, urn=urn, op=op)
    return replace(finding, advisory=True)
