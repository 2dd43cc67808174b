"""One policy pack, in a process of its own: `python run_policy_pack.py FD` and the arguments of `pulumi.policy`.

The engine tells a pack its stack's identity and configuration by a call (ConfigureStack), and calls only what has
printed its port; pulumi_policy looks for them in its environment when it is imported. So this listens and prints its
port first, runs the pack when the call has come, with the variables set, and puts the pack's own handlers behind the
same port: no call is relayed. FD is a pipe that ends once the engine has all the output of a pack that failed: only
then does the engine learn that it failed. Runs under the pack's own Python, so it imports nothing of this project.
"""

from __future__ import annotations

import json
import os
import runpy
import select
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

try:
    import grpc
    from pulumi.runtime.proto import analyzer_pb2
except ModuleNotFoundError as missing:
    sys.exit(f"{missing}: the Pulumi SDK is not installed for {sys.executable}; run `pip install pulumi_policy` there.")

_SERVICE = "/pulumirpc.Analyzer/"
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_LAST_WORDS_SECONDS = 5.0
_LINE = 500


def environment_of(request: Any) -> dict[str, str]:
    """The variables from which pulumi_policy reads the contents of a ConfigureStack request."""
    return {
        "PULUMI_PROJECT": request.project,
        "PULUMI_STACK": request.stack,
        "PULUMI_ORGANIZATION": request.organization,
        "PULUMI_DRY_RUN": "true" if request.dry_run else "false",
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.config_secret_keys)),
    }


class _Threads(ThreadPoolExecutor):
    """The threads that serve calls: once the pack has brought its own, those, as many as it wants."""

    behind: Executor | None = None

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.behind is not None:
            return self.behind.submit(fn, *args, **kwargs)
        return super().submit(fn, *args, **kwargs)


class PackServer(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Listens from the start. The pack gets it in place of the server that it creates."""

    def __init__(self) -> None:
        self._environment: dict[str, str] = {}
        self._called, self._settled = threading.Event(), threading.Event()
        self._handlers: list[Any] = []
        self._why = ""
        self._threads = _Threads(max_workers=2)
        self._server = grpc.server(self._threads, handlers=[self], options=_UNLIMITED)
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def wait_for_call(self) -> dict[str, str]:
        """Waits for the first call after the handshake. `policy publish` and `analyze` never configure a stack."""
        self._called.wait()
        return self._environment

    def close(self, why: str) -> None:
        """Ends the server. Calls that wait for the pack are answered that it did not start, with the last line of its
        output: the engine may show this answer and not the output."""
        self._why = why and f": {why}"
        self._settled.set()
        self._server.stop(_LAST_WORDS_SECONDS).wait()

    # What gRPC asks of a handler.

    def service(self, handler_call_details: Any) -> Any:
        if handler_call_details.method == f"{_SERVICE}Handshake":
            return grpc.unary_unary_rpc_method_handler(lambda data, context: b"")
        if self._settled.is_set():
            return self._handler_of(handler_call_details)
        return grpc.unary_unary_rpc_method_handler(
            lambda data, context: self._when_settled(handler_call_details, data, context)
        )

    def _when_settled(self, details: Any, data: bytes, context: Any) -> bytes:
        if details.method == f"{_SERVICE}ConfigureStack":
            self._environment = environment_of(analyzer_pb2.AnalyzerStackConfigureRequest.FromString(data))
        self._called.set()
        self._settled.wait()
        if not self._handlers:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"the policy pack did not start{self._why}")
        handler = self._handler_of(details)
        if handler is None:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "this pulumi_policy does not know the call")
        answer = handler.unary_unary(handler.request_deserializer(data), context)
        serialized: bytes = handler.response_serializer(answer)
        return serialized

    def _handler_of(self, details: Any) -> Any:
        handlers = (generic_handler.service(details) for generic_handler in self._handlers)
        return next((handler for handler in handlers if handler is not None), None)

    # What the pack calls on a server.

    def as_grpc_server(self, thread_pool: Executor, *_: Any, **__: Any) -> PackServer:
        """In the place of `grpc.server`."""
        self._threads.behind = thread_pool
        return self

    def add_generic_rpc_handlers(self, handlers: Any) -> None:
        self._handlers.extend(handlers)

    def add_registered_method_handlers(self, service: str, handlers: Any) -> None:
        """The same handlers once more, for a lookup that a server which already runs doesn't take."""

    def add_insecure_port(self, address: str) -> str:
        """The pack prints the result: an empty line, which the engine skips, since it knows the port."""
        return ""

    def start(self) -> None:
        self._settled.set()

    def stop(self, grace: float | None) -> threading.Event:
        stopped: threading.Event = self._server.stop(grace)
        return stopped


class LastLine:
    """A text stream that remembers the last line that was written to it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._end = ""

    @property
    def line(self) -> str:
        """Fit for a message: without what can't be encoded, and not too long."""
        lines = [line.strip() for line in self._end.splitlines() if line.strip()]
        return lines[-1][-_LINE:].encode("utf-8", "replace").decode("utf-8") if lines else ""

    def write(self, text: str) -> int:
        self._end = (self._end + text)[-4 * _LINE :]
        written: int = self._stream.write(text)
        return written

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def wait_until_forwarded(descriptor: int) -> None:
    """Ends our output, and waits for the host to have handed all of it on."""
    sys.stdout.flush()
    sys.stderr.flush()
    nothing = os.open(os.devnull, os.O_WRONLY)
    for output in (1, 2):
        os.dup2(nothing, output)
    select.select([descriptor], [], [], _LAST_WORDS_SECONDS)


def main() -> None:
    # What `python -m pulumi.policy` would have first on the path; the pack's modules must not find ours.
    sys.path[0] = os.getcwd()  # noqa: PTH109
    forwarded = int(sys.argv.pop(1))
    server = PackServer()
    print(server.port, flush=True)
    os.environ.update(server.wait_for_call())
    grpc.server = server.as_grpc_server
    last_line = sys.stderr = LastLine(sys.stderr)
    try:
        runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int | None):  # words, which the interpreter would print too late
            print(end.code, file=last_line)
            sys.exit(1)
        raise
    finally:
        wait_until_forwarded(forwarded)
        server.close(last_line.line)


if __name__ == "__main__":
    main()
