"""`pulumi new templates/identity-center` makes a project that installs, goes up and is protected."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.session import ROOT

TEMPLATE = ROOT / "templates" / "identity-center"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT / "components")], check=True)
    return folder


def test_a_project_of_the_template_installs_and_goes_up(
    sandbox_session: Callable, wheels: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "ours"
    session = sandbox_session()
    new = ["new", str(TEMPLATE), "--generate-only", "--yes", "--name", "ours", "--description", "Our sign-in"]
    session.pulumi(*new, "--dir", str(folder), cwd=tmp_path)
    assert not (folder / "Pulumi.dev.yaml").exists()
    assert "name: ours\ndescription: Our sign-in\n" in (folder / "Pulumi.yaml").read_text("utf-8")

    # Offline: the package from the wheel; what the package needs, from this environment.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_FIND_LINKS": str(wheels)}
    session.environment.update(offline)
    session.pulumi("install", cwd=folder)
    site = next(folder.glob("venv/lib/python*/site-packages"))
    assert (site / "pulumi_aws_identity_center" / "py.typed").exists()
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))

    session.pulumi("stack", "init", "dev", cwd=folder)
    session.pulumi("config", "set", "aws:region", "us-east-1", cwd=folder)
    session.pulumi("up", "--yes", "--suppress-progress", "--policy-pack", str(ROOT / "policies"), cwd=folder)
    assert session.pulumi("stack", "output", "trustedAccessProtected", cwd=folder).out.strip() == "true"
    assert session.pulumi("destroy", "--preview-only", cwd=folder, check=False).code != 0
