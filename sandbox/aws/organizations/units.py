"""Organizational units, and the tree: children, parents.

Sources: API_CreateOrganizationalUnit.html; orgs_reference_limits.html (2,000 units, five levels under the root).
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.errors import AwsError
from sandbox.aws.organizations.access import constraint, organization, page
from sandbox.aws.organizations.store import Organization, Unit, describe_account, describe_unit
from sandbox.aws.registry import Context, handles

_MAX_UNITS = 2_000
_MAX_LEVELS = 5


def _parent(context: Context) -> tuple[Organization, str]:
    found, parent = organization(context.world), context.parameter("ParentId")
    if parent not in found.units:
        raise AwsError("ParentNotFoundException", "You specified parent that doesn't exist.")
    return found, parent


def _unit(context: Context) -> tuple[Organization, Unit]:
    found = organization(context.world)
    unit = found.units.get(context.parameter("OrganizationalUnitId"))
    if unit is None or unit.parent is None:
        raise AwsError(
            "OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist."
        )
    return found, unit


def _refuse_taken(found: Organization, parent: str, name: str) -> None:
    siblings = (found.units[child] for child in found.children.get(parent, {}) if child in found.units)
    if any(sibling.name == name for sibling in siblings):
        raise AwsError("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")


@handles("organizations", "CreateOrganizationalUnit")
def create_organizational_unit(context: Context) -> dict[str, Any]:
    found, parent = _parent(context)
    name = context.parameter("Name")
    _refuse_taken(found, parent, name)
    if len(found.path_to(parent)) > _MAX_LEVELS:
        raise constraint(f"OUs can be nested {_MAX_LEVELS} levels deep under a root.", "OU_DEPTH_LIMIT_EXCEEDED")
    if len(found.units) > _MAX_UNITS:
        raise constraint(f"An organization can have {_MAX_UNITS} OUs.", "OU_NUMBER_LIMIT_EXCEEDED")
    unit = Unit(f"ou-{found.root.id.removeprefix('r-')}-{context.world.new_id(8)}", name, parent)
    found.units[unit.id] = unit
    found.place(unit.id, parent)
    found.attach_defaults(unit.id)
    found.tags[unit.id] = {tag["Key"]: tag["Value"] for tag in context.parameter("Tags") or []}
    return {"OrganizationalUnit": describe_unit(found, unit)}


@handles("organizations", "DescribeOrganizationalUnit")
def describe_organizational_unit(context: Context) -> dict[str, Any]:
    return {"OrganizationalUnit": describe_unit(*_unit(context))}


@handles("organizations", "UpdateOrganizationalUnit")
def update_organizational_unit(context: Context) -> dict[str, Any]:
    found, unit = _unit(context)
    name = context.parameter("Name")
    if name is not None and name != unit.name:
        assert unit.parent is not None
        _refuse_taken(found, unit.parent, name)
        unit.name = name
    return {"OrganizationalUnit": describe_unit(found, unit)}


@handles("organizations", "DeleteOrganizationalUnit")
def delete_organizational_unit(context: Context) -> None:
    found, unit = _unit(context)
    if found.children.get(unit.id):
        raise AwsError(
            "OrganizationalUnitNotEmptyException",
            "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, "
            "and try the operation again.",
        )
    for policy_id in found.attached.pop(unit.id, {}):
        found.policies[policy_id].targets.pop(unit.id, None)
    del found.children[found.parents.pop(unit.id)][unit.id]
    found.children.pop(unit.id, None)
    found.tags.pop(unit.id, None)
    del found.units[unit.id]


@handles("organizations", "ListOrganizationalUnitsForParent")
def list_organizational_units_for_parent(context: Context) -> dict[str, Any]:
    found, parent = _parent(context)
    rows = [found.units[child] for child in found.children.get(parent, {}) if child in found.units]
    result = page(context, "OrganizationalUnits", rows)
    return {**result, "OrganizationalUnits": [describe_unit(found, each) for each in result["OrganizationalUnits"]]}


@handles("organizations", "ListAccountsForParent")
def list_accounts_for_parent(context: Context) -> dict[str, Any]:
    found, parent = _parent(context)
    rows = [found.accounts[child] for child in found.children.get(parent, {}) if child in found.accounts]
    result = page(context, "Accounts", rows)
    return {**result, "Accounts": [describe_account(found, each) for each in result["Accounts"]]}


@handles("organizations", "ListChildren")
def list_children(context: Context) -> dict[str, Any]:
    found, parent = _parent(context)
    kind = context.parameter("ChildType")
    of_kind = found.accounts if kind == "ACCOUNT" else found.units
    rows = [{"Id": child, "Type": kind} for child in found.children.get(parent, {}) if child in of_kind]
    return page(context, "Children", rows)


@handles("organizations", "ListParents")
def list_parents(context: Context) -> dict[str, Any]:
    found = organization(context.world)
    parent = found.parents.get(context.parameter("ChildId"))
    if parent is None:
        raise AwsError(
            "ChildNotFoundException",
            "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified.",
        )
    return page(context, "Parents", [{"Id": parent, "Type": found.units[parent].kind}])
