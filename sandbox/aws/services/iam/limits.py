"""What IAM refuses and moto accepts: going over a quota, and deleting what is still in use.

Sources: IAM/latest/UserGuide/reference_iam-quotas.html (the defaults; sizes don't count white space);
API_DeleteUser.html, API_DeleteGroup.html, API_DeletePolicy.html (what has to be removed first).
Assumed, from users' reports: a policy that is a boundary can't be deleted.
"""

from __future__ import annotations

import re
from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards

from .boundaries import boundary_of
from .entities import find_entity

_ATTACHED = 10
_GROUPS_PER_USER = 10
_MANAGED_SIZE, _TRUST_SIZE = 6_144, 2_048
_INLINE_SIZE = {"User": 2_048, "Group": 5_120, "Role": 10_240}


def _exceeded(quota: str, limit: int) -> AwsError:
    return AwsError("LimitExceeded", f"Cannot exceed quota for {quota}: {limit}", 409)


def _conflict(first_step: str) -> AwsError:
    return AwsError("DeleteConflict", f"Cannot delete entity, must {first_step} first.", 409)


def _size(document: Any) -> int:
    return len(re.sub(r"\s", "", str(document or "")))


def _backend(context: Context) -> Any:
    return iam_backends[context.account]["aws"]


def _entity(context: Context) -> tuple[str, Any]:
    """The kind of the operation's entity, User, Group or Role, and the one that the call names, None if there is none.
    The operation is one such as PutUserPolicy."""
    kind = next(kind for kind in ("User", "Group", "Role") if context.call.operation.endswith(f"{kind}Policy"))
    return kind, find_entity(_backend(context), kind, context.parameter(f"{kind}Name"))


@guards("iam", "AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy")
def limit_attached_policies(context: Context) -> None:
    kind, entity = _entity(context)
    attached = entity.managed_policies if entity is not None else {}
    if len(attached) >= _ATTACHED and context.parameter("PolicyArn") not in attached:
        raise _exceeded(f"PoliciesPer{kind}", _ATTACHED)


@guards("iam", "PutUserPolicy", "PutGroupPolicy", "PutRolePolicy")
def limit_inline_policies(context: Context) -> None:
    """The quota is for all of an entity's inline policies together."""
    kind, entity = _entity(context)
    if entity is None:
        return
    policies_after = {**entity.policies, context.parameter("PolicyName"): context.parameter("PolicyDocument")}
    if sum(map(_size, policies_after.values())) > _INLINE_SIZE[kind]:
        name = context.parameter(f"{kind}Name")
        limit = _INLINE_SIZE[kind]
        raise AwsError("LimitExceeded", f"Maximum policy size of {limit} bytes exceeded for {kind.lower()} {name}", 409)


@guards("iam", "CreatePolicy", "CreatePolicyVersion")
def limit_managed_policies(context: Context) -> None:
    if _size(context.parameter("PolicyDocument")) > _MANAGED_SIZE:
        raise _exceeded("PolicySize", _MANAGED_SIZE)
    own = [arn for arn in _backend(context).managed_policies if ":aws:policy" not in arn]
    most = context.world.quotas.iam_policies
    if context.call.operation == "CreatePolicy" and len(own) >= most:
        raise _exceeded("PoliciesPerAccount", most)


@guards("iam", "CreateRole", "UpdateAssumeRolePolicy")
def limit_trust_policy(context: Context) -> None:
    document = context.parameter("AssumeRolePolicyDocument") or context.parameter("PolicyDocument")
    if _size(document) > _TRUST_SIZE:
        raise _exceeded("ACLSizePerRole", _TRUST_SIZE)


@guards("iam", "CreateUser", "CreateGroup", "CreateRole")
def limit_entities(context: Context) -> None:
    """Service-linked roles aren't counted (reference_iam-quotas.html)."""
    backend, quotas, operation = _backend(context), context.world.quotas, context.call.operation
    own = [role for role in backend.get_roles() if not role.path.startswith("/aws-service-role/")]
    count, most = {
        "CreateUser": (len(backend.users), quotas.iam_users),
        "CreateGroup": (len(backend.groups), quotas.iam_groups),
        "CreateRole": (len(own), quotas.iam_roles),
    }[operation]
    if count >= most:
        raise _exceeded(f"{operation.removeprefix('Create')}sPerAccount", most)


@guards("iam", "AddUserToGroup")
def limit_groups_of_user(context: Context) -> None:
    backend, name = _backend(context), context.parameter("UserName")
    if name in backend.users and len(backend.get_groups_for_user(name)) >= _GROUPS_PER_USER:
        raise _exceeded("GroupsPerUser", _GROUPS_PER_USER)


@guards("iam", "DeleteUser")
def refuse_user_in_use(context: Context) -> None:
    backend = _backend(context)
    user = backend.users.get(context.parameter("UserName"))
    if user is None:
        return
    if backend.get_groups_for_user(user.name):
        raise _conflict("remove users from group")
    if user.access_keys:
        raise _conflict("delete access keys")
    if user.password:
        raise _conflict("delete login profile")
    if user.mfa_devices:
        raise _conflict("delete MFA device")


@guards("iam", "DeleteGroup")
def refuse_group_in_use(context: Context) -> None:
    group = _backend(context).groups.get(context.parameter("GroupName"))
    if group is None:
        return
    if group.users:
        raise _conflict("remove users from group")
    if group.managed_policies:
        raise _conflict("detach all policies")
    if group.policies:
        raise _conflict("delete policies")


@guards("iam", "DeletePolicy")
def refuse_policy_in_use(context: Context) -> None:
    policy = _backend(context).managed_policies.get(context.parameter("PolicyArn"))
    if policy is None:
        return
    bounded = (*_backend(context).users.values(), *_backend(context).get_roles())
    if policy.attachment_count or policy.arn in map(boundary_of, bounded):
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    if len(policy.versions) > 1:
        raise AwsError(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's "
            "versions. The default version is deleted with the policy.",
            409,
        )
