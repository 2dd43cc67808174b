"""An instance's rows: permission sets, assignments, provisions, and requests in progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.aws.core.rows import Index, Rows

from .directory import Directory

Kind = Literal["create", "delete", "provision"]


@dataclass(slots=True)
class PermissionSet:
    """changed: counts up with each change that provisioning carries to the accounts."""

    number: int
    arn: str
    name: str
    created: float
    description: str | None = None
    session_duration: str = "PT1H"
    relay_state: str | None = None
    inline_policy: str | None = None
    managed: dict[str, str] = field(default_factory=dict)  # policy ARN → name, in order of attachment
    customer_managed: dict[tuple[str, str], None] = field(default_factory=dict)  # (path, name)
    boundary: dict[str, Any] | None = None
    changed: int = 0

    def describe(self) -> dict[str, Any]:
        shape = {
            "Name": self.name,
            "PermissionSetArn": self.arn,
            "Description": self.description,
            "CreatedDate": self.created,
            "SessionDuration": self.session_duration,
            "RelayState": self.relay_state,
        }
        return {name: value for name, value in shape.items() if value is not None}


@dataclass(slots=True)
class Assignment:
    number: int
    account: str
    permission_set: str
    principal_type: str
    principal: str

    def describe(self) -> dict[str, Any]:
        return {
            "AccountId": self.account,
            "PermissionSetArn": self.permission_set,
            "PrincipalType": self.principal_type,
            "PrincipalId": self.principal,
        }


@dataclass(slots=True)
class Provision:
    """A permission set in an account, as last provisioned."""

    number: int
    account: str
    permission_set: str
    changed: int


@dataclass(slots=True)
class Request:
    """An asynchronous request. about: the members of its status that name its subject, in the API's words."""

    number: int
    id: str
    kind: Kind
    created: float
    due: float
    about: dict[str, Any]
    status: str = "IN_PROGRESS"
    reason: str | None = None

    def describe(self) -> dict[str, Any]:
        shape = {**self.summary(), **self.about}
        return {**shape, "FailureReason": self.reason} if self.reason else shape

    def summary(self) -> dict[str, Any]:
        return {"Status": self.status, "RequestId": self.id, "CreatedDate": self.created}


Key = tuple[str, str, str, str]


@dataclass
class Instance:
    """tags: by the ARN of the tagged resource; attributes: None while access control attributes are not configured."""

    arn: str
    owner: str
    created: float
    store: Directory
    region: str
    status: str = "ACTIVE"
    status_reason: str | None = None
    due: float = 0.0
    name: str | None = None
    permission_sets_enabled: bool = True
    settings: dict[str, Any] = field(default_factory=dict)
    attributes: list[dict[str, Any]] | None = None
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    permission_sets: dict[str, PermissionSet] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    sets_in_order: Rows[PermissionSet] = field(default_factory=Rows)
    assignments: dict[Key, Assignment] = field(default_factory=dict)
    by_set_and_account: Index[tuple[str, str], Assignment] = field(default_factory=Index)
    by_principal: Index[tuple[str, str], Assignment] = field(default_factory=Index)
    by_principal_and_account: Index[tuple[str, str, str], Assignment] = field(default_factory=Index)
    provisions: dict[tuple[str, str], Provision] = field(default_factory=dict)  # (permission set, account)
    provisions_by_set: Index[str, Provision] = field(default_factory=Index)
    provisions_by_account: Index[str, Provision] = field(default_factory=Index)
    requests: dict[str, Request] = field(default_factory=dict)
    requests_by_kind: Index[str, Request] = field(default_factory=Index)
    outstanding: dict[str, Request] = field(default_factory=dict)
    specs: dict[str, dict[str, Any]] = field(default_factory=dict)  # permission set → what its roles are to be

    def add_assignment(self, row: Assignment) -> None:
        self.assignments[row.account, row.permission_set, row.principal_type, row.principal] = row
        self.by_set_and_account.add((row.permission_set, row.account), row)
        self.by_principal.add((row.principal_type, row.principal), row)
        self.by_principal_and_account.add((row.principal_type, row.principal, row.account), row)

    def drop_assignment(self, row: Assignment) -> None:
        del self.assignments[row.account, row.permission_set, row.principal_type, row.principal]
        self.by_set_and_account.discard((row.permission_set, row.account), row)
        self.by_principal.discard((row.principal_type, row.principal), row)
        self.by_principal_and_account.discard((row.principal_type, row.principal, row.account), row)

    def add_provision(self, row: Provision) -> None:
        self.provisions[row.permission_set, row.account] = row
        self.provisions_by_set.add(row.permission_set, row)
        self.provisions_by_account.add(row.account, row)

    def drop_provision(self, row: Provision) -> None:
        del self.provisions[row.permission_set, row.account]
        self.provisions_by_set.discard(row.permission_set, row)
        self.provisions_by_account.discard(row.account, row)

    def add_permission_set(self, row: PermissionSet) -> None:
        self.permission_sets[row.arn] = row
        self.names[row.name] = row.arn
        self.sets_in_order.add(row)

    def drop_permission_set(self, row: PermissionSet) -> None:
        del self.permission_sets[row.arn], self.names[row.name]
        self.sets_in_order.discard(row)
        self.tags.pop(row.arn, None)
        self.specs.pop(row.arn, None)
