"""A server that never comes to an end: each command's deadline holds, and what isn't known is "could not tell"."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pulumi_aws_identity_center.cli.application import build
from typer.testing import CliRunner

NESTED = b"[" * 200_000
# What a proxy answers in AWS's place, what was cut off, and what has nothing in it.
NONSENSE = {
    "a page": b"<html>Sign in to the network</html>",
    "cut off": b'{"Organization": {"Id": "o-',
    "nothing": b"{}",
    "hollow": b'{"Organization": {}, "Instances": [{}], "EnabledServicePrincipals": [{}]}',
}


def page(number: int) -> bytes:
    """A page that promises another one; botocore notices a token that comes twice."""
    return json.dumps({"EnabledServicePrincipals": [], "NextToken": f"more-{number}"}).encode()


@pytest.fixture
def server() -> Iterator[Callable[[str], dict[str, str]]]:
    """`server(way)`: the environment of an AWS on 127.0.0.1 that answers everything in that way."""
    ended, pages = threading.Event(), itertools.count()
    with contextlib.ExitStack() as stack:

        def start(way: str) -> dict[str, str]:
            class Handler(BaseHTTPRequestHandler):
                def do_POST(self) -> None:
                    self.rfile.read(int(self.headers.get("Content-Length", 0)))
                    body = NONSENSE.get(way) or (NESTED if way == "nested" else page(next(pages)))
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    with contextlib.suppress(OSError):
                        if way == "dripping":
                            for byte in body:
                                self.wfile.write(bytes([byte]))
                                if ended.wait(0.2):
                                    return
                        self.wfile.write(body)

                do_GET = do_POST

                def log_message(self, *_: object) -> None: ...

            http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            http.daemon_threads = True
            threading.Thread(target=http.serve_forever, daemon=True).start()
            stack.callback(http.server_close)
            stack.callback(http.shutdown)
            return {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{http.server_port}",
                "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "x",
                "AWS_REGION": "us-east-1",
                "AWS_MAX_ATTEMPTS": "1",
            }

        yield start
        ended.set()


COMMANDS = {
    "status": ["status", "--deadline", "2", "--format", "json"],
    "recover": ["recover", "--yes", "--deadline", "2", "--format", "json"],
    "who-can-disable": ["who-can-disable", "--deadline", "2", "--format", "json"],
}


@pytest.mark.parametrize("way", NONSENSE)
@pytest.mark.parametrize("command", [*COMMANDS, "matrix", "import-matrix"])
def test_no_command_takes_nonsense_for_an_answer(server, command: str, way: str) -> None:
    done = CliRunner().invoke(build(), COMMANDS.get(command, [command]), env=server(way))
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert "permissionSets" not in done.stdout


@pytest.mark.parametrize("way", ["endless", "dripping", "nested"])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_waits_past_its_deadline(server, command: str, way: str) -> None:
    started = time.monotonic()
    done = CliRunner().invoke(build(), COMMANDS[command], env=server(way))
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    json.loads(done.stdout)
    # Sixty times the deadline: the server itself would go on for ever.
    assert time.monotonic() - started < 120
