"""What a question to AWS came to: a value, or a kind of error. An error is never taken for a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

# kind → what it means, and what to do about it
KINDS = {
    "denied": ("access was denied", "Use credentials with what `identity-center document observe` prints."),
    "throttled": ("AWS throttled the request", "Run it again in a minute."),
    "expired": ("the credentials have expired", "Sign in again (aws sso login, or a new session), then run it again."),
    "no-credentials": (
        "there are no credentials",
        "Name a profile (--profile, AWS_PROFILE) or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    ),
    "unreachable": (
        "AWS could not be reached",
        "Check the network, the proxy and AWS_ENDPOINT_URL, then run it again.",
    ),
    "malformed": ("the answer made no sense", "Check AWS_ENDPOINT_URL and any proxy on the way."),
    "unavailable": ("AWS failed to answer", "Run it again; see the AWS Health Dashboard if it stays so."),
    "not-asked": ("it was not asked", "Mend what is named above, then run it again."),
}

_BY_CODE = {
    "denied": ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"),
    "throttled": ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"),
    "expired": ("ExpiredToken", "ExpiredTokenException", "RequestExpired"),
    "no-credentials": ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidSignatureException"),
}


def kind_of_code(code: str, status: int) -> str:
    """The kind of an error that AWS answered."""
    for kind, codes in _BY_CODE.items():
        if code in codes:
            return kind
    return "unavailable" if status >= 500 else "other"


@dataclass(frozen=True)
class Answer(Generic[Value]):
    """value, if kind is ""; otherwise what kept it: a key of KINDS or "other", AWS's code and its message."""

    value: Value | None = None
    kind: str = ""
    code: str = ""
    message: str = ""

    @property
    def ok(self) -> bool:
        return not self.kind

    @property
    def explanation(self) -> str:
        """Why there is no value, as part of a sentence."""
        meaning = KINDS.get(self.kind, ("AWS refused", ""))[0]
        told = " ".join(part for part in (self.code, self.message) if part)
        return f"{meaning} ({told})" if told else meaning

    @property
    def remedy(self) -> str:
        return KINDS.get(self.kind, ("", "Read what AWS says above, mend it, and run this again."))[1]


@dataclass(frozen=True)
class Facts:
    """All that `status` knows. instance: DescribeInstance's answer for the first instance found, wherever it was."""

    region: str
    caller: Answer[dict[str, Any]]
    organization: Answer[dict[str, Any]]
    trusted: Answer[list[dict[str, Any]]]
    instances: Answer[list[dict[str, Any]]]
    instance_region: str
    instance: Answer[dict[str, Any]]
    role: Answer[dict[str, Any]]
    administrators: Answer[list[dict[str, Any]]]
    not_searched: tuple[str, ...] = ()
    """Regions in which an instance was looked for and that gave no answer."""
