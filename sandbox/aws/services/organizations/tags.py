"""Tags of accounts, roots, units and policies. Sources: API_TagResource.html, orgs_tagging.html (50 tags, `aws:`
reserved)."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles

from .access import given_tags, organization, page_of


def _tags(context: Context) -> dict[str, str]:
    found, resource = organization(context.world), context.parameter("ResourceId")
    if not (found.target(resource) or found.policies.get(resource)):
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
