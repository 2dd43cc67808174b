"""Which `pulumi` is used: the one on PATH, the cached one, or one that has to be built."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.engine import Engine, EngineError, locate
from sandbox.engine.build import CLI


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither pulumi nor Go on PATH, and nothing in the cache."""
    monkeypatch.setenv("PATH", f"{tmp_path}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def cached(tmp_path: Path) -> Path:
    return script(tmp_path / f"cache/pulumi-aws-identity-center/pulumi-{CLI.version}/pulumi", "exit 1")


@pytest.mark.parametrize("told", ["v3.301.2", "3.301.2"])
def test_an_official_cli_with_its_host_is_used(tmp_path: Path, told: str) -> None:
    binary = script(tmp_path / "bin/pulumi", f"echo {told}")
    host = script(tmp_path / "bin/pulumi-language-python", "")
    cached(tmp_path)
    assert locate(pytest.fail) == Engine(binary, "3.301.2", host)


def test_a_cli_without_its_host_gets_the_stand_in(tmp_path: Path) -> None:
    binary = script(tmp_path / "bin/pulumi", "echo v3.301.2-alpha.1")
    assert locate(pytest.fail) == Engine(binary, "3.301.2-alpha.1", None)


def test_the_host_is_looked_for_where_a_symbolic_link_leads(tmp_path: Path) -> None:
    binary = script(tmp_path / "opt/pulumi", "echo v3.301.2")
    host = script(tmp_path / "opt/pulumi-language-python", "")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/pulumi").symlink_to(binary)
    assert locate(pytest.fail) == Engine(binary, "3.301.2", host)


@pytest.mark.parametrize("text", ["exit 1", "echo hello", "echo v3.1.0; exit 2"])
def test_a_cli_without_a_version_is_passed_over_aloud(tmp_path: Path, text: str) -> None:
    script(tmp_path / "bin/pulumi", text)
    messages: list[str] = []
    own = cached(tmp_path)
    assert locate(messages.append) == Engine(own, CLI.version, None)
    assert len(messages) == 1
    assert "isn't used" in messages[0]


def test_without_a_cli_on_path_the_cached_one_is_used(tmp_path: Path) -> None:
    own = cached(tmp_path)
    assert locate(pytest.fail) == Engine(own, CLI.version, None)


def test_with_nothing_a_sentence_says_what_to_install() -> None:
    with pytest.raises(EngineError, match="install the Pulumi CLI"):
        locate(pytest.fail)


def test_a_build_of_the_cli_makes_the_sdk_generator_too(tmp_path: Path) -> None:
    script(
        tmp_path / "bin/go",
        'case $1 in env) echo go1.30;; build) while [ "$1" != -o ]; do shift; done; echo x > "$2";; esac',
    )
    engine = locate(lambda _: None)
    assert engine == Engine(cached_path := engine.binary, CLI.version, None)
    assert (cached_path.parents[1] / f"sdkgen-{CLI.version}/sdkgen").exists()
