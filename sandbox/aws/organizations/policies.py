"""Organization policies: types on and off, documents, attachments.

Sources: API_<Operation>.html, orgs_reference_limits.html (sizes, five attachments a target for SCPs and RCPs, ten for
the others), orgs_manage_policies_enable-disable.html (turning SCPs off detaches them all). All policy types of the
API model are known, DECLARATIVE_POLICY_EC2 among them.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.aws.errors import AwsError
from sandbox.aws.organizations.access import constraint, invalid, organization, page
from sandbox.aws.organizations.organization import describe_root
from sandbox.aws.organizations.store import FULL_ACCESS, Account, Organization, Policy, Unit
from sandbox.aws.registry import Context, handles
from sandbox.aws.world import World

_MAX_ATTACHED = {"SERVICE_CONTROL_POLICY": 5, "RESOURCE_CONTROL_POLICY": 5}
_MAX_SIZE = {"SERVICE_CONTROL_POLICY": 5_120, "RESOURCE_CONTROL_POLICY": 5_120, "AISERVICES_OPT_OUT_POLICY": 2_500}
_MAX_OF_A_TYPE = {"SERVICE_CONTROL_POLICY": 2_000}
_OTHERS_ATTACHED, _OTHERS_SIZE, _OTHERS_NUMBER = 10, 10_000, 1_000


def summary(found: Organization, policy: Policy) -> dict[str, Any]:
    kind = policy.type.lower()
    arn = (
        f"arn:aws:organizations::aws:policy/{kind}/{policy.id}"
        if policy.aws_managed
        else found.arn("policy", kind, policy.id)
    )
    return {
        "Id": policy.id,
        "Arn": arn,
        "Name": policy.name,
        "Description": policy.description,
        "Type": policy.type,
        "AwsManaged": policy.aws_managed,
    }


def _described(found: Organization, policy: Policy) -> dict[str, Any]:
    return {"Policy": {"PolicySummary": summary(found, policy), "Content": policy.content}}


def _policy(context: Context) -> tuple[Organization, Policy]:
    found = organization(context.world)
    policy = found.policies.get(context.parameter("PolicyId"))
    if policy is None:
        raise AwsError("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
    return found, policy


def _changeable(context: Context) -> tuple[Organization, Policy]:
    found, policy = _policy(context)
    if policy.aws_managed:
        raise invalid("You specified a policy that is managed by AWS and can't be modified.", "IMMUTABLE_POLICY")
    return found, policy


def _target(context: Context, found: Organization) -> Account | Unit:
    target = found.target(context.parameter("TargetId"))
    if target is None:
        raise AwsError("TargetNotFoundException", "We can't find a root, OU, account, or policy with the TargetId.")
    return target


def _root_of(context: Context) -> Organization:
    found = organization(context.world)
    if context.parameter("RootId") != found.root.id:
        raise AwsError("RootNotFoundException", "We can't find a root with the RootId that you specified.")
    return found


def require_available(found: Organization) -> None:
    if found.feature_set != "ALL":
        raise AwsError(
            "PolicyTypeNotAvailableForOrganizationException",
            "You can't use the specified policy type with the feature set currently enabled for this organization.",
        )


@handles("organizations", "EnablePolicyType")
def enable_policy_type(context: Context) -> dict[str, Any]:
    found, policy_type = _root_of(context), context.parameter("PolicyType")
    require_available(found)
    if policy_type in found.policy_types:
        raise AwsError("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled.")
    turn_on(found, policy_type)
    return {"Root": describe_root(found)}


def turn_on(found: Organization, policy_type: str) -> None:
    found.policy_types.append(policy_type)
    if policy_type in FULL_ACCESS:
        for target in (*found.units, *found.accounts):
            found.attach(FULL_ACCESS[policy_type], target)


@handles("organizations", "DisablePolicyType")
def disable_policy_type(context: Context) -> dict[str, Any]:
    found, policy_type = _root_of(context), context.parameter("PolicyType")
    if policy_type not in found.policy_types:
        raise _not_enabled()
    found.policy_types.remove(policy_type)
    for policy in found.policies.values():
        if policy.type == policy_type:
            for target in list(policy.targets):
                found.detach(policy.id, target)
    return {"Root": describe_root(found)}


def _not_enabled() -> AwsError:
    return AwsError("PolicyTypeNotEnabledException", "The specified policy type isn't currently enabled in this root.")


@handles("organizations", "CreatePolicy")
def create_policy(context: Context) -> dict[str, Any]:
    found, policy_type, name = organization(context.world), context.parameter("Type"), context.parameter("Name")
    require_available(found)
    of_type = [each for each in found.policies.values() if each.type == policy_type]
    if any(each.name == name for each in of_type):
        raise AwsError("DuplicatePolicyException", "A policy with the same name already exists.")
    if len(of_type) >= _MAX_OF_A_TYPE.get(policy_type, _OTHERS_NUMBER):
        raise constraint("You have exceeded the number of policies of this type.", "POLICY_NUMBER_LIMIT_EXCEEDED")
    content = _checked(policy_type, context.parameter("Content"))
    policy = Policy(f"p-{context.world.new_id(8)}", name, context.parameter("Description") or "", policy_type, content)
    _store(context.world, found, policy)
    found.tags[policy.id] = {tag["Key"]: tag["Value"] for tag in context.parameter("Tags") or []}
    return _described(found, policy)


def _store(world: World, found: Organization, policy: Policy) -> None:
    policy.updated = world.now()
    found.policies[policy.id] = policy


def _checked(policy_type: str, content: str) -> str:
    if len(content) > _MAX_SIZE.get(policy_type, _OTHERS_SIZE):
        raise constraint(
            f"A policy of this type has at most {_MAX_SIZE.get(policy_type, _OTHERS_SIZE)} characters, and this one "
            f"has {len(content)}.",
            "POLICY_CONTENT_LIMIT_EXCEEDED",
        )
    try:
        document = json.loads(content)
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
    found, policy = _changeable(context)
    name, content = context.parameter("Name"), context.parameter("Content")
    if name is not None and any(
        each.name == name and each.type == policy.type and each is not policy for each in found.policies.values()
    ):
        raise AwsError("DuplicatePolicyException", "A policy with the same name already exists.")
    if content is not None:
        policy.content = _checked(policy.type, content)
    policy.name = name if name is not None else policy.name
    if context.parameter("Description") is not None:
        policy.description = context.parameter("Description")
    _store(context.world, found, policy)
    return _described(found, policy)


@handles("organizations", "DescribePolicy")
def describe_policy(context: Context) -> dict[str, Any]:
    return _described(*_policy(context))


@handles("organizations", "DeletePolicy")
def delete_policy(context: Context) -> None:
    found, policy = _changeable(context)
    if policy.targets:
        raise AwsError(
            "PolicyInUseException",
            "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts "
            "before performing this operation.",
        )
    found.tags.pop(policy.id, None)
    del found.policies[policy.id]


@handles("organizations", "AttachPolicy")
def attach_policy(context: Context) -> None:
    found, policy = _policy(context)
    target = _target(context, found)
    if policy.type not in found.policy_types:
        raise _not_enabled()
    if target.id in policy.targets:
        raise AwsError(
            "DuplicatePolicyAttachmentException", "The selected policy is already attached to the specified target."
        )
    attached = [each for each in found.attached.get(target.id, {}) if found.policies[each].type == policy.type]
    if len(attached) >= _MAX_ATTACHED.get(policy.type, _OTHERS_ATTACHED):
        raise constraint(
            "You have attached the maximum number of policies of this type to the target.",
            "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        )
    found.attach(policy.id, target.id)


@handles("organizations", "DetachPolicy")
def detach_policy(context: Context) -> None:
    found, policy = _policy(context)
    target = _target(context, found)
    if target.id not in policy.targets:
        raise AwsError("PolicyNotAttachedException", "The policy isn't attached to the specified target.")
    if policy.id == FULL_ACCESS["RESOURCE_CONTROL_POLICY"]:
        raise invalid("You can't detach this AWS Managed Policy.", "NON_DETACHABLE_POLICY")
    others = [
        each for each in found.attached[target.id] if each != policy.id and found.policies[each].type == policy.type
    ]
    if policy.type == "SERVICE_CONTROL_POLICY" and not others:
        raise constraint(
            "You cannot remove the last policy attached to the specified target. You must have at least one attached "
            "at all times.",
            "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
        )
    found.detach(policy.id, target.id)


@handles("organizations", "ListPolicies")
def list_policies(context: Context) -> dict[str, Any]:
    found = organization(context.world)
    rows = [summary(found, each) for each in found.policies.values() if each.type == context.parameter("Filter")]
    return page(context, "Policies", rows)


@handles("organizations", "ListPoliciesForTarget")
def list_policies_for_target(context: Context) -> dict[str, Any]:
    found = organization(context.world)
    attached = [found.policies[each] for each in found.attached.get(_target(context, found).id, {})]
    rows = [summary(found, each) for each in attached if each.type == context.parameter("Filter")]
    return page(context, "Policies", rows)


@handles("organizations", "ListTargetsForPolicy")
def list_targets_for_policy(context: Context) -> dict[str, Any]:
    found, policy = _policy(context)
    result = page(context, "Targets", list(policy.targets))
    return {**result, "Targets": [_describe_target(found, target) for target in result["Targets"]]}


def _describe_target(found: Organization, target_id: str) -> dict[str, Any]:
    target = found.target(target_id)
    assert target is not None
    resource = {"ACCOUNT": "account", "ROOT": "root"}.get(target.kind, "ou")
    return {"TargetId": target.id, "Arn": found.arn(resource, target.id), "Name": target.name, "Type": target.kind}
