"""The answers from AWS that `status` evaluates, as plain data: `gather.py` collects them, the checks read them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_aws_identity_center.aws.results import NOT_ASKED, Answer
from pulumi_aws_identity_center.aws.trusted_access import is_trusted
from pulumi_aws_identity_center.domain.sentinel import HOME_REGIONS
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

Row = dict[str, Any]


def home_region(instance: Row) -> str:
    """The Region that AWS names for an instance, or the one that listed it."""
    return str(instance.get("PrimaryRegion") or instance["Region"])


def account_state(row: Row) -> str:
    """Of Organizations' row of an account: `State`, or its older `Status`."""
    return str(row.get("State") or row.get("Status") or "ACTIVE")


@dataclass(frozen=True)
class Instances:
    """What was found when looking for the organization instance.

    answer: the instances of every Region that answered. searched: Regions that were asked one by one, since the first
    answer had none; silent: those of them that gave no answer, with why.
    """

    answer: Answer[list[Row]] = NOT_ASKED
    searched: tuple[str, ...] = ()
    silent: dict[str, Answer[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """One account of the organization. role: iam:GetRole's answer for the service-linked role; saml: the account's
    SAML provider for sign-in and whether a role needs it (`aws.client.sign_in_provider`). Or why they are missing."""

    account: str
    state: str
    role: Answer[Row]
    saml: Answer[Row]


@dataclass(frozen=True)
class Members:
    """listing: whether the list of accounts is whole; accounts: those that were looked into, in the list's order.
    own_saml: as Member.saml, of the caller's account."""

    listing: Answer[int]
    accounts: tuple[Member, ...]
    own_saml: Answer[Row] = NOT_ASKED


@dataclass(frozen=True)
class Schedule:
    """A scheduled EventBridge rule. expression: such as rate(1 minute)."""

    name: str
    state: str
    expression: str

    @property
    def is_enabled(self) -> bool:
        return self.state.startswith("ENABLED")


@dataclass(frozen=True)
class Runs:
    """Of the last two weeks, by the hour. last: the hour of a function's last run, None if there was none. failed:
    whether a run in that hour failed. first_triggers: the first hour in which EventBridge triggered a schedule, by the
    schedule's name."""

    last: datetime.datetime | None
    failed: bool
    first_triggers: Mapping[str, datetime.datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Sentinel:
    """A rule that acts on a disabling, with the function that is its target. runs: or why they couldn't be told.

    schedules: the scheduled rules with the same target. trails: the CloudTrail trails that log there: without one no
    event arrives. lost_rules: this project's rules that don't start the function any more. region: where all that is.
    """

    rule: str
    state: str
    function: str | None
    runs: Answer[Runs]
    schedules: Answer[list[Schedule]] = NOT_ASKED
    trails: Answer[list[str]] = NOT_ASKED
    lost_rules: tuple[str, ...] = ()
    region: str = HOME_REGIONS["aws"]


@dataclass(frozen=True)
class Facts:
    """One look at an organization. enablers: who can turn trusted access on; asked only where it is off.
    directories: Directory Service's in the instance's Region. sentinels: the management account's. members: None if not
    asked for."""

    region: str
    caller: Answer[Row] = NOT_ASKED
    organization: Answer[Row] = NOT_ASKED
    trusted: Answer[list[Row]] = NOT_ASKED
    administrators: Answer[list[Row]] = NOT_ASKED
    instances: Instances = Instances()
    status: Answer[Row] = NOT_ASKED
    role: Answer[Row] = NOT_ASKED
    directories: Answer[list[Row]] = NOT_ASKED
    enablers: Answer[list[str]] = NOT_ASKED
    sentinels: Answer[list[Sentinel]] = NOT_ASKED
    members: Members | None = None

    @property
    def account(self) -> str | None:
        """The caller's account."""
        return self.caller_row.get("Account")

    @property
    def partition(self) -> str:
        """From the caller's ARN; aws if it isn't known."""
        parts = str(self.caller_row.get("Arn") or "").split(":")
        return parts[1] if len(parts) > 5 else "aws"

    @property
    def caller_row(self) -> Row:
        return self.caller.value or {}

    @property
    def organization_row(self) -> Row:
        return self.organization.value or {}

    @property
    def administrator_rows(self) -> list[Row]:
        return self.administrators.value or []

    @property
    def instance_rows(self) -> list[Row]:
        return self.instances.answer.value or []

    @property
    def lacks_all_features(self) -> bool:
        """Whether the organization certainly has consolidated billing only."""
        return self.organization.ok and self.organization_row["FeatureSet"] != "ALL"

    @property
    def management(self) -> str | None:
        """The organization's management account."""
        return self.organization_row.get("MasterAccountId")

    @property
    def is_member(self) -> bool:
        """Whether the caller is certainly not in the management account."""
        if self.account is None or self.management is None:
            return False
        return self.account != self.management

    @property
    def is_administrator(self) -> bool:
        """Whether the caller's account is the delegated administrator."""
        return self.account in [row["Id"] for row in self.administrator_rows]

    @property
    def is_on(self) -> bool | None:
        """Whether trusted access is on; None if that isn't known."""
        return self.trusts(SSO_SERVICE_PRINCIPAL)

    def trusts(self, service: str) -> bool | None:
        """Whether trusted access of the service is on; None if that isn't known."""
        return is_trusted(self.trusted, service)

    @property
    def instance(self) -> Row | None:
        """The organization instance: the one that the management account owns. The first one, if that isn't known."""
        return next((row for row in self.instance_rows if self._may_own(row.get("OwnerAccountId"))), None)

    @property
    def was_never_enabled(self) -> bool:
        """Whether no Region has an instance of the organization's, for certain."""
        every_region_answered = self.instances.answer.ok and not self.instances.silent
        sees_instance = self.account is not None and self.account == self.management
        return every_region_answered and self.instance is None and sees_instance

    @property
    def identity_store(self) -> str:
        """The id of the instance's identity store; "" if it isn't known."""
        return str((self.instance or {}).get("IdentityStoreId") or "")

    def _may_own(self, owner: str | None) -> bool:
        return self.management is None or owner in (None, self.management)
