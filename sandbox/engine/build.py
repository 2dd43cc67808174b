"""Builds Go programs from the Go module proxy into the cache; what and from where is pinned in golang/*/go.sum.

The `pulumi` CLI takes minutes the first time, so progress is told. Nothing is half-made: see `cache.py`.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from .cache import Progress, cache_root, obtain
from .errors import BuildFailed, EngineError
from .report import print_to_stderr

_GOLANG = Path(__file__).parent / "golang"
_PULUMI = "github.com/pulumi/pulumi"
_REPORT_SECONDS = 5.0
_OFFICIAL = "the Pulumi CLI (https://www.pulumi.com/docs/install/)"


def _pinned(module: str, dependency: str) -> str:
    """The version of a dependency in golang/<module>/go.mod, without its v: only that file says which is built."""
    text = (_GOLANG / module / "go.mod").read_text("utf-8")
    match = re.search(rf"^(?:require )?\s*{re.escape(dependency)} v(\S+)$", text, re.MULTILINE)
    assert match, f"golang/{module}/go.mod requires no {dependency}"
    return match[1]


@dataclass(frozen=True)
class Target:
    """One program: the Go module in golang/ that pins it, its package, and its name and version in the cache."""

    module: str
    package: str
    name: str
    entry: str
    version: str

    @property
    def ldflags(self) -> str:
        """Linker flags: strips the program, and sets its version, which Pulumi's programs otherwise don't know."""
        return f"-s -w -X {_PULUMI}/sdk/v3/go/common/version.Version={self.version}"


CLI_VERSION = _pinned("cli", f"{_PULUMI}/pkg/v3")
_NODE_VERSION = _pinned("nodehost", f"{_PULUMI}/sdk/v3")

CLI = Target("cli", f"{_PULUMI}/pkg/v3/cmd/pulumi", "pulumi", f"pulumi-{CLI_VERSION}", CLI_VERSION)
SDK_GENERATOR = Target("cli", "./sdkgen", "sdkgen", f"sdkgen-{CLI_VERSION}", CLI_VERSION)
NODE_HOST = Target(
    "nodehost",
    f"{_PULUMI}/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    "pulumi-language-nodejs",
    f"language-nodejs-{_NODE_VERSION}",
    _NODE_VERSION,
)
_YAML_VERSION = _pinned("yamlhost", f"{_PULUMI}-yaml")
YAML_HOST = Target(
    "yamlhost",
    f"{_PULUMI}-yaml/cmd/pulumi-language-yaml",
    "pulumi-language-yaml",
    f"language-yaml-{_YAML_VERSION}",
    _YAML_VERSION,
)


def built(target: Target, cache: Path | None = None, on_progress: Progress = print_to_stderr) -> Path:
    """The target's program, from the cache or built into it. Raises EngineError."""
    folder = cache or cache_root()
    try:
        return obtain(folder, target.entry, target.name, lambda new: _build(target, new, on_progress), on_progress)
    except OSError as error:
        raise EngineError(
            f"{target.name} can't be put into the cache {folder}: {error}; make room there or let XDG_CACHE_HOME "
            "name a folder that you can write to"
        ) from error


def sdk_generator(on_progress: Progress = print_to_stderr) -> Path:
    """What writes a package's Python SDK for `pulumi package add`, and its TypeScript SDK."""
    return built(SDK_GENERATOR, on_progress=on_progress)


def official_node_host(cache: Path | None = None, on_progress: Progress = print_to_stderr) -> Path:
    """Pulumi's own Node.js language host, for `prepare_home(node_host=…)`. Half a minute the first time."""
    return built(NODE_HOST, cache, on_progress)


def official_yaml_host(cache: Path | None = None, on_progress: Progress = print_to_stderr) -> Path:
    """Pulumi's own YAML language host, for `prepare_home(yaml_host=…)`. Three minutes the first time."""
    return built(YAML_HOST, cache, on_progress)


def _build(target: Target, folder: Path, on_progress: Progress) -> None:
    go = _suitable_go(target)
    on_progress(f"building {target.name} {target.version} from the Go module proxy; the first time takes minutes")
    # One process less than all of a small machine's memory: a linker and a compiler of Pulumi's size take 1 GB each.
    flags = ["-p", "2", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", target.ldflags]
    command = [go, "build", "-v", *flags, "-o", str(folder / target.name), target.package]
    total = _count_packages(go, target)
    started = time.monotonic()
    code, log = _follow(command, target, total, started, on_progress)
    if code != 0 or not (folder / target.name).is_file():
        log_file = folder.parent / f"{target.entry}.log"
        log_file.write_text(log, "utf-8")
        raise BuildFailed(
            f"building {target.name} {target.version} with {go} failed (the whole output is in {log_file}); "
            f"its last words: {_last_words(log)}",
            log=str(log_file),
        )
    on_progress(f"built {target.name} in {time.monotonic() - started:.0f} s")


def _environment() -> dict[str, str]:
    # The caller's flags and workspace must not change what is built; without cgo no C compiler is needed.
    # A linker needs Go's own defaults, where tests/conftest.py sets others for the CLI.
    defaults = dict.fromkeys(("GOGC", "GOMEMLIMIT", "GOMAXPROCS"), "")
    return {**os.environ, **defaults, "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "0"}


def _suitable_go(target: Target) -> str:
    """The `go` on PATH, if it can build the target (1.21 and later fetch a newer toolchain by default)."""
    go = shutil.which("go")
    wanted = f"Go {_required_go(target)} or later (https://go.dev/dl/)"
    if go is None and target == CLI:
        raise EngineError(
            f"no `pulumi` on PATH and no Go to build it with: install {_OFFICIAL} or {wanted}, then run this again"
        )
    if go is None:
        raise EngineError(f"{target.name} has to be built once, and there is no Go on PATH: install {wanted}")
    done = subprocess.run(
        [go, "env", "GOVERSION", "GOTOOLCHAIN"],
        env={**_environment(), "GOTOOLCHAIN": os.environ.get("GOTOOLCHAIN", "")},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    version, toolchain = [*done.stdout.split("\n"), "", ""][:2]
    have, need = _numbers(version), _numbers(_required_go(target))
    if have < need and (have < (1, 21) or toolchain.startswith("local")):
        raise EngineError(
            f"{go} is {version.strip() or 'of an unknown version'}, and building {target.name} {target.version} "
            f"needs Go {_required_go(target)} or later: install {wanted}"
            + (f", or {_OFFICIAL}" if target == CLI else "")
        )
    return go


def _required_go(target: Target) -> str:
    match = re.search(r"^go (\S+)$", (_GOLANG / target.module / "go.mod").read_text("utf-8"), re.MULTILINE)
    assert match
    return match[1]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split("-")[0].split("rc")[0])[:3])


def _count_packages(go: str, target: Target) -> int:
    """How many packages there are to compile; 0 if Go can't tell, as the build itself will say why."""
    command = [go, "list", "-deps", "-mod=readonly", "-f", "{{.ImportPath}}", target.package]
    done = subprocess.run(
        command, cwd=_GOLANG / target.module, env=_environment(), capture_output=True, text=True, check=False
    )
    return len(done.stdout.split()) if done.returncode == 0 else 0


def _follow(command: list[str], target: Target, total: int, started: float, on_progress: Progress) -> tuple[int, str]:
    """Runs the build, telling of its progress; returns its exit status and output. Ends it if we are interrupted."""
    process = subprocess.Popen(
        command,
        cwd=_GOLANG / target.module,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    try:
        log = _read(process, target, total, started, on_progress)
        return process.wait(), log
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _read(process: subprocess.Popen[str], target: Target, total: int, started: float, on_progress: Progress) -> str:
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def copy() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=copy, daemon=True).start()
    last_lines: deque[str] = deque(maxlen=5000)
    compiled, reported = 0, started
    while True:
        with contextlib.suppress(queue.Empty):
            line = lines.get(timeout=_REPORT_SECONDS)
            if line is None:
                return "".join(last_lines)
            last_lines.append(line)
            compiled += not line.startswith(("go: ", "#", "\t"))
        if time.monotonic() - reported >= _REPORT_SECONDS:
            reported = time.monotonic()
            share = f"{compiled} of at most {total} packages" if total else f"{compiled} packages"
            on_progress(f"building {target.name}: {share}, {reported - started:.0f} s")


def _last_words(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return " / ".join(lines[-3:]) or "(none)"
