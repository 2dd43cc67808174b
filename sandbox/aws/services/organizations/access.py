"""Who may call what: from outside an organization, from a member account, as a delegated administrator.

Sources: each operation's API reference page says which accounts may call it. A service's delegated administrator may
read. A resource policy, which could delegate policies too (orgs_delegate_policies.html), no organization here has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sandbox.aws.core import pages
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, guards
from sandbox.aws.core.rows import Row, Rows, numbered
from sandbox.aws.core.world import World

from .store import Organization

SSO = "sso.amazonaws.com"

_FROM_ANYWHERE = frozenset({"CreateOrganization", "ListHandshakesForAccount", "DescribeHandshake", "AcceptHandshake"})
_FROM_ANY_MEMBER = frozenset({"DescribeOrganization", "LeaveOrganization"})
_NOT_IN_USE = "Your account is not a member of an organization."
_NO_PERMISSION = "You don't have permissions to access this resource."
_FULL_PAGE = 20
_MAX_TAGS = 50

R = TypeVar("R", bound=Row)


def organization_of(world: World) -> Organization:
    """The world's organization. Raises AWSOrganizationsNotInUseException if there is none."""
    if world.organization is None:
        raise AwsError("AWSOrganizationsNotInUseException", _NOT_IN_USE)
    organization: Organization = world.organization
    return organization


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
    raise AwsError("AccessDeniedException", _NO_PERMISSION)


def page(
    context: Context,
    key: str,
    rows: Rows[R],
    shape: Callable[[R], Any],
    *,
    only: Callable[[R], bool] | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """One page (pages.py) of rows in the organization's order."""
    return pages.page(context, key, rows, shape, only=only, limit=limit)


def page_of(context: Context, key: str, items: Sequence[Any], limit: int = _FULL_PAGE) -> dict[str, Any]:
    """One page of a few, which are as the answer has them."""
    return pages.page(context, key, numbered(items), lambda row: row.item, limit=limit)


def require_all_features(world: World) -> None:
    """orgs_integrate_services.html: trusted access needs all features. API_CloseAccount: so does closing."""
    if organization_of(world).feature_set != "ALL":
        raise constraint(
            "The organization must have all features enabled for this operation.",
            "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE",
        )


def require_available(organization: Organization) -> None:
    """Policies need all features."""
    if organization.feature_set != "ALL":
        raise AwsError(
            "PolicyTypeNotAvailableForOrganizationException",
            "You can't use the specified policy type with the feature set currently enabled for this organization.",
        )


def tags_after(context: Context, before: dict[str, str] | None = None) -> dict[str, str]:
    """The resource's tags once the call's are added, for TagResource and for calls that create something with tags.
    Raises the errors that API_TagResource names (orgs_tagging.html: 50 tags, `aws:` reserved)."""
    tags = context.elements("Tags")
    keys = [tag["Key"] for tag in tags]
    if len(set(keys)) < len(keys):
        raise invalid("Tag keys must be unique among the tags attached to the same entity.", "DUPLICATE_TAG_KEY")
    if any(key.lower().startswith("aws:") for key in keys):
        raise invalid("You can't add, edit, or delete system tag keys.", "INVALID_SYSTEM_TAGS_PARAMETER")
    after = {**(before or {}), **{tag["Key"]: tag["Value"] for tag in tags}}
    if len(after) > _MAX_TAGS:
        raise constraint(f"A resource has at most {_MAX_TAGS} tags.", "MAX_TAG_LIMIT_EXCEEDED")
    return after


def invalid(message: str, reason: str) -> AwsError:
    return AwsError("InvalidInputException", message, Reason=reason)


def constraint(message: str, reason: str) -> AwsError:
    return AwsError("ConstraintViolationException", message, Reason=reason)
