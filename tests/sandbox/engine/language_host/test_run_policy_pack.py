"""A policy pack on the port that the engine is given first, called as the engine calls it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

import sandbox.engine.language_host.plugins as plugins
from sandbox.engine.language_host.run_policy_pack import LastLine

RUNNER = Path(plugins.__file__).with_name("run_policy_pack.py")
PACK = """
import os, sys, threading, time
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
AT_IMPORT = [os.environ.get(f"PULUMI_{key}") for key in ("PROJECT", "STACK", "ORGANIZATION", "DRY_RUN", "CONFIG")]
busy, most = 0, 0
def look(args, report):
    global busy, most
    busy += 1
    most = max(most, busy)
    time.sleep(float(args.props.get("seconds") or 0))
    busy -= 1
    report(f"{AT_IMPORT} {most} {threading.current_thread().name} {sys.path[1:2]}")
PolicyPack("p", policies=[ResourceValidationPolicy("r", "d", look, EnforcementLevel.ADVISORY)])
"""
CONFIGURED = analyzer_pb2.AnalyzerStackConfigureRequest(
    project="p", stack="s", organization="o", dry_run=True, config={"p:k": "v"}
)


class Started:
    """A pack's process, and the engine's side of it."""

    def __init__(self, folder: Path) -> None:
        heard, self.all_heard = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-u", str(RUNNER), str(heard), "127.0.0.1:1", str(folder / "pack")],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=(heard,),
        )
        os.close(heard)
        assert self.process.stdout is not None
        self.channel = grpc.insecure_channel(f"127.0.0.1:{int(self.process.stdout.readline())}")
        self.stub = analyzer_pb2_grpc.AnalyzerStub(self.channel)

    output: tuple[str, str] | None = None

    def printed(self) -> tuple[str, str]:
        """What it printed, to the end."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        if self.output is None:
            self.output = (self.process.stdout.read(), self.process.stderr.read())
            os.close(self.all_heard)
        return self.output

    def end(self) -> None:
        self.channel.close()
        self.process.terminate()
        with self.process:
            self.printed()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Started]]:
    running: list[Started] = []

    def begin(program: str) -> Started:
        (tmp_path / "pack").mkdir()
        (tmp_path / "pack" / "__main__.py").write_text(program)
        running.append(Started(tmp_path))
        return running[-1]

    yield begin
    for process in running:
        process.end()


def analyzed(answer: Any) -> str:
    (diagnostic,) = answer.diagnostics
    return str(diagnostic.message)


def test_the_pack_knows_the_engines_configuration_at_import(start: Callable[[str], Started], tmp_path: Path) -> None:
    started = start(PACK)
    started.stub.Handshake(analyzer_pb2.AnalyzerHandshakeRequest(engine_address="127.0.0.1:1"), timeout=120)
    started.stub.ConfigureStack(CONFIGURED, timeout=120)
    assert started.stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=120).name == "p"
    violations = analyzed(started.stub.Analyze(analyzer_pb2.AnalyzeRequest(type="a:b:C"), timeout=120))
    assert """['p', 's', 'o', 'true', '{"p:k": "v"}']""" in violations
    assert str([str(tmp_path)]) in violations, "the folder it was started in is on the path, as for `python -m`"
    started.process.terminate()
    out, err = started.printed()
    assert (out.strip(), err) == ("", ""), "its port is told once; whatever else it printed would be shown to the user"


def test_a_call_before_any_stack_starts_the_pack_too(start: Callable[[str], Started]) -> None:
    started = start(PACK)
    assert started.stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=120).policies[0].name == "r"
    assert "[None, None, None, None, None]" in analyzed(
        started.stub.Analyze(analyzer_pb2.AnalyzeRequest(type="a:b:C"), timeout=120)
    )


def test_calls_run_in_the_packs_own_threads(start: Callable[[str], Started]) -> None:
    started = start(
        PACK.replace(
            'PolicyPack("p"',
            "import concurrent.futures as f\nreal = f.ThreadPoolExecutor\n"
            'f.ThreadPoolExecutor = lambda max_workers: real(3, thread_name_prefix="own")\nPolicyPack("p"',
        )
    )
    started.stub.ConfigureStack(CONFIGURED, timeout=120)
    request = analyzer_pb2.AnalyzeRequest(type="a:b:C")
    request.properties.update({"seconds": 0.2})
    calls = [started.stub.Analyze.future(request, timeout=120) for _ in range(6)]
    violations = [analyzed(call.result()) for call in calls]
    assert all(" own_" in text for text in violations)
    assert any(" 3 own_" in text for text in violations)
    assert not any(f" {number} own_" in text for text in violations for number in (4, 5, 6))


@pytest.mark.parametrize(
    ("program", "words"), [("raise RuntimeError('broken')", "broken"), ("print('I make no pack')", "I make no pack")]
)
def test_a_pack_that_does_not_start_refuses_the_first_call(
    start: Callable[[str], Started], program: str, words: str
) -> None:
    started = start(program)
    call = started.stub.ConfigureStack.future(CONFIGURED, timeout=120)
    assert started.process.stdout is not None
    assert started.process.stderr is not None
    assert words in started.process.stdout.read() + started.process.stderr.read()
    assert not call.done(), "the engine would show the refusal and drop the reason"
    os.close(started.all_heard)
    started.output = ("", "")
    assert call.exception().code() == grpc.StatusCode.FAILED_PRECONDITION
    assert "did not start" in call.exception().details()
    started.process.wait(20)


def test_an_older_pulumi_policy_leaves_the_engine_its_answer(start: Callable[[str], Started]) -> None:
    older = "import pulumi_policy.policy as sdk\ndel sdk._PolicyAnalyzerServicer.ConfigureStack\n" + PACK
    started = start(older)
    with pytest.raises(grpc.RpcError) as refused:
        started.stub.ConfigureStack(CONFIGURED, timeout=120)
    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED, "which the engine takes for an older pack's"
    violations = analyzed(started.stub.Analyze(analyzer_pb2.AnalyzeRequest(type="a:b:C"), timeout=120))
    assert "'p', 's', 'o'" in violations, "its environment has told it all the same"


def test_a_python_without_the_sdk_is_told_what_to_install() -> None:
    done = subprocess.run([sys.executable, "-S", str(RUNNER)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install pulumi_policy" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (["one\n", "the rea", "son\n"], "the reason"),
        (["\n", "  "], ""),
        (["a \udcff name\n"], "a ? name"),
        (["x" * 20_000], "x" * 500),
    ],
)
def test_a_packs_last_words_fit_a_message(written: list[str], line: str) -> None:
    stream = LastLine(io.StringIO())
    stream.writelines(written)
    assert stream.line == line
    assert stream.getvalue() == "".join(written)
