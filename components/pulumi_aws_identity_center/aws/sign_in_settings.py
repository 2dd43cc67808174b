"""The settings of a sign-in, as plain data. It doesn't import botocore, because the components only pass them on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True)
class SignIn:
    """What is None comes from the environment, as for every AWS SDK.

    assume_roles: objects with roleArn and ROLE_PARTS, as Pulumi's aws provider takes them; one after another. account:
    the only one that may be read, if set.
    """

    region: str | None = None
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    assume_roles: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    account: str | None = None


ENVIRONMENT = SignIn()


def _as_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _as_policies(arns: Iterable[str]) -> list[dict[str, str]]:
    return [{"arn": arn} for arn in arns]


class RolePart(NamedTuple):
    """parameter: of sts:AssumeRole. type, noun: of the value. written: how the parameter has it."""

    parameter: str
    type: type = str
    noun: str = "text"
    written: Callable[[Any], Any] = lambda value: value


# By the key. A session is renewed before it ends, so that its duration doesn't matter.
ROLE_PARTS: Mapping[str, RolePart] = {
    "roleArn": RolePart(""),
    "sessionName": RolePart("RoleSessionName"),
    "externalId": RolePart("ExternalId"),
    "policy": RolePart("Policy"),
    "policyArns": RolePart("PolicyArns", list, "a list", _as_policies),
    "sourceIdentity": RolePart("SourceIdentity"),
    "tags": RolePart("Tags", Mapping, "an object", _as_tags),
    "transitiveTagKeys": RolePart("TransitiveTagKeys", list, "a list"),
    "duration": RolePart(""),
}


def is_role(role: Mapping[str, Any]) -> bool:
    """Whether it has a roleArn, known keys only, and values of their types."""
    if not role.get("roleArn") or not role.keys() <= ROLE_PARTS.keys():
        return False
    return all(isinstance(value, ROLE_PARTS[name].type) for name, value in role.items())
