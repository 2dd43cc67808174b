"""Changes of a principal's tags and of a user's name, which conditions and policies compare."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple

from pulumi_aws_identity_center.access.account import Account, Principal
from pulumi_aws_identity_center.access.permissions import Call, Context, Permissions

from . import calls, edges, tags
from .calls import Way
from .candidates import Candidates
from .change import Apply, Change
from .tags import Tag


class ChangedPrincipal(NamedTuple):
    """The principal with another tag or name, and the calls that bring it about."""

    principal: Principal
    way: Way


def changes_of_identity(permissions: Permissions, account: Account, candidates: Candidates) -> Iterator[Change]:
    """None of them is clean: what one condition wants, another may not."""
    principal = permissions.principal
    if principal.is_protected:
        return
    for changed, way in retagged(principal, candidates):
        name = ("tags", repr(sorted(changed.tags.items())))
        yield Change(name, (way,), _take_identity(changed, account), clean=False)
    if candidates.may_call_any(edges.TAG[principal.kind]) and not candidates.wanted_tags.are_all:
        # More than there is to try: what hangs on them is left open.
        unknown = dataclasses.replace(principal, tags={}, tags_are_known=False)
        way = (calls.on_principal(edges.TAG, principal),)
        yield Change(("tags", "any"), (way,), _take_identity(unknown, account), clean=False)
    for changed, way in renamed(principal, candidates):
        yield Change(("name", changed.arn), (way,), _take_identity(changed, account), clean=False)


def renamed(principal: Principal, candidates: Candidates) -> Iterator[ChangedPrincipal]:
    """A user with another name: the call has to be allowed on both names (API_UpdateUser.html)."""
    if not principal.is_user or not candidates.may_name(edges.UPDATE_USER, principal.arn):
        return
    for arn in candidates.other_names(principal):
        way = tuple(Call(edges.UPDATE_USER, name, (), principal) for name in (principal.arn, arn))
        yield ChangedPrincipal(dataclasses.replace(principal, arn=arn, name=arn.rpartition("/")[2]), way)


def retagged(principal: Principal, candidates: Candidates) -> Iterator[ChangedPrincipal]:
    tag, untag = edges.TAG[principal.kind], edges.UNTAG[principal.kind]
    if not candidates.may_call_any(tag, untag):
        return
    wanted = candidates.wanted_tags.tags
    if candidates.may_name(tag, principal.arn):
        yield from _with_each_tag(principal, wanted)
    if candidates.may_name(untag, principal.arn):
        yield from _without_each_key(principal, dict.fromkeys(wanted_tag.key for wanted_tag in wanted))


def _with_each_tag(principal: Principal, wanted: list[Tag]) -> Iterator[ChangedPrincipal]:
    for tag in wanted:
        if principal.tags.get(tag.key) != tag.value:
            context: Context = (("aws:TagKeys", (tag.key,)), (f"aws:RequestTag/{tag.key}", tag.value))
            call = Call(edges.TAG[principal.kind], principal.arn, context, principal)
            yield ChangedPrincipal(tags.tagged(principal, tag), (call,))


def _without_each_key(principal: Principal, keys: dict[str, None]) -> Iterator[ChangedPrincipal]:
    lower_keys = {key.lower() for key in principal.tags}
    for key in keys:
        if key.lower() in lower_keys:
            call = Call(edges.UNTAG[principal.kind], principal.arn, (("aws:TagKeys", (key,)),), principal)
            yield ChangedPrincipal(tags.untagged(principal, key), (call,))


def _take_identity(principal: Principal, account: Account) -> Apply:
    """The boundary stays the one that the principal has by then."""

    def apply(before: Permissions) -> Permissions:
        changed = dataclasses.replace(principal, boundary=before.principal.boundary)
        return before.with_identity(changed, account)

    return apply
