"""The calls of the escalation edges: the action, its resource, and the condition keys that the call settles.

A way is a tuple of calls, all of which have to be possible. Condition keys by action: docs.aws.amazon.com/
service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html.
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_aws_identity_center.access.account import Principal, Version
from pulumi_aws_identity_center.access.permissions import Call, Context
from pulumi_aws_identity_center.domain import aws_managed_policies

from . import edges

Way = tuple[Call, ...]

_POLICY_KEY, _BOUNDARY_KEY = "iam:PolicyARN", "iam:PermissionsBoundary"
# Calls about groups, policies and providers don't have this key.
_WITHOUT_BOUNDARY: Context = ((_BOUNDARY_KEY, ()),)


def on_principal(action_by_kind: Mapping[str, str], principal: Principal, context: Context = ()) -> Call:
    action = action_by_kind[principal.kind]
    if principal.kind == "group":
        return Call(action, principal.arn, (*context, *_WITHOUT_BOUNDARY))
    return Call(action, principal.arn, context, principal)


def on_resource(action: str, arn: str, doubt: str = "") -> Call:
    return Call(action, arn, _WITHOUT_BOUNDARY, doubt=doubt)


def attach_policy(principal: Principal, policy: str, doubt: str = "") -> Call:
    call = on_principal(edges.ATTACH_POLICY, principal, ((_POLICY_KEY, policy),))
    return call._replace(doubt=doubt)


def detach_policy(principal: Principal, policy: str) -> Call:
    return on_principal(edges.DETACH_POLICY, principal, ((_POLICY_KEY, policy),))


def put_boundary(principal: Principal, policy: str) -> Call:
    return on_principal(edges.PUT_BOUNDARY, principal, ((_BOUNDARY_KEY, policy),))


def create_principal(principal: Principal) -> Call:
    """Of a user or a role, with the boundary that it is to have."""
    context: Context = ((_BOUNDARY_KEY, principal.boundary or ()),)
    return Call(edges.CREATE[principal.kind], principal.arn, context)


def add_to_group(group: Principal, doubt: str = "") -> Call:
    return on_resource(edges.ADD_USER_TO_GROUP, group.arn, doubt)


def set_default_version(policy: str, version: Version) -> Call:
    """In doubt if the version can't be read: it may say anything."""
    return on_resource(edges.SET_DEFAULT_VERSION, policy, version.problem)


def administrator_access(principal: Principal) -> str:
    return aws_managed_policies.arn(aws_managed_policies.ADMINISTRATOR, principal.arn)
