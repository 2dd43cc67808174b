"""A Python for the engine's tests that has imported everything already: it starts in a tenth of the time.

`pulumi up` starts four to six Python processes (language hosts, the program, plugins, a policy pack), and most of their
processor time went into the same imports. Three kinds of process save it:

1. The server (`server.py`) imports Pulumi's SDK, pulumi_aws, botocore and this checkout's plugins once, and waits.
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

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from sandbox.session import is_foreign

_FOLDER = Path(__file__).resolve().parent


class WarmPython:
    """A context manager. `python` is the path of the command, and `commands` a folder that has `identity-center`; the
    server behind both ends with our process."""

    def __enter__(self) -> WarmPython:
        self._folder = Path(tempfile.mkdtemp(prefix="warm-python-"))
        address = self._folder / "socket"
        self.python = self._folder / "bin" / "python"
        self.commands = self._folder / "commands"
        _compile_launcher(self.python, SOCKET=address)
        installed = Path(sys.executable).with_name("identity-center")
        _compile_launcher(self.commands / installed.name, SOCKET=address, SCRIPT=installed)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(address))
            listener.listen(128)
            self._server = subprocess.Popen(
                [sys.executable, str(_FOLDER / "server.py"), str(listener.fileno())],
                env=_environment(),
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                start_new_session=True,  # an interrupt is for the tests
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _compile_launcher(program: Path, **paths: Path) -> None:
    program.parent.mkdir()
    definitions = [f"-D{name}={json.dumps(str(path))}" for name, path in paths.items()]
    subprocess.run(["cc", "-O1", *definitions, "-o", program, _FOLDER / "launcher.c"], check=True)


def _environment() -> dict[str, str]:
    """The server's: it reads no AWS settings of ours, and no PYTHONPATH. A worker gets its own caller's."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and not is_foreign(name)}
    return {**variables, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
