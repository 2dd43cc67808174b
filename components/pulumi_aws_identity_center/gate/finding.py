"""A finding of the gate's, and the sentences that several rules share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .change import Change

RESTORE: Final = "Put it back into the program, protected. To remove it on purpose, use break-glass (README)."
KEEP_OPTIONS: Final = (
    "In Python: opts=pulumi.ResourceOptions(protect=True, retain_on_delete=True). "
    "In YAML: options: protect: true, retainOnDelete: true."
)
FORGET_PENDING: Final = (
    'An update that failed left it in the state with "delete": true. Take it out of the state, which changes nothing '
    "in AWS: docs/components.md#after-a-failed-update."
)
RECOVER: Final = "Run identity-center recover, or `pulumi up --refresh` with the resource in the program."


@dataclass(frozen=True)
class Finding:
    """rule: what kind of finding it is; urn and op: the resource and what the tool calls the change; remedy: what to
    do. certain: it makes the verdict unsafe; otherwise undetermined. advisory: it is only shown. causes: urn and
    op of all that cause it together; none where it is one."""

    rule: str
    urn: str
    op: str
    detail: str
    remedy: str
    certain: bool = True
    advisory: bool = False
    causes: tuple[tuple[str, str], ...] = ()

    @property
    def operation(self) -> str:
        """What the tool would do to the resource; "" for a policy's finding, which its rule names."""
        return "" if self.op == "policy" else self.op

    def as_json(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("rule", "urn", "op", "detail", "remedy")}


def finding(rule: str, change: Change, detail: str, remedy: str, *, certain: bool = True) -> Finding:
    return Finding(rule, change.address, change.op, detail, FORGET_PENDING if change.pending else remedy, certain)


def unknown(change: Change, detail: str, remedy: str = "Run the preview again once it can be known.") -> Finding:
    """A value that decides, and that the plan doesn't tell."""
    return finding("value-unknown", change, detail, remedy, certain=False)


def leaves(change: Change, rule: str, deleted: str, unwatched: str) -> Finding:
    """A resource that leaves the state: AWS deletes it, or only nothing manages it any more."""
    if change.stays_in_aws:
        return finding(f"{rule}-unwatched", change, unwatched, RESTORE)
    return finding(f"{rule}-deleted", change, deleted, RESTORE)


def lost_options(change: Change) -> Iterator[Finding]:
    """protect and retainOnDelete, of a resource that stays."""
    if change.after is None or not change.stays_managed:
        return
    if change.old.protect and not change.after.protect:
        yield _lost("protect", "protection-lost", change)
    if change.old.retain and not change.after.retain:
        yield _lost("retainOnDelete", "retention-lost", change)


def _lost(option: str, rule: str, change: Change) -> Finding:
    detail = f"{option} would be taken away: the next destroy or removal could disable trusted access."
    return finding(rule, change, detail, f"Keep {option}. {KEEP_OPTIONS}")
