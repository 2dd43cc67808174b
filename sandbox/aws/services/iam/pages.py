"""IAM's pages: MaxItems, 1 to 1,000 and 100 if not given, and a Marker that only the call that got it may give back.

Source: the API reference of each list (MaxItems, Marker, IsTruncated). Rows come in the order of their names, and a
page begins after the last row before it, so that a deletion in between hides no row; both are assumed, as is the
wording for a Marker of another call.
"""

from __future__ import annotations

import base64
import bisect
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context

_SIZE = 100

T = TypeVar("T")


def cut(context: Context, rows: Iterable[T], name: Callable[[T], str]) -> tuple[list[T], dict[str, Any]]:
    """The rows of the requested page, and IsTruncated and Marker. name: unique among the rows."""
    size, ordered = int(context.parameter("MaxItems") or _SIZE), sorted(rows, key=name)
    last = _read(context)
    start = bisect.bisect_right(ordered, last, key=name) if last is not None else 0
    chosen = ordered[start : start + size]
    if start + size >= len(ordered):
        return chosen, {"IsTruncated": False}
    return chosen, {"IsTruncated": True, "Marker": _write(context, name(chosen[-1]))}


def page(
    context: Context, key: str, rows: Iterable[T], name: Callable[[T], str], shape: Callable[[T], Any]
) -> dict[str, Any]:
    """The page, with the `shape` of each of its rows."""
    rows_on_page, page_end = cut(context, rows, name)
    return {key: [shape(row) for row in rows_on_page], **page_end}


def _stamp(context: Context) -> str:
    parameters = {key: value for key, value in context.call.parameters.items() if key not in ("Marker", "MaxItems")}
    text = json.dumps([context.call.operation, context.account, parameters], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(context: Context, last: str) -> str:
    return base64.urlsafe_b64encode(f"{_stamp(context)}:{last}".encode()).decode()


def _read(context: Context) -> str | None:
    marker = context.parameter("Marker")
    if marker is None:
        return None
    try:
        stamp, _, last = base64.urlsafe_b64decode(str(marker).encode()).decode().partition(":")
    except ValueError:
        stamp, last = "", ""
    if stamp != _stamp(context):
        raise AwsError("ValidationError", "Invalid Marker: it is not one that this request returned.")
    return last
