"""What AWS has no call for, over HTTP: for commands in the sandbox, whose process is not the test's.

    GET  /_sandbox/clock                       {"now": ISO 8601}
    POST /_sandbox/clock?move=SECONDS          lets time pass
    GET  /_sandbox/portal?user=NAME            {"access": [{account, permission_set, role_arn}]}, or {"refused": why}
    GET  /_sandbox/trail                       every call as a CloudTrail record, a line each
    POST /_sandbox/settle                      waits until events are delivered and functions have run
These calls are unsigned, are in no log, and pass no gate. Every request, whatever its method and path, needs the header
X-Sandbox-Token with the value of the environment variable SANDBOX_TOKEN: no page in a browser has it.
"""

from __future__ import annotations

import dataclasses
import datetime
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from sandbox.aws.core.wire import Response
from sandbox.aws.core.world import World
from sandbox.aws.services.cloudtrail import operations
from sandbox.aws.services.sso_admin import portal

PREFIX = "/_sandbox/"
TOKEN_HEADER = "X-Sandbox-Token"


def answer(world: World, environ: dict[str, Any], token: str) -> Response:
    """The answer for a path that starts with PREFIX."""
    if not _has_token(environ, token):
        return _json(403, {"error": f'a request to {PREFIX} needs the header "{TOKEN_HEADER}: $SANDBOX_TOKEN".'})
    method, path = str(environ.get("REQUEST_METHOD")), str(environ.get("PATH_INFO")).removeprefix(PREFIX)
    route = ROUTES.get((method, path))
    if route is None:
        routes = ", ".join(f"{method} {PREFIX}{path}" for method, path in ROUTES)
        return _json(404, {"error": f"there is no {method} {PREFIX}{path}; there are: {routes}."})
    query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    return route(world, query)


def _has_token(environ: dict[str, Any], token: str) -> bool:
    value = str(environ.get(f"HTTP_{TOKEN_HEADER.upper().replace('-', '_')}", ""))
    return hmac.compare_digest(value.encode(), token.encode())


def _read_clock(world: World, query: dict[str, str]) -> Response:
    return _json(200, {"now": datetime.datetime.fromtimestamp(world.now(), datetime.UTC).isoformat()})


def _move_clock(world: World, query: dict[str, str]) -> Response:
    seconds = query.get("move", "")
    try:
        world.source.move(float(seconds))
    except ValueError as error:
        return _json(400, {"error": f"move={seconds}: {error}"})
    return _read_clock(world, query)


def _sign_in_to_portal(world: World, query: dict[str, str]) -> Response:
    if "user" not in query:
        return _json(400, {"error": "the portal needs ?user=NAME."})
    try:
        access = portal.sign_in(world, query["user"])
    except portal.SignInFailed as refusal:
        return _json(403, {"refused": str(refusal)})
    return _json(200, {"access": [dataclasses.asdict(row) for row in access]})


def _read_trail(world: World, query: dict[str, str]) -> Response:
    lines = "".join(json.dumps(operations.record(event), default=str) + "\n" for event in world.trail)
    return 200, [("Content-Type", "application/x-ndjson")], lines.encode()


def _settle(world: World, query: dict[str, str]) -> Response:
    settled = world.background.settle()
    return _json(200 if settled else 504, {"settled": settled})


def _json(status: int, body: dict[str, Any]) -> Response:
    return status, [("Content-Type", "application/json")], json.dumps(body).encode()


ROUTES: dict[tuple[str, str], Callable[[World, dict[str, str]], Response]] = {
    ("GET", "clock"): _read_clock,
    ("POST", "clock"): _move_clock,
    ("GET", "portal"): _sign_in_to_portal,
    ("GET", "trail"): _read_trail,
    ("POST", "settle"): _settle,
}
