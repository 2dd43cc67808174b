"""The possible changes to a principal, and the principal after each: more Allows, fewer Denies, another boundary.

A change is `clean` if it removes no permission; the search tries the other changes one by one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pulumi_aws_identity_center.access.account import Account, HeldPolicy, Principal, Version
from pulumi_aws_identity_center.access.permissions import EVERYTHING, Call, Power
from pulumi_aws_identity_center.iam import Document

from . import actions, edges
from .candidates import BOUNDARY_KEY, Candidates
from .edges import Way, on_group, on_holder, on_policy

_NEW = HeldPolicy("*new*")
_POLICY_KEY = "iam:policyarn"


@dataclass(frozen=True)
class Change:
    """name: which change it is, of whom. ways: any of them brings it about. apply: what it makes of the power."""

    name: tuple[str, str]
    ways: tuple[Way, ...]
    apply: Callable[[Power], Power]
    clean: bool = True


@dataclass(frozen=True)
class _Place:
    """Where a policy would reach somebody. before, after: the calls that it takes besides."""

    holder: Principal
    before: Way = ()
    after: Way = ()

    def way(self, *calls: Call) -> Way:
        return (*self.before, *calls, *self.after)


def changes(power: Power, account: Account, candidates: Candidates) -> Iterator[Change]:
    places = _places(power, account, candidates)
    if _NEW not in power.documents:
        path_to_raise = tuple(_raising(power, places, candidates))
        yield Change(("raise", ""), path_to_raise, lambda it: it.with_document(_NEW, EVERYTHING))
    yield from _joining(power, account, candidates) if candidates.able(actions.JOIN) else ()
    for held, document in list(power.documents.items()):
        if any(s.effect == "Deny" for s in document.statements):
            yield from _dropping(power, held, document, account)
        if held.customers and held.name in account.versions:
            yield from _swapping(held, account)
    yield from _bounding(power, account, candidates)
    if _NEW not in power.documents and any(map(candidates.able, actions.ATTACH.values())):
        yield from _attaching(power, places, account, candidates)


def _places(power: Power, account: Account, candidates: Candidates) -> list[_Place]:
    """Itself, its groups, groups that it could join or make."""
    me = power.principal
    found = [] if edges.protected(me) else [_Place(me)]
    found += [_Place(group) for group in _groups(power, account)]
    if me.kind != "user" or not candidates.able(actions.JOIN):
        return found
    for group in account.groups.values():
        can_join = group.name not in power.groups and candidates.names(actions.JOIN, group.arn)
        # One that denies something is joined first, and raised when it is the principal's own.
        if can_join and _is_raised(group, candidates) and not any(map(_denies, _of_group(group, account).values())):
            found.append(_Place(group, (), (on_group(actions.JOIN, group),)))
    for arn in candidates.new_groups():
        group = Principal(arn, arn.rpartition("/")[2], "group")
        found.append(_Place(group, (on_group(actions.CREATE["group"], group),), (on_group(actions.JOIN, group),)))
    return found


def _is_raised(group: Principal, candidates: Candidates) -> bool:
    """Whether the group could be given more, as far as names tell."""
    return (
        candidates.names(actions.PUT["group"], group.arn)
        or candidates.names(actions.ATTACH["group"], group.arn)
        or any(HeldPolicy(arn).customers and candidates.names(actions.REWRITE, arn) for arn in group.managed)
    )


def _raising(power: Power, places: list[_Place], candidates: Candidates) -> Iterator[Way]:
    """The ways in which it could be allowed everything."""
    own = candidates.own_policies(_POLICY_KEY, *actions.ATTACH.values())
    for place in places:
        yield place.way(on_holder(actions.PUT, place.holder))
        yield place.way(edges.attach(place.holder))
        for action, arn in own:
            yield place.way(on_policy(action, arn), edges.attach(place.holder, arn))
        for arn in place.holder.managed if place.after else ():
            if HeldPolicy(arn).customers:
                yield place.way(on_policy(actions.REWRITE, arn))
    for held in power.documents:
        if held.customers:
            yield (on_policy(actions.REWRITE, held.name),)


def _attaching(power: Power, places: list[_Place], account: Account, candidates: Candidates) -> Iterator[Change]:
    """One of the policies that there are, where not any may be attached: as it is, or with another default version."""
    places = [each for each in places if each.holder.kind != "group" or candidates.able(actions.ATTACH["group"])]
    for arn, problem in account.malformed.items():
        calls = tuple(place.way(edges.attach(place.holder, arn)._replace(doubt=problem)) for place in places)
        yield Change(("attach", arn), calls, _adding(_NEW, EVERYTHING), clean=False)
    for held, document in candidates.attachable_policies:
        if held in power.documents:
            continue
        calls = tuple(place.way(edges.attach(place.holder, held.name)) for place in places)
        if _allows(document):
            yield Change(("attach", held.name), calls, _adding(held, document), clean=not _denies(document))
        for number, version in enumerate(account.versions.get(held.name, ())):
            if version.problem or _allows(version.document):
                swapped = tuple((_swap(held.name, version), *way) for way in calls)
                yield Change((f"attach {number}", held.name), swapped, _adding(held, _said(version)), clean=False)


def _adding(held: HeldPolicy, document: Document) -> Callable[[Power], Power]:
    return lambda it: it.with_document(held, document)


def _joining(power: Power, account: Account, candidates: Candidates) -> Iterator[Change]:
    for group in account.groups.values() if power.principal.kind == "user" else ():
        if group.name in power.groups or not candidates.names(actions.JOIN, group.arn):
            continue
        documents = _of_group(group, account)
        is_clean = not any(map(_denies, documents.values()))
        versions = (each for arn in group.managed for each in account.versions.get(arn, ()))
        if problem := "; ".join(
            (*group.problems, *(account.malformed[a] for a in group.managed if a in account.malformed))
        ):
            # What can't be read may allow anything.
            way = (on_group(actions.JOIN, group)._replace(doubt=problem),)
            yield Change(("join what can't be read", group.name), (way,), _adding(_NEW, EVERYTHING), clean=False)
        is_worth_reaching = any(_allows(each) for each in documents.values()) or any(
            each.problem or _allows(each.document) for each in versions
        )
        if is_worth_reaching or (not is_clean and _is_raised(group, candidates)):
            way = (on_group(actions.JOIN, group),)
            yield Change(("join", group.name), (way,), _joined(group.name, documents), is_clean)


def _of_group(group: Principal, account: Account) -> dict[HeldPolicy, Document]:
    documents = {HeldPolicy(held.name, group.name): each for held, each in group.documents.items()}
    managed = {HeldPolicy(arn, group.name): account.policies[arn] for arn in group.managed if arn in account.policies}
    return {**documents, **managed}


def _joined(name: str, documents: dict[HeldPolicy, Document]) -> Callable[[Power], Power]:
    return lambda it: it.but(documents={**it.documents, **documents}, groups=(*it.groups, name))


def _dropping(power: Power, held: HeldPolicy, document: Document, account: Account) -> Iterator[Change]:
    """Takes the Denies of a policy away: rewritten, the rest of it stays; taken off, nothing does."""
    me = power.principal
    holder = account.groups[held.group] if held.group else me
    rewriting: list[Call] = [on_policy(actions.REWRITE, held.name)] if held.customers else []
    removing: list[Call] = []
    if not edges.protected(holder):
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


def _swapping(held: HeldPolicy, account: Account) -> Iterator[Change]:
    """Another version of a policy, of those that there are."""
    for number, version in enumerate(account.versions[held.name]):
        way = (_swap(held.name, version),)
        yield Change((f"swap {number}", str(held)), (way,), _adding(held, _said(version)), clean=False)


def _swap(arn: str, version: Version) -> Call:
    return on_policy(actions.SWAP, arn)._replace(doubt=version.problem)


def _said(version: Version) -> Document:
    """One that can't be read may say anything: the call that makes it the default one is in doubt."""
    return EVERYTHING if version.problem else version.document


def _bounding(power: Power, account: Account, candidates: Candidates) -> Iterator[Change]:
    """Its boundary off, or another one: one that allows more, or one that a condition wants it to have."""
    me, boundary = power.principal, power.principal.boundary
    is_free, can_rebind = not edges.protected(me), candidates.able(actions.REBIND[me.kind])
    if boundary and power.boundary:
        if HeldPolicy(boundary).customers:
            yield Change(("loosen", boundary), ((on_policy(actions.REWRITE, boundary),),), _bound(boundary, None))
        yield from _freeing(me, candidates) if is_free else ()
        for number, version in enumerate(account.versions.get(boundary, ())):
            bound = _bound(boundary, _said(version))
            yield Change((f"swap {number}", boundary), ((_swap(boundary, version),),), bound, clean=False)
    if is_free and can_rebind:
        wanted = candidates.named_policies(BOUNDARY_KEY)
        for arn in account.policies if boundary else wanted:
            if arn != boundary:
                yield from _binding(me, arn, account, is_wanted=arn in wanted)


def _freeing(me: Principal, candidates: Candidates) -> Iterator[Change]:
    """No boundary that holds it back, from now on."""
    boundless = edges.administrator(me)
    yield Change(("unbind", f"of {me.boundary}"), ((on_holder(actions.UNBIND, me),),), _bound(None, None))
    yield Change(("unbind", boundless), ((_rebind(me, boundless),),), _bound(boundless, None))
    can_rebind = candidates.able(actions.REBIND[me.kind])
    for action, arn in candidates.own_policies(BOUNDARY_KEY, *actions.REBIND.values()) if can_rebind else []:
        if arn != me.boundary:
            yield Change(("unbind", arn), ((on_policy(action, arn), _rebind(me, arn)),), _bound(arn, None))


def _binding(me: Principal, arn: str, account: Account, *, is_wanted: bool) -> Iterator[Change]:
    call, document = _rebind(me, arn), account.policies[arn]
    if is_wanted or _allows(document):
        yield Change(("rebind", arn), ((call,),), _bound(arn, document), clean=False)
    for number, version in enumerate(account.versions.get(arn, ())):
        if version.problem or _allows(version.document):
            way = (_swap(arn, version), call)
            yield Change((f"rebind {number}", arn), (way,), _bound(arn, _said(version)), clean=False)


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
