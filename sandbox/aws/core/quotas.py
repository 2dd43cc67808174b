"""How many of what there can be: AWS's defaults, or what AWS raises them to, and what a seed says instead.

A test of a quota need not make thousands: `quotas: {permission_sets: 3}`. Sources: orgs_reference_limits.html and
singlesignon/latest/userguide/limits.html, older editions of which say 2,000 and 250 permission sets.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Quota = Annotated[int, Field(ge=0)]


class Quotas(BaseModel):
    """accounts: what an increase can be granted up to. What is None follows from the number of accounts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accounts: Quota = 10_000
    account_creations: Quota = 5  # in progress at a time
    account_closures: Quota | None = None  # in 30 days; API_CloseAccount: 250 or 20% of the members, 1,000 at most
    organizational_units: Quota = 2_000
    organizational_unit_levels: Quota = 5
    service_control_policies: Quota = 10_000
    policies: Quota = 1_000  # of each other type
    permission_sets: Quota = 3_500
    provisioned_permission_sets: Quota = 500  # in an account
    managed_policies: Quota = 25  # of both kinds, in a permission set
    outstanding_assignments: Quota = 15
    users: Quota = 100_000
    groups: Quota = 100_000

    iam_roles: Quota = 1_000  # in an account, as the three below; reference_iam-quotas.html
    iam_users: Quota = 5_000
    iam_groups: Quota = 300
    iam_policies: Quota = 1_500

    lambda_concurrent_executions: Quota = 1_000  # in a Region; a new account's are 10

    def closures(self, members: int) -> int:
        """How many accounts can be closed within 30 days."""
        return min(1_000, max(250, members // 5)) if self.account_closures is None else self.account_closures
