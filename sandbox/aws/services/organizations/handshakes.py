"""Handshakes: the way from consolidated billing to all features.

Sources: API_Handshake.html (states), API_ListHandshakesForAccount.html (kept for 30 days after their end),
orgs_manage_org_support-all-features.html (90 days; only invited accounts approve; then the management account
completes). Invitations are not here (501): a seed says which accounts were invited.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles
from sandbox.aws.core.world import World

from .access import constraint, invalid, organization, page
from .passing import happens
from .store import Handshake, Organization

_FEATURES_DAYS, _KEPT_DAYS = 90, 30
_MOST_TO_MIGRATE = 5_000
_DAY = 86_400.0
_OPEN = ("REQUESTED", "OPEN")


@happens("h")
def expires(_: World, found: Organization, handshake_id: str, moment: float) -> None:
    """Or, if it has come to its end already, is forgotten."""
    handshake = found.handshakes[handshake_id]
    if handshake.state in _OPEN:
        _end(found, handshake, "EXPIRED", moment)
    else:
        found.remove_handshake(handshake_id)


def _end(found: Organization, handshake: Handshake, state: str, moment: float) -> None:
    handshake.state = state
    found.due[handshake.id] = moment + _KEPT_DAYS * _DAY


def _new(
    world: World, found: Organization, action: str, to: dict[str, str] | None = None, parent: str | None = None
) -> Handshake:
    parties = [{"Id": found.id, "Type": "ORGANIZATION"}, *([to] if to is not None else [])]
    now = world.now()
    handshake = Handshake(f"h-{world.new_id(32)}", action, parties, now, now + _FEATURES_DAYS * _DAY, parent=parent)
    found.add_handshake(handshake)
    found.due[handshake.id] = handshake.expires
    return handshake


def _describe(found: Organization, handshake: Handshake) -> dict[str, Any]:
    management = found.accounts[found.management]
    organization_resource = {
        "Type": "ORGANIZATION",
        "Value": found.id,
        "Resources": [
            {"Type": "MASTER_EMAIL", "Value": management.email},
            {"Type": "MASTER_NAME", "Value": management.name},
            {"Type": "ORGANIZATION_FEATURE_SET", "Value": found.feature_set},
        ],
    }
    resources = [organization_resource]
    resources += [{"Type": each["Type"], "Value": each["Id"]} for each in handshake.parties[1:]]
    resources += [{"Type": "PARENT_HANDSHAKE", "Value": handshake.parent}] if handshake.parent else []
    return {
        "Id": handshake.id,
        "Arn": found.arn("handshake", handshake.action.lower(), handshake.id),
        "Parties": handshake.parties,
        "State": handshake.state,
        "RequestedTimestamp": handshake.requested,
        "ExpirationTimestamp": handshake.expires,
        "Action": handshake.action,
        "Resources": resources,
    }


def _violated(message: str, reason: str) -> AwsError:
    return AwsError("HandshakeConstraintViolationException", message, Reason=reason)


def _is_migrating(found: Organization) -> bool:
    return any(
        handshake.action == "ENABLE_ALL_FEATURES" and handshake.state in _OPEN
        for handshake in found.handshakes.values()
    )


@handles("organizations", "EnableAllFeatures")
def enable_all_features(context: Context) -> dict[str, Any]:
    world, found = context.world, organization(context.world)
    if found.feature_set == "ALL":
        raise _violated("All features are enabled already.", "ORGANIZATION_ALREADY_HAS_ALL_FEATURES")
    if _is_migrating(found):
        raise _violated(
            "The change to all features is in progress.", "ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION"
        )
    if len(found.accounts) > _MOST_TO_MIGRATE:
        raise constraint(
            f"The organization has more than {_MOST_TO_MIGRATE} accounts: use the assisted migration.",
            "ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED",
        )
    parent = _new(world, found, "ENABLE_ALL_FEATURES")
    for each in found.accounts.values():
        if each.method == "INVITED" and each.id != found.management:
            _new(world, found, "APPROVE_ALL_FEATURES", {"Id": each.id, "Type": "ACCOUNT"}, parent=parent.id)
    _open_when_approved(found, parent)
    return {"Handshake": _describe(found, parent)}


def _open_when_approved(found: Organization, parent: Handshake) -> None:
    if all(each.state == "ACCEPTED" for each in found.handshakes.values() if each.parent == parent.id):
        parent.state = "OPEN"


def _seen(context: Context) -> tuple[Organization, Handshake]:
    """The handshake that the caller names and takes part in. Raises HandshakeNotFoundException."""
    found = context.world.organization
    handshake = found.handshakes.get(context.parameter("HandshakeId")) if found is not None else None
    if found is None or handshake is None or not _takes_part(context, found, handshake):
        raise AwsError("HandshakeNotFoundException", "We can't find a handshake with the HandshakeId.")
    return found, handshake


def _takes_part(context: Context, found: Organization, handshake: Handshake) -> bool:
    return context.account in (found.management, _receiver(found, handshake))


def _require_open(handshake: Handshake) -> None:
    if handshake.state == "ACCEPTED":
        raise AwsError("HandshakeAlreadyInStateException", "The handshake is ACCEPTED already.")
    if handshake.state not in _OPEN:
        text = f"A handshake that is {handshake.state} can't become ACCEPTED."
        raise AwsError("InvalidHandshakeTransitionException", text)


def _only_for(context: Context, account_id: str) -> None:
    if context.account != account_id:
        raise AwsError("AccessDeniedException", "You don't have permissions to access this resource.")


def _receiver(found: Organization, handshake: Handshake) -> str:
    return handshake.parties[1]["Id"] if len(handshake.parties) > 1 else found.management


@handles("organizations", "AcceptHandshake")
def accept_handshake(context: Context) -> dict[str, Any]:
    world = context.world
    found, handshake = _seen(context)
    _only_for(context, _receiver(found, handshake))
    _require_open(handshake)
    if handshake.action == "ENABLE_ALL_FEATURES":
        if handshake.state != "OPEN":
            raise AwsError("InvalidHandshakeTransitionException", "Not every invited account has approved yet.")
        found.feature_set = "ALL"
    _end(found, handshake, "ACCEPTED", world.now())
    if handshake.parent in found.handshakes:
        _open_when_approved(found, found.handshakes[handshake.parent])
    return {"Handshake": _describe(found, handshake)}


@handles("organizations", "DescribeHandshake")
def describe_handshake(context: Context) -> dict[str, Any]:
    return {"Handshake": _describe(*_seen(context))}


@handles("organizations", "ListHandshakesForOrganization")
def list_for_organization(context: Context) -> dict[str, Any]:
    return _listed(context, lambda _found, _each: True)


@handles("organizations", "ListHandshakesForAccount")
def list_for_account(context: Context) -> dict[str, Any]:
    return _listed(context, lambda found, each: _receiver(found, each) == context.account)


def _listed(context: Context, is_meant: Callable[[Organization, Handshake], bool]) -> dict[str, Any]:
    chosen, found = context.parameter("Filter") or {}, context.world.organization
    if len(chosen) > 1:
        raise invalid("You can specify only one filter parameter.", "MAX_LIMIT_EXCEEDED_FILTER")
    if found is None:
        return {"Handshakes": []}

    def only(each: Handshake) -> bool:
        return (
            chosen.get("ActionType", each.action) == each.action
            and chosen.get("ParentHandshakeId", each.parent) == each.parent
            and is_meant(found, each)
        )

    return page(context, "Handshakes", found.handshakes_in_order, lambda each: _describe(found, each), only=only)
