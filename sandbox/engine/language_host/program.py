"""Running a stack's program: the LanguageRuntime service's Run.

The program runs in a process of its own (`run_program.py`). What it must know, secret configuration too, goes to it
through a pipe: not on its command line, not in an environment that its own children would inherit, and in no log.
The pipe stays open as a lifeline: when the host dies, however it dies, the program sees its end and stops.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from .children import Children
from .protocol import language_pb2
from .toolchain import Toolchain

REPORTED = 32  # the exit status by which run_program.py says that the user has been told what is wrong
_RUNNER = Path(__file__).with_name("run_program.py")


def run(request: language_pb2.RunRequest, toolchain: Toolchain, engine: str, children: Children) -> str | None:
    """Runs the program to its end. Returns "" for success, None if the user has seen the error, else the error."""
    toolchain.check()
    read, write = os.pipe()
    try:
        process = children.start(
            [str(toolchain.python), "-u", str(_RUNNER), str(read)],
            cwd=Path(request.pwd),
            environment=toolchain.environment(os.environ),
            pass_fds=(read,),
        )
    except BaseException:
        os.close(write)
        raise
    finally:
        os.close(read)
    try:
        _send(write, _settings(request, engine))
        code = children.wait(process)
    finally:
        os.close(write)
    return _verdict(code)


def _verdict(code: int) -> str | None:
    if code == REPORTED:
        return None
    if code == 0:
        return ""
    if code < 0:
        return f"Program was ended by signal {-code}"
    return f"Program exited with non-zero exit code: {code}"


def _settings(request: language_pb2.RunRequest, engine: str) -> dict[str, object]:
    return {
        "settings": {
            "monitor": request.monitor_address,
            "engine": engine,
            "project": request.project,
            "stack": request.stack,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
        },
        "config": dict(request.config),
        "secret_keys": list(request.configSecretKeys),
        "program": str(Path(request.info.program_directory, request.info.entry_point or ".").resolve()),
        "arguments": list(request.args),
    }


def _send(pipe: int, settings: dict[str, object]) -> None:
    data = json.dumps(settings).encode() + b"\n"
    try:
        while data:
            data = data[os.write(pipe, data) :]
    except BrokenPipeError:
        pass  # the program's Python has already ended; its exit status tells the rest
