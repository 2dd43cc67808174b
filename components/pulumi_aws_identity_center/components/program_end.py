"""A look at the end of a program: when it has declared everything, and the engine has yet to delete the rest.

The SDK tells the engine that a program is done once all that it started has ended, applies that declare something late
too, and only if nothing of it failed. What is looked at before that can still refuse.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pulumi
from pulumi.runtime import stack

from .program import watch

Look = Callable[[], Awaitable[None]]


def at_end(look: Look) -> bool:
    """Whether it will be taken; not in a plugin, whose program is another process's."""
    if pulumi.runtime.get_root_resource() is None or not _WAIT_FOR_SHUTDOWN:
        return False
    watch().shared("at the end", list[Look]).append(look)
    return True


# The SDK's step between the program's last word and its telling the engine so.
_STEP = "_wait_for_shutdown"
_WAIT_FOR_SHUTDOWN: Callable[[], Awaitable[None]] | None = stack.__dict__.get(_STEP)


async def _look_and_wait() -> None:
    for look in watch().shared("at the end", list[Look]):
        await look()
    assert _WAIT_FOR_SHUTDOWN is not None
    await _WAIT_FOR_SHUTDOWN()


if _WAIT_FOR_SHUTDOWN is not None:
    setattr(stack, _STEP, _look_and_wait)
