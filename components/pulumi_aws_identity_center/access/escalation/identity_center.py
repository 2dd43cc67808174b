"""The actions by which Identity Center's own administration gives people roles, and the resources of their calls.

Whoever may fill a permission set and assign it in the management account gives people an AWSReservedSSO role there
with any policy. Which permission sets, groups and people there are, IAM's details don't tell: the calls are on "*", and
are allowed if they are on each of the shapes here. The edges are rows in `edges.py`.
"""

from __future__ import annotations

_INSTANCE, _SET = "arn:*:sso:::instance/*", "arn:*:sso:::permissionSet/*/*"
_ACCOUNT = "arn:*:sso:::account/{account}"
_MEMBERSHIP = (
    "arn:*:identitystore::*:identitystore/*",
    "arn:*:identitystore:::group/*",
    "arn:*:identitystore:::user/*",
)
ASSIGN, PROVISION = "sso:CreateAccountAssignment", "sso:ProvisionPermissionSet"
FILL = (
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:PutInlinePolicyToPermissionSet",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
)

# By docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html,
# list_awsidentitystore.html and list_awsiamidentitycenterdirectory.html.
RESOURCES: dict[str, tuple[str, ...]] = {
    ASSIGN: (_INSTANCE, _SET, _ACCOUNT),
    PROVISION: (_INSTANCE, _SET, _ACCOUNT),
    **dict.fromkeys(FILL, (_INSTANCE, _SET)),
    "identitystore:CreateGroupMembership": _MEMBERSHIP,
    "sso-directory:AddMemberToGroup": ("*",),
    "sso-directory:UpdatePassword": ("*",),
}
