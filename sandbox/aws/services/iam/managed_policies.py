"""IAM: AWS managed policies by name, on first use. The rest is moto's, behind the guards of
`service_linked_roles.py`.

moto carries the managed policies' documents and leaves them out unless asked for all 1,582 in every account, which
costs half a second a world; here each comes into being when a call first names it.
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
    """Brings an AWS managed policy into being in the account (or moto's IAM of one); does nothing for a name that AWS
    doesn't have."""
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


def _id_begins_with(kind: Any, prefix: str) -> None:
    """As AWS's ids do (IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids); moto's are bare."""
    original = kind.__init__

    def made(self: Any, *arguments: Any, **named: Any) -> None:
        original(self, *arguments, **named)
        self.id = prefix + self.id[:17].upper()

    kind.__init__ = made


_id_begins_with(User, "AIDA")
_id_begins_with(Group, "AGPA")
_id_begins_with(InstanceProfile, "AIPA")
_id_begins_with(Policy, "ANPA")
