"""What users and groups share: attributes, uniqueness, updates by path, ids by other names, filters.

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

from .access import bare, caller, center, check_revision, conflict, entity, not_found

# API_CreateUser, API_CreateGroup: reserved, for users and groups alike.
_RESERVED = frozenset({"administrator", "awsadministrators"})
ENTERPRISE = "aws:identitystore:enterprise"


@dataclass(frozen=True)
class EntityType:
    """Users or groups. unique: path → function that reads its value; title: the unique attribute that names the entity;
    title_in_errors: what errors call that attribute."""

    name: str
    shape: str
    title: str
    unique: dict[str, Callable[[dict[str, Any]], str | None]]
    required: tuple[str, ...]
    required_in_name: tuple[str, ...]
    title_in_errors: str
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


USERS = EntityType(
    "USER",
    "User",
    "UserName",
    {"userName": lambda attributes: attributes.get("UserName"), "emails.value": _email},
    ("DisplayName", "Name"),
    ("GivenName", "FamilyName"),
    "UserName",
    lambda store: store.users,
)
GROUPS = EntityType(
    "GROUP",
    "Group",
    "DisplayName",
    {"displayName": lambda attributes: attributes.get("DisplayName")},
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


def check(entity_type: EntityType, attributes: dict[str, Any]) -> None:
    """Raises ValidationException for missing attributes and reserved names."""
    if not attributes.get(entity_type.title):
        raise AwsError("ValidationException", f"{_lower(entity_type.title)} is a required attribute")
    missing = [name for name in entity_type.required if not attributes.get(name)]
    if attributes.get("Name"):
        missing += [name for name in entity_type.required_in_name if not attributes["Name"].get(name)]
    if missing:
        problems = [f"{name.lower()}: The attribute {name.lower()} is required" for name in missing]
        raise AwsError("ValidationException", ", ".join(problems))
    if str(attributes[entity_type.title]).lower() in _RESERVED:
        raise AwsError("ValidationException", f"{attributes[entity_type.title]} is a reserved name.")
    if set(attributes.get("Extensions") or {}) - {ENTERPRISE}:
        raise AwsError("ValidationException", f"{ENTERPRISE} is the only extension there is.")


def claim(entity_type: EntityType, kind: Kind, row_id: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Replaces the row's unique values. Raises ConflictException, with nothing changed."""
    keys = _unique_keys(entity_type, after)
    for path, value in keys:
        if kind.unique.get((path, value), row_id) != row_id:
            raise conflict(f"Duplicate {entity_type.title_in_errors if path == _lower(entity_type.title) else path}")
    for key in _unique_keys(entity_type, before):
        kind.unique.pop(key, None)
    for key in keys:
        kind.unique[key] = row_id


def _unique_keys(entity_type: EntityType, attributes: dict[str, Any]) -> set[tuple[str, str]]:
    """Path and lower-case value of each unique attribute that has a value."""
    values = {path: read(attributes) for path, read in entity_type.unique.items()}
    return {(path, value.lower()) for path, value in values.items() if value}


def create(context: Context, store: Directory, entity_type: EntityType) -> Entity:
    attributes = {
        name: value
        for name, value in context.call.parameters.items()
        if name != "IdentityStoreId" and value is not None
    }
    check(entity_type, attributes)
    most = getattr(context.world.quotas, entity_type.plural)
    if len(entity_type.kind(store).rows) >= most:
        raise AwsError(
            "ServiceQuotaExceededException", f"An identity store can have at most {most} {entity_type.plural}."
        )
    state, who, now = center(context), caller(context), context.world.now()
    row = Entity(state.next_number(), state.new_uuid(entity_type.name), attributes, now, now, who, who)
    claim(entity_type, entity_type.kind(store), row.id, {}, attributes)
    entity_type.kind(store).add(row)
    return row


def delete(context: Context, store: Directory, entity_type: EntityType, id_: str) -> Entity:
    row = entity(entity_type.kind(store), entity_type.name, id_)
    check_revision(context, row)
    claim(entity_type, entity_type.kind(store), row.id, row.attributes, {})
    for external in row.external_ids:
        entity_type.kind(store).external.pop((external["Issuer"], external["Id"]), None)
    entity_type.kind(store).drop(row)
    memberships = store.by_group.of(row.id) if entity_type is GROUPS else store.by_user.of(row.id)
    for membership in memberships:
        store.drop_membership(membership)
    return row


# --- updates ---


def update(context: Context, store: Directory, entity_type: EntityType, id_: str) -> Entity:
    """Applies every operation or none."""
    row = entity(entity_type.kind(store), entity_type.name, id_)
    check_revision(context, row)
    after = dict(row.attributes)
    for change in context.parameter("Operations"):
        _apply(entity_type, after, change["AttributePath"], change.get("AttributeValue"))
    check(entity_type, after)
    claim(entity_type, entity_type.kind(store), row.id, row.attributes, after)
    row.attributes, row.updated, row.updated_by = after, context.world.now(), caller(context)
    row.revision += 1
    return row


def _apply(entity_type: EntityType, attributes: dict[str, Any], path: str, value: Any) -> None:
    """A value that is None or empty removes the attribute."""
    if path.startswith(ENTERPRISE):
        _set(attributes, ("Extensions", ENTERPRISE, *path.removeprefix(ENTERPRISE).strip(".").split(".")), value)
        return
    settable = {name: member for name, member in entity_type.members.items() if name not in _NOT_SETTABLE}
    names, shape = _member_at(settable, path.split("."), path)
    _set(attributes, names, _with_member_names(shape, path, value))


def _member_at(members: dict[str, Any], parts: list[str], path: str) -> tuple[tuple[str, ...], Any]:
    """The API's names along a path, and the shape of its end."""
    by_path = {_lower(name): name for name in members}
    name = by_path.get(parts[0])
    if name is None:
        raise _not_updatable(path)
    if len(parts) == 1:
        return (name,), members[name]
    if members[name].type_name != "structure":
        raise _not_updatable(path)
    names, shape = _member_at(dict(members[name].members), parts[1:], path)
    return (name, *names), shape


def _not_updatable(path: str) -> AwsError:
    return AwsError("ValidationException", f"The attribute path {path} can't be updated.")


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
    """The value with the API's member names: AttributeValue is a document whose keys are SCIM's (familyName)."""
    if value is None:
        return None
    if not isinstance(value, _KINDS[shape.type_name]):
        raise AwsError("ValidationException", f"The attribute value of {path} has to be a {shape.type_name}.")
    if isinstance(value, list):
        return [_with_member_names(shape.member, path, element) for element in value]
    return _structure(shape, path, value) if isinstance(value, dict) else value


def _structure(shape: Any, path: str, value: dict[str, Any]) -> dict[str, Any]:
    names = {_lower(name): name for name in shape.members}
    unknown = [key for key in value if _lower(key) not in names]
    if unknown:
        raise AwsError("ValidationException", f"The attribute {path} has no {unknown[0]}.")
    result = {}
    for key, part in value.items():
        name = names[_lower(key)]
        result[name] = _with_member_names(shape.members[name], path, part)
    return result


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


# --- finding ---


def find(context: Context, store: Directory, entity_type: EntityType) -> Entity:
    """API_GetUserId, API_GetGroupId: by external id or by a unique attribute, exactly one of them."""
    identifier = context.parameter("AlternateIdentifier")
    if len(identifier) != 1:
        raise AwsError("ValidationException", "AlternateIdentifier takes one of ExternalId, UniqueAttribute.")
    kind = entity_type.kind(store)
    if "ExternalId" in identifier:
        row_id = kind.external.get((identifier["ExternalId"]["Issuer"], identifier["ExternalId"]["Id"]))
    else:
        row_id = kind.unique.get(_unique_key(entity_type, identifier["UniqueAttribute"]))
    if row_id is None:
        raise not_found(entity_type.name, "with that alternate identifier")
    return kind.rows[row_id]


def _unique_key(entity_type: EntityType, attribute: dict[str, Any]) -> tuple[str, str]:
    path, value = attribute["AttributePath"], attribute["AttributeValue"]
    if path not in entity_type.unique:
        raise AwsError("ValidationException", f"The attribute {path} is not a unique attribute")
    if not value:
        raise AwsError("ValidationException", "attribute value cannot be empty or null for attribute path")
    return path, str(value).lower()


def list_(
    context: Context, store: Directory, entity_type: EntityType, key: str, shape: Callable[[Entity], Any]
) -> dict[str, Any]:
    """Filters are deprecated; the only one compares the attribute that names the entity."""
    filters = context.elements("Filters")
    if not filters:
        return page(context, key, entity_type.kind(store).in_order, shape)
    path, value = filters[0]["AttributePath"], filters[0]["AttributeValue"]
    if path != entity_type.title:
        raise AwsError("ValidationException", f"Filtering by {path} is not supported: {entity_type.title} is.")
    row_id = entity_type.kind(store).unique.get((_lower(entity_type.title), value.lower()))
    row = entity_type.kind(store).rows.get(row_id or "")
    if row is None or row.attributes[entity_type.title] != value:
        return {key: []}
    return {key: [shape(row)]}


def describe(store: Directory, entity_type: EntityType, row: Entity) -> dict[str, Any]:
    """The API's shape, without extensions."""
    shape = {
        **identify(store, entity_type, row),
        **{name: value for name, value in row.attributes.items() if name != "Extensions"},
        "CreatedAt": row.created,
        "UpdatedAt": row.updated,
        "CreatedBy": row.created_by,
        "UpdatedBy": row.updated_by,
    }
    return {**shape, "ExternalIds": row.external_ids} if row.external_ids else shape


def identify(store: Directory, entity_type: EntityType, row: Entity) -> dict[str, Any]:
    return {**identify_without_revision(store, entity_type, row), "Revision": str(row.revision)}


def identify_without_revision(store: Directory, entity_type: EntityType, row: Entity) -> dict[str, Any]:
    return {
        "IdentityStoreId": store.id,
        f"{entity_type.shape}Id": row.id,
        f"{entity_type.shape}Arn": f"arn:aws:identitystore:::{entity_type.name.lower()}/{bare(row.id)}",
    }
