"""The warm process, and what becomes of its forks: `python server.py LISTENER`, the number of an open socket.

Read `main()` first. A script by itself: a module of ours with a name would hide a program's of the same name.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import importlib
import importlib.abc
import importlib.util
import io
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "boto3",
    "encodings.idna",  # of the first connection
    "grpc._server",  # which grpc.server() imports
    "pulumi_aws.iam",
    "pulumi_aws.organizations",
    "pulumi_aws.ssoadmin",
    "pulumi_policy",
    "sandbox.engine.language_host.server",
    "sandbox.provider.serving",
)
PACKAGE = "pulumi_aws_identity_center"
# Importing a component imports it, and it registers itself with the program that runs.
REGISTERED = f"{PACKAGE}.components.program"
AWS_SERVICES = ("iam", "identitystore", "organizations", "sso-admin", "sts")
# On the command lines of this checkout's own plugins.
_OWN_PLUGINS = ("sandbox.provider", "sandbox.engine.language_host.server", str(ROOT / "components"))
_MOST_DESCRIPTORS = 64
_SPARE_DESCRIPTORS = 500  # above all that a caller passes on


@dataclass
class Request:
    """What a launcher sent: its open files, with the number that each had there, and the rest of its call."""

    received: list[int]
    arguments: list[str]
    environment: dict[str, str]
    folder: str
    descriptors: list[int]


def main() -> None:
    """The server never returns from `wait_for_request()`; each worker does, with its request."""
    atexit.register(_end_at_once)  # registered first, called last
    listener = socket.socket(fileno=int(sys.argv[1]))
    wait_for(listener)
    import_everything()
    # Listed before the fork: a worker that looked at every module would copy the memory of each.
    own = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in (PACKAGE, "sandbox")}
    imported = ImportedModules(own)
    gc.freeze()
    request = wait_for_request(listener)
    take_over(request)
    if not _is_own_plugin(request.arguments):
        forget_own_modules(own, imported)
    run(prepare(request.arguments))


def import_everything() -> None:
    """Without a thread: threads don't survive a fork."""
    sys.path.insert(0, str(ROOT))
    for name in MODULES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(importlib.import_module(PACKAGE).__path__, f"{PACKAGE}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    parse_a_command_line()
    read_api_models()
    sys.path.remove(str(ROOT))
    assert threading.active_count() == 1, threading.enumerate()
    gc.collect()


def parse_a_command_line() -> None:
    """typer imports what it parses with when it first does."""
    from pulumi_aws_identity_center.cli.application import build

    arguments = ["document", "guard"]
    with contextlib.redirect_stdout(io.StringIO()):
        build(arguments)(arguments, standalone_mode=False)


def read_api_models() -> None:
    """By making clients that are never used: what botocore reads for one serves all that ask AWS."""
    from pulumi_aws_identity_center.aws import sign_in

    from sandbox.provider import configuration

    for session in (sign_in.new_session(), configuration.new_session()):
        for service in AWS_SERVICES:
            client = session.create_client(service, "us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
            client.can_paginate(next(iter(client.meta.method_to_api_mapping)))  # reads which lists have pages


# --- the server ---


def wait_for(*sockets: socket.socket) -> list[Any]:
    """Those that can be read. The server ends when its standard input does."""
    ready, _, _ = select.select([sys.stdin, *sockets], [], [])
    if sys.stdin in ready:
        os._exit(0)
    return ready


def wait_for_request(listener: socket.socket) -> Request:
    """Returns for each request in a new process."""
    launchers = Launchers()
    while True:
        ready = wait_for(listener, *launchers.sockets())
        launchers.attend(ready)
        if listener in ready and (request := launchers.accept(listener)):
            listener.close()
            return request


class Launchers:
    """Those that wait for their worker."""

    def __init__(self) -> None:
        self._of_worker: dict[int, socket.socket] = {}
        self._worker_ended, self._wakeup = socket.socketpair()
        self._wakeup.setblocking(False)
        signal.set_wakeup_fd(self._wakeup.fileno())
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def sockets(self) -> list[socket.socket]:
        """What is to be read is for `attend()`."""
        return [self._worker_ended, *self._of_worker.values()]

    def accept(self, listener: socket.socket) -> Request | None:
        """The next launcher's request, in its worker; None in the server."""
        launcher, _ = listener.accept()
        request = receive(launcher)
        worker = os.fork() if request else None
        if worker == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for inherited in (launcher, self._wakeup, *self.sockets()):
                inherited.close()
            return request
        for number in request.received if request else ():
            os.close(number)
        if worker is None:
            launcher.close()
        else:
            self._of_worker[worker] = launcher
        return None

    def attend(self, ready: Container[Any]) -> None:
        """Passes on signals, kills workers whose launcher is gone, and hands back the status of those that ended."""
        for worker, launcher in self._of_worker.items():
            if launcher in ready:
                os.kill(worker, read_signal(launcher) or signal.SIGKILL)
        if self._worker_ended in ready:
            self._worker_ended.recv(1 << 16)
            self._report_ends()

    def _report_ends(self) -> None:
        while self._of_worker:
            worker, status = os.waitpid(-1, os.WNOHANG)
            if worker == 0:
                return
            with self._of_worker.pop(worker) as launcher, contextlib.suppress(ConnectionError):
                launcher.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))


def receive(launcher: socket.socket) -> Request | None:
    """None for a launcher that was killed during its request."""
    header, descriptors, _, _ = socket.recv_fds(launcher, 8, _MOST_DESCRIPTORS)
    length = int.from_bytes(header, "big")
    data = b""
    while len(data) < length and (piece := launcher.recv(1 << 16)):
        data += piece
    return parse(descriptors, data) if data and len(data) == length else None


def parse(received: list[int], data: bytes) -> Request:
    """The launcher's text; an environment may hold what isn't UTF-8."""
    folder, descriptors, count, *rest = map(os.fsdecode, data.split(b"\0")[:-1])
    arguments, variables = rest[: int(count)], rest[int(count) :]
    environment = dict(variable.split("=", 1) for variable in variables)
    return Request(received, arguments, environment, folder, [int(number) for number in descriptors.split()])


def read_signal(launcher: socket.socket) -> int | None:
    """None where the launcher is gone."""
    with contextlib.suppress(ConnectionError):
        return next(iter(launcher.recv(1)), None)
    return None


# --- a worker ---


def take_over(request: Request) -> None:
    """The caller's folder, environment and open files."""
    os.setsid()
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    spare = [fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _SPARE_DESCRIPTORS) for number in request.received]
    for number in request.received:
        os.close(number)
    for source, number in zip(spare, request.descriptors, strict=True):
        os.dup2(source, number)
        os.close(source)
    is_unbuffered = bool(os.environ.get("PYTHONUNBUFFERED")) or "-u" in request.arguments
    for number in {0, 1, 2} & {*request.descriptors}:
        open_stream(number, is_unbuffered)


def open_stream(number: int, is_unbuffered: bool) -> None:
    """As Python does when it starts: a stream finds out whether it can seek, and whether it is a terminal."""
    name = ("stdin", "stdout", "stderr")[number]
    inherited = getattr(sys, name)
    buffering = 0 if is_unbuffered and number else -1
    binary = open(number, "wb" if number else "rb", buffering, closefd=False)  # noqa: SIM115
    stream = io.TextIOWrapper(
        binary,
        encoding=inherited.encoding,
        errors=inherited.errors,
        line_buffering=number == 2 or binary.isatty(),
        write_through=buffering == 0,
    )
    setattr(sys, name, stream)
    setattr(sys, f"__{name}__", stream)


def _is_own_plugin(arguments: list[str]) -> bool:
    return any(plugin in argument for plugin in _OWN_PLUGINS for argument in arguments)


def forget_own_modules(own: Mapping[str, ModuleType], imported: ImportedModules) -> None:
    """A program and a policy pack import this project's package for themselves, maybe from a copy of their own. What
    comes from this checkout they get as it was imported."""
    for name in own:
        del sys.modules[name]
    sys.meta_path.insert(0, imported)


class ImportedModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what the server has imported, for a package that lies where the server's own does."""

    def __init__(self, own: Mapping[str, ModuleType]) -> None:
        self._modules = {name: module for name, module in own.items() if name.startswith(f"{PACKAGE}.")}
        self._specifications = {name: module.__spec__ for name, module in self._modules.items()}
        self._is_registered = False
        self._folder = list(own[PACKAGE].__path__)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        module = self._modules.get(fullname)
        if module is None or list(sys.modules[PACKAGE].__path__) != self._folder:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=hasattr(module, "__path__"))

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        """It has run; the import gave it another specification in the place of its own."""
        module.__spec__ = self._specifications[module.__name__]
        if module.__name__.startswith(f"{PACKAGE}.components.") and not self._is_registered:
            self._is_registered = True
            sys.modules.update(self._modules)  # where Pulumi looks up what a class's annotations name
            self._register()

    def _register(self) -> None:
        """What registers itself with a program when it is imported runs again, in its place."""
        specification = self._specifications[REGISTERED]
        assert specification is not None
        assert specification.loader is not None
        specification.loader.exec_module(self._modules[REGISTERED])


def prepare(arguments: list[str]) -> Callable[[], object]:
    """What Python does with these arguments, ready to be called; sets sys.argv and sys.path."""
    linked = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    sys.path[0:1] = linked  # in place of this script's folder
    safe = False
    while arguments[0] in ("-u", "-P"):
        safe = safe or arguments[0] == "-P"
        arguments = arguments[1:]
    kind, *command = arguments
    if kind == "-c":
        sys.argv = ["-c", *command[1:]]
        sys.path.insert(0, "")
        return lambda: exec(compile(command[0], "<string>", "exec"), _new_main_module().__dict__)
    if kind == "-m":
        sys.argv = command
        if not safe:
            sys.path.insert(0, os.getcwd())  # noqa: PTH109
        return lambda: runpy.run_module(command[0], run_name="__main__", alter_sys=True)
    sys.argv = arguments
    if not safe and Path(kind).is_file():
        sys.path.insert(0, str(Path(kind).resolve().parent))
    return lambda: runpy.run_path(kind, run_name="__main__")


def _new_main_module() -> ModuleType:
    sys.modules["__main__"] = ModuleType("__main__")
    return sys.modules["__main__"]


_exit_status: int | None = None


def run(program: Callable[[], object]) -> None:
    """Runs it, and remembers an orderly end for `_end_at_once()`."""
    global _exit_status
    try:
        program()
        _exit_status = 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            _exit_status = end.code or 0
        raise


def _end_at_once() -> None:
    """After all that threads and exit handlers had to do: Python would now take every module apart, and by that copy
    all that is shared. An error and an interrupt are left to Python."""
    if _exit_status is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_exit_status)


if __name__ == "__main__":
    main()
