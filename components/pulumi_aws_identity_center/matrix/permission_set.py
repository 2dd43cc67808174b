"""A permission set as the matrix declares it, with AWS's limits checked before AWS is asked: a test compares them with
the API model's.

Limits: docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html, API_PermissionsBoundary.html
and docs.aws.amazon.com/singlesignon/latest/userguide/limits.html.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pulumi_aws_identity_center.domain.values import match_text
from pulumi_aws_identity_center.errors import count, shown
from pulumi_aws_identity_center.iam import RepeatedKey, read_json

from .values import Values, join

PARTS = (
    "description",
    "sessionDuration",
    "relayState",
    "managedPolicies",
    "customerManagedPolicies",
    "inlinePolicy",
    "permissionsBoundary",
    "tags",
)
KEYS = (*PARTS, "owns")
OWNS = ("all", "listed")
INLINE_POLICY_LIMIT = 10_240
"""Bytes, white space not counted."""
WHOLE_INLINE_POLICY_LIMIT = 32_768
"""Bytes, with white space."""
TAGS_LIMIT = 50
POLICIES_LIMIT = 25
"""AWS managed and customer managed ones together. A role takes more than 10 only where IAM's own quota is raised."""

NAME = re.compile(r"[\w+=,.@-]{1,32}", re.ASCII)
_DESCRIPTION = re.compile(r"[\t\n\r -~\xa1-\xff]{1,700}")
_RELAY_STATE = re.compile(r"[a-zA-Z0-9&$@#\\/%?=~\-'\"|!:,.;*+\[\] ()_{}]{1,240}")
_DURATION = re.compile(r"P(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII)
_SECONDS = (86_400, 3_600, 60, 1)
_MANAGED_POLICY = re.compile(r"(?=.{1,2048}\Z)arn:aws(-[a-z]{1,5}){0,3}:iam::aws:policy(/[\w+=,.@-]+)+", re.ASCII)
_POLICY_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
_POLICY_PATH = re.compile(r"(?=.{1,512}\Z)(/[A-Za-z0-9.,+@=_-]+)*/")
_BEYOND_POLICY = re.compile(r"[^\t\n\r -\xff]")
_TAG_CHARACTER = r"(?:[\w.:/=+@-]|[^\S\t-\r\x1c-\x1f\x85])"
_TAG_KEY = re.compile(rf"(?!(?i:aws):){_TAG_CHARACTER}{{1,128}}")
_TAG_VALUE = re.compile(rf"{_TAG_CHARACTER}{{0,256}}")

_OF_TAGS = "letters, digits, spaces or _.:/=+-@ characters"
_RESERVED = "Keys that begin with aws: are AWS's own."
_A_MANAGED_POLICY = (
    "the ARN of a policy that AWS manages, such as arn:aws:iam::aws:policy/ReadOnlyAccess "
    "(a policy of your own goes under customerManagedPolicies, by name)"
)


@dataclass(frozen=True)
class CustomerManagedPolicy:
    """A policy by its name and path, which has to exist in every account that the permission set is assigned in."""

    name: Any
    path: Any = "/"


@dataclass(frozen=True)
class PermissionsBoundary:
    """One of the two: the ARN of a policy that AWS manages, or a customer managed policy."""

    managed_policy: Any = None
    customer_managed_policy: CustomerManagedPolicy | None = None


@dataclass(frozen=True)
class PermissionSet:
    """session_duration: ISO 8601 as written. inline_policy: JSON text without white space, or a deferred value. owns:
    "all" takes away grants that the matrix doesn't list, "listed" leaves them alone."""

    name: str
    description: Any = None
    session_duration: Any = None
    relay_state: Any = None
    managed_policies: tuple[Any, ...] = ()
    customer_managed_policies: tuple[CustomerManagedPolicy, ...] = ()
    inline_policy: Any = None
    permissions_boundary: PermissionsBoundary | None = None
    tags: Mapping[str, Any] = field(default_factory=dict)
    owns: Literal["all", "listed"] = "all"

    @property
    def arns(self) -> tuple[Any, ...]:
        """Of the policies that AWS manages, the boundary's among them."""
        boundary = self.permissions_boundary
        return self.managed_policies if boundary is None else (*self.managed_policies, boundary.managed_policy)


def parse_permission_set(name: str, value: Any, key: str, values: Values) -> PermissionSet:
    """Notes every problem in `values`. A null value is a permission set with no part."""
    if not NAME.fullmatch(name):
        values.problems.append(f"{key}: a permission set's name has 1 to 32 letters, digits or _+=,.@- characters.")
    fields = values.fields({} if value is None else value, key, KEYS)
    policies = values.items(fields.get("customerManagedPolicies", []), join(key, "customerManagedPolicies"), "objects")
    references = (
        _customer_managed_policy(policy, f"{join(key, 'customerManagedPolicies')}[{number}]", values)
        for number, policy in enumerate(policies)
    )
    customer_managed = tuple(dict.fromkeys(filter(None, references)))
    managed = values.texts(
        fields.get("managedPolicies", []), join(key, "managedPolicies"), _A_MANAGED_POLICY, _MANAGED_POLICY
    )
    policies_of_both = len(managed) + len(customer_managed)
    if policies_of_both > POLICIES_LIMIT:
        of_both = f"{join(key, 'managedPolicies')} and customerManagedPolicies have {policies_of_both:,} together"
        values.problems.append(f"{of_both}; AWS takes {POLICIES_LIMIT} for a permission set.")
    return PermissionSet(
        name=name,
        description=_optional(fields, key, "description", "1 to 700 characters up to ÿ (U+00FF)", _DESCRIPTION, values),
        session_duration=_session_duration(fields.get("sessionDuration"), join(key, "sessionDuration"), values),
        relay_state=_optional(fields, key, "relayState", "a URL of 1 to 240 characters", _RELAY_STATE, values),
        managed_policies=managed,
        customer_managed_policies=customer_managed,
        inline_policy=_inline_policy(fields.get("inlinePolicy"), join(key, "inlinePolicy"), values),
        permissions_boundary=_boundary(fields.get("permissionsBoundary"), join(key, "permissionsBoundary"), values),
        tags=_tags(fields.get("tags", {}), join(key, "tags"), values),
        owns=_owns(fields.get("owns", "all"), join(key, "owns"), values),
    )


def _optional(
    fields: Mapping[str, Any], key: str, name: str, allowed: str, pattern: re.Pattern[str], values: Values
) -> Any:
    return values.text(fields[name], join(key, name), allowed, pattern) if name in fields else None


def seconds_of(duration: Any) -> int | None:
    """Of an ISO 8601 duration of days, hours, minutes and seconds; None for anything else."""
    match = match_text(_DURATION, duration)
    if match is None:
        return None
    return sum(int(number) * seconds for number, seconds in zip(match.groups("0"), _SECONDS, strict=True))


def _session_duration(value: Any, key: str, values: Values) -> Any:
    if value is None or values.is_deferred(value):
        return value
    if not 3600 <= (seconds_of(value) or 0) <= 12 * 3600:
        values.refuse(key, value, "an ISO 8601 duration from PT1H to PT12H, such as PT8H or PT1H30M")
        return None
    return value


def _customer_managed_policy(value: Any, key: str, values: Values) -> CustomerManagedPolicy | None:
    fields = values.fields(value, key, ("name", "path"))
    what = "the name of a policy in the account: 1 to 128 letters, digits or _+=,.@- characters"
    name = values.text(fields.get("name"), join(key, "name"), what, _POLICY_NAME)
    path = values.text(fields.get("path", "/"), join(key, "path"), "a path such as / or /teams/", _POLICY_PATH)
    return None if name is None or path is None else CustomerManagedPolicy(name, path)


def _inline_policy(value: Any, key: str, values: Values) -> Any:
    """A document as an object or as JSON text, as JSON text without white space."""
    if value is None or values.is_deferred(value):
        return value
    document = value
    if isinstance(value, str):
        try:
            document = read_json(value)
        except RepeatedKey as error:
            values.problems.append(f"{key} can't be read: {error}")
            return value  # AWS's own, whose problems nobody asks for, is not as good as none
        except (ValueError, RecursionError) as error:
            values.problems.append(f"{key} is not JSON ({error}); give the policy document as an object or JSON text.")
            return None
    if not isinstance(document, Mapping) or "Statement" not in document:
        values.refuse(key, value, "an IAM policy document with Version and Statement, as an object or as JSON text")
        return None
    try:
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        values.problems.append(f"{key} holds a value that JSON can't; a policy has text, lists and objects.")
        return None
    if beyond := _BEYOND_POLICY.search(text):
        values.problems.append(f"{key} has {shown(beyond[0])}; AWS takes no character above ÿ (U+00FF) in a policy.")
    for counted, limit, what in (
        (re.sub(r"\s", "", text), INLINE_POLICY_LIMIT, " without white space"),
        (text, WHOLE_INLINE_POLICY_LIMIT, ""),
    ):
        if (size := len(counted.encode(errors="replace"))) > limit:
            values.problems.append(f"{key} has {count(size, 'byte')}{what}; AWS takes {limit:,}.")
    return text


def _boundary(value: Any, key: str, values: Values) -> PermissionsBoundary | None:
    if value is None:
        return None
    fields = values.fields(value, key, ("managedPolicy", "customerManagedPolicy"))
    if len(fields) != 1:
        values.problems.append(f"{key} has {len(fields)} of managedPolicy and customerManagedPolicy; give exactly one.")
        return None
    if "managedPolicy" in fields:
        policy = values.text(fields["managedPolicy"], join(key, "managedPolicy"), _A_MANAGED_POLICY, _MANAGED_POLICY)
        return PermissionsBoundary(managed_policy=policy)
    customer_managed = _customer_managed_policy(
        fields["customerManagedPolicy"], join(key, "customerManagedPolicy"), values
    )
    return PermissionsBoundary(customer_managed_policy=customer_managed)


def _tags(value: Any, key: str, values: Values) -> dict[str, Any]:
    tags = values.mapping(value, key, "an object of tag keys and values")
    if len(tags) > TAGS_LIMIT:
        values.problems.append(f"{key} has {count(len(tags), 'tag')}; AWS takes {TAGS_LIMIT} for a permission set.")
    for name, item in tags.items():
        if not _TAG_KEY.fullmatch(name):
            values.problems.append(f"{key} has the key {shown(name)}; a key has 1 to 128 {_OF_TAGS}. {_RESERVED}")
        values.text(item, join(key, name), f"text of at most 256 {_OF_TAGS}", _TAG_VALUE)
    return dict(tags)


def _owns(value: Any, key: str, values: Values) -> Literal["all", "listed"]:
    if value == "listed":
        return "listed"
    if value != "all":
        values.refuse(key, value, f"one of {', '.join(OWNS)}")
    return "all"
