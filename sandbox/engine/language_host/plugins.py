"""Running component plugins and policy packs: the LanguageRuntime service's RunPlugin.

A plugin is a folder with a `__main__.py`, or a package that `pulumi.run.plugin` can host. Its output is streamed to
the engine; its first line is the port it listens on, so Python runs unbuffered. A policy pack goes through
`policy_proxy.py`, which tells it the stack's identity and configuration before it starts.
"""

from __future__ import annotations

import queue
import subprocess
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import grpc

from sandbox.engine.language_host.children import Children
from sandbox.engine.language_host.policy_proxy import PolicyProxy
from sandbox.engine.language_host.protocol import language_pb2
from sandbox.engine.language_host.toolchain import Toolchain, UserError

_Response = language_pb2.RunPluginResponse
_END = None


def run(
    request: language_pb2.RunPluginRequest,
    context: grpc.ServicerContext,
    toolchain: Toolchain,
    children: Children,
) -> Iterator[language_pb2.RunPluginResponse]:
    """Runs a plugin until it ends or the engine lets go of it; yields what it prints, then its exit status."""
    toolchain.check()
    environment = toolchain.environment(dict(entry.split("=", 1) for entry in request.env if "=" in entry))
    if request.kind == "analyzer":
        command = [str(toolchain.python), "-u", "-m", "pulumi.policy", *request.args, request.info.program_directory]
        return _run_policy_pack(command, Path(request.pwd), environment, context, children)
    command = [str(toolchain.python), "-u", *_entry(Path(request.info.program_directory)), *request.args]
    process = children.start(command, cwd=Path(request.pwd), environment=environment, capture=True)
    context.add_callback(lambda: children.end(process))
    return _stream(process, children)


def _entry(folder: Path) -> list[str]:
    """How Python is told to run the plugin in this folder."""
    if (folder / "__main__.py").is_file():
        return [str(folder)]
    project = folder / "pyproject.toml"
    described = tomllib.loads(project.read_text("utf-8")) if project.is_file() else {}
    if "build-system" not in described or "name" not in described.get("project", {}):
        raise UserError(
            f"the plugin in {folder} can't be run: it has neither a __main__.py nor a pyproject.toml with a "
            "[build-system] and a project name; add one of them"
        )
    return ["-m", "pulumi.run.plugin", str(described["project"]["name"])]


def _stream(process: subprocess.Popen[bytes], children: Children) -> Iterator[language_pb2.RunPluginResponse]:
    assert process.stdout is not None
    assert process.stderr is not None
    lines: queue.SimpleQueue[language_pb2.RunPluginResponse | None] = queue.SimpleQueue()
    _read(process.stdout, lines, lambda data: _Response(stdout=data))
    _read(process.stderr, lines, lambda data: _Response(stderr=data))
    for _ in ("stdout", "stderr"):
        while (line := lines.get()) is not _END:
            yield line
    yield _Response(exitcode=children.wait(process) & 0xFF)


def _read(
    stream: IO[bytes],
    lines: queue.SimpleQueue[language_pb2.RunPluginResponse | None],
    response: Callable[[bytes], language_pb2.RunPluginResponse],
) -> None:
    def copy() -> None:
        with stream:
            for line in stream:
                lines.put(response(line))
        lines.put(_END)

    threading.Thread(target=copy, daemon=True).start()


def _run_policy_pack(
    command: list[str],
    cwd: Path,
    environment: dict[str, str],
    context: grpc.ServicerContext,
    children: Children,
) -> Iterator[language_pb2.RunPluginResponse]:
    output: queue.SimpleQueue[language_pb2.RunPluginResponse | None] = queue.SimpleQueue()

    def start(added: dict[str, str]) -> int:
        """Starts the pack with what it must know; returns its port, or 0 if it ended without one."""
        process = children.start(command, cwd=cwd, environment={**environment, **added}, capture=True)
        context.add_callback(lambda: children.end(process))
        stream = _stream(process, children)
        ready: queue.SimpleQueue[int] = queue.SimpleQueue()
        threading.Thread(target=_follow, args=(stream, output, ready), daemon=True).start()
        return ready.get()

    proxy = PolicyProxy(start)
    context.add_callback(proxy.close)
    context.add_callback(lambda: output.put(_END))
    yield _Response(stdout=f"{proxy.port}\n".encode())
    while (response := output.get()) is not _END:
        yield response


def _follow(
    stream: Iterator[language_pb2.RunPluginResponse],
    output: queue.SimpleQueue[language_pb2.RunPluginResponse | None],
    ready: queue.SimpleQueue[int],
) -> None:
    """Hands on what a pack prints, but for its first line, the port."""
    waiting = True
    for response in stream:
        if waiting and response.stdout.strip().isdigit():
            waiting = False
            ready.put(int(response.stdout))
            continue
        output.put(response)
    if waiting:
        ready.put(0)
    output.put(_END)
