"""Shows a resource's progress in the engine's status line. `--json` has none."""

from __future__ import annotations

import contextlib

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from .run import Report


class Progress:
    """Sends status lines and warnings to the engine. One that can't be sent is lost, and nothing else is."""

    def __init__(self, engine_address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine_address))

    def report(self, urn: str) -> Report:
        return Report(
            status=lambda text: self._log(urn, text, engine_pb2.INFO, ephemeral=True),
            warn=lambda text: self._log(urn, text, engine_pb2.WARNING, ephemeral=False),
        )

    def _log(self, urn: str, text: str, severity: engine_pb2.LogSeverity.ValueType, ephemeral: bool) -> None:
        request = engine_pb2.LogRequest(severity=severity, message=text, urn=urn, ephemeral=ephemeral)
        with contextlib.suppress(grpc.RpcError):
            self._engine.Log(request, timeout=5)
