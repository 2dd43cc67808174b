"""What AWS has no call for, over HTTP: for commands in the sandbox, whose process is not the test's.

    GET  /_sandbox/clock                       {"now": ISO 8601}
    POST /_sandbox/clock?move=SECONDS          lets time pass
    GET  /_sandbox/portal?user=NAME            {"access": [{account, permission_set, role_arn}]}, or {"refused": why}
    GET  /_sandbox/trail                       every call as a CloudTrail record, a line each
    POST /_sandbox/settle                      waits until events are delivered and functions have run
These calls are unsigned, are in no log, and pass no gate. A POST needs the header X-Sandbox-Token, whose value is in
the environment variable SANDBOX_TOKEN: no page in a browser has it.
"""

from __future__ import annotations

import dataclasses
import datetime
import hmac
import json
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
    if environ.get("REQUEST_METHOD") != "GET" and not _has_token(environ, token):
        return _json(403, {"error": f'a POST needs the header "{TOKEN_HEADER}: $SANDBOX_TOKEN".'})
    method, path = environ.get("REQUEST_METHOD"), str(environ.get("PATH_INFO")).removeprefix(PREFIX)
    query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    if path == "clock":
        return _clock(world, query.get("move") if method == "POST" else None)
    if path == "portal" and "user" in query:
        return _portal(world, query["user"])
    if path == "trail":
        lines = "".join(json.dumps(operations.record(event), default=str) + "\n" for event in world.trail)
        return 200, [("Content-Type", "application/x-ndjson")], lines.encode()
    if path == "settle" and method == "POST":
        settled = world.background.settle()
        return _json(200 if settled else 504, {"settled": settled})
    return _json(404, {"error": f"there is no {PREFIX}{path}: clock, portal?user=NAME, trail and settle are there."})


def _has_token(environ: dict[str, Any], token: str) -> bool:
    given = str(environ.get(f"HTTP_{TOKEN_HEADER.upper().replace('-', '_')}", ""))
    return hmac.compare_digest(given.encode(), token.encode())


def _clock(world: World, seconds: str | None) -> Response:
    if seconds is not None:
        try:
            world.source.move(float(seconds))
        except ValueError as error:
            return _json(400, {"error": f"move={seconds}: {error}"})
    return _json(200, {"now": datetime.datetime.fromtimestamp(world.now(), datetime.UTC).isoformat()})


def _portal(world: World, user: str) -> Response:
    try:
        access = portal.sign_in(world, user)
    except portal.SignInFailed as refusal:
        return _json(403, {"refused": str(refusal)})
    return _json(200, {"access": [dataclasses.asdict(each) for each in access]})


def _json(status: int, body: dict[str, Any]) -> Response:
    return status, [("Content-Type", "application/json")], json.dumps(body).encode()
