"""Identity Center as AWS has it now: who has which permission set in which account.

No operation lists all assignments. Two ways, and the one with fewer calls is taken:
- by principal: ListAccountAssignmentsForPrincipal, a call for each group and user, and one for each further 100 grants.
  The management account only. A grant whose group or user was deleted isn't seen.
- by place: ListAccountAssignments, a call for each account and permission set provisioned in it. Sees every grant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi_aws_identity_center.aws.directory import Directory as IdentityStore
from pulumi_aws_identity_center.aws.permission_sets import PermissionSets
from pulumi_aws_identity_center.aws.progress import Progress, silent
from pulumi_aws_identity_center.aws.reader import Reader, Row, Unanswered
from pulumi_aws_identity_center.errors import NotPossibleHere

from .access_matrix import GROUP, USER
from .grants import Grant, Principal


@dataclass(frozen=True)
class Instance:
    arn: str
    identity_store: str
    region: str


def identity_store(reader: Reader, instance: Instance) -> IdentityStore:
    return IdentityStore(reader, instance.arn, instance.identity_store)


Principals = Mapping[tuple[str, str], Principal]


@dataclass(frozen=True)
class Directory:
    """Who and what there is. principals: by (type, id). permission_sets: ARN → sso:DescribePermissionSet's row."""

    instance: Instance
    principals: Principals
    permission_sets: Mapping[str, Row]

    def permission_set_name(self, arn: str) -> str:
        """The ARN for one that was made while the rest was read."""
        row = self.permission_sets.get(arn)
        return arn if row is None else str(row["Name"])

    def principal(self, type_: str, id_: str) -> Principal:
        """One without a name is no longer in the identity store."""
        return self.principals.get((type_, id_)) or Principal(type_, id_, None)


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


def read_directory(reader: Reader, instance: Instance) -> Directory:
    """Raises Unanswered."""
    principals, permission_sets = reader.both(
        lambda: _read_principals(reader, instance), PermissionSets(reader, instance.arn).described
    )
    return Directory(instance, principals, permission_sets)


def _read_principals(reader: Reader, instance: Instance) -> Principals:
    store = identity_store(reader, instance)
    lists = reader.map(lambda kind: list(store.list_all(kind)), (GROUP, USER))
    return {(listed.type, listed.id): Principal(*listed) for rows in lists for listed in rows}


def read_grants(reader: Reader, directory: Directory, progress: Progress = silent) -> list[Grant]:
    """Every grant, in no order and without the accounts' names. Raises Unanswered."""
    places = _read_places(reader, directory, most=len(directory.principals))
    if places is None:
        try:
            return _by_principal(reader, directory, progress)
        except Unanswered as error:
            # A delegated administrator may not: management account only.
            if error.answer.kind != "denied":
                raise
        places = _read_places(reader, directory)
    return _by_place(reader, directory, places or [], progress)


def _by_principal(reader: Reader, directory: Directory, progress: Progress) -> list[Grant]:
    def read(principal: Principal) -> list[Grant]:
        about = {"InstanceArn": directory.instance.arn, "PrincipalType": principal.type, "PrincipalId": principal.id}
        operation = "list_account_assignments_for_principal"
        rows = reader.rows("sso-admin", operation, "AccountAssignments", **about, MaxResults=100)
        # A user's list may hold its groups' rows too: AWS doesn't say.
        return [
            Grant(principal, directory.permission_set_name(row["PermissionSetArn"]), row["AccountId"])
            for row in rows
            if row["PrincipalId"] == principal.id
        ]

    total = len(directory.principals)
    lists = reader.map(read, directory.principals.values(), lambda count: progress("groups and users", count, total))
    return [grant for grants in lists for grant in grants]


def _read_places(reader: Reader, directory: Directory, most: float = math.inf) -> list[tuple[str, str]] | None:
    """Where permission sets are provisioned: (account, permission set's ARN). None if there are `most` or more, where
    it stops reading; or if there are as many permission sets, since each takes a call."""
    if most <= len(directory.permission_sets):
        return None
    permission_sets = PermissionSets(reader, directory.instance.arn)
    counts: dict[str, int] = {}

    def read(arn: str) -> list[tuple[str, str]]:
        places = []
        for account in permission_sets.provisioned_accounts(arn):
            places.append((account, arn))
            counts[arn] = len(places)
            if len(places) % 100 == 0 and sum(counts.copy().values()) >= most:
                break
        return places

    lists = reader.map(read, directory.permission_sets)
    places = [place for places in lists for place in places]
    return places if len(places) < most else None


def _by_place(
    reader: Reader, directory: Directory, places: Sequence[tuple[str, str]], progress: Progress
) -> list[Grant]:
    permission_sets = PermissionSets(reader, directory.instance.arn)

    def read(place: tuple[str, str]) -> list[Grant]:
        account, arn = place
        name = directory.permission_set_name(arn)
        rows = permission_sets.assignments(arn, account)
        return [Grant(directory.principal(row["PrincipalType"], row["PrincipalId"]), name, account) for row in rows]

    total = len(places)
    lists = reader.map(read, places, lambda count: progress("accounts' permission sets", count, total))
    return [grant for grants in lists for grant in grants]
