"""The pack without an installed package: as a bundle, in its repository beside it, and alone with a sentence."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from rules.registry import RULES

PACK = Path(__file__).resolve().parents[2] / "policies"
# -S and -I: neither this environment's editable installs nor the current folder can help.
_BARE = """
import runpy, sys
sys.path.append({site!r})
runpy.run_path({pack!r}, run_name="looked at")
from rules.registry import RULES
import pulumi_aws_identity_center
print(len(RULES), pulumi_aws_identity_center.__file__)
"""


def _bundle(to: Path) -> list[str]:
    spec = importlib.util.spec_from_file_location("bundle", PACK / "bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    files: list[str] = module.bundle(to)
    return files


def _bare(pack: Path) -> str:
    return _BARE.format(site=sysconfig.get_paths()["purelib"], pack=str(pack))


def _look_at(pack: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-S", "-I", "-c", _bare(pack)], cwd=cwd, capture_output=True, text=True)


def test_a_bundle_needs_nothing_but_its_requirements(tmp_path: Path) -> None:
    modules = _bundle(tmp_path / "pack")
    done = _look_at(tmp_path / "pack", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(len(RULES)), str(tmp_path / "pack/pulumi_aws_identity_center/__init__.py")]
    assert (tmp_path / "pack/requirements.txt").read_text().split() == ["pulumi>=3.272,<4"]
    # The evaluator goes along; what talks to AWS or reads previews does not.
    assert "pulumi_aws_identity_center.iam.evaluation" in modules
    assert not [name for name in modules if name.split(".")[1] in ("access", "aws", "cli", "gate", "status")]


def test_it_is_made_where_a_link_points(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("there")
    assert _bundle(tmp_path / "link") == _bundle(tmp_path / "link")
    assert (tmp_path / "there/PulumiPolicy.yaml").exists()


def test_it_is_made_again_over_itself_and_over_nothing_else(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    first = _bundle(pack)
    (pack / "rules/old.py").write_text("raise ValueError")
    assert _bundle(pack) == first
    assert not (pack / "rules/old.py").exists()
    (pack / "policy-config.json").write_text("{}")  # what its user keeps beside it stays
    assert _bundle(pack) == first
    assert (pack / "policy-config.json").exists()
    for name in ("thesis.txt", "PulumiPolicy.yaml", "pulumi_aws_identity_center"):  # another's pack, the package's root
        mine = tmp_path / f"with {name}"
        mine.mkdir()
        (mine / name).write_text("years of work")
        with pytest.raises(SystemExit, match="no bundle"):
            _bundle(mine)
        assert (mine / name).exists()


def test_a_target_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for target in ("file/pack", "loop", "n" * 300, "--help"):
        command = [sys.executable, str(PACK / "bundle.py"), target]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"file", "loop"}


def test_a_python_without_the_requirements_says_so_and_writes_nothing(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", symlinks=True)
    command = [tmp_path / "bare/bin/python", PACK / "bundle.py", tmp_path / "pack"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    (message,) = done.stderr.splitlines()
    assert "(ModuleNotFoundError: No module named " in message
    assert "make policy-bundle" in message
    assert not (tmp_path / "pack").exists()


def test_in_its_repository_it_finds_the_package_beside_it(tmp_path: Path) -> None:
    done = _look_at(PACK, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[1] == str(PACK.parent / "components/pulumi_aws_identity_center/__init__.py")
    # Whatever else is installed.
    (tmp_path / "pulumi_aws_identity_center.py").write_text("raise ValueError")
    program = f"import sys; sys.path.append({str(tmp_path)!r})\n{_bare(PACK)}"
    done = subprocess.run([sys.executable, "-S", "-I", "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_its_folder_alone_says_what_it_lacks(tmp_path: Path) -> None:
    shutil.copytree(PACK, tmp_path / "pack", ignore=shutil.ignore_patterns("__pycache__"))
    done = _look_at(tmp_path / "pack", tmp_path)
    assert done.returncode == 1
    assert "make policy-bundle" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bundle_names_what_its_python_lacks(tmp_path: Path) -> None:
    _bundle(tmp_path / "pack")
    venv.create(tmp_path / "bare", symlinks=True)
    command = [tmp_path / "bare/bin/python", tmp_path / "pack"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    (message,) = done.stderr.splitlines()
    assert str(tmp_path / "bare/bin/python") in message
    assert "pip install -r requirements.txt" in message
