"""Whether two resources are in one account, and so of one organization: by what their explicit providers are given.

Two providers are for one account unless what they are given tells two: roles in different accounts, or other
credentials. A Region, tags or a version tell nothing; whose the credentials of the environment are, nobody knows here.
Property names: pulumi.com/registry/packages/aws/api-docs/provider.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from .rule import UNKNOWN, Declared
from .unknown_values import is_partly_unknown

_CREDENTIALS = ("accessKey", "secretKey", "token", "profile", "sharedConfigFiles", "sharedCredentialsFiles")
_ROLES = ("assumeRoles", "assumeRole", "assumeRoleWithWebIdentity")
_ALLOWED = "allowedAccountIds"
_ARN = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role/.+")
NOT_TOLD = (
    "Or they are of two organizations: this preview can't know for which account their providers are. Write that out."
)


def beside(resource: Declared, others: Iterable[Declared]) -> tuple[Declared | None, bool]:
    """The first of the others that is in the same account; whether that is certain."""
    doubtful: Declared | None = None
    for other in others:
        same = same_account(resource, other)
        if same is True:
            return other, True
        if same is UNKNOWN and doubtful is None:
            doubtful = other
    return doubtful, False


def same_account(one: Declared, other: Declared) -> Any:
    """True, False, or UNKNOWN where that hangs on what the preview can't know."""
    if one.provider_urn and one.provider_urn == other.provider_urn:
        return True
    ours, theirs = _given(one), _given(other)
    if is_partly_unknown(ours) or is_partly_unknown(theirs):
        return UNKNOWN
    accounts = _account(ours), _account(theirs)
    if None not in accounts:
        return accounts[0] == accounts[1]
    return {**ours, _ALLOWED: None} == {**theirs, _ALLOWED: None}


def _given(resource: Declared) -> dict[str, Any]:
    return {key: _plain(resource.provider.get(key)) for key in (*_CREDENTIALS, *_ROLES, _ALLOWED)}


def _plain(value: Any) -> Any:
    """A provider is configured with texts: what is more than one, it is given as JSON."""
    if isinstance(value, str):
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return found if isinstance(found, list | dict) else value
    return value


def _account(given: Mapping[str, Any]) -> str | None:
    """By its number, where that is told: a role's, or the only one that is allowed."""
    for key in _ROLES:
        roles = given[key] if isinstance(given[key], list) else [given[key]]
        last = roles[-1] if roles else None  # of a chain
        arn = last.get("roleArn") if isinstance(last, Mapping) else None
        if isinstance(arn, str) and (found := _ARN.fullmatch(arn)):
            return found[1]
    allowed = given[_ALLOWED]
    return str(allowed[0]) if isinstance(allowed, list) and len(allowed) == 1 else None
