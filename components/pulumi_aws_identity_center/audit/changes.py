"""What could be changed about a principal, and what it is after that: more Allows, fewer Denies, another boundary.

A change is `clean` if it takes nothing away that could be of use; the others are tried one by one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ..iam import Document
from . import actions, ways
from .authorization_details import Account, Held, Principal
from .powers import EVERYTHING, Call, Power
from .ways import Way, on_group, on_holder, on_policy

_NEW = Held("*new*")


class Hands(Protocol):
    """Whoever could make a change. able: whether any policy gives them the action at all; names: also on the resource,
    as far as its name tells. makeable: the ARNs of new groups, of new policies, of versions of policies, that they
    could make. useful: policies worth attaching."""

    useful: list[tuple[Held, Document]]

    def able(self, action: str) -> bool: ...

    def names(self, action: str, resource: str) -> bool: ...

    def makeable(self, kind: str) -> list[str]: ...


@dataclass(frozen=True)
class Change:
    """name: which change it is, of whom. ways: any of them brings it about. apply: what it makes of the power."""

    name: tuple[str, str]
    ways: tuple[Way, ...]
    apply: Callable[[Power], Power]
    clean: bool = True


def changes(power: Power, account: Account, hands: Hands) -> Iterator[Change]:
    if _NEW not in power.documents:
        raising = tuple(_raising(power, account, hands))
        yield Change(("raise", ""), raising, lambda it: it.with_document(_NEW, EVERYTHING))
    yield from _joining(power, account, hands) if hands.able(actions.JOIN) else ()
    for held, document in list(power.documents.items()):
        if any(s.effect == "Deny" for s in document.statements):
            yield from _dropping(power, held, document, account)
        if held.customers and held.name in account.versions:
            yield from _swapping(held, account)
    if power.principal.boundary:
        yield from _unbinding(power, account, hands)
    if _NEW not in power.documents:
        yield from _attaching(power, account, hands)


def _raising(power: Power, account: Account, hands: Hands) -> Iterator[Way]:
    """The ways in which it could be allowed everything."""
    me, groups = power.principal, _groups(power, account)
    for holder in ([] if ways.protected(me) else [me]) + groups:
        yield (on_holder(actions.PUT, holder),)
        yield (ways.attach(holder),)
        for action, arn in _own_policies(hands):
            yield on_policy(action, arn), ways.attach(holder, arn)
    for held in power.documents:
        if held.customers:
            yield (on_policy(actions.REWRITE, held.name),)
    if me.kind == "user" and hands.able(actions.JOIN):
        yield from _through_groups(power, account, hands)


def _through_groups(power: Power, account: Account, hands: Hands) -> Iterator[Way]:
    is_any_raised = any(map(hands.able, (actions.PUT["group"], actions.ATTACH["group"], actions.REWRITE)))
    for group in account.groups.values() if is_any_raised else ():
        if group.name not in power.groups and hands.names(actions.JOIN, group.arn):
            for call in (on_holder(actions.PUT, group), ways.attach(group)):
                yield call, on_group(actions.JOIN, group)
            for arn in group.managed:
                if Held(arn).customers:
                    yield on_policy(actions.REWRITE, arn), on_group(actions.JOIN, group)
    for arn in hands.makeable("group"):
        group = Principal(arn, arn.rpartition("/")[2], "group")
        for call in (on_holder(actions.PUT, group), ways.attach(group)):
            yield on_group(actions.CREATE["group"], group), call, on_group(actions.JOIN, group)


def _own_policies(hands: Hands) -> Iterator[tuple[str, str]]:
    yield from ((actions.MAKE, arn) for arn in hands.makeable("policy"))
    yield from ((actions.REWRITE, arn) for arn in hands.makeable("version"))


def _attaching(power: Power, account: Account, hands: Hands) -> Iterator[Change]:
    """One of the policies that there are, where not any may be attached."""
    holders = ([] if ways.protected(power.principal) else [power.principal]) + _groups(power, account)
    for held, document in hands.useful if any(map(hands.able, actions.ATTACH.values())) else ():
        if held not in power.documents:
            calls = tuple((ways.attach(holder, held.name),) for holder in holders)
            yield Change(("attach", held.name), calls, _adding(held, document), clean=not _denies(document))


def _adding(held: Held, document: Document) -> Callable[[Power], Power]:
    return lambda it: it.with_document(held, document)


def _joining(power: Power, account: Account, hands: Hands) -> Iterator[Change]:
    for group in account.groups.values() if power.principal.kind == "user" else ():
        if group.name in power.groups or not hands.names(actions.JOIN, group.arn):
            continue
        documents = {Held(held.name, group.name): each for held, each in group.documents.items()}
        documents |= {Held(arn, group.name): account.policies[arn] for arn in group.managed if arn in account.policies}
        if any(_allows(each) for each in documents.values()):
            clean = not any(_denies(each) for each in documents.values())
            yield Change(
                ("join", group.name), ((on_group(actions.JOIN, group),),), _joined(group.name, documents), clean
            )


def _joined(name: str, documents: dict[Held, Document]) -> Callable[[Power], Power]:
    return lambda it: it.but(documents={**it.documents, **documents}, groups=(*it.groups, name))


def _dropping(power: Power, held: Held, document: Document, account: Account) -> Iterator[Change]:
    """Takes the Denies of a policy away: rewritten, the rest of it stays; taken off, nothing does."""
    me = power.principal
    holder = account.groups[held.group] if held.group else me
    rewriting: list[Call] = [on_policy(actions.REWRITE, held.name)] if held.customers else []
    removing: list[Call] = []
    if not ways.protected(holder):
        if held.managed:
            removing.append(on_holder(actions.DETACH, holder, held.name))
        else:
            rewriting.append(on_holder(actions.PUT, holder))
            removing.append(on_holder(actions.DELETE, holder))
    leaving = [on_group(actions.LEAVE, holder)] if held.group else []
    rest = Document(tuple(s for s in document.statements if s.effect == "Allow"))
    harmless = [*rewriting, *(removing if not rest.statements else [])]
    if held.group and not any(_allows(each) for other, each in power.documents.items() if other.group == held.group):
        harmless += leaving
    without = rest if rest.statements else None
    yield Change(("drop", str(held)), _each(harmless), lambda it: it.with_document(held, without))
    if rest.statements:
        yield Change(("remove", str(held)), _each(removing), lambda it: it.with_document(held, None), clean=False)
    if held.group and leaving[0] not in harmless:
        yield Change(("leave", held.group), _each(leaving), _left(held.group), clean=False)


def _left(name: str) -> Callable[[Power], Power]:
    return lambda it: it.but(
        documents={held: each for held, each in it.documents.items() if held.group != name},
        groups=tuple(each for each in it.groups if each != name),
    )


def _swapping(held: Held, account: Account) -> Iterator[Change]:
    """Another version of a policy, of those that there are."""
    for number, version in enumerate(account.versions[held.name]):
        way = (on_policy(actions.SWAP, held.name),)
        yield Change((f"swap {number}", str(held)), (way,), _adding(held, version), clean=False)


def _unbinding(power: Power, account: Account, hands: Hands) -> Iterator[Change]:
    me, boundary = power.principal, power.principal.boundary
    assert boundary is not None
    calls = [] if ways.protected(me) else [on_holder(actions.UNBIND, me), _rebind(me, ways.administrator(me))]
    calls += [on_policy(actions.REWRITE, boundary)] if Held(boundary).customers else []
    yield Change(("unbind", ""), _each(calls), _bound(None, None))
    for arn, document in account.policies.items() if hands.able(actions.REBIND[me.kind]) else ():
        if arn != boundary and _allows(document) and not ways.protected(me):
            yield Change(("rebind", arn), ((_rebind(me, arn),),), _bound(arn, document), clean=False)
    for number, version in enumerate(account.versions.get(boundary, ())):
        way = (on_policy(actions.SWAP, boundary),)
        yield Change((f"swap {number}", boundary), (way,), _bound(boundary, version), clean=False)


def _rebind(me: Principal, policy: str) -> Call:
    return Call(actions.REBIND[me.kind], me.arn, (("iam:PermissionsBoundary", policy),), me)


def _bound(arn: str | None, document: Document | None) -> Callable[[Power], Power]:
    return lambda it: it.but(principal=dataclasses.replace(it.principal, boundary=arn), boundary=document)


def _groups(power: Power, account: Account) -> list[Principal]:
    return [account.groups[name] for name in power.groups if name in account.groups]


def _each(calls: list[Call]) -> tuple[Way, ...]:
    return tuple((call,) for call in calls)


def _allows(document: Document) -> bool:
    return any(s.effect == "Allow" for s in document.statements)


def _denies(document: Document) -> bool:
    return any(s.effect == "Deny" for s in document.statements)
