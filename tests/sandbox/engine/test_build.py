"""Building from the Go module proxy, with a `go` on PATH that only pretends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sandbox.engine import BuildFailed, EngineError, build
from sandbox.engine.build import CLI, NODE_HOST, SDK_GENERATOR, YAML_HOST, built

GO = """#!/bin/sh
case "$1" in
  env) printf '{version}\\n{toolchain}\\n' ;;
  list) printf 'a\\nb\\nc\\n' ;;
  build)
    echo "$@" > {folder}/arguments
    env > {folder}/environment
    pwd > {folder}/cwd
    while [ "$1" != -o ]; do shift; done
    {action}
    ;;
esac
"""


class FakeGo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, action: str, *, version: str = "go1.26.8", toolchain: str = "auto") -> None:
        script = self.folder / "bin" / "go"
        script.parent.mkdir(exist_ok=True)
        script.write_text(GO.format(version=version, toolchain=toolchain, folder=self.folder, action=action))
        script.chmod(0o755)

    def told(self, name: str) -> str:
        return (self.folder / name).read_text()


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeGo:
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GOTOOLCHAIN", raising=False)
    return FakeGo(tmp_path)


WRITES = 'printf built > "$2"; chmod +x "$2"'


def test_a_build_ends_in_the_cache_and_is_not_repeated(go: FakeGo, tmp_path: Path) -> None:
    go.install(WRITES)
    messages: list[str] = []
    binary = built(CLI, on_progress=messages.append)
    assert binary == tmp_path / f"cache/pulumi-aws-identity-center/pulumi-{CLI.version}/pulumi"
    assert binary.read_text() == "built"
    assert messages[0].startswith(f"building pulumi {CLI.version}")
    assert messages[-1].startswith("built pulumi in")
    go.install("exit 9")
    assert built(CLI, on_progress=messages.append) == binary


def test_what_is_built_depends_on_the_committed_pins_alone(go: FakeGo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    monkeypatch.setenv("GOWORK", "/elsewhere/go.work")
    go.install(WRITES)
    built(CLI, on_progress=lambda _: None)
    arguments = go.told("arguments")
    assert "-mod=readonly" in arguments
    assert "-p 2" in arguments
    assert f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={CLI.version}" in arguments
    environment = go.told("environment").splitlines()
    assert {"GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0"} <= set(environment)
    assert {"GOGC=", "GOMEMLIMIT=", "GOMAXPROCS="} <= set(environment)
    module = Path(go.told("cwd").strip())
    assert {"go.mod", "go.sum"} <= {path.name for path in module.iterdir()}


def test_the_pinned_versions_are_those_that_were_proved() -> None:
    assert (CLI.version, SDK_GENERATOR.version) == ("3.259.0", "3.259.0")
    assert (NODE_HOST.version, YAML_HOST.version) == ("3.60.0", "1.25.0")


def test_progress_counts_packages_while_go_works(go: FakeGo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_REPORT_SECONDS", 0.05)
    go.install("echo a/package; echo b/package; sleep 0.3; " + WRITES)
    messages: list[str] = []
    built(CLI, on_progress=messages.append)
    assert any("building pulumi: 2 of at most 3 packages" in text for text in messages)


def test_a_failed_build_leaves_only_its_log(go: FakeGo, tmp_path: Path) -> None:
    go.install("echo 'x.go:1: no such thing'; printf half > \"$2\"; exit 1")
    with pytest.raises(BuildFailed, match="no such thing") as caught:
        built(CLI, on_progress=lambda _: None)
    assert "no such thing" in Path(caught.value.log).read_text()
    left = {path.name for path in (tmp_path / "cache/pulumi-aws-identity-center").iterdir()}
    assert left == {f".pulumi-{CLI.version}.lock", f"pulumi-{CLI.version}.log"}
    go.install(WRITES)
    assert built(CLI, on_progress=lambda _: None).read_text() == "built"


def test_a_go_that_succeeds_without_a_program_is_a_failure(go: FakeGo) -> None:
    go.install("true")
    with pytest.raises(BuildFailed):
        built(CLI, on_progress=lambda _: None)


def test_without_pulumi_and_go_a_sentence_says_what_to_install(go: FakeGo, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"install the Pulumi CLI .* or Go 1\.25\.11 or later") as caught:
        built(CLI, on_progress=lambda _: None)
    assert "\n" not in str(caught.value)


def test_without_go_the_sdk_generator_asks_for_go(go: FakeGo) -> None:
    with pytest.raises(EngineError, match=r"sdkgen has to be built once.*install Go 1\.25\.11 or later") as caught:
        built(SDK_GENERATOR, on_progress=lambda _: None)
    assert "Pulumi CLI" not in str(caught.value)


def test_a_cache_that_cannot_be_written_is_named(go: FakeGo, tmp_path: Path) -> None:
    go.install(WRITES)
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(EngineError, match="XDG_CACHE_HOME"):
        built(CLI, on_progress=lambda _: None)


@pytest.mark.parametrize(
    ("version", "toolchain"), [("go1.19.3", ""), ("go1.20", "auto"), ("go1.24.1", "local"), ("devel", "local")]
)
def test_a_too_old_go_is_named_with_the_version_needed(go: FakeGo, version: str, toolchain: str) -> None:
    go.install(WRITES, version=version, toolchain=toolchain)
    with pytest.raises(EngineError, match=rf"{version}.* needs Go 1.25.11 or later"):
        built(CLI, on_progress=lambda _: None)


@pytest.mark.parametrize(
    ("version", "toolchain"), [("go1.25.11", "local"), ("go1.26rc1", "local"), ("go1.27", ""), ("go1.22.0", "auto")]
)
def test_a_go_that_can_fetch_a_newer_one_builds(go: FakeGo, version: str, toolchain: str) -> None:
    go.install(WRITES, version=version, toolchain=toolchain)
    assert built(CLI, on_progress=lambda _: None).exists()


BUILDS = "from sandbox.engine.build import CLI, built; built(CLI)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_build_after_an_interrupted_one_succeeds(go: FakeGo, tmp_path: Path, number: signal.Signals) -> None:
    go.install(f'printf half > "$2"; echo $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; sleep 600')
    process = subprocess.Popen(
        [sys.executable, "-c", BUILDS], cwd=Path(__file__).parents[3], stderr=subprocess.DEVNULL, env=dict(os.environ)
    )
    until = time.monotonic() + 120
    while not (tmp_path / "pid").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    pretended = psutil.Process(int((tmp_path / "pid").read_text()))
    process.send_signal(number)
    assert process.wait(30) != 0
    entry = tmp_path / f"cache/pulumi-aws-identity-center/pulumi-{CLI.version}"
    assert not entry.exists()
    if number == signal.SIGINT:
        psutil.wait_procs([pretended], timeout=120)
        assert not pretended.is_running()
    else:
        for left in [*pretended.children(), pretended]:
            left.kill()
    go.install(WRITES)
    assert built(CLI, on_progress=lambda _: None).read_text() == "built"
    assert not [path for path in entry.parent.iterdir() if ".making." in path.name]
