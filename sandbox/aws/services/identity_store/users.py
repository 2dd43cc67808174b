"""Users. Sources: API_CreateUser, API_UpdateUser, API_DeleteUser, API_DescribeUser, API_GetUserId, API_ListUsers."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.registry import Context
from sandbox.aws.services.identity_center.directory import Directory, Entity

from . import entities
from .access import entity, operation, readable, writable
from .entities import USERS


@operation("CreateUser", basis="documented", note="API_CreateUser. That an email is taken once is assumed")
def create_user(context: Context) -> dict[str, Any]:
    store = writable(context)
    return entities.identify(store, USERS, entities.create(context, store, USERS))


def _describe(context: Context, store: Directory, row: Entity) -> dict[str, Any]:
    shape = {**entities.describe(store, USERS, row), "UserStatus": "ENABLED"}
    wanted = context.elements("Extensions")
    extensions = {name: value for name, value in (row.attributes.get("Extensions") or {}).items() if name in wanted}
    return {**shape, "Extensions": extensions} if extensions else shape


@operation("DescribeUser")
def describe_user(context: Context) -> dict[str, Any]:
    store = readable(context)
    return _describe(context, store, entity(store.users, "USER", context.parameter("UserId")))


@operation("UpdateUser", basis="documented", note="API_UpdateUser; an empty value removes (assumed)")
def update_user(context: Context) -> dict[str, Any]:
    store = writable(context)
    return entities.identify(store, USERS, entities.update(context, store, USERS, context.parameter("UserId")))


@operation("DeleteUser", basis="assumed", note="memberships go with the user, account assignments stay")
def delete_user(context: Context) -> None:
    entities.delete(context, writable(context), USERS, context.parameter("UserId"))


@operation("GetUserId", basis="documented", note="API_GetUserId: by userName, emails.value or external id")
def get_user_id(context: Context) -> dict[str, Any]:
    store = readable(context)
    return entities.identify_without_revision(store, USERS, entities.find(context, store, USERS))


@operation("ListUsers", basis="documented", note="API_ListUsers; filtering by UserName alone is assumed")
def list_users(context: Context) -> dict[str, Any]:
    store = readable(context)
    return entities.list_(context, store, USERS, "Users", lambda row: _describe(context, store, row))
