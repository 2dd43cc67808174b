"""The built wheel and the plugin's archive carry what users need, and the CLI works without Pulumi's SDK."""

from __future__ import annotations

import ast
import json
import os
import re
import runpy
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from sandbox.session import ROOT

COMPONENTS = ROOT / "components"
PACKAGE = COMPONENTS / "pulumi_aws_identity_center"
PROJECT = tomllib.loads((COMPONENTS / "pyproject.toml").read_text("utf-8"))["project"]
README = (COMPONENTS / "README.md").read_text("utf-8")

# What `import pulumi` and its like raise where they are not installed.
_BLOCK_PULUMI = """
import sys
sys.modules.update(dict.fromkeys(("pulumi", "pulumi_aws", "grpc", "google.protobuf")))
"""
_WITHOUT_PULUMI = f"""{_BLOCK_PULUMI}
import json
from pulumi_aws_identity_center.cli import main
codes = []
for command in json.loads(sys.argv[1]):
    sys.argv = ["identity-center", *command]
    try:
        main()
    except SystemExit as end:
        codes.append(end.code or 0)
print(codes)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(COMPONENTS)], check=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def test_the_wheel_has_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    files = [file for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    assert {str(file.relative_to(COMPONENTS)) for file in files} <= set(wheel.namelist())


@pytest.mark.parametrize("name", ["pulumi-plugin.json", "py.typed"])
def test_the_wheel_has_what_pulumi_and_type_checkers_look_for(wheel: zipfile.ZipFile, name: str) -> None:
    assert f"pulumi_aws_identity_center/{name}" in wheel.namelist()


def test_the_wheel_has_the_licence(wheel: zipfile.ZipFile, metadata: Message) -> None:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/licenses/LICENSE"))
    assert wheel.read(name).decode() == (ROOT / "LICENSE").read_text("utf-8")
    assert metadata["License-Expression"] == "Apache-2.0"


def test_the_wheel_has_the_readme(metadata: Message) -> None:
    assert metadata.get_payload() == README


def test_the_plugins_file_names_the_packages_version() -> None:
    assert json.loads((PACKAGE / "pulumi-plugin.json").read_text("utf-8"))["version"] == PROJECT["version"]


def _imported(module: ast.Module) -> Iterator[str]:
    """The first parts of the names of what it imports, but for its own package's relative imports."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).partition(".")[0]


def test_every_imported_distribution_is_a_dependency() -> None:
    imported = {"boto3", "botocore", "pulumi", "typer", "rich", "yaml", "grpc", "google"}
    foreign = {root for file in PACKAGE.rglob("*.py") for root in _imported(ast.parse(file.read_text("utf-8")))}
    foreign -= {*sys.stdlib_module_names, "pulumi_aws_identity_center"}
    assert foreign == imported
    # rich comes with typer, botocore with boto3, grpc and google with pulumi.
    assert _names(PROJECT["dependencies"]) == {"boto3", "typer", "PyYAML"}
    assert _names(PROJECT["optional-dependencies"]["pulumi"]) == {"pulumi", "pulumi-aws"}


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=]", requirement)[0] for requirement in requirements}


def test_the_archives_requirements_are_those_of_the_plugin(tmp_path: Path) -> None:
    archive = runpy.run_path(str(COMPONENTS / "archive.py"))["make_archive"](tmp_path)
    with tarfile.open(archive) as tar:
        file = tar.extractfile("requirements.txt")
        assert file is not None
        lines = file.read().decode().splitlines()
    assert _names(lines) == {"boto3", "typer", "PyYAML", "pulumi", "pulumi-aws"}


def test_the_plugins_folder_installs_itself_with_the_extra() -> None:
    lines = (COMPONENTS / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [".[pulumi]"]


@pytest.mark.parametrize("name", ["TrustedAccess", "guard_stack", "OrganizationSso"])
def test_without_the_extra_a_component_says_which_command_installs_it(name: str) -> None:
    program = f"{_BLOCK_PULUMI}\nfrom pulumi_aws_identity_center import {name}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    (last,) = done.stderr.splitlines()[-1:]
    assert last == (
        f"ModuleNotFoundError: {name} needs Pulumi's Python SDK, which is not installed: pip install "
        "'pulumi-aws-identity-center[pulumi]' (from a checkout: pip install 'PATH/TO/components[pulumi]')."
    )


def test_without_the_extra_the_documents_are_there() -> None:
    program = (
        f"{_BLOCK_PULUMI}\nfrom pulumi_aws_identity_center import enable_document, guard_document, install_document"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_the_archive_has_the_licence(tmp_path: Path) -> None:
    archive = runpy.run_path(str(COMPONENTS / "archive.py"))["make_archive"](tmp_path)
    with tarfile.open(archive) as tar:
        assert "LICENSE" in tar.getnames()


def test_the_readmes_program_is_the_templates() -> None:
    program = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    template = (ROOT / "templates" / "identity-center" / "__main__.py").read_text("utf-8")
    assert len(program) == 1
    assert program[0] in template


def test_the_cli_works_without_pulumis_sdk(tmp_path: Path) -> None:
    (tmp_path / "preview.json").write_text('{"steps": [], "changeSummary": {}}')
    (tmp_path / "details.json").write_text(
        json.dumps({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []})
    )
    (tmp_path / "access.yaml").write_text("permissionSets: {}\nassignments: []\n")
    good = [["--version"], ["document", "guard"], ["gate", "preview.json"], ["matrix", "access.yaml"]]
    # No credentials, and no whole account: what can't be told ends with status 2 and a sentence.
    unknown = [["who-can-disable", "--input", "details.json"], ["status"], ["recover"], ["import-matrix"]]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_PULUMI, json.dumps([*good, *unknown])],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ModuleNotFoundError" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.endswith("[0, 0, 0, 0, 2, 2, 2, 2]\n"), done.stdout + done.stderr
