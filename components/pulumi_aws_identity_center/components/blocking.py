"""Waits in a constructor, which can't `await`; and values that only the update knows.

It uses only public API: `pulumi.runtime.invoke` waits for its arguments, which may be awaitables, and calls nothing if
one of them is unknown (tests/components/components/test_blocking.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import pulumi

Value = TypeVar("Value")


def wait_for(awaitable: Awaitable[Value]) -> Value:
    """The awaitable's result; the program's other tasks go on meanwhile. Raises what it raises."""
    task = asyncio.ensure_future(awaitable, loop=_event_loop())

    async def unknown_when_done() -> pulumi.Output[Any]:
        await asyncio.wait([task])
        return unknown()

    pulumi.runtime.invoke("pulumi:pulumi:nothing", {"after": unknown_when_done()})
    return task.result()


def _event_loop() -> asyncio.AbstractEventLoop:
    """The running loop; an inline program of the Automation API has no other. If none runs, the thread's own. If the
    thread has none, as in a unit test, a new one, as Pulumi's SDK makes it."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        pass
    try:
        return asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        return loop


def unknown() -> pulumi.Output[Any]:
    """An Output that only the update knows."""
    value: asyncio.Future[Any] = asyncio.Future()
    is_known: asyncio.Future[bool] = asyncio.Future()
    value.set_result(None)
    is_known.set_result(False)
    return pulumi.Output(set(), value, is_known)


def known_or_unknown(value: Any) -> Any:
    """For an Output's apply: the value, or what only the update knows where it is None."""
    return unknown() if value is None else value
