"""Lambda's Runtime API: over it a process with the runtime client fetches events and reports what became of them.

Source: lambda/latest/dg/runtimes-api.html.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_ROOT = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Invocation:
    """One event for a function. seconds: how long the function has for it."""

    id: str
    function_arn: str
    payload: str
    seconds: float


@dataclass(frozen=True)
class Report:
    """What the process said of an invocation, or of its own start (`id` is "" then)."""

    id: str
    payload: str
    failed: bool


class RuntimeApi:
    """One process's Runtime API, on 127.0.0.1. reports: what the process says, as it says it; `fetched` is set when it
    has taken an event."""

    def __init__(self) -> None:
        self.reports: queue.Queue[Report] = queue.Queue()
        self.fetched = threading.Event()
        self._next: queue.Queue[Invocation | None] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="runtime-api", daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """HOST:PORT"""
        return f"127.0.0.1:{self._server.server_port}"

    def offer(self, invocation: Invocation) -> None:
        """Gives the process the event when it next requests one."""
        self.fetched.clear()
        self._next.put(invocation)

    def take(self) -> Invocation | None:
        """The next event, when there is one; None when the server ends."""
        invocation = self._next.get()
        self.fetched.set()
        return invocation

    def stop(self) -> None:
        self._next.put(None)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler_for(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path != f"{_ROOT}/invocation/next":
                self._answer(404, "{}")
                return
            invocation = api.take()
            if invocation is None:
                self.close_connection = True
                return
            headers = {
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + invocation.seconds) * 1000)),
            }
            self._answer(200, invocation.payload, headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
            *_, id_, last = self.path.removeprefix(_ROOT).split("/")
            if last not in ("response", "error"):
                self._answer(404, "{}")
                return
            api.reports.put(Report("" if id_ == "init" else id_, body, last == "error"))
            self._answer(202, "{}")

        def _answer(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
            content = body.encode()
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            """The function's own log says it all."""

    return Handler
