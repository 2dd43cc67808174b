"""Reads a resource's options and properties before it is registered."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pulumi

from pulumi_aws_identity_center.domain.organization_list import PROPERTY, PYTHON_NAME
from pulumi_aws_identity_center.domain.values import camel_case
from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, TRUSTED_ACCESS_TYPE


def outputs_of(component: pulumi.ComponentResource, type_: type) -> dict[str, Any]:
    """The component's outputs by key, as its class declares them: for register_outputs."""
    return {camel_case(name): getattr(component, name) for name in type_.__annotations__}


def is_only_read(opts: pulumi.ResourceOptions) -> bool:
    """Whether the program only reads the resource (`.get()`)."""
    return bool(opts.id or opts.urn)


def is_of_trusted_access(opts: pulumi.ResourceOptions) -> bool:
    """Whether a TrustedAccess declares it."""
    return parent_type(opts) == TRUSTED_ACCESS_TYPE


def is_protected(opts: pulumi.ResourceOptions) -> bool:
    """Whether it has both options, so that no removal or replacement reaches AWS."""
    return bool(opts.protect and opts.retain_on_delete)


def parent_type(opts: pulumi.ResourceOptions) -> str:
    """The type of its parent; empty at the stack's root, also if the stack itself is the parent."""
    if opts.parent is None or opts.parent is pulumi.runtime.get_root_resource():
        return ""
    return opts.parent.pulumi_resource_type


def service_principal_of(args: pulumi.ResourceTransformationArgs) -> Any:
    """None where it isn't set."""
    return args.props.get(principal_property(args))


def principal_property(args: pulumi.ResourceTransformationArgs) -> str:
    """As the program spells it."""
    return "servicePrincipal" if "servicePrincipal" in args.props else "service_principal"


def ignored_properties(opts: pulumi.ResourceOptions) -> list[str]:
    """ignoreChanges, with the organization's list of principals as the schema spells it."""
    return [PROPERTY if name == PYTHON_NAME else name for name in opts.ignore_changes or []]


def list_property(args: pulumi.ResourceTransformationArgs) -> str:
    """As the program spells the organization's list of principals."""
    return PROPERTY if PROPERTY in args.props else PYTHON_NAME


def with_checked_property(
    args: pulumi.ResourceTransformationArgs, name: str, check: Callable[[Any], Any]
) -> pulumi.ResourceTransformationResult:
    """The declaration, with a check of that property as soon as its value is known, before the resource is registered.
    check: returns the value, or raises RunError."""
    checked = pulumi.Output.from_input(args.props.get(name)).apply(check)
    return pulumi.ResourceTransformationResult({**args.props, name: checked}, args.opts)


def with_checked_id(
    args: pulumi.ResourceTransformationArgs, check: Callable[[Any], Any]
) -> pulumi.ResourceTransformationResult:
    """The read of a resource as it is, but for a check of its id, as of a property in `with_checked_property`."""
    opts = copy.copy(args.opts)
    opts.id = pulumi.Output.from_input(args.opts.id).apply(check)
    return pulumi.ResourceTransformationResult(args.props, opts)


def adoptable_value(args: pulumi.ResourceTransformationArgs) -> str | None:
    """The service principal, or the instance's ARN, of an adoptable resource; None if it isn't known yet."""
    if is_only_read(args.opts) or args.opts.import_:
        return _value_of_import_id(args.type_, args.opts.id or args.opts.import_)
    values = [service_principal_of(args), args.props.get("instance_arn"), args.props.get("instanceArn")]
    return next((value for value in values if isinstance(value, str)), None)


def _value_of_import_id(type_: str, import_id: object) -> str | None:
    """The import ids are a service principal, ACCOUNT/PRINCIPAL, and an instance's ARN."""
    if not isinstance(import_id, str):
        return None
    return import_id.rpartition("/")[2] if type_ == DELEGATED_ADMINISTRATOR_TYPE else import_id
