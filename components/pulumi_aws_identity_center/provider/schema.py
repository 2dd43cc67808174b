"""The plugin's schema: the components', which Pulumi's SDK infers, and the resources' and functions'.

The format is Pulumi's (pulumi.com/docs/iac/extending-pulumi/schema).
"""

from __future__ import annotations

import json
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


_TYPES = {
    "CustomerManagedPolicyReference": {
        "type": "object",
        "description": "A policy by its name and path, which has to be in every account of the permission set.",
        "properties": {"name": _TEXT, "path": _described(_TEXT, "/ if left out.")},
        "required": ["name"],
    },
    "PermissionSetBoundary": {
        "type": "object",
        "description": "A permissions boundary: one of the two.",
        "properties": {
            "managedPolicy": _described(_TEXT, "The ARN of a policy that AWS manages."),
            "customerManagedPolicy": _reference("CustomerManagedPolicyReference"),
        },
    },
    "AssignmentLeftovers": {
        "type": "object",
        "description": "Accounts that an update could not take from an earlier principal.",
        "properties": {"principalType": _TEXT, "principalId": _TEXT, "accounts": _TEXTS},
        "required": ["principalType", "principalId", "accounts"],
    },
}

_INSTANCE_ARN = _described(_TEXT, "The instance's ARN. A change replaces.")
_PERMISSION_SET_INPUTS = {
    "instanceArn": _INSTANCE_ARN,
    "name": _described(_TEXT, "1 to 32 characters. A change replaces."),
    "description": _TEXT,
    "sessionDuration": _described(_TEXT, "ISO 8601, PT1H (the default) to PT12H."),
    "relayState": _described(_TEXT, "The URL to which the portal leads."),
    "managedPolicies": _described(_TEXTS, "ARNs of policies that AWS manages."),
    "customerManagedPolicies": {"type": "array", "items": _reference("CustomerManagedPolicyReference")},
    "inlinePolicy": _described(_ANY, "A policy document, as an object or as JSON text."),
    "permissionsBoundary": _reference("PermissionSetBoundary"),
    "tags": _MAP,
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
        "all (the default): accounts that are not listed are taken away; listed: they are left alone.",
    ),
}

_RESOURCES = {
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
            "leftovers": {"type": "array", "items": _reference("AssignmentLeftovers")},
        },
        "required": ["instanceArn", "permissionSetArn", "principalType", "principalId", "accounts", "owns"],
    },
}

_SIGN_IN = {
    "region": _described(_TEXT, "The instance's home Region; AWS_REGION if left out."),
    "profile": _described(_TEXT, "A profile of the AWS configuration files."),
    "accessKey": {**_TEXT, "secret": True},
    "secretKey": {**_TEXT, "secret": True},
    "token": {**_TEXT, "secret": True},
    "assumeRoles": _described(
        {"type": "array", "items": {"type": "object", "additionalProperties": _ANY}},
        "Roles to assume one after the other: {roleArn, sessionName, externalId}.",
    ),
}


def merged_schema(components: str | None) -> str:
    """components: the schema of the components, as JSON."""
    schema: dict[str, Any] = json.loads(components or "{}")
    token = f"{PACKAGE}:index:{{}}"
    for section, additions in (("resources", _RESOURCES), ("types", _TYPES)):
        own = {token.format(name): value for name, value in additions.items()}
        schema[section] = {**schema.get(section, {}), **own}
    schema["provider"] = {"description": "How the resources sign in to AWS.", "inputProperties": _SIGN_IN}
    return json.dumps(schema)
