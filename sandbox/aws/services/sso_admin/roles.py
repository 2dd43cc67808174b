"""The roles that permission sets become, in moto's IAM of each account.

They are made when somebody first looks at the account's IAM or STS, so that a seed with 100,000 assignments loads in
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


def want(center: Center, instance: Instance, row: PermissionSet, account: str) -> None:
    """Notes that the account is to have the role as the permission set is now."""
    pending = center.pending_roles.setdefault(account, {})
    key, spec = (row.arn, role_name(row, account)), _spec(instance, row)
    was_to_go = key in pending and pending[key] is None
    pending[key] = {**spec, "anew": True} if was_to_go else spec


def want_gone(world: World, row: PermissionSet, account: str) -> None:
    world.identity_center.pending_roles.setdefault(account, {})[row.arn, role_name(row, account)] = None


def _spec(instance: Instance, row: PermissionSet) -> dict[str, Any]:
    """What the role is to be; one object for all accounts, as a seed asks for the same in 5,000."""
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
    """howtocmp.html: the customer managed policies that a set refers to have to be in the account."""
    names = list(row.customer_managed)
    reference = (row.boundary or {}).get("CustomerManagedPolicyReference")
    if reference:
        names.append((reference.get("Path") or "/", reference["Name"]))
    if not names:
        return None
    backend = iam_backends[account]["aws"]
    for path, name in names:
        arn = _arn(account, path, name)
        if arn not in backend.managed_policies:
            return f"Received a 404 status error: Not supported policy {arn}."
    return None


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
    """Suspended, or on its way there."""
    member = world.organization.accounts.get(account) if world.organization is not None else None
    return member is not None and member.state != "ACTIVE"


# --- in IAM ---


def _arn(account: str, path: str, name: str) -> str:
    return f"arn:aws:iam::{account}:policy{path}{name}"


def bring_up_to_date(world: World, account: str) -> None:
    """Makes, changes and deletes what the account's IAM is behind with."""
    pending = world.identity_center.pending_roles.pop(account, None)
    if not pending:
        return
    backend = iam_backends[account]["aws"]
    by_name = {role.name: role for role in backend.roles.values()}
    for (_, name), spec in pending.items():
        role = by_name.get(name)
        if role is not None:
            _strip(backend, role)
        if spec is not None and (role is None or "anew" in spec):
            _have_saml_provider(backend, spec["provider"])
        if spec is None:
            if role is not None:
                del backend.roles[role.id]
        else:
            _dress(backend, role or _new_role(backend, account, name, spec), account, spec)


def _have_saml_provider(backend: IAMBackend, name: str) -> None:
    """Made with a role. One that somebody deletes comes back with the next role that is made, not before: users mend
    it by removing an assignment and making it again."""
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


def _strip(backend: IAMBackend, role: Role) -> None:
    for arn in list(role.managed_policies):
        backend.detach_role_policy(arn, role.name)
    role.policies.clear()
    role.permissions_boundary_arn = None


def _dress(backend: IAMBackend, role: Role, account: str, spec: dict[str, Any]) -> None:
    role.description = spec["description"]
    if spec["inline"] is not None:
        role.policies[_INLINE] = spec["inline"]
    for arn in (*spec["managed"], *(_arn(account, path, name) for path, name in spec["customer"])):
        have_managed_policy(account, arn)
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
def roles_are_there(context: Context) -> None:
    """Before anything of the account's IAM is read, and of the account whose role is to be assumed."""
    if not context.world.identity_center.pending_roles and not context.world.identity_center.instances:
        return
    with context.world.lock:
        work.settle(context.world)
        bring_up_to_date(context.world, context.account)
        named = str(context.parameter("RoleArn") or "").split(":")
        if len(named) > 4:
            bring_up_to_date(context.world, named[4])


@guards("iam", *ROLE_CHANGES)
def is_not_reserved(context: Context) -> None:
    """using-service-linked-roles.html: only the service works on these; IAM's error is that of protected roles."""
    name = str(context.parameter("RoleName"))
    if not name.startswith(PREFIX):
        return
    for role in iam_backends[context.account]["aws"].roles.values():
        if role.name == name and role.path.startswith(_PATH):
            raise AwsError(
                "UnmodifiableEntity",
                f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS",
            )
