"""What a seed says of Identity Center, and how a world gets it: without calls, so that 100,000 assignments take
seconds. Names stand for ids; ids and times are the same in every run.

users: [{name, email, display_name}] · groups: [{name, members: [user names], external_id: {issuer, id}}]
permission_sets: [{name, description, session_duration, relay_state, managed_policies: [ARNs], inline_policy,
customer_managed_policies: [names], tags: {}}] · assignments: [{permission_set, group or user, accounts: [ids] or all}]
user_count, group_count, permission_set_count, assignment_count: as many in all, made up if not named
seconds: how long asynchronous work takes
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sandbox.aws.core import models
from sandbox.aws.core.errors import SandboxError

from .center import Center
from .directory import Entity, Kind, Membership
from .instance import Assignment, Instance, Provision

AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
Count = Annotated[int, Field(ge=0, le=1_000_000)] | None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _region(name: str) -> str:
    if name not in models.region_names():
        raise ValueError(f"{name} is no Region of AWS's")
    return name


class ExternalId(_Strict):
    issuer: str
    id: str


class User(_Strict):
    name: str
    email: str | None = None
    display_name: str | None = None
    external_id: ExternalId | None = None


class Group(_Strict):
    name: str
    members: list[str] = []
    external_id: ExternalId | None = None


class PermissionSet(_Strict):
    name: Annotated[str, Field(pattern=r"^[\w+=,.@-]{1,32}$")]
    description: str | None = None
    session_duration: str = "PT1H"
    relay_state: str | None = None
    managed_policies: list[str] = []
    customer_managed_policies: list[str] = []
    inline_policy: str | None = None
    tags: dict[str, str] = {}


class Grant(_Strict):
    permission_set: str
    group: str | None = None
    user: str | None = None
    accounts: list[AccountId] | Literal["all"] = "all"


class IdentityCenter(_Strict):
    region: Annotated[str, AfterValidator(_region)] = "us-east-1"
    status: Literal["ACTIVE", "CREATE_IN_PROGRESS", "CREATE_FAILED", "DELETE_IN_PROGRESS"] = "ACTIVE"
    status_reason: str | None = None
    seconds: Annotated[float, Field(ge=0)] = 0.0
    users: list[User] = []
    groups: list[Group] = []
    permission_sets: list[PermissionSet] = []
    assignments: list[Grant] = []
    user_count: Count = None
    group_count: Count = None
    permission_set_count: Count = None
    assignment_count: Count = None


_SEEDED_BY = "arn:aws:sts::{owner}:assumed-role/Administrator/sandbox"


class Loader:
    """Fills one instance. accounts: the organization's, in order."""

    def __init__(self, center: Center, instance: Instance, accounts: list[str], moment: float) -> None:
        self._center, self._instance, self._accounts, self._moment = center, instance, accounts, moment
        self._account_ids = set(accounts)
        self._sets: dict[str, str] = {}

    def load(self, seed: IdentityCenter) -> None:
        """Raises SandboxError for a name that the seed uses and does not define, or defines twice."""
        users = seed.users + [
            User(name=f"user-{number:05d}") for number in range(len(seed.users) + 1, (seed.user_count or 0) + 1)
        ]
        groups = seed.groups + [
            Group(name=f"group-{number:05d}") for number in range(len(seed.groups) + 1, (seed.group_count or 0) + 1)
        ]
        sets = seed.permission_sets + [
            PermissionSet(name=f"permission-set-{number:04d}")
            for number in range(len(seed.permission_sets) + 1, (seed.permission_set_count or 0) + 1)
        ]
        for user in users:
            self._user(user)
        for group in groups:
            self._group(group)
        for permission_set in sets:
            self._permission_set(permission_set)
        for grant in seed.assignments:
            self._grant(grant)
        self._make_up(seed.assignment_count or 0)

    def _entity(
        self, kind: Kind, word: str, attributes: dict[str, Any], keys: list[tuple[str, str]], external: Any
    ) -> str:
        by = _SEEDED_BY.format(owner=self._instance.owner)
        row = Entity(
            self._center.next_number(), self._center.new_uuid(word), attributes, self._moment, self._moment, by, by
        )
        for path, value in keys:
            if (path, value.lower()) in kind.unique:
                raise SandboxError(f"the seed has two of identity_center's {word}s with the {path} {value!r}.")
            kind.unique[path, value.lower()] = row.id
        if external is not None:
            row.external_ids.append({"Issuer": external.issuer, "Id": external.id})
            kind.external[external.issuer, external.id] = row.id
        kind.add(row)
        return row.id

    def _user(self, user: User) -> None:
        email = user.email or f"{user.name}@example.com"
        attributes = {
            "UserName": user.name,
            "DisplayName": user.display_name or user.name,
            "Name": {"GivenName": user.name, "FamilyName": "Example"},
            "Emails": [{"Value": email, "Type": "work", "Primary": True}],
        }
        keys = [("userName", user.name), ("emails.value", email)]
        self._entity(self._instance.store.users, "user", attributes, keys, user.external_id)

    def _group(self, group: Group) -> None:
        store = self._instance.store
        attributes = {"DisplayName": group.name}
        id_ = self._entity(store.groups, "group", attributes, [("displayName", group.name)], group.external_id)
        by = _SEEDED_BY.format(owner=self._instance.owner)
        for member in group.members:
            user = self._id(store.users, "userName", member, "users")
            number, membership = self._center.next_number(), self._center.new_uuid("membership")
            store.add_membership(Membership(number, membership, id_, user, self._moment, by))

    def _id(self, kind: Kind, path: str, name: str, where: str) -> str:
        row_id = kind.unique.get((path, name.lower()))
        if row_id is None:
            raise SandboxError(f"the seed names {name!r}, which is not among identity_center's {where}.")
        return row_id

    def _permission_set(self, seed: PermissionSet) -> None:
        from sandbox.aws.services.sso_admin.permission_sets import new_permission_set

        if seed.name in self._instance.names:
            raise SandboxError(f"the seed has two of identity_center's permission_sets with the name {seed.name!r}.")
        row = new_permission_set(
            self._center,
            self._instance,
            seed.name,
            self._moment,
            description=seed.description,
            session_duration=seed.session_duration,
            relay_state=seed.relay_state,
            inline_policy=seed.inline_policy,
            managed={arn: arn.rpartition("/")[2] for arn in seed.managed_policies},
            customer_managed={("/", name): None for name in seed.customer_managed_policies},
        )
        self._instance.tags[row.arn] = dict(seed.tags)
        self._sets[seed.name] = row.arn

    def _grant(self, grant: Grant) -> None:
        if (grant.group is None) == (grant.user is None):
            raise SandboxError(
                f"the seed's assignment of {grant.permission_set!r} names a group or a user, and not both."
            )
        if grant.permission_set not in self._sets:
            raise SandboxError(f"the seed assigns {grant.permission_set!r}, which is not among its permission_sets.")
        store = self._instance.store
        if grant.group is not None:
            principal = ("GROUP", self._id(store.groups, "displayName", grant.group, "groups"))
        else:
            principal = ("USER", self._id(store.users, "userName", str(grant.user), "users"))
        accounts = self._accounts if grant.accounts == "all" else grant.accounts
        for account in accounts:
            if account not in self._account_ids:
                raise SandboxError(
                    f"the seed assigns {grant.permission_set!r} in {account}, which is no account of it."
                )
            self._assign(account, self._sets[grant.permission_set], *principal)

    def _assign(self, account: str, arn: str, kind: str, principal: str) -> None:
        from sandbox.aws.services.sso_admin import roles

        instance = self._instance
        if (account, arn, kind, principal) in instance.assignments:
            return
        instance.add_assignment(Assignment(self._center.next_number(), account, arn, kind, principal))
        if (arn, account) not in instance.provisions:
            row = instance.permission_sets[arn]
            instance.add_provision(Provision(self._center.next_number(), account, arn, row.changed))
            roles.request_role(self._center, instance, row, account)

    def _make_up(self, count: int) -> None:
        """Assignments to as many accounts as possible, then to more permission sets, then to more groups."""
        missing = count - len(self._instance.assignments)
        if missing <= 0:
            return
        accounts, sets = self._accounts, list(self._instance.permission_sets)
        groups = list(self._instance.store.groups.rows)
        if len(accounts) * len(sets) * len(groups) < count:
            raise SandboxError(
                f"the seed asks for {count} assignments: {len(accounts)} accounts, {len(sets)} permission sets and "
                f"{len(groups)} groups allow {len(accounts) * len(sets) * len(groups)}."
            )
        place = 0
        while len(self._instance.assignments) < count:
            round_, account = divmod(place, len(accounts))
            shift, number = divmod(round_, len(sets))
            self._assign(accounts[account], sets[number], "GROUP", groups[(account + number + shift) % len(groups)])
            place += 1
