"""The decorator that every operation of Identity Center's two services bears."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, Handler, handles
from sandbox.aws.core.wire import Response

from . import work
from .fidelity import Basis, record


def run(handler: Handler, context: Context, *, request_id: bool) -> dict[str, Any] | Response | None:
    """One at a time in a world, after the work that has come due. request_id: the service's errors carry one."""
    with context.world.lock:
        work.settle(context.world)
        try:
            return handler(context)
        except AwsError as error:
            if request_id:
                error.fields.setdefault("RequestId", context.world.identity_center.new_uuid("request"))
            raise


def of_service(service: str, *, request_id: bool = False) -> Callable[..., Callable[[Handler], Handler]]:
    """The service's `@operation(NAMES..., basis=, note=)`: registers a function under its API names, with its line for
    the ledger."""

    def operation(*names: str, basis: Basis = "api-model", note: str = "") -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            for name in names:
                record(service, name, basis, note)
            handles(service, *names)(functools.wraps(handler)(functools.partial(run, handler, request_id=request_id)))
            return handler

        return register

    return operation
