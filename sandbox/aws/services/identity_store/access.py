"""The identity store that a call names, who may call, and the decorator of every operation here.

Members of the organization may read, as the API reference says of each read; only administrators may write (assumed:
the pages name none). The store works without trusted access (assumed). Sources: API_DescribeUser and its kin; the
wording of errors is AWS's as moto's published tests record it, where they do.
"""

from __future__ import annotations

from sandbox.aws.authorization.principals import find
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context
from sandbox.aws.services.identity_center.center import Center
from sandbox.aws.services.identity_center.directory import Directory, Entity, Kind
from sandbox.aws.services.identity_center.operations import of_service
from sandbox.aws.services.organizations import SSO, is_member

SERVICE = "identitystore"
_DENIED = "You do not have sufficient access to perform this action."


operation = of_service(SERVICE, request_id=True)


def center(context: Context) -> Center:
    state: Center = context.world.identity_center
    return state


def caller(context: Context) -> str:
    """The ARN for CreatedBy and UpdatedBy."""
    return find(context.call.access_key).arn


def readable(context: Context) -> Directory:
    """The store that the call names, for reading: by its account and by its organization's."""
    store_id, world = context.parameter("IdentityStoreId"), context.world
    instance = center(context).by_store(store_id)
    if instance is None or context.call.region != instance.region:
        raise not_found("IDENTITY_STORE", store_id)
    is_organizations = instance.owner == world.management and is_member(world, context.account)
    if instance.owner != context.account and not is_organizations:
        raise AwsError("AccessDeniedException", _DENIED)
    return instance.store


def writable(context: Context) -> Directory:
    """The store that the call names, for its administrators: its account and, of an organization's, the delegated."""
    store, world = readable(context), context.world
    delegated = store.owner == world.management and SSO in world.delegated.get(context.account, {})
    if store.owner != context.account and not delegated:
        raise AwsError("AccessDeniedException", _DENIED)
    return store


def bare(id_: str) -> str:
    """An id without the ARN that it may be given in."""
    return id_.rpartition("/")[2]


def not_found(kind: str, id_: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"{kind} not found.", ResourceType=kind, ResourceId=bare(id_))


def conflict(message: str, reason: str = "UNIQUENESS_CONSTRAINT_VIOLATION") -> AwsError:
    return AwsError("ConflictException", message, Reason=reason)


def entity(kind: Kind, name: str, id_: str) -> Entity:
    """A user or group by id or ARN. name: as the API's ResourceType has it."""
    row = kind.rows.get(bare(id_))
    if row is None:
        raise not_found(name, id_)
    return row


def check_revision(context: Context, row: Entity) -> None:
    """API_UpdateUser and its kin: with another than the current Revision, nothing changes."""
    revision = context.parameter("Revision")
    if revision is not None and int(revision) != row.revision:
        raise conflict(f"The revision is {row.revision}, not {revision}.", "CONCURRENT_MODIFICATION")
