"""AWS managed policies, each created in an account's IAM when a call first names it.

moto has the documents, and would load all 1,582 into every account, which takes half a second a world.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, Group, InstanceProfile, Policy, User, iam_backends

from sandbox.aws.core.registry import Context, guards

_PREFIX = "arn:aws:iam::aws:policy"

# The operations that change or delete a role: refused for roles that belong to a service.
ROLE_CHANGES = (
    "DeleteRole",
    "UpdateRole",
    "UpdateRoleDescription",
    "UpdateAssumeRolePolicy",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "PutRolePolicy",
    "DeleteRolePolicy",
    "PutRolePermissionsBoundary",
    "DeleteRolePermissionsBoundary",
)


@functools.cache
def _documents() -> dict[str, Any]:
    """ARN → moto's record of the policy, with its name in it."""
    records: dict[str, Any] = json.loads(aws_managed_policies_data)
    return {f"{_PREFIX}{record['Path']}{name}": {**record, "_name": name} for name, record in records.items()}


def have_managed_policy(account: str | Any, arn: str) -> None:
    """Creates an AWS managed policy in the account (or in moto's IAM of one), unless it exists; does nothing for a name
    that AWS doesn't have."""
    backend = iam_backends[account]["aws"] if isinstance(account, str) else account
    if not arn.startswith(_PREFIX) or arn in backend.managed_policies:
        return
    record = _documents().get(arn)
    if record is not None:
        backend.managed_policies[arn] = AWSManagedPolicy.from_data(record["_name"], backend.account_id, "aws", record)


@guards("iam", "*")
def managed_policies_exist(context: Context) -> None:
    for name in ("PolicyArn", "PermissionsBoundary"):
        arn = context.parameter(name)
        if isinstance(arn, str):
            have_managed_policy(context.account, arn)


def aws_managed_policies() -> list[str]:
    """The ARNs of all that AWS has."""
    return list(_documents())


def aws_managed_policy_exists(arn: str) -> bool:
    """Whether AWS has a managed policy of this ARN."""
    return arn in _documents()


def _prefix_ids(kind: Any, prefix: str) -> None:
    """Gives ids AWS's prefix (IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids); moto's are
    bare."""
    original = kind.__init__

    def initialize(self: Any, *arguments: Any, **named: Any) -> None:
        original(self, *arguments, **named)
        self.id = prefix + self.id[:17].upper()

    kind.__init__ = initialize


_prefix_ids(User, "AIDA")
_prefix_ids(Group, "AGPA")
_prefix_ids(InstanceProfile, "AIPA")
_prefix_ids(Policy, "ANPA")
