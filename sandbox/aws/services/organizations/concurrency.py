"""Two writers that meet: what one request is changing, another may not change at the same time.

The model: "The target of the operation is currently being modified by a different request." That the targets are the
accounts, units, policies and so on that a request names, and that both parents of a move are among them, is assumed; so
is the wording, which is as users of the Terraform provider report it. `assumptions: {refuse_concurrent_changes: false}`
lets the second wait instead. A change takes no time unless a seed says `organization: {change_seconds: N}`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import World

DELAY = "organizations_change"
_TARGETS = (
    *("AccountId", "TargetId", "OrganizationalUnitId", "ParentId", "PolicyId", "HandshakeId", "RootId", "ResourceId"),
    *("SourceParentId", "DestinationParentId", "ServicePrincipal"),
)


@contextlib.contextmanager
def changing(world: World, call: Call, wait: Callable[[float], object]) -> Iterator[None]:
    """Within it, the call's targets are being modified. Raises ConcurrentModificationException if one is already."""
    if call.service != "organizations" or call.operation.startswith(("List", "Describe")):
        yield
        return
    targets = {str(call.parameters[name]) for name in _TARGETS if call.parameters.get(name)}
    with world.changing_lock:
        if world.refuse_concurrent_changes and targets & world.changing:
            raise AwsError(
                "ConcurrentModificationException",
                "AWS Organizations can't complete your request because it conflicts with another attempt to modify the "
                "same entity. Try again later.",
            )
        world.changing |= targets
    try:
        seconds = world.delays.get(DELAY, 0.0)
        if seconds:
            wait(seconds)
        yield
    finally:
        with world.changing_lock:
            world.changing -= targets
