"""Every command of the README and of the pages of the first hour runs as printed, in a fresh clone.

The clone has the environment that `make setup` would make there, with a Python that starts faster. In place of a real
account it gets the sandbox; in place of a person who answers "yes", PULUMI_SKIP_CONFIRMATIONS; in place of a package
registry, what is installed here. A command that several pages print runs once. The steps of docs/leaving.md
run in test_leaving.py, those of templates/README.md in test_template.py.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from sandbox.session import ROOT, Result, Session
from tests.printed_commands import block_lines, inline_commands, spelled_out, with_all_options

_OF_THE_FIRST_HOUR = ("ci", "recovery", "audit", "who-can-disable", "leaving")
PAGES = ("README.md", *(f"docs/{name}.md" for name in _OF_THE_FIRST_HOUR))
STEPS_RUN_ELSEWHERE = "docs/leaving.md"

NOT_RUN = {
    "terraform apply": "names the call that the gate judges; there is no Terraform here",
    "tofu apply": "names the call that the gate judges; there is no OpenTofu here",
    "make incident": "tests/sandbox/test_incident_demo.py runs it; `make --dry-run` here",
    "make sentinel-demo": "tests/sandbox/test_sentinel_demo.py runs it; `make --dry-run` here",
    "make up": "tests/sandbox/test_main_job.py runs its recipe; `make --dry-run` here",
    "python -m sandbox serve": "tests/sandbox/test_main.py runs it",
    "make check": "minutes of lint and types; `make --dry-run` instead",
    "make quick": "this test is one of those that it runs; `make --dry-run` instead",
    "make test": "this test is one of those that it runs; `make --dry-run` instead",
    ".ci/run": "it runs `make check` and `make test`; `bash -n` instead",
    "git clone": "names what the jobs do; tests/engine/test_policy_ci.py runs them",
    "pulumi install": "it would install into the environment of these tests; tests/engine/test_policy_bundle.py",
    "pip install -r requirements.txt": "the same",
    "pulumi policy publish": "needs Pulumi Cloud",
    "pip uninstall pulumi-aws-identity-center": "it would uninstall the package from the environment of these tests",
}
# What a page leaves to its reader, in the order in which it is filled in.
FILLED_IN = (
    ("SERVICE:OPERATION:ERROR[:COUNT]", "organizations:ListAccounts:ThrottlingException:1"),
    ("NAME-or-FILE", "sso-enabled"),
    ("COMMAND …", "identity-center status"),
    ("PATH/TO/templates", "templates"),
    ("PATH/TO/this/checkout/policies", "policies"),
    ("document KIND", "document preview"),
    ("./identity-center/components", "./components"),
    ("identity-center/policies", "policies"),
    ('"$plan"', "preview.json"),
    ("state delete URN", "state delete urn:pulumi:production::aws-identity-center::none::none"),
    ("FILE or -", "preview.json"),
    ("PREVIEW.json", "preview.json"),
    ("--watch SECONDS", "--watch 5"),
    ("--stack-config FILE", "--stack-config Pulumi.production.yaml"),
    ("Pulumi.prod.yaml", "Pulumi.production.yaml"),
    ("--input FILE", "--input details.json"),
    ("--baseline FILE", "--baseline baseline.json"),
    ("stack select NAME", "stack select production"),
    ("matrix FILE", "matrix sandbox/access.yaml"),
)
# Everything else ends with 0.
ENDS_WITH = {
    "identity-center status --expect-delegated-administrator 222233334444": (1, "nobody is registered"),
    "identity-center status --members --assume-role 'arn:aws:iam::{account}:role/audit'": (
        2,
        "no account has the role",
    ),
    "identity-center gate": (2, "there is nothing on standard input"),
    "identity-center matrix --diff": (2, "names an option: the table of commands has the whole command"),
    "pulumi import": (1, "names the command: docs/matrix-commands.md has all of it"),
    "pulumi destroy": (1, "trusted access is protected"),
    "pulumi stack rm": (1, "the stack still has its resources"),
    "pulumi state delete urn:pulumi:production::aws-identity-center::none::none": (1, "there is no such resource"),
    "pulumi new": (1, "names the command: the template's page has all of it"),
}
# What a printed command reads is made by this one, where no printed command has made it.
MADE_BY = {
    "baseline.json": "identity-center who-can-disable --baseline baseline.json --update-baseline",
    "preview.json": "pulumi preview --json > preview.json",
    "policy-config.json": "echo '{}' > policy-config.json",
}


@dataclass
class Clone:
    """A fresh copy of this repository, with a sandbox beside it."""

    folder: Path
    session: Session
    environment: dict[str, str]

    def run(self, command: str) -> Result:
        """As a person's shell would."""
        if command.startswith("make "):  # in its own sandbox, as it comes
            return self._make(command)
        if "--watch" in command:
            return self._until_interrupted(command)
        self._make_inputs(command)
        # Never into the environment of the tests themselves.
        target = {"PIP_TARGET": str(self.folder / "pip")} if command.startswith("pip ") else {}
        environment = {**self.environment, **target}
        return self.session.run("bash", "-c", command, cwd=self.folder, check=False, env=environment)

    def _make_inputs(self, command: str) -> None:
        for file, made_by in MADE_BY.items():
            is_read = file in command and f"> {file}" not in command
            if is_read and not (self.folder / file).exists():
                self.session.run("bash", "-c", made_by, cwd=self.folder, env=self.environment)

    def _make(self, command: str) -> Result:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            input="identity-center status\nexit\n",  # for the shell that `make shell` opens
            capture_output=True,
            text=True,
            env={**os.environ, "SHELL": "/bin/bash"},
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def _until_interrupted(self, command: str) -> Result:
        """Ctrl-C at the last line before it waits."""
        with subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.folder,
            env={**self.session.environment, **self.environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running:
            assert running.stdout is not None
            out = ""
            for line in running.stdout:
                out += line
                if "verdict" in line:
                    running.send_signal(signal.SIGINT)
        # Interrupted before it waits, it says 130.
        return Result(0 if running.returncode == 130 else running.returncode, out, "")


@pytest.fixture
def clone(sandbox_session: Callable[..., Session], tmp_path: Path) -> Clone:
    folder = tmp_path / "clone" / "repository"
    left_out = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", ".sandbox", "__pycache__", "dist")
    shutil.copytree(ROOT, folder, ignore=left_out, symlinks=True)
    session = sandbox_session()
    _install(folder, session)
    offline = {
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
    }
    environment = {"PULUMI_SKIP_CONFIRMATIONS": "true", "VIRTUAL_ENV_DISABLE_PROMPT": "1", **offline}
    details = session.aws.client("iam").get_account_authorization_details()
    (folder / "details.json").write_text(json.dumps(details, default=str))
    return Clone(folder, session, environment)


def _install(folder: Path, session: Session) -> None:
    """What `make setup` makes, out of this environment's files and stamped as made there."""
    venv = folder / ".venv"
    (venv / "bin").mkdir(parents=True)
    command = shutil.which("identity-center", path=session.environment["PATH"])
    faster = {"python": session.python, "identity-center": command}
    for program in (Path(sys.prefix) / "bin").iterdir():
        (venv / "bin" / program.name).symlink_to(faster.get(program.name) or program)
    for name in ("lib", "pyvenv.cfg"):
        (venv / name).symlink_to(Path(sys.prefix) / name)
    digest = subprocess.run(
        [sys.executable, "-c", "from sandbox import setup; print(setup._digest())"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (venv / "installed").write_text(digest)


def _variants(command: str, clone: Clone) -> list[str]:
    for placeholder, value in FILLED_IN[:1]:
        command = command.replace(placeholder, value)
    # It imports the whole embedded AWS each time; what each option does is for tests/sandbox.
    is_slow = command.startswith("python -m sandbox run")
    variants = [with_all_options(command)] if is_slow else spelled_out(command)
    for placeholder, value in FILLED_IN:
        variants = [variant.replace(placeholder, value.replace("{clone}", str(clone.folder))) for variant in variants]
    return variants


def _check(command: str, clone: Clone) -> None:
    if command.startswith("aws "):
        _check_aws(command)
        return
    if command in NOT_RUN:
        if command.startswith("make "):
            assert clone.run(f"make --dry-run {command.removeprefix('make ')}").code == 0
        return
    code, reason = _expected_end(command)
    done = clone.run(command)
    assert done.code == code, (command, reason, done.text)


def _expected_end(command: str) -> tuple[int, str]:
    """The exit status, and why."""
    if command.startswith("identity-center who-can-disable") and "--baseline" not in command:
        return 1, "the default seed has roles that can"
    return ENDS_WITH.get(command, (0, "as all do"))


def _check_aws(command: str) -> None:
    """The AWS CLI isn't here: its commands and options are named after botocore's operations and parameters."""
    _, service, operation, *options = command.split()
    model = botocore.session.get_session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    members = model.operation_model(names[operation]).input_shape.members
    flags = {option for option in options if option.startswith("--")}
    assert flags <= {f"--{xform_name(member, '-')}" for member in members}


def _read(pages: Iterable[str]) -> list[str]:
    return [(ROOT / page).read_text("utf-8") for page in pages]


@pytest.mark.timeout(600)
def test_every_command_runs_as_printed(clone: Clone) -> None:
    """First what the pages print to be run, in order; then what their sentences name."""
    steps = [
        line for text in _read(page for page in PAGES if page != STEPS_RUN_ELSEWHERE) for line in block_lines(text)
    ]
    named = [command for text in _read(PAGES) for command in inline_commands(text)]
    variants = [variant for command in [*steps, *named] for variant in _variants(command, clone)]
    for command in dict.fromkeys(variants):
        _check(command, clone)


def test_every_exception_is_still_printed_somewhere() -> None:
    texts = _read(PAGES)
    printed = {command for text in texts for command in [*block_lines(text), *inline_commands(text)]}
    assert set(NOT_RUN) <= printed
