"""A component continues the resource of the same value that this stack's state has, so that the update deletes nothing.

Without this, replacing an `aws.organizations.AwsServiceAccess` by a `TrustedAccess` would create the new resource,
which changes nothing in AWS, and then delete the old one, which turns trusted access off. So the component gives its
child the old URN as an alias: Pulumi then renames the resource in the state. The same holds for a renamed component,
and for a state that came from another project. If the state has two resources of one value, Pulumi would delete one of
them; the component refuses that.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.resource_types import child_urn, name_of, types_of
from pulumi_aws_identity_center.names import (
    ATTRIBUTES_TYPE,
    DELEGATED_ADMINISTRATOR_TYPE,
    PACKAGE,
    SERVICE_ACCESS_TYPE,
    TRUSTED_ACCESS_TYPE,
)

from .program import current_program
from .stack_state import Rows, outputs_of_type
from .user_errors import plain_error


@dataclass(frozen=True)
class Adoptable:
    """A kind of resource that a component's child continues.

    value_key: the output with its value. thing, loss: for messages, what it is and what deleting it does.
    """

    type_: str
    component_type: str
    value_key: str
    thing: str
    loss: str


SERVICE_ACCESS = Adoptable(
    SERVICE_ACCESS_TYPE, TRUSTED_ACCESS_TYPE, "servicePrincipal", "the trusted access of {}", "turn {} off"
)
# AWS takes one administrator for a service: another account's registration is this one's predecessor.
ADMINISTRATOR = Adoptable(
    DELEGATED_ADMINISTRATOR_TYPE,
    f"{PACKAGE}:index:DelegatedAdministrator",
    "servicePrincipal",
    "the delegated administrator for {}",
    "deregister it",
)
ATTRIBUTES = Adoptable(
    ATTRIBUTES_TYPE,
    f"{PACKAGE}:index:Instance",
    "instanceArn",
    "the attributes for access control of {}",
    "delete these",
)


@dataclass(frozen=True)
class Choice:
    """predecessor: the URN that the child continues. deleted: the URNs of its value that the update would delete."""

    predecessor: str | None
    deleted: tuple[str, ...] = ()


def choose(own: str, holders: Collection[str], names: Collection[str], is_protected: Callable[[str], bool]) -> Choice:
    """Which of the state's resources of one value the child with the URN `own` continues.

    holders: their URNs. names: the component's name, and earlier ones. is_protected: whether Pulumi deletes nothing
    in AWS if the program no longer declares that URN.
    """
    others = [urn for urn in holders if urn != own]
    unprotected = [urn for urn in others if not is_protected(urn)]
    predecessor = None  # the engine prefers a resource's own URN to any alias
    if own not in holders:
        named = [urn for urn in others if name_of(urn) in names]
        single = (urns[0] for urns in (others, named, unprotected) if len(urns) == 1)
        predecessor = next(single, None)
    return Choice(predecessor, tuple(urn for urn in unprotected if urn != predecessor))


def adopted_alias(
    component: pulumi.Resource,
    adoptable: Adoptable,
    child: str,
    value: pulumi.Input[Any],
    opts: pulumi.ResourceOptions | None,
) -> pulumi.Output[str]:
    """The alias for the component's child of that name: the URN of the state's resource of that value, or the child's
    own URN if there is none. The Output fails if the state has two. Raises RunError if the program replaces one."""
    if isinstance(value, str):
        continue_holders(adoptable, value)
    names = {child, component.pulumi_resource_name, *alias_names(opts)}

    def find(known: list[Any]) -> Any:
        urn, value = known
        return _find_predecessor(component, adoptable, child_urn(urn, adoptable.type_, child), value, names)

    return pulumi.Output.all(component.urn, value).apply(find)


def continue_holders(adoptable: Adoptable, value: str) -> None:
    """Refuses a program that replaces the state's resource of the value."""
    program = current_program()
    for urn in _holders(program.wait_for_state(), adoptable, value):
        program.replacements.note_continued(urn, value, _refuse_replacement(adoptable, value, urn))


def alias_names(opts: pulumi.ResourceOptions | None) -> list[str]:
    """The names among a component's aliases."""
    names = [alias.name for alias in (opts and opts.aliases) or () if isinstance(alias, pulumi.Alias)]
    return [name for name in names if isinstance(name, str)]


async def _find_predecessor(
    component: pulumi.Resource, adoptable: Adoptable, own: str, value: str, names: Collection[str]
) -> str:
    """The alias. own: the child's URN. Raises RunError if the update would delete another resource of the value."""
    rows = await current_program().state()
    undeclared: list[str] = []
    for urn in _holders(rows, adoptable, value):
        declared = None if urn == own else await _declared_value(component, adoptable, urn, value)
        if declared is None:
            undeclared.append(urn)
        elif declared != value:
            raise plain_error(_refuse_replacement(adoptable, value, urn))
    if rows and own in rows and own not in undeclared:
        undeclared.append(own)  # of another value until now, and replaced
    choice = choose(own, undeclared, names, lambda urn: _is_protected_by_component(adoptable, urn))
    deleted = [urn for urn in choice.deleted if not await _is_declared_soon(urn)]
    if deleted:
        raise plain_error(_refuse_second(adoptable, value, deleted))
    return choice.predecessor or own


def _holders(rows: Rows | None, adoptable: Adoptable, value: str) -> Sequence[str]:
    """The URNs of the state's resources that hold the value."""
    by_value = current_program().shared(("by value", adoptable), lambda: _by_value(rows, adoptable))
    return by_value.get(value, ())


def _by_value(rows: Rows | None, adoptable: Adoptable) -> dict[Any, list[str]]:
    """The URNs of the state's resources of a kind, by their value."""
    urns: dict[Any, list[str]] = {}
    for urn, outputs in outputs_of_type(rows, adoptable.type_).items():
        urns.setdefault(outputs.get(adoptable.value_key), []).append(urn)
    return urns


async def _declared_value(component: pulumi.Resource, adoptable: Adoptable, urn: str, value: str) -> Any:
    """The value of the resource that the program declares with that URN; None if it declares none, as far as is seen.

    value: the value in the state.
    """
    program = current_program()
    if adoptable.component_type in types_of(urn):
        # Its child is of the same value as long as it isn't replaced, which its protection refuses.
        return value if program.has_other_component(adoptable.component_type, urn, component) else None
    declared = program.replacements.declared_value(urn)
    if declared is None:
        outputs = await program.declared_outputs(urn)
        declared = outputs.get(adoptable.value_key) if outputs is not None else None
    return declared


def _is_protected_by_component(adoptable: Adoptable, urn: str) -> bool:
    """Whether a TrustedAccess declares it: Pulumi refuses to delete it, and never calls AWS to do so."""
    return adoptable is SERVICE_ACCESS and TRUSTED_ACCESS_TYPE in types_of(urn)[:-1]


async def _is_declared_soon(urn: str) -> bool:
    """Whether the program declares it. Waits for a registration or a read that is under way."""
    for _ in range(_ATTEMPTS):
        if await current_program().declared_outputs(urn) is not None:
            return True
        await asyncio.sleep(_PAUSE)
    return False


_ATTEMPTS, _PAUSE = 10, 0.2


def _refuse_second(adoptable: Adoptable, value: str, deleted: Sequence[str]) -> str:
    commands = "\n".join(f"  pulumi state delete --force --yes {shlex.quote(urn)}" for urn in deleted)
    which = "all but one of these" if len(deleted) > 1 else "this"
    return (
        f"This stack's state has {adoptable.thing.format(value)} more than once. This update would delete what the "
        f"program no longer declares of it, and so {adoptable.loss.format(value)}.\n"
        f"Remove {which} from the state, which changes nothing in AWS, and run this again:\n{commands}"
    )


def _refuse_replacement(adoptable: Adoptable, value: str, urn: str) -> str:
    return (
        f"This stack's state has {adoptable.thing.format(value)} as {urn}. The program declares another resource with "
        f"that name or alias. This update would replace the old one, and so {adoptable.loss.format(value)}.\n"
        f"Give the new {name_of(urn)} another name, or remove its alias, and run this again."
    )
