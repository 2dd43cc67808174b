"""Reads AWS as a component's provider would: with the Region and the credentials that the provider was given.

Every read returns rows, or `NotRead` with the reason, and raises nothing: a check that only warns must not end a
preview.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

Value = TypeVar("Value")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Settings:
    """How to sign in; what is None is the environment's, as for every AWS tool.

    roles: ARN and external id of those to assume, one after another. account: the only one that may be read, if set.
    """

    region: str | None = None
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    roles: tuple[tuple[str, str | None], ...] = ()
    account: str | None = None


@dataclass(frozen=True)
class NotRead:
    """Why something could not be read, as the end of a sentence. asked: whether AWS was."""

    reason: str
    asked: bool = True


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
        self._ask(lambda: [self._client(service) for service in ("organizations", "sso-admin")])

    def trusted_services(self) -> list[Row] | NotRead:
        """ServicePrincipal and DateEnabled of each service with trusted access: one call, at any size."""

        def read() -> list[Row]:
            pages = self._client("organizations").get_paginator("list_aws_service_access_for_organization").paginate()
            return [row for page in pages for row in page["EnabledServicePrincipals"]]

        return self._ask(read)

    def management_account(self) -> str | NotRead:
        """The organization's; NotRead in an account that is in none."""

        def read() -> str:
            return str(self._client("organizations").describe_organization()["Organization"]["MasterAccountId"])

        return self._ask(read)

    def logging_trails(self, region: str) -> list[str] | NotRead:
        """The CloudTrail trails whose logging is on in that Region, those of every Region among them."""

        def read() -> list[str]:
            client = self._client("cloudtrail", region)
            trails = client.describe_trails(includeShadowTrails=True)["trailList"]
            return [trail["Name"] for trail in trails if client.get_trail_status(Name=trail["TrailARN"])["IsLogging"]]

        return self._ask(read)

    def unreserved_concurrency(self, region: str) -> int | NotRead:
        """How many runs at once of all Lambda functions without a reservation that Region allows."""

        def read() -> int:
            limits = self._client("lambda", region).get_account_settings()["AccountLimit"]
            return int(limits["UnreservedConcurrentExecutions"])

        return self._ask(read)

    def instances_anywhere(self) -> list[Row] | NotRead:
        """Every Region's instances that these credentials see, with PrimaryRegion, Status and StatusReason.

        RegionScope: docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html
        """

        def read() -> list[Row]:
            pages = self._client("sso-admin").get_paginator("list_instances").paginate(RegionScope="ALL_REGIONS")
            return [row for page in pages for row in page["Instances"]]

        return self._ask(read)

    def described_instance(self, arn: str) -> Row | NotRead:
        """DescribeInstance's answer: Status and, where something failed, StatusReason."""
        return self._ask(lambda: self._client("sso-admin").describe_instance(InstanceArn=arn))

    def has_attributes(self, arn: str) -> bool | NotRead:
        """Whether the instance has access-control attributes, however they came there."""

        def read() -> bool:
            client = self._client("sso-admin")
            try:
                client.describe_instance_access_control_attribute_configuration(InstanceArn=arn)
            except client.exceptions.ResourceNotFoundException:
                return False
            return True

        return self._ask(read)

    def _ask(self, read: Callable[[], Value]) -> Value | NotRead:
        if self._settings is None:
            return UNKNOWN_SETTINGS
        # botocore rather than boto3: half the time to import, and nothing more is needed. A program without reads pays
        # for neither.
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return read()
        except (BotoCoreError, ClientError, _OtherAccount) as error:
            return NotRead(str(error).rstrip("."))

    def _client(self, service: str, region: str | None = None) -> Any:
        assert self._settings is not None
        settings = self._settings if region is None else replace(self._settings, region=region)
        with self._making:
            if self._session is None:
                session = _signed_in(self._settings)
                _require_account(session, self._settings)
                self._session = session
            if (service, region) not in self._clients:
                self._clients[service, region] = _made(self._session, service, settings)
            return self._clients[service, region]


class _OtherAccount(Exception):
    """These credentials are of another account than the provider's."""


def _require_account(session: Any, settings: Settings) -> None:
    if settings.account is None:
        return
    account = _made(session, "sts", settings).get_caller_identity()["Account"]
    if account != settings.account:
        raise _OtherAccount(
            f"the credentials that are found here are of account {account}, and the component's provider signs in to "
            f"{settings.account}"
        )


def _signed_in(settings: Settings) -> Any:
    from botocore.session import Session

    session = Session(profile=settings.profile)
    if settings.access_key and settings.secret_key:
        session.set_credentials(settings.access_key, settings.secret_key, settings.token)
    for arn, external in settings.roles:
        given = {"ExternalId": external} if external else {}
        sts = _made(session, "sts", settings)
        made = sts.assume_role(RoleArn=arn, RoleSessionName="pulumi", **given)["Credentials"]
        session = Session()
        session.set_credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    return session


def _made(session: Any, service: str, settings: Settings) -> Any:
    from botocore.config import Config

    # AWS_REGION first, as every SDK but botocore does; organizations and sts are reached from any Region.
    region = settings.region or os.environ.get("AWS_REGION")
    region = region or session.get_config_variable("region") or "us-east-1"
    # A look that only warns must not keep a preview waiting.
    config = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
    return session.create_client(service, region, config=config)
