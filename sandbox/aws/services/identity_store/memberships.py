"""Group memberships. Sources: API_CreateGroupMembership, API_ListGroupMemberships and kin."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.services.identity_center.directory import Directory, Membership

from .access import bare, caller, center, conflict, entity, not_found, operation, readable, writable


def _user(context: Context, store: Directory) -> str:
    user_id = context.parameter("MemberId").get("UserId")
    if user_id is None:
        raise AwsError("ValidationException", "MemberId has to name a UserId.")
    return entity(store.users, "USER", user_id).id


def _group(context: Context, store: Directory) -> str:
    return entity(store.groups, "GROUP", context.parameter("GroupId")).id


def _membership(context: Context, store: Directory) -> Membership:
    membership = store.memberships.get(bare(context.parameter("MembershipId")))
    if membership is None:
        raise not_found("GROUP_MEMBERSHIP", context.parameter("MembershipId"))
    return membership


def _identify(store: Directory, row: Membership) -> dict[str, Any]:
    return {
        "IdentityStoreId": store.id,
        "MembershipId": row.id,
        "MembershipArn": f"arn:aws:identitystore:::membership/{row.id}",
    }


def _describe(store: Directory, row: Membership) -> dict[str, Any]:
    return {
        **_identify(store, row),
        "GroupId": row.group,
        "MemberId": {"UserId": row.user},
        "CreatedAt": row.created,
        "UpdatedAt": row.created,
        "CreatedBy": row.created_by,
        "UpdatedBy": row.created_by,
    }


@operation("CreateGroupMembership", basis="assumed", note="a second membership is a conflict; the model has the error")
def create_group_membership(context: Context) -> dict[str, Any]:
    store, state = writable(context), center(context)
    group, user = _group(context, store), _user(context, store)
    if (group, user) in store.pairs:
        raise conflict(f"The user {user} is a member of the group {group} already.")
    number, id_ = state.next_number(), state.new_uuid("membership")
    row = Membership(number, id_, group, user, context.world.now(), caller(context))
    store.add_membership(row)
    return _identify(store, row)


@operation("DescribeGroupMembership")
def describe_group_membership(context: Context) -> dict[str, Any]:
    store = readable(context)
    return _describe(store, _membership(context, store))


@operation("DeleteGroupMembership")
def delete_group_membership(context: Context) -> None:
    store = writable(context)
    store.drop_membership(_membership(context, store))


@operation("ListGroupMemberships")
def list_group_memberships(context: Context) -> dict[str, Any]:
    store = readable(context)
    rows = store.by_group.of(_group(context, store))
    return page(context, "GroupMemberships", rows, lambda row: _describe(store, row))


@operation("ListGroupMembershipsForMember")
def list_group_memberships_for_member(context: Context) -> dict[str, Any]:
    store = readable(context)
    rows = store.by_user.of(_user(context, store))
    return page(context, "GroupMemberships", rows, lambda row: _describe(store, row))
