"""examples/terraform as far as that goes without Terraform: script and jobs, on plans that OpenTofu wrote of it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sandbox.session import ROOT
from tests.warm_python import WarmPython

Bash = Callable[..., subprocess.CompletedProcess[str]]
EXAMPLE = ROOT / "examples/terraform"
PLANS = ROOT / "tests/components/gate/captures/terraform"
GITHUB = yaml.safe_load((EXAMPLE / ".github/workflows/plan.yml").read_text())
GITLAB = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text())

# `show -json` prints the recorded plan; what reaches out of the machine only checks what it is asked for.
FAKES = {
    "terraform": '[[ $1 != show ]] || {{ [[ $3 == plan ]] && cat "{plan}"; }}',
    "git": 'ln -s "{root}" "${{@: -1}}"',
    "pip": 'test -e "$2"',
    "apk": "true",
    "python3": "mkdir -p fake-venv",
}


def _write_fakes(folder: Path, plan: Path) -> None:
    for name, body in FAKES.items():
        fake = folder / name
        fake.write_text(f"#!/usr/bin/env bash\n{body.format(plan=plan, root=ROOT)}\n")
        fake.chmod(0o755)


@pytest.fixture
def bash(tmp_path: Path, warm: WarmPython) -> Bash:
    """`bash(script, plan, VARIABLE=...)` runs it beside the example's files, with the fakes and our command first."""

    def run(script: str, plan: Path, **env: str) -> subprocess.CompletedProcess[str]:
        for name in ("check-sign-in.sh", "main.tf"):
            (tmp_path / name).write_text((EXAMPLE / name).read_text())
        fakes = tmp_path / "bin"
        fakes.mkdir()
        _write_fakes(fakes, plan)
        settings = {**os.environ, "PATH": f"{fakes}:{warm.commands}:{os.environ['PATH']}", **env}
        command = ["bash", "-ec", script]
        return subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize(("plan", "code"), [("example", 0), ("example-without-sso", 1)])
def test_the_script_tells_a_good_plan_from_a_bad_one(bash: Bash, plan: str, code: int) -> None:
    done = bash("bash check-sign-in.sh plan", PLANS / f"{plan}.json")
    assert done.returncode == code, done.stdout + done.stderr
    assert ("principal-removed" in done.stdout) is bool(code)


@pytest.mark.parametrize("text", ["", '{"format_version":"1.2",'])
def test_a_plan_that_cannot_be_shown_is_no_pass(bash: Bash, tmp_path: Path, text: str) -> None:
    (tmp_path / "cut.json").write_text(text)
    assert bash("bash check-sign-in.sh plan", tmp_path / "cut.json").returncode == 2


def test_a_failing_terraform_is_no_pass(bash: Bash) -> None:
    done = bash("bash check-sign-in.sh another-plan", PLANS / "example.json")
    assert done.returncode == 2, done.stdout


def test_a_call_without_a_plan_tells_nothing(bash: Bash) -> None:
    done = bash("bash check-sign-in.sh", PLANS / "example.json")
    assert (done.returncode, done.stderr) == (2, "check-sign-in.sh PLAN\n")


def _commands(job: str) -> list[str]:
    if job == "gitlab":
        return [command.replace("/opt/gate/bin/pip", "pip") for command in GITLAB["plan"]["script"]]
    steps = GITHUB["jobs"]["plan"]["steps"]
    checkouts = [f"git clone {step['with']['path']}" for step in steps if "path" in step.get("with", {})]
    return [*checkouts, *(step["run"] for step in steps if "run" in step)]


@pytest.mark.parametrize(("plan", "code"), [("example", 0), ("example-without-sso", 1)])
@pytest.mark.parametrize("job", ["github", "gitlab"])
def test_the_jobs_refuse_what_the_script_refuses(bash: Bash, job: str, plan: str, code: int) -> None:
    done = bash("\n".join(_commands(job)), PLANS / f"{plan}.json", IDENTITY_CENTER_URL="https://git.example")
    assert done.returncode == code, done.stdout + done.stderr


def test_every_action_and_version_is_pinned() -> None:
    steps = GITHUB["jobs"]["plan"]["steps"]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    versions = [value for step in steps for key, value in step.get("with", {}).items() if "version" in key]
    exact = re.compile(r"\d+\.\d+\.\d+")
    assert len(versions) == 2
    assert all(exact.fullmatch(version) for version in versions)
    assert exact.fullmatch(GITLAB["plan"]["image"]["name"].partition(":")[2])
    (provider,) = re.findall(r'\bversion = "([^"]+)"', (EXAMPLE / "main.tf").read_text())
    assert exact.fullmatch(provider)


def test_both_jobs_check_out_one_release_of_the_gate() -> None:
    (ref,) = [step["with"]["ref"] for step in GITHUB["jobs"]["plan"]["steps"] if "ref" in step.get("with", {})]
    assert f"--branch {ref} " in " ".join(GITLAB["plan"]["script"])
