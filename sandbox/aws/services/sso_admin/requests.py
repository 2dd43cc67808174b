"""The statuses of asynchronous requests: one request's, and the lists of a kind."""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.services.identity_center.instance import Instance, Kind, Request

from .access import administered


def known_request(instance: Instance, kind: Kind, request_id: str) -> Request:
    """Raises AwsError for one that isn't there, or is of another kind."""
    request = instance.requests.get(request_id)
    if request is None or request.kind != kind:
        raise AwsError("ResourceNotFoundException", f"There is no request {request_id}.")
    return request


def list_requests(context: Context, key: str, kind: Kind) -> dict[str, Any]:
    """A page of the instance's requests of a kind, under `key`, by the call's filter."""
    wanted = (context.parameter("Filter") or {}).get("Status")
    rows = administered(context).requests_by_kind.of(kind)
    return page(context, key, rows, Request.summary, only=lambda row: wanted in (None, row.status))
