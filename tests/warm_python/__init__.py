"""A Python for the engine's tests that has imported everything already: it starts in a tenth of the time.

`pulumi up` starts four to six Python processes (language hosts, the program, plugins, a policy pack), and most of their
processor time went into the same imports. Three kinds of process save it:

1. The server (`server.py`) imports Pulumi's SDK, pulumi_aws, botocore and all of this project's package and plugins
   once, when the first command asks for a worker. One server serves all of xdist's workers.
2. The launcher (`launcher.c`) is what the engine starts as its Python: `WarmPython.python`. It sends the server its
   arguments, environment, folder and open files; it passes signals on, and ends as the worker does.
3. A worker is a fork of the server. It takes over what the launcher sent and runs what a Python would have run.

What workers share is what the imports made: modules, and the models of AWS's APIs that botocore reads. They share it as
it was when the server had imported it, since a fork writes to its own copy.

The command `identity-center` starts in the same way: `WarmPython.commands` is a folder for the PATH that has it.

What they never share: anything of another command or test. The server runs none of their code. Every worker has its
own process, environment, folder, arguments, `sys.path`, open files, threads and connections, and ends with its
launcher. A program and a policy pack import this project's package for themselves, maybe from a copy of their own; of
this checkout's they get the modules as they were imported, and the one that registers itself with a program runs again.

tests/test_warm_python.py holds it against a plain Python. Tests of how the sandbox starts and ends processes use a
plain one (`plain_workspace` in tests/sandbox/engine, tests/sandbox/test_main.py, the demos' tests).
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandbox.session import is_foreign

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class WarmPython:
    """The commands that start a worker of one server."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def commands(self) -> Path:
        """A folder that has `identity-center`."""
        return self.folder / "commands"


@contextlib.contextmanager
def start_warm_python() -> Iterator[WarmPython]:
    """The server imports when the first command asks, and ends with our process."""
    with tempfile.TemporaryDirectory(prefix="warm-python-", ignore_cleanup_errors=True) as folder:
        warm = WarmPython(Path(folder))
        address = warm.folder / "socket"
        installed = Path(sys.executable).with_name("identity-center")
        _compile_launcher(warm.python, SOCKET=address)
        _compile_launcher(warm.commands / installed.name, SOCKET=address, SCRIPT=installed)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(address))
            listener.listen(128)
            server = subprocess.Popen(
                [sys.executable, str(_FOLDER / "server.py"), str(listener.fileno())],
                env=_environment(),
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                start_new_session=True,  # an interrupt is for the tests
            )
        with server:  # closes its standard input, by which it ends
            yield warm


def _compile_launcher(program: Path, **paths: Path) -> None:
    program.parent.mkdir()
    definitions = [f"-D{name}={json.dumps(str(path))}" for name, path in paths.items()]
    subprocess.run(["cc", "-O1", *definitions, "-o", program, _FOLDER / "launcher.c"], check=True)


def _environment() -> dict[str, str]:
    """The server's: it reads no AWS settings of ours, and no PYTHONPATH. A worker gets its own caller's."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and not is_foreign(name)}
    return {**variables, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
