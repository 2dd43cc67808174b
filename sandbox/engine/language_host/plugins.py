"""Running component plugins and policy packs: the LanguageRuntime service's RunPlugin.

A plugin is a folder with a `__main__.py`, or a package that `pulumi.run.plugin` can host. Its output is streamed to
the engine; its first line is the port it listens on, so Python runs unbuffered. A policy pack runs in
`run_policy_pack.py`, which tells it the stack's identity and configuration before it is imported.
"""

from __future__ import annotations

import os
import queue
import subprocess
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import grpc

from .children import Children
from .protocol import language_pb2
from .toolchain import Toolchain, UserError

_Response = language_pb2.RunPluginResponse
_END = None
_PACK_RUNNER = Path(__file__).with_name("run_policy_pack.py")


def run(
    request: language_pb2.RunPluginRequest,
    context: grpc.ServicerContext,
    toolchain: Toolchain,
    children: Children,
) -> Iterator[language_pb2.RunPluginResponse]:
    """Runs a plugin until it ends or the engine cancels it; yields its output, then its exit status."""
    toolchain.check()
    environment = toolchain.environment(dict(entry.split("=", 1) for entry in request.env if "=" in entry))
    heard, all_heard = os.pipe()
    with os.fdopen(all_heard, "wb"):  # its end tells a pack that the engine has been given all that it printed
        with os.fdopen(heard, "rb"):
            process = children.start(
                [str(toolchain.python), "-u", *_arguments(request, heard)],
                cwd=Path(request.pwd),
                environment=environment,
                capture=True,
                pass_fds=(heard,),
            )
        context.add_callback(lambda: children.end(process))
        yield from _printed(process)
    yield _Response(exitcode=children.wait(process) & 0xFF)


def _arguments(request: language_pb2.RunPluginRequest, heard: int) -> list[str]:
    folder = request.info.program_directory
    if request.kind == "analyzer":
        return [str(_PACK_RUNNER), str(heard), *request.args, folder]
    return [*_entry(Path(folder)), *request.args]


def _entry(folder: Path) -> list[str]:
    """Python's arguments that run the plugin in this folder."""
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


def _printed(process: subprocess.Popen[bytes]) -> Iterator[language_pb2.RunPluginResponse]:
    assert process.stdout is not None
    assert process.stderr is not None
    lines: queue.SimpleQueue[language_pb2.RunPluginResponse | None] = queue.SimpleQueue()
    _read(process.stdout, lines, lambda data: _Response(stdout=data))
    _read(process.stderr, lines, lambda data: _Response(stderr=data))
    for _ in ("stdout", "stderr"):
        while (line := lines.get()) is not _END:
            yield line


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
