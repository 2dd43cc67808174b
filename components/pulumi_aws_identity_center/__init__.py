"""Pulumi components that keep AWS IAM Identity Center's trusted access on.

`OrganizationSso` is all of it from one argument; the other components are its parts. `guard_stack()` protects any
other stack's organization in one line. The `*_document()` functions give the IAM documents.

Names are loaded when first used: the CLI and the IAM evaluator import neither pulumi nor pulumi_aws, which the extra
`[pulumi]` installs. Importing the package changes nothing in Pulumi.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .components.access_matrix import AccessMatrix, AccessMatrixArgs
    from .components.delegated_administrator import DelegatedAdministrator, DelegatedAdministratorArgs
    from .components.guard_stack import guard_stack
    from .components.instance import AccessControlAttributeArgs, Instance, InstanceArgs
    from .components.operator_permissions import (
        OperatorPermissions,
        OperatorPermissionsArgs,
        OperatorRoleArgs,
        WebIdentityArgs,
    )
    from .components.organization_sso import OrganizationSso, OrganizationSsoArgs
    from .components.sentinel import Sentinel, SentinelArgs, SentinelNotifyArgs
    from .components.trusted_access import BreakGlassArgs, TrustedAccess, TrustedAccessArgs
    from .domain.iam_documents import (
        disable_document,
        enable_document,
        guard_document,
        observe_document,
        preview_document,
    )
    from .domain.install_document import install_document

__all__ = [
    "AccessControlAttributeArgs",
    "AccessMatrix",
    "AccessMatrixArgs",
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
    "Sentinel",
    "SentinelArgs",
    "SentinelNotifyArgs",
    "TrustedAccess",
    "TrustedAccessArgs",
    "WebIdentityArgs",
    "disable_document",
    "enable_document",
    "guard_document",
    "guard_stack",
    "install_document",
    "observe_document",
    "preview_document",
]

_HOMES = {
    "components.trusted_access": ("TrustedAccess", "TrustedAccessArgs", "BreakGlassArgs"),
    "components.instance": ("Instance", "InstanceArgs", "AccessControlAttributeArgs"),
    "components.operator_permissions": (
        "OperatorPermissions",
        "OperatorPermissionsArgs",
        "OperatorRoleArgs",
        "WebIdentityArgs",
    ),
    "components.delegated_administrator": ("DelegatedAdministrator", "DelegatedAdministratorArgs"),
    "components.sentinel": ("Sentinel", "SentinelArgs", "SentinelNotifyArgs"),
    "components.access_matrix": ("AccessMatrix", "AccessMatrixArgs"),
    "components.organization_sso": ("OrganizationSso", "OrganizationSsoArgs"),
    "domain.iam_documents": (
        "enable_document",
        "disable_document",
        "observe_document",
        "guard_document",
        "preview_document",
    ),
    "domain.install_document": ("install_document",),
    "components.guard_stack": ("guard_stack",),
}
_EXTRA = ("pulumi", "pulumi_aws", "grpc", "google", "google.protobuf")
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _HOME_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise ModuleNotFoundError(
            f"{name} needs Pulumi's Python SDK, which is not installed: pip install "
            "'pulumi-aws-identity-center[pulumi]' (from a checkout: pip install 'PATH/TO/components[pulumi]').",
            name=error.name,
        ) from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
