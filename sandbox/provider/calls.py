"""What the resource types share in calling AWS by botocore."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from botocore.exceptions import ClientError

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """All rows of a paginated list."""
    return [row for page in client.get_paginator(operation).paginate(**arguments) for row in page[key]]


def without_none(**arguments: Any) -> dict[str, Any]:
    """The arguments that are not None: botocore refuses None."""
    return {name: value for name, value in arguments.items() if value is not None}


def is_error(error: ClientError, *codes: str) -> bool:
    return error.response["Error"]["Code"] in codes


def none_if_gone(*codes: str) -> Callable[[Callable[Arguments, Answer]], Callable[Arguments, Answer | None]]:
    """The function returns None where AWS answers with one of these error codes. It makes one call, the one that tells
    whether the resource exists: a later one's error says nothing of the resource."""

    def decorate(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer | None]:
        @functools.wraps(function)
        def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer | None:
            try:
                return function(*args, **kwargs)
            except ClientError as error:
                if is_error(error, *codes):
                    return None
                raise

        return wrapped

    return decorate
