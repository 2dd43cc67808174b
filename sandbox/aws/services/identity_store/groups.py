"""Groups. Sources: API_CreateGroup, API_UpdateGroup, API_DeleteGroup, API_DescribeGroup, API_GetGroupId,
API_ListGroups."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.registry import Context

from . import entities
from .access import entity, operation, readable, writable
from .entities import GROUPS


@operation(
    "CreateGroup", basis="documented", note="API_CreateGroup; a DisplayName is required and unique (API_GetGroupId)"
)
def create_group(context: Context) -> dict[str, Any]:
    store = writable(context)
    return entities.identify(store, GROUPS, entities.create(context, store, GROUPS))


@operation("DescribeGroup")
def describe_group(context: Context) -> dict[str, Any]:
    store = readable(context)
    return entities.describe(store, GROUPS, entity(store.groups, "GROUP", context.parameter("GroupId")))


@operation("UpdateGroup", basis="documented", note="API_UpdateGroup; an empty value removes (assumed)")
def update_group(context: Context) -> dict[str, Any]:
    store = writable(context)
    return entities.identify(store, GROUPS, entities.update(context, store, GROUPS, context.parameter("GroupId")))


@operation("DeleteGroup", basis="assumed", note="memberships go with the group, account assignments stay")
def delete_group(context: Context) -> None:
    entities.delete(context, writable(context), GROUPS, context.parameter("GroupId"))


@operation("GetGroupId", basis="documented", note="API_GetGroupId: by displayName or external id")
def get_group_id(context: Context) -> dict[str, Any]:
    store = readable(context)
    return entities.identify_without_revision(store, GROUPS, entities.find(context, store, GROUPS))


@operation("ListGroups", basis="documented", note="API_ListGroups; filtering by DisplayName alone is assumed")
def list_groups(context: Context) -> dict[str, Any]:
    store = readable(context)
    return entities.list_(context, store, GROUPS, "Groups", lambda row: entities.describe(store, GROUPS, row))
