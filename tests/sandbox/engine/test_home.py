"""How a PULUMI_HOME is laid out."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from sandbox.engine import Engine, prepare_home

PYTHON = Path(sys.executable)
OWN = Engine(Path("/opt/pulumi"), "3.259.0", None)


def plugins(home: Path) -> set[str]:
    return {str(path.relative_to(home / "plugins")) for path in (home / "plugins").glob("*/*")}


def test_host_and_provider_are_placed_under_their_versions(tmp_path: Path) -> None:
    prepare_home(tmp_path / "home", OWN, PYTHON)
    aws = f"resource-aws-v{metadata.version('pulumi_aws')}/pulumi-resource-aws"
    own = f"resource-aws-identity-center-v{metadata.version('pulumi-aws-identity-center')}"
    own += "/pulumi-resource-aws-identity-center"
    assert plugins(tmp_path / "home") == {aws, own, "language-python-v3.259.0/pulumi-language-python"}


def test_an_official_host_is_left_to_do_its_work(tmp_path: Path) -> None:
    official = Engine(Path("/opt/pulumi"), "3.301.2", Path("/opt/pulumi-language-python"))
    prepare_home(tmp_path, official, PYTHON)
    assert not list((tmp_path / "plugins").glob("language-python-*"))


@pytest.mark.parametrize("language", ["nodejs", "yaml"])
def test_an_official_host_is_placed_when_given(tmp_path: Path, language: str) -> None:
    host = tmp_path / "its host"
    host.write_text("#!/bin/sh\necho host $1\n")
    host.chmod(0o755)
    option = {"nodejs": "node_host", "yaml": "yaml_host"}[language]
    prepare_home(tmp_path / "home", OWN, PYTHON, **{option: host})
    placed = tmp_path / f"home/plugins/language-{language}-v3.259.0/pulumi-language-{language}"
    assert subprocess.run([placed, "x"], capture_output=True, text=True, check=True).stdout == "host x\n"


def test_the_environment_keeps_the_engine_quiet_and_at_home(tmp_path: Path) -> None:
    added = prepare_home(tmp_path, OWN, PYTHON)
    assert added["PULUMI_HOME"] == str(tmp_path)
    assert added["PULUMI_SKIP_UPDATE_CHECK"] == "true"
    assert added["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"


def test_laying_it_out_again_changes_the_python(tmp_path: Path) -> None:
    prepare_home(tmp_path, OWN, Path("/old/python"))
    prepare_home(tmp_path, OWN, PYTHON)
    for script in (tmp_path / "plugins").glob("*/*"):
        assert str(PYTHON) in script.read_text()
        assert "/old/python" not in script.read_text()
    assert not list((tmp_path / "plugins").glob("*/.*"))


def test_a_programs_folder_can_not_shadow_the_provider(tmp_path: Path) -> None:
    (tmp_path / "sandbox.py").write_text("raise SystemExit('the wrong module')")
    python = tmp_path / "with space" / "python"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\necho "$PYTHONPATH" "$@"\n')
    python.chmod(0o755)
    prepare_home(tmp_path / "home", OWN, python)
    script = next((tmp_path / "home/plugins").glob("resource-aws-*/pulumi-resource-aws"))
    environment = {**os.environ, "PYTHONPATH": "/mine"}
    done = subprocess.run([script, "-v=9", "addr"], env=environment, capture_output=True, text=True, check=True)
    root = Path(__file__).parents[3]
    assert done.stdout == f"{root}:/mine -P -m sandbox.provider -v=9 addr\n"
