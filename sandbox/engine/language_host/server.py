"""The process that the engine starts as its Python language host: Pulumi's LanguageRuntime service over gRPC.

It prints its port and serves until the engine interrupts it, cancels, or is gone. What goes wrong with a user's
program is answered in one sentence; a request is never printed, for it carries secret configuration in plain text.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format

from sandbox.processes.stopping import Stop

from . import packages, plugins, program
from .children import Children
from .protocol import language_pb2, language_pb2_grpc, plugin_pb2
from .toolchain import Toolchain, UserError, resolve

_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """The service. `engine`: the engine's address; `python`: what runs programs that name no virtualenv."""

    def __init__(self, engine: str, python: Path, version: str) -> None:
        self._engine = engine
        self._python = python
        self._version = version
        self.programs, self.plugins = Children(), Children()

    def _toolchain(self, info: language_pb2.ProgramInfo) -> Toolchain:
        options = json_format.MessageToDict(info.options)
        return resolve(Path(info.root_directory), options, self._python)

    def Handshake(self, request: Any, context: Any) -> Any:
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        # Empty: the sandbox has the plugins that there are, and downloads none.
        return language_pb2.GetRequiredPackagesResponse()

    def About(self, request: Any, context: Any) -> Any:
        python = self._toolchain(request.info).python
        if python.resolve() == self._python.resolve():  # in a virtualenv of its own too it has our version
            return language_pb2.AboutResponse(executable=str(python), version=platform.python_version())
        command = [str(python), "-c", "import platform; print(platform.python_version())"]
        process = subprocess.run(command, capture_output=True, text=True, check=False)
        return language_pb2.AboutResponse(executable=str(python), version=process.stdout.strip())

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        python = self._toolchain(request.info).python
        narrowed = [] if request.transitiveDependencies else ["--not-required"]
        command = [str(python), "-m", "pip", "--disable-pip-version-check", "list", "--format", "json", *narrowed]
        process = subprocess.run(command, capture_output=True, text=True, check=False)
        if process.returncode != 0:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"pip list failed: {process.stderr.strip()}")
        packages = json.loads(process.stdout)
        dependencies = [language_pb2.DependencyInfo(name=row["name"], version=row["version"]) for row in packages]
        return language_pb2.GetProgramDependenciesResponse(dependencies=dependencies)

    def Run(self, request: Any, context: Any) -> Any:
        try:
            error = program.run(request, self._toolchain(request.info), self._engine, self.programs)
        except (UserError, OSError) as problem:
            error = str(problem)
        return language_pb2.RunResponse(error=error or "", bail=error is None)

    def RunPlugin(self, request: Any, context: Any) -> Any:
        yield from _told(context, plugins.run, request, context, self._toolchain(request.info), self.plugins)

    def InstallDependencies(self, request: Any, context: Any) -> Any:
        yield from _told(context, packages.install, request, self._toolchain(request.info), self.programs)

    def GeneratePackage(self, request: Any, context: Any) -> Any:
        try:
            packages.generate(request)
        except UserError as problem:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(problem))
        return language_pb2.GeneratePackageResponse()

    def Link(self, request: Any, context: Any) -> Any:
        try:
            return language_pb2.LinkResponse(import_instructions=packages.link(request, self._toolchain(request.info)))
        except UserError as problem:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(problem))

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def Template(self, request: Any, context: Any) -> Any:
        return language_pb2.TemplateResponse()

    def GenerateProgram(self, request: Any, context: Any) -> Any:
        _refuse(context, "write programs; for `pulumi import`, add --generate-code=false")

    def GenerateProject(self, request: Any, context: Any) -> Any:
        _refuse(context, "convert projects")

    def Pack(self, request: Any, context: Any) -> Any:
        _refuse(context, "pack an SDK for publication")

    def Cancel(self, request: Any, context: Any) -> Any:
        """Ends programs. The engine cancels plugins itself, and lets go of them later: one may be in the middle of a
        creation (github.com/pulumi/pulumi/pull/22397, 22588)."""
        self.programs.close()
        return empty_pb2.Empty()


def _refuse(context: Any, action: str) -> None:
    text = f"the sandbox's stand-in Python language host doesn't {action} (the official Pulumi CLI's host does)"
    context.abort(grpc.StatusCode.UNIMPLEMENTED, text)


def _told(context: Any, function: Callable[..., Iterator[Any]], *arguments: Any) -> Iterator[Any]:
    """Yields the function's results; a UserError becomes the call's error text."""
    try:
        yield from function(*arguments)
    except (UserError, OSError) as problem:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(problem))


def engine_address(arguments: Sequence[str]) -> str:
    """The engine's address, which is the last argument. What comes before it (--logtostderr, -v=9, --tracing ADDRESS,
    -root=FOLDER of the YAML host's own plugins) is of no use here. Exits with a sentence if there is none."""
    if not arguments or arguments[-1].startswith("-"):
        sys.exit("the sandbox's Python language host is started by the engine, with the engine's address at the end")
    return arguments[-1]


def main(arguments: Sequence[str], python: Path, version: str) -> None:
    """Serves until a signal ends it."""
    engine = engine_address(arguments)
    stop = Stop()
    host = Host(engine, python, version)
    server = grpc.server(ThreadPoolExecutor(max_workers=100), options=_UNLIMITED)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    stop.when_engine_is_gone()
    print(port, flush=True)
    stop.wait()
    host.programs.close()
    host.plugins.close()
    server.stop(None)
    sys.stdout.flush()
    os._exit(0)
