"""The result of a call to AWS: a value, or a kind of error. An error never counts as a value.

Each kind has its own meaning and its own remedy; `kind_of_code` sorts AWS's error codes into them. The codes are from
the services' models in botocore and from each service's Common Errors page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

# kind → what it means, and what to do about it. {action}: the IAM action of the call.
KINDS = {
    "denied": (
        "access was denied",
        "Use credentials that may call {action}; `identity-center document observe` prints the permissions of status.",
    ),
    "member": (
        "a member account can't read this",
        "Use credentials of the management account. `identity-center document observe` prints the permissions of "
        "status.",
    ),
    "throttled": ("AWS throttled the request", "Run it again in a minute, or with a longer --deadline."),
    "expired": (
        "the credentials have expired",
        "Sign in again (aws sso login, or a new session), check this machine's clock, then run it again. If nobody can "
        "sign in, use an IAM user or role of the management account.",
    ),
    "no-credentials": (
        "there are no credentials",
        "Name a profile (--profile, AWS_PROFILE) or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    ),
    "invalid-credentials": (
        "AWS does not know the credentials",
        "Check the key, the session token, and this machine's clock; or name another profile (--profile).",
    ),
    "unreachable": (
        "AWS could not be reached",
        "Check the network, the proxy and AWS_ENDPOINT_URL, then run it again.",
    ),
    "malformed": ("the answer was not what AWS sends", "Check AWS_ENDPOINT_URL and any proxy on the way."),
    "unavailable": ("AWS failed to answer", "Run it again. If it keeps failing, see the AWS Health Dashboard."),
    "unsupported": ("this endpoint has no such operation", "Check --region and AWS_ENDPOINT_URL."),
    "configuration": (
        "the AWS configuration is not usable",
        "Mend ~/.aws/config or the AWS_ variables, or name another profile.",
    ),
    "deadline": ("the deadline passed before AWS answered", "Run it again with a longer --deadline."),
    "interrupted": ("it was interrupted before AWS answered", "Run it again."),
    "unknown-sign-in": (
        "this process can't see how the component's explicit provider signs in",
        "Give the component a provider of its own program.",
    ),
    "other-account": (
        "the credentials found here belong to another account",
        "Sign in to the account of the component's provider.",
    ),
    "not-asked": ("AWS was not asked", "Mend the first problem above, then run this again."),
}
_OTHER = ("AWS refused", "Read what AWS says above, mend it, and run this again.")

_BY_CODE = {
    "denied": ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"),
    "throttled": (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
    ),
    "expired": ("ExpiredToken", "ExpiredTokenException"),
    "no-credentials": ("MissingAuthenticationToken", "MissingAuthenticationTokenException"),
    "invalid-credentials": (
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "AuthFailure",
        "InvalidAccessKeyId",
        "NotAuthorized",
        "RequestExpired",
    ),
    "unavailable": (
        "ConcurrentModificationException",
        "InternalFailure",
        "InternalServerException",
        "ServiceException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    ),
    "unsupported": ("UnsupportedAPIEndpointException", "UnknownOperationException", "InvalidAction", "UnknownEndpoint"),
}

NOT_FOUND = "ResourceNotFoundException"
NOT_IN_ORGANIZATION = "AWSOrganizationsNotInUseException"
NO_SUCH_ROLE = ("NoSuchEntity", "NoSuchEntityException")


def kind_of_code(code: str, status: int) -> str:
    """The kind of an error that AWS answered."""
    for kind, codes in _BY_CODE.items():
        if code in codes:
            return kind
    if status == 501:
        return "unsupported"
    return "unavailable" if status >= 500 else "other"


@dataclass(frozen=True)
class Answer(Generic[Value]):
    """value, if kind is ""; otherwise what kept it: a key of KINDS or "other", AWS's code and its message.

    action: the IAM action that the question takes. A list with both a value and a kind broke off: it holds what came
    before the error.
    """

    value: Value | None = None
    kind: str = ""
    code: str = ""
    message: str = ""
    action: str = ""

    @property
    def ok(self) -> bool:
        return not self.kind

    def as_error(self) -> Answer[Any]:
        """The same error, as the answer to another question."""
        return Answer(kind=self.kind, code=self.code, message=self.message, action=self.action)

    @property
    def meaning(self) -> str:
        """Why there is no value, as part of a sentence, without AWS's words."""
        return KINDS.get(self.kind, _OTHER)[0]

    @property
    def explanation(self) -> str:
        """Why there is no value, as part of a sentence, with AWS's words."""
        # One line: a refused signature's message goes on with the request as signed, session token included.
        message = next(iter(self.message.strip().splitlines()), "")[:300]
        aws_message = ": ".join(part.strip().rstrip(".") for part in (self.code, message) if part)
        return f"{self.meaning} ({aws_message})" if aws_message else self.meaning

    @property
    def reason(self) -> str:
        """Why there is no value, as the end of a sentence: which action failed, and why."""
        if self.kind == "no-credentials" or not self.action:
            return self.explanation
        return f"{self.action}: {self.explanation}"

    @property
    def remedy(self) -> str:
        return KINDS.get(self.kind, _OTHER)[1].format(action=self.action or "read this")


NOT_ASKED: Answer[Any] = Answer(kind="not-asked")
# Of one list. The longest real one is a directory's 100,000 users, 100 a page.
MOST_PAGES = 10_000
_ENDLESS: Answer[Any] = Answer(kind="malformed", message="a list's NextToken leads to no last page")


def list_rows(
    ask: Callable[..., dict[str, Any]], key: str, parameters: dict[str, Any], error: Callable[[Answer[Any]], NoAnswer]
) -> Iterator[Any]:
    """The rows of a list over all its pages, NextToken by NextToken: a page may hold fewer, or none.

    ask: gives a page. error: makes the exception that is raised for a list without a last page.
    """
    for _ in range(MOST_PAGES):
        page = ask(**parameters)
        yield from page.get(key) or ()
        token = page.get("NextToken")
        if not token:
            return
        if token == parameters.get("NextToken"):
            break
        parameters = {**parameters, "NextToken": token}
    raise error(_ENDLESS)


class NoAnswer(Exception):
    """What is raised instead of an `Answer` without a value. code: AWS's."""

    code: str = ""

    @property
    def is_not_found(self) -> bool:
        return self.code == NOT_FOUND


def unless_missing(read: Callable[[], Value]) -> Value | None:
    """What `read` gives; None for what AWS doesn't have. Raises NoAnswer."""
    try:
        return read()
    except NoAnswer as error:
        if error.is_not_found:
            return None
        raise
