"""Tags of accounts, roots, units and policies, and the organization's resource policy.

Sources: API_TagResource.html, orgs_tagging.html (50 tags, `aws:` reserved); API_PutResourcePolicy.html.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.aws.errors import AwsError
from sandbox.aws.organizations.access import constraint, invalid, organization, page
from sandbox.aws.organizations.policies import require_available
from sandbox.aws.organizations.store import Organization
from sandbox.aws.registry import Context, handles

_MAX_TAGS = 50


def _tags(context: Context) -> dict[str, str]:
    found, resource = organization(context.world), context.parameter("ResourceId")
    policy = found.resource_policy
    known = (
        found.target(resource),
        found.policies.get(resource),
        policy if policy and policy["id"] == resource else None,
    )
    if not any(known):
        raise AwsError("TargetNotFoundException", "We can't find a root, OU, account, or policy with the TargetId.")
    return found.tags.setdefault(resource, {})


@handles("organizations", "TagResource")
def tag_resource(context: Context) -> None:
    tags, given = _tags(context), context.parameter("Tags")
    keys = [tag["Key"] for tag in given]
    if len(set(keys)) < len(keys):
        raise invalid("Tag keys must be unique among the tags attached to the same entity.", "DUPLICATE_TAG_KEY")
    if any(key.lower().startswith("aws:") for key in keys):
        raise invalid("You can't add, edit, or delete system tag keys.", "INVALID_SYSTEM_TAGS_PARAMETER")
    if len({*tags, *keys}) > _MAX_TAGS:
        raise constraint(f"A resource has at most {_MAX_TAGS} tags.", "MAX_TAG_LIMIT_EXCEEDED")
    tags.update({tag["Key"]: tag["Value"] for tag in given})


@handles("organizations", "UntagResource")
def untag_resource(context: Context) -> None:
    tags = _tags(context)
    for key in context.parameter("TagKeys"):
        tags.pop(key, None)


@handles("organizations", "ListTagsForResource")
def list_tags_for_resource(context: Context) -> dict[str, Any]:
    rows = [{"Key": key, "Value": value} for key, value in _tags(context).items()]
    return page(context, "Tags", rows, _MAX_TAGS)


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
    found, content = organization(context.world), context.parameter("Content")
    require_available(found)
    try:
        statements = json.loads(content)["Statement"]
    except (ValueError, KeyError, TypeError):
        raise invalid("The resource policy is not valid JSON of a policy.", "INVALID_RESOURCE_POLICY_JSON") from None
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or "Principal" not in statement:
            raise invalid("You specified an invalid principal element in the policy.", "INVALID_PRINCIPAL")
    id_ = found.resource_policy["id"] if found.resource_policy is not None else f"rp-{context.world.new_id(8)}"
    found.resource_policy = {"id": id_, "content": content}
    if tags := context.parameter("Tags"):
        found.tags[id_] = {tag["Key"]: tag["Value"] for tag in tags}
    return {"ResourcePolicy": _resource_policy(found)}


@handles("organizations", "DescribeResourcePolicy")
def describe_resource_policy(context: Context) -> dict[str, Any]:
    return {"ResourcePolicy": _resource_policy(organization(context.world))}


@handles("organizations", "DeleteResourcePolicy")
def delete_resource_policy(context: Context) -> None:
    found = organization(context.world)
    found.tags.pop(_resource_policy(found)["ResourcePolicySummary"]["Id"], None)
    found.resource_policy = None
