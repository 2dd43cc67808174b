"""A finding of the gate's, and the sentences that several judges share."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from .step import Step

RESTORE = "Put it back into the program, protected, or (to disable on purpose) use break-glass: README, Break-glass."
KEEP_OPTIONS = (
    "In Python: opts=pulumi.ResourceOptions(protect=True, retain_on_delete=True). "
    "In YAML: options: protect: true, retainOnDelete: true."
)


@dataclass(frozen=True)
class Finding:
    """rule: what kind of finding it is; urn and op: the step; remedy: what to do. certain: or in doubt."""

    rule: str
    urn: str
    op: str
    detail: str
    remedy: str
    certain: bool = True

    def as_json(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if name != "certain"}


def finding(rule: str, step: Step, detail: str, remedy: str, *, certain: bool = True) -> Finding:
    return Finding(rule, step.urn, step.op, detail, remedy, certain)


def unknown(step: Step, detail: str, remedy: str = "Run the preview again once it can be known.") -> Finding:
    """A value that decides, and that the preview doesn't tell."""
    return finding("value-unknown", step, detail, remedy, certain=False)


def gone(step: Step, deleted: str, kept: str, rule: str) -> Finding:
    """A resource that leaves the stack: AWS's too, or only the stack's knowledge of it."""
    if step.retained:
        return finding(f"{rule}-unwatched", step, kept, RESTORE)
    return finding(f"{rule}-deleted", step, deleted, RESTORE)
