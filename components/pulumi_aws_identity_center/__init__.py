"""Pulumi components that keep AWS IAM Identity Center's trusted access on.

`OrganizationSso` is all of it from one argument; the other components are its parts. `guard_stack()` protects any
other stack's organization in one line. The `*_document()` functions give the IAM documents.

Names are loaded when first used: the CLI and the IAM evaluator import neither pulumi nor pulumi_aws.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .delegated_administrator import DelegatedAdministrator, DelegatedAdministratorArgs
    from .documents import disable_document, enable_document, guard_document, observe_document
    from .first_up import install_document
    from .instance import AccessControlAttributeArgs, Instance, InstanceArgs
    from .operator_permissions import OperatorPermissions, OperatorPermissionsArgs, OperatorRoleArgs
    from .organization_sso import OrganizationSso, OrganizationSsoArgs
    from .stack_guard import guard_stack
    from .trusted_access import BreakGlassArgs, TrustedAccess, TrustedAccessArgs

__all__ = [
    "AccessControlAttributeArgs",
    "BreakGlassArgs",
    "DelegatedAdministrator",
    "DelegatedAdministratorArgs",
    "Instance",
    "InstanceArgs",
    "OperatorPermissions",
    "OperatorPermissionsArgs",
    "OperatorRoleArgs",
    "OrganizationSso",
    "OrganizationSsoArgs",
    "TrustedAccess",
    "TrustedAccessArgs",
    "disable_document",
    "enable_document",
    "guard_document",
    "guard_stack",
    "install_document",
    "observe_document",
]

_HOMES = {
    "trusted_access": ("TrustedAccess", "TrustedAccessArgs", "BreakGlassArgs"),
    "instance": ("Instance", "InstanceArgs", "AccessControlAttributeArgs"),
    "operator_permissions": ("OperatorPermissions", "OperatorPermissionsArgs", "OperatorRoleArgs"),
    "delegated_administrator": ("DelegatedAdministrator", "DelegatedAdministratorArgs"),
    "organization_sso": ("OrganizationSso", "OrganizationSsoArgs"),
    "documents": ("enable_document", "disable_document", "observe_document", "guard_document"),
    "first_up": ("install_document",),
    "stack_guard": ("guard_stack",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _HOME_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


if "pulumi" in sys.modules:
    # In a Pulumi program, or in a script that runs some.
    from . import program  # noqa: F401 - it watches
