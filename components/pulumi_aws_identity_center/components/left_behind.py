"""What this stack holds already, as a resource that the program no longer declares, and a component now makes anew.

Whoever replaces their `aws.organizations.AwsServiceAccess` by a `TrustedAccess` would have the update make the new
one, which changes nothing, and then delete the old one, which turns trusted access off; a delegated administrator and
attributes for access control would go the same way. So that ends in an error that says how to take it over, in the
preview and in the update. Where another process's program may declare it (a remote component), it is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime.resource import all_aliases

from pulumi_aws_identity_center.names import (
    ATTRIBUTES_TYPE,
    DELEGATED_ADMINISTRATOR_TYPE,
    PACKAGE,
    SERVICE_ACCESS_TYPE,
    SSO_SERVICE_PRINCIPAL,
    TRUSTED_ACCESS_TYPE,
)

from . import stack_state
from .lookups import account_by, account_of
from .program import principal_of, watch
from .program_end import at_end
from .user_errors import plain_error

Outputs = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """what, loss: the thing, and what its deletion does; {} is the value that `key` has in the state's outputs."""

    type_: str
    key: str
    what: str
    loss: str
    is_same: Callable[[Outputs, Any], bool]


ACCESS = Kind(
    SERVICE_ACCESS_TYPE,
    "servicePrincipal",
    "the trusted access of {}",
    "turn {} off",
    lambda row, principal: row.get("servicePrincipal") == principal,
)
# AWS takes one administrator: another one's registration is in the way, or is this one's.
ADMINISTRATOR = Kind(
    DELEGATED_ADMINISTRATOR_TYPE,
    "accountId",
    "the delegated administrator {}",
    "deregister {}",
    lambda row, _: row.get("servicePrincipal") == SSO_SERVICE_PRINCIPAL,
)
ATTRIBUTES = Kind(
    ATTRIBUTES_TYPE,
    "instanceArn",
    "the attributes for access control of {}",
    "delete these",
    lambda row, arn: row.get("instanceArn") == arn,
)


@dataclass(frozen=True)
class Taker:
    """A component with its options, and its child, that holds the value from now on."""

    kind: Kind
    component: pulumi.Resource
    opts: pulumi.ResourceOptions | None
    child: pulumi.CustomResource
    value: Any

    @property
    def name(self) -> str:
        return self.component.pulumi_resource_name


def look(taker: Taker) -> pulumi.Output[int] | None:
    """One look for all of a program's, at its end: None. In a plugin it is this one's, and only warns."""
    waiting: list[Taker] = watch().shared("left behind", list)
    waiting.append(taker)
    if len(waiting) > 1 or at_end(lambda: _judge(waiting)):
        return None
    return pulumi.Output.from_input(0).apply(lambda _: _warn(taker))


async def _judge(waiting: list[Taker]) -> None:
    rows = await stack_state.rows()
    for kind in dict.fromkeys(taker.kind for taker in waiting) if rows else ():
        held = stack_state.of_type(rows, kind.type_)
        taken = await _taken(kind, held) if held else {}
        left = {urn for urn in held if urn not in taken}
        if kind is not ATTRIBUTES:
            left |= {urn for urn, by in taken.items() if not await _keeps(by, held[urn])}
        # Where the state has nothing but what these hold there is nothing to ask for.
        if any(by.resource not in [each.child for each in waiting] for by in taken.values()) or left:
            await _refuse_half_deleted(kind, waiting)
        for taker in waiting if left else ():
            if taker.kind is kind:
                await _refuse(taker, {urn: held[urn] for urn in left}, taken)


async def _refuse(
    taker: Taker, left: Mapping[str, Outputs], taken: Mapping[str, pulumi.ResourceTransformationArgs]
) -> None:
    value = await pulumi.Output.from_input(taker.value).future()
    mine = [urn for urn, row in left.items() if value is not None and taker.kind.is_same(row, value)]
    deleted = await stack_state.unprotected(mine) if mine else {}
    for urn in sorted(mine if deleted is None else deleted):
        if deleted and await _is_elsewhere(deleted[urn], taker):
            continue
        if _is_remote(urn):
            pulumi.log.warn(_doubt(taker.kind, urn, left[urn]), taker.component)
            continue
        is_twice = any(by.resource is taker.child for by in taken.values())
        if urn in taken:
            gone, alias = "which the program declares for another service now", None
        else:
            gone, alias = "which the program no longer declares", _alias(taker, await taker.component.urn.future(), urn)
        raise plain_error(_problem(taker, urn, f"{urn}, {gone}", left[urn], alias=alias, is_twice=is_twice))


async def _refuse_half_deleted(kind: Kind, waiting: list[Taker]) -> None:
    for urn, provider, row in await stack_state.half_deleted(kind.type_):
        for taker in waiting:
            value = await pulumi.Output.from_input(taker.value).future()
            if taker.kind is not kind or value is None or not kind.is_same(row, value):
                continue
            if not await _is_elsewhere(provider, taker):
                what = row.get(kind.key)
                raise plain_error(
                    f"An earlier update of this stack left {kind.what.format(what)} as {urn} to be deleted, which the "
                    f"next one does: it would {kind.loss.format(what)}. Run pulumi stack export --file state.json, "
                    'take the resource of that urn with "delete": true out of the file, and run pulumi stack import '
                    "--file state.json: in AWS it stays as it is."
                )


async def _taken(kind: Kind, held: Mapping[str, Outputs]) -> dict[str, pulumi.ResourceTransformationArgs]:
    """Which of the state's resources go on as what the program declares: for each the first of its own URN and its
    aliases that the state has, as the engine takes it."""
    taken: dict[str, pulumi.ResourceTransformationArgs] = {}
    for args in watch().taking:
        if args.type_ != kind.type_:
            continue
        # What is only read takes over nothing.
        if args.opts.id or args.opts.urn:
            continue
        parent = args.opts.parent
        # The engine hands a parent's aliases down only where the parent itself was taken over by one.
        is_there = parent is not None and await parent.urn.future() in (await stack_state.rows() or {})
        aliases = [] if is_there else all_aliases(args.opts.aliases, args.name, args.type_, parent)
        # Its own too: a transformation that came after may have given it some.
        for name in (args.resource.urn, *aliases, *args.resource._aliases):
            urn = await pulumi.Output.from_input(name).future()
            if urn is not None and urn in held and urn not in taken:
                taken[urn] = args
                break
    return taken


async def _keeps(by: pulumi.ResourceTransformationArgs, row: Outputs) -> bool:
    """Whether it goes on for the same service; for another one it is replaced."""
    principal = await pulumi.Output.from_input(principal_of(by.props)).future()
    return principal is None or principal == row.get("servicePrincipal")


async def _is_elsewhere(provider_urn: str, taker: Taker) -> bool:
    """Whether it certainly is another account's. AWS is asked, since two ways to sign in may lead to one."""
    name = provider_urn.rpartition("::")[2]
    provider = watch().provider_named(name)
    if provider is None and not name.startswith("default"):
        return False  # it is no longer declared
    try:
        return await account_by(provider) != await account_of(taker.component)
    except Exception as error:  # noqa: BLE001 - the engine's failures have no class of their own
        pulumi.log.debug(f"Whose {provider_urn} is could not be asked: {error}")
        return False


def _is_remote(urn: str) -> bool:
    """Whether a remote component of this program may declare it, in its own process."""
    remote = {each.pulumi_resource_type for each in watch().components if each._remote}
    return any(part in remote for part in _types(urn)[:-1])


async def _warn(taker: Taker) -> int:
    """How many were found, of which a plugin can't tell whether the program declares them."""
    found = 0
    value = await pulumi.Output.from_input(taker.value).future()
    held = stack_state.of_type(await stack_state.rows(), taker.kind.type_)
    mine = taker.component.pulumi_resource_type
    # Of its own kind, its own, and one that an alias takes over (where it has none of its own yet).
    is_twice = any(mine in _types(urn) for urn in held)
    aliases = () if is_twice else await _aliases(taker)
    for urn, row in held.items() if value is not None else ():
        if mine in _types(urn) or urn in aliases or not taker.kind.is_same(row, value):
            continue
        deleted = await stack_state.unprotected([urn])
        if deleted is None or urn in deleted:
            pulumi.log.warn(_doubt(taker.kind, urn, row), taker.component)
            found += 1
    return found


async def _aliases(taker: Taker) -> list[Any]:
    return [await pulumi.Output.from_input(alias).future() for alias in taker.child._aliases]


def _types(urn: str) -> list[str]:
    return urn.split("::")[2].split("$")


def _problem(taker: Taker, urn: str, where: str, row: Outputs, *, alias: str | None, is_twice: bool) -> str:
    value = row.get(taker.kind.key)
    found = (
        f"This stack holds {taker.kind.what.format(value)} as {where}: the update would delete it, and so "
        f"{taker.kind.loss.format(value)}."
    )
    kind = taker.component.pulumi_resource_type.rpartition(":")[2]
    forget = f"pulumi state delete '{urn}'"
    if is_twice:
        return f"{found} {kind} {taker.name} holds it as well, so run {forget}: in AWS it stays as it is."
    if alias is None:
        return f"{found} Run {forget}: in AWS it stays as it is, and {kind} {taker.name} takes it over from there."
    return (
        f"{found} To have it taken over, give {_declared_by(taker)} "
        f'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="{alias}")]). Or run {forget}: in AWS it stays as it '
        "is, whether it is taken over from there or is another organization's."
    )


def _alias(taker: Taker, component_urn: str | None, urn: str) -> str | None:
    """The alias's name by which the component takes it over; None if no name does."""
    *around, _ = _types(urn)
    *beside, component = _types(component_urn or urn)
    name, parent = urn.split("::", 3)[3], _sso(taker)
    if around in ([], beside):  # declared by itself
        return name
    # Another component's. A TrustedAccess's child has more than its name in its own.
    name = name.partition(": ")[0] if component == TRUSTED_ACCESS_TYPE else name
    if around == [*beside, component]:
        return name.removesuffix(taker.name.removeprefix(parent.pulumi_resource_name)) if parent else name
    return name if parent is not None and around == [component] else None


def _sso(taker: Taker) -> pulumi.Resource | None:
    """The OrganizationSso that it is a part of."""
    parent = taker.opts.parent if taker.opts else None
    is_ours = isinstance(parent, pulumi.ComponentResource) and parent.pulumi_resource_type.startswith(f"{PACKAGE}:")
    return parent if is_ours else None


def _declared_by(taker: Taker) -> str:
    """What the program wrote: the OrganizationSso, or the component itself."""
    written = _sso(taker) or taker.component
    return f"{written.pulumi_resource_type.rpartition(':')[2]} {written.pulumi_resource_name}"


def _doubt(kind: Kind, urn: str, row: Outputs) -> str:
    value = row.get(kind.key)
    return (
        f"This stack holds {kind.what.format(value)} also as {urn}, unprotected. If this preview deletes that, "
        f"don't go on: it would {kind.loss.format(value)}. Give this component an alias with that name, which takes "
        f"it over, or run pulumi state delete '{urn}': in AWS it stays as it is."
    )
