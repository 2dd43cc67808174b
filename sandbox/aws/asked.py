"""What a call asks of IAM: the action, the resources that all have to be allowed, and the condition keys.

Resource types and keys: docs.aws.amazon.com/service-authorization/latest/reference/ (list_awsorganizations,
list_awsiamidentitycenter, list_awsidentitystore, list_awsidentityandaccessmanagementiam, list_awssecuritytokenservice).
"""

from __future__ import annotations

import datetime
from typing import Any

from moto.iam.models import iam_backends

from sandbox.aws.authority import Authority
from sandbox.aws.principals import Principal
from sandbox.aws.wire import Call
from sandbox.aws.world import World

_PREFIXES = {"sso-admin": "sso"}
# Keys that depend on the client, which the sandbox does not look at.
UNKNOWN_KEYS = frozenset({"aws:useragent", "aws:referer", "aws:tokenissuetime", "aws:multifactorauthage"})
_SSO_RESOURCES = ("InstanceArn", "PermissionSetArn", "ApplicationArn", "TrustedTokenIssuerArn")
# Request parameter → condition key.
_KEYS = {
    "organizations": {"ServicePrincipal": "organizations:ServicePrincipal", "PolicyType": "organizations:PolicyType"},
    "iam": {"PolicyArn": "iam:PolicyARN", "PermissionsBoundary": "iam:PermissionsBoundary"},
    "sts": {"ExternalId": "sts:ExternalId", "RoleSessionName": "sts:RoleSessionName"},
}
_OF_IAM = {"RoleName": "role", "UserName": "user", "GroupName": "group", "InstanceProfileName": "instance-profile"}


def action_of(call: Call) -> str:
    return f"{_PREFIXES.get(call.service, call.service)}:{call.operation}"


def resources_of(world: World, call: Call, principal: Principal) -> list[str]:
    """Every resource that the call is about; "*" where the action has none."""
    given, account = call.parameters, principal.account
    if call.service == "sso-admin":
        return [str(given[name]) for name in _SSO_RESOURCES if given.get(name)] or ["*"]
    if call.service == "organizations" and world.organization is not None and given.get("AccountId"):
        return [world.organization.arn("account", str(given["AccountId"]))]
    if call.service == "identitystore" and given.get("IdentityStoreId"):
        return [f"arn:aws:identitystore::{account}:identitystore/{given['IdentityStoreId']}"]
    if call.service == "sts" and given.get("RoleArn"):
        return [str(given["RoleArn"])]
    return [_of_iam(call, account)] if call.service == "iam" else ["*"]


def _of_iam(call: Call, account: str) -> str:
    given = call.parameters
    for name, kind in _OF_IAM.items():
        if given.get(name):
            existing = _existing(account, kind, str(given[name]))
            return existing or f"arn:aws:iam::{account}:{kind}{given.get('Path') or '/'}{given[name]}"
    if call.operation == "CreatePolicy":
        return f"arn:aws:iam::{account}:policy{given.get('Path') or '/'}{given.get('PolicyName')}"
    return str(given.get("PolicyArn") or "*")


def _existing(account: str, kind: str, name: str) -> str | None:
    """The ARN of what is there: its path is not in the request."""
    iam = iam_backends[account]["aws"]
    if kind == "role":
        return next((str(role.arn) for role in iam.get_roles() if role.name == name), None)
    found = {"user": iam.users, "group": iam.groups}.get(kind, {}).get(name)
    return str(found.arn) if found is not None else None


def context_of(world: World, call: Call, principal: Principal, authority: Authority) -> dict[str, Any]:
    """The condition keys of the request; one that isn't here is absent from it."""
    now = world.now()
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    context: dict[str, Any] = {
        "aws:PrincipalArn": authority.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": authority.kind,
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
        "aws:SecureTransport": "true",  # it isn't, but AWS's endpoints always are
        "aws:SourceIp": "127.0.0.1",
        "aws:RequestedRegion": call.region,
        "aws:CurrentTime": moment,
        "aws:EpochTime": str(int(now)),
        "aws:userid": principal.user_id,
        **{f"aws:PrincipalTag/{key}": value for key, value in authority.tags.items()},
    }
    if authority.user_name:
        context["aws:username"] = authority.user_name
    if authority.kind == "AssumedRole":
        context["aws:MultiFactorAuthPresent"] = "false"  # a user's long-term keys don't have the key at all
    organization = world.organization
    if organization is not None and principal.account in organization.accounts:
        context["aws:PrincipalOrgID"] = organization.id
    return {**context, **_of_request(call)}


def _of_request(call: Call) -> dict[str, Any]:
    given = call.parameters
    context: dict[str, Any] = {
        key: str(given[name]) for name, key in _KEYS.get(call.service, {}).items() if given.get(name)
    }
    tags = [tag for tag in given.get("Tags") or () if isinstance(tag, dict) and "Key" in tag]
    for tag in tags:
        context[f"aws:RequestTag/{tag['Key']}"] = str(tag.get("Value", ""))
    if tags:
        context["aws:TagKeys"] = [str(tag["Key"]) for tag in tags]
    return context
