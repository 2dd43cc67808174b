"""Organization, of the aws package and of aws-native: its list of trusted services, its feature set, and itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.domain.organization_list import FIX, PROPERTY, ignores_features, ignores_list
from pulumi_aws_identity_center.gate.change import UNKNOWN, Action, Change, is_unknown
from pulumi_aws_identity_center.gate.finding import RECOVER, Finding, finding, leaves, lost_options, unknown
from pulumi_aws_identity_center.gate.service_principal import Guarded, consequence
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SSO_SERVICE_PRINCIPAL


@dataclass(frozen=True)
class _TrustedServices:
    """The organization's list as one side of a change tells it; value: None where that side sets none."""

    value: Any

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def items(self) -> list[Any]:
        return self.value if self.is_list else []

    def has(self, principal: str) -> bool:
        return principal in self.items

    def hides(self, principal: str) -> bool:
        """Whether the list, or enough of it, can't be known."""
        is_partly_hidden = is_unknown(self.value) or UNKNOWN in self.items
        return is_partly_hidden and not self.has(principal)


_LOOK = (
    "Run identity-center status with the management account's credentials: it says whether there is an organization."
)


def judge(change: Change, guarded: Guarded) -> Iterator[Finding]:
    if change.is_drift:
        yield from _judge_refresh(change, guarded)
    elif change.is_let_go:
        yield leaves(
            change,
            "organization",
            "The organization would be deleted, or replaced, and every account's sign-in with it.",
            "The organization would leave the stack; it stays, and nothing protects or watches it any more.",
        )
    elif change.action is Action.CREATE:
        yield from _judge_new(change, guarded)
    else:
        if change.action is Action.UPDATE:
            yield from _judge_update(change, guarded)
        yield from lost_options(change)


def _judge_refresh(change: Change, guarded: Guarded) -> Iterator[Finding]:
    if change.after is None:
        yield finding("organization-gone", change, "The refresh no longer finds the organization in AWS.", _LOOK)
        return
    had, has = _TrustedServices(change.old.has(PROPERTY)), _TrustedServices(change.after.has(PROPERTY))
    for principal in guarded:
        if not had.has(principal) or has.has(principal):
            continue
        if has.hides(principal):
            yield _list_unknown(change, principal)
        else:
            detail = f"{principal} is gone from the organization's trusted services in AWS now."
            yield finding("principal-removed", change, detail, RECOVER)


def _judge_new(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """A new organization has no trusted access that it could lose; from then on its list decides."""
    listed = _TrustedServices(change.new.sets(PROPERTY))
    hidden = next(filter(listed.hides, guarded), None)
    if hidden:
        detail = f"This preview can't know {PROPERTY} of the new organization, so it can't tell whether it would "
        yield unknown(change, f"{detail}have {hidden}.", FIX)
    yield from _judge_features(change)


def _judge_update(change: Change, guarded: Guarded) -> Iterator[Finding]:
    has_state_before = change.before is not None or change.imported
    if change.after is None or not has_state_before:
        yield unknown(change, "The preview tells only one side of this update.", FIX)
        return
    if change.type == ORGANIZATION_TYPE and not _leaves_list_alone(change):
        for principal in guarded:
            yield from _judge_lack(change, principal)
    yield from _judge_features(change)


def _leaves_list_alone(change: Change) -> bool:
    """Whether the update is of other properties only, or the engine ignores the program's list.

    Of ignoreChanges only the digest tells; the detailed diff, where there is one, tells the same: it names what the
    provider will change.
    """
    if ignores_list(change.ignores):
        return True
    listed = change.new.sets(PROPERTY)
    if change.imported:
        # Only taken into the state: the update that makes a difference would have come with it.
        is_as_in_aws = change.before is not None and listed == change.before.has(PROPERTY)
        return is_as_in_aws or (listed is None and change.op == "import")
    is_set = listed is not None or change.old.sets(PROPERTY) is not None
    return not is_set and bool(change.paths) and not _changes_list(change)


def _judge_lack(change: Change, principal: str) -> Iterator[Finding]:
    """One finding at most, of a list that may lack a guarded principal."""
    gets = _TrustedServices(change.new.sets(PROPERTY))
    if gets.has(principal):
        return
    had = _TrustedServices(change.old.has(PROPERTY))
    if gets.hides(principal):
        yield _list_unknown(change, principal)
    elif had.has(principal):
        yield _removed(change, principal)
    elif not _tells_old_list(change, had) or had.hides(principal):
        detail = f"The preview doesn't tell the old {PROPERTY}, so it can't tell what the list loses."
        yield unknown(change, detail, FIX)
    elif principal == SSO_SERVICE_PRINCIPAL:
        yield _missing(change, principal, is_set=gets.value is not None)


def _tells_old_list(change: Change, had: _TrustedServices) -> bool:
    return had.is_list or (had.value is None and not _changes_list(change))


def _missing(change: Change, principal: str, *, is_set: bool) -> Finding:
    detail = (
        f"{PROPERTY} is {'set without ' + principal if is_set else 'left out'}, and the state before doesn't have "
        f"{principal} either: if it is on in AWS, an update with a refresh turns it off."
    )
    return finding("principal-missing", change, detail, FIX, certain=False)


def _removed(change: Change, principal: str) -> Finding:
    detail = f"{PROPERTY} would lose {principal}: trusted access would be disabled, and {consequence(principal)}"
    return finding("principal-removed", change, detail, FIX.replace(SSO_SERVICE_PRINCIPAL, principal))


def _list_unknown(change: Change, principal: str) -> Finding:
    detail = f"This preview can't know {PROPERTY}, so it can't tell whether {principal} stays in it."
    return unknown(change, detail, FIX.replace(SSO_SERVICE_PRINCIPAL, principal))


def _is_of_list(path: str) -> bool:
    return path.lstrip('["').startswith(PROPERTY)


def _changes_list(change: Change) -> bool:
    return any(map(_is_of_list, change.paths))


_SET_FEATURES = 'Set featureSet to "ALL".'


def _judge_features(change: Change) -> Iterator[Finding]:
    if change.after is None or ignores_features(change.ignores):
        return
    gets = change.after.sets("featureSet")
    if is_unknown(gets):
        detail = "This preview can't know featureSet, and trusted access needs ALL."
        yield unknown(change, detail, _SET_FEATURES)
    elif change.action is Action.UPDATE and gets not in (None, "ALL"):
        yield from _judge_fewer_features(change)


def _judge_fewer_features(change: Change) -> Iterator[Finding]:
    had = change.old.tells("featureSet") or "ALL"  # the default
    if had == "ALL":
        yield finding("features-lost", change, "The organization would lose all features.", _SET_FEATURES)
    elif is_unknown(had):
        detail = "The preview hides featureSet before, so it can't tell whether all features would be lost."
        yield unknown(change, detail, _SET_FEATURES)


def turns_on(change: Change) -> list[str]:
    """The services that applying it keeps in, or puts into, the organization's list."""
    is_applied = change.action in (Action.CREATE, Action.UPDATE, Action.REPLACE) and not change.is_drift
    is_applied = is_applied and not ignores_list(change.ignores)
    listed = _TrustedServices(change.new.sets(PROPERTY)).items if is_applied else []
    return [principal for principal in listed if isinstance(principal, str)]
