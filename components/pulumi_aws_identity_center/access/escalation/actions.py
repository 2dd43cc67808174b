"""The IAM actions by which principals are changed, become, or made from nothing: tables by kind of principal.

docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

PUT = {"user": "iam:PutUserPolicy", "role": "iam:PutRolePolicy", "group": "iam:PutGroupPolicy"}
ATTACH = {"user": "iam:AttachUserPolicy", "role": "iam:AttachRolePolicy", "group": "iam:AttachGroupPolicy"}
DELETE = {"user": "iam:DeleteUserPolicy", "role": "iam:DeleteRolePolicy", "group": "iam:DeleteGroupPolicy"}
DETACH = {"user": "iam:DetachUserPolicy", "role": "iam:DetachRolePolicy", "group": "iam:DetachGroupPolicy"}
UNBIND = {"user": "iam:DeleteUserPermissionsBoundary", "role": "iam:DeleteRolePermissionsBoundary"}
REBIND = {"user": "iam:PutUserPermissionsBoundary", "role": "iam:PutRolePermissionsBoundary"}
REWRITE, SWAP, MAKE = "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:CreatePolicy"
JOIN, LEAVE = "iam:AddUserToGroup", "iam:RemoveUserFromGroup"
CREATE = {"user": "iam:CreateUser", "role": "iam:CreateRole", "group": "iam:CreateGroup"}
TAG = {"user": "iam:TagUser", "role": "iam:TagRole"}
UNTAG = {"user": "iam:UntagUser", "role": "iam:UntagRole"}
RENAME = "iam:UpdateUser"
ASSUME, TRUST, PASS, SAML = "sts:AssumeRole", "iam:UpdateAssumeRolePolicy", "iam:PassRole", "iam:UpdateSAMLProvider"
NEW_SAML = ("iam:DeleteSAMLProvider", "iam:CreateSAMLProvider")
BECOME = {
    "user": ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"),
    "role": (ASSUME, TRUST, PASS, SAML, *NEW_SAML),
}
_TABLES = (PUT, ATTACH, DELETE, DETACH, UNBIND, REBIND, CREATE, TAG, UNTAG)
# What changes a principal, other than becoming one.
CHANGES = (*(action for table in _TABLES for action in table.values()), REWRITE, SWAP, MAKE, JOIN, LEAVE, RENAME)
ACTIONS = tuple(dict.fromkeys((*CHANGES, *BECOME["user"], *BECOME["role"])))
