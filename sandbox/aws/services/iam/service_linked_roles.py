"""The service-linked role AWSServiceRoleForSSO, as the seed page has it: made in the organization's accounts when
trusted access is enabled, and neither deleted nor changed while it is on.

Sources: services-that-can-integrate-sso.html; singlesignon/latest/userguide/using-service-linked-roles.html;
IAM/latest/APIReference/API_DeleteServiceLinkedRole.html (the call is accepted and its task fails). When the role
appears, AWS's pages disagree: here in every account at once (assumed).
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import SERVICE_NAME_CONVERSION, iam_backends

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards, handles
from sandbox.aws.core.world import World
from sandbox.aws.services.cloudtrail import trail

from . import aws_created_roles
from .entities import listed_role
from .managed_policies import ROLE_CHANGES

SSO = "sso.amazonaws.com"
ROLE_NAME = "AWSServiceRoleForSSO"
POLICY_ARN = "arn:aws:iam::aws:policy/aws-service-role/AWSSSOServiceRolePolicy"
_PREFIX = "AWSServiceRoleFor"
_SSO_ROLE = aws_created_roles.AwsCreatedRole(
    ROLE_NAME,
    ("Service", SSO),
    POLICY_ARN,
    path=f"/aws-service-role/{SSO}/",
    description="Service-linked role used by AWS SSO to manage AWS resources, on your behalf.",
    service=SSO,
)


def create_for_organization(world: World, *, in_trail: bool = True) -> None:
    """Creates the role in every account of the organization, or in the management account alone
    (`role_in_every_account`). in_trail: whether the accounts' trails record it."""
    organization = world.organization
    for account in organization.accounts if world.role_in_every_account else (organization.management,):
        create(world, account, in_trail=in_trail)


def create(world: World, account: str, *, in_trail: bool = True) -> None:
    """Creates the role in the account. That the trail records it as a call of the service is assumed."""
    if aws_created_roles.create(world, account, _SSO_ROLE) and in_trail:
        trail.add_services(world, SSO, "CreateServiceLinkedRole", account, {"AWSServiceName": SSO})


def clean_up(world: World, account: str) -> None:
    """The seed page: an account that leaves loses the service's role."""
    aws_created_roles.delete(world, account, ROLE_NAME)


@guards("iam", *ROLE_CHANGES, "TagRole", "UntagRole")
def refuse_protected_role(context: Context) -> None:
    """Only its service may change a service-linked role. Everyone may edit its description and tags
    (using-service-linked-roles.html), but not those of Identity Center's role while it is in use (the seed page)."""
    name = context.parameter("RoleName")
    role = _role(context, name)
    if role is None or not role.path.startswith("/aws-service-role/"):
        return
    if not _edits_description_or_tags(context) or (name == ROLE_NAME and _in_use(context)):
        raise AwsError(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS",
        )


def _edits_description_or_tags(context: Context) -> bool:
    operation = context.call.operation
    if operation == "UpdateRole":
        return context.parameter("MaxSessionDuration") is None
    return operation in ("UpdateRoleDescription", "TagRole", "UntagRole")


def _role(context: Context, name: str) -> Any:
    roles = iam_backends[context.account]["aws"].get_roles()
    return next((role for role in roles if role.name == name), None)


def _in_use(context: Context) -> bool:
    """Whether Identity Center's trusted access covers this account."""
    organization = context.world.organization
    return SSO in context.world.trusted and organization is not None and context.account in organization.accounts


@handles("iam", "DeleteServiceLinkedRole")
def delete_service_linked_role(context: Context) -> dict[str, Any]:
    """IAM accepts the request; its task has the outcome."""
    name = context.parameter("RoleName")
    role = _role(context, name)
    if role is None:
        raise AwsError("NoSuchEntity", f"Role {name} not found", 404)
    if not role.path.startswith("/aws-service-role/"):
        raise AwsError("InvalidInput", f"The role {name} is not a service-linked role.")
    service = role.path.split("/")[2]
    task = f"task/aws-service-role/{service}/{name}/{context.world.new_uuid()}"
    if name == ROLE_NAME and _in_use(context):
        usage = [{"Region": "us-east-1", "Resources": [f"{SSO} has trusted access to the organization"]}]
        reason = {"Reason": f"The role {name} is in use by {service}.", "RoleUsageList": usage}
        context.world.deletions[task] = {"Status": "FAILED", "Reason": reason}
    else:
        aws_created_roles.delete(context.world, context.account, name)
        context.world.deletions[task] = {"Status": "SUCCEEDED"}
    return {"DeletionTaskId": task}


@handles("iam", "GetServiceLinkedRoleDeletionStatus")
def get_service_linked_role_deletion_status(context: Context) -> dict[str, Any]:
    status = context.world.deletions.get(context.parameter("DeletionTaskId"))
    if status is None:
        raise AwsError("NoSuchEntity", "The deletion task id is not one that DeleteServiceLinkedRole returned.", 404)
    return status


def linked_role_name(service: str, suffix: str | None) -> str:
    """The name of the service's role; moto's for all but Identity Center (assumed)."""
    parts = service.split(".")
    if service == SSO or len(parts) < 3:
        return ROLE_NAME if service == SSO else f"{_PREFIX}{parts[0]}"
    name, first = SERVICE_NAME_CONVERSION.get(parts[-3], parts[-3]), parts[0]
    if parts[-3] != first:
        name += "_" + "".join(word.capitalize() for word in first.split("-"))
    return f"{_PREFIX}{name}_{suffix}" if suffix else f"{_PREFIX}{name}"


@handles("iam", "CreateServiceLinkedRole")
def create_service_linked_role(context: Context) -> dict[str, Any]:
    """moto's, but for Identity Center's, which it would call AWSServiceRoleForsso, without its policy. Of one that is
    there the refusal is the same for every service, in the words of many users' reports."""
    service, suffix = context.parameter("AWSServiceName"), context.parameter("CustomSuffix")
    if service == SSO and suffix:
        raise AwsError("InvalidInput", f"Custom suffix is not allowed for {service}")
    if service.count(".") < 2:  # moto would take it apart
        raise AwsError("InvalidInput", f"{service} is no AWS service's name, such as ecs.amazonaws.com.")
    name = linked_role_name(service, suffix)
    if _role(context, name) is not None:
        text = f"Service role name {name} has been taken in this account, please try a different suffix."
        raise AwsError("InvalidInput", text)
    if service != SSO:
        backend = iam_backends[context.account]["aws"]
        role = backend.create_service_linked_role(service, context.parameter("Description") or "", suffix)
        return {"Role": _described(role)}
    create(context.world, context.account, in_trail=False)
    return {"Role": _described(_role(context, ROLE_NAME))}


def _described(role: Any) -> dict[str, Any]:
    return {**listed_role(role), "AssumeRolePolicyDocument": role.assume_role_policy_document}
