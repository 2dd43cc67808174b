"""The component plugin: a program in another language gets the same error messages as a Python program.

The SDK's own host drops arguments that the schema doesn't name, reports only the first missing one, and shows a Python
trace with an error. Here the components get the arguments as written, and report every problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from pulumi_aws_identity_center.names import DISTRIBUTION, PACKAGE

from .access_matrix import AccessMatrix
from .delegated_administrator import DelegatedAdministrator
from .instance import Instance
from .operator_permissions import OperatorPermissions
from .organization_sso import OrganizationSso
from .program import begin_construct
from .sentinel import Sentinel
from .trusted_access import TrustedAccess
from .user_errors import tell_by

# An explicit list: what is merely imported is not offered.
COMPONENTS: tuple[type[pulumi.ComponentResource], ...] = (
    TrustedAccess,
    Instance,
    OperatorPermissions,
    DelegatedAdministrator,
    Sentinel,
    AccessMatrix,
    OrganizationSso,
)


def inferred_schema() -> str | None:
    """The components' schema, as JSON: what a Plugin of them says, without serving them."""
    return ComponentProvider(list(COMPONENTS), PACKAGE, version=version(DISTRIBUTION)).schema


class Plugin(ComponentProvider):
    """Serves these components, under the package's name."""

    def __init__(self, components: Sequence[type[pulumi.ComponentResource]]) -> None:
        super().__init__(list(components), PACKAGE, version=version(DISTRIBUTION))
        tell_by(_as_input_error)

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        begin_construct()
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            # Only this error, not one that holds it, reaches the engine as a sentence.
            raise error.inner if isinstance(error.inner, InputPropertiesError) else error from None

    def map_inputs(self, inputs: pulumi.Inputs, component_def: Any) -> dict[str, Any]:
        """As written: the components take the schema's own spelling, and refuse what is unknown or missing."""
        return {key: value for key, value in inputs.items() if value is not None}


def _as_input_error(sentence: str) -> Exception:
    # The engine puts `has a problem: ` before it. Without a list of properties the SDK fails to make its message.
    return InputPropertiesError(f"\n{sentence}" if "\n" in sentence else sentence, [])
