"""The roles that permission sets become, in moto's IAM of each account.

They are created at the first call to the account's IAM or STS, so that a seed with 100,000 assignments loads in
seconds. Only Identity Center may change them. Sources: singlesignon/latest/userguide/using-service-linked-roles.html
(path and prefix), howtosessionduration.html (twelve hours), referencingpermissionsets.html (names and ARNs).
"""

from __future__ import annotations

import functools
import hashlib
import json
from typing import Any

from moto.iam.models import IAMBackend, Role, iam_backends
from moto.iam.policy_validation import IAMPolicyDocumentValidator

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards
from sandbox.aws.core.world import World
from sandbox.aws.services.iam.managed_policies import ROLE_CHANGES, have_managed_policy
from sandbox.aws.services.identity_center import work
from sandbox.aws.services.identity_center.center import Center
from sandbox.aws.services.identity_center.instance import Instance, PermissionSet

PREFIX = "AWSReservedSSO_"
_PATH = "/aws-reserved/sso.amazonaws.com/"
_INLINE = "AwsSSOInlinePolicy"
_TWELVE_HOURS = "43200"
_AUDIENCE = "https://signin.aws.amazon.com/saml"
_US_EAST_1 = "us-east-1"


def role_name(row: PermissionSet, account: str) -> str:
    """AWSReservedSSO_NAME_16 hexadecimal digits; the digits differ from account to account."""
    return f"{PREFIX}{row.name}_{hashlib.sha256(f'{row.arn}:{account}'.encode()).hexdigest()[:16]}"


def saml_provider_name(instance: Instance) -> str:
    """Of the instance's identity provider in every account that has one of its roles."""
    return f"AWSSSO_{instance.arn.rpartition('-')[2][-16:]}_DO_NOT_DELETE"


def request_role(center: Center, instance: Instance, row: PermissionSet, account: str) -> None:
    """Records that the account's role has to become what the permission set is now."""
    pending = center.pending_roles.setdefault(account, {})
    key, spec = (row.arn, role_name(row, account)), _spec(instance, row)
    was_to_be_removed = key in pending and pending[key] is None
    pending[key] = {**spec, "recreated": True} if was_to_be_removed else spec


def request_removal(world: World, row: PermissionSet, account: str) -> None:
    world.identity_center.pending_roles.setdefault(account, {})[row.arn, role_name(row, account)] = None


def _spec(instance: Instance, row: PermissionSet) -> dict[str, Any]:
    """The role's specification; one object for all accounts, since a seed may need the same one in 5,000."""
    known_spec: dict[str, Any] | None = instance.specs.get(row.arn)
    if known_spec is not None and known_spec["changed"] == row.changed:
        return known_spec
    spec = instance.specs[row.arn] = {
        "changed": row.changed,
        "path": _PATH if instance.region == _US_EAST_1 else f"{_PATH}{instance.region}/",
        "description": row.description or "",
        "inline": row.inline_policy,
        "managed": tuple(row.managed),
        "customer": tuple(row.customer_managed),
        "boundary": row.boundary,
        "provider": saml_provider_name(instance),
    }
    return spec


def missing_policy(world: World, row: PermissionSet, account: str) -> str | None:
    """howtocmp.html: the customer managed policies that a set refers to have to exist in the account."""
    references = list(row.customer_managed)
    boundary = (row.boundary or {}).get("CustomerManagedPolicyReference")
    if boundary:
        references.append((boundary.get("Path") or "/", boundary["Name"]))
    if not references:
        return None
    managed_policies = iam_backends[account]["aws"].managed_policies
    arns = [_arn(account, path, name) for path, name in references]
    missing = next((arn for arn in arns if arn not in managed_policies), None)
    return f"Received a 404 status error: Not supported policy {missing}." if missing is not None else None


@functools.lru_cache(maxsize=1024)
def _is_malformed(text: str) -> bool:
    try:
        IAMPolicyDocumentValidator(text).validate()
    except Exception:  # noqa: BLE001 - moto's own refusals, whatever they are
        return True
    return False


def malformed_policy(row: PermissionSet) -> str | None:
    """github.com/hashicorp/terraform-provider-aws/issues/31456: it is IAM that refuses it, when provisioning."""
    if row.inline_policy is not None and _is_malformed(row.inline_policy):
        return "Received a 400 status error: The inline policy is not a valid IAM policy."
    return None


def is_closed(world: World, account: str) -> bool:
    """Whether the account is suspended, or its closure is pending."""
    if world.organization is None or account not in world.organization.accounts:
        return False
    return bool(world.organization.accounts[account].state != "ACTIVE")


# --- in IAM ---


def _arn(account: str, path: str, name: str) -> str:
    return f"arn:aws:iam::{account}:policy{path}{name}"


def apply_pending_roles(world: World, account: str) -> None:
    """Creates, changes and deletes the account's roles as requested."""
    pending = world.identity_center.pending_roles.pop(account, None)
    if not pending:
        return
    backend = iam_backends[account]["aws"]
    by_name = {role.name: role for role in backend.roles.values()}
    for (_, name), spec in pending.items():
        role = by_name.get(name)
        if role is not None:
            _remove_policies(backend, role)
        if spec is not None:
            _apply_spec(backend, account, name, role, spec)
        elif role is not None:
            del backend.roles[role.id]


def _apply_spec(backend: IAMBackend, account: str, name: str, role: Role | None, spec: dict[str, Any]) -> None:
    if role is None or "recreated" in spec:
        _ensure_saml_provider(backend, spec["provider"])
    _put_policies(backend, role or _new_role(backend, account, name, spec), account, spec)


def _ensure_saml_provider(backend: IAMBackend, name: str) -> None:
    """The provider is created with a role. If somebody deletes it, only the next new role creates it again: users mend
    it by removing an assignment and adding it again."""
    if name not in backend.saml_providers:
        backend.create_saml_provider(name, "")


def _new_role(backend: IAMBackend, account: str, name: str, spec: dict[str, Any]) -> Role:
    provider = f"arn:aws:iam::{account}:saml-provider/{spec['provider']}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": {"SAML:aud": _AUDIENCE}},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role: Role = backend.create_role(name, trust, spec["path"], None, spec["description"], [], _TWELVE_HOURS)
    return role


def _remove_policies(backend: IAMBackend, role: Role) -> None:
    for arn in list(role.managed_policies):
        backend.detach_role_policy(arn, role.name)
    role.policies.clear()
    role.permissions_boundary_arn = None


def _put_policies(backend: IAMBackend, role: Role, account: str, spec: dict[str, Any]) -> None:
    role.description = spec["description"]
    if spec["inline"] is not None:
        role.policies[_INLINE] = spec["inline"]
    for arn in (*spec["managed"], *(_arn(account, path, name) for path, name in spec["customer"])):
        have_managed_policy(account, arn)
        if arn in backend.managed_policies:  # a seed's set may name one that its account hasn't
            backend.managed_policies[arn].attach_to(role)
    boundary = spec["boundary"] or {}
    if "ManagedPolicyArn" in boundary:
        role.permissions_boundary_arn = boundary["ManagedPolicyArn"]
        have_managed_policy(account, boundary["ManagedPolicyArn"])
    elif boundary:
        reference = boundary["CustomerManagedPolicyReference"]
        role.permissions_boundary_arn = _arn(account, reference.get("Path") or "/", reference["Name"])


@guards("iam", "*")
@guards("sts", "*")
def apply_roles_first(context: Context) -> None:
    """Before a call reads the IAM of its account, or of the account whose role it assumes."""
    if not context.world.identity_center.pending_roles and not context.world.identity_center.instances:
        return
    with context.world.lock:
        work.settle(context.world)
        apply_pending_roles(context.world, context.account)
        arn_parts = str(context.parameter("RoleArn") or "").split(":")
        if len(arn_parts) > 4:
            apply_pending_roles(context.world, arn_parts[4])


@guards("iam", *ROLE_CHANGES)
def refuse_reserved_role(context: Context) -> None:
    """using-service-linked-roles.html: only the service may change these; IAM's error is that of protected roles."""
    name = str(context.parameter("RoleName"))
    if not name.startswith(PREFIX):
        return
    for role in iam_backends[context.account]["aws"].roles.values():
        if role.name == name and role.path.startswith(_PATH):
            raise AwsError(
                "UnmodifiableEntity",
                f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS",
            )
