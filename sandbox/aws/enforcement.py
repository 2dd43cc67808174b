"""placeholder"""

from __future__ import annotations

from sandbox.aws.errors import AwsError
from sandbox.aws.principals import Principal
from sandbox.aws.wire import Call
from sandbox.aws.world import World


def enforce(world: World, call: Call, principal: Principal) -> None:
    raise AwsError("AccessDenied", "not built yet", 403)
