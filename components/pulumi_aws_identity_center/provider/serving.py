"""The plugin's main: serves on 127.0.0.1 and prints the port, until the engine ends the process or is gone."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys

import grpc.aio
from pulumi.provider import Provider
from pulumi.runtime.proto import provider_pb2_grpc

from .servicer import Servicer

_TICK = 1.0  # seconds
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def main(provider: Provider, arguments: list[str]) -> None:
    """provider: serves the components. arguments: the engine's, of which the address counts."""
    parent = os.getppid()  # asked before the port is told: whoever waits for that may be gone right afterwards
    parser = argparse.ArgumentParser(description="Pulumi plugin of aws-identity-center; the engine starts it.")
    parser.add_argument("engine", help="the engine's address")
    engine = parser.parse_known_args(arguments)[0].engine
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(provider, arguments, engine, parent))
    sys.stdout.flush()
    os._exit(0)  # a thread that waits for AWS would hold up an orderly end, and the engine with it


async def _serve(provider: Provider, arguments: list[str], engine: str, parent: int) -> None:
    server = grpc.aio.server(options=_UNLIMITED)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider, arguments, engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await _until_gone(parent)


async def _until_gone(parent: int) -> None:
    """The engine ends its plugins; one that was killed can't."""
    while os.getppid() == parent:
        await asyncio.sleep(_TICK)
