"""The tests' warm Python does what a Python does: the engine's tests stand on it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

SHOW = """
import atexit, json, os, sys, threading
atexit.register(print, "an exit handler's")
threading.Thread(target=lambda: (threading.main_thread().join(), print("a thread's"))).start()
print(json.dumps([sys.argv, sys.path, os.getcwd(), sorted(os.environ), sys.stdin.read(), __name__]))
print("last words", file=sys.stderr)
sys.exit(7)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "script.py").write_text(SHOW)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__main__.py").write_text(SHOW)
    (tmp_path / "linked").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", SHOW, "a", "-b"),
        ("-u", "script.py", "a", "-b"),
        ("-P", "FOLDER/package", "a"),
        ("FOLDER/package", "a"),
        ("-m", "script", "a"),
    ],
)
def test_it_runs_what_python_runs(warm_python: Path, folder: Path, arguments: tuple[str, ...]) -> None:
    command = [argument.replace("FOLDER", str(folder)) for argument in arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder / "linked"), "PYTHONUNBUFFERED": "1"}

    def run(python: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [python, *command], cwd=folder, env=environment, input="typed", capture_output=True, text=True
        )
        return done.returncode, done.stdout, done.stderr

    assert run(str(warm_python)) == run(sys.executable)
    assert run(str(warm_python))[0] == 7


@pytest.mark.parametrize("end", ["sys.exit()", "sys.exit('sorry')", "1 / 0", "os._exit(3)", "os.abort()"])
def test_it_ends_as_python_does(warm_python: Path, end: str) -> None:
    command = ("-c", f"import os, sys; print('said', flush=True); {end}")
    plain, forked = (
        subprocess.run([python, *command], capture_output=True) for python in (sys.executable, warm_python)
    )
    assert (forked.returncode, forked.stdout) == (plain.returncode, plain.stdout)
    assert forked.stderr.splitlines()[-1:] == plain.stderr.splitlines()[-1:]


def test_a_program_imports_its_own_copy_of_the_package(warm_python: Path, folder: Path) -> None:
    (folder / "linked" / "pulumi_aws_identity_center.py").write_text("COPY = True")
    environment = {**os.environ, "PYTHONPATH": str(folder / "linked")}
    program = "import pulumi_aws_identity_center as package; assert package.COPY"
    subprocess.run([warm_python, "-c", program], env=environment, check=True)


@pytest.mark.parametrize("arguments", [("document", "guard"), ("gate", "none.json"), ("--help",)])
def test_identity_center_says_what_it_says_elsewhere(
    warm_python: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    plain, forked = (
        subprocess.run([command, *arguments], cwd=tmp_path, capture_output=True)
        for command in (
            Path(sys.executable).with_name("identity-center"),
            warm_python.parents[1] / "commands/identity-center",
        )
    )
    assert (forked.returncode, forked.stdout, forked.stderr) == (plain.returncode, plain.stdout, plain.stderr)


IMPORTS_ANEW = """
from importlib.machinery import SourceFileLoader
anew, execute = set(), SourceFileLoader.exec_module
SourceFileLoader.exec_module = lambda loader, module: (anew.add(module.__name__), execute(loader, module))
import pulumi
pulumi.runtime.get_root_resource = lambda: root
root, seen = pulumi.CustomResource.__new__(pulumi.CustomResource), []
pulumi.runtime.register_stack_transformation = seen.append
from pulumi_aws_identity_center import TrustedAccess
from pulumi_aws_identity_center.components.program import current_program
from pulumi_aws_identity_center.iam import evaluation
assert anew == {"pulumi_aws_identity_center", "pulumi_aws_identity_center.components.program"}, anew
assert seen == [current_program()], seen
assert evaluation.__spec__.loader.path == evaluation.__file__, evaluation.__spec__
"""


def test_programs_share_what_is_imported_and_register_themselves(warm_python: Path) -> None:
    """A component that is imported registers itself with the program that runs: that is for each program to do."""
    subprocess.run([warm_python, "-c", IMPORTS_ANEW], check=True)


def test_it_takes_open_files_along(warm_python: Path) -> None:
    read, write = os.pipe()
    with os.fdopen(read) as pipe:
        subprocess.run([warm_python, "-c", f"import os; os.write({write}, b'through')"], pass_fds=[write], check=True)
        os.close(write)
        assert pipe.read() == "through"


WAIT = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_the_command(warm_python: Path, number: signal.Signals) -> None:
    process = subprocess.Popen([warm_python, "-c", WAIT], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        worker = int(process.stdout.readline())
    process.send_signal(number)
    assert process.wait() == -number
    assert is_gone(worker)


def test_unbuffered_each_write_is_there_at_once(warm_python: Path) -> None:
    program = "import sys, time; sys.stdout.write('now'); time.sleep(600)"
    with subprocess.Popen(
        [warm_python, "-c", program], env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=-1
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(3) == b"now"
        process.kill()


def test_an_interrupt_reaches_the_program(warm_python: Path) -> None:
    program = f"try:\n    {WAIT}\nexcept KeyboardInterrupt:\n    print('interrupted')"
    process = subprocess.Popen([warm_python, "-u", "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.communicate()[0] == "interrupted\n"
    assert process.returncode == 0


def is_gone(worker: int) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_a_launcher_that_dies_while_asking_ends_nothing_else(warm_python: Path) -> None:
    address = warm_python.parent.parent / "socket"
    for half in (b"", (100).to_bytes(8, "big"), (100).to_bytes(8, "big") + b"half"):
        with socket.socket(socket.AF_UNIX) as launcher:
            launcher.connect(str(address))
            launcher.sendall(half)
    assert subprocess.run([warm_python, "-c", "print('alive')"], capture_output=True).stdout == b"alive\n"


def test_many_workers_end_each_with_its_own_status(warm_python: Path) -> None:
    started = [subprocess.Popen([warm_python, "-c", f"import sys; sys.exit({number})"]) for number in range(20)]
    assert [process.wait() for process in started] == list(range(20))
