"""A provider instance's configuration: from the engine's variables and the environment to boto3 clients.

Refuses any endpoint that is not loopback, and to run with none: this provider must never meet a real account.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
from typing import Any
from urllib.parse import urlsplit

import boto3

from sandbox.provider.record import Refused

DEFAULT_REGION = "us-east-1"


def endpoint(configured: dict[str, Any], service: str) -> str:
    """The endpoint for a service. Raises Refused unless there is one and it is on this machine."""
    own = {key.replace("-", ""): value for entry in configured.get("endpoints") or [] for key, value in entry.items()}
    url = own.get(service.replace("-", "")) or os.environ.get("AWS_ENDPOINT_URL")
    if not url:
        raise Refused(
            "The sandbox's aws provider has no endpoint, and never speaks to AWS itself: run the command in "
            "`python -m sandbox run -- …`, which sets AWS_ENDPOINT_URL."
        )
    if not is_loopback(url):
        raise Refused(
            f"The sandbox's aws provider refuses the endpoint {url}: only an address of this machine is allowed "
            "(127.0.0.1, ::1, localhost). With a real account, use the official aws provider outside the sandbox."
        )
    return str(url)


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read(variables: dict[str, Any]) -> dict[str, Any]:
    """Configuration values that aren't strings arrive as JSON strings."""
    found = {}
    for name, value in variables.items():
        if isinstance(value, str) and value[:1] in "[{" and name not in ("accessKey", "secretKey", "token"):
            with contextlib.suppress(ValueError):
                value = json.loads(value)
        found[name] = value
    return found


class Session:
    """boto3 clients of one provider instance, made when first asked for."""

    def __init__(self, configured: dict[str, Any]) -> None:
        self.configured = configured
        self.region = str(
            configured.get("region")
            or os.environ.get("AWS_REGION")
            or os.environ.get("AWS_DEFAULT_REGION")
            or DEFAULT_REGION
        )
        self._clients: dict[str, Any] = {}
        self._session: boto3.session.Session | None = None

    def __call__(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._signed_in().client(
                service,
                endpoint_url=endpoint(self.configured, service),
            )
        return self._clients[service]

    def _signed_in(self) -> boto3.session.Session:
        if self._session is None:
            session = boto3.session.Session(
                aws_access_key_id=self.configured.get("accessKey"),
                aws_secret_access_key=self.configured.get("secretKey"),
                aws_session_token=self.configured.get("token"),
                profile_name=self.configured.get("profile"),
                region_name=self.region,
            )
            for role in self._roles():
                session = self._assume(session, role)
            self._session = session
        return self._session

    def _roles(self) -> list[dict[str, Any]]:
        roles = self.configured.get("assumeRoles") or self.configured.get("assumeRole") or []
        return [roles] if isinstance(roles, dict) else list(roles)

    def _assume(self, session: boto3.session.Session, role: dict[str, Any]) -> boto3.session.Session:
        sts = session.client("sts", endpoint_url=endpoint(self.configured, "sts"))
        made = sts.assume_role(RoleArn=role["roleArn"], RoleSessionName=role.get("sessionName") or "pulumi")
        credentials = made["Credentials"]
        return boto3.session.Session(
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials["SessionToken"],
            region_name=self.region,
        )

    @property
    def default_tags(self) -> dict[str, str]:
        """Tags that every resource gets."""
        return dict((self.configured.get("defaultTags") or {}).get("tags") or {})
