"""Organization policies: types on and off, documents, attachments.

Sources: API_<Operation>.html, orgs_reference_limits.html (sizes, five attachments a target for SCPs and RCPs, ten for
the others), orgs_manage_policies_enable-disable.html (turning SCPs off detaches them all). All policy types of the
API model are known, DECLARATIVE_POLICY_EC2 among them. Turning a type on or off takes `world.delays["policy_types"]`
seconds, 0 unless a seed says otherwise (assumed); changes meanwhile are PolicyChangesInProgressException.
"""

from __future__ import annotations

import functools
from typing import Any

from pulumi_aws_identity_center.iam import read_json

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles
from sandbox.aws.core.world import World

from .access import constraint, invalid, organization_of, page, page_of, require_available, tags_after
from .due_changes import when_due
from .organization import describe_root
from .service_access import POLICY_SERVICES
from .store import FULL_ACCESS, Account, Organization, Policy, Unit

_SCP = "SERVICE_CONTROL_POLICY"
_MAX_ATTACHED = {"SERVICE_CONTROL_POLICY": 5, "RESOURCE_CONTROL_POLICY": 5}
_MAX_SIZE = {"SERVICE_CONTROL_POLICY": 5_120, "RESOURCE_CONTROL_POLICY": 5_120, "AISERVICES_OPT_OUT_POLICY": 2_500}
_DEFAULT_MAX_ATTACHED, _OTHERS_SIZE = 10, 10_000


def summary(organization: Organization, policy: Policy) -> dict[str, Any]:
    kind = policy.type.lower()
    arn = (
        f"arn:aws:organizations::aws:policy/{kind}/{policy.id}"
        if policy.aws_managed
        else organization.arn("policy", kind, policy.id)
    )
    return {
        "Id": policy.id,
        "Arn": arn,
        "Name": policy.name,
        "Description": policy.description,
        "Type": policy.type,
        "AwsManaged": policy.aws_managed,
    }


def _described(organization: Organization, policy: Policy) -> dict[str, Any]:
    return {"Policy": {"PolicySummary": summary(organization, policy), "Content": policy.content}}


def _policy(context: Context) -> tuple[Organization, Policy]:
    organization = organization_of(context.world)
    policy = organization.policies.get(context.parameter("PolicyId"))
    if policy is None:
        changing = context.call.operation in ("UpdatePolicy", "DeletePolicy")
        text = "We can't find a policy with the PolicyId that you specified."
        raise AwsError("PolicyNotFoundException", text if changing else "You specified a policy that doesn't exist.")
    return organization, policy


def _changeable(context: Context) -> tuple[Organization, Policy]:
    organization, policy = _policy(context)
    if policy.aws_managed:
        raise invalid("You specified a policy that is managed by AWS and can't be modified.", "IMMUTABLE_POLICY")
    return organization, policy


def _target(context: Context, organization: Organization) -> Account | Unit:
    target = organization.target(context.parameter("TargetId"))
    if target is None:
        raise AwsError("TargetNotFoundException", "You specified a target that doesn't exist.")
    return target


def _root_of(context: Context) -> Organization:
    organization = organization_of(context.world)
    if context.parameter("RootId") != organization.root.id:
        raise AwsError("RootNotFoundException", "You specified a root that doesn't exist.")
    return organization


@handles("organizations", "EnablePolicyType")
def enable_policy_type(context: Context) -> dict[str, Any]:
    organization, policy_type = _root_of(context), context.parameter("PolicyType")
    require_available(organization)
    _nothing_in_progress(organization)
    if policy_type in organization.policy_types:
        raise AwsError("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled.")
    service = POLICY_SERVICES.get(policy_type)
    if service is not None and service not in context.world.trusted:
        raise constraint(f"Enable the service access of {service} first.", "SERVICE_ACCESS_NOT_ENABLED")
    organization.policy_types[policy_type] = "PENDING_ENABLE"
    _take_time(context.world, organization, policy_type)
    return {"Root": describe_root(organization)}


@handles("organizations", "DisablePolicyType")
def disable_policy_type(context: Context) -> dict[str, Any]:
    organization, policy_type = _root_of(context), context.parameter("PolicyType")
    _nothing_in_progress(organization)
    if policy_type not in organization.policy_types:
        raise _not_enabled()
    organization.policy_types[policy_type] = "PENDING_DISABLE"
    _take_time(context.world, organization, policy_type)
    return {"Root": describe_root(organization)}


def _take_time(world: World, organization: Organization, policy_type: str) -> None:
    seconds = world.delays.get("policy_types", 0.0)
    if seconds:
        organization.due[f"type-{policy_type}"] = world.now() + seconds
    else:
        end_policy_type_change(world, organization, f"type-{policy_type}", world.now())


@when_due("type")
def end_policy_type_change(_: World, organization: Organization, id_: str, __: float) -> None:
    policy_type = id_.removeprefix("type-")
    if organization.policy_types[policy_type] == "PENDING_ENABLE":
        organization.turn_on(policy_type)
    else:
        organization.turn_off(policy_type)


def _nothing_in_progress(organization: Organization) -> None:
    if any(status != "ENABLED" for status in organization.policy_types.values()):
        raise AwsError(
            "PolicyChangesInProgressException",
            "Changes to the effective policy are in progress, and its contents can't be returned. Try the operation "
            "again later.",
        )


def _not_enabled() -> AwsError:
    return AwsError("PolicyTypeNotEnabledException", "The specified policy type isn't currently enabled in this root.")


@handles("organizations", "CreatePolicy")
def create_policy(context: Context) -> dict[str, Any]:
    organization, policy_type, name = (
        organization_of(context.world),
        context.parameter("Type"),
        context.parameter("Name"),
    )
    require_available(organization)
    of_type = organization.policies_of_type.of(policy_type)
    if any(policy.name == name for policy in of_type):
        raise AwsError("DuplicatePolicyException", "A policy with the same name already exists.")
    quotas = context.world.quotas
    if len(of_type) >= (quotas.service_control_policies if policy_type == _SCP else quotas.policies):
        raise constraint("You have exceeded the number of policies of this type.", "POLICY_NUMBER_LIMIT_EXCEEDED")
    content, tags = _checked(policy_type, context.parameter("Content")), tags_after(context)
    policy = Policy(f"p-{context.world.new_id(10)}", name, context.parameter("Description") or "", policy_type, content)
    policy.updated = context.world.now()
    organization.add_policy(policy)
    organization.tags[policy.id] = tags
    return _described(organization, policy)


def _checked(policy_type: str, content: str) -> str:
    if len(content) > _MAX_SIZE.get(policy_type, _OTHERS_SIZE):
        raise constraint(
            f"A policy of this type has at most {_MAX_SIZE.get(policy_type, _OTHERS_SIZE)} characters, and this one "
            f"has {len(content)}.",
            "POLICY_CONTENT_LIMIT_EXCEEDED",
        )
    try:
        document = read_json(content)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not _has_its_shape(policy_type, document):
        raise AwsError(
            "MalformedPolicyDocumentException",
            "The provided policy document does not meet the requirements of the specified policy type.",
        )
    return content


def _has_its_shape(policy_type: str, document: dict[str, Any]) -> bool:
    """SCPs (no Principal) and RCPs (Principal "*") are IAM documents; the others are trees of their own."""
    if policy_type not in FULL_ACCESS:
        return "Statement" not in document
    statements = document.get("Statement")
    rows = statements if isinstance(statements, list) else [statements]
    is_scp = policy_type == "SERVICE_CONTROL_POLICY"
    return all(
        isinstance(row, dict)
        and row.get("Effect") in (("Allow", "Deny") if is_scp else ("Deny",))
        and ("Action" in row) != ("NotAction" in row)
        and ("Principal" not in row if is_scp else row.get("Principal") == "*")
        for row in rows
    )


@handles("organizations", "UpdatePolicy")
def update_policy(context: Context) -> dict[str, Any]:
    organization, policy = _changeable(context)
    name, content = context.parameter("Name"), context.parameter("Content")
    _nothing_in_progress(organization)
    namesakes = [row for row in organization.policies_of_type.of(policy.type) if row.name == name]
    if name is not None and any(namesake is not policy for namesake in namesakes):
        raise AwsError("DuplicatePolicyException", "A policy with the same name already exists.")
    if content is not None:
        policy.content = _checked(policy.type, content)
    policy.name = name if name is not None else policy.name
    if context.parameter("Description") is not None:
        policy.description = context.parameter("Description")
    policy.updated = context.world.now()
    return _described(organization, policy)


@handles("organizations", "DescribePolicy")
def describe_policy(context: Context) -> dict[str, Any]:
    return _described(*_policy(context))


@handles("organizations", "DeletePolicy")
def delete_policy(context: Context) -> None:
    organization, policy = _changeable(context)
    if policy.targets:
        raise AwsError(
            "PolicyInUseException",
            "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts "
            "before performing this operation.",
        )
    organization.remove_policy(policy.id)


@handles("organizations", "AttachPolicy")
def attach_policy(context: Context) -> None:
    organization, policy = _policy(context)
    target = _target(context, organization)
    _nothing_in_progress(organization)
    if policy.type not in organization.policy_types:
        raise _not_enabled()
    if target.id in policy.targets:
        raise AwsError(
            "DuplicatePolicyAttachmentException", "The selected policy is already attached to the specified target."
        )
    attached = _attached_policies(organization, target.id, policy.type)
    if len(attached) >= _MAX_ATTACHED.get(policy.type, _DEFAULT_MAX_ATTACHED):
        raise constraint(
            "You have attached the maximum number of policies of this type to the target.",
            "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        )
    organization.attach(policy.id, target.id)


@handles("organizations", "DetachPolicy")
def detach_policy(context: Context) -> None:
    organization, policy = _policy(context)
    target = _target(context, organization)
    _nothing_in_progress(organization)
    if target.id not in policy.targets:
        raise AwsError("PolicyNotAttachedException", "The policy isn't attached to the specified target.")
    if policy.id == FULL_ACCESS["RESOURCE_CONTROL_POLICY"]:
        raise invalid("You can't detach this AWS Managed Policy.", "NON_DETACHABLE_POLICY")
    attached = _attached_policies(organization, target.id, policy.type)
    if policy.type == "SERVICE_CONTROL_POLICY" and len(attached) == 1:
        raise constraint(
            "You cannot remove the last policy attached to the specified target. You must have at least one attached "
            "at all times.",
            "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        )
    organization.detach(policy.id, target.id)


@handles("organizations", "ListPolicies")
def list_policies(context: Context) -> dict[str, Any]:
    organization = organization_of(context.world)
    rows = organization.policies_of_type.of(context.parameter("Filter"))
    return page(context, "Policies", rows, functools.partial(summary, organization))


@handles("organizations", "ListPoliciesForTarget")
def list_policies_for_target(context: Context) -> dict[str, Any]:
    organization = organization_of(context.world)
    attached = _attached_policies(organization, _target(context, organization).id, context.parameter("Filter"))
    return page_of(context, "Policies", [summary(organization, policy) for policy in attached])


def _attached_policies(organization: Organization, target_id: str, policy_type: str) -> list[Policy]:
    policies = [organization.policies[policy_id] for policy_id in organization.attached.get(target_id, {})]
    return [policy for policy in policies if policy.type == policy_type]


@handles("organizations", "ListTargetsForPolicy")
def list_targets_for_policy(context: Context) -> dict[str, Any]:
    organization, policy = _policy(context)
    return page(context, "Targets", policy.targets_in_order, lambda row: _describe_target(organization, row.item))


def _describe_target(organization: Organization, target_id: str) -> dict[str, Any]:
    target = organization.target(target_id)
    assert target is not None
    resource = {"ACCOUNT": "account", "ROOT": "root"}.get(target.kind, "ou")
    return {
        "TargetId": target.id,
        "Arn": organization.arn(resource, target.id),
        "Name": target.name,
        "Type": target.kind,
    }
