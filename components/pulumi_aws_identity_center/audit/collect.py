"""Asks AWS, once and in parallel. The only file of the audit that imports boto3.

Read-only but for `enable`, which `recover` calls. Retries are botocore's (standard mode: backoff with jitter); the
number of calls is the least there is for what is reported, unless the given Region has no instance and the others
have to be searched.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from ..constants import SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL
from .answers import Answer, Facts, kind_of_code

Value = TypeVar("Value")

DEFAULT_REGION = "us-east-1"
NOT_ASKED: Answer[Any] = Answer(kind="not-asked")
_SEARCHERS = 8


class Account:
    """One set of credentials' view of AWS. Raises ProfileNotFound, from botocore, for an unknown profile."""

    def __init__(self, profile: str | None = None, region: str | None = None, attempts: int = 4) -> None:
        self._session = boto3.session.Session(profile_name=profile, region_name=region)
        self.region = self._session.region_name or DEFAULT_REGION
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts}, connect_timeout=5, read_timeout=15
        )

    def client(self, service: str, region: str | None = None) -> Any:
        return self._session.client(service, region_name=region or self.region, config=self._config)

    def facts(self) -> Facts:
        """Everything `status` reports on."""
        clients = {name: self.client(name) for name in ("sts", "organizations", "sso-admin", "iam")}
        with ThreadPoolExecutor(max_workers=6) as pool:
            caller = pool.submit(ask, lambda: _bare(clients["sts"].get_caller_identity()))
            organization = pool.submit(ask, lambda: clients["organizations"].describe_organization()["Organization"])
            trusted = pool.submit(ask, lambda: trusted_services(clients["organizations"]))
            instances = pool.submit(ask, lambda: _instances(clients["sso-admin"]))
            role = pool.submit(ask, lambda: clients["iam"].get_role(RoleName=SERVICE_LINKED_ROLE_NAME)["Role"])
            administrators = pool.submit(ask, lambda: _administrators(clients["organizations"]))
            found, where, silent = self._find_instance(instances.result())
            instance = self._describe(found, where)
            return Facts(
                self.region,
                caller.result(),
                organization.result(),
                trusted.result(),
                found,
                where,
                instance,
                role.result(),
                administrators.result(),
                silent,
            )

    def _find_instance(
        self, here: Answer[list[dict[str, Any]]]
    ) -> tuple[Answer[list[dict[str, Any]]], str, tuple[str, ...]]:
        """ListInstances is regional: an empty list here says nothing about the other Regions."""
        if not here.ok or here.value:
            return here, self.region, ()
        regions = [name for name in self._session.get_available_regions("sso-admin") if name != self.region]
        with ThreadPoolExecutor(max_workers=_SEARCHERS) as pool:
            answers = list(pool.map(lambda name: ask(lambda: _instances(self.client("sso-admin", name))), regions))
        for region, answer in zip(regions, answers, strict=True):
            if answer.value:
                return answer, region, ()
        return here, self.region, tuple(name for name, answer in zip(regions, answers, strict=True) if not answer.ok)

    def _describe(self, found: Answer[list[dict[str, Any]]], region: str) -> Answer[dict[str, Any]]:
        if not found.value:
            return NOT_ASKED
        arn = found.value[0]["InstanceArn"]
        return ask(lambda: _bare(self.client("sso-admin", region).describe_instance(InstanceArn=arn)))

    def trusted(self) -> Answer[list[dict[str, Any]]]:
        """The services with trusted access."""
        client = self.client("organizations")
        return ask(lambda: trusted_services(client))

    def enable(self) -> Answer[None]:
        """Turns trusted access for Identity Center on: the one call here that changes anything."""
        client = self.client("organizations")
        return ask(lambda: client.enable_aws_service_access(ServicePrincipal=SSO_SERVICE_PRINCIPAL) and None)


def open_account(profile: str | None, region: str | None) -> Answer[Account]:
    """The account, or what is wrong with the profile."""
    return ask(lambda: Account(profile, region))


def ask(question: Callable[[], Value]) -> Answer[Value]:
    """The answer; whatever goes wrong is told by its kind."""
    try:
        return Answer(question())
    except ClientError as error:
        told = error.response.get("Error", {})
        code = str(told.get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return Answer(kind=kind_of_code(code, status), code=code, message=str(told.get("Message", "")))
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound) as error:
        return Answer(kind="no-credentials", message=str(error))
    except TokenRetrievalError as error:
        return Answer(kind="expired", message=str(error))
    except (EndpointConnectionError, ConnectionClosedError, HTTPClientError) as error:
        return Answer(kind="unreachable", message=str(error))
    except (ResponseParserError, KeyError, TypeError, ValueError) as error:
        return Answer(kind="malformed", message=type(error).__name__)
    except BotoCoreError as error:
        return Answer(kind="other", message=str(error))


def trusted_services(client: Any) -> list[dict[str, Any]]:
    """ListAWSServiceAccessForOrganization, all pages."""
    pages = client.get_paginator("list_aws_service_access_for_organization").paginate()
    return [row for page in pages for row in page["EnabledServicePrincipals"]]


def _administrators(client: Any) -> list[dict[str, Any]]:
    pages = client.get_paginator("list_delegated_administrators").paginate(ServicePrincipal=SSO_SERVICE_PRINCIPAL)
    return [row for page in pages for row in page["DelegatedAdministrators"]]


def _instances(client: Any) -> list[dict[str, Any]]:
    return [row for page in client.get_paginator("list_instances").paginate() for row in page["Instances"]]


def _bare(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
