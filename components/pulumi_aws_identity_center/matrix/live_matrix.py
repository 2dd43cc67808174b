"""The whole matrix of the live organization: Identity Center's grants with the accounts' names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.aws.progress import Progress, silent
from pulumi_aws_identity_center.aws.reader import Reader, malformed_is_unanswered

from .grants import Grant, in_order
from .live_center import Directory, find_instance, read_directory, read_grants
from .live_organization import read_organization
from .live_permission_sets import read_content
from .organization import Organization


@dataclass(frozen=True)
class LiveMatrix:
    """grants: in order, with the accounts' names; an account that left the organization has none. contents: of each
    permission set, by name, if they were asked for."""

    organization: Organization
    directory: Directory
    grants: list[Grant]
    contents: Mapping[str, dict[str, Any]]


@malformed_is_unanswered()
def read_live_matrix(reader: Reader, progress: Progress = silent, *, with_declaration: bool = False) -> LiveMatrix:
    """The organization and Identity Center side by side: each has request rates of its own. with_declaration: also the
    organizational units and the permission sets' contents, for an access.yaml. Raises Unanswered, NotPossibleHere."""
    instance = find_instance(reader)

    def read_center() -> tuple[Directory, list[Grant], dict[str, dict[str, Any]]]:
        directory = read_directory(reader, instance)
        grants, contents = reader.both(
            lambda: read_grants(reader, directory, progress),
            lambda: read_content(reader, instance, directory.permission_sets) if with_declaration else {},
        )
        return directory, grants, contents

    organization, (directory, grants, contents) = reader.both(
        lambda: read_organization(reader, with_units=with_declaration, with_tags=False), read_center
    )
    names = {account.id: account.name for account in organization.accounts}
    named = in_order(grant._replace(account_name=names.get(grant.account)) for grant in grants)
    return LiveMatrix(organization, directory, named, contents)
