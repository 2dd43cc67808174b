"""Organization, of the aws package and of aws-native: its list of trusted services, its feature set, and itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pulumi_aws_identity_center.domain.organization_list import FIX, PROPERTY, ignores_features, ignores_list
from pulumi_aws_identity_center.gate.change import Action, Cause, Change, is_unknown
from pulumi_aws_identity_center.gate.finding import (
    RECOVER,
    Finding,
    becomes_read,
    finding,
    leaves,
    lost_options,
    unknown,
)
from pulumi_aws_identity_center.gate.service_principal import Guarded, consequence
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SSO_SERVICE_PRINCIPAL


def judge(change: Change, guarded: Guarded) -> Iterator[Finding]:
    if change.cause is Cause.REFRESH:
        yield from _judge_refresh(change, guarded)
    elif change.goes or becomes_read(change):
        if not _is_lookup(change):
            yield leaves(
                change,
                "organization",
                "The organization would be deleted, or replaced, and every account's sign-in with it.",
                "The organization would leave the stack; it stays, and nothing protects or watches it any more.",
            )
    elif change.action is Action.CREATE:
        yield from _judge_new(change, guarded)
    elif change.action is Action.UPDATE:
        yield from _judge_update(change, guarded)
        yield from lost_options(change)
    else:
        yield from lost_options(change)


def _is_lookup(change: Change) -> bool:
    """Whether only a lookup leaves (Organization.get): nothing managed it."""
    return change.action is Action.DELETE and change.before is not None and change.before.external


def _judge_refresh(change: Change, guarded: Guarded) -> Iterator[Finding]:
    if change.after is None:
        yield finding("organization-gone", change, "The organization is gone in AWS now, or not to be seen.", RECOVER)
        return
    had = change.before.has(PROPERTY) if change.before else None
    has = change.after.has(PROPERTY)
    for principal in guarded:
        if isinstance(had, list) and principal in had and not _lists(has, principal):
            if _hides(has, principal):
                yield _list_unknown(change, principal)
                continue
            detail = f"{principal} is gone from the organization's trusted services in AWS now."
            yield finding("principal-removed", change, detail, RECOVER)


def _judge_new(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """A new organization has no trusted access that it could lose; from then on its list decides."""
    listed = change.after.sets(PROPERTY) if change.after else None
    for principal in guarded:
        if _hides(listed, principal):
            detail = f"This preview can't know {PROPERTY} of the new organization, so it can't tell whether it would "
            yield unknown(change, f"{detail}have {principal}.", FIX)
            break
    yield from _judge_features(change)


def _judge_update(change: Change, guarded: Guarded) -> Iterator[Finding]:
    if change.after is None or (change.before is None and not change.imported):
        yield from _judge_one_side(change, guarded)
        return
    if change.type == ORGANIZATION_TYPE and not _leaves_list_alone(change):
        yield from _judge_list(change, guarded)
    yield from _judge_features(change)


def _judge_one_side(change: Change, guarded: Guarded) -> Iterator[Finding]:
    had = change.before.has(PROPERTY) if change.before else None
    removed = [principal for principal in guarded if _diff_removes(change, had, principal)]
    if removed:
        yield _removed(change, removed[0])
    else:
        yield unknown(change, "The preview tells only one side of this update.", FIX)


def _leaves_list_alone(change: Change) -> bool:
    """Whether the update is of other properties only, or the engine ignores the program's list.

    Of ignoreChanges only the digest tells; the detailed diff, where there is one, tells the same: it names what the
    provider will change.
    """
    if change.after is None or ignores_list(change.after.ignores):
        return True
    listed = change.after.sets(PROPERTY)
    if change.imported:
        # Only taken into the state: the update that makes a difference would have come with it.
        is_found = change.before is not None and listed == change.before.has(PROPERTY)
        return is_found or (listed is None and change.op == "import")
    if listed is not None or (change.before is not None and change.before.sets(PROPERTY) is not None):
        return False
    return bool(change.paths) and not any(_is_of_list(path) for path in change.paths)


def _judge_list(change: Change, guarded: Guarded) -> Iterator[Finding]:
    had = change.before.has(PROPERTY) if change.before else None
    gets = change.after.sets(PROPERTY) if change.after else None
    is_told = isinstance(had, list) or (had is None and not any(_is_of_list(path) for path in change.paths))
    for principal in guarded:
        if _lists(gets, principal):
            continue
        if _diff_removes(change, had, principal) or (_lists(had, principal) and not _hides(gets, principal)):
            yield _removed(change, principal)
        elif _hides(gets, principal):
            yield _list_unknown(change, principal)
        elif not is_told or _hides(had, principal):
            yield unknown(change, f"The preview doesn't tell {PROPERTY} before, so nor what it loses.", FIX)
        elif principal == SSO_SERVICE_PRINCIPAL:
            yield _missing(change, principal, is_set=gets is not None)


def _missing(change: Change, principal: str, *, is_set: bool) -> Finding:
    detail = (
        f"{PROPERTY} is {'set without ' + principal if is_set else 'left out'}, and the state before doesn't have "
        f"{principal} either: if it is on in AWS, an update with a refresh turns it off."
    )
    return finding("principal-missing", change, detail, FIX, certain=False)


def _removed(change: Change, principal: str) -> Finding:
    detail = f"{PROPERTY} would lose {principal}: trusted access would be disabled, and {consequence(principal)}"
    return finding("principal-removed", change, detail, FIX)


def _list_unknown(change: Change, principal: str) -> Finding:
    detail = f"This preview can't know {PROPERTY}, so it can't tell whether {principal} stays in it."
    return unknown(change, detail, FIX)


def _lists(listed: Any, principal: str) -> bool:
    return isinstance(listed, list) and principal in listed


def _hides(listed: Any, principal: str) -> bool:
    """Whether the list, or enough of it, can't be known."""
    if isinstance(listed, list):
        return principal not in listed and any(is_unknown(item) for item in listed)
    return is_unknown(listed)


def _is_of_list(path: str) -> bool:
    return path.lstrip('["').startswith(PROPERTY)


def _diff_removes(change: Change, had: Any, principal: str) -> bool:
    """Whether the detailed diff itself says that the principal goes: for lists whose new value is hidden."""
    for path, kind in change.paths.items():
        if not _is_of_list(path) or not kind.startswith("delete"):
            continue
        index = re.search(r"\[(\d+)\]$", path)
        if index is None:
            return _lists(had, principal) or not isinstance(had, list)  # the whole list
        if isinstance(had, list) and int(index[1]) < len(had) and had[int(index[1])] == principal:
            return True
    return False


def _judge_features(change: Change) -> Iterator[Finding]:
    if change.after is None or ignores_features(change.after.ignores):
        return
    had = (change.before.tells("featureSet") if change.before else None) or "ALL"  # the default
    gets = change.after.sets("featureSet")
    if is_unknown(gets):
        detail = "This preview can't know featureSet, and trusted access needs ALL."
        yield unknown(change, detail, 'Set featureSet to "ALL".')
    elif change.action is Action.UPDATE and had == "ALL" and gets not in (None, "ALL"):
        detail = "The organization would lose all features."
        yield finding("features-lost", change, detail, 'Set featureSet to "ALL".')


def turns_on(change: Change) -> list[str]:
    """The services that applying it keeps in, or puts into, the organization's list."""
    applies = change.cause is Cause.PLAN and change.action in (Action.CREATE, Action.UPDATE, Action.REPLACE)
    listed = change.after.sets(PROPERTY) if applies and change.after else None
    return [principal for principal in listed if isinstance(principal, str)] if isinstance(listed, list) else []
