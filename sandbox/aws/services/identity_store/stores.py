"""Identity stores themselves. Sources: API_DescribeIdentityStore, API_UpdateIdentityStore, API_ListIdentityStores."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.core.rows import numbered
from sandbox.aws.services.identity_center.directory import Directory
from sandbox.aws.services.organizations import is_member

from .access import center, operation, readable, writable


def _identify(store: Directory) -> dict[str, Any]:
    return {
        "IdentityStoreId": store.id,
        "IdentityStoreArn": f"arn:aws:identitystore::{store.owner}:identitystore/{store.id}",
    }


@operation("DescribeIdentityStore")
def describe_identity_store(context: Context) -> dict[str, Any]:
    store = readable(context)
    shape = _identify(store)
    return shape if store.network is None else {**shape, "NetworkConfiguration": store.network}


@operation("UpdateIdentityStore", basis="api-model", note="the network configuration is kept, not enforced")
def update_identity_store(context: Context) -> dict[str, Any]:
    store = writable(context)
    if context.parameter("NetworkConfiguration") is not None:
        store.network = context.parameter("NetworkConfiguration")
    return _identify(store)


@operation("ListIdentityStores", basis="assumed", note="those of the Region that the account may read")
def list_identity_stores(context: Context) -> dict[str, Any]:
    world = context.world
    found = [
        instance.store
        for owner, instance in sorted(center(context).instances.items())
        if owner == context.account or (owner == world.management and is_member(world, context.account))
        if context.call.region in instance.regions
    ]
    return page(context, "IdentityStores", numbered(found), lambda row: _identify(row.item))
