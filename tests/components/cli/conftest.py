"""The command with the sandbox's environment and nothing of this machine's: within the test's process, which is much
faster; and as a process of its own, for what only that shows."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from pulumi_aws_identity_center.cli.application import build
from typer.testing import CliRunner

from sandbox.aws import EmbeddedAws
from tests.warm_python import WarmPython


@dataclass(frozen=True)
class Outcome:
    """What a command came to; named as in subprocess."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Outcome]


@pytest.fixture
def aws() -> Iterator[Callable[..., EmbeddedAws]]:
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(EmbeddedAws(*arguments, **options))


@pytest.fixture
def settings() -> Callable[..., dict[str, str]]:
    """AWS's variables: one attempt a call, so that a lasting fault is reported at once."""

    def build_them(cloud: EmbeddedAws | None, **env: str) -> dict[str, str]:
        isolated = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        isolated |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}
        return {**isolated, **(cloud.environment() if cloud else {}), **env}

    return build_them


@pytest.fixture
def run(settings: Callable[..., dict[str, str]]) -> Run:
    """run(cloud, *arguments, stdin=..., VARIABLE=...)"""

    def command(cloud: EmbeddedAws | None, *arguments: str, stdin: str = "", **env: str) -> Outcome:
        without: dict[str, str | None] = {name: None for name in os.environ if name.startswith("AWS_")}
        result = CliRunner().invoke(
            build(arguments), arguments, input=stdin, env={**without, **settings(cloud, **env)}, catch_exceptions=False
        )
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return command


@pytest.fixture
def command() -> list[str]:
    return [sys.executable, "-m", "pulumi_aws_identity_center"]


@pytest.fixture
def warm_command(warm: WarmPython) -> list[str]:
    """A process that has imported everything already. Its three standard streams are open, whatever ours are."""
    return [str(warm.commands / "identity-center")]


@pytest.fixture
def environment(settings: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    """The whole environment of a process."""

    def build_it(cloud: EmbeddedAws | None, **env: str) -> dict[str, str]:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {**bare, **settings(cloud, **env)}

    return build_it
