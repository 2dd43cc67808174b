"""`Stop` against real signals, in a process of its own whose threads take them."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from sandbox.session import ROOT

# The main thread refuses both signals, so the operating system hands them to the other thread: where a gRPC server's
# threads are idle, that happens by chance.
PROGRAM = """
import signal, sys, threading
from sandbox.processes.stopping import Stop
stop = Stop()
idle = threading.Thread(target=threading.Event().wait, daemon=True)
idle.start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
if "now" in sys.argv:
    threading.Timer(0.01, stop.now).start()
print("ready", flush=True)
stop.wait()
print("stopped", flush=True)
"""


@pytest.fixture
def waiting() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_another_thread_takes_ends_the_wait(
    waiting: subprocess.Popen[str], number: signal.Signals
) -> None:
    waiting.send_signal(number)
    assert waiting.communicate(timeout=120)[0] == "stopped\n"


def test_another_thread_can_end_the_wait() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, "now"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout == "ready\nstopped\n"


def test_a_provider_ends_with_the_engine_that_started_it() -> None:
    command = [sys.executable, "-m", "sandbox.provider", "127.0.0.1:1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as provider:
        assert provider.stdout is not None
        assert provider.stdin is not None
        assert int(provider.stdout.readline()) > 0
        assert provider.poll() is None
        provider.stdin.close()  # as the operating system does when the engine is killed
        assert provider.wait(timeout=120) == 0
