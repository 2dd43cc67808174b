"""A provider instance's configuration: from the engine's variables and the environment to clients of AWS.

Refuses any endpoint that is not loopback, and to run with none: this provider must never meet a real account.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import random
import re
import socket
import threading
from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session as Credentials
from urllib3.util import parse_url

from .record import Clients, Refused

DEFAULT_REGION = "us-east-1"
_CREDENTIALS = frozenset({"accessKey", "secretKey", "token"})
# It remembers the API models that it has read, for all sessions of the process.
_LOADER = Loader()


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


_ENDPOINT = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)(:\d{1,5})?/?")


def is_loopback(url: str) -> bool:
    """Whether the URL is an address of this machine, and nothing else: no user, path, query or fragment, nor any other
    sign that one library reads as the end of the host and another doesn't."""
    match = _ENDPOINT.fullmatch(url)
    return match is not None and is_this_machine(match[1].strip("[]"))


def is_this_machine(host: str) -> bool:
    """localhost counts only if all its addresses are this machine's."""
    if host == "localhost":
        return all(ipaddress.ip_address(row[4][0]).is_loopback for row in socket.getaddrinfo(host, None))
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_foreign_request(request: Any, **_: Any) -> None:
    """botocore's before-send: the last check of a signed request, of the host that its HTTP library will connect to.
    Raises Refused."""
    host = (parse_url(request.url).host or "").strip("[]")
    if not is_this_machine(host):
        raise Refused(f"The sandbox's aws provider does not send a request to {host}: it is not this machine.")


def new_session(profile: str | None = None) -> Credentials:
    """A session all of whose clients send to this machine, and past no proxy: also those by which botocore signs in
    itself, for a profile with a role or a token, at an endpoint that another setting names."""
    session = Credentials(profile=profile)
    session.register_component("data_loader", _LOADER)
    session.register("before-send", refuse_foreign_request)
    session.set_default_client_config(Config(proxies={}))
    return session


def read(variables: dict[str, Any]) -> dict[str, Any]:
    """Configuration values that aren't strings arrive as JSON strings."""
    return {name: value if name in _CREDENTIALS else _parsed(value) for name, value in variables.items()}


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(("[", "{")):
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value


_ONE_TRY = Config(retries={"total_max_attempts": 1}, max_pool_connections=32)
_THROTTLES = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "ConcurrentModificationException"}
)
_BROKEN_STATUSES = (500, 502, 503, 504)
_TRIES_WHEN_THROTTLED, _TRIES_WHEN_BROKEN = 25, 4


def retry_after(
    attempts: int, response: Any = None, caught_exception: Exception | None = None, **_: Any
) -> float | None:
    """Seconds to the next try, None to give up. Throttling is waited out, as by the bridged provider (25 tries); what
    is broken is not, since nothing here heals by itself."""
    code = response[1].get("Error", {}).get("Code") if response is not None else None
    is_broken = caught_exception is not None or (response is not None and response[0].status_code in _BROKEN_STATUSES)
    max_attempts = _TRIES_WHEN_BROKEN if is_broken else 0
    if code in _THROTTLES:
        max_attempts = _TRIES_WHEN_THROTTLED
    if attempts >= max_attempts:
        return None
    return random.uniform(0.05, min(0.1 * 2**attempts, 5.0))


def _account_ids(configured: Any) -> list[str]:
    """`pulumi config set --path 'aws:allowedAccountIds[0]' 111122223333` writes a number."""
    if not configured:
        return []
    ids = configured if isinstance(configured, list) else [configured]
    return [str(account_id).zfill(12) for account_id in ids]


# pulumi_aws's ProviderAssumeRoleArgs → AssumeRole's parameter; "" for one that the sandbox's provider doesn't support.
_ROLE_KEYS = {
    "roleArn": "RoleArn",
    "sessionName": "RoleSessionName",
    "externalId": "ExternalId",
    "policy": "Policy",
    "sourceIdentity": "SourceIdentity",
    "transitiveTagKeys": "TransitiveTagKeys",
    "duration": "",
    "policyArns": "",
    "tags": "",
}


def _checked_role(role: Any) -> dict[str, Any]:
    """Raises Refused for a key that the provider doesn't know, and for a role without an ARN."""
    if not isinstance(role, dict):
        raise Refused(f"The provider's assumeRoles has {role!r}: each role is an object with a roleArn.")
    unknown_keys = sorted(set(role) - set(_ROLE_KEYS))
    if unknown_keys:
        raise Refused(
            f"The provider's assumeRoles has the key {unknown_keys[0]!r}, which it doesn't know. It knows "
            f"{', '.join(_ROLE_KEYS)}; they are written like this in Python too."
        )
    if not role.get("roleArn"):
        raise Refused("The provider's assumeRoles has a role without roleArn: give the ARN of the role to assume.")
    unsupported = [name for name, value in role.items() if value and not _ROLE_KEYS[name]]
    if unsupported:
        raise Refused(f"The sandbox's aws provider assumes roles without {unsupported[0]}: leave it out here.")
    return role


@dataclass(frozen=True)
class _InRegion:
    session: Session
    region: str

    def __call__(self, service: str) -> Any:
        return self.session(service, self.region)


class Session:
    """Clients of AWS for one provider instance, created at first use.

    They are botocore's: importing boto3 would make a provider's start half as long again.
    """

    def __init__(self, configured: dict[str, Any]) -> None:
        self.configured = configured
        regions = (configured.get("region"), os.environ.get("AWS_REGION"), os.environ.get("AWS_DEFAULT_REGION"))
        self.region = next((str(region) for region in regions if region), DEFAULT_REGION)
        self._clients: dict[tuple[str, str], Any] = {}
        self._creating = threading.RLock()  # botocore creates clients in one thread at a time only
        self._session: Credentials | None = None

    def __call__(self, service: str, region: str | None = None) -> Any:
        key = (service, region or self.region)
        with self._creating:
            if key not in self._clients:
                self._clients[key] = self._client(self._signed_in(), *key, config=_ONE_TRY)
                self._clients[key].meta.events.register("needs-retry.*", retry_after)
            return self._clients[key]

    def _client(self, session: Credentials, service: str, region: str, **more: Any) -> Any:
        return session.create_client(service, region, endpoint_url=endpoint(self.configured, service), **more)

    def in_region(self, region: str | None) -> Clients:
        """The same clients in a resource's own Region: since version 7 the provider takes one on each resource."""
        return _InRegion(self, region) if region and region != self.region else self

    def identify(self) -> None:
        """Checks the account first of all, as the bridged provider does. Raises AWS's error, and Refused for an account
        that the configuration doesn't allow.

        github.com/pulumi/pulumi-aws/issues/1971 has its log; `skipCredentialsValidation` is false by default in
        pulumi_aws 7 (provider.py).
        """
        allowed = _account_ids(self.configured.get("allowedAccountIds"))
        forbidden = _account_ids(self.configured.get("forbiddenAccountIds"))
        checks = ("skipCredentialsValidation", "skipRequestingAccountId")
        skips_checks = all(self.configured.get(name) in (True, "true") for name in checks)
        if skips_checks and not allowed + forbidden:
            return
        account = self("sts").get_caller_identity()["Account"]
        is_allowed = not allowed or account in allowed
        if account in forbidden or not is_allowed:
            raise Refused(f"AWS account ID not allowed: {account}")

    def _signed_in(self) -> Credentials:
        if self._session is None:
            session = new_session(self.configured.get("profile"))
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
        return [_checked_role(role) for role in ([roles] if isinstance(roles, dict) else roles)]

    def _assume(self, session: Credentials, role: dict[str, Any]) -> Credentials:
        sts = self._client(session, "sts", self.region)
        parameters = {"RoleSessionName": "pulumi"}
        for name, parameter in _ROLE_KEYS.items():
            if parameter and role.get(name) is not None:
                parameters[parameter] = role[name]
        credentials = sts.assume_role(**parameters)["Credentials"]
        assumed = new_session()
        assumed.set_credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        return assumed

    @property
    def default_tags(self) -> dict[str, str]:
        """Tags that every resource gets."""
        return dict((self.configured.get("defaultTags") or {}).get("tags") or {})
