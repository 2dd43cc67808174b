"""Who may call an operation on which instance, and the decorator of every operation here.

Sources: the API reference's pages; singlesignon/latest/userguide/delegated-admin.html (who administers) and
identity-center-instances.html (kinds of instances); services-that-can-integrate-sso.html (trusted access). That an
operation is refused with AccessDeniedException when the organization can't be reached is assumed.
"""

from __future__ import annotations

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context
from sandbox.aws.core.world import World
from sandbox.aws.services.identity_center import work
from sandbox.aws.services.identity_center.center import Center
from sandbox.aws.services.identity_center.instance import Instance, PermissionSet
from sandbox.aws.services.identity_center.operations import of_service
from sandbox.aws.services.organizations import SSO, is_member

SERVICE = "sso-admin"

# The API model gives these no ResourceNotFoundException; API_DescribeInstance: AccessDeniedException for one deleted.
_WITHOUT_NOT_FOUND = frozenset({"DescribeInstance", "DeleteInstance"})
_DENIED = "You do not have sufficient access to perform this action."


operation = of_service(SERVICE)


def center(context: Context) -> Center:
    return context.world.identity_center


def visible(context: Context, region: str | None) -> list[Instance]:
    """The account's own and its organization's instance, in this Region or (None) in all."""
    world = context.world
    owners = {context.account}
    if world.management and is_member(world, context.account):
        owners.add(world.management)
    instances = center(context).instances
    visible_instances = [instances[owner] for owner in sorted(owners) if owner in instances]
    return [instance for instance in visible_instances if region is None or region == instance.region]


def visible_instance(context: Context, arn: str | None = None) -> Instance:
    """The instance that the call names, for operations that anyone who sees it may call."""
    instance_arn = arn or context.parameter("InstanceArn")
    for instance in visible(context, context.call.region):
        if instance.arn == instance_arn:
            return instance
    if context.call.operation in _WITHOUT_NOT_FOUND:
        raise AwsError("AccessDeniedException", _DENIED)
    raise AwsError("ResourceNotFoundException", f"Instance {instance_arn} was not found in {context.call.region}.")


def require_reachable(context: Context, instance: Instance) -> None:
    """The seed page: without trusted access the service can't access the organization."""
    if not work.reaches(context.world, instance):
        raise AwsError(
            "AccessDeniedException",
            f"IAM Identity Center can't access the organization: trusted access for {SSO} is not enabled.",
        )


def administered(context: Context, arn: str | None = None) -> Instance:
    """The instance that the call names, for operations that its administrators may call: the account that owns it,
    and the delegated administrator of an organization's. It must be ACTIVE and reach its organization."""
    instance = visible_instance(context, arn)
    require_reachable(context, instance)
    if context.account != instance.owner and not _is_delegated(context, instance):
        raise AwsError("AccessDeniedException", _DENIED)
    if instance.status != "ACTIVE":
        # API_DescribeInstance: only DescribeInstance and DeleteInstance can be called meanwhile; the code is assumed.
        raise AwsError("ConflictException", f"The instance {instance.arn} is {instance.status}, not ACTIVE.")
    return instance


def require_owner(context: Context, instance: Instance) -> Instance:
    """API_DeleteInstance, API_UpdateInstance: only the account that owns it, the delegated administrator neither."""
    if instance.owner != context.account:
        raise AwsError("AccessDeniedException", _DENIED)
    return instance


def _is_delegated(context: Context, instance: Instance) -> bool:
    return instance.owner == context.world.management and SSO in context.world.delegated.get(context.account, {})


def permission_set(context: Context, instance: Instance, *, change: bool = False) -> PermissionSet:
    """The permission set that the call names. change: the caller wants to alter it, which a delegated administrator
    can't where it is provisioned in the management account (delegated-admin.html)."""
    arn = context.parameter("PermissionSetArn")
    row = instance.permission_sets.get(arn)
    if row is None:
        raise AwsError(
            "ResourceNotFoundException", f"Could not find PermissionSet with id {str(arn).rpartition('/')[2]}"
        )
    is_in_management_account = (arn, instance.owner) in instance.provisions
    if change and context.account != instance.owner and is_in_management_account:
        raise AwsError("AccessDeniedException", _DENIED)
    return row


def in_reach(world: World, instance: Instance, account: str) -> bool:
    """Whether the instance may give access to the account: an organization's to its members, an account's to its
    own."""
    return is_member(world, account) if instance.owner == world.management else account == instance.owner


def refuse_management_account(context: Context, instance: Instance, account: str) -> None:
    """delegated-admin.html: access to the management account is given from there only."""
    if context.account != instance.owner and account == instance.owner:
        raise AwsError("AccessDeniedException", _DENIED)
