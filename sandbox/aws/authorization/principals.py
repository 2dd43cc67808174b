"""The principal whose credentials signed a request: its account, and the ARN in the call log and GetCallerIdentity."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import AccessKeyLastUsed, iam_backends

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.world import current
from sandbox.aws.services.sts.sessions import Session

# Credentials without a call to make them: ASIA, the account's id, then SBOX for its administrator, ROOT for its root
# user. No account of AWS's has such keys.
_OWN_KEY = re.compile(r"ASIA(\d{12})(SBOX|ROOT)")
_ADMINISTRATOR_ID = "AROASANDBOXADMINISTRA:sandbox"
SECRET = "sandbox"


@dataclass(frozen=True)
class Principal:
    """arn: an STS session's ARN, an IAM user's, or root's; user_id: as GetCallerIdentity gives it; session: None for
    long-term keys and the sandbox's own."""

    account: str
    arn: str
    user_id: str
    session: Session | None = None

    @property
    def is_root(self) -> bool:
        return self.arn.endswith(":root")


NOBODY = Principal("", "", "")  # credentials that are refused, and calls that need none


def administrator_key(account: str) -> str:
    """The access key id under which the sandbox knows this account's administrator."""
    return f"ASIA{account}SBOX"


def root_key(account: str) -> str:
    """That of the account's root user: no policy of the account's limits it, a member account's SCPs do."""
    return f"ASIA{account}ROOT"


def find(access_key: str, *, json: bool = False) -> Principal:
    """The principal behind an access key: one of the sandbox's own, a session, or an IAM user made here. An unknown key
    is the administrator of moto's default account, as with moto itself. Raises AwsError, in a JSON service's words or a
    Query service's, for a session that is over and a key that is switched off."""
    if not access_key:
        return NOBODY
    principal, state = _principal_and_state(access_key) or (_administrator(DEFAULT_ACCOUNT_ID), "")
    if state == "over":
        text = "The security token included in the request is expired"
        raise AwsError("ExpiredTokenException", text) if json else AwsError("ExpiredToken", text, 403)
    if state == "inactive":
        raise unrecognized(json=json)
    return principal


def unrecognized(*, json: bool) -> AwsError:
    """The error for unknown credentials."""
    text = "The security token included in the request is invalid."
    return AwsError("UnrecognizedClientException", text) if json else AwsError("InvalidClientTokenId", text, 403)


def note_use(principal: Principal, access_key: str, service: str, region: str) -> None:
    """Records the use that GetAccessKeyLastUsed answers (API_GetAccessKeyLastUsed.html)."""
    key = iam_backends[principal.account]["aws"].access_keys.get(access_key) if ":user/" in principal.arn else None
    if key is not None:
        moment = datetime.datetime.fromtimestamp(current().now(), datetime.UTC)
        key.last_used = AccessKeyLastUsed(moment, service, region)


# The principal, and why its key doesn't work: "over" or "inactive"; "" if it works.
_PrincipalAndState = tuple[Principal, str]


def _principal_and_state(access_key: str) -> _PrincipalAndState | None:
    own_key = _OWN_KEY.fullmatch(access_key)
    if own_key is not None:
        account, kind = own_key.groups()
        return (_administrator(account) if kind == "SBOX" else _root(account)), ""
    session: Session | None = current().sessions.get(access_key)
    if session is not None:
        return Principal(session.account, session.arn, session.user_id, session), _if_over(session.expires)
    return _user(access_key)


def _user(access_key: str) -> _PrincipalAndState | None:
    for account, backends in list(iam_backends.items()):
        for backend in list(backends.values()):
            user = backend.get_user_from_access_key_id(access_key) if access_key in backend.access_keys else None
            if user is not None:
                state = "" if backend.access_keys[access_key].status == "Active" else "inactive"
                return Principal(account, user.arn, user.id), state
    return None


def _if_over(expires: float) -> str:
    return "over" if expires <= current().now() else ""


def _administrator(account: str) -> Principal:
    arn = f"arn:aws:sts::{account}:assumed-role/Administrator/sandbox"
    return Principal(account, arn, _ADMINISTRATOR_ID)


def _root(account: str) -> Principal:
    return Principal(account, f"arn:aws:iam::{account}:root", account)


def administrator_role(account: str) -> str:
    """The ARN of the administrator's role; it is in no account's IAM."""
    return f"arn:aws:iam::{account}:role/Administrator"


def is_administrator(principal: Principal) -> bool:
    """Whether it is the sandbox's own administrator of an account, to which no policy applies."""
    return principal.user_id == _ADMINISTRATOR_ID
