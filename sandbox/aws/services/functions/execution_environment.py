"""A child process that runs one function's code on AWS's runtime client, one event at a time, until it is stopped.

It gets the environment that Lambda gives (lambda/latest/dg/configuration-envvars.html) and the sandbox's endpoint, and
nothing else of ours. The code is in a folder of its own. Its Python is the sandbox's, whatever runtime the function
names. Memory isn't limited.
"""

from __future__ import annotations

import io
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .runtime_api import Invocation, Report, RuntimeApi

_START_SECONDS = 60.0  # for importing the code: Lambda's own limit is 10, on machines that aren't shared
_GRACE_SECONDS = 2.0


@dataclass(frozen=True)
class Outcome:
    """payload: the function's result or, if it failed, its error, as JSON. log: its output during the invocation."""

    payload: str
    failed: bool
    log: str
    seconds: float

    @property
    def error(self) -> str:
        """TYPE: MESSAGE of a failure."""
        try:
            error = json.loads(self.payload)
            return f"{error.get('errorType', 'Unknown')}: {error.get('errorMessage', '')}"
        except (ValueError, AttributeError):
            return self.payload


class ExecutionEnvironment:
    """version: the function's version, to see whether it is still current. below: the folder for its files; None for
    the system's folder of temporary files."""

    def __init__(
        self, version: str, code: bytes, handler: str, variables: Mapping[str, str], below: Path | None = None
    ) -> None:
        self.version = version
        self._folder = Path(tempfile.mkdtemp(prefix="identity-center-function-", dir=below))
        task = self._folder / "task"
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            archive.extractall(task)
        self._log = (self._folder / "log").open("w+b")
        self._api = RuntimeApi()
        own = {
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "LAMBDA_TASK_ROOT": str(task),
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "_HANDLER": handler,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler],
            cwd=task,
            env={**variables, **own},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._read = 0
        self._watcher = threading.Thread(target=self._report_end, name="function", daemon=True)
        self._watcher.start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def run(self, invocation: Invocation) -> Outcome:
        """Runs one event to its end. After a failure that isn't the handler's own the process is gone."""
        self._api.offer(invocation)
        began = time.monotonic()
        report = self._await_report(invocation)
        return Outcome(report.payload, report.failed, self._new_log(), time.monotonic() - began)

    def _await_report(self, invocation: Invocation) -> Report:
        try:
            if not self._api.fetched.wait(0) and (early := self._before_fetching()) is not None:
                return early
            return self._api.reports.get(timeout=invocation.seconds + _GRACE_SECONDS * (invocation.seconds > 1))
        except queue.Empty:
            self._process.kill()
            self._process.wait()
            return _failure(invocation.id, "Sandbox.Timedout", f"Task timed out after {invocation.seconds:.2f} seconds")

    def _before_fetching(self) -> Report | None:
        """Waits until the process has taken the event; a report that it couldn't even start, if there is one."""
        until = time.monotonic() + _START_SECONDS
        while not self._api.fetched.wait(0.02):
            try:
                return self._api.reports.get_nowait()
            except queue.Empty:
                if time.monotonic() > until:
                    raise
        return None

    def _report_end(self) -> None:
        code = self._process.wait()
        self._api.reports.put(_failure("", "Runtime.ExitError", f"Runtime exited with error: exit status {code}"))

    def _new_log(self) -> str:
        """What was written since the last time: the process writes it before it reports."""
        self._log.flush()
        with (self._folder / "log").open("rb") as file:
            file.seek(self._read)
            content = file.read()
        self._read += len(content)
        return content.decode("utf-8", "replace")

    def stop(self) -> None:
        """Ends the process and removes its folder."""
        self._process.kill()
        self._process.wait()
        self._watcher.join()
        self._api.stop()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _failure(id_: str, kind: str, message: str) -> Report:
    return Report(id_, json.dumps({"errorType": kind, "errorMessage": message}), failed=True)
