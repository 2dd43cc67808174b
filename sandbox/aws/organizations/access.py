"""Who may call what: from outside an organization, from a member account, as a delegated administrator.

Sources: each operation's API reference page says which accounts may call it. A service's delegated administrator may
read; policies it may change only where the organization's resource policy names it (orgs_delegate_policies.html).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sandbox.aws.errors import AwsError
from sandbox.aws.organizations.store import Organization
from sandbox.aws.registry import Context, guards
from sandbox.aws.world import World

SSO = "sso.amazonaws.com"

_FROM_ANYWHERE = frozenset(
    {"CreateOrganization", "ListHandshakesForAccount", "DescribeHandshake", "AcceptHandshake", "DeclineHandshake"}
)
_FROM_ANY_MEMBER = frozenset({"DescribeOrganization", "LeaveOrganization", "DescribeEffectivePolicy"})
_POLICY_ADMINISTRATION = frozenset(
    {
        *("CreatePolicy", "UpdatePolicy", "DeletePolicy", "AttachPolicy", "DetachPolicy"),
        *("EnablePolicyType", "DisablePolicyType", "TagResource", "UntagResource"),
    }
)

_NOT_IN_USE = "Your account is not a member of an organization."
_NO_PERMISSION = "You don't have permissions to access this resource."
_FULL_PAGE = 20


def organization(world: World) -> Organization:
    """The world's organization. Raises AWSOrganizationsNotInUseException if there is none."""
    if world.organization is None:
        raise AwsError("AWSOrganizationsNotInUseException", _NOT_IN_USE)
    found: Organization = world.organization
    return found


def member_ids(world: World) -> Sequence[str]:
    """Every account of the organization, the management account first; empty where there is none."""
    return list(world.organization.accounts) if world.organization is not None else []


def is_member(world: World, account: str) -> bool:
    return world.organization is not None and account in world.organization.accounts


@guards("organizations", "*")
def is_allowed_from_here(context: Context) -> None:
    operation, world = context.call.operation, context.world
    if operation in _FROM_ANYWHERE:
        return
    if not is_member(world, context.account):
        raise AwsError("AWSOrganizationsNotInUseException", _NOT_IN_USE)
    if context.account == world.management or operation in _FROM_ANY_MEMBER:
        return
    if operation.startswith(("List", "Describe")) and context.account in world.delegated:
        return
    if _named_in_resource_policy(organization(world), context):
        return
    raise AwsError("AccessDeniedException", _NO_PERMISSION)


def _named_in_resource_policy(found: Organization, context: Context) -> bool:
    """Whether the resource policy lets this account read, or administer policies: those two can be delegated."""
    operation = context.call.operation
    if found.resource_policy is None or not (
        operation.startswith(("List", "Describe")) or operation in _POLICY_ADMINISTRATION
    ):
        return False
    statements = json.loads(found.resource_policy["content"])["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement.get("Effect") == "Allow" and _names(statement, context.account):
            actions = _texts(statement.get("Action"))
            if any(_covers(action, f"organizations:{operation}") for action in actions):
                return True
    return False


def _names(statement: dict[str, Any], account: str) -> bool:
    principal = statement.get("Principal", {})
    given = _texts(principal.get("AWS") if isinstance(principal, dict) else principal)
    return any(name in ("*", account) or f"::{account}:" in name for name in given)


def _covers(pattern: str, action: str) -> bool:
    pattern, action = pattern.lower(), action.lower()
    return action.startswith(pattern[:-1]) if pattern.endswith("*") else pattern == action


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [each for each in value or [] if isinstance(each, str)]


def page(context: Context, key: str, rows: Sequence[Any], limit: int = _FULL_PAGE) -> dict[str, Any]:
    """One page of at most `limit`, or of MaxResults. The token says where the next begins and for which operation;
    any other text is refused."""
    size = min(int(context.parameter("MaxResults") or limit), limit)
    prefix = f"{context.call.operation}:"
    token = str(context.parameter("NextToken") or f"{prefix}0")
    start = token.removeprefix(prefix)
    if not token.startswith(prefix) or not start.isdigit() or int(start) > len(rows):
        raise invalid("The token is not one that this operation returned.", "INVALID_NEXT_TOKEN", context)
    end = int(start) + size
    result: dict[str, Any] = {key: list(rows[int(start) : end])}
    if end < len(rows):
        result["NextToken"] = f"{prefix}{end}"
    return result


def invalid(message: str, reason: str, context: Context | None = None) -> AwsError:
    """What a service answers for a parameter that it can't take; `Reason` only where the service's model has it."""
    if context is not None and context.call.service != "organizations":
        return AwsError("ValidationException", message)
    return AwsError("InvalidInputException", message, Reason=reason)


def constraint(message: str, reason: str) -> AwsError:
    return AwsError("ConstraintViolationException", message, Reason=reason)
