"""Refuses a resource of another value in the place of one that a component continues (`adoption.py`).

Pulumi would replace the old resource by it, and delete the old one in the next update. The program may declare either
of the two first. A value is what `adoptable_value()` says: a service principal or an instance's ARN.
"""

from __future__ import annotations

from typing import Any

import pulumi

from pulumi_aws_identity_center.names import ADOPTED_TYPES

from .possible_urns import possible_urns
from .resource_options import adoptable_value, is_of_trusted_access, principal_property, with_checked_property
from .stack_state import Rows, outputs_of_type
from .user_errors import plain_error


class Replacements:
    """What one program declares and what its components continue, by URN."""

    def __init__(self) -> None:
        self._declared: dict[str, str | None] = {}
        self._continued: dict[str, tuple[str, str]] = {}
        self._services: dict[str, Any] | None = None  # of the state's adoptable resources

    def note_declared(self, args: pulumi.ResourceTransformationArgs, state: Rows | None) -> None:
        """Raises RunError if it would replace what a component continues."""
        if self._services is None:
            rows = {urn: outputs for type_ in ADOPTED_TYPES for urn, outputs in outputs_of_type(state, type_).items()}
            self._services = {urn: outputs.get("servicePrincipal") for urn, outputs in rows.items()}
        self._note_value(args, adoptable_value(args))

    def note_continued(self, urn: str, value: str, refusal: str) -> None:
        """A component continues the state's resource of that URN and value. Raises RunError with the refusal if the
        program has declared a resource of another value there; a later one is refused when it is declared."""
        self._continued[urn] = (value, refusal)
        self._refuse_replacement(urn)

    def declared_value(self, urn: str) -> str | None:
        """The value of the resource that the program declares, or reads, at that URN. None if the resource isn't seen,
        or its value isn't known yet."""
        return self._declared.get(urn)

    def checked_when_registered(
        self, args: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        """An AwsServiceAccess that may replace another service's, with its service checked again when it is registered:
        by then the program has declared its components too. None for any other."""
        if is_of_trusted_access(args.opts) or not self._may_replace(args):
            return None

        def check(principal: str) -> str:
            self._note_value(args, adoptable_value(args) or principal)
            return principal

        return with_checked_property(args, principal_property(args), check)

    def _note_value(self, args: pulumi.ResourceTransformationArgs, value: str | None) -> None:
        for urn in possible_urns(args):
            self._declared[urn] = value
            self._refuse_replacement(urn)
            if urn in (self._services or ()):
                return  # Pulumi continues the first one that the state has

    def _refuse_replacement(self, urn: str) -> None:
        declared = self._declared.get(urn)
        value, refusal = self._continued.get(urn, (declared, ""))
        if declared is not None and declared != value:
            raise plain_error(refusal)

    def _may_replace(self, args: pulumi.ResourceTransformationArgs) -> bool:
        """Whether the state holds another service where Pulumi looks for this one."""
        declared, services = adoptable_value(args), self._services or {}
        return any(services.get(urn, declared) != declared for urn in possible_urns(args))
