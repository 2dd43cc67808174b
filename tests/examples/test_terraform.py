"""examples/terraform as far as that goes without Terraform: script and jobs, on plans that OpenTofu wrote of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sandbox.session import ROOT

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


def _fakes(folder: Path, plan: Path) -> str:
    """A PATH on which the fakes come first."""
    for name, body in FAKES.items():
        fake = folder / name
        fake.write_text(f"#!/usr/bin/env bash\n{body.format(plan=plan, root=ROOT)}\n")
        fake.chmod(0o755)
    return f"{folder}:{Path(sys.executable).parent}:{os.environ['PATH']}"


def _bash(folder: Path, script: str, plan: Path, **env: str) -> subprocess.CompletedProcess[str]:
    for name in ("check-sign-in.sh", "main.tf"):
        (folder / name).write_text((EXAMPLE / name).read_text())
    (folder / "bin").mkdir()
    path = _fakes(folder / "bin", plan)
    command = ["bash", "-ec", script]
    settings = {**os.environ, "PATH": path, **env}
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("plan", "code"), [("example", 0), ("example-without-sso", 1)])
def test_the_script_tells_a_good_plan_from_a_bad_one(tmp_path: Path, plan: str, code: int) -> None:
    done = _bash(tmp_path, "bash check-sign-in.sh plan", PLANS / f"{plan}.json")
    assert done.returncode == code, done.stdout + done.stderr
    assert ("principal-removed" in done.stdout) is bool(code)


@pytest.mark.parametrize("text", ["", '{"format_version":"1.2",'])
def test_a_plan_that_cannot_be_shown_is_no_pass(tmp_path: Path, text: str) -> None:
    (tmp_path / "cut.json").write_text(text)
    assert _bash(tmp_path, "bash check-sign-in.sh plan", tmp_path / "cut.json").returncode == 2


def test_a_failing_terraform_is_no_pass(tmp_path: Path) -> None:
    done = _bash(tmp_path, "bash check-sign-in.sh another-plan", PLANS / "example.json")
    assert done.returncode == 2, done.stdout


def _commands(job: str) -> list[str]:
    if job == "gitlab":
        return [command.replace("/opt/gate/bin/pip", "pip") for command in GITLAB["plan"]["script"]]
    steps = GITHUB["jobs"]["plan"]["steps"]
    checkouts = [f"git clone {step['with']['path']}" for step in steps if "path" in step.get("with", {})]
    return [*checkouts, *(step["run"] for step in steps if "run" in step)]


@pytest.mark.parametrize(("plan", "code"), [("example", 0), ("example-without-sso", 1)])
@pytest.mark.parametrize("job", ["github", "gitlab"])
def test_the_jobs_refuse_what_the_script_refuses(tmp_path: Path, job: str, plan: str, code: int) -> None:
    done = _bash(tmp_path, "\n".join(_commands(job)), PLANS / f"{plan}.json", IDENTITY_CENTER_URL="https://git.example")
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
