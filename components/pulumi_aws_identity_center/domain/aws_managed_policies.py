"""AWS's managed policies that allow a lock-out action or all of IAM, and what they allow: for inputs that name a policy
without its document, and for policies that somebody could attach.

Only the statements that matter here; a document in the input takes precedence.
docs.aws.amazon.com/aws-managed-policy/latest/ reference has them all.
"""

from __future__ import annotations

from pulumi_aws_identity_center.iam import Document
from pulumi_aws_identity_center.iam import parse_document as _parse
from pulumi_aws_identity_center.names import ENABLE_ACTION

ADMINISTRATOR = "AdministratorAccess"


def _allows(**actions: object) -> Document:
    return _parse({"Statement": {"Effect": "Allow", "Resource": "*", **actions}})


_IDENTITY_CENTER = ["sso:*", "sso-directory:*", "identitystore:*", ENABLE_ACTION]

KNOWN = {
    ADMINISTRATOR: _allows(Action="*"),
    "PowerUserAccess": _allows(NotAction=["iam:*", "organizations:*", "account:*"]),
    "AIDevOpsAgentActionsPolicy": _allows(
        NotAction=[
            *("account:*", "cognito-identity:*", "iam:*", "identitystore:*", "organizations:*", "ram:*"),
            *("rolesanywhere:*", "sso:*", "sts:*"),
        ]
    ),
    "AWSManagedSettingsAdminAccess": _allows(Action=["sso:UpdateInstance", "identitystore:CreateGroupMembership"]),
    "IAMFullAccess": _allows(Action="iam:*"),
    "AWSOrganizationsFullAccess": _allows(Action="organizations:*"),
    "AWSSSODirectoryAdministrator": _allows(Action=["sso-directory:*", "identitystore:*"]),
    "AWSSSOMasterAccountAdministrator": _allows(Action=_IDENTITY_CENTER),
    "AWSSSOMemberAccountAdministrator": _allows(Action=_IDENTITY_CENTER),
}


def of(arn: str) -> Document | None:
    """A policy of AWS's by its ARN, if it is one of these."""
    owner, _, name = arn.partition(":policy/")
    return KNOWN.get(name) if owner.endswith(":iam::aws") else None


def arn(name: str, near: str) -> str:
    """Its ARN, in the partition of another ARN."""
    return f"arn:{near.split(':')[1]}:iam::aws:policy/{name}"


def in_partition_of(near: str) -> dict[str, Document]:
    """All of these by ARN, in the partition of another ARN."""
    return {arn(name, near): document for name, document in KNOWN.items()}
