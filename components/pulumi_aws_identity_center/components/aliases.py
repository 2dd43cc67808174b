"""Checks the aliases that a program gives to a component: they must be of its own type.

With an alias of another type, Pulumi hands that resource's state to the component and then deletes the resource, which
turns trusted access off, protected or not. A component needs no alias to continue a resource: see `adoption.py`.
"""

from __future__ import annotations

import copy
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.resource_types import type_of
from pulumi_aws_identity_center.errors import InvalidInput

from .user_errors import plain_errors


def with_checked_aliases(opts: pulumi.ResourceOptions | None, token: str, name: str) -> pulumi.ResourceOptions | None:
    """The options. Raises InvalidInput for an alias of another type. An Output is checked when it is known, before the
    component is registered."""
    if opts is None or not opts.aliases:
        return opts
    checked = copy.copy(opts)
    checked.aliases = [_checked(alias, token, name) for alias in opts.aliases]
    return checked


def _checked(alias: Any, token: str, name: str) -> Any:
    if isinstance(alias, pulumi.Output):
        return alias.apply(lambda known: _check_when_known(known, token, name))
    type_ = _type_of_alias(alias)
    if type_ and type_ != token:
        raise InvalidInput([_refusal(alias, type_, token, name)])
    return alias


def _check_when_known(alias: Any, token: str, name: str) -> Any:
    with plain_errors():
        return _checked(alias, token, name)


def _type_of_alias(alias: Any) -> str:
    """The type that it names; empty if it names none."""
    type_ = type_of(alias) if isinstance(alias, str) else getattr(alias, "type_", None)
    return type_ if isinstance(type_, str) else ""


def _refusal(alias: Any, type_: str, token: str, name: str) -> str:
    kind = token.rpartition(":")[2]
    shown = alias if isinstance(alias, str) else f"Alias(type_={type_!r})"
    return (
        f"{kind} {name} has an alias of another type: {shown}. Pulumi would hand that resource's state to {kind}, and "
        "then delete the resource in AWS.\n"
        f"Remove this alias: {kind} finds the resource in this stack's state without one, and continues it."
    )
