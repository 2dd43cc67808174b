"""The messages about a matrix that AWS would refuse, each with the fix. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_aws_identity_center.errors import shown

from .access_matrix import PrincipalReference
from .expansion import Expansion
from .organization import Organization
from .permission_set import PermissionSet
from .resource_steps import PERMISSION_SET_TYPE


def unknown_principal(reference: PrincipalReference) -> str:
    who = shown(reference.id if reference.name is None else reference.name)
    return (
        f"{reference.type.title()} {who} is not in the identity store. Check its spelling, upper and lower case too, "
        "or wait until SCIM has brought it."
    )


def management_account_problems(expansion: Expansion, organization: Organization, caller: str) -> list[str]:
    """caller: the account of who asks. singlesignon/latest/userguide/delegated-admin.html: only the management account
    gives access to itself."""
    management = next((account.id for account in organization.accounts if account.is_management), caller)
    if caller == management:
        return []
    named = [
        f"{assignment.principal} × {assignment.permission_set}"
        for assignment in expansion.assignments
        if management in assignment.account_ids
    ]
    if not named:
        return []
    return [
        f"The management account {management} is selected for {', '.join(named)}, and account {caller} is only the "
        "delegated administrator: AWS refuses it. Declare those assignments in a stack that runs in the management "
        "account."
    ]


def partition_problems(permission_sets: Mapping[str, PermissionSet], instance: str) -> list[str]:
    """AWS managed policies of another partition than the instance's. permission_sets: by name; instance: its ARN."""
    own = f"arn:{instance.split(':')[1]}:"
    return [
        f"Permission set {name} has {policy}, a policy of another partition: give one that begins with {own}."
        for name, permission_set in permission_sets.items()
        for policy in permission_set.arns
        if isinstance(policy, str) and not policy.startswith(own)
    ]


def repeated_principals(expansion: Expansion, ids: Mapping[PrincipalReference, str | None]) -> list[str]:
    """One group or user that gets one permission set twice, by its name and by its id: that would be two resources.

    ids: of those that are known by name."""
    first: dict[tuple[str, str, str], PrincipalReference] = {}
    problems = []
    for row in expansion.assignments:
        id_ = ids.get(row.principal, row.principal.id)
        if not isinstance(id_, str):
            continue
        other = first.setdefault((row.principal.type, id_, row.permission_set), row.principal)
        if other != row.principal:
            problems.append(
                f"{row.principal} and {other} are one {row.principal.type.lower()}, and both get {row.permission_set}: "
                "write it the same way in all assignments."
            )
    return problems


def permission_set_exists(name: str, arn: str | None, instance: str) -> str:
    """arn: its ARN, if it is known."""
    return (
        f"A permission set named {name} exists already, and AWS takes a name once. Take it over with all its grants: "
        "identity-center import-matrix --output access.yaml writes what AWS has, and the file for pulumi import. Or "
        f"import it alone (pulumi import {PERMISSION_SET_TYPE} NAME '{arn or 'ARN'},{instance}'; NAME as this program "
        "calls it, and below an AccessMatrix --parent matrix=URN as well), or give this one another name. If the stack "
        "had one that somebody deleted, run pulumi refresh, and then import the new one alone."
    )
