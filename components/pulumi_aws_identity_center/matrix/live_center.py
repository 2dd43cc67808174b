"""Identity Center as AWS has it now: who has which permission set in which account.

No operation lists all assignments. Two ways, and the one with fewer calls is taken:
- by principal: ListAccountAssignmentsForPrincipal, a call for each group and user, and one for each further 100 grants.
  The management account only. A grant whose group or user was deleted isn't seen.
- by place: ListAccountAssignments, a call for each account and permission set provisioned in it. Sees every grant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pulumi_aws_identity_center.aws.reader import Reader, Row, Unanswered
from pulumi_aws_identity_center.errors import NotPossibleHere

from .access_matrix import GROUP, USER
from .grants import Grant, Principal

_STORE = "identitystore"
_ADMIN = "sso-admin"
Progress = Callable[[str, int, int], None]
"""What is being read, how many are, and of how many."""


def silent(_what: str, _count: int, _total: int) -> None:
    """No progress."""


@dataclass(frozen=True)
class Instance:
    arn: str
    identity_store: str
    region: str


@dataclass(frozen=True)
class LiveCenter:
    """Principals by (type, id); permission sets as name by ARN. grants: in no order. way: how they were listed."""

    instance: Instance
    principals: dict[tuple[str, str], Principal]
    permission_sets: dict[str, str]
    grants: list[Grant] = field(default_factory=list)
    way: str = ""

    def permission_set_name(self, arn: str) -> str:
        """The ARN for one that was made while the rest was read."""
        return self.permission_sets.get(arn, arn)


def find_instance(reader: Reader) -> Instance:
    """The organization's instance; the reader asks its Region from then on. Raises Unanswered, NotPossibleHere."""
    organization = reader.call("organizations", "describe_organization")["Organization"]
    answer = reader.account.instances()
    if answer.value is None:
        raise Unanswered(answer)
    management = organization["MasterAccountId"]
    for row in answer.value:
        if row.get("OwnerAccountId") == management:
            reader.region = row.get("PrimaryRegion") or reader.region
            return Instance(row["InstanceArn"], row["IdentityStoreId"], reader.region)
    raise NotPossibleHere(
        f"The Region {reader.region} knows no organization instance of Identity Center. Name its Region with --region; "
        "identity-center status says whether there is one."
    )


def read_principals(reader: Reader, instance: Instance) -> dict[tuple[str, str], Principal]:
    """Every group and user, by type and id."""
    questions = (
        (GROUP, "list_groups", "Groups", "GroupId", "DisplayName"),
        (USER, "list_users", "Users", "UserId", "UserName"),
    )

    def read(question: tuple[str, str, str, str, str]) -> list[Principal]:
        type_, operation, key, id_, name = question
        rows = reader.rows(_STORE, operation, key, IdentityStoreId=instance.identity_store, MaxResults=100)
        return [Principal(type_, row[id_], row.get(name)) for row in rows]

    return {(one.type, str(one.id)): one for rows in reader.map(read, questions) for one in rows}


def read_permission_sets(reader: Reader, instance: Instance) -> dict[str, str]:
    """ARN → name: a call for each."""
    arns = list(reader.rows(_ADMIN, "list_permission_sets", "PermissionSets", InstanceArn=instance.arn, MaxResults=100))

    def read_name(arn: str) -> str:
        described = reader.call(_ADMIN, "describe_permission_set", InstanceArn=instance.arn, PermissionSetArn=arn)
        return str(described["PermissionSet"]["Name"])

    return dict(zip(arns, reader.map(read_name, arns), strict=True))


def read_center(reader: Reader, instance: Instance, progress: Progress = silent) -> LiveCenter:
    """Everything. Account names are left out: `name_accounts` adds them. Raises Unanswered."""
    principals = read_principals(reader, instance)
    permission_sets = read_permission_sets(reader, instance)
    center = LiveCenter(instance, principals, permission_sets)
    places = _read_places(reader, center) if len(principals) > len(permission_sets) else None
    if places is None or len(places) >= len(principals):
        try:
            return _with_grants(center, _by_principal(reader, center, progress), "by principal")
        except Unanswered as error:
            # A delegated administrator may not: management account only.
            if error.answer.kind != "denied":
                raise
            places = _read_places(reader, center) if places is None else places
    return _with_grants(center, _by_place(reader, center, places, progress), "by account and permission set")


def _with_grants(center: LiveCenter, grants: list[Grant], way: str) -> LiveCenter:
    return LiveCenter(center.instance, center.principals, center.permission_sets, grants, way)


def _by_principal(reader: Reader, center: LiveCenter, progress: Progress) -> list[Grant]:
    def read(principal: Principal) -> list[Grant]:
        parameters = {"PrincipalType": principal.type, "PrincipalId": principal.id}
        rows = _assignments(reader, center, "list_account_assignments_for_principal", **parameters)
        # A user's list may hold its groups' rows too: AWS doesn't say.
        return [
            Grant(principal, center.permission_set_name(row["PermissionSetArn"]), row["AccountId"])
            for row in rows
            if row["PrincipalId"] == principal.id
        ]

    total = len(center.principals)
    lists = reader.map(read, center.principals.values(), lambda count: progress("groups and users", count, total))
    return [grant for grants in lists for grant in grants]


def _read_places(reader: Reader, center: LiveCenter) -> list[tuple[str, str]]:
    """(account, permission set's ARN) for each that is provisioned."""

    def read(arn: str) -> list[tuple[str, str]]:
        operation = "list_accounts_for_provisioned_permission_set"
        parameters = {"InstanceArn": center.instance.arn, "PermissionSetArn": arn, "MaxResults": 100}
        return [(account, arn) for account in reader.rows(_ADMIN, operation, "AccountIds", **parameters)]

    return [place for places in reader.map(read, center.permission_sets) for place in places]


def _by_place(reader: Reader, center: LiveCenter, places: list[tuple[str, str]], progress: Progress) -> list[Grant]:
    def read(place: tuple[str, str]) -> list[Grant]:
        account, arn = place
        rows = _assignments(reader, center, "list_account_assignments", AccountId=account, PermissionSetArn=arn)
        return [
            Grant(_principal(center, row["PrincipalType"], row["PrincipalId"]), center.permission_sets[arn], account)
            for row in rows
        ]

    total = len(places)
    lists = reader.map(read, places, lambda count: progress("accounts' permission sets", count, total))
    return [grant for grants in lists for grant in grants]


def _assignments(reader: Reader, center: LiveCenter, operation: str, **parameters: Any) -> Iterator[Row]:
    return reader.rows(
        _ADMIN, operation, "AccountAssignments", InstanceArn=center.instance.arn, MaxResults=100, **parameters
    )


def _principal(center: LiveCenter, type_: str, id_: str) -> Principal:
    """One without a name is no longer in the identity store."""
    return center.principals.get((type_, id_)) or Principal(type_, id_, None)


def name_accounts(grants: list[Grant], names: dict[str, str]) -> list[Grant]:
    return [grant._replace(account_name=names.get(grant.account)) for grant in grants]
