"""One action on one resource that a call requires IAM to allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.core.wire import Call

ANY = "*"


@dataclass(frozen=True)
class RequiredPermission:
    """keys: the condition keys of this action or resource; request_context.py has those of every request.
    resource_known: False where the sandbox can't name the resource. unknown: keys that may have any value."""

    action: str
    resource: str = ANY
    keys: Mapping[str, Value] = field(default_factory=dict)
    resource_known: bool = True
    unknown: frozenset[str] = frozenset()


def tag_keys(prefix: str, tags: Mapping[str, str]) -> dict[str, Value]:
    """The condition keys PREFIX/TAG, such as aws:ResourceTag/team."""
    return {f"{prefix}/{key}": value for key, value in tags.items()}


def tags_by_key(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """tags: AWS's list of Key and Value."""
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags}


def request_tags(call: Call) -> dict[str, Value]:
    """aws:RequestTag and aws:TagKeys: the tags that the request adds or removes."""
    tags = tags_by_key(call.parameters.get("Tags") or ())
    removed_keys = [str(key) for key in call.parameters.get("TagKeys") or ()]
    if not tags and not removed_keys:
        return {}
    return {**tag_keys("aws:RequestTag", tags), "aws:TagKeys": [*tags, *removed_keys]}
