"""One thing that a call asks of IAM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.core.wire import Call

ANY = "*"


@dataclass(frozen=True)
class Ask:
    """keys: the condition keys that belong to this action or resource, beside those of every request. resource_known:
    False where the resource is one that the sandbox can't name. unknown: keys that may have any value."""

    action: str
    resource: str = ANY
    keys: Mapping[str, Value] = field(default_factory=dict)
    resource_known: bool = True
    unknown: frozenset[str] = frozenset()


def tag_keys(prefix: str, tags: Mapping[str, str]) -> dict[str, Value]:
    """aws:ResourceTag/KEY and its kin."""
    return {f"{prefix}/{key}": value for key, value in tags.items()}


def request_tags(call: Call) -> dict[str, Value]:
    """The tags that the request brings or takes away."""
    given: Iterable[object] = call.parameters.get("Tags") or ()
    tags = {str(tag["Key"]): str(tag.get("Value", "")) for tag in given if isinstance(tag, dict) and "Key" in tag}
    keys: Sequence[str] = [*tags, *map(str, call.parameters.get("TagKeys") or ())]
    return {**tag_keys("aws:RequestTag", tags), "aws:TagKeys": keys} if keys else {}
