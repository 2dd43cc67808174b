"""Handshakes: invitations, and the way from consolidated billing to all features.

Sources: API_Handshake.html (states), orgs_manage_accounts_invites.html (15 days),
orgs_manage_org_support-all-features.html (90 days; only invited accounts approve; then the management account
completes). Any 12-digit account id that is in no organization stands for an existing standalone account.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.errors import AwsError
from sandbox.aws.organizations.access import invalid, is_member, organization, page
from sandbox.aws.organizations.accounts import settle_in
from sandbox.aws.organizations.store import Account, Handshake, Organization
from sandbox.aws.registry import Context, guards, handles
from sandbox.aws.world import World

_INVITATION_DAYS, _FEATURES_DAYS = 15, 90
_DAY = 86_400.0
_OPEN = ("REQUESTED", "OPEN")


@guards("organizations", "*")
def the_old_expire(context: Context) -> None:
    found = context.world.organization
    for handshake in found.handshakes.values() if found is not None else ():
        if handshake.state in _OPEN and handshake.expires <= context.world.now():
            handshake.state = "EXPIRED"


def _new(world: World, found: Organization, action: str, to: dict[str, str] | None, **more: Any) -> Handshake:
    parties = [{"Id": found.id, "Type": "ORGANIZATION"}, *([to] if to is not None else [])]
    days = _INVITATION_DAYS if action == "INVITE" else _FEATURES_DAYS
    now = world.now()
    handshake = Handshake(f"h-{world.new_id(32)}", action, parties, now, now + days * _DAY, **more)
    found.handshakes[handshake.id] = handshake
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
    resources += [{"Type": "NOTES", "Value": handshake.notes}] if handshake.notes else []
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


@handles("organizations", "InviteAccountToOrganization")
def invite_account(context: Context) -> dict[str, Any]:
    world, found, target = context.world, organization(context.world), context.parameter("Target")
    if target["Type"] not in ("ACCOUNT", "EMAIL"):
        raise invalid("You specified the wrong type of entity as a party.", "INVALID_PARTY_TYPE_TARGET")
    if any(target["Id"] in (each.id, each.email) for each in found.accounts.values()):
        raise _violated("The account is already a member of an organization.", "ALREADY_IN_AN_ORGANIZATION")
    if _pending(found, "ENABLE_ALL_FEATURES"):
        raise _violated(
            "You can't invite accounts while enabling all features.", "INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES"
        )
    if any(each.parties[1]["Id"] == target["Id"] for each in _pending(found, "INVITE")):
        raise AwsError("DuplicateHandshakeException", "A handshake with the same action and target already exists.")
    invited = len(_pending(found, "INVITE"))
    if len(found.accounts) + invited >= world.account_quota:
        raise _violated("The organization has reached its number of accounts.", "ACCOUNT_NUMBER_LIMIT_EXCEEDED")
    to = {"Id": target["Id"], "Type": target["Type"]}
    notes, tags = context.parameter("Notes"), context.parameter("Tags") or []
    return {"Handshake": _describe(found, _new(world, found, "INVITE", to, notes=notes, tags=tags))}


def _violated(message: str, reason: str) -> AwsError:
    return AwsError("HandshakeConstraintViolationException", message, Reason=reason)


def _pending(found: Organization, action: str) -> list[Handshake]:
    return [each for each in found.handshakes.values() if each.action == action and each.state in _OPEN]


@handles("organizations", "EnableAllFeatures")
def enable_all_features(context: Context) -> dict[str, Any]:
    world, found = context.world, organization(context.world)
    if found.feature_set == "ALL":
        raise _violated("All features are enabled already.", "ORGANIZATION_ALREADY_HAS_ALL_FEATURES")
    if _pending(found, "ENABLE_ALL_FEATURES"):
        raise _violated(
            "The change to all features is in progress.", "ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION"
        )
    parent = _new(world, found, "ENABLE_ALL_FEATURES", None)
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
    return context.account == found.management or any(each["Id"] == context.account for each in handshake.parties)


def _answerable(context: Context, handshake: Handshake, wanted: str) -> None:
    if handshake.state == wanted:
        raise AwsError("HandshakeAlreadyInStateException", f"The handshake is {wanted} already.")
    if handshake.state not in _OPEN:
        raise AwsError(
            "InvalidHandshakeTransitionException", f"A handshake that is {handshake.state} can't become {wanted}."
        )


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
    _answerable(context, handshake, "ACCEPTED")
    if handshake.action == "INVITE":
        _join(world, found, context.account, handshake)
    elif handshake.action == "ENABLE_ALL_FEATURES":
        if handshake.state != "OPEN":
            raise AwsError("InvalidHandshakeTransitionException", "Not every invited account has approved yet.")
        found.feature_set = "ALL"
    handshake.state = "ACCEPTED"
    if handshake.parent is not None:
        _open_when_approved(found, found.handshakes[handshake.parent])
    return {"Handshake": _describe(found, handshake)}


def _join(world: World, found: Organization, account_id: str, handshake: Handshake) -> None:
    if is_member(world, account_id):
        raise _violated("The account is already a member of an organization.", "ALREADY_IN_AN_ORGANIZATION")
    email = f"account-{account_id}@example.com"
    settle_in(world, Account(account_id, f"account-{account_id}", email, world.now(), method="INVITED", role=""))
    found.tags[account_id] = {tag["Key"]: tag["Value"] for tag in handshake.tags}


@handles("organizations", "DeclineHandshake")
def decline_handshake(context: Context) -> dict[str, Any]:
    found, handshake = _seen(context)
    _only_for(context, _receiver(found, handshake))
    _answerable(context, handshake, "DECLINED")
    handshake.state = "DECLINED"
    return {"Handshake": _describe(found, handshake)}


@handles("organizations", "CancelHandshake")
def cancel_handshake(context: Context) -> dict[str, Any]:
    found, handshake = _seen(context)
    _only_for(context, found.management)
    _answerable(context, handshake, "CANCELED")
    handshake.state = "CANCELED"
    for each in found.handshakes.values():
        if each.parent == handshake.id and each.state in _OPEN:
            each.state = "CANCELED"
    return {"Handshake": _describe(found, handshake)}


@handles("organizations", "DescribeHandshake")
def describe_handshake(context: Context) -> dict[str, Any]:
    return {"Handshake": _describe(*_seen(context))}


@handles("organizations", "ListHandshakesForOrganization")
def list_for_organization(context: Context) -> dict[str, Any]:
    return _listed(context, list(organization(context.world).handshakes.values()))


@handles("organizations", "ListHandshakesForAccount")
def list_for_account(context: Context) -> dict[str, Any]:
    found = context.world.organization
    mine = (
        []
        if found is None
        else [each for each in found.handshakes.values() if _receiver(found, each) == context.account]
    )
    return _listed(context, mine)


def _listed(context: Context, handshakes: list[Handshake]) -> dict[str, Any]:
    chosen = context.parameter("Filter") or {}
    if len(chosen) > 1:
        raise invalid("You can specify only one filter parameter.", "MAX_LIMIT_EXCEEDED_FILTER")
    found = context.world.organization
    rows = [
        _describe(found, each)
        for each in handshakes
        if found is not None
        and chosen.get("ActionType", each.action) == each.action
        and chosen.get("ParentHandshakeId", each.parent) == each.parent
    ]
    return page(context, "Handshakes", rows)
