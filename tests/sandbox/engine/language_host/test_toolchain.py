"""Which Python runs what, and in which environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.engine.language_host.toolchain import Toolchain, UserError, linked_folders, resolve

DEFAULT = Path("/project/.venv/bin/python")


def test_without_a_named_virtualenv_the_projects_own_python_runs_it(tmp_path: Path) -> None:
    toolchain = resolve(tmp_path, {"toolchain": "pip"}, DEFAULT)
    assert toolchain == Toolchain(DEFAULT, tmp_path, None)
    toolchain.check()


@pytest.mark.parametrize("absolute", [True, False])
def test_a_named_virtualenv_is_taken_from_the_projects_root(tmp_path: Path, absolute: bool) -> None:
    named = str(tmp_path / "env") if absolute else "env"
    assert resolve(tmp_path, {"virtualenv": named}, DEFAULT).python == tmp_path / "env/bin/python"


def test_a_missing_virtualenv_is_told_with_both_ways_out(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"`pulumi install`.*take `virtualenv` out"):
        resolve(tmp_path, {"virtualenv": "env"}, DEFAULT).check()


def test_the_environment_puts_this_python_first_and_unbuffers_it(tmp_path: Path) -> None:
    base = {"PATH": "/bin", "PYTHONHOME": "/x", "VIRTUAL_ENV": "/y", "KEPT": "1"}
    environment = Toolchain(DEFAULT, tmp_path).environment(base)
    assert environment["PATH"] == "/project/.venv/bin:/bin"
    assert environment["VIRTUAL_ENV"] == "/project/.venv"
    assert environment["PYTHONUNBUFFERED"] == "1"
    assert environment["KEPT"] == "1"
    assert "PYTHONHOME" not in environment
    assert "PYTHONPATH" not in environment


def test_linked_folders_are_importable_before_the_callers_own_path(tmp_path: Path) -> None:
    for name in ("sdks/one", "sdks/two"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("pulumi>=3\nsdks/one  # added\n-e sdks/two\n./absent\n\n#sdks/one\n")
    assert linked_folders(tmp_path) == [tmp_path / "sdks/one", tmp_path / "sdks/two"]
    environment = Toolchain(DEFAULT, tmp_path).environment({"PYTHONPATH": "/mine"})
    assert environment["PYTHONPATH"] == f"{tmp_path}/sdks/one:{tmp_path}/sdks/two:/mine"


def test_a_virtualenv_gets_its_linked_packages_from_pip(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "requirements.txt").write_text("one\n")
    assert "PYTHONPATH" not in resolve(tmp_path, {"virtualenv": "env"}, DEFAULT).environment({})
