"""What is known of the requests that a principal makes: condition keys with their values, and how policies name it.

Keys: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, and for IAM and STS
reference_policies_iam-condition-keys.html; which action has which: docs.aws.amazon.com/service-authorization/latest/
reference/list_awsidentityandaccessmanagementiam.html.
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_aws_identity_center.iam import EVERY_OTHER_KEY, Document, Statement, caller_names

from .account import Principal
from .condition_solver import Choices, Hints
from .escalation.edges import UPDATE_TRUST_POLICY

Values = str | tuple[str, ...]
Known = Mapping[str, Values]
"""By condition key; an empty tuple is a key that the request certainly lacks."""

UNKNOWN_KEYS = frozenset({EVERY_OTHER_KEY})
# Keys of these services are in requests to them only.
KEYS_OF_OTHER_SERVICES = ("iam:", "sts:")
RESOURCE_TAG_PREFIXES = ("iam:ResourceTag/", "aws:ResourceTag/")

# In a service's own calls only.
_SERVICE_CALL_KEYS = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:PrincipalServiceName")
_CONTEXT_OF_ROLE: Known = {"aws:PrincipalType": "AssumedRole", "aws:username": ()}
_ROLE_SESSION_KEYS = ("aws:FederatedProvider", "aws:SourceIdentity", "aws:AssumedRoot")
# The actions of IAM whose requests have the boundary of the principal that they are about.
_ABOUT_BOUNDARY = ("UserPolicy", "RolePolicy", "PermissionsBoundary", ":CreateUser", ":CreateRole")


def context_of(principal: Principal) -> dict[str, Values]:
    return {
        "aws:PrincipalArn": principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalIsAWSService": "false",
        "aws:SecureTransport": "true",
        **dict.fromkeys(_SERVICE_CALL_KEYS, ()),
        **(_context_of_user(principal) if principal.is_user else _CONTEXT_OF_ROLE),
    }


def _context_of_user(user: Principal) -> dict[str, Values]:
    tags = {f"aws:PrincipalTag/{key}": value for key, value in user.tags.items()}
    unique_id = {"aws:userid": user.unique_id} if user.unique_id else {}
    absent: dict[str, Values] = dict.fromkeys(_ROLE_SESSION_KEYS, ())
    return {"aws:PrincipalType": "User", "aws:username": user.name, **tags, **unique_id, **absent}


def hints_of(principal: Principal) -> Hints:
    """What a role's session certainly can have: its id with a name of choice, the role's own tags."""
    if principal.is_user:
        return {}
    hints: dict[str, str | Choices] = {
        f"aws:principaltag/{key.lower()}": Choices([(value,)], are_all=False) for key, value in principal.tags.items()
    }
    if principal.unique_id:
        hints["aws:userid"] = f"{principal.unique_id}:*"
    return hints


def closed_prefixes(principal: Principal) -> tuple[str, ...]:
    """A user has its own tags only, a role's session may bring tags."""
    has_own_tags_only = principal.is_user and principal.tags_are_known
    return ("aws:PrincipalTag/",) if has_own_tags_only else ()


def region_of(action: str, principal: Principal) -> Known:
    """IAM and Organizations are called in one Region only: under aws:RequestedRegion in the page of global keys, and
    docs.aws.amazon.com/general/latest/gr/ao.html."""
    is_global = action.startswith(("iam:", "organizations:"))
    if is_global and principal.arn.startswith("arn:aws:"):
        return {"aws:RequestedRegion": "us-east-1"}
    return {}


def about_target(action: str, target: Principal | None) -> Known:
    """The target's tags, and its boundary in requests of those actions that have the key."""
    if target is None:
        return {}
    boundary = target.boundary if _has_boundary_key(action) else None
    tags = {f"{prefix}{key}": value for key, value in target.tags.items() for prefix in RESOURCE_TAG_PREFIXES}
    return {"iam:PermissionsBoundary": boundary or (), **tags}


def _has_boundary_key(action: str) -> bool:
    is_about_boundary = action.startswith("iam:") and action.endswith(_ABOUT_BOUNDARY)
    return is_about_boundary and action != UPDATE_TRUST_POLICY


def absent_from(action: str) -> Known:
    """Keys that some requests to IAM have and this action's hasn't."""
    absent = ["iam:PolicyARN", "iam:AWSServiceName", "iam:OrganizationsPolicyId"]
    if action.startswith("iam:"):
        absent.append("sts:ExternalId")
    if action != "iam:PassRole":
        absent += ["iam:PassedToService", "iam:AssociatedResourceArn"]
    return dict.fromkeys(absent, ())


def names_in_trust_policy(principal: Principal, trust: Document | None) -> list[frozenset[tuple[str, str]]]:
    """How a trust policy may name the principal: a role also by one of its sessions, whose name the caller chooses."""
    names = caller_names(principal.arn)
    if trust is None or not principal.is_role:
        return [names]
    start = f":sts::{principal.account}:assumed-role/{principal.name}/"
    named = set().union(*(statement.principals_of("AWS") for statement in trust.statements))
    return [names, *(names | {("AWS", session)} for session in sorted(named) if start in session)]


def lets_in(trust: Document, names: frozenset[tuple[str, str]]) -> bool:
    """Whether a trust policy's Allows name one of these, or everybody."""
    return any(_allows_one_of(statement, names) for statement in trust.allows)


def _allows_one_of(allow: Statement, names: frozenset[tuple[str, str]]) -> bool:
    if allow.not_principal:
        return True
    return not (names | {("AWS", "*")}).isdisjoint(allow.principals or ())
