"""What calls of sts ask: list_awssecuritytokenservice.html. Tags and a source identity of a session take an action of
their own each (IAM/latest/UserGuide/id_session-tags.html, id_credentials_temp_control-access_monitor.html)."""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends
from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World

from .ask import ANY, Ask, request_tags, tag_keys

_KEYS = {
    "ExternalId": "sts:ExternalId",
    "RoleSessionName": "sts:RoleSessionName",
    "SourceIdentity": "sts:SourceIdentity",
}


def asks(world: World, call: Call, principal: Principal) -> list[Ask]:
    given, action = call.parameters, f"sts:{call.operation}"
    keys: dict[str, Value] = {key: str(given[name]) for name, key in _KEYS.items() if given.get(name)}
    keys.update(request_tags(call))
    if given.get("TransitiveTagKeys"):
        keys["sts:TransitiveTagKeys"] = [str(each) for each in given["TransitiveTagKeys"]]
    if call.operation == "GetFederationToken":
        return [Ask(action, f"arn:aws:sts::{principal.account}:federated-user/{given.get('Name')}", keys)]
    if not given.get("RoleArn"):
        return [Ask(action, ANY, keys)]
    arn = str(given["RoleArn"])
    keys.update(tag_keys("aws:ResourceTag", _tags_of(world, arn)))
    if given.get("SerialNumber") and given.get("TokenCode"):
        keys.update({"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"})
    others = [("sts:TagSession", given.get("Tags")), ("sts:SetSourceIdentity", given.get("SourceIdentity"))]
    return [Ask(action, arn, keys), *(Ask(name, arn, keys) for name, is_asked in others if is_asked)]


def _tags_of(world: World, arn: str) -> dict[str, str]:
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if account not in iam_backends and account not in world.arrivals:
        return {}
    roles: list[Any] = iam_backends[account]["aws"].get_roles()
    found = next((role.tags for role in roles if role.arn == arn), None) or []
    return {str(tag["Key"]): str(tag["Value"]) for tag in found}
