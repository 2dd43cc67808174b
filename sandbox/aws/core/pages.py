"""Pages with AWS's rules: at most the model's MaxResults, and a token that only the call that got it may give back.

A token is bound to the operation and to every parameter but the page's own (assumed: AWS's are opaque). One that is
not ours, or another call's, is refused in the service's own words. A page may be smaller than asked for, and even
empty with a token, as AWS says of List operations: the faults `partial` and `empty` make it so.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from . import models
from .errors import AwsError
from .registry import Context
from .rows import Merged, Row, Rows

# Where the model says nothing: assumed.
MAX_RESULTS = 100

R = TypeVar("R", bound=Row)


def page(
    context: Context,
    key: str,
    rows: Rows[R] | Merged[R],
    shape: Callable[[R], Any],
    *,
    only: Callable[[R], bool] | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """One page of rows: MaxResults of them, or (assumed) as many as the model allows. limit: the page size where it is
    known to be another number. only: the rows that are listed; the others cost time."""
    most = limit or greatest(context.call.service, context.call.operation)
    max_results = context.parameter("MaxResults")
    size = most if max_results is None else min(int(max_results), most)
    stamp = _stamp(context)
    last = _read(context, stamp)
    listed: list[R] = []
    for row in rows.after(last):
        if only is not None and not only(row):
            continue
        if len(listed) == size:
            return {key: [shape(row) for row in listed], "NextToken": _write(last, stamp)}
        listed.append(row)
        last = row.number
    return {key: [shape(row) for row in listed]}


@functools.cache
def greatest(service: str, operation: str) -> int:
    """The model's greatest MaxResults."""
    model = models.operation(service, operation)
    member = model.input_shape.members.get("MaxResults") if model is not None and model.input_shape else None
    return int(member.metadata.get("max", MAX_RESULTS)) if member is not None else MAX_RESULTS


def _stamp(context: Context) -> str:
    paging = ("MaxResults", "NextToken")
    parameters = {name: value for name, value in context.call.parameters.items() if name not in paging}
    text = json.dumps([context.call.operation, context.account, parameters], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(number: int, stamp: str) -> str:
    return base64.urlsafe_b64encode(f"{stamp}:{number}".encode()).decode()


def _read(context: Context, stamp: str) -> int:
    token = context.parameter("NextToken")
    if token is None:
        return 0
    try:
        token_stamp, _, number = base64.urlsafe_b64decode(str(token).encode()).decode().partition(":")
        if token_stamp == stamp:
            return int(number)
    except (ValueError, UnicodeDecodeError):
        pass
    if context.call.service == "organizations":
        raise AwsError(
            "InvalidInputException",
            "You must use the NextToken that a previous call of this operation returned.",
            Reason="INVALID_NEXT_TOKEN",
        )
    raise AwsError("ValidationException", "The NextToken is not valid for this request.")
