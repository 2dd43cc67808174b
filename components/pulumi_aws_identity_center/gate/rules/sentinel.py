"""The Sentinel's parts: what turns trusted access on again, and what tells when it can't.

A part is known by its parent's type in Pulumi's URN. Losing one is unsafe as losing a guard is, retained or not: what
leaves the stack nobody repairs or updates any more. Why a part doesn't work is `sentinel_parts.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pulumi_aws_identity_center.domain.resource_types import types_of
from pulumi_aws_identity_center.gate.change import Action, Change
from pulumi_aws_identity_center.gate.finding import RESTORE, Finding, finding, lost_options
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.names import SENTINEL_TYPE

from .sentinel_parts import failings

_PARENT: Final = f"{SENTINEL_TYPE}$"


def is_part(address: str) -> bool:
    """Whether a Sentinel stands among the parents in the URN. The text may stand in a resource's name, too."""
    return _PARENT in address and address.count("::") > 2 and SENTINEL_TYPE in types_of(address)[:-1]


def judge(change: Change, guarded: Guarded) -> Iterator[Finding]:
    kind = change.type.rpartition(":")[2]
    if change.is_drift:
        if change.after is None:
            detail = f"The sentinel's {kind} is gone in AWS: it may no longer turn trusted access on again."
            remedy = "Run `pulumi up --refresh` with the Sentinel in the program."
            yield finding("sentinel-gone", change, detail, remedy)
    elif change.action is Action.DELETE or change.becomes_read:
        what = "leave the stack, and nothing would watch it" if change.retained else "be deleted"
        detail = f"The sentinel's {kind} would {what}: nothing may turn trusted access on again by itself."
        yield finding("sentinel-removed", change, detail, RESTORE)
    else:
        yield from lost_options(change)
        yield from _weakened(change)


def _weakened(change: Change) -> Iterator[Finding]:
    before, after = change.before, change.after
    if before is None or after is None:
        return
    remedy = "Leave it as it is, or (on purpose) open break-glass, which ends by itself: README."
    had = failings(change.type, before)
    for reason in failings(change.type, after):
        if reason not in had:
            yield finding("sentinel-weakened", change, f"The sentinel would no longer work: {reason}.", remedy)
