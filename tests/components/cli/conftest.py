"""The command as a user runs it: a process of its own, with the sandbox's environment and nothing of this machine's."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from sandbox.aws import EmbeddedAws

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def aws() -> Iterator[Callable[..., EmbeddedAws]]:
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(EmbeddedAws(*arguments, **options))


@pytest.fixture
def environment() -> Callable[..., dict[str, str]]:
    """The whole environment: one attempt a call, so that a fault which stays is told at once."""

    def build(cloud: EmbeddedAws | None, **env: str) -> dict[str, str]:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        isolated = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        isolated |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}
        return {**bare, **isolated, **(cloud.environment() if cloud else {}), **env}

    return build


@pytest.fixture
def command() -> list[str]:
    return [sys.executable, "-m", "pulumi_aws_identity_center"]


@pytest.fixture
def run(environment: Callable[..., dict[str, str]], command: list[str]) -> Run:
    def process(cloud: EmbeddedAws | None, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments],
            env=environment(cloud, **env),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=150,
        )

    return process
