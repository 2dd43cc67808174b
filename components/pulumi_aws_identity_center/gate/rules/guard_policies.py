"""What guards trusted access from IAM's side: policies that deny the lock-out actions, and where they are in force.

A guard is known by what it says, or by its name where only that is told (an ARN, a reference, a boundary).
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_aws_identity_center.domain.iam_carriers import IDENTITIES, Kind, flows
from pulumi_aws_identity_center.gate.finding import RESTORE, Finding, finding, unknown
from pulumi_aws_identity_center.gate.step import DELETES, Step, either, hides, is_unknown, plain
from pulumi_aws_identity_center.iam import (
    EVERY_OTHER_KEY,
    LOCK_OUT_ACTIONS,
    MalformedDocument,
    certainly_denies,
    lock_out_request,
    parse_document,
)
from pulumi_aws_identity_center.names import POLICY_PREFIX

# Policies of a set with another prefix are known by what they say; their boundary also by what it is for.
_NAME = re.compile(rf"{POLICY_PREFIX}guard(-.*)?|.*guard-boundary")
_DENIAL, _POLICY = "the denial of ", "the guard policy "
_ALL = frozenset(_DENIAL + action for action in LOCK_OUT_ACTIONS)
_SERVICES = frozenset(action.partition(":")[0] for action in LOCK_OUT_ACTIONS)
_UNKNOWN = "[unknown]"
_NAMES = ("name", "managedPolicyName", "policyName")
# Somebody whom no guard exempts by name. A guard that exempts everybody (ArnNotLike *) is none.
_ANYBODY = {"aws:PrincipalArn": "arn:aws:iam::000000000000:role/anybody"}
_REQUESTS = {action: lock_out_request(action, _ANYBODY, frozenset({EVERY_OTHER_KEY})) for action in LOCK_OUT_ACTIONS}
_KNOWN_KEYS = frozenset(key.lower() for request in _REQUESTS.values() for key in request.context)


def judge_carrier(step: Step) -> Iterator[Finding]:
    """A policy, an attachment, a boundary or an identity that carries a guard, and won't."""
    if step.op in ("same", "create", "read"):
        return
    old = guards(step.type, step.old)
    if (step.goes or (step.drift and step.new is None)) and step.type not in IDENTITIES:
        lost = sorted(old - {_UNKNOWN})
        if lost:
            yield _lost(step, lost)
        elif old:
            yield unknown(step, "The preview hides what this policy says, so it may be a guard that would go.")
    elif step.new is not None:
        yield from _changed(step, old | (_ALL if _is_guard_policy(step) else frozenset()))


def carries_guard(step: Step) -> bool:
    """Whether it carries one now, or may."""
    return bool(guards(step.type, step.old))


def _changed(step: Step, old: set[str]) -> Iterator[Finding]:
    new = guards(step.type, step.new)
    lost = sorted(old - new - {_UNKNOWN})
    if lost and _UNKNOWN not in new:
        yield _lost(step, lost)
    elif lost or (_UNKNOWN in old and step.op != "refresh"):
        yield unknown(step, f"This preview can't know whether {_words(lost) or 'a guard'} would still be there.")
    else:
        yield from _narrowed(step, old)


def _narrowed(step: Step, guards: set[str]) -> Iterator[Finding]:
    """PolicyAttachment: the one attachment whose change is who it is for."""
    for key in ("roles", "users", "groups") if guards else ():
        had, has = either(step.old, key), either(step.new, key)
        if not isinstance(had, list) or is_unknown(has) or any(is_unknown(each) for each in has or ()):
            continue
        dropped = sorted({str(each) for each in had} - {str(each) for each in has or ()})
        if dropped:
            yield _lost(step, [f"{guard} of {each}" for guard in sorted(guards) for each in dropped])


def _lost(step: Step, lost: list[str]) -> Finding:
    what = _words(lost)
    if step.drift:
        detail = f"{what} is gone in AWS now: what keeps people from turning trusted access off no longer holds."
    elif step.retained and step.op in DELETES:
        detail = f"{what} would leave the stack; it stays (retainOnDelete), and nothing watches it any more."
    else:
        detail = f"{what} would be lost: what keeps people from turning trusted access off would no longer hold."
    return finding("guard-removed", step, detail[0].upper() + detail[1:], RESTORE)


def _words(lost: list[str]) -> str:
    lost = [each for each in lost if each.startswith(_POLICY)] or lost  # its name says it all
    return " and ".join(lost[:4]) + (f" and {len(lost) - 4} more" if len(lost) > 4 else "")


def guards(type_: str, state: Mapping[str, Any] | None) -> set[str]:
    """Every guard that a state carries, in words that stay the same; _UNKNOWN for what can't be told."""
    inputs, outputs = (state or {}).get("inputs") or {}, (state or {}).get("outputs") or {}
    found: set[str] = set()
    # Before an update the outputs tell what AWS has; after it the inputs do, and a preview's outputs are guesses.
    for kind, _, raw in flows(type_, inputs or outputs, None):
        value = plain(raw)
        if is_unknown(value):
            found.add(_UNKNOWN)
        elif kind is Kind.DOCUMENT:
            found |= {_UNKNOWN} if hides(value) else {_DENIAL + action for action in denied(value)}
        elif isinstance(value, str) and _NAME.fullmatch(value.rpartition("/")[2]):
            found.add(f"the {'boundary' if kind is Kind.BOUNDARY else 'guard'} {value.rpartition('/')[2]}")
    if name := guard_name(type_, inputs or outputs):
        found.add(_POLICY + name)
    return found


def guard_name(type_: str, props: Mapping[str, Any]) -> str:
    """A policy's, if it is a guard by that; else ""."""
    if not type_.endswith("Policy"):
        return ""
    return next((name for key in _NAMES if _NAME.fullmatch(name := str(props.get(key) or ""))), "")


def _is_guard_policy(step: Step) -> bool:
    """By its name: whatever it said before, it has to deny everything."""
    state = step.old or {}
    return step.op != "refresh" and bool(guard_name(step.type, state.get("inputs") or state.get("outputs") or {}))


def is_guard_name(name: str) -> bool:
    """Of a managed policy: where only an ARN or a reference is told, that is all there is."""
    return _NAME.fullmatch(name) is not None


def denied(document: Any) -> frozenset[str]:
    """The lock-out actions that a document denies to whomever it doesn't name; none for what is no document."""
    try:
        text = document if isinstance(document, str) else json.dumps(document)
    except (TypeError, ValueError):
        return frozenset()
    return _denied(text) if "Deny" in text else frozenset()


@functools.lru_cache(maxsize=256)  # a preview tells each document two to four times
def _denied(text: str) -> frozenset[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return _evaluated(text)  # IAM's API gives documents URL-encoded; what is none at all, the parser says
    statements = found.get("Statement") if isinstance(found, dict) else None
    rows = statements if isinstance(statements, list) else [statements]
    ours = [row for row in rows if _may_deny(row)]
    # Most policies are about other services, and need no evaluation; of the others only what denies decides.
    return _evaluated({**found, "Statement": ours}) if ours else frozenset()


def _evaluated(source: str | Mapping[str, Any]) -> frozenset[str]:
    try:
        document = parse_document(source)
    except MalformedDocument:
        return frozenset()
    return frozenset(action for action, request in _REQUESTS.items() if certainly_denies(document, request))


def _may_deny(row: Any) -> bool:
    """A first look: the services that a statement's denial names, and that it is for nobody of whom nothing is known.

    What holds under a condition on any other key is never certain (iam/conditions.py), so it guards nothing for sure.
    """
    if not isinstance(row, dict) or row.get("Effect") != "Deny":
        return False
    for keys in (row.get("Condition") or {}).values() if isinstance(row.get("Condition"), dict) else ():
        if isinstance(keys, dict) and any(key.lower() not in _KNOWN_KEYS and _is_value(keys[key]) for key in keys):
            return False
    actions = row.get("Action")
    return any(_is_of_ours(each) for each in (actions if isinstance(actions, list) else [actions]))


def _is_value(given: Any) -> bool:
    """Whether IAM would take it; with anything else the whole document is none."""
    return given is not None and not isinstance(given, dict)


def _is_of_ours(action: Any) -> bool:
    """Whether an action, or a pattern of some, may be one of the services' whose actions lock people out."""
    if not isinstance(action, str):
        return True  # a NotAction
    service = action.partition(":")[0].lower()
    return service in _SERVICES or "*" in service or "?" in service
