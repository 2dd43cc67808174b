"""The data sources that components and programs around them read; others are refused by name."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

from .calls import none_if_gone, pages
from .record import Clients, Refused
from .types.iam import document
from .types.organizations import _account, root_properties, trusted_services

Function = Callable[[Clients, dict[str, Any]], dict[str, Any]]

_PARTITIONS = {"cn-": ("aws-cn", "amazonaws.com.cn"), "us-gov-": ("aws-us-gov", "amazonaws.com")}


def _partition(region: str) -> tuple[str, str]:
    """The partition and the suffix of its host names."""
    for prefix, partition in _PARTITIONS.items():
        if region.startswith(prefix):
            return partition
    return "aws", "amazonaws.com"


def get_caller_identity(aws: Clients, arguments: dict[str, Any]) -> dict[str, Any]:
    identity = aws("sts").get_caller_identity()
    return {
        "id": identity["Account"],
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "userId": identity["UserId"],
    }


def get_partition(aws: Clients, arguments: dict[str, Any]) -> dict[str, Any]:
    partition, suffix = _partition(aws.region)
    return {
        "id": partition,
        "partition": partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def get_region(aws: Clients, arguments: dict[str, Any]) -> dict[str, Any]:
    name = arguments.get("name") or arguments.get("region") or aws.region
    return {"id": name, "name": name, "region": name, "description": name, "endpoint": f"ec2.{name}.amazonaws.com"}


def get_organization(aws: Clients, arguments: dict[str, Any]) -> dict[str, Any]:
    client = aws("organizations")
    organization = client.describe_organization()["Organization"]
    result = {
        "id": organization["Id"],
        "arn": organization["Arn"],
        "featureSet": organization["FeatureSet"],
        "masterAccountArn": organization["MasterAccountArn"],
        "masterAccountEmail": organization["MasterAccountEmail"],
        "masterAccountId": organization["MasterAccountId"],
        "masterAccountName": "",
        "accounts": [],
        "nonMasterAccounts": [],
        "roots": [],
        "awsServiceAccessPrincipals": [],
        "enabledPolicyTypes": [],
        "returnOrganizationOnly": bool(arguments.get("returnOrganizationOnly", False)),
    }
    if arguments.get("returnOrganizationOnly"):
        return result
    # Only the management account and delegated administrators may read on; from a member the rest stays empty.
    caller = aws("sts").get_caller_identity()["Account"]
    if caller == organization["MasterAccountId"] or _is_delegated(client, caller):
        return {**result, **_details(client, organization)}
    return result


def _is_delegated(client: Any, account: str) -> bool:
    list_administrators = none_if_gone("AccessDeniedException")(pages)
    rows = list_administrators(client, "list_delegated_administrators", "DelegatedAdministrators") or []
    return account in [row["Id"] for row in rows]


def _details(client: Any, organization: dict[str, Any]) -> dict[str, Any]:
    accounts = [_account(row) for row in pages(client, "list_accounts", "Accounts")]
    roots = pages(client, "list_roots", "Roots")
    management_id = organization["MasterAccountId"]
    names = {row["id"]: row["name"] for row in accounts}
    return {
        "accounts": accounts,
        "nonMasterAccounts": [row for row in accounts if row["id"] != management_id],
        "masterAccountName": names.get(management_id, ""),
        "awsServiceAccessPrincipals": trusted_services(client) if organization["FeatureSet"] == "ALL" else [],
        "enabledPolicyTypes": sorted(kind["Type"] for root in roots for kind in root["PolicyTypes"]),
        "roots": [root_properties(root) for root in roots],
    }


def get_delegated_administrators(aws: Clients, arguments: dict[str, Any]) -> dict[str, Any]:
    filters = {"ServicePrincipal": arguments["servicePrincipal"]} if arguments.get("servicePrincipal") else {}
    rows = pages(aws("organizations"), "list_delegated_administrators", "DelegatedAdministrators", **filters)
    return {
        "id": aws("sts").get_caller_identity()["Account"],
        "servicePrincipal": arguments.get("servicePrincipal"),
        "delegatedAdministrators": [
            {**_account(row), "delegationEnabledDate": row["DelegationEnabledDate"].isoformat()} for row in rows
        ],
    }


def get_instances(aws: Clients, arguments: dict[str, Any]) -> dict[str, Any]:
    rows = pages(aws("sso-admin"), "list_instances", "Instances")
    return {
        "id": aws.region,
        "region": aws.region,
        "arns": [row["InstanceArn"] for row in rows],
        "identityStoreIds": [row["IdentityStoreId"] for row in rows],
    }


def get_role(aws: Clients, arguments: dict[str, Any]) -> dict[str, Any]:
    role = aws("iam").get_role(RoleName=arguments["name"])["Role"]
    return {
        "id": role["RoleName"],
        "name": role["RoleName"],
        "arn": role["Arn"],
        "path": role["Path"],
        "uniqueId": role["RoleId"],
        "description": role.get("Description", ""),
        "assumeRolePolicy": document(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].isoformat(),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "permissionsBoundary": (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn", ""),
        "roleLastUseds": [],
        "tags": {},
    }


def get_policy_document(aws: Clients, arguments: dict[str, Any]) -> dict[str, Any]:
    statements = [_statement(row) for row in arguments.get("statements") or []]
    policy = {"Version": arguments.get("version") or "2012-10-17", "Statement": statements}
    if arguments.get("policyId"):
        policy["Id"] = arguments["policyId"]
    text = json.dumps(policy, indent=2)
    return {"id": str(zlib.crc32(text.encode())), "json": text, "minifiedJson": json.dumps(policy), **arguments}


_STATEMENT_KEYS = {
    "sid": "Sid",
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}


def _statement(row: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": row.get("effect") or "Allow"}
    for name, key in _STATEMENT_KEYS.items():
        if row.get(name):
            statement[key] = row[name]
    for name, key in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if row.get(name):
            statement[key] = {part["type"]: part["identifiers"] for part in row[name]}
    for condition in row.get("conditions") or []:
        operator = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        operator[condition["variable"]] = condition["values"]
    return statement


FUNCTIONS: dict[str, Function] = {
    "aws:index/getCallerIdentity:getCallerIdentity": get_caller_identity,
    "aws:index/getPartition:getPartition": get_partition,
    "aws:index/getRegion:getRegion": get_region,
    "aws:organizations/getOrganization:getOrganization": get_organization,
    "aws:organizations/getDelegatedAdministrators:getDelegatedAdministrators": get_delegated_administrators,
    "aws:ssoadmin/getInstances:getInstances": get_instances,
    "aws:iam/getRole:getRole": get_role,
    "aws:iam/getPolicyDocument:getPolicyDocument": get_policy_document,
}


def call(aws: Clients, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Raises Refused for a function that isn't here."""
    function = FUNCTIONS.get(token)
    if function is None:
        raise Refused(f"The sandbox's aws provider has no function {token}: add it to sandbox/provider/functions.py.")
    return function(aws, arguments)
