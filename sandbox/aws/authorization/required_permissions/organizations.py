"""What calls of organizations require: list_awsorganizations.html. The API reference of each operation that creates
something with tags says that it requires organizations:TagResource too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World
from sandbox.aws.services.organizations.store import Organization

from .required_permission import ANY, RequiredPermission, request_tags, tag_keys

# Parameters that name a resource, in the order in which refusals name them.
_RESOURCE_PARAMETERS = (
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
# Operations that can create something with tags, and its kind.
_CREATED_WITH_TAGS = {
    "CreateAccount": "account",
    "CreateOrganizationalUnit": "ou",
    "CreatePolicy": "policy",
}
# Where a call names a type of policy itself.
_POLICY_TYPE_PARAMETER = {"CreatePolicy": "Type", "ListPolicies": "Filter", "ListPoliciesForTarget": "Filter"}
_ID_KINDS = {"r": "root", "ou": "ou"}


def permissions(world: World, call: Call, principal: Principal) -> list[RequiredPermission]:
    organization: Organization | None = world.organization
    action = f"organizations:{call.operation}"
    keys = {**_service_and_policy_type(organization, call), **request_tags(call)}
    if organization is None:
        return [RequiredPermission(action, ANY, keys)]
    required = [RequiredPermission(action, arn, {**keys, **tags}) for arn, tags in _resources(organization, call)]
    required = required or [RequiredPermission(action, ANY, keys)]
    if call.parameters.get("Tags") and call.operation in _CREATED_WITH_TAGS:
        created = _created_arn(organization, call)
        required.append(RequiredPermission("organizations:TagResource", created, keys, resource_known=False))
    return required


def _created_arn(organization: Organization, call: Call) -> str:
    """The ARN of what the call creates, with * for the id that it doesn't have yet."""
    kind = _CREATED_WITH_TAGS[call.operation]
    if kind == "policy":
        return organization.arn(kind, str(call.parameters.get("Type")).lower(), "*")
    return organization.arn(kind, "*")


def _service_and_policy_type(organization: Organization | None, call: Call) -> dict[str, Value]:
    keys: dict[str, Value] = {}
    if call.parameters.get("ServicePrincipal"):
        keys["organizations:ServicePrincipal"] = str(call.parameters["ServicePrincipal"])
    if policy_type := _policy_type(organization, call):
        keys["organizations:PolicyType"] = str(policy_type)
    return keys


def _policy_type(organization: Organization | None, call: Call) -> Any:
    """The type that the call names, else that of the policy that it names."""
    if call.operation in _POLICY_TYPE_PARAMETER:
        return call.parameters.get(_POLICY_TYPE_PARAMETER[call.operation])
    if call.parameters.get("PolicyType"):
        return call.parameters["PolicyType"]
    policies = organization.policies if organization is not None else {}
    policy = policies.get(str(call.parameters.get("PolicyId")))
    return policy.type if policy is not None else None


def _resources(organization: Organization, call: Call) -> Iterator[tuple[str, dict[str, Value]]]:
    """Each resource's ARN and tags."""
    for name in _RESOURCE_PARAMETERS:
        id_ = call.parameters.get(name)
        if isinstance(id_, str):
            yield _arn(organization, id_), tag_keys("aws:ResourceTag", organization.tags.get(id_, {}))


def _arn(organization: Organization, id_: str) -> str:
    if id_.startswith("p-"):
        return _policy_arn(organization, id_)
    if id_.startswith("h-"):
        handshake: Any = organization.handshakes.get(id_)
        return organization.arn("handshake", handshake.action.lower() if handshake is not None else "*", id_)
    return organization.arn(_ID_KINDS.get(id_.partition("-")[0], "account"), id_)


def _policy_arn(organization: Organization, id_: str) -> str:
    policy = organization.policies.get(id_)
    if policy is None:
        return organization.arn("policy", "*", id_)
    policy_type = policy.type.lower()
    if policy.aws_managed:
        return f"arn:aws:organizations::aws:policy/{policy_type}/{id_}"
    return organization.arn("policy", policy_type, id_)
