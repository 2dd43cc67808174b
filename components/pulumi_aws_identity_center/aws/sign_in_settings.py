"""With what to sign in. Without botocore, which whoever only hands this on does without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


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


def _unchanged(value: Any) -> Any:
    return value


def _as_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _as_policies(arns: Iterable[str]) -> list[dict[str, str]]:
    return [{"arn": arn} for arn in arns]


# Beside roleArn: the key → sts:AssumeRole's parameter, and how its value is written. A session is renewed before it
# ends, so that its duration doesn't matter.
ROLE_PARTS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "sessionName": ("RoleSessionName", _unchanged),
    "externalId": ("ExternalId", _unchanged),
    "policy": ("Policy", _unchanged),
    "policyArns": ("PolicyArns", _as_policies),
    "sourceIdentity": ("SourceIdentity", _unchanged),
    "tags": ("Tags", _as_tags),
    "transitiveTagKeys": ("TransitiveTagKeys", _unchanged),
    "duration": ("", _unchanged),
}
# Of those that aren't text.
_PART_TYPES: Mapping[str, type] = {"tags": Mapping, "policyArns": list, "transitiveTagKeys": list}


def is_role(role: Mapping[str, Any]) -> bool:
    """Whether it has a roleArn, known keys only, and values of their types."""
    return bool(role.get("roleArn")) and all(_is_part(name, value) for name, value in role.items())


def _is_part(name: str, value: Any) -> bool:
    is_known = name == "roleArn" or name in ROLE_PARTS
    return is_known and isinstance(value, _PART_TYPES.get(name, str))
