"""A provider instance's configuration: from the engine's variables and the environment to clients of AWS.

Refuses any endpoint that is not loopback, and to run with none: this provider must never meet a real account.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import random
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.session import Session as Credentials

from .record import Clients, Refused

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


def refuse_foreign_endpoints(configured: dict[str, Any]) -> None:
    """Raises Refused for any endpoint that the configuration names, not only for those a program comes to use."""
    for entry in configured.get("endpoints") or []:
        for service in entry:
            endpoint(configured, service)
    endpoint(configured, "sts")
    if configured.get("profile") and not os.environ.get("AWS_ENDPOINT_URL"):
        # A profile may assume a role on its own, which botocore does at the environment's endpoint or at AWS itself.
        raise Refused(
            "The sandbox's aws provider takes a profile only where AWS_ENDPOINT_URL is set: run the command in "
            "`python -m sandbox run -- …`, or give accessKey and secretKey."
        )


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


_ONE_TRY = Config(retries={"total_max_attempts": 1}, max_pool_connections=32)
_THROTTLES = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "ConcurrentModificationException"}
)
_TRIES_WHEN_THROTTLED, _TRIES_WHEN_BROKEN = 25, 4


def retry_after(
    attempts: int, response: Any = None, caught_exception: Exception | None = None, **_: Any
) -> float | None:
    """Seconds to the next try, None to give up. Throttling is waited out, as by the bridged provider (25 tries); what
    is broken is not, since nothing here heals by itself."""
    code = response[1].get("Error", {}).get("Code") if response is not None else None
    if code in _THROTTLES:
        tries = _TRIES_WHEN_THROTTLED
    elif caught_exception is not None or (response is not None and response[0].status_code in (500, 502, 503, 504)):
        tries = _TRIES_WHEN_BROKEN
    else:
        return None
    if attempts >= tries:
        return None
    return random.uniform(0.05, min(0.1 * 2**attempts, 5.0))


def _accounts(given: Any) -> list[str]:
    """`pulumi config set --path 'aws:allowedAccountIds[0]' 111122223333` writes a number."""
    listed = given if isinstance(given, list) else [given] if given else []
    return [str(each).zfill(12) for each in listed]


@dataclass(frozen=True)
class _InRegion:
    session: Session
    region: str

    def __call__(self, service: str) -> Any:
        return self.session(service, self.region)


class Session:
    """Clients of AWS for one provider instance, made when first asked for.

    By botocore: importing boto3 takes a provider's start half as long again.
    """

    def __init__(self, configured: dict[str, Any]) -> None:
        self.configured = configured
        self.region = str(
            configured.get("region")
            or os.environ.get("AWS_REGION")
            or os.environ.get("AWS_DEFAULT_REGION")
            or DEFAULT_REGION
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.RLock()  # botocore makes clients in one thread at a time only
        self._session: Credentials | None = None

    def __call__(self, service: str, region: str | None = None) -> Any:
        key = (service, region or self.region)
        with self._making:
            if key not in self._clients:
                client = self._signed_in().create_client(
                    *key, endpoint_url=endpoint(self.configured, service), config=_ONE_TRY
                )
                client.meta.events.register("needs-retry.*", retry_after)
                self._clients[key] = client
            return self._clients[key]

    def in_region(self, region: str | None) -> Clients:
        """The same clients in a resource's own Region: since version 7 the provider takes one on each resource."""
        return _InRegion(self, region) if region and region != self.region else self

    def identify(self) -> None:
        """Who signs in, asked as the bridged provider does before it does anything else. Raises what AWS answers, and
        Refused for an account that the configuration doesn't allow.

        github.com/pulumi/pulumi-aws/issues/1971 has its log; `skipCredentialsValidation` is false by default in
        pulumi_aws 7 (provider.py).
        """
        allowed, forbidden = (
            _accounts(self.configured.get(name)) for name in ("allowedAccountIds", "forbiddenAccountIds")
        )
        skipped = ("skipCredentialsValidation", "skipRequestingAccountId")
        if all(self.configured.get(name) in (True, "true") for name in skipped) and not allowed + forbidden:
            return
        account = self("sts").get_caller_identity()["Account"]
        if account in forbidden or (allowed and account not in allowed):
            raise Refused(f"AWS account ID not allowed: {account}")

    def _signed_in(self) -> Credentials:
        if self._session is None:
            session = Credentials(profile=self.configured.get("profile"))
            key, secret, token = (self.configured.get(name) for name in ("accessKey", "secretKey", "token"))
            if bool(key) is not bool(secret):
                raise Refused("The provider has one of accessKey and secretKey: give both, or neither.")
            if key:
                session.set_credentials(key, secret, token)
            for role in self._roles():
                session = self._assume(session, role)
            self._session = session
        return self._session

    def _roles(self) -> list[dict[str, Any]]:
        roles = self.configured.get("assumeRoles") or self.configured.get("assumeRole") or []
        return [roles] if isinstance(roles, dict) else list(roles)

    def _assume(self, session: Credentials, role: dict[str, Any]) -> Credentials:
        sts = session.create_client("sts", self.region, endpoint_url=endpoint(self.configured, "sts"))
        made = sts.assume_role(RoleArn=role["roleArn"], RoleSessionName=role.get("sessionName") or "pulumi")
        credentials = made["Credentials"]
        assumed = Credentials()
        assumed.set_credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        return assumed

    @property
    def default_tags(self) -> dict[str, str]:
        """Tags that every resource gets."""
        return dict((self.configured.get("defaultTags") or {}).get("tags") or {})
