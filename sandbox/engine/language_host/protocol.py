"""Pulumi's generated protocol modules, without the SDK around them. For the host's own process alone."""

from __future__ import annotations

from sandbox.processes.without_sdk import find_protocol

find_protocol()

from pulumi.runtime.proto import (  # noqa: E402
    analyzer_pb2,
    language_pb2,
    language_pb2_grpc,
    plugin_pb2,
)

__all__ = ["analyzer_pb2", "language_pb2", "language_pb2_grpc", "plugin_pb2"]
