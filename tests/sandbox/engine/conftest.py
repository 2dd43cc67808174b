"""What the engine's tests share: a workspace with its own PULUMI_HOME, file backend and little projects.

The tests run on whichever language host this machine has: the official one beside an official `pulumi`, else the
stand-in. With IDENTITY_CENTER_CROSS_CHECK=1 the programs' tests also run on an older official host, built on demand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from sandbox.engine import Engine, locate, prepare_home
from sandbox.engine.build import Target, built

SECRET = "open-sesame-91"
_CROSS_CHECK = os.environ.get("IDENTITY_CENTER_CROSS_CHECK") == "1"


@dataclass(frozen=True)
class Done:
    """A finished command; `text` is all it printed."""

    code: int
    out: str
    text: str


class Workspace:
    """A folder with projects, and an environment in which plain `pulumi` works on them."""

    def __init__(self, folder: Path, engine: Engine, new_stacks: Any, python: Path) -> None:
        self.folder = folder
        self._new_stacks = new_stacks
        self.engine = engine
        self.home = folder / "home"
        (folder / "state").mkdir(parents=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "AWS_"))}
        self.environment = {
            **environment,
            **prepare_home(self.home, engine, python),
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_STACK": "dev",
            "PATH": os.pathsep.join([str(engine.binary.parent), os.environ.get("PATH", os.defpath)]),
        }

    def project(self, program: str, *, name: str = "demo", more: str = "") -> Path:
        """A project whose __main__.py is `program`, with the stack `dev`."""
        folder = self.write(name, "Pulumi.yaml", f"name: {name}\nruntime: python\n{dedent(more)}")
        self.write(name, "__main__.py", program)
        self._new_stacks.make(folder, self.environment)
        return folder

    def write(self, folder: str, name: str, text: str) -> Path:
        """Writes a file; returns its folder."""
        target = self.folder / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), "utf-8")
        return target.parent

    def start(self, *arguments: str, cwd: Path) -> subprocess.Popen[str]:
        """Starts `pulumi`; the caller waits for it."""
        command = [str(self.engine.binary), *arguments, "--non-interactive", "--color", "never"]
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def pulumi(self, *arguments: str, cwd: Path, check: bool = True) -> Done:
        """Runs `pulumi` to its end."""
        command = [str(self.engine.binary), *arguments, "--non-interactive", "--color", "never"]
        done = subprocess.run(
            command, cwd=cwd, env=self.environment, text=True, stdin=subprocess.DEVNULL, capture_output=True
        )
        result = Done(done.returncode, done.stdout, done.stdout + done.stderr)
        assert not check or result.code == 0, result.text
        return result


@pytest.fixture(scope="session")
def engine() -> Engine:
    return locate()


@pytest.fixture
def workspace(tmp_path: Path, engine: Engine, new_stacks: Any, warm_python: Path) -> Workspace:
    return Workspace(tmp_path / "workspace", engine, new_stacks, warm_python)


@pytest.fixture
def plain_workspace(tmp_path: Path, engine: Engine, new_stacks: Any) -> Workspace:
    """Its Python is no fork of another: for tests of how processes end."""
    return Workspace(tmp_path / "workspace", engine, new_stacks, Path(sys.executable))


@pytest.fixture(params=["this machine's host", *(["official host 3.75.0"] if _CROSS_CHECK else [])])
def host(request: pytest.FixtureRequest) -> str:
    """For tests of behaviour that every language host has."""
    return str(request.param)


@pytest.fixture
def any_workspace(host: str, workspace: Workspace) -> Workspace:
    return _with_host(workspace, host)


@pytest.fixture
def any_plain_workspace(host: str, plain_workspace: Workspace) -> Workspace:
    return _with_host(plain_workspace, host)


def _with_host(workspace: Workspace, host: str) -> Workspace:
    if host != "this machine's host":
        _use_older_official_host(workspace)
    return workspace


def _use_older_official_host(workspace: Workspace) -> None:
    package = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
    host = built(Target("pythonhost", package, "pulumi-language-python", "language-python-3.75.0", "3.75.0"))
    module = subprocess.run(
        ["go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"],
        cwd=Path(__file__).parents[3] / "sandbox/engine/golang/pythonhost",
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    folder = workspace.home / "plugins" / f"language-python-v{workspace.engine.version}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(host, folder / "pulumi-language-python")  # it looks for its script where its file really is
    script = folder / "pulumi-language-python-exec"
    shutil.copy(Path(module, "python/cmd/pulumi-language-python-exec"), script)
    script.chmod(0o755)


@pytest.fixture
def secret() -> str:
    return SECRET


@pytest.fixture
def component(workspace: Workspace) -> Callable[[], Path]:
    """Writes a component plugin, the package `greet`; returns its folder."""

    def write() -> Path:
        workspace.write("greet", "PulumiPlugin.yaml", "runtime: python\n")
        return workspace.write(
            "greet",
            "__main__.py",
            """
            from typing import Optional, TypedDict

            import pulumi
            from pulumi.provider.experimental import component_provider_host


            class GreeterArgs(TypedDict):
                who: pulumi.Input[str]


            class Greeter(pulumi.ComponentResource):
                greeting: pulumi.Output[str]

                def __init__(self, name: str, args: GreeterArgs, opts: Optional[pulumi.ResourceOptions] = None):
                    super().__init__("greet:index:Greeter", name, {}, opts)
                    self.greeting = pulumi.Output.concat("hello ", args["who"])
                    self.register_outputs({"greeting": self.greeting})


            if __name__ == "__main__":
                component_provider_host(name="greet", components=[Greeter])
            """,
        )

    return write
