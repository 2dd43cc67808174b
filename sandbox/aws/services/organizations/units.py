"""Organizational units, and the tree: children, parents.

Sources: API_CreateOrganizationalUnit.html; orgs_reference_limits.html (2,000 units, five levels under the root).
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles

from .access import constraint, given_tags, organization, page, page_of
from .store import Organization, Unit, describe_account, describe_unit


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
    if any(sibling.name == name for sibling in found.units_of.of(parent)):
        raise AwsError("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")


@handles("organizations", "CreateOrganizationalUnit")
def create_organizational_unit(context: Context) -> dict[str, Any]:
    found, parent = _parent(context)
    name = context.parameter("Name")
    _refuse_taken(found, parent, name)
    levels, most = context.world.quotas.organizational_unit_levels, context.world.quotas.organizational_units
    if len(found.path_to(parent)) > levels:
        raise constraint(f"OUs can be nested {levels} levels deep under a root.", "OU_DEPTH_LIMIT_EXCEEDED")
    if len(found.units) > most:
        raise constraint(f"An organization can have {most} OUs.", "OU_NUMBER_LIMIT_EXCEEDED")
    tags = given_tags(context)
    unit = Unit(f"ou-{found.root.id.removeprefix('r-')}-{context.world.new_id(8)}", name, parent)
    found.add_unit(unit)
    found.tags[unit.id] = tags
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
    if len(found.accounts_of.of(unit.id)) or len(found.units_of.of(unit.id)):
        raise AwsError(
            "OrganizationalUnitNotEmptyException",
            "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, "
            "and try the operation again.",
        )
    found.remove_unit(unit.id)


@handles("organizations", "ListOrganizationalUnitsForParent")
def list_organizational_units_for_parent(context: Context) -> dict[str, Any]:
    found, parent = _parent(context)
    return page(context, "OrganizationalUnits", found.units_of.of(parent), lambda each: describe_unit(found, each))


@handles("organizations", "ListAccountsForParent")
def list_accounts_for_parent(context: Context) -> dict[str, Any]:
    found, parent = _parent(context)
    return page(context, "Accounts", found.accounts_of.of(parent), lambda each: describe_account(found, each))


@handles("organizations", "ListChildren")
def list_children(context: Context) -> dict[str, Any]:
    found, parent = _parent(context)
    kind = context.parameter("ChildType")
    rows: Any = found.accounts_of.of(parent) if kind == "ACCOUNT" else found.units_of.of(parent)
    return page(context, "Children", rows, lambda each: {"Id": each.id, "Type": kind})


@handles("organizations", "ListParents")
def list_parents(context: Context) -> dict[str, Any]:
    found = organization(context.world)
    parent = found.parents.get(context.parameter("ChildId"))
    if parent is None:
        raise AwsError(
            "ChildNotFoundException",
            "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified.",
        )
    return page_of(context, "Parents", [{"Id": parent, "Type": found.units[parent].kind}])
