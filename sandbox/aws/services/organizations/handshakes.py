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

from .access import constraint, invalid, organization_of, page
from .due_changes import when_due
from .store import Handshake, Organization

_FEATURES_DAYS, _KEPT_DAYS = 90, 30
_MOST_TO_MIGRATE = 5_000
_DAY = 86_400.0
_OPEN = ("REQUESTED", "OPEN")


@when_due("h")
def expire(_: World, organization: Organization, handshake_id: str, moment: float) -> None:
    """Or, if it has come to its end already, is forgotten."""
    handshake = organization.handshakes[handshake_id]
    if handshake.state in _OPEN:
        _end(organization, handshake, "EXPIRED", moment)
    else:
        organization.remove_handshake(handshake_id)


def _end(organization: Organization, handshake: Handshake, state: str, moment: float) -> None:
    handshake.state = state
    organization.due[handshake.id] = moment + _KEPT_DAYS * _DAY


def _new(
    world: World, organization: Organization, action: str, to: dict[str, str] | None = None, parent: str | None = None
) -> Handshake:
    parties = [{"Id": organization.id, "Type": "ORGANIZATION"}, *([to] if to is not None else [])]
    now = world.now()
    handshake = Handshake(f"h-{world.new_id(32)}", action, parties, now, now + _FEATURES_DAYS * _DAY, parent=parent)
    organization.add_handshake(handshake)
    organization.due[handshake.id] = handshake.expires
    return handshake


def _describe(organization: Organization, handshake: Handshake) -> dict[str, Any]:
    management = organization.accounts[organization.management]
    organization_resource = {
        "Type": "ORGANIZATION",
        "Value": organization.id,
        "Resources": [
            {"Type": "MASTER_EMAIL", "Value": management.email},
            {"Type": "MASTER_NAME", "Value": management.name},
            {"Type": "ORGANIZATION_FEATURE_SET", "Value": organization.feature_set},
        ],
    }
    resources = [organization_resource]
    resources += [{"Type": party["Type"], "Value": party["Id"]} for party in handshake.parties[1:]]
    if handshake.parent:
        resources.append({"Type": "PARENT_HANDSHAKE", "Value": handshake.parent})
    return {
        "Id": handshake.id,
        "Arn": organization.arn("handshake", handshake.action.lower(), handshake.id),
        "Parties": handshake.parties,
        "State": handshake.state,
        "RequestedTimestamp": handshake.requested,
        "ExpirationTimestamp": handshake.expires,
        "Action": handshake.action,
        "Resources": resources,
    }


def _violated(message: str, reason: str) -> AwsError:
    return AwsError("HandshakeConstraintViolationException", message, Reason=reason)


def _is_migrating(organization: Organization) -> bool:
    return any(
        handshake.action == "ENABLE_ALL_FEATURES" and handshake.state in _OPEN
        for handshake in organization.handshakes.values()
    )


@handles("organizations", "EnableAllFeatures")
def enable_all_features(context: Context) -> dict[str, Any]:
    world, organization = context.world, organization_of(context.world)
    if organization.feature_set == "ALL":
        raise _violated("All features are enabled already.", "ORGANIZATION_ALREADY_HAS_ALL_FEATURES")
    if _is_migrating(organization):
        raise _violated(
            "The change to all features is in progress.", "ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION"
        )
    if len(organization.accounts) > _MOST_TO_MIGRATE:
        raise constraint(
            f"The organization has more than {_MOST_TO_MIGRATE} accounts: use the assisted migration.",
            "ALL_FEATURES_MIGRATION_ORGANIZATION_SIZE_LIMIT_EXCEEDED",
        )
    parent = _new(world, organization, "ENABLE_ALL_FEATURES")
    for account in organization.accounts.values():
        if account.method == "INVITED" and account.id != organization.management:
            party = {"Id": account.id, "Type": "ACCOUNT"}
            _new(world, organization, "APPROVE_ALL_FEATURES", party, parent=parent.id)
    _open_when_approved(organization, parent)
    return {"Handshake": _describe(organization, parent)}


def _open_when_approved(organization: Organization, parent: Handshake) -> None:
    approvals = [handshake for handshake in organization.handshakes.values() if handshake.parent == parent.id]
    if all(approval.state == "ACCEPTED" for approval in approvals):
        parent.state = "OPEN"


def _handshake(context: Context) -> tuple[Organization, Handshake]:
    """The handshake that the caller names and takes part in. Raises HandshakeNotFoundException."""
    organization = context.world.organization
    handshake = organization.handshakes.get(context.parameter("HandshakeId")) if organization is not None else None
    if organization is None or handshake is None or not _takes_part(context, organization, handshake):
        raise AwsError("HandshakeNotFoundException", "We can't find a handshake with the HandshakeId.")
    return organization, handshake


def _takes_part(context: Context, organization: Organization, handshake: Handshake) -> bool:
    return context.account in (organization.management, _receiver(organization, handshake))


def _require_open(handshake: Handshake) -> None:
    if handshake.state == "ACCEPTED":
        raise AwsError("HandshakeAlreadyInStateException", "The handshake is ACCEPTED already.")
    if handshake.state not in _OPEN:
        text = f"A handshake that is {handshake.state} can't become ACCEPTED."
        raise AwsError("InvalidHandshakeTransitionException", text)


def _only_for(context: Context, account_id: str) -> None:
    if context.account != account_id:
        raise AwsError("AccessDeniedException", "You don't have permissions to access this resource.")


def _receiver(organization: Organization, handshake: Handshake) -> str:
    return handshake.parties[1]["Id"] if len(handshake.parties) > 1 else organization.management


@handles("organizations", "AcceptHandshake")
def accept_handshake(context: Context) -> dict[str, Any]:
    world = context.world
    organization, handshake = _handshake(context)
    _only_for(context, _receiver(organization, handshake))
    _require_open(handshake)
    if handshake.action == "ENABLE_ALL_FEATURES":
        if handshake.state != "OPEN":
            raise AwsError("InvalidHandshakeTransitionException", "Not every invited account has approved yet.")
        organization.feature_set = "ALL"
    _end(organization, handshake, "ACCEPTED", world.now())
    if handshake.parent in organization.handshakes:
        _open_when_approved(organization, organization.handshakes[handshake.parent])
    return {"Handshake": _describe(organization, handshake)}


@handles("organizations", "DescribeHandshake")
def describe_handshake(context: Context) -> dict[str, Any]:
    return {"Handshake": _describe(*_handshake(context))}


@handles("organizations", "ListHandshakesForOrganization")
def list_for_organization(context: Context) -> dict[str, Any]:
    return _listed(context, lambda organization, handshake: True)


@handles("organizations", "ListHandshakesForAccount")
def list_for_account(context: Context) -> dict[str, Any]:
    return _listed(context, lambda organization, handshake: _receiver(organization, handshake) == context.account)


def _listed(context: Context, is_visible: Callable[[Organization, Handshake], bool]) -> dict[str, Any]:
    chosen, organization = context.parameter("Filter") or {}, context.world.organization
    if len(chosen) > 1:
        raise invalid("You can specify only one filter parameter.", "MAX_LIMIT_EXCEEDED_FILTER")
    if organization is None:
        return {"Handshakes": []}

    def is_listed(handshake: Handshake) -> bool:
        if chosen.get("ActionType", handshake.action) != handshake.action:
            return False
        if chosen.get("ParentHandshakeId", handshake.parent) != handshake.parent:
            return False
        return is_visible(organization, handshake)

    return page(
        context,
        "Handshakes",
        organization.handshakes_in_order,
        lambda handshake: _describe(organization, handshake),
        only=is_listed,
    )
