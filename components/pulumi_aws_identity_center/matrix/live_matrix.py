"""The whole matrix of the live organization: Identity Center's grants with the accounts' names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pulumi_aws_identity_center.aws.reader import Reader

from .grants import Grant, in_order
from .live_center import LiveCenter, Progress, find_instance, read_center, silent
from .live_organization import read_organization
from .organization import Organization


@dataclass(frozen=True)
class LiveMatrix:
    organization: Organization
    center: LiveCenter

    @property
    def grants(self) -> list[Grant]:
        """In order, with the accounts' names; an account that left the organization has none."""
        names = {account.id: account.name for account in self.organization.accounts}
        return in_order(grant._replace(account_name=names.get(grant.account)) for grant in self.center.grants)


def read_live_matrix(reader: Reader, progress: Progress = silent, *, with_units: bool = False) -> LiveMatrix:
    """The organization and Identity Center side by side: each has request rates of its own. Raises Unanswered,
    NotPossibleHere."""
    instance = find_instance(reader)
    with ThreadPoolExecutor(1) as pool:
        organization = pool.submit(read_organization, reader, with_units=with_units, with_tags=False)
        center = read_center(reader, instance, progress)
        return LiveMatrix(organization.result(), center)
