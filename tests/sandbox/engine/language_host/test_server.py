"""The stand-in host as a process: how it starts, answers and ends, without an engine."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from sandbox.engine import Engine, prepare_home
from sandbox.engine.language_host.server import engine_address

ROOT = Path(__file__).parents[4]


class Started:
    def __init__(self, home: Path) -> None:
        prepare_home(home, Engine(Path("/opt/pulumi"), "3.259.0", None), Path(sys.executable))
        script = home / "plugins/language-python-v3.259.0/pulumi-language-python"
        self.process = subprocess.Popen(
            [script, "--logtostderr", "-v=9", "-root=FOLDER", "--tracing", "file:x", "127.0.0.1:1"],
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        assert self.process.stdout is not None
        self.channel = grpc.insecure_channel(f"127.0.0.1:{int(self.process.stdout.readline())}")
        self.stub = language_pb2_grpc.LanguageRuntimeStub(self.channel)

    def ended(self) -> tuple[int, str]:
        """The exit status and the output after the port."""
        self.channel.close()
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out + err


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Started]:
    started = Started(tmp_path)
    try:
        yield started
    finally:
        started.process.kill()
        started.ended()


def test_it_reports_the_engines_version(host: Started) -> None:
    assert host.stub.GetPluginInfo(empty_pb2.Empty()).version == "3.259.0"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_silently_when_interrupted(host: Started, number: signal.Signals) -> None:
    host.stub.GetPluginInfo(empty_pb2.Empty())
    host.process.send_signal(number)
    assert host.ended() == (0, "")


def test_it_ends_when_the_engine_is_gone(host: Started) -> None:
    assert host.process.stdin is not None
    host.process.stdin.close()
    host.process.stdin = None
    assert host.ended() == (0, "")


@pytest.mark.parametrize(
    ("call", "request_", "told"),
    [
        ("GenerateProgram", language_pb2.GenerateProgramRequest(), "--generate-code=false"),
        ("GenerateProject", language_pb2.GenerateProjectRequest(), "official Pulumi CLI"),
        ("Pack", language_pb2.PackRequest(), "official Pulumi CLI"),
    ],
)
def test_an_unsupported_request_is_one_sentence(host: Started, call: str, request_: object, told: str) -> None:
    with pytest.raises(grpc.RpcError, match=told) as caught:
        getattr(host.stub, call)(request_)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    host.process.send_signal(signal.SIGINT)
    assert host.ended() == (0, "")


def test_it_asks_nothing_and_changes_nothing_in_a_new_project(host: Started) -> None:
    assert not host.stub.RuntimeOptionsPrompts(language_pb2.RuntimeOptionsRequest()).prompts
    assert host.stub.Template(language_pb2.TemplateRequest()) == language_pb2.TemplateResponse()


def test_a_program_that_cannot_start_gives_no_trace(host: Started, tmp_path: Path) -> None:
    info = language_pb2.ProgramInfo(root_directory=str(tmp_path), program_directory=str(tmp_path), entry_point=".")
    answer = host.stub.Run(language_pb2.RunRequest(info=info, pwd=str(tmp_path / "absent")))
    assert "No such file or directory" in answer.error
    assert not answer.bail


def test_nothing_runs_after_a_cancel(host: Started, tmp_path: Path) -> None:
    host.stub.Cancel(empty_pb2.Empty())
    (tmp_path / "__main__.py").write_text("open('ran', 'w')\n")
    info = language_pb2.ProgramInfo(root_directory=str(tmp_path), program_directory=str(tmp_path), entry_point=".")
    answer = host.stub.Run(language_pb2.RunRequest(info=info, pwd=str(tmp_path)))
    assert "cancelled" in answer.error
    assert not (tmp_path / "ran").exists()


PLUGIN = """
import pathlib, time
print("begun", flush=True)
while not pathlib.Path("cancelled").exists():
    time.sleep(0.01)
print("done", flush=True)
"""


def test_a_plugin_goes_on_after_a_cancel(host: Started, tmp_path: Path) -> None:
    """It may be in the middle of a creation, which has to reach the state."""
    (tmp_path / "__main__.py").write_text(PLUGIN)
    info = language_pb2.ProgramInfo(root_directory=str(tmp_path), program_directory=str(tmp_path), entry_point=".")
    request = language_pb2.RunPluginRequest(info=info, pwd=str(tmp_path), kind="resource", name="it")
    answers = host.stub.RunPlugin(request)
    assert next(answers).stdout == b"begun\n"
    host.stub.Cancel(empty_pb2.Empty())
    (tmp_path / "cancelled").touch()
    assert next(answers).stdout == b"done\n"


def test_it_imports_the_protocol_and_not_the_sdk() -> None:
    program = (
        "import sys, sandbox.engine.language_host.server\n"
        "loaded = {name for name in sys.modules if name.split('.')[0] in ('pulumi', 'pulumi_aws', 'boto3', 'moto')}\n"
        "print([n for n in loaded if not n.startswith('pulumi.runtime.proto')])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert sorted(eval(done.stdout)) == ["pulumi", "pulumi.runtime"]


@pytest.mark.parametrize("arguments", [[], ["-root=FOLDER"]])
def test_started_by_hand_it_says_what_starts_it(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="is started by the engine"):
        engine_address(arguments)
