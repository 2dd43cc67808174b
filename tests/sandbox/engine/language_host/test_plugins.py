"""Policy packs and component plugins on the real engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PACK = """
import os

import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

AT_IMPORT = f"{os.environ.get('PULUMI_PROJECT')}-{os.environ.get('PULUMI_STACK')}"


def validate(args, report_violation):
    config = pulumi.Config("demo")
    known = [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization(), config.get("colour")]
    when = "preview" if pulumi.runtime.is_dry_run() else "update"
    report_violation(f"knows {known} during {when}, imported for {AT_IMPORT}, and {config.get('hidden')}")


def refuse(args, report_violation):
    if args.get_config().get("refuse"):
        report_violation("refused as configured")


PolicyPack(
    "telling",
    policies=[
        StackValidationPolicy("tells", "Tells what it knows", validate, EnforcementLevel.ADVISORY),
        StackValidationPolicy("refuses", "Refuses on demand", refuse, EnforcementLevel.MANDATORY),
    ],
)
"""


@pytest.fixture
def pack(workspace: Any) -> Path:
    workspace.write("pack", "PulumiPolicy.yaml", "runtime: python\n")
    folder: Path = workspace.write("pack", "__main__.py", PACK)
    return folder


def test_a_pack_knows_the_stack_when_it_is_imported(workspace: Any, pack: Path, secret: str) -> None:
    folder = workspace.project("import pulumi\n")
    workspace.pulumi("config", "set", "colour", "blue", cwd=folder)
    workspace.pulumi("config", "set", "--secret", "hidden", secret, cwd=folder)
    output = workspace.pulumi("preview", "--policy-pack", str(pack), cwd=folder).text
    assert "knows ['demo', 'dev', 'organization', 'blue'] during preview, imported for demo-dev" in output
    assert secret not in output
    output = workspace.pulumi("up", "--yes", "--skip-preview", "--policy-pack", str(pack), cwd=folder).text
    assert "during update" in output


def test_only_a_mandatory_violation_fails_the_preview(workspace: Any, pack: Path) -> None:
    folder = workspace.project("import pulumi\n")
    assert workspace.pulumi("preview", "--policy-pack", str(pack), cwd=folder).code == 0
    configuration = workspace.folder / "config.json"
    configuration.write_text('{"refuses": {"refuse": true}}')
    failed = workspace.pulumi(
        "preview",
        "--policy-pack",
        str(pack),
        "--policy-pack-config",
        str(configuration),
        cwd=folder,
        check=False,
    )
    assert failed.code != 0
    assert "refused as configured" in failed.text


def test_a_number_that_a_pack_prints_is_no_port(workspace: Any, pack: Path) -> None:
    (pack / "__main__.py").write_text(PACK.replace("    config = pulumi", "    print(424242)\n    config = pulumi"))
    assert "424242" in workspace.pulumi("preview", "--policy-pack", str(pack), cwd=workspace.project("")).text


def test_two_packs_at_once_both_speak(workspace: Any, pack: Path) -> None:
    workspace.write("second", "PulumiPolicy.yaml", "runtime: python\n")
    second = workspace.write("second", "__main__.py", PACK.replace('"telling"', '"second"'))
    folder = workspace.project("import pulumi\n")
    output = workspace.pulumi("preview", "--policy-pack", str(pack), "--policy-pack", str(second), cwd=folder).text
    assert "telling@v0.0.1" in output
    assert "second@v0.0.1" in output


@pytest.mark.parametrize(
    ("program", "last"),
    [
        ("raise RuntimeError('pack is broken')", "RuntimeError: pack is broken"),
        ("exit('no, not today')", "no, not today"),
    ],
)
def test_a_pack_that_fails_at_import_fails_the_preview(workspace: Any, pack: Path, program: str, last: str) -> None:
    (pack / "__main__.py").write_text(f"{program}\n")
    failed = workspace.pulumi("preview", "--policy-pack", str(pack), cwd=workspace.project(""), check=False)
    assert failed.code != 0
    assert f"the policy pack did not start: {last}" in failed.text
    assert "language_host" not in failed.text


def test_a_pack_judges_an_exported_state(workspace: Any, pack: Path) -> None:
    folder = workspace.project("import pulumi\n")
    workspace.pulumi("up", "--yes", "--skip-preview", cwd=folder)
    state = workspace.folder / "state.json"
    state.write_text(workspace.pulumi("stack", "export", cwd=folder).out)
    analysis = workspace.pulumi(
        "policy", "analyze", "--policy-pack", str(pack), "--file", str(state), cwd=folder, check=False
    )
    assert "Tells what it knows" in analysis.text


def test_a_component_of_another_project_is_used_through_packages(workspace: Any, component: Callable[[], Path]) -> None:
    component()
    folder = workspace.project(
        """
        import pulumi

        class Greeter(pulumi.ComponentResource):
            greeting: pulumi.Output[str]
            def __init__(self, name, who):
                super().__init__("greet:index:Greeter", name, {"who": who, "greeting": None}, remote=True)

        pulumi.export("greeting", Greeter("g", pulumi.Output.from_input("world")).greeting)
        """,
        more="packages:\n  greet: ../greet\n",
    )
    done = workspace.pulumi("up", "--yes", "--skip-preview", cwd=folder)
    assert "hello world" in done.text
    assert "greet:index:Greeter" in done.text


def test_get_schema_describes_a_component(workspace: Any, component: Callable[[], Path]) -> None:
    schema = workspace.pulumi("package", "get-schema", str(component()), cwd=workspace.folder).out
    assert '"greet:index:Greeter"' in schema
    assert '"isComponent": true' in schema


def test_a_plugin_that_cannot_be_run_is_explained(workspace: Any) -> None:
    empty = workspace.write("empty", "PulumiPlugin.yaml", "runtime: python\n")
    failed = workspace.pulumi("package", "get-schema", str(empty), cwd=workspace.folder, check=False)
    assert failed.code != 0
    assert "__main__.py" in failed.text
    assert "Traceback" not in failed.text


def test_a_plugin_package_without_main_is_hosted_by_the_sdk(workspace: Any, component: Callable[[], Path]) -> None:
    if workspace.engine.language_host is not None:
        pytest.xfail("the official host wants the package installed in a virtualenv of the plugin")
    folder = component()
    module = (folder / "__main__.py").rename(folder / "greet_package.py")
    module.write_text(module.read_text().split("if __name__")[0].replace("greet:index:", "greet-package:index:"))
    workspace.write(
        "greet",
        "pyproject.toml",
        '[build-system]\nrequires = ["hatchling"]\n\n[project]\nname = "greet-package"\nversion = "1.0.0"\n',
    )
    workspace.environment["PYTHONPATH"] = str(folder)  # in place of an installation
    schema = workspace.pulumi("package", "get-schema", str(folder), cwd=workspace.folder).out
    assert '"greet-package:index:Greeter"' in schema
