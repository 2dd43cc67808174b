"""Pages with AWS's rules: at most the model's MaxResults, and a token that only the call that got it may give back.

A token is bound to the operation and to every parameter but the page's own (assumed: AWS's are opaque). One that is
not ours, or another call's, is refused with ValidationException.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from sandbox.aws.errors import AwsError
from sandbox.aws.identitycenter.rows import Row, Rows
from sandbox.aws.registry import Context

MAX_RESULTS = 100

R = TypeVar("R", bound=Row)


def page(
    context: Context,
    key: str,
    rows: Rows[R],
    shape: Callable[[R], Any],
    *,
    only: Callable[[R], bool] | None = None,
    limit: int = MAX_RESULTS,
) -> dict[str, Any]:
    """One page of rows; `limit` is the model's greatest MaxResults, and the page size if none is given (assumed)."""
    size = min(int(context.parameter("MaxResults") or limit), limit)
    stamp = _stamp(context)
    start = _read(context.parameter("NextToken"), stamp)
    found: list[R] = []
    for row in rows.after(start):
        if only is not None and not only(row):
            continue
        if len(found) == size:
            return {key: [shape(one) for one in found], "NextToken": _write(found[-1].number, stamp)}
        found.append(row)
    return {key: [shape(one) for one in found]}


def _stamp(context: Context) -> str:
    given = {name: value for name, value in context.call.parameters.items() if name not in ("MaxResults", "NextToken")}
    text = json.dumps([context.call.operation, context.account, given], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(number: int, stamp: str) -> str:
    return base64.urlsafe_b64encode(f"{stamp}:{number}".encode()).decode()


def _read(token: Any, stamp: str) -> int:
    if token is None:
        return 0
    try:
        found, _, number = base64.urlsafe_b64decode(str(token).encode()).decode().partition(":")
        if found == stamp:
            return int(number)
    except (ValueError, UnicodeDecodeError):
        pass
    raise AwsError("ValidationException", "The NextToken is not valid for this request.")
