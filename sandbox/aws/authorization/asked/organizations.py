"""What calls of organizations ask: its reference page is list_awsorganizations.html. That creating with tags takes
organizations:TagResource too is in the API reference of each such operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World
from sandbox.aws.services.organizations.store import Organization

from .ask import ANY, Ask, request_tags, tag_keys

# Members that name a resource, in the order in which refusals name them.
_NAMES = (
    "AccountId",
    "PolicyId",
    "TargetId",
    "RootId",
    "OrganizationalUnitId",
    "SourceParentId",
    "DestinationParentId",
    "ParentId",
    "ChildId",
    "ResourceId",
    "HandshakeId",
)
# What operations make that can give it tags at once.
_MADE = {
    "CreateAccount": "account",
    "CreateOrganizationalUnit": "ou",
    "CreatePolicy": "policy",
}


def asks(world: World, call: Call, principal: Principal) -> list[Ask]:
    found: Organization | None = world.organization
    action, keys = f"organizations:{call.operation}", {**_service_and_type(found, call), **request_tags(call)}
    resources = list(_resources(found, call)) if found is not None else []
    asked = [Ask(action, arn, {**keys, **tags}) for arn, tags in resources] or [Ask(action, ANY, keys)]
    if call.parameters.get("Tags") and call.operation in _MADE and found is not None:
        asked.append(Ask("organizations:TagResource", _to_be(found, call), keys, resource_known=False))
    return asked


def _to_be(found: Organization, call: Call) -> str:
    """The ARN of what the call makes, with * for the id that it doesn't have yet."""
    kind = _MADE[call.operation]
    return found.arn(kind, str(call.parameters.get("Type")).lower(), "*") if kind == "policy" else found.arn(kind, "*")


def _service_and_type(found: Organization | None, call: Call) -> dict[str, Value]:
    given = call.parameters
    keys: dict[str, Value] = {}
    if given.get("ServicePrincipal"):
        keys["organizations:ServicePrincipal"] = str(given["ServicePrincipal"])
    policy = found.policies.get(str(given.get("PolicyId"))) if found is not None else None
    kind = given.get("PolicyType") or (policy.type if policy is not None else None)
    if call.operation == "CreatePolicy":
        kind = given.get("Type")
    elif call.operation in ("ListPolicies", "ListPoliciesForTarget"):
        kind = given.get("Filter")
    return {**keys, "organizations:PolicyType": str(kind)} if kind else keys


def _resources(found: Organization, call: Call) -> Iterator[tuple[str, dict[str, Value]]]:
    """Each resource's ARN and tags."""
    names = [call.parameters[name] for name in _NAMES if isinstance(call.parameters.get(name), str)]
    for name in names:
        yield _arn(found, name), tag_keys("aws:ResourceTag", found.tags.get(name, {}))


def _arn(found: Organization, id_: str) -> str:
    if id_.startswith("p-"):
        return _policy_arn(found, id_)
    if id_.startswith("h-"):
        handshake: Any = found.handshakes.get(id_)
        return found.arn("handshake", handshake.action.lower() if handshake is not None else "*", id_)
    kinds = {"r": "root", "ou": "ou"}
    return found.arn(kinds.get(id_.partition("-")[0], "account"), id_)


def _policy_arn(found: Organization, id_: str) -> str:
    policy = found.policies.get(id_)
    kind = policy.type.lower() if policy is not None else "*"
    if policy is not None and policy.aws_managed:
        return f"arn:aws:organizations::aws:policy/{kind}/{id_}"
    return found.arn("policy", kind, id_)
