"""Organizational units, and the tree: children, parents.

Sources: API_CreateOrganizationalUnit.html; orgs_reference_limits.html (2,000 units, five levels under the root).
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles

from .access import constraint, organization_of, page, page_of, tags_after
from .store import Organization, Unit, describe_account, describe_unit


def _parent(context: Context) -> tuple[Organization, str]:
    organization, parent = organization_of(context.world), context.parameter("ParentId")
    if parent not in organization.units:
        raise AwsError("ParentNotFoundException", "You specified parent that doesn't exist.")
    return organization, parent


def _unit(context: Context) -> tuple[Organization, Unit]:
    organization = organization_of(context.world)
    unit = organization.units.get(context.parameter("OrganizationalUnitId"))
    if unit is None or unit.parent is None:
        raise AwsError(
            "OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist."
        )
    return organization, unit


def _refuse_taken(organization: Organization, parent: str, name: str) -> None:
    if any(sibling.name == name for sibling in organization.units_of.of(parent)):
        raise AwsError("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")


@handles("organizations", "CreateOrganizationalUnit")
def create_organizational_unit(context: Context) -> dict[str, Any]:
    organization, parent = _parent(context)
    name = context.parameter("Name")
    _refuse_taken(organization, parent, name)
    levels, most = context.world.quotas.organizational_unit_levels, context.world.quotas.organizational_units
    if len(organization.path_to(parent)) > levels:
        raise constraint(f"OUs can be nested {levels} levels deep under a root.", "OU_DEPTH_LIMIT_EXCEEDED")
    if len(organization.units) > most:
        raise constraint(f"An organization can have {most} OUs.", "OU_NUMBER_LIMIT_EXCEEDED")
    tags = tags_after(context)
    unit = Unit(f"ou-{organization.root.id.removeprefix('r-')}-{context.world.new_id(8)}", name, parent)
    organization.add_unit(unit)
    organization.tags[unit.id] = tags
    return {"OrganizationalUnit": describe_unit(organization, unit)}


@handles("organizations", "DescribeOrganizationalUnit")
def describe_organizational_unit(context: Context) -> dict[str, Any]:
    return {"OrganizationalUnit": describe_unit(*_unit(context))}


@handles("organizations", "UpdateOrganizationalUnit")
def update_organizational_unit(context: Context) -> dict[str, Any]:
    organization, unit = _unit(context)
    name = context.parameter("Name")
    if name is not None and name != unit.name:
        assert unit.parent is not None
        _refuse_taken(organization, unit.parent, name)
        unit.name = name
    return {"OrganizationalUnit": describe_unit(organization, unit)}


@handles("organizations", "DeleteOrganizationalUnit")
def delete_organizational_unit(context: Context) -> None:
    organization, unit = _unit(context)
    if len(organization.accounts_of.of(unit.id)) or len(organization.units_of.of(unit.id)):
        raise AwsError(
            "OrganizationalUnitNotEmptyException",
            "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, "
            "and try the operation again.",
        )
    organization.remove_unit(unit.id)


@handles("organizations", "ListOrganizationalUnitsForParent")
def list_organizational_units_for_parent(context: Context) -> dict[str, Any]:
    organization, parent = _parent(context)
    return page(
        context, "OrganizationalUnits", organization.units_of.of(parent), lambda unit: describe_unit(organization, unit)
    )


@handles("organizations", "ListAccountsForParent")
def list_accounts_for_parent(context: Context) -> dict[str, Any]:
    organization, parent = _parent(context)
    return page(
        context,
        "Accounts",
        organization.accounts_of.of(parent),
        lambda account: describe_account(organization, account),
    )


@handles("organizations", "ListChildren")
def list_children(context: Context) -> dict[str, Any]:
    organization, parent = _parent(context)
    kind = context.parameter("ChildType")
    rows: Any = organization.accounts_of.of(parent) if kind == "ACCOUNT" else organization.units_of.of(parent)
    return page(context, "Children", rows, lambda child: {"Id": child.id, "Type": kind})


@handles("organizations", "ListParents")
def list_parents(context: Context) -> dict[str, Any]:
    organization = organization_of(context.world)
    parent = organization.parents.get(context.parameter("ChildId"))
    if parent is None:
        raise AwsError(
            "ChildNotFoundException",
            "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified.",
        )
    return page_of(context, "Parents", [{"Id": parent, "Type": organization.units[parent].kind}])
