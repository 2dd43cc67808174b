"""What users and groups have in common: attributes, uniqueness, updates by path, ids by other names, filters.

The attributes are the API's own members; a path is written as in SCIM (userName, name.familyName, emails). Uniqueness
ignores case (assumed). Sources: API_CreateUser, API_UpdateUser, API_AttributeOperation, API_GetUserId, API_Filter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.aws.core import models
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.services.identity_center.directory import Directory, Entity, Kind

from .access import bare, caller, center, conflict, entity, expected, not_found

# API_CreateUser, API_CreateGroup: reserved, for users and groups alike.
_RESERVED = frozenset({"administrator", "awsadministrators"})
ENTERPRISE = "aws:identitystore:enterprise"


@dataclass(frozen=True)
class Sort:
    """Users or groups. unique: path → how to read its value; title: the unique attribute that names the entity; said:
    what errors call that."""

    name: str
    shape: str
    title: str
    unique: dict[str, Callable[[dict[str, Any]], str | None]]
    required: tuple[str, ...]
    required_in_name: tuple[str, ...]
    said: str
    kind: Callable[[Directory], Kind]

    @property
    def plural(self) -> str:
        return f"{self.shape.lower()}s"

    @property
    def members(self) -> dict[str, Any]:
        return dict(models.service("identitystore").shape_for(self.shape).members)


def _email(attributes: dict[str, Any]) -> str | None:
    emails = attributes.get("Emails") or [{}]
    value: str | None = emails[0].get("Value")
    return value


USERS = Sort(
    "USER",
    "User",
    "UserName",
    {"userName": lambda given: given.get("UserName"), "emails.value": _email},
    ("DisplayName", "Name"),
    ("GivenName", "FamilyName"),
    "UserName",
    lambda store: store.users,
)
GROUPS = Sort(
    "GROUP",
    "Group",
    "DisplayName",
    {"displayName": lambda given: given.get("DisplayName")},
    (),
    (),
    "GroupDisplayName",
    lambda store: store.groups,
)
_NOT_SETTABLE = frozenset(
    {
        *("IdentityStoreId", "UserId", "GroupId", "UserArn", "GroupArn", "Revision", "ExternalIds", "UserStatus"),
        *("CreatedAt", "UpdatedAt", "CreatedBy", "UpdatedBy", "Extensions"),
    }
)


def check(sort: Sort, attributes: dict[str, Any]) -> None:
    """Raises ValidationException for what is missing or reserved."""
    if not attributes.get(sort.title):
        raise AwsError("ValidationException", f"{_lower(sort.title)} is a required attribute")
    missing = [name for name in sort.required if not attributes.get(name)]
    if attributes.get("Name"):
        missing += [name for name in sort.required_in_name if not attributes["Name"].get(name)]
    if missing:
        said = [f"{name.lower()}: The attribute {name.lower()} is required" for name in missing]
        raise AwsError("ValidationException", ", ".join(said))
    if str(attributes[sort.title]).lower() in _RESERVED:
        raise AwsError("ValidationException", f"{attributes[sort.title]} is a reserved name.")
    if set(attributes.get("Extensions") or {}) - {ENTERPRISE}:
        raise AwsError("ValidationException", f"{ENTERPRISE} is the only extension there is.")


def claim(sort: Sort, kind: Kind, row_id: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Moves the row's unique values from those before to those after. Raises ConflictException, with nothing moved."""
    keys = {(path, value.lower()) for path, read in sort.unique.items() if (value := read(after))}
    for path, value in keys:
        if kind.unique.get((path, value), row_id) != row_id:
            raise conflict(f"Duplicate {sort.said if path == _lower(sort.title) else path}")
    for path, read in sort.unique.items():
        if value := read(before):
            kind.unique.pop((path, value.lower()), None)
    for key in keys:
        kind.unique[key] = row_id


def create(context: Context, store: Directory, sort: Sort) -> Entity:
    attributes = {
        name: value
        for name, value in context.call.parameters.items()
        if name != "IdentityStoreId" and value is not None
    }
    check(sort, attributes)
    most = getattr(context.world.quotas, sort.plural)
    if len(sort.kind(store).rows) >= most:
        raise AwsError("ServiceQuotaExceededException", f"An identity store can have at most {most} {sort.plural}.")
    state, who, now = center(context), caller(context), context.world.now()
    row = Entity(state.next_number(), state.new_uuid(sort.name), attributes, now, now, who, who)
    claim(sort, sort.kind(store), row.id, {}, attributes)
    sort.kind(store).add(row)
    return row


def delete(context: Context, store: Directory, sort: Sort, id_: str) -> Entity:
    row = entity(sort.kind(store), sort.name, id_)
    expected(context, row)
    claim(sort, sort.kind(store), row.id, row.attributes, {})
    for external in row.external_ids:
        sort.kind(store).external.pop((external["Issuer"], external["Id"]), None)
    sort.kind(store).drop(row)
    memberships = store.by_group.of(row.id) if sort is GROUPS else store.by_user.of(row.id)
    for membership in memberships:
        store.drop_membership(membership)
    return row


# --- updates ---


def update(context: Context, store: Directory, sort: Sort, id_: str) -> Entity:
    """Applies every operation or none."""
    row = entity(sort.kind(store), sort.name, id_)
    expected(context, row)
    after = dict(row.attributes)
    for change in context.parameter("Operations"):
        _apply(sort, after, change["AttributePath"], change.get("AttributeValue"))
    check(sort, after)
    claim(sort, sort.kind(store), row.id, row.attributes, after)
    row.attributes, row.updated, row.updated_by = after, context.world.now(), caller(context)
    row.revision += 1
    return row


def _apply(sort: Sort, attributes: dict[str, Any], path: str, value: Any) -> None:
    """A value that is None or empty removes the attribute."""
    if path.startswith(f"{ENTERPRISE}"):
        _set(attributes, ("Extensions", ENTERPRISE, *path.removeprefix(ENTERPRISE).strip(".").split(".")), value)
        return
    parts = path.split(".")
    names = {_lower(name): name for name in sort.members if name not in _NOT_SETTABLE}
    name = names.get(parts[0])
    member = sort.members.get(name or "")
    if name is None or member is None or (len(parts) > 1 and member.type_name != "structure"):
        raise AwsError("ValidationException", f"The attribute path {path} can't be updated.")
    if len(parts) == 1:
        _set(attributes, (name,), _with_member_names(member, path, value))
        return
    inner = {_lower(each): each for each in member.members}
    if len(parts) > 2 or parts[1] not in inner:
        raise AwsError("ValidationException", f"The attribute path {path} can't be updated.")
    _set(attributes, (name, inner[parts[1]]), _with_member_names(member.members[inner[parts[1]]], path, value))


def _set(attributes: dict[str, Any], parts: tuple[str, ...], value: Any) -> None:
    parts = tuple(part for part in parts if part)
    for part in parts[:-1]:
        attributes[part] = dict(attributes.get(part) or {})
        attributes = attributes[part]
    if value is None or value in ("", [], {}):
        attributes.pop(parts[-1], None)
    else:
        attributes[parts[-1]] = value


_KINDS: dict[str, type] = {"structure": dict, "list": list, "string": str, "boolean": bool}


def _with_member_names(shape: Any, path: str, value: Any) -> Any:
    """The value as the API's members name it: AttributeValue is a document, whose keys come as in SCIM (familyName)."""
    if value is None:
        return None
    if not isinstance(value, _KINDS[shape.type_name]):
        raise AwsError("ValidationException", f"The attribute value of {path} has to be a {shape.type_name}.")
    if isinstance(value, list):
        return [_with_member_names(shape.member, path, each) for each in value]
    return _structure(shape, path, value) if isinstance(value, dict) else value


def _structure(shape: Any, path: str, value: dict[str, Any]) -> dict[str, Any]:
    names = {_lower(name): name for name in shape.members}
    unknown = [key for key in value if _lower(key) not in names]
    if unknown:
        raise AwsError("ValidationException", f"The attribute {path} has no {unknown[0]}.")
    return {
        names[_lower(key)]: _with_member_names(shape.members[names[_lower(key)]], path, each)
        for key, each in value.items()
    }


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


# --- finding ---


def find(context: Context, store: Directory, sort: Sort) -> Entity:
    """API_GetUserId, API_GetGroupId: by external id or by a unique attribute, exactly one of them."""
    given = context.parameter("AlternateIdentifier")
    if len(given) != 1:
        raise AwsError("ValidationException", "AlternateIdentifier takes one of ExternalId, UniqueAttribute.")
    kind = sort.kind(store)
    if "ExternalId" in given:
        wanted = (given["ExternalId"]["Issuer"], given["ExternalId"]["Id"])
        found = kind.external.get(wanted)
    else:
        path, value = given["UniqueAttribute"]["AttributePath"], given["UniqueAttribute"]["AttributeValue"]
        if path not in sort.unique:
            raise AwsError("ValidationException", f"The attribute {path} is not a unique attribute")
        if not value:
            raise AwsError("ValidationException", "attribute value cannot be empty or null for attribute path")
        found = kind.unique.get((path, str(value).lower()))
    if found is None:
        raise not_found(sort.name, "with that alternate identifier")
    return kind.rows[found]


def list_(context: Context, store: Directory, sort: Sort, key: str, shape: Callable[[Entity], Any]) -> dict[str, Any]:
    """Filters are deprecated and few: by the attribute that names the entity, equal."""
    filters = context.parameter("Filters") or []
    if not filters:
        return page(context, key, sort.kind(store).in_order, shape)
    path, value = filters[0]["AttributePath"], filters[0]["AttributeValue"]
    if path != sort.title:
        raise AwsError("ValidationException", f"Filtering by {path} is not supported: {sort.title} is.")
    found = sort.kind(store).unique.get((_lower(sort.title), value.lower()))
    row = sort.kind(store).rows.get(found or "")
    return {key: [shape(row)] if row is not None and row.attributes[sort.title] == value else []}


def describe(store: Directory, sort: Sort, row: Entity) -> dict[str, Any]:
    """The API's shape, without extensions."""
    shape = {
        **identify(store, sort, row),
        **{name: value for name, value in row.attributes.items() if name != "Extensions"},
        "CreatedAt": row.created,
        "UpdatedAt": row.updated,
        "CreatedBy": row.created_by,
        "UpdatedBy": row.updated_by,
    }
    return {**shape, "ExternalIds": row.external_ids} if row.external_ids else shape


def identify(store: Directory, sort: Sort, row: Entity) -> dict[str, Any]:
    return {**identify_without_revision(store, sort, row), "Revision": str(row.revision)}


def identify_without_revision(store: Directory, sort: Sort, row: Entity) -> dict[str, Any]:
    return {
        "IdentityStoreId": store.id,
        f"{sort.shape}Id": row.id,
        f"{sort.shape}Arn": f"arn:aws:identitystore:::{sort.name.lower()}/{bare(row.id)}",
    }
