"""What a resource type is to this provider: how it is made, read, changed and deleted, and what a change means."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import ClientError


class Clients(Protocol):
    """Gives the provider instance's client for a service; `region` is its Region."""

    @property
    def region(self) -> str: ...

    def __call__(self, service: str) -> Any: ...


Properties = dict[str, Any]


class Refused(Exception):
    """What the provider itself refuses, in one sentence."""


class HalfMade(Exception):
    """AWS made the resource and refused what should have come on top of it."""

    def __init__(self, id_: str, cause: ClientError) -> None:
        super().__init__(f"{id_}: {cause}")
        self.id_, self.cause = id_, cause


@contextlib.contextmanager
def made(id_: str) -> Iterator[None]:
    """For the steps of a create that come after the resource is there."""
    try:
        yield
    except ClientError as error:
        raise HalfMade(id_, error) from error


@dataclass(frozen=True)
class ResourceType:
    """create gives the new id; read gives all that AWS says of it, None if it is gone; update gets the old state and
    the new inputs; no update: every change replaces.

    replaces: inputs whose change replaces; sets: lists without an order; documents: JSON texts, compared by content;
    computed: inputs that AWS fills in when they are not given; defaults: what the provider fills in itself.
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
    gone, set_ = changed_tags(old, new)
    if gone:
        untag(**target, TagKeys=gone)
    if set_:
        tag(**target, Tags=set_)


def changed_tags(old: Properties, new: Properties) -> tuple[list[str], list[dict[str, str]]]:
    """The keys to take away and the tags to set, to get from one set of all tags to the other."""
    before, after = old.get("tagsAll") or {}, new.get("tagsAll") or {}
    gone = sorted(set(before) - set(after))
    return gone, tag_list({key: value for key, value in after.items() if before.get(key) != value})
