"""What the plugin's schema says of the resources, their types and the provider's configuration.

The format is Pulumi's (pulumi.com/docs/iac/extending-pulumi/schema). Pulumi's SDK infers the
components' part.
"""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.names import PACKAGE

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_MAP = {"type": "object", "additionalProperties": _TEXT}
_ANY = {"$ref": "pulumi.json#/Any"}


def _described(type_: dict[str, Any], description: str) -> dict[str, Any]:
    return {**type_, "description": description}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/types/{PACKAGE}:index:{name}"}


TYPES: dict[str, Any] = {
    "CustomerManagedPolicyReference": {
        "type": "object",
        "description": "A policy by its name and path, which has to be in every account of the permission set.",
        "properties": {
            "name": _described(_TEXT, "The policy's name."),
            "path": _described(_TEXT, "The policy's path. Default: /."),
        },
        "required": ["name"],
    },
    "PermissionSetBoundary": {
        "type": "object",
        "description": "A permissions boundary: one of the two.",
        "properties": {
            "managedPolicy": _described(_TEXT, "The ARN of a policy that AWS manages."),
            "customerManagedPolicy": _described(
                _reference("CustomerManagedPolicyReference"), "A policy of the account itself, by name and path."
            ),
        },
    },
    "AssignmentLeftovers": {
        "type": "object",
        "description": "Accounts that an update could not take from an earlier principal.",
        "properties": {
            "principalType": _described(_TEXT, "GROUP or USER."),
            "principalId": _described(_TEXT, "The earlier principal's id in the identity store."),
            "accounts": _described(_TEXTS, "Ids of the accounts in which it still has the permission set."),
        },
        "required": ["principalType", "principalId", "accounts"],
    },
}

TYPES["OtherAssignments"] = {
    "type": "object",
    "description": "A group or user who has a permission set and is not listed.",
    "properties": {
        "principalType": _described(_TEXT, "GROUP or USER."),
        "principalId": _described(_TEXT, "Its id in the identity store."),
        "principalName": _described(_TEXT, "Its name; none if the identity store doesn't know it any more."),
        "accounts": _described(_TEXTS, "Ids of the accounts."),
    },
    "required": ["principalType", "principalId", "accounts"],
}

_INSTANCE_ARN = _described(_TEXT, "The instance's ARN. A change replaces.")
_PERMISSION_SET_INPUTS = {
    "instanceArn": _INSTANCE_ARN,
    "name": _described(_TEXT, "1 to 32 characters. A change replaces."),
    "description": _described(_TEXT, "What the permission set is for, at most 700 characters."),
    "sessionDuration": _described(_TEXT, "ISO 8601, PT1H to PT12H. Default: PT1H."),
    "relayState": _described(_TEXT, "The URL to which the portal leads."),
    "managedPolicies": _described(_TEXTS, "ARNs of policies that AWS manages."),
    "customerManagedPolicies": _described(
        {"type": "array", "items": _reference("CustomerManagedPolicyReference")},
        "Policies of each account itself, by name and path.",
    ),
    "inlinePolicy": _described(_ANY, "A policy document, as an object or as JSON text."),
    "permissionsBoundary": _described(_reference("PermissionSetBoundary"), "The permissions boundary of its roles."),
    "tags": _described(_MAP, "Tags of the permission set."),
}
_ASSIGNMENT_INPUTS = {
    "instanceArn": _INSTANCE_ARN,
    "permissionSetArn": _described(_TEXT, "The permission set's ARN. A change replaces."),
    "principalType": _described(_TEXT, "GROUP or USER."),
    "principalId": _described(_TEXT, "The group's or user's id in the identity store."),
    "principalName": _described(_TEXT, "Its name, for messages."),
    "accounts": _described(_TEXTS, "Account ids."),
    "owns": _described(
        _TEXT,
        "What happens to accounts that are not listed: all takes them away, listed leaves them alone. Default: all.",
    ),
}
_EXCLUSIVE_INPUTS = {
    "instanceArn": _INSTANCE_ARN,
    "permissionSetArn": _described(_TEXT, "The permission set's ARN. A change replaces."),
    "principalIds": _described(_TEXTS, "Ids of the groups and users who may have the permission set."),
}

RESOURCES = {
    "PermissionSet": {
        "description": "A permission set with all its parts; its roles are provisioned once, after all its changes.",
        "inputProperties": _PERMISSION_SET_INPUTS,
        "requiredInputs": ["instanceArn", "name"],
        "properties": {
            **_PERMISSION_SET_INPUTS,
            "inlinePolicy": _described(_TEXT, "The policy document, as JSON text."),
            "arn": _described(_TEXT, "The permission set's ARN."),
            "outdatedAccounts": _described(_TEXTS, "Accounts whose role AWS could not bring up to date."),
        },
        "required": ["instanceArn", "name", "arn"],
    },
    "AccountAssignments": {
        "description": "The accounts in which one group or user has one permission set.",
        "inputProperties": _ASSIGNMENT_INPUTS,
        "requiredInputs": ["instanceArn", "permissionSetArn", "principalType", "principalId", "accounts"],
        "properties": {
            **_ASSIGNMENT_INPUTS,
            "leftovers": _described(
                {"type": "array", "items": _reference("AssignmentLeftovers")},
                "What earlier principals still have; the next update takes it away.",
            ),
        },
        "required": ["instanceArn", "permissionSetArn", "principalType", "principalId", "accounts", "owns"],
    },
    "ExclusiveAssignments": {
        "description": "Takes a permission set from everybody who is not listed. Deleting it changes nothing in AWS.",
        "inputProperties": _EXCLUSIVE_INPUTS,
        "requiredInputs": list(_EXCLUSIVE_INPUTS),
        "properties": {
            **_EXCLUSIVE_INPUTS,
            "others": _described(
                {"type": "array", "items": _reference("OtherAssignments")},
                "Who else has the permission set; the next update takes it from them.",
            ),
        },
        "required": list(_EXCLUSIVE_INPUTS),
    },
}

SIGN_IN = {
    "region": _described(_TEXT, "The instance's home Region. Default: AWS_REGION."),
    "profile": _described(_TEXT, "A profile of the AWS configuration files."),
    "accessKey": {**_described(_TEXT, "The access key's id."), "secret": True},
    "secretKey": {**_described(_TEXT, "The secret access key."), "secret": True},
    "token": {**_described(_TEXT, "The session token of temporary credentials."), "secret": True},
    "assumeRoles": _described(
        {"type": "array", "items": {"type": "object", "additionalProperties": _ANY}},
        "Roles to assume one after the other: {roleArn, sessionName, externalId, policy, policyArns, sourceIdentity, "
        "tags, transitiveTagKeys, duration}.",
    ),
    "allowedAccountIds": _described(_TEXTS, "Accounts in which the provider may work. Left out: in any."),
    "forbiddenAccountIds": _described(_TEXTS, "Accounts in which the provider may not work."),
}
