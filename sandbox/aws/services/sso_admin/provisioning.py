"""How a permission set reaches an account: a role AWSReservedSSO_NAME_DIGITS with the set's policies as they were then.

Sources: API_ProvisionPermissionSet; singlesignon/latest/userguide/howtocmp.html (customer managed policies have to be
in the account); limits.html (how many an account); the wording of failures as in the issues named at each.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.core.world import World
from sandbox.aws.services.identity_center import work
from sandbox.aws.services.identity_center.instance import Instance, PermissionSet, Provision, Request

from . import roles
from .access import administered, in_reach, operation, permission_set, refuse_management_account
from .requests import known_request, list_requests

_LATEST = "LATEST_PERMISSION_SET_PROVISIONED"


def provision(world: World, instance: Instance, row: PermissionSet, account: str) -> str | None:
    """Provisions the set in the account. Returns the reason of a failure, or None."""
    failure = _obstacle(world, instance, row, account)
    if failure is not None:
        return failure
    before = instance.provisions.get((row.arn, account))
    if before is not None:
        before.changed = row.changed
    else:
        instance.add_provision(Provision(world.identity_center.next_number(), account, row.arn, row.changed))
    roles.request_role(world.identity_center, instance, row, account)
    return None


def out_of_reach(account: str) -> str:
    """github.com/aws-samples/aws-identitycenter-codepipeline-auto-assignment/issues/31"""
    return f"Obtaining permissions to manage your AWS account '{account}' takes longer than usual."


def deprovision(world: World, instance: Instance, arn: str, account: str) -> None:
    """Removes the role, after the last assignment of the set in the account."""
    row = instance.provisions.get((arn, account))
    if row is not None:
        instance.drop_provision(row)
        roles.request_removal(world, instance.permission_sets[arn], account)


def _obstacle(world: World, instance: Instance, row: PermissionSet, account: str) -> str | None:
    if not in_reach(world, instance, account):
        return f"Received a 404 status error: Account {account} is not in reach of the instance."
    if roles.is_closed(world, account):
        return out_of_reach(account)
    most = world.quotas.provisioned_permission_sets
    is_new = (row.arn, account) not in instance.provisions
    if is_new and len(instance.provisions_by_account.of(account)) >= most:
        return f"Account {account} has {most} permission sets provisioned, the most there can be."
    return roles.missing_policy(world, row, account) or roles.malformed_policy(row)


@operation(
    "ProvisionPermissionSet",
    basis="documented",
    note="API_ProvisionPermissionSet; a role without an assignment: "
    "github.com/hashicorp/terraform-provider-aws/issues/32006. Of several accounts the first failure is told (assumed)",
)
def provision_permission_set(context: Context) -> dict[str, Any]:
    instance = administered(context)
    row = permission_set(context, instance, change=True)
    target, kind = context.parameter("TargetId"), context.parameter("TargetType")
    about = {"PermissionSetArn": row.arn}
    if kind == "AWS_ACCOUNT":
        if target is None:
            raise AwsError("ValidationException", "TargetId is needed with the TargetType AWS_ACCOUNT.")
        refuse_management_account(context, instance, target)
        if not in_reach(context.world, instance, target):
            raise AwsError("ResourceNotFoundException", f"Account {target} is not in reach of the instance.")
        about["AccountId"] = target
    elif target is not None:
        raise AwsError("ValidationException", "TargetId can't be given with the TargetType ALL_PROVISIONED_ACCOUNTS.")
    return {"PermissionSetProvisioningStatus": work.start(context.world, instance, "provision", about).describe()}


@work.works_on("provision")
def provision_all(world: World, instance: Instance, request: Request) -> str | None:
    row = instance.permission_sets.get(request.about["PermissionSetArn"])
    if row is None:
        return "Received a 404 status error: Permission set not found."
    account = request.about.get("AccountId")
    provisions = instance.provisions_by_set.of(row.arn)
    accounts = [account] if account else [provisioned.account for provisioned in provisions]
    failures = [provision(world, instance, row, account_id) for account_id in accounts]
    return next((failure for failure in failures if failure), None)


@operation("DescribePermissionSetProvisioningStatus")
def describe_provisioning_status(context: Context) -> dict[str, Any]:
    request = known_request(administered(context), "provision", context.parameter("ProvisionPermissionSetRequestId"))
    return {"PermissionSetProvisioningStatus": request.describe()}


@operation("ListPermissionSetProvisioningStatus", basis="assumed", note="that statuses are kept for good")
def list_provisioning_status(context: Context) -> dict[str, Any]:
    return list_requests(context, "PermissionSetsProvisioningStatus", "provision")


def _status_filter(context: Context, instance: Instance) -> Any:
    status = context.parameter("ProvisioningStatus")

    def has_status(row: Provision) -> bool:
        is_latest = row.changed == instance.permission_sets[row.permission_set].changed
        return status is None or is_latest == (status == _LATEST)

    return has_status


@operation("ListAccountsForProvisionedPermissionSet")
def list_accounts_for_provisioned(context: Context) -> dict[str, Any]:
    instance = administered(context)
    rows = instance.provisions_by_set.of(permission_set(context, instance).arn)
    return page(context, "AccountIds", rows, lambda row: row.account, only=_status_filter(context, instance))


@operation("ListPermissionSetsProvisionedToAccount")
def list_permission_sets_provisioned(context: Context) -> dict[str, Any]:
    instance = administered(context)
    rows = instance.provisions_by_account.of(context.parameter("AccountId"))
    return page(context, "PermissionSets", rows, lambda row: row.permission_set, only=_status_filter(context, instance))
