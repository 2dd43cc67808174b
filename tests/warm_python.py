"""A Python that has imported Pulumi's SDK, pulumi_aws and this project's plugins already.

`pulumi up` starts four to six Python processes, and most of their time goes into the same imports. `WarmPython.python`
takes a Python's place on their command lines (`python -P -m module`, `python -u script`, `python folder`,
`python -c code`): it has one process that has imported everything fork, with the caller's arguments, environment,
folder and open files. What runs is a process of its own, as before; it ends with its caller, and the caller with it.

Tests of how the sandbox starts and ends processes don't use it (tests/sandbox/engine, tests/sandbox/test_main.py).
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import runpy
import select
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
_LAUNCHER = Path(__file__).with_name("warm_launcher.py")
PRELOADED = (
    "boto3",
    "pulumi_aws.iam",
    "pulumi_aws.organizations",
    "pulumi_aws.ssoadmin",
    "pulumi_policy",
    "pulumi_aws_identity_center.components.plugin",
    "pulumi_aws_identity_center.provider.serving",
    "sandbox.engine.language_host.server",
    "sandbox.provider.serving",
)
# For these it has imported this checkout's own modules too. Programs and policy packs import them for themselves, maybe
# from a copy of their own; and a component that is imported registers itself with the program that runs.
_THIS_CHECKOUTS = ("sandbox.provider", "sandbox.engine.language_host.server", str(ROOT / "components"))
_MOST_DESCRIPTORS = 64
_SPARE_DESCRIPTORS = 500  # above all that a caller passes on


class WarmPython:
    """A context manager. `python` is the path of the command; the process behind it ends with ours."""

    def __enter__(self) -> WarmPython:
        self._folder = Path(tempfile.mkdtemp(prefix="warm-python-"))
        path = self._folder / "socket"
        self.python = self._folder / "bin" / "python"
        self.python.parent.mkdir()
        command = [sys.executable, "-S", "-E", str(_LAUNCHER), str(path)]
        self.python.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        self.python.chmod(0o755)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(128)
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(listener.fileno())],
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                start_new_session=True,  # an interrupt is for the tests
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def preload() -> None:
    """Without a thread: threads don't survive a fork."""
    sys.path.insert(0, str(ROOT))
    for name in PRELOADED:
        importlib.import_module(name)
    sys.path.remove(str(ROOT))
    assert threading.active_count() == 1, threading.enumerate()
    gc.collect()
    gc.freeze()


def next_request(listener: socket.socket) -> dict[str, Any]:
    """Returns for each request in a new process. The process that listens ends when its standard input does."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for an attendant
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            os._exit(0)
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return _worker(connection)
        connection.close()


def _worker(connection: socket.socket) -> dict[str, Any]:
    """Forks once more: the parent attends to the launcher's connection, and the child returns the request."""
    header, descriptors, _, _ = socket.recv_fds(connection, 4, _MOST_DESCRIPTORS)
    data = b""
    while len(data) < struct.unpack("i", header)[0]:
        data += connection.recv(1 << 16)
    worker = os.fork()
    if worker != 0:
        _attend(connection, worker)
    connection.close()
    request: dict[str, Any] = json.loads(data)
    return {**request, "received": descriptors}


def _attend(connection: socket.socket, worker: int) -> NoReturn:
    """Passes the launcher's signals on, kills the worker when the launcher is gone, and hands back the exit status."""

    def forward() -> None:
        with contextlib.suppress(ProcessLookupError, ConnectionError):
            while number := connection.recv(1):
                os.kill(worker, number[0])
            os.kill(worker, signal.SIGKILL)

    threading.Thread(target=forward, daemon=True).start()
    status = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    with contextlib.suppress(ConnectionError):
        connection.sendall(struct.pack("i", status))
    os._exit(0)


def take_callers_place(request: dict[str, Any]) -> None:
    """The caller's folder, environment and open files."""
    os.setsid()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    spare = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _SPARE_DESCRIPTORS) for descriptor in request["received"]]
    for descriptor in request["received"]:
        os.close(descriptor)
    for source, number in zip(spare, request["descriptors"], strict=True):
        os.dup2(source, number)
        os.close(source)
    if os.environ.get("PYTHONUNBUFFERED") or "-u" in request["arguments"]:
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(write_through=True)  # type: ignore[union-attr]


def start(arguments: list[str]) -> Callable[[], object]:
    """What Python does with these arguments, ready to be called; sets sys.argv and sys.path."""
    linked = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    sys.path[0:1] = linked  # in place of this script's folder
    safe = False
    while arguments[0] in ("-u", "-P"):
        safe = safe or arguments[0] == "-P"
        arguments = arguments[1:]
    kind, *rest = arguments
    if kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        sys.path.insert(0, "")
        return lambda: exec(compile(rest[0], "<string>", "exec"), _main_module().__dict__)
    if kind == "-m":
        sys.argv = rest
        if not safe:
            sys.path.insert(0, os.getcwd())  # noqa: PTH109
        return lambda: runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    sys.argv = arguments
    if not safe and Path(kind).is_file():
        sys.path.insert(0, str(Path(kind).resolve().parent))
    return lambda: runpy.run_path(kind, run_name="__main__")


def forget_this_checkouts_modules(arguments: list[str]) -> None:
    """Unless what starts is this checkout's own."""
    if any(own in argument for own in _THIS_CHECKOUTS for argument in arguments):
        return
    for name in list(sys.modules):
        if name.partition(".")[0] in ("pulumi_aws_identity_center", "sandbox"):
            del sys.modules[name]


def _main_module() -> ModuleType:
    sys.modules["__main__"] = ModuleType("__main__")
    return sys.modules["__main__"]


if __name__ == "__main__":
    preload()
    request = next_request(socket.socket(fileno=int(sys.argv[1])))
    take_callers_place(request)
    forget_this_checkouts_modules(request["arguments"])
    start(request["arguments"])()
