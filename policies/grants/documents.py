"""What a policy document, or a managed policy by its name, gives away; in the words of a finding, None for nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pack.rule import UNKNOWN, Later
from pack.unknown_values import at_best, at_worst, is_partly_unknown
from pulumi_aws_identity_center.iam import Grant, MalformedDocument, grants_lock_out, parse_document
from pulumi_aws_identity_center.names import DISABLE_ACTION, POLICY_PREFIX

# AWS's managed policies of which `grants_lock_out` says that they grant one, and which; a test evaluates all of them.
MANAGED: Mapping[str, str] = {
    "AIDevOpsAgentActionsPolicy": "account-access:DeleteApplication",
    "AdministratorAccess": DISABLE_ACTION,
    "AWSManagedSettingsAdminAccess": "sso:UpdateInstance",
    "AWSOrganizationsFullAccess": DISABLE_ACTION,
    "AWSMcpServiceActionsFullAccess": DISABLE_ACTION,  # for calls that come through AWS's MCP servers
    "AWSSSOMasterAccountAdministrator": "sso:DeleteInstance",
    "AWSSSOMemberAccountAdministrator": "sso:DeleteInstance",
    "PowerUserAccess": "sso:DeleteInstance",
}
OWN = f"{POLICY_PREFIX}disable"
_MANAGED_ARN = re.compile(r"arn:aws[a-z-]*:iam::aws:policy/(?:.+/)?([^/]+)")


def of_document(value: Any) -> str | None:
    if value is UNKNOWN:
        return Later(
            "is not known in this preview, and might let someone lock everybody out. Write it out; if not, the update "
            "judges it before it makes it."
        )
    try:
        if not isinstance(value, Mapping) or not is_partly_unknown(value):
            grant = grants_lock_out(parse_document(value))
            return None if grant is None else _words(grant)
        grant = grants_lock_out(parse_document(at_best(value)))
        if grant is not None:
            return _words(grant)
        doubt = grants_lock_out(parse_document(at_worst(value)))
    except MalformedDocument as error:
        return f"is not a policy document that IAM would take, so nobody can tell what it grants: {error}"
    if doubt is None:
        return None
    return Later(f"is not known in part in this preview, and could grant {doubt.action}.")


def _words(grant: Grant) -> str:
    statement = f" (statement {grant.statement.sid})" if grant.statement.sid else ""
    under = "" if grant.certain else ", under conditions that the document doesn't settle"
    return f"lets whoever has it call {grant.action}{statement}{under}: then nobody can sign in to any account."


def of_name(value: Any) -> str | None:
    """Of a managed policy by ARN, or by its name alone."""
    if not isinstance(value, str):
        return None
    aws = _MANAGED_ARN.fullmatch(value)
    if aws is not None and aws.group(1) in MANAGED:
        return f"is AWS's {aws.group(1)}, which allows {MANAGED[aws.group(1)]}: then nobody can sign in to any account."
    if name_in(value) == OWN:
        return f"is {OWN}, which only OperatorPermissions may give, to its break-glass roles."
    return None


def is_aws_s(value: str) -> bool:
    """Whether an ARN is that of one of AWS's managed policies."""
    return _MANAGED_ARN.fullmatch(value) is not None


def name_in(arn: str) -> str:
    """A policy's name, from its ARN or given as it is."""
    return arn.rpartition("/")[2]
