"""What calls of sts require: list_awssecuritytokenservice.html. A session's tags and its source identity each require
an action of their own (IAM/latest/UserGuide/id_session-tags.html, id_credentials_temp_control-access_monitor.html)."""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends
from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World

from .required_permission import ANY, RequiredPermission, request_tags, tag_keys, tags_by_key

_KEY_OF_PARAMETER = {
    "ExternalId": "sts:ExternalId",
    "RoleSessionName": "sts:RoleSessionName",
    "SourceIdentity": "sts:SourceIdentity",
}
_ACTION_OF_PARAMETER = {"Tags": "sts:TagSession", "SourceIdentity": "sts:SetSourceIdentity"}


def permissions(world: World, call: Call, principal: Principal) -> list[RequiredPermission]:
    parameters, action = call.parameters, f"sts:{call.operation}"
    keys = _condition_keys(call)
    if not parameters.get("RoleArn"):
        return [RequiredPermission(action, ANY, keys)]
    role = str(parameters["RoleArn"])
    keys.update(tag_keys("aws:ResourceTag", _role_tags(world, role)))
    session_actions = [name for parameter, name in _ACTION_OF_PARAMETER.items() if parameters.get(parameter)]
    return [RequiredPermission(name, role, keys) for name in (action, *session_actions)]


def _condition_keys(call: Call) -> dict[str, Value]:
    parameters, keys = call.parameters, request_tags(call)
    for name, key in _KEY_OF_PARAMETER.items():
        if parameters.get(name):
            keys[key] = str(parameters[name])
    if parameters.get("TransitiveTagKeys"):
        keys["sts:TransitiveTagKeys"] = [str(tag_key) for tag_key in parameters["TransitiveTagKeys"]]
    if parameters.get("SerialNumber") and parameters.get("TokenCode"):
        keys.update({"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"})
    return keys


def _role_tags(world: World, arn: str) -> dict[str, str]:
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if account not in iam_backends and account not in world.pending_aws_roles:
        return {}
    roles: list[Any] = iam_backends[account]["aws"].get_roles()
    tags = next((role.tags for role in roles if role.arn == arn), None)
    return tags_by_key(tags or ())
