"""AwsServiceAccess: trusted access for one service. Deleting it turns the service's access off."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws_identity_center.domain.resource_types import canonical, type_of
from pulumi_aws_identity_center.gate.change import Action, Change, is_unknown, known_text
from pulumi_aws_identity_center.gate.finding import RECOVER, Finding, finding, leaves, lost_options, unknown
from pulumi_aws_identity_center.gate.service_principal import Guarded, consequence, judge_principal
from pulumi_aws_identity_center.names import SERVICE_ACCESS_TYPE

_PRINCIPAL = "servicePrincipal"


def judge(change: Change, guarded: Guarded) -> Iterator[Finding]:
    yield from judge_principal(change, guarded, _judge)


def _judge(change: Change, principal: str) -> Iterator[Finding]:
    becomes = change.new.sets(_PRINCIPAL)
    if change.is_drift:
        if change.after is None:
            detail = f"Trusted access for {principal} is off in AWS now, and this plan does not turn it on."
            yield finding("trusted-access-off", change, detail, RECOVER)
    elif change.action is Action.REPLACE:
        yield _replaced(change, principal)
    elif change.is_let_go:
        yield leaves(
            change,
            "trusted-access",
            f"Trusted access for {principal} would be disabled: {consequence(principal)}",
            f"Trusted access for {principal} would leave the stack. It stays on (retainOnDelete, or only read), and "
            "nothing protects or watches it any more: the next owner's list can turn it off unseen.",
        )
    elif change.action is Action.UPDATE and is_unknown(becomes):
        yield unknown(change, f"This preview can't know {_PRINCIPAL}: the access may become another service's.")
    elif change.action is Action.UPDATE and becomes not in (None, principal):
        yield _replaced(change, principal)
    else:
        yield from lost_options(change)


def _replaced(change: Change, principal: str) -> Finding:
    stays = (
        "the old one stays on (retainOnDelete), and nothing watches it any more, unless the new one is the same."
        if change.retained
        else f"it would be off, at least in between: {consequence(principal)}"
    )
    remedy = "Undo the change of servicePrincipal, or the rename: an alias keeps the resource (opts aliases)."
    type_ = canonical(type_of(change.address))
    if type_ not in ("", change.type):
        remedy = f"{type_} takes it over by an alias, and the engine then replaces it: remove that alias."
    return finding(
        "trusted-access-replaced", change, f"Trusted access for {principal} would be replaced: {stays}", remedy
    )


def unretained(change: Change, guarded: Guarded) -> list[str]:
    """A sentence about one that the state holds without `retainOnDelete`: protect alone can be bypassed."""
    is_guarded_access = change.type == SERVICE_ACCESS_TYPE and change.new.tells(_PRINCIPAL) in guarded
    stays = change.action in (Action.SAME, Action.UPDATE)
    if not is_guarded_access or not stays or change.new.retain is not False:
        return []
    name = change.address.rpartition("::")[2]
    return [
        f"{name} is in the state without retainOnDelete: a destroy with --ignore-protect, or an unprotect, would turn "
        "trusted access off. TrustedAccess sets it; or give the resource retainOnDelete yourself."
    ]


def turns_on(change: Change) -> str:
    """The service for which applying it turns trusted access on; "" if none."""
    creates = change.action in (Action.CREATE, Action.REPLACE) and not change.is_drift
    return known_text(change.new.sets(_PRINCIPAL)) if creates else ""
