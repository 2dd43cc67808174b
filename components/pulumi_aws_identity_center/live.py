"""What pulumi_aws has no data source for, read from AWS itself as the component's own provider would read it.

`settings_of` takes Region and credentials from the component's explicit provider, else from the `aws:` configuration,
else from the environment, in that order, as the provider itself does. What can't be known here (an explicit provider
of another process, as in a remote component; values that only the update will know) is `None`, and then nothing is
read: another account's answer would be worse than none. Every read comes to rows or to `NotRead` with the reason,
never to an exception, and under Pulumi's mocks nothing is asked: a user's unit test must not call AWS.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pulumi

from .program import watch

Value = TypeVar("Value")
Row = Mapping[str, Any]

_KEYS = {"region": "region", "profile": "profile", "access_key": "accessKey", "secret_key": "secretKey"}
_KEYS |= {"token": "token", "assume_roles": "assumeRoles"}


@dataclass(frozen=True)
class Settings:
    """How to sign in; what is None is the environment's, as for every AWS tool. roles: to assume, one after another."""

    region: str | None = None
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    roles: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class NotRead:
    """Why something could not be read, as the end of a sentence."""

    reason: str


UNKNOWN = NotRead("what the component's explicit provider signs in with can't be seen from here")
_MOCKED = NotRead("this is a test with mocks")


async def settings_of(component: pulumi.Resource) -> Settings | None:
    """The settings of the component's provider, or None where they can't be known."""
    provider = component.get_provider("aws:index/provider:Provider")
    if provider is None:
        config = pulumi.Config("aws")
        return _settings({name: config.get(key) for name, key in _KEYS.items()})
    # As it was declared: its outputs don't tell, in the preview of its creation, what was not given.
    given = watch().given_to(provider)
    if given is None:
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
    return Settings(**values, roles=tuple(parsed if isinstance(parsed, list) else [parsed]))


def trusted_services(settings: Settings | None) -> list[Row] | NotRead:
    """ServicePrincipal and DateEnabled of each service with trusted access: one call, at any size."""

    def read(session: Any) -> list[Row]:
        paginator = _client(session, "organizations", settings).get_paginator(
            "list_aws_service_access_for_organization"
        )
        return [row for page in paginator.paginate() for row in page["EnabledServicePrincipals"]]

    return _ask(settings, read)


def instances_anywhere(settings: Settings | None) -> list[Row] | NotRead:
    """Every Region's instances that these credentials see, with PrimaryRegion, Status and StatusReason.

    RegionScope: docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html
    """

    def read(session: Any) -> list[Row]:
        paginator = _client(session, "sso-admin", settings).get_paginator("list_instances")
        return [row for page in paginator.paginate(RegionScope="ALL_REGIONS") for row in page["Instances"]]

    return _ask(settings, read)


def described_instance(settings: Settings | None, arn: str) -> Row | NotRead:
    """DescribeInstance's answer: Status and, where something failed, StatusReason."""
    return _ask(settings, lambda session: _client(session, "sso-admin", settings).describe_instance(InstanceArn=arn))


def _ask(settings: Settings | None, read: Callable[[Any], Value]) -> Value | NotRead:
    from pulumi.runtime.mocks import MockMonitor
    from pulumi.runtime.settings import get_monitor

    if settings is None:
        return UNKNOWN
    if isinstance(get_monitor(), MockMonitor):
        return _MOCKED
    # botocore rather than boto3: half the time to import, and nothing more is needed.
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return read(_signed_in(settings))
    except (BotoCoreError, ClientError) as error:
        return NotRead(str(error).rstrip("."))


def _signed_in(settings: Settings) -> Any:
    from botocore.session import Session

    session = Session(profile=settings.profile)
    if settings.access_key and settings.secret_key:
        session.set_credentials(settings.access_key, settings.secret_key, settings.token)
    for role in settings.roles:
        external = role.get("externalId") or role.get("external_id")
        given = {"ExternalId": external} if external else {}
        made = _client(session, "sts", settings).assume_role(
            RoleArn=role.get("roleArn") or role["role_arn"], RoleSessionName="pulumi", **given
        )["Credentials"]
        session = Session()
        session.set_credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    return session


def _client(session: Any, service: str, settings: Settings | None) -> Any:
    from botocore.config import Config

    # AWS_REGION first, as every SDK but botocore does; organizations and sts are reached from any Region.
    region = (settings.region if settings else None) or os.environ.get("AWS_REGION")
    region = region or session.get_config_variable("region") or "us-east-1"
    # A look that only warns must not keep a preview waiting.
    config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
    return session.create_client(service, region, config=config)
