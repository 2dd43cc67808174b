"""The IAM document for the first `pulumi up`: it allows creating the operators' policies and roles, and no later
change.

Apart from `iam_documents.py`, since it follows from a stack's arguments. Pure. Actions, resource types and condition
keys: service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html and list_awsorganizations.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulumi_aws_identity_center.errors import collected, refuse
from pulumi_aws_identity_center.names import POLICY_PREFIX, SENTINEL_NAME

from .iam_documents import ONLY_SSO, Document, allow, check_partition, document_of
from .operator_roles import PERMISSIONS, OperatorRole, parse_operator_roles, policies_of
from .sentinel_arns import MAKING_ACTIONS, sentinel_arns
from .values import check_account, check_policy_prefix

_ANY_ACCOUNT = "*"


def install_document(
    *,
    partition: str = "aws",
    account: str = _ANY_ACCOUNT,
    roles: Sequence[Any] = (),
    policy_prefix: str = POLICY_PREFIX,
    delegated_administrator: str | None = None,
    access_control_attributes: bool = False,
    sentinel: bool = False,
) -> Document:
    """What the first `pulumi up` takes beside enable and observe: making the policies and roles that are not there yet.

    Whoever makes the policies that people carry decides what those may do, so for that one up it amounts to
    administering the account. After it nothing is left of that: it makes, and never changes or deletes, and what it
    would make is there. Take it away all the same: what somebody deletes later, it could make anew, with other content;
    and it can change attributes for access control, which an instance may have before its stack does, and the
    sentinel's rules, alarms, ledger and role, for which AWS has no call that only makes them.
    Where the provider sets default tags, IAM asks for iam:TagPolicy and iam:TagRole as well.

    account: the organization's management account. roles, policy_prefix: as OperatorPermissions takes them.
    delegated_administrator, access_control_attributes, sentinel: what else the stack declares; given when it does.
    Raises InvalidInput with every problem.
    """
    made = _checked(partition, account, roles, policy_prefix, delegated_administrator)
    iam = f"arn:{partition}:iam::{account}"
    policies = {kind: f"{iam}:policy/{policy_prefix}{kind}" for kind in policies_of(made)}
    # The policies, by their whole names: no other can be made.
    statements = [allow("MakePolicies", ["iam:CreatePolicy"], resource=list(policies.values()))]
    bounded = [f"{iam}:role/{role.name}" for role in made if not role.is_break_glass]
    if bounded:
        # A role without the guard as its boundary could be given what turns trusted access off.
        boundary = {"ArnLike": {"iam:PermissionsBoundary": policies["guard-boundary"]}}
        statements.append(allow("MakeRoles", ["iam:CreateRole"], resource=bounded, condition=boundary))
    if unbounded := [f"{iam}:role/{role.name}" for role in made if role.is_break_glass]:
        # The guard leaves these out: turning it off is what they are for.
        statements.append(allow("MakeBreakGlassRoles", ["iam:CreateRole"], resource=unbounded))
    for permission in PERMISSIONS:
        # Each role gets what it is declared with, and nothing else can be attached to it.
        if carriers := [f"{iam}:role/{role.name}" for role in made if permission in role.permissions]:
            only = {"ArnLike": {"iam:PolicyARN": policies[permission]}}
            sid = f"Attach{permission.title()}"
            statements.append(allow(sid, ["iam:AttachRolePolicy"], resource=carriers, condition=only))
    if delegated_administrator is not None:
        # This account and no other, for this one service.
        administrator = f"arn:{partition}:organizations::{account}:account/o-*/{delegated_administrator}"
        act = ["organizations:RegisterDelegatedAdministrator"]
        statements.append(allow("RegisterAdministrator", act, resource=administrator, condition=ONLY_SSO))
    if access_control_attributes:
        # Refused by AWS where there are some already,
        statements.append(allow("MakeAttributes", ["sso:CreateInstanceAccessControlAttributeConfiguration"]))
        # and then they are taken over: what they are is made what is declared.
        statements.append(allow("TakeOverAttributes", ["sso:UpdateInstanceAccessControlAttributeConfiguration"]))
    if sentinel:
        statements += _make_sentinel(partition, account)
    return document_of(*statements)


def _make_sentinel(partition: str, account: str) -> list[Document]:
    """Its resources by their names, and handing its role to Lambda alone."""
    to_lambda = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    role = f"arn:{partition}:iam::{account}:role/{SENTINEL_NAME}"
    return [
        allow("MakeSentinel", MAKING_ACTIONS, resource=sentinel_arns(partition, account)),
        allow("PassSentinelRole", ["iam:PassRole"], resource=role, condition=to_lambda),
    ]


def _checked(
    partition: str, account: str, roles: Sequence[Any], policy_prefix: str, administrator: str | None
) -> list[OperatorRole]:
    problems: list[str] = []
    operator_roles: list[OperatorRole] = []
    if account != _ANY_ACCOUNT:
        with collected(problems):
            check_account(account, "account")
    if administrator is not None:
        with collected(problems):
            check_account(administrator, "delegated_administrator")
    with collected(problems):
        check_partition(partition)
    with collected(problems):
        operator_roles = parse_operator_roles(roles, "roles")
    with collected(problems):
        check_policy_prefix(policy_prefix, "policy_prefix")
    refuse(problems)
    return operator_roles
