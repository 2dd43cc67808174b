"""Serves the provider on 127.0.0.1 and prints the port, until the engine is gone."""

from __future__ import annotations

import os
import sys
from concurrent import futures
from importlib import metadata

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.processes.stopping import Stop

from .servicer import Servicer

_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def start() -> tuple[grpc.Server, int]:
    """A server in this process, for PULUMI_DEBUG_PROVIDERS and tests; returns it and its port."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=_UNLIMITED)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(metadata.version("pulumi_aws")), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def main() -> None:
    stop = Stop()
    stop.when_engine_is_gone()
    server, port = start()
    print(port, flush=True)
    stop.wait()
    server.stop(grace=None)
    sys.stdout.flush()
    os._exit(0)  # a thread in the middle of an AWS call would hold up an orderly end, and the engine with it
