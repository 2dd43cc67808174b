"""Reads AWS as a component's provider would: with the Region and the credentials that the provider was given.

Every read returns rows, or `NotRead` with the reason, and raises nothing: a check that only warns must not end a
preview.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pulumi_aws_identity_center.names import LIST_ACTION

from .sign_in_settings import SignIn

Value = TypeVar("Value")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Settings:
    """How to sign in; what is None is the environment's, as for every AWS tool.

    assume_roles: a JSON list of objects as SignIn takes them. account: the only one that may be read, if set.
    """

    region: str | None = None
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    assume_roles: str = "[]"
    account: str | None = None

    def sign_in(self) -> SignIn:
        roles = tuple({"sessionName": "pulumi", **role} for role in json.loads(self.assume_roles))
        return SignIn(self.region, self.profile, self.access_key, self.secret_key, self.token, assume_roles=roles)


@dataclass(frozen=True)
class NotRead:
    """Why something could not be read, as the end of a sentence. asked: whether AWS was. code: AWS's error code."""

    reason: str
    asked: bool = True
    code: str = ""


UNKNOWN_SETTINGS = NotRead("what the component's explicit provider signs in with can't be seen from here", asked=False)


class Reader:
    """Asks AWS with one set of settings; for threads, so that a program goes on meanwhile."""

    def __init__(self, settings: Settings | None) -> None:
        self._settings = settings
        self._making = threading.RLock()
        self._session: Any = None
        self._clients: dict[tuple[str, str | None], Any] = {}

    def warm_up(self) -> None:
        """Makes what the reads need, ahead of them."""
        self._ask("", lambda: [self._client(service) for service in ("organizations", "sso-admin")])

    def trusted_services(self) -> list[Row] | NotRead:
        """ServicePrincipal and DateEnabled of each service with trusted access: one call, at any size."""

        def read() -> list[Row]:
            from .client import trusted_services

            return list(trusted_services(self._client("organizations")))

        return self._ask(LIST_ACTION, read)

    def management_account(self) -> str | NotRead:
        """The organization's; NotRead in an account that is in none."""

        def read() -> str:
            return str(self._client("organizations").describe_organization()["Organization"]["MasterAccountId"])

        return self._ask("organizations:DescribeOrganization", read)

    def logging_trails(self, region: str) -> list[str] | NotRead:
        """The CloudTrail trails whose logging is on in that Region, those of every Region among them."""

        def read() -> list[str]:
            from .client import logging_trails

            return logging_trails(self._client("cloudtrail", region))

        return self._ask("cloudtrail:DescribeTrails, cloudtrail:GetTrailStatus", read)

    def unreserved_concurrency(self, region: str) -> int | NotRead:
        """How many runs at once of all Lambda functions without a reservation that Region allows."""

        def read() -> int:
            limits = self._client("lambda", region).get_account_settings()["AccountLimit"]
            return int(limits["UnreservedConcurrentExecutions"])

        return self._ask("lambda:GetAccountSettings", read)

    def instances_anywhere(self) -> list[Row] | NotRead:
        """Every Region's instances that these credentials see, with PrimaryRegion, Status and StatusReason.

        RegionScope: docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html
        """

        def read() -> list[Row]:
            pages = self._client("sso-admin").get_paginator("list_instances").paginate(RegionScope="ALL_REGIONS")
            return [row for page in pages for row in page["Instances"]]

        return self._ask("sso:ListInstances", read)

    def described_instance(self, arn: str) -> Row | NotRead:
        """DescribeInstance's answer: Status and, where something failed, StatusReason."""
        return self._ask("sso:DescribeInstance", lambda: self._client("sso-admin").describe_instance(InstanceArn=arn))

    def has_attributes(self, arn: str) -> bool | NotRead:
        """Whether the instance has access-control attributes, however they came there."""

        def read() -> bool:
            client = self._client("sso-admin")
            try:
                client.describe_instance_access_control_attribute_configuration(InstanceArn=arn)
            except client.exceptions.ResourceNotFoundException:
                return False
            return True

        return self._ask("sso:DescribeInstanceAccessControlAttributeConfiguration", read)

    def existing_in_iam(self, arns: Sequence[str]) -> list[str] | NotRead:
        """Those of the policies and roles that exist: a call for each."""

        def read() -> list[str]:
            client = self._client("iam")
            return [arn for arn in arns if _exists_in_iam(client, arn)]

        return self._ask("iam:GetPolicy, iam:GetRole", read)

    def _ask(self, action: str, read: Callable[[], Value]) -> Value | NotRead:
        """action: the IAM action that the read takes."""
        if self._settings is None:
            return UNKNOWN_SETTINGS
        from .client import ask  # costs botocore, which a program without reads does without

        try:
            answer = ask(read, action)
        except _OtherAccount as error:
            return NotRead(str(error))
        if answer.value is None:
            return NotRead(f"{answer.action}: {answer.explanation}", code=answer.code)
        return answer.value

    def _client(self, service: str, region: str | None = None) -> Any:
        from . import rates
        from .sign_in import DEFAULT_REGION, make_client, region_of

        assert self._settings is not None
        with self._making:
            if self._session is None:
                self._session = rates.keep_within(rates.windows(), _sign_in(self._settings))
            if (service, region) not in self._clients:
                # Organizations and STS are reached from any Region.
                named = region_of(self._session, region or self._settings.region) or DEFAULT_REGION
                self._clients[service, region] = make_client(self._session, service, named, _config())
            return self._clients[service, region]


def _exists_in_iam(client: Any, arn: str) -> bool:
    kind, _, name = arn.rpartition(":")[2].partition("/")
    try:
        if kind == "role":
            client.get_role(RoleName=name)
        else:
            client.get_policy(PolicyArn=arn)
    except client.exceptions.NoSuchEntityException:
        return False
    return True


class _OtherAccount(Exception):
    """These credentials are of another account than the provider's."""


def _sign_in(settings: Settings) -> Any:
    """A session of the account that may be read. Raises _OtherAccount, and what botocore raises."""
    from .sign_in import DEFAULT_REGION, make_client, region_of, signed_in

    session = signed_in(settings.sign_in(), _config())
    if settings.account is None:
        return session
    region = region_of(session, settings.region) or DEFAULT_REGION
    account = make_client(session, "sts", region, _config()).get_caller_identity()["Account"]
    if account == settings.account:
        return session
    raise _OtherAccount(
        f"the credentials that are found here are of account {account}, and the component's provider signs in to "
        f"{settings.account}"
    )


def _config() -> Any:
    """A look that only warns must not keep a preview waiting."""
    from botocore.config import Config

    return Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
