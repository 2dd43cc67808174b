"""Changes of a principal's tags and of a user's name, which conditions and policies compare."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from pulumi_aws_identity_center.access.account import Account, Principal
from pulumi_aws_identity_center.access.permissions import Call, Power

from . import actions, edges, tags
from .candidates import Candidates
from .changes import Change
from .edges import Way
from .tags import Tag


def changes_of_identity(power: Power, account: Account, candidates: Candidates) -> Iterator[Change]:
    """None of them is clean: what one condition wants, another may not."""
    me = power.principal
    if edges.protected(me):
        return
    for changed, way in retagged(me, candidates):
        name = ("tags", repr(sorted(changed.tags.items())))
        yield Change(name, (way,), _as(changed, account), clean=False)
    if candidates.able(actions.TAG[me.kind]) and not candidates.wanted_tags[1]:
        # More than there is to try: what hangs on them is left open.
        unknown = dataclasses.replace(me, tags={}, tags_told=False)
        yield Change(("tags", "any"), ((edges.on_holder(actions.TAG, me),),), _as(unknown, account), clean=False)
    for changed, way in renamed(me, candidates):
        yield Change(("name", changed.arn), (way,), _as(changed, account), clean=False)


def renamed(principal: Principal, candidates: Candidates) -> Iterator[tuple[Principal, Way]]:
    """A user with another name, and the calls that it takes: on both names (API_UpdateUser.html)."""
    if principal.kind != "user" or not candidates.names(actions.RENAME, principal.arn):
        return
    for arn in candidates.names_for(principal):
        way = (Call(actions.RENAME, principal.arn, (), principal), Call(actions.RENAME, arn, (), principal))
        yield dataclasses.replace(principal, arn=arn, name=arn.rpartition("/")[2]), way


def retagged(principal: Principal, candidates: Candidates) -> Iterator[tuple[Principal, Way]]:
    """The principal with another tag, or without one that it has, and the call that does it."""
    kind = principal.kind
    can_tag = candidates.able(actions.TAG[kind]) or candidates.able(actions.UNTAG[kind])
    wanted = candidates.wanted_tags[0] if can_tag else []
    for key, value in wanted if candidates.names(actions.TAG[kind], principal.arn) else ():
        if principal.tags.get(key) != value:
            yield tags.tagged(principal, (key, value)), (_tag(actions.TAG, principal, (key, value)),)
    has = {key.lower() for key in principal.tags}
    for key in dict.fromkeys(key for key, _ in wanted) if candidates.names(actions.UNTAG[kind], principal.arn) else ():
        if key.lower() in has:
            yield tags.untagged(principal, key), (_tag(actions.UNTAG, principal, (key, "")),)


def _tag(table: dict[str, str], principal: Principal, tag: Tag) -> Call:
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = (("aws:TagKeys", (tag[0],)),)
    if table is actions.TAG:
        context = (*context, (f"aws:RequestTag/{tag[0]}", tag[1]))
    return Call(table[principal.kind], principal.arn, context, principal)


def _as(principal: Principal, account: Account) -> Callable[[Power], Power]:
    return lambda it: it.as_(dataclasses.replace(principal, boundary=it.principal.boundary), account.known)
