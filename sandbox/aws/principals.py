"""Whose credentials signed a request: the account, and the ARN that the call log and GetCallerIdentity give."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from sandbox.aws.errors import AwsError
from sandbox.aws.world import current

# Administrator credentials of any account, without a call to make them: ASIA, the account's id, SBOX.
_ADMINISTRATOR = re.compile(r"ASIA(\d{12})SBOX")
_ADMINISTRATOR_ID = "AROASANDBOXADMINISTRA:sandbox"
SECRET = "sandbox"


@dataclass(frozen=True)
class Principal:
    """arn: an STS assumed-role ARN or an IAM user's; user_id: as GetCallerIdentity gives it."""

    account: str
    arn: str
    user_id: str


NOBODY = Principal("", "", "")  # credentials that are refused


def administrator_key(account: str) -> str:
    """The access key id under which the sandbox knows this account's administrator."""
    return f"ASIA{account}SBOX"


def find(access_key: str) -> Principal:
    """The principal behind an access key: an account's administrator, a role assumed in this sandbox, or an IAM
    user made in it. An unknown key is the administrator of moto's default account, as with moto itself."""
    if match := _ADMINISTRATOR.fullmatch(access_key):
        return _administrator(match[1])
    for account, backends in list(sts_backends.items()):
        for backend in list(backends.values()):
            if role := backend.get_assumed_role_from_access_key(access_key):
                _refuse_expired(role)
                return Principal(account, role.arn, role.user_id)
    for account, backends in list(iam_backends.items()):
        for backend in list(backends.values()):
            if access_key in backend.access_keys and (user := backend.get_user_from_access_key_id(access_key)):
                return Principal(account, user.arn, user.id)
    return _administrator(DEFAULT_ACCOUNT_ID)


def _refuse_expired(role: Any) -> None:
    if role.expiration.replace(tzinfo=datetime.UTC).timestamp() <= current().now():
        raise AwsError("ExpiredTokenException", "The security token included in the request is expired", 403)


def _administrator(account: str) -> Principal:
    arn = f"arn:aws:sts::{account}:assumed-role/Administrator/sandbox"
    return Principal(account, arn, _ADMINISTRATOR_ID)


def is_administrator(principal: Principal) -> bool:
    """Whether it is the sandbox's own administrator of an account, to which no policy applies."""
    return principal.user_id == _ADMINISTRATOR_ID
