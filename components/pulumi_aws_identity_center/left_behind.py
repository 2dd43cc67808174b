"""A switch that this stack holds already, as a resource of its own that the program no longer declares.

Whoever replaces their `aws.organizations.AwsServiceAccess` by a `TrustedAccess` would have the update make the new
one, which changes nothing, and then delete the old one, which turns trusted access off. So that ends in an error that
says how to take it over, in the preview and in the update. Where it isn't sure that the program no longer declares it
(inside another component; a program of another process), it is a warning.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from . import stack_state
from .constants import PACKAGE, SERVICE_ACCESS_TYPE, TRUSTED_ACCESS_TYPE
from .edge import plain_error
from .program import watch


@dataclass(frozen=True)
class Taker:
    """A TrustedAccess with its options, and the aliases under which it takes over what the state holds."""

    component: pulumi.Resource
    name: str
    opts: pulumi.ResourceOptions | None
    principal: Any
    aliases: Sequence[pulumi.Alias | str]


def look(taker: Taker) -> pulumi.Output[int] | None:
    """One look for all of a program's, awaited by its end. None where it is under way."""
    waiting: list[Taker] = watch().shared("left behind", list)
    waiting.append(taker)
    if len(waiting) > 1:
        return None
    return pulumi.Output.from_input(0).apply(lambda _: _look(waiting))


async def _look(waiting: list[Taker]) -> int:
    """How many were found that only a warning tells of."""
    rows = await stack_state.held(SERVICE_ACCESS_TYPE)
    held = {urn: row.get("servicePrincipal") for urn, row in rows.items()}
    loose = {urn for urn in held if not _is_of_trusted_access(urn)}
    if not loose:
        return 0
    everything_is_declared: Awaitable[Any] | None = watch().declared()
    if everything_is_declared is not None:
        await everything_is_declared
    found = 0
    for taker in waiting:
        principal = await pulumi.Output.from_input(taker.principal).future()
        # Where the state has the component's own too, nothing else is taken over.
        twice = principal in [held[urn] for urn in held.keys() - loose]
        urns = {urn for urn in loose if held[urn] == principal and (twice or urn not in taker.aliases)}
        if not urns or principal is None or watch().declares_directly(principal):
            continue
        deleted = await stack_state.unprotected(urns)
        for urn in sorted(urns if deleted is None else deleted):
            if everything_is_declared is not None and _is_of_the_program_itself(urn):
                raise plain_error(_problem(taker, urn, principal, twice))
            pulumi.log.warn(_doubt(urn, principal), taker.component)
            found += 1
    return found


def _types(urn: str) -> str:
    return urn.split("::")[2]


def _is_of_trusted_access(urn: str) -> bool:
    return f"{TRUSTED_ACCESS_TYPE}$" in _types(urn)


def _is_of_the_program_itself(urn: str) -> bool:
    return _types(urn) == SERVICE_ACCESS_TYPE


def _problem(taker: Taker, urn: str, principal: str, twice: bool) -> str:
    found = (
        f"This stack holds the trusted access of {principal} as {urn}, which the program no longer declares: the "
        f"update would delete it, and so turn {principal} off."
    )
    if twice:
        return f"{found} TrustedAccess {taker.name} holds it as well, so run pulumi state delete '{urn}': it stays on."
    return (
        f"{found} To have it taken over, give {_declared_by(taker)} "
        f'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="{urn.rpartition("::")[2]}")]), or run '
        f"pulumi state rename '{urn}' {taker.name}. If it is another organization's, pulumi state delete '{urn}' "
        "leaves it on."
    )


def _declared_by(taker: Taker) -> str:
    """What the program wrote: the OrganizationSso, or the TrustedAccess itself."""
    parent = taker.opts.parent if taker.opts else None
    if parent is None or not parent.pulumi_resource_type.startswith(f"{PACKAGE}:"):
        return f"TrustedAccess {taker.name}"
    return f"{parent.pulumi_resource_type.rpartition(':')[2]} {parent.pulumi_resource_name}"


def _doubt(urn: str, principal: str) -> str:
    return (
        f"This stack holds the trusted access of {principal} also as {urn}, unprotected. If this preview deletes that, "
        f"don't go on: it would turn {principal} off. Declare it again with retain_on_delete (guard_stack() gives it "
        "that), run pulumi up, and take it out then."
    )
