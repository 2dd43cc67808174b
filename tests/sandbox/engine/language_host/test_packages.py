"""`pulumi package add` and `pulumi install` on the real engine.

That an installation makes the virtualenv that a project names: tests/engine/test_template.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import pulumi
import pulumi_greet as greet

pulumi.export("greeting", greet.Greeter("g", who="world").greeting)
"""


def test_an_added_component_is_imported_like_any_sdk(workspace: Any, component: Callable[[], Path]) -> None:
    if shutil.which("go") is None:
        pytest.xfail("the generator has to be built once")
    folder = workspace.project(PROGRAM)
    workspace.write("demo", "requirements.txt", "# kept\npulumi\n")
    added = workspace.pulumi("package", "add", str(component()), cwd=folder)
    assert "import pulumi_greet" in added.text
    assert (folder / "requirements.txt").read_text() == "# kept\npulumi\nsdks/greet\n"
    assert "hello world" in workspace.pulumi("up", "--yes", cwd=folder).text
    workspace.pulumi("package", "add", str(folder.parent / "greet"), cwd=folder)
    assert (folder / "requirements.txt").read_text().count("sdks/greet") == 1


def test_install_leaves_a_project_without_a_virtualenv_as_it_is(workspace: Any) -> None:
    if workspace.engine.language_host is not None:
        pytest.xfail("the official host words this differently")
    folder = workspace.project("")
    workspace.write("demo", "requirements.txt", "no-such-distribution==1\n")
    assert "Nothing to install" in workspace.pulumi("install", cwd=folder).text


def test_about_names_the_python_that_programs_run_with(workspace: Any) -> None:
    if workspace.engine.language_host is not None:
        pytest.xfail("the official host takes the Python from PATH")
    folder = workspace.project("")
    output = workspace.pulumi("about", cwd=folder).text
    assert workspace.environment["PULUMI_PYTHON_CMD"] in output
    assert "pytest-xdist" in output
