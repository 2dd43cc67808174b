"""What a permission set lets its holders administer, judged with the IAM evaluator. Pure.

Managed policies are known by ARN only. Those of AWS that matter are in `domain/aws_managed_policies`; any other of
AWS's gives neither all of IAM nor Identity Center's administration. Customer managed policies are unknown: True and
False hold whatever they say.
"""

from __future__ import annotations

import enum
import functools

from pulumi_aws_identity_center.domain import aws_managed_policies
from pulumi_aws_identity_center.iam import (
    ALLOW_ALL,
    EVERY_OTHER_KEY,
    Document,
    Request,
    Verdict,
    evaluate,
    parse_document,
    readable_document,
)
from pulumi_aws_identity_center.iam.ternary import Truth, conj

from .permission_set import PermissionsBoundary, PermissionSet


class Administration(enum.Enum):
    """What somebody administers; the value is for sentences."""

    MANAGEMENT_ACCOUNT = "the management account"
    IDENTITY_CENTER = "Identity Center"


# Who may create a role and attach any policy to it can do whatever the account can. Who may make permission sets and
# assign them gives anybody any access (service-authorization/latest/reference/list_awsiamidentitycenter.html names the
# resources that CreateAccountAssignment is checked on).
_NEEDS = {
    Administration.MANAGEMENT_ACCOUNT: (
        ("iam:CreateRole", "arn:*:iam::*:role/*"),
        ("iam:AttachRolePolicy", "arn:*:iam::*:role/*"),
    ),
    Administration.IDENTITY_CENTER: (
        ("sso:CreatePermissionSet", "arn:*:sso:::instance/*"),
        ("sso:CreateAccountAssignment", "arn:*:sso:::instance/*"),
        ("sso:CreateAccountAssignment", "arn:*:sso:::account/*"),
        ("sso:CreateAccountAssignment", "arn:*:sso:::permissionSet/*"),
    ),
}
_NOTHING = Document(())
_DENIES_ALL = parse_document({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
_UNKNOWN = None


def administers(permission_set: PermissionSet, what: Administration) -> Truth:
    """Whether its holders administer it, in an account where that is possible; None if that can't be told."""
    identity = [_managed(policy) for policy in permission_set.managed_policies]
    if permission_set.inline_policy is not None:
        identity.append(_inline(permission_set.inline_policy))
    if permission_set.customer_managed_policies:
        identity.append(_UNKNOWN)
    boundary = _boundary(permission_set.permissions_boundary)
    return conj(_allows(action, shape, identity, boundary) for action, shape in _NEEDS[what])


def _allows(action: str, shape: str, identity: list[Document | None], boundary: Document | None) -> Truth:
    """True if it is allowed whatever the unknown documents say, False if it is denied whatever they say."""
    request = Request(action, shape, unknown_keys=frozenset({EVERY_OTHER_KEY}), resource_is_shape=True)
    if _verdict(request, identity, boundary, unknown=_DENIES_ALL) is Verdict.ALLOWED:
        return True
    return False if _verdict(request, identity, boundary, unknown=ALLOW_ALL) is Verdict.DENIED else None


def _verdict(
    request: Request, identity: list[Document | None], boundary: Document | None, unknown: Document
) -> Verdict:
    """unknown: stands for each document that isn't known."""
    documents = [document or unknown for document in identity]
    return evaluate(request, identity=documents, boundary=boundary or unknown).verdict


def _managed(arn: object) -> Document | None:
    if not isinstance(arn, str):
        return _UNKNOWN
    if arn.endswith(":policy/AWSDenyAll"):
        return _DENIES_ALL
    return aws_managed_policies.of(arn) or _NOTHING


def _inline(policy: object) -> Document | None:
    return _parsed(policy) if isinstance(policy, str) else _UNKNOWN


_parsed = functools.lru_cache(maxsize=1024)(readable_document)


def _boundary(boundary: PermissionsBoundary | None) -> Document | None:
    """None is as good as one that allows everything."""
    if boundary is None:
        return ALLOW_ALL
    return _UNKNOWN if boundary.managed_policy is None else _managed(boundary.managed_policy)
