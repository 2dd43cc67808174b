"""What pulumi_aws has no data source for, read from AWS itself as the component's own provider would read it.

`settings_of` takes Region and credentials from the component's explicit provider, else from the `aws:` configuration,
else from the environment, in that order, as the provider itself does. What can't be known here (an explicit provider
of another process, as in a remote component; values that only the update will know) is `None`, and then nothing is
read: another account's answer would be worse than none. Every read comes to rows or to `NotRead` with the reason,
never to an exception, and under Pulumi's mocks nothing is asked: a user's unit test must not call AWS.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pulumi

from pulumi_aws_identity_center.domain.values import snake_case

from .lookups import is_mocked
from .program import watch
from .provider_account import explicit_provider

Value = TypeVar("Value")
Row = Mapping[str, Any]

# Of these the provider's own reading isn't repeated here: with one of them nothing is read.
_OTHER_WAYS = ("assumeRoleWithWebIdentity", "endpoints", "sharedConfigFiles", "sharedCredentialsFiles")
_KEYS = {"region": "region", "profile": "profile", "access_key": "accessKey", "secret_key": "secretKey"}
_KEYS |= {"token": "token", "assume_roles": "assumeRoles"}


@dataclass(frozen=True)
class Settings:
    """How to sign in; what is None is the environment's, as for every AWS tool.

    roles: ARN and external id of those to assume, one after another.
    """

    region: str | None = None
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    roles: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class NotRead:
    """Why something could not be read, as the end of a sentence. asked: whether AWS was."""

    reason: str
    asked: bool = True


UNKNOWN = NotRead("what the component's explicit provider signs in with can't be seen from here", asked=False)
_MOCKED = NotRead("this is a test with mocks", asked=False)


async def settings_of(component: pulumi.Resource) -> Settings | None:
    """The settings of the component's provider, or None where they can't be known."""
    provider = explicit_provider(component)
    if provider is None:
        config = pulumi.Config("aws")
        if any(config.get(key) for key in _OTHER_WAYS):
            return None
        return _settings({name: config.get(key) for name, key in _KEYS.items()})
    # As it was declared: its outputs don't tell, in the preview of its creation, what was not given.
    given = watch().given_to(provider)
    if given is None or any(given.get(key) or given.get(snake_case(key)) for key in _OTHER_WAYS):
        return None
    values: dict[str, Any] = {}
    for name, key in _KEYS.items():
        output = pulumi.Output.from_input(given.get(name, given.get(key)))
        if not await output.is_known():
            return None
        values[name] = await output.future()
    return _settings(values)


def _settings(values: dict[str, Any]) -> Settings:
    roles = values.pop("assume_roles") or []
    parsed = json.loads(roles) if isinstance(roles, str) else roles
    rows = parsed if isinstance(parsed, list) else [parsed]
    # As the configuration spells it, and as a Python program does.
    arns = [(row.get("roleArn") or row["role_arn"], row.get("externalId") or row.get("external_id")) for row in rows]
    return Settings(**values, roles=tuple(arns))


async def reader_of(component: pulumi.Resource) -> Reader:
    """Reads as the component's provider would. One a program for the same settings: making clients takes a while."""
    settings = await watch().once_for(component, "settings", lambda: settings_of(component))
    return watch().shared(("reader", settings), lambda: Reader(settings))


async def trusted_services(component: pulumi.Resource) -> list[Row] | NotRead:
    """The services with trusted access, read once however many components ask."""
    reader = await reader_of(component)
    return await watch().once(("trusted", reader), lambda: asyncio.to_thread(reader.trusted_services))


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
            return UNKNOWN
        if is_mocked():
            return _MOCKED
        # botocore rather than boto3: half the time to import, and nothing more is needed.
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return read()
        except (BotoCoreError, ClientError) as error:
            return NotRead(str(error).rstrip("."))

    def _client(self, service: str, region: str | None = None) -> Any:
        assert self._settings is not None
        settings = self._settings if region is None else replace(self._settings, region=region)
        with self._making:
            if self._session is None:
                self._session = _signed_in(self._settings)
            if (service, region) not in self._clients:
                self._clients[service, region] = _made(self._session, service, settings)
            return self._clients[service, region]


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
