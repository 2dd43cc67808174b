"""Turns a call through botocore into an `Answer`, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from .results import Answer, kind_of_code

Value = TypeVar("Value")
Row = dict[str, Any]


def ask(question: Callable[[], Value], action: str = "") -> Answer[Value]:
    """The answer, whatever happens. Anything that a parser trips over is malformed: these lambdas do nothing else."""
    try:
        return Answer(question(), action=action)
    except boto.ClientError as error:
        return _refused(error, action)
    except boto.BotoCoreError as error:
        return Answer(kind=_kind_of(error), message=str(error), action=action)
    except OSError as error:  # a file that the configuration names, such as a web identity token's
        return Answer(kind="configuration", message=str(error), action=action)
    except (ResponseParserError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else type(error).__name__
        return Answer(kind="malformed", message=what, action=action)
    except RuntimeError as error:  # botocore has no type for a new session that is over by this machine's clock
        return Answer(kind="expired" if "expired" in str(error) else "unavailable", message=str(error), action=action)
    except EOFError:
        message = "the profile's role takes a code of an MFA device, and there is no terminal to ask for it"
        return Answer(kind="no-credentials", message=message, action=action)


def answered(question: Callable[[], Answer[Value]]) -> Answer[Value]:
    """The question's own answer; malformed where the question itself trips over what AWS answered."""
    answer = ask(question)
    return answer.as_error() if answer.value is None else answer.value


def _refused(error: boto.ClientError, action: str) -> Answer[Any]:
    aws_error = error.response.get("Error") or {}
    code = str(aws_error.get("Code") or "")
    status = int((error.response.get("ResponseMetadata") or {}).get("HTTPStatusCode", 0))
    # A profile with a role assumes it before the question is asked: then that is what was refused.
    if error.operation_name in _SIGNING_IN and error.operation_name not in action:
        action = f"sts:{error.operation_name} on the role of its profile"
    return Answer(
        kind=kind_of_code(code, status), code=code, message=str(aws_error.get("Message") or ""), action=action
    )


_SIGNING_IN = ("AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML")
_KINDS: tuple[tuple[str, tuple[type[Exception], ...]], ...] = (
    ("no-credentials", (boto.NoCredentialsError, boto.PartialCredentialsError, boto.ProfileNotFound)),
    ("expired", (boto.TokenRetrievalError, boto.UnauthorizedSSOTokenError, boto.SSOTokenLoadError, boto.LoginError)),
    ("no-credentials", (boto.CredentialRetrievalError, boto.NoAuthTokenError)),
    ("unreachable", (boto.ConnectionError, boto.HTTPClientError, boto.IncompleteReadError)),
    ("malformed", (boto.PaginationError,)),
)


def _kind_of(error: boto.BotoCoreError) -> str:
    """What botocore itself could not do; all that is left is about how it is configured."""
    return next((kind for kind, types in _KINDS if isinstance(error, types)), "configuration")


def paged(client: Any, operation: str, key: str, **parameters: Any) -> Iterator[Row]:
    """The rows of all pages, by botocore's paginator. Raises what botocore raises."""
    for page in client.get_paginator(operation).paginate(**parameters):
        yield from page[key]


def needing(row: Row, *names: str) -> Row:
    """The row, if it has what AWS always gives. Raises KeyError, which makes the answer malformed."""
    for name in names:
        if not isinstance(row[name], (str, list)):
            raise KeyError(name)
    return bare(row)


def bare(answer: Row) -> Row:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
