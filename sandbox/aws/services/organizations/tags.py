"""Tags of accounts, roots, units and policies. Sources: API_TagResource.html, orgs_tagging.html (50 tags, `aws:`
reserved)."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles

from .access import organization_of, page_of, tags_after


def _tags(context: Context) -> dict[str, str]:
    organization, resource = organization_of(context.world), context.parameter("ResourceId")
    if not (organization.target(resource) or organization.policies.get(resource)):
        raise AwsError("TargetNotFoundException", "You specified a target that doesn't exist.")
    return organization.tags.setdefault(resource, {})


@handles("organizations", "TagResource")
def tag_resource(context: Context) -> None:
    tags = _tags(context)
    tags.update(tags_after(context, tags))


@handles("organizations", "UntagResource")
def untag_resource(context: Context) -> None:
    tags = _tags(context)
    for key in context.parameter("TagKeys"):
        tags.pop(key, None)


@handles("organizations", "ListTagsForResource")
def list_tags_for_resource(context: Context) -> dict[str, Any]:
    rows = [{"Key": key, "Value": value} for key, value in _tags(context).items()]
    return page_of(context, "Tags", rows, limit=len(rows) or 1)
