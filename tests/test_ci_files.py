"""The CI files that docs/ci.md and the examples print are what GitHub's and GitLab's schemas allow."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sandbox.session import ROOT

_SCHEMAS = {"GitHub": "vendor.github-workflows", "GitLab": "vendor.gitlab-ci"}
_TERRAFORM = ROOT / "examples" / "terraform"


def _block(path: str) -> str:
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    (block,) = re.findall(rf"^```yaml\n(# {re.escape(path)}\n.*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(block)


FILES = {
    ("GitHub", "docs/ci.md"): _block(".github/workflows/sign-in.yml"),
    ("GitLab", "docs/ci.md"): _block(".gitlab-ci.yml"),
    ("GitHub", "examples/terraform"): (_TERRAFORM / ".github/workflows/plan.yml").read_text("utf-8"),
    ("GitLab", "examples/terraform"): (_TERRAFORM / ".gitlab-ci.yml").read_text("utf-8"),
}


def _validate(system: str, text: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    (tmp_path / "ci.yml").write_text(text)
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", _SCHEMAS[system], str(tmp_path / "ci.yml")]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize(("system", "place"), FILES)
def test_the_ci_file_fits_its_systems_schema(system: str, place: str, tmp_path: Path) -> None:
    done = _validate(system, FILES[system, place], tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [[], [""]])
def test_the_script_checks_no_stack_but_the_one_it_is_given(arguments: list[str]) -> None:
    """Pulumi takes `--stack ""`, such as a variable that isn't set, for the stack that happens to be selected."""
    script = str(ROOT / "examples" / "ci" / "check-sign-in.sh")
    done = subprocess.run(["bash", script, *arguments], capture_output=True, text=True)
    assert done.returncode != 0
    assert "give the stack" in done.stderr


@pytest.mark.parametrize("system", _SCHEMAS)
def test_a_misspelt_key_does_not_fit(system: str, tmp_path: Path) -> None:
    wrong = {"GitHub": ("runs-on", "run-on"), "GitLab": ("    - if:", "    - iff:")}[system]
    assert _validate(system, FILES[system, "docs/ci.md"].replace(*wrong), tmp_path).returncode == 1


def test_every_action_is_pinned_to_a_commit() -> None:
    used = [action for text in FILES.values() for action in re.findall(r"uses: (\S+)", text)]
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in used)


def test_no_job_is_skipped_because_it_could_not_check() -> None:
    """GitHub counts a skipped job as passed, so a job's condition is about the event only."""
    jobs = yaml.safe_load(FILES["GitHub", "docs/ci.md"])["jobs"]
    assert {job["if"] for job in jobs.values()} == {
        "github.event_name != 'schedule'",
        "github.event_name == 'push'",
        "github.event_name == 'schedule'",
    }
    assert jobs["status"]["steps"][-1]["if"] == "${{ !cancelled() }}"
