"""A resource type of this provider: how it creates, reads, updates and deletes, and which changes replace."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import ClientError


class Clients(Protocol):
    """The provider instance's client for each service; `region` is its Region."""

    @property
    def region(self) -> str: ...

    def __call__(self, service: str) -> Any: ...


Properties = dict[str, Any]


class Refused(Exception):
    """The provider itself refuses; the message is one sentence."""


class PartlyCreated(Exception):
    """AWS created the resource and refused a later step of its creation."""

    def __init__(self, id_: str, cause: ClientError) -> None:
        super().__init__(f"{id_}: {cause}")
        self.id_, self.cause = id_, cause


@contextlib.contextmanager
def keep_created(id_: str) -> Iterator[None]:
    """Around the steps that follow once AWS has created the resource: if one fails, the engine keeps the resource."""
    try:
        yield
    except ClientError as error:
        raise PartlyCreated(id_, error) from error


@dataclass(frozen=True)
class ResourceType:
    """create returns the new id. read returns all properties, None if the resource is gone. update takes the old state
    and the new inputs; without it every change replaces.

    replaces: inputs whose change replaces; sets: lists without an order; documents: JSON texts, compared by content;
    computed: inputs that AWS fills in if the program leaves them out; defaults: inputs that the provider fills in.
    named: the input that gets an automatic name; tagged: it has tags, and default tags apply.
    """

    token: str
    create: Callable[[Clients, Properties], str]
    read: Callable[[Clients, str, Properties], Properties | None]
    delete: Callable[[Clients, str, Properties], None]
    update: Callable[[Clients, str, Properties, Properties], None] | None = None
    replaces: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    named: str | None = None
    tagged: bool = False


def tag_list(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Tags as the APIs take them."""
    return [{"Key": key, "Value": value} for key, value in sorted((tags or {}).items())]


def tag_map(tags: list[dict[str, str]] | None) -> dict[str, str]:
    """Tags as Pulumi has them."""
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def retag(old: Properties, new: Properties, untag: Callable[..., Any], tag: Callable[..., Any], **target: str) -> None:
    """Changes the tags by two operations of the service. target: the arguments by which both name the resource."""
    removed_keys, changed = changed_tags(old, new)
    if removed_keys:
        untag(**target, TagKeys=removed_keys)
    if changed:
        tag(**target, Tags=changed)


def changed_tags(old: Properties, new: Properties) -> tuple[list[str], list[dict[str, str]]]:
    """The keys to remove and the tags to set, from the old properties' tags to the new ones'."""
    before, after = old.get("tagsAll") or {}, new.get("tagsAll") or {}
    removed_keys = sorted(set(before) - set(after))
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    return removed_keys, tag_list(changed)
