"""Would applying these steps take trusted access away? Pure; memory is what the findings take.

Unsafe: trusted access, the organization, or what guards them, would be deleted, replaced, let go or unprotected; or a
service principal list loses `sso.amazonaws.com`. Undetermined: a value that the preview can't know, or a preview that
failed. A finding of the first kind decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..constants import (
    DELEGATED_ADMINISTRATOR_TYPE,
    LOCK_OUT_ACTIONS,
    ORGANIZATION_TYPE,
    POLICY_PREFIX,
    SERVICE_ACCESS_TYPE,
    SSO_SERVICE_PRINCIPAL,
)
from ..organization_list import FIX, PROPERTY, ignores_list
from .reader import Failure, Step

Verdict = Literal["safe", "unsafe", "undetermined"]

# The engine's operations (sdk/go/common/apitype/history.go), by what becomes of the resource.
_DELETES = frozenset({"delete", "discard"})
_REPLACES = frozenset(
    {"replace", "create-replacement", "delete-replaced", "discard-replaced", "import-replacement", "read-replacement"}
)
# What leaves a resource as it is in AWS. remove-pending-replace only tidies the state.
_KEEPS = frozenset({"same", "create", "update", "refresh", "read", "import", "diff", "remove-pending-replace"})
_UNKNOWN = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        "[unknown]",
    }
)
_POLICY_TYPE = "aws:iam/policy:Policy"
_ROLE_TYPE = "aws:iam/role:Role"
_SECRET_KEY = "4dabf18193072939515e22adb298388d"
_RESTORE = "Put it back into the program, protected, or (to disable on purpose) use break-glass: README, Break-glass."


_KNOWN = _KEEPS | _DELETES | _REPLACES


@dataclass(frozen=True)
class Finding:
    """rule: what kind of finding it is; urn and op: the step; remedy: what to do."""

    rule: str
    urn: str
    op: str
    detail: str
    remedy: str
    certain: bool = True

    def as_json(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if name != "certain"}


def judge(entries: Iterable[Step | Failure]) -> tuple[Verdict, list[Finding]]:
    """The verdict, and every finding once, in order."""
    found: dict[tuple[str, str], Finding] = {}
    for entry in entries:
        if isinstance(entry, Failure):
            new: Iterable[Finding] = _of_failure(entry)
        elif entry.op == "create":
            # A refresh found it gone, and this very plan makes it again: that is the repair.
            found.pop(("trusted-access-off", entry.urn), None)
            continue
        elif entry.type in _JUDGES:
            new = _JUDGES[entry.type](entry) if entry.op in _KNOWN else [_unknown_operation(entry)]
        else:
            continue
        for finding in new:
            found.setdefault((finding.rule, finding.urn), finding)
    findings = list(found.values())
    if any(finding.certain for finding in findings):
        return "unsafe", findings
    return ("undetermined" if findings else "safe"), findings


def unreadable(detail: str) -> Finding:
    """The finding for an input that is no preview."""
    return Finding("unreadable-input", "", "", detail, "Give it one whole preview's JSON.", certain=False)


def _of_failure(failure: Failure) -> Iterator[Finding]:
    if failure.policy and failure.mandatory:
        remedy = "Do what the policy's message says."
        yield Finding(f"policy:{failure.policy}", failure.urn, "policy", failure.message, remedy)
    elif failure.policy:
        if "can't be known during preview" in failure.message:
            remedy = "Write the value out, or make what it depends on first."
            yield Finding(f"policy:{failure.policy}", failure.urn, "policy", failure.message, remedy, certain=False)
    else:
        yield Finding(
            "preview-failed",
            failure.urn,
            "",
            f"The preview failed, so it does not show all that would happen: {failure.message}",
            "Mend what it names and run the preview again.",
            certain=False,
        )


def _service_access(step: Step) -> Iterator[Finding]:
    principal = _value(step.old or step.new, "servicePrincipal")
    if not isinstance(principal, str):
        if step.op in (*_DELETES, *_REPLACES):
            detail = "The preview does not tell whose trusted access this is, so it may be Identity Center's."
            yield _finding("value-unknown", step, detail, "Run the preview again; give it whole.", certain=False)
        return
    if principal != SSO_SERVICE_PRINCIPAL and not _is_unknown(principal):
        return
    if step.op in _DELETES:
        yield _deleted_access(step)
    elif step.op in _REPLACES:
        yield _finding(
            "trusted-access-replaced",
            step,
            f"Trusted access for {SSO_SERVICE_PRINCIPAL} would be replaced: it would be off at least in between, and "
            "nobody could sign in.",
            "Undo the change of servicePrincipal, or the rename: an alias keeps the resource (opts aliases).",
        )
    elif step.op == "refresh" and step.new is None:
        yield _off(step)
    else:
        yield from _lost_options(step)


def _deleted_access(step: Step) -> Finding:
    if (step.old or {}).get("retainOnDelete"):
        return _finding(
            "trusted-access-unwatched",
            step,
            f"Trusted access for {SSO_SERVICE_PRINCIPAL} would leave the stack. It stays on (retainOnDelete), and "
            "nothing watches it any more: the next owner's list can turn it off unseen.",
            _RESTORE,
        )
    return _finding(
        "trusted-access-deleted",
        step,
        f"Trusted access for {SSO_SERVICE_PRINCIPAL} would be disabled: every person would lose every account.",
        _RESTORE,
    )


def _off(step: Step) -> Finding:
    return _finding(
        "trusted-access-off",
        step,
        f"Trusted access for {SSO_SERVICE_PRINCIPAL} is off in AWS now, and this plan does not turn it on.",
        "Run identity-center recover, or pulumi up with the resource in the program.",
    )


def _organization(step: Step) -> Iterator[Finding]:
    if step.op in (*_DELETES, *_REPLACES):
        kept = bool((step.old or {}).get("retainOnDelete")) and step.op in _DELETES
        yield _finding(
            "organization-unwatched" if kept else "organization-deleted",
            step,
            "The organization would leave the stack; it stays (retainOnDelete), and nothing watches it any more."
            if kept
            else "The organization would be deleted, or replaced, and every account's sign-in with it.",
            _RESTORE,
        )
        return
    if step.op == "refresh":
        yield from _list_change(step, _value(step.old, PROPERTY), _value(step.new, PROPERTY, "outputs"))
        return
    if step.op == "update":
        if step.old is None or step.new is None:
            yield _finding("value-unknown", step, "The preview tells only one side of this update.", FIX, certain=False)
            return
        if not _list_left_alone(step):
            yield from _list_change(step, _value(step.old, PROPERTY, "outputs"), _input(step.new, PROPERTY))
        had, gets = _value(step.old, "featureSet") or "ALL", _input(step.new, "featureSet")
        if _is_unknown(gets):
            detail = "This preview can't know featureSet, and trusted access needs ALL."
            yield _finding("value-unknown", step, detail, 'Set featureSet to "ALL".', certain=False)
        if had == "ALL" and gets == "CONSOLIDATED_BILLING":  # ALL is the default: an old state may not name it
            yield _finding(
                "features-lost", step, "The organization would lose all features.", 'Set featureSet to "ALL".'
            )
    yield from _lost_options(step)


def _list_left_alone(step: Step) -> bool:
    """Whether an update of other properties leaves a list that the program doesn't give as it is.

    With ignoreChanges the new inputs lack the list too. Only the digest tells ignoreChanges; the detailed diff, where
    there is one, tells the same: it names what the provider will change.
    """
    if _input(step.old, PROPERTY) is not None or _input(step.new, PROPERTY) is not None:
        return False
    ignored = (step.new or {}).get("ignoreChanges") or ()
    return ignores_list(ignored) or bool(step.changed and not any(path.startswith(PROPERTY) for path in step.changed))


def _list_change(step: Step, old: Any, new: Any) -> Iterator[Finding]:
    had = isinstance(old, list) and SSO_SERVICE_PRINCIPAL in old
    if isinstance(new, list) and SSO_SERVICE_PRINCIPAL in new:
        return
    if _is_unknown(new) or (isinstance(new, list) and any(_is_unknown(item) for item in new)):
        detail = f"This preview can't know {PROPERTY}, so it can't tell whether {SSO_SERVICE_PRINCIPAL} stays in it."
        yield _finding("value-unknown", step, detail, FIX, certain=False)
    elif old is not None and not isinstance(old, list):
        detail = f"The preview's {PROPERTY} before the update is no list, so it can't be told what it loses."
        yield _finding("value-unknown", step, detail, FIX, certain=False)
    elif had:
        yield _finding(
            "principal-removed",
            step,
            f"{PROPERTY} would lose {SSO_SERVICE_PRINCIPAL}: trusted access would be disabled, and every person would "
            "lose every account."
            if step.op != "refresh"
            else f"{SSO_SERVICE_PRINCIPAL} is gone from the organization's trusted services in AWS now.",
            FIX if step.op != "refresh" else "Run identity-center recover.",
        )


def _guard_policy(step: Step) -> Iterator[Finding]:
    name = str(_value(step.old, "name") or "")
    if not name.startswith(f"{POLICY_PREFIX}guard"):
        return
    if step.op in (*_DELETES, *_REPLACES):
        yield _finding("guard-removed", step, f"The guard policy {name} would be deleted or replaced.", _RESTORE)
    elif step.op == "update":
        text = _input(step.new, "policy")
        if _is_unknown(text):
            detail = f"This preview can't know what the guard policy {name} would say."
            yield _finding("value-unknown", step, detail, "Run it again once it can.", certain=False)
        elif missing := sorted(set(LOCK_OUT_ACTIONS) - _denied(text)):
            detail = f"The guard policy {name} would no longer deny {', '.join(missing)}."
            yield _finding("guard-removed", step, detail, _RESTORE)


def _denied(text: Any) -> set[str]:
    """The lock-out actions that a guard's document denies by name; none for what is no document."""
    try:
        statements = json.loads(text)["Statement"]
        denials = [row for row in statements if row["Effect"] == "Deny"]
        return {action for row in denials for action in LOCK_OUT_ACTIONS if action in row["Action"]}
    except (KeyError, TypeError, ValueError):
        return set()


def _role(step: Step) -> Iterator[Finding]:
    """A role that loses the guard as its permissions boundary."""
    before, after = _value(step.old, "permissionsBoundary"), _input(step.new, "permissionsBoundary")
    guard = f":policy/{POLICY_PREFIX}guard-boundary"
    if step.op == "update" and str(before).endswith(guard) and not str(after).endswith(guard):
        detail = "The role would lose the guard, its permissions boundary."
        yield _finding("guard-removed", step, detail, _RESTORE, certain=not _is_unknown(after))


def _delegated_administrator(step: Step) -> Iterator[Finding]:
    principal = _value(step.old or step.new, "servicePrincipal")
    if step.op in (*_DELETES, *_REPLACES) and (principal == SSO_SERVICE_PRINCIPAL or _is_unknown(principal)):
        yield _finding(
            "administrator-removed",
            step,
            f"Account {_value(step.old, 'accountId')} would stop being the delegated administrator for "
            f"{SSO_SERVICE_PRINCIPAL}: who administers sign-in from there could no longer do so.",
            "Keep the resource as it is; to hand over on purpose, apply this with the new administrator's owners told.",
        )


def _unknown_operation(step: Step) -> Finding:
    detail = f"The engine calls what it would do here {step.op!r}, which this gate doesn't know."
    return _finding("operation-unknown", step, detail, "Use a newer release of this package.", certain=False)


def _lost_options(step: Step) -> Iterator[Finding]:
    if step.old is None or step.new is None:
        return
    for option, rule in (("protect", "protection-lost"), ("retainOnDelete", "retention-lost")):
        if step.old.get(option) and not step.new.get(option):
            yield _finding(
                rule,
                step,
                f"{option} would be taken away: the next destroy or removal could disable trusted access.",
                f"Keep {option}. In Python: opts=pulumi.ResourceOptions(protect=True, retain_on_delete=True).",
            )


def _finding(rule: str, step: Step, detail: str, remedy: str, *, certain: bool = True) -> Finding:
    return Finding(rule, step.urn, step.op, detail, remedy, certain)


def _value(state: Mapping[str, Any] | None, name: str, first: str = "inputs") -> Any:
    """A property of a state: from one side of it, or else from the other."""
    order = ("inputs", "outputs") if first == "inputs" else ("outputs", "inputs")
    for side in order:
        value = ((state or {}).get(side) or {}).get(name)
        if value is not None:
            return _plain(value)
    return None


def _input(state: Mapping[str, Any] | None, name: str) -> Any:
    return _plain(((state or {}).get("inputs") or {}).get(name))


def _plain(value: Any) -> Any:
    """A secret in a preview's JSON is an object with the engine's signature; its value is not told."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict) and _SECRET_KEY in value:
        return "[unknown]"
    return "[unknown]" if value == "[secret]" else value


def _is_unknown(value: Any) -> bool:
    return isinstance(value, str) and value in _UNKNOWN


_JUDGES = {
    SERVICE_ACCESS_TYPE: _service_access,
    ORGANIZATION_TYPE: _organization,
    DELEGATED_ADMINISTRATOR_TYPE: _delegated_administrator,
    _POLICY_TYPE: _guard_policy,
    _ROLE_TYPE: _role,
}
