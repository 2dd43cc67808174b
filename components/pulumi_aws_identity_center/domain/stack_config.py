"""The expected administrator and break-glass from the owning stack's configuration: no AWS API shows them.

Pure, over the text of Pulumi.STACK.yaml. Every scalar is read as text, as Pulumi does; a secret stays one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.names import PACKAGE

from .stack_file import holds_a_secret, read_config
from .values import check_guarded_services


@dataclass(frozen=True)
class StackConfig:
    """administrator: the account id, if one is set in plain text. break_glass, operator_roles: as they are set; None
    for one that isn't. A secret is {"secure": ...}."""

    source: str
    administrator: str | None
    break_glass: Any
    operator_roles: Any = None
    secrets: tuple[str, ...] = ()
    """The keys of ours that hold one."""
    guarded_services: tuple[str, ...] = ()
    """The services to guard beside Identity Center's."""


def read(text: str, source: str) -> StackConfig:
    """Raises InvalidInput for what isn't a stack's file."""
    config = read_config(text, source)
    administrator = config.get(f"{PACKAGE}:delegatedAdministratorAccountId")
    ours = {key: value for key, value in config.items() if str(key).startswith(f"{PACKAGE}:")}
    return StackConfig(
        source,
        administrator if isinstance(administrator, str) else None,
        _structured(config.get(f"{PACKAGE}:breakGlass")),
        _structured(config.get(f"{PACKAGE}:operatorRoles")),
        tuple(key for key, value in ours.items() if holds_a_secret(value)),
        _guarded_services(_structured(config.get(f"{PACKAGE}:guardedServicePrincipals")), source),
    )


def _guarded_services(value: Any, source: str) -> tuple[str, ...]:
    if value is None:
        return ()
    try:
        return tuple(check_guarded_services(value))
    except InvalidInput as error:
        raise InvalidInput([f"{source}: {problem}" for problem in error.problems]) from None


def _structured(given: Any) -> Any:
    """An object may also be set as one text of JSON."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        return given
