"""Tags of accounts, roots, units and policies, and the organization's resource policy.

Sources: API_TagResource.html, orgs_tagging.html (50 tags, `aws:` reserved); API_PutResourcePolicy.html.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles

from .access import given_tags, invalid, organization, page_of, require_available
from .store import Organization

_ACTION = "organizations:"


def _tags(context: Context) -> dict[str, str]:
    found, resource = organization(context.world), context.parameter("ResourceId")
    policy = found.resource_policy
    known = (
        found.target(resource),
        found.policies.get(resource),
        policy if policy and policy["id"] == resource else None,
    )
    if not any(known):
        raise AwsError("TargetNotFoundException", "You specified a target that doesn't exist.")
    return found.tags.setdefault(resource, {})


@handles("organizations", "TagResource")
def tag_resource(context: Context) -> None:
    tags = _tags(context)
    tags.update(given_tags(context, tags))


@handles("organizations", "UntagResource")
def untag_resource(context: Context) -> None:
    tags = _tags(context)
    for key in context.parameter("TagKeys"):
        tags.pop(key, None)


@handles("organizations", "ListTagsForResource")
def list_tags_for_resource(context: Context) -> dict[str, Any]:
    rows = [{"Key": key, "Value": value} for key, value in _tags(context).items()]
    return page_of(context, "Tags", rows, limit=len(rows) or 1)


def _resource_policy(found: Organization) -> dict[str, Any]:
    if found.resource_policy is None:
        raise AwsError("ResourcePolicyNotFoundException", "We can't find a resource policy request.")
    id_ = found.resource_policy["id"]
    return {
        "ResourcePolicySummary": {"Id": id_, "Arn": found.arn("resourcepolicy", id_)},
        "Content": found.resource_policy["content"],
    }


@handles("organizations", "PutResourcePolicy")
def put_resource_policy(context: Context) -> dict[str, Any]:
    """Tags are for its creation only (the model's UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED); which error
    says so is assumed."""
    found, content = organization(context.world), context.parameter("Content")
    require_available(found)
    _check_document(content)
    tags = given_tags(context)
    if tags and found.resource_policy is not None:
        raise invalid("Tags can be given only when the resource policy is created.", "INVALID_LIST_MEMBER")
    id_ = found.resource_policy["id"] if found.resource_policy is not None else f"rp-{context.world.new_id(8)}"
    found.resource_policy = {"id": id_, "content": content}
    if tags:
        found.tags[id_] = tags
    return {"ResourcePolicy": _resource_policy(found)}


def _check_document(content: str) -> None:
    """orgs_delegate_policies.html: statements with principals, and organizations' own actions."""
    try:
        statements = json.loads(content)["Statement"]
    except (ValueError, KeyError, TypeError):
        raise invalid("The resource policy is not valid JSON of a policy.", "INVALID_RESOURCE_POLICY_JSON") from None
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or "Principal" not in statement:
            raise invalid("You specified an invalid principal element in the policy.", "INVALID_PRINCIPAL")
        actions = statement.get("Action") or []
        for action in [actions] if isinstance(actions, str) else actions:
            if not str(action).lower().startswith(_ACTION):
                raise invalid(
                    f"The resource policy has the action {action}, which can't be delegated.",
                    "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY",
                )


@handles("organizations", "DescribeResourcePolicy")
def describe_resource_policy(context: Context) -> dict[str, Any]:
    return {"ResourcePolicy": _resource_policy(organization(context.world))}


@handles("organizations", "DeleteResourcePolicy")
def delete_resource_policy(context: Context) -> None:
    found = organization(context.world)
    found.tags.pop(_resource_policy(found)["ResourcePolicySummary"]["Id"], None)
    found.resource_policy = None
