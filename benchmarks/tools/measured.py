"""A command measured as a whole process on an embedded AWS: seconds, peak memory, calls. For Linux, which has /proc."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox.aws import EmbeddedAws

_TICK = 0.01


@dataclass(frozen=True)
class Measured:
    """calls: the call log's records of this command. server_seconds: processor time of the embedded AWS, which runs in
    this process."""

    code: int
    stdout: str
    seconds: float
    cpu_seconds: float
    megabytes: float
    server_seconds: float
    calls: list[dict[str, Any]]

    def figures(self) -> dict[str, Any]:
        return {
            "seconds": round(self.seconds, 2),
            "cpu_seconds": round(self.cpu_seconds, 2),
            "megabytes": round(self.megabytes),
            "calls": len(self.calls),
            "calls_throttled": sum(call["status"] in (400, 429) for call in self.calls),
            "server_cpu_seconds": round(self.server_seconds, 2),
        }

    def busiest_second(self) -> dict[str, int]:
        """The most calls in any second, by service, as they arrived."""
        times: dict[str, list[float]] = {}
        for call in self.calls:
            times.setdefault(call["service"], []).append(datetime.fromisoformat(call["time"]).timestamp())
        return {service: max(_windows(sorted(moments))) for service, moments in times.items()}


def _windows(moments: Sequence[float]) -> Iterator[int]:
    first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1:
            first += 1
        yield last - first + 1


@contextmanager
def organization(accounts: int, *, throttle: bool, center: bool = True) -> Iterator[EmbeddedAws]:
    """An AWS with so many accounts, whose code has been loaded: that is not what is measured."""
    with TemporaryDirectory() as folder:
        seed = Path(folder, "seed.yaml")
        seed.write_text(
            f"organization: {{feature_set: ALL}}\naccount_count: {accounts}\ntrusted_services: [sso.amazonaws.com]\n"
            + ("identity_center: {region: us-east-1}\n" if center else "")
        )
        with EmbeddedAws(seed, throttle=throttle) as cloud:
            for service, call in (
                ("iam", "list_roles"),
                ("ds", "describe_directories"),
                ("sts", "get_caller_identity"),
            ):
                getattr(cloud.client(service), call)()
            yield cloud


def run(command: Sequence[str], cloud: EmbeddedAws, **variables: str) -> Measured:
    before = len(cloud.calls)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    cpu, own, start = time.process_time(), children_cpu(), time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**bare, **cloud.environment(), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peak))
    watcher.start()
    stdout, stderr = process.communicate()
    seconds = time.perf_counter() - start
    cpu, own = time.process_time() - cpu, children_cpu() - own
    watcher.join()
    if process.returncode not in (0, 1, 2, 3):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{stderr[-2000:]}")
    return Measured(process.returncode, stdout, seconds, own, peak[0], cpu, cloud.calls[before:])


def children_cpu() -> float:
    """Processor time of the commands that have ended: unlike seconds, it doesn't depend on what else runs here."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: subprocess.Popen[str], peak: list[float]) -> None:
    """The process's own high-water mark: what rusage tells begins with the size of the process that started it."""
    while process.poll() is None:
        try:
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        except OSError:
            return
        for line in lines:
            if line.startswith("VmHWM"):
                peak[0] = max(peak[0], int(line.split()[1]) / 1024)
        time.sleep(_TICK)


def by_operation(calls: Sequence[dict[str, Any]]) -> dict[str, int]:
    return dict(sorted(Counter(f"{call['service']}:{call['operation']}" for call in calls).items()))
