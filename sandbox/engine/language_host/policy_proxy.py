"""Stands between the engine and a Python policy pack, so that the pack knows its stack from its first line on.

The engine gives a pack the stack's identity and configuration by a call (ConfigureStack) once it runs; pulumi_policy
reads them from its environment. So this answers the engine first, starts the pack when the call has come, with the
variables set, and from then on hands every call through untouched.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc

from sandbox.engine.language_host.protocol import analyzer_pb2

_SERVICE = "/pulumirpc.Analyzer/"
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def environment_of(request: analyzer_pb2.AnalyzerStackConfigureRequest) -> dict[str, str]:
    """The variables in which pulumi_policy looks for what the request says."""
    return {
        "PULUMI_PROJECT": request.project,
        "PULUMI_STACK": request.stack,
        "PULUMI_ORGANIZATION": request.organization,
        "PULUMI_DRY_RUN": "true" if request.dry_run else "false",
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.config_secret_keys)),
    }


class PolicyProxy(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Listens on `port`. `start(environment)` starts the pack and returns its port, 0 if it failed."""

    def __init__(self, start: Callable[[dict[str, str]], int]) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._started = False
        self._channel: grpc.Channel | None = None
        self._server = grpc.server(ThreadPoolExecutor(max_workers=32), handlers=[self], options=_UNLIMITED)
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """One handler for every method of the Analyzer service: bytes in, bytes out."""
        method = handler_call_details.method
        if not method.startswith(_SERVICE):
            return None
        return grpc.unary_unary_rpc_method_handler(lambda data, context: self._handle(method, data, context))

    def _handle(self, method: str, data: bytes, context: grpc.ServicerContext) -> bytes:
        name = method.removeprefix(_SERVICE)
        if name == "Handshake":
            return b""
        request = analyzer_pb2.AnalyzerStackConfigureRequest.FromString(data) if name == "ConfigureStack" else None
        channel = self._connect(environment_of(request) if request is not None else {})
        if channel is None:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "the policy pack did not start")
            raise AssertionError("unreachable: abort raises")
        try:
            answer: bytes = channel.unary_unary(method)(data)
        except grpc.RpcError as error:
            if request is not None and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return b""  # an older pulumi_policy: the environment has told it
            context.abort(error.code(), error.details())
        return answer

    def _connect(self, environment: dict[str, str]) -> grpc.Channel | None:
        """The channel to the pack, which is started by the first call: `policy publish` never configures a stack."""
        with self._lock:
            first, self._started = not self._started, True
            if first and (port := self._start(environment)):
                self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=_UNLIMITED)
            return self._channel

    def close(self) -> None:
        """Stops listening."""
        self._server.stop(None)
