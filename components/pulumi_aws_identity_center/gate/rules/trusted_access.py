"""The switch itself: trusted access, the organization and its list, the instance that it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pulumi_aws_identity_center.domain.organization_list import FIX, PROPERTY, ignores_list
from pulumi_aws_identity_center.gate.finding import KEEP_OPTIONS, RESTORE, Finding, finding, gone, unknown
from pulumi_aws_identity_center.gate.step import REPLACES, Step, either, given, is_unknown
from pulumi_aws_identity_center.names import SERVICE_ACCESS_TYPE, SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL

from .service_principal import of_identity_center

_RECOVER = "Run identity-center recover, or pulumi up with the resource in the program."


def service_access(step: Step) -> Iterator[Finding]:
    """AwsServiceAccess: additive, and deleting it disables."""
    yield from of_identity_center(step, _of_identity_center)


def _of_identity_center(step: Step) -> Iterator[Finding]:
    if step.drift:
        if step.new is None:
            yield _off(step)
    elif step.goes:
        yield _access_goes(step)
    elif step.op == "update" and is_unknown(given(step.new, "servicePrincipal")):
        yield unknown(step, "This preview can't know servicePrincipal, so it can't tell whose access this becomes.")
    elif step.op == "update" and given(step.new, "servicePrincipal") not in (None, SSO_SERVICE_PRINCIPAL):
        yield _access_goes(step)
    else:
        yield from lost_options(step)


def _access_goes(step: Step) -> Finding:
    if step.op in ("delete", "discard"):
        return gone(
            step,
            f"Trusted access for {SSO_SERVICE_PRINCIPAL} would be disabled: every person would lose every account.",
            f"Trusted access for {SSO_SERVICE_PRINCIPAL} would leave the stack. It stays on (retainOnDelete, or a "
            "resource that is only read), and nothing watches it any more: the next owner's list can turn it off "
            "unseen.",
            "trusted-access",
        )
    stays = (
        "the old one stays on (retainOnDelete), and nothing watches it any more, unless the new one is the same."
        if step.retained
        else "it would be off, at least in between, and nobody could sign in."
    )
    return finding(
        "trusted-access-replaced",
        step,
        f"Trusted access for {SSO_SERVICE_PRINCIPAL} would be replaced: {stays}",
        "Undo the change of servicePrincipal, or the rename: an alias keeps the resource (opts aliases).",
    )


def _off(step: Step) -> Finding:
    return finding(
        "trusted-access-off",
        step,
        f"Trusted access for {SSO_SERVICE_PRINCIPAL} is off in AWS now, and this plan does not turn it on.",
        _RECOVER,
    )


def organization(step: Step) -> Iterator[Finding]:
    """Organization, of the aws package and of aws-native (which has no list)."""
    if step.drift:
        if step.new is None:
            yield finding(
                "organization-gone", step, "The organization is gone in AWS now, or not to be seen.", _RECOVER
            )
        else:
            yield from _list_change(step, either(step.old, PROPERTY, "outputs"), either(step.new, PROPERTY, "outputs"))
        return
    if step.goes:
        if step.forgets_a_lookup:
            return
        yield gone(
            step,
            "The organization would be deleted, or replaced, and every account's sign-in with it.",
            "The organization would leave the stack; it stays (retainOnDelete), and nothing watches it any more.",
            "organization",
        )
        return
    if step.op == "create":
        yield from _begins(step)
        return
    if step.op == "update" and (step.old is None or step.new is None):
        yield from _one_sided(step)
        return
    if step.op in ("update", "import"):
        if not _list_left_alone(step) and not _only_found(step):
            yield from _list_change(step, _list_before(step), given(step.new, PROPERTY))
        yield from _features(step)
    yield from lost_options(step)


def _begins(step: Step) -> Iterator[Finding]:
    """A new organization has no trusted access that it could lose; from then on its list decides."""
    if _hides_list(given(step.new, PROPERTY)):
        detail = f"This preview can't know {PROPERTY} of the new organization, so it can't tell whether it would have "
        yield unknown(step, f"{detail}{SSO_SERVICE_PRINCIPAL}.", FIX)
    yield from _hidden_features(step)


def _hides_list(listed: Any) -> bool:
    """Whether it, or enough of it, can't be known."""
    if isinstance(listed, list):
        return SSO_SERVICE_PRINCIPAL not in listed and any(is_unknown(item) for item in listed)
    return is_unknown(listed)


def _one_sided(step: Step) -> Iterator[Finding]:
    if _diff_removes(step, either(step.old, PROPERTY, "outputs")):
        yield _removed(step)
    else:
        yield unknown(step, "The preview tells only one side of this update.", FIX)


def _list_before(step: Step) -> Any:
    """What AWS has: an import's own state is what it found."""
    return either(step.old, PROPERTY, "outputs") or (
        ((step.new or {}).get("outputs") or {}).get(PROPERTY) if step.op == "import" else None
    )


def _list_left_alone(step: Step) -> bool:
    """Whether an update of other properties leaves a list that the program doesn't give as it is.

    With ignoreChanges the new inputs lack the list too. Only the digest tells ignoreChanges; the detailed diff, where
    there is one, tells the same: it names what the provider will change.
    """
    if step.op == "import" and given(step.new, PROPERTY) is None:
        return True  # the update that follows in the same preview tells what becomes of it
    if ignores_list((step.new or {}).get("ignoreChanges") or ()):
        return True
    if given(step.old, PROPERTY) is not None or given(step.new, PROPERTY) is not None:
        return False
    return bool(step.changed) and not any(_is_of_list(path) for path in step.changed)


def _only_found(step: Step) -> bool:
    """An import as event lines end it: what was found. An update that follows tells what becomes of the list."""
    return step.op == "import" and step.old is not None and given(step.old, PROPERTY) == given(step.new, PROPERTY)


def _is_of_list(path: str) -> bool:
    return path.lstrip('["').startswith(PROPERTY)


def _list_change(step: Step, old: Any, new: Any) -> Iterator[Finding]:
    had = isinstance(old, list) and SSO_SERVICE_PRINCIPAL in old
    if isinstance(new, list) and SSO_SERVICE_PRINCIPAL in new:
        return
    if _hides_list(new):
        if _diff_removes(step, old):
            yield _removed(step)
            return
        detail = f"This preview can't know {PROPERTY}, so it can't tell whether {SSO_SERVICE_PRINCIPAL} stays in it."
        yield unknown(step, detail, FIX)
    elif not isinstance(old, list) and (old is not None or any(_is_of_list(path) for path in step.changed)):
        yield unknown(step, f"The preview doesn't tell {PROPERTY} before, so it can't be told what it loses.", FIX)
    elif had:
        yield _removed(step)
    elif new is not None and not step.drift:
        detail = (
            f"{PROPERTY} is set without {SSO_SERVICE_PRINCIPAL}, and the state before doesn't have it either: if it is "
            "on in AWS, the next update with a refresh turns it off."
        )
        yield finding("principal-missing", step, detail, FIX, certain=False)


def _removed(step: Step) -> Finding:
    if step.drift:
        detail = f"{SSO_SERVICE_PRINCIPAL} is gone from the organization's trusted services in AWS now."
        return finding("principal-removed", step, detail, _RECOVER)
    detail = f"{PROPERTY} would lose {SSO_SERVICE_PRINCIPAL}: trusted access would be disabled, and every person would "
    return finding("principal-removed", step, detail + "lose every account.", FIX)


def _diff_removes(step: Step, old: Any) -> bool:
    """Whether the detailed diff itself says that the principal goes: for lists whose new value is hidden."""
    for path, kind in step.changed.items():
        if not _is_of_list(path) or not kind.startswith("delete"):
            continue
        index = re.search(r"\[(\d+)\]$", path)
        if index is None:
            return True  # the whole list
        if isinstance(old, list) and int(index[1]) < len(old) and old[int(index[1])] == SSO_SERVICE_PRINCIPAL:
            return True
    return False


def _features(step: Step) -> Iterator[Finding]:
    had, gets = either(step.old, "featureSet") or "ALL", given(step.new, "featureSet")
    if ignores_features((step.new or {}).get("ignoreChanges") or ()):
        return
    yield from _hidden_features(step)
    if is_unknown(gets):
        return
    if had == "ALL" and gets not in (None, "ALL"):  # ALL is the default: an old state may not name it
        yield finding("features-lost", step, "The organization would lose all features.", 'Set featureSet to "ALL".')


def _hidden_features(step: Step) -> Iterator[Finding]:
    if is_unknown(given(step.new, "featureSet")):
        yield unknown(
            step, "This preview can't know featureSet, and trusted access needs ALL.", 'Set featureSet to "ALL".'
        )


def ignores_features(ignore_changes: Any) -> bool:
    """In the spellings that the engine honours: tests/engine/test_policy_ignore_changes.py."""
    return not {"featureSet", '["featureSet"]', "*", "[*]", '["*"]'}.isdisjoint(ignore_changes)


def instance(step: Step) -> Iterator[Finding]:
    """aws-native has the instance as a resource; deleting one can't be undone."""
    if step.goes and not step.drift:
        yield gone(
            step,
            "An Identity Center instance would be deleted, with its users, groups and assignments, for good.",
            "An Identity Center instance would leave the stack; it stays (retainOnDelete), and nothing watches it.",
            "instance",
        )


def service_linked_role(step: Step) -> Iterator[Finding]:
    """AWSServiceRoleForSSO, as itself or as an ordinary role."""
    principal = either(step.old or step.new, "awsServiceName") or either(step.old or step.new, "aWSServiceName")
    names = (either(step.old or step.new, key) for key in ("name", "roleName"))
    is_it = principal == SSO_SERVICE_PRINCIPAL or SERVICE_LINKED_ROLE_NAME in names
    if is_it and not step.drift and (step.goes or step.op == "update"):
        yield finding(
            "service-linked-role-touched",
            step,
            f"{SERVICE_LINKED_ROLE_NAME} would be deleted, replaced or changed, and Identity Center works through it.",
            "It is AWS's: forget it without touching it, with pulumi state delete URN, and leave it out.",
        )


def lost_options(step: Step) -> Iterator[Finding]:
    """protect and retainOnDelete, of a resource that stays."""
    if step.old is None or step.new is None or step.drift or step.op in REPLACES or step.op in ("import", "read"):
        return
    for option, rule in (("protect", "protection-lost"), ("retainOnDelete", "retention-lost")):
        if step.old.get(option) and not step.new.get(option):
            detail = f"{option} would be taken away: the next destroy or removal could disable trusted access."
            yield finding(rule, step, detail, f"Keep {option}. {KEEP_OPTIONS}")


def turns_on(step: Step) -> bool:
    """Whether applying it turns trusted access on, or keeps it in an organization's list."""
    if step.type == SERVICE_ACCESS_TYPE:
        makes = step.op in ("create", "create-replacement")
        return makes and given(step.new, "servicePrincipal") == SSO_SERVICE_PRINCIPAL
    listed = given(step.new, PROPERTY) if step.op in ("create", "update") and not step.drift else None
    return isinstance(listed, list) and SSO_SERVICE_PRINCIPAL in listed


__all__ = [
    "RESTORE",
    "instance",
    "organization",
    "service_access",
    "service_linked_role",
    "turns_on",
]
