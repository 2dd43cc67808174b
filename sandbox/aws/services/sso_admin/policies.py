"""What a permission set grants: an inline policy, AWS managed policies, references to customer managed policies, and
a permissions boundary. A change reaches accounts when the set is provisioned again.

Sources: the API reference's pages; singlesignon/latest/userguide/limits.html: 25 managed policies of both kinds, an
inline policy of 32,768 bytes of which 10,240 are no white space. Errors' wording is AWS's as moto's published tests
record it, where they do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_aws_identity_center.iam import read_json

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.core.rows import numbered
from sandbox.aws.services.iam.managed_policies import aws_managed_policy_exists
from sandbox.aws.services.identity_center.instance import PermissionSet

from .access import administered, operation, permission_set

MAX_INLINE_BYTES, MAX_INLINE_BYTES_WITHOUT_SPACE = 32_768, 10_240


def _page(context: Context, key: str, shapes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return page(context, key, numbered(shapes), lambda row: row.item)


def _changing(context: Context) -> PermissionSet:
    return permission_set(context, administered(context), change=True)


def _reading(context: Context) -> PermissionSet:
    return permission_set(context, administered(context))


def _id(row: PermissionSet) -> str:
    return row.arn.rpartition("/")[2]


# --- inline ---


@operation("PutInlinePolicyToPermissionSet", basis="documented", note="limits.html; the refusals' codes are assumed")
def put_inline_policy(context: Context) -> None:
    row, text = _changing(context), context.parameter("InlinePolicy")
    without_space = "".join(text.split())
    if len(text.encode()) > MAX_INLINE_BYTES or len(without_space.encode()) > MAX_INLINE_BYTES_WITHOUT_SPACE:
        raise AwsError(
            "ServiceQuotaExceededException",
            f"An inline policy can have at most {MAX_INLINE_BYTES} bytes, {MAX_INLINE_BYTES_WITHOUT_SPACE} without "
            "white space.",
        )
    try:
        valid = isinstance(read_json(text), dict)
    except ValueError:
        valid = False
    if not valid:
        raise AwsError("ValidationException", "InlinePolicy is not a policy document in JSON.")
    row.inline_policy = text
    row.changed += 1


@operation("GetInlinePolicyForPermissionSet", basis="assumed", note='"" where there is none')
def get_inline_policy(context: Context) -> dict[str, Any]:
    return {"InlinePolicy": _reading(context).inline_policy or ""}


@operation("DeleteInlinePolicyFromPermissionSet", basis="assumed", note="no error where there is none")
def delete_inline_policy(context: Context) -> None:
    row = _changing(context)
    if row.inline_policy is not None:
        row.inline_policy = None
        row.changed += 1


# --- managed ---


def _room(context: Context, row: PermissionSet) -> None:
    most = context.world.quotas.managed_policies
    if len(row.managed) + len(row.customer_managed) >= most:
        raise AwsError(
            "ServiceQuotaExceededException",
            f"You have exceeded AWS SSO limits. Cannot create ManagedPolicy more than {most} for id "
            f"{_id(row)}. Please refer to https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html",
        )


@operation(
    "AttachManagedPolicyToPermissionSet",
    basis="documented",
    note="limits.html; that an unknown policy and one attached already are refused is assumed",
)
def attach_managed_policy(context: Context) -> None:
    row, arn = _changing(context), context.parameter("ManagedPolicyArn")
    if not aws_managed_policy_exists(arn):
        raise AwsError("ResourceNotFoundException", f"Policy does not exist with ARN: {arn}")
    if arn in row.managed:
        raise AwsError(
            "ConflictException",
            f"Permission set with id {_id(row)} already has a typed link attachment to a manged policy with {arn}",
        )
    _room(context, row)
    row.managed[arn] = arn.rpartition("/")[2]
    row.changed += 1


@operation("DetachManagedPolicyFromPermissionSet")
def detach_managed_policy(context: Context) -> None:
    row, arn = _changing(context), context.parameter("ManagedPolicyArn")
    if row.managed.pop(arn, None) is None:
        raise AwsError("ResourceNotFoundException", f"Could not find ManagedPolicy with arn {arn}")
    row.changed += 1


@operation("ListManagedPoliciesInPermissionSet")
def list_managed_policies(context: Context) -> dict[str, Any]:
    shapes = ({"Name": name, "Arn": arn} for arn, name in _reading(context).managed.items())
    return _page(context, "AttachedManagedPolicies", shapes)


# --- customer managed ---


def _given(reference: tuple[str, str]) -> str:
    path, name = reference
    return f"Given customer managed policy with name: {name}  and path {path}"


def _reference(policy: dict[str, str]) -> tuple[str, str]:
    return policy.get("Path") or "/", policy["Name"]


@operation(
    "AttachCustomerManagedPolicyReferenceToPermissionSet",
    basis="documented",
    note="singlesignon/latest/userguide/howtocmp.html: a name that each account has to have; limits.html",
)
def attach_customer_managed_policy(context: Context) -> None:
    row, reference = _changing(context), _reference(context.parameter("CustomerManagedPolicyReference"))
    if reference in row.customer_managed:
        raise AwsError("ConflictException", f"{_given(reference)} already attached")
    _room(context, row)
    row.customer_managed[reference] = None
    row.changed += 1


@operation("DetachCustomerManagedPolicyReferenceFromPermissionSet")
def detach_customer_managed_policy(context: Context) -> None:
    row, reference = _changing(context), _reference(context.parameter("CustomerManagedPolicyReference"))
    if reference not in row.customer_managed:
        raise AwsError(
            "ResourceNotFoundException",
            _given(reference).replace("customer managed", "managed") + " does not exist on PermissionSet",
        )
    del row.customer_managed[reference]
    row.changed += 1


@operation("ListCustomerManagedPolicyReferencesInPermissionSet")
def list_customer_managed_policies(context: Context) -> dict[str, Any]:
    shapes = ({"Name": name, "Path": path} for path, name in _reading(context).customer_managed)
    return _page(context, "CustomerManagedPolicyReferences", shapes)


# --- boundary ---


@operation("PutPermissionsBoundaryToPermissionSet", basis="api-model", note="exactly one of its two members is assumed")
def put_boundary(context: Context) -> None:
    row, boundary = _changing(context), context.parameter("PermissionsBoundary")
    if len(boundary) != 1:
        raise AwsError(
            "ValidationException", "PermissionsBoundary takes one of CustomerManagedPolicyReference, ManagedPolicyArn."
        )
    if "ManagedPolicyArn" in boundary and not aws_managed_policy_exists(boundary["ManagedPolicyArn"]):
        raise AwsError("ResourceNotFoundException", f"Policy does not exist with ARN: {boundary['ManagedPolicyArn']}")
    row.boundary = boundary
    row.changed += 1


@operation("GetPermissionsBoundaryForPermissionSet", basis="assumed", note="not found where there is none")
def get_boundary(context: Context) -> dict[str, Any]:
    boundary = _reading(context).boundary
    if boundary is None:
        raise AwsError("ResourceNotFoundException", "The permission set has no permissions boundary.")
    return {"PermissionsBoundary": boundary}


@operation("DeletePermissionsBoundaryFromPermissionSet", basis="assumed", note="not found where there is none")
def delete_boundary(context: Context) -> None:
    row = _changing(context)
    if row.boundary is None:
        raise AwsError("ResourceNotFoundException", "The permission set has no permissions boundary.")
    row.boundary = None
    row.changed += 1
