"""Fixtures that every part of the suite shares: a sandbox session, and programs to run in it.

A session is whole and its own (an AWS, a `PULUMI_HOME`, a state folder), so tests run in any order and in parallel.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import signal
import subprocess
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, settings

from sandbox.engine import Engine, locate
from sandbox.session import ROOT, Result, Session
from tests.deployments import Deployments, state_folder, write_folder
from tests.key_service import KeyService
from tests.warm_python import WarmPython, start_warm_python

# A machine with two busy cores is slow at times, and that is no finding.
settings.register_profile("patient", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("patient"), max_examples=10)
settings.register_profile("thorough", settings.get_profile("patient"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))

# The CLI ends after a second or two: it may leave its garbage, and needs no second thread beside the other workers'.
# Together they cost a tenth of its time.
for _name, _value in {"GOGC": "off", "GOMEMLIMIT": "500MiB", "GOMAXPROCS": "1"}.items():
    os.environ.setdefault(_name, _value)

# Of the half a million objects of a worker, the collected tests and what they import, nearly none becomes garbage. At
# Python's own threshold of 700, looking for some takes a fifth of the processor time of tests without an engine.
gc.set_threshold(10_000)
gc.disable()  # until all tests are collected

# Started in the background by a shell, we inherit an ignored SIGINT, and hand it on to every command that a test
# interrupts. A handler of our own becomes the default again in what we start.
with contextlib.suppress(ValueError):  # not in the main thread
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Tests that start the CLI by themselves, without the fixtures below.
_ON_THE_ENGINE = ("tests/engine/", "tests/sandbox/engine/", "tests/sandbox/test_")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what starts the engine: `make quick` leaves it out."""
    for item in items:
        path = item.path.relative_to(ROOT).as_posix()
        if "engine" in getattr(item, "fixturenames", ()) or path.startswith(_ON_THE_ENGINE):
            item.add_marker(pytest.mark.engine)
    if "PYTEST_XDIST_WORKER" in os.environ:  # seconds each: none of them begins while the other workers end
        items.sort(key=lambda item: item.get_closest_marker("engine") is None)


def pytest_collection_finish() -> None:
    """What there is now stays, and is not looked at again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The pulumi CLI, found or built once."""
    return locate()


_WARM = pytest.StashKey[WarmPython]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """One warm Python serves all of xdist's workers."""
    config: pytest.Config = node.config
    if _WARM not in config.stash:
        stack = contextlib.ExitStack()
        config.stash[_WARM] = stack.enter_context(start_warm_python())
        config.add_cleanup(stack.close)
    node.workerinput["warm_python"] = str(config.stash[_WARM].folder)


@pytest.fixture(scope="session")
def warm(request: pytest.FixtureRequest) -> Iterator[WarmPython]:
    if shared := getattr(request.config, "workerinput", {}).get("warm_python"):
        yield WarmPython(Path(shared))
        return
    with start_warm_python() as started:
        yield started


@pytest.fixture(scope="session")
def warm_python(warm: WarmPython) -> Path:
    """A Python that starts in a tenth of the time (warm_python/)."""
    return warm.python


@pytest.fixture
def sandbox_session(engine: Engine, warm: WarmPython, tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """`sandbox_session(seed=..., enforce_iam=..., ...)` starts a sandbox that ends with the test."""
    with contextlib.ExitStack() as stack:
        count = iter(range(1_000))

        def start(**options: Any) -> Session:
            home = tmp_path / f"sandbox-{next(count)}"
            session = stack.enter_context(Session(home=home, engine=engine, **{"python": warm.python, **options}))
            session.environment["PATH"] = f"{warm.commands}{os.pathsep}{session.environment['PATH']}"
            return session

        yield start


class NewStacks:
    """`pulumi stack init dev`, once; for other projects what it wrote is written again, a third of a second faster.

    Use it with PULUMI_STACK set: a stack that the CLI did not make is not selected either.
    """

    def __init__(self) -> None:
        self._project = ""
        self._state: dict[str, str] = {}
        self._settings = ""

    def make(self, folder: Path, environment: Mapping[str, str]) -> None:
        """In the project in `folder`, in the file backend that the environment names."""
        project = yaml.safe_load((folder / "Pulumi.yaml").read_text())["name"]
        state = Path(environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
        if not self._project:
            self._init(folder, environment, state)
            self._project = project
        for name, content in self._state.items():
            file = state / name.replace(f"stacks/{self._project}/", f"stacks/{project}/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content.replace(f"organization/{self._project}/", f"organization/{project}/"))
        (folder / "Pulumi.dev.yaml").write_text(self._settings)

    def _init(self, folder: Path, environment: Mapping[str, str], state: Path) -> None:
        command = ["pulumi", "stack", "init", "dev", "--secrets-provider", KeyService.url, "--non-interactive"]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        files = [state / ".pulumi/meta.yaml", *state.glob(".pulumi/stacks/*/dev.json*")]
        self._state = {str(file.relative_to(state)): file.read_text() for file in files}
        self._settings = (folder / "Pulumi.dev.yaml").read_text()


@pytest.fixture(scope="session")
def new_stacks() -> Iterator[NewStacks]:
    """Sessions that start after it know the key service by their environment."""
    with KeyService() as keys, pytest.MonkeyPatch.context() as patch:
        for name, value in keys.environment.items():
            patch.setenv(name, value)
        yield NewStacks()


# The key by which a value in the state says that it is encrypted.
_SECRET = "4dabf18193072939515e22adb298388d"


@dataclass
class Stack:
    """One Pulumi project with one stack, `dev`, in a sandbox; the methods are the CLI's commands."""

    session: Session
    folder: Path
    name: str = "dev"

    def pulumi(self, *arguments: str, check: bool = True, env: dict[str, str] | None = None) -> Result:
        environment = {"PULUMI_STACK": self.name, **(env or {})}
        return self.session.pulumi(*arguments, cwd=self.folder, check=check, env=environment)

    def up(self, *arguments: str, check: bool = True, previewed: bool | None = None) -> Result:
        """`pulumi up`. Where it has to succeed, without the preview that comes before it, unless asked for: that costs
        as much as the update, and what a preview shows has tests of its own."""
        skip = () if (previewed if previewed is not None else not check) else ("--skip-preview",)
        return self.pulumi("up", "--yes", "--suppress-progress", *skip, *arguments, check=check)

    def preview(self, *arguments: str, check: bool = True) -> Result:
        return self.pulumi("preview", "--suppress-progress", *arguments, check=check)

    def refresh(self, *arguments: str, check: bool = True) -> Result:
        return self.pulumi("refresh", "--yes", "--suppress-progress", *arguments, check=check)

    def destroy(self, *arguments: str, check: bool = True) -> Result:
        return self.pulumi("destroy", "--yes", "--suppress-progress", *arguments, check=check)

    def config(self, **values: Any) -> None:
        """Sets configuration: `__` in a name stands for the namespace's colon; a value that isn't text goes as JSON."""
        file = self.folder / f"Pulumi.{self.name}.yaml"
        settings = yaml.safe_load(file.read_text())
        for name, value in values.items():
            key = name.replace("__", ":", 1) if "__" in name else f"{self.project}:{name}"
            text = value if isinstance(value, str) else json.dumps(value)
            settings.setdefault("config", {})[key] = text
        file.write_text(yaml.safe_dump(settings))

    @property
    def project(self) -> str:
        name: str = yaml.safe_load((self.folder / "Pulumi.yaml").read_text())["name"]
        return name

    def outputs(self) -> dict[str, Any]:
        """As `pulumi stack output` shows them, which is asked only where one is a secret."""
        [stack] = [row for row in self.state() if row["type"] == "pulumi:pulumi:Stack"]
        outputs: dict[str, Any] = stack.get("outputs", {})
        if _SECRET in json.dumps(outputs):
            outputs = json.loads(self.pulumi("stack", "output", "--json", "--show-secrets").out)
        return outputs

    def state(self) -> list[dict[str, Any]]:
        """The resources in the stack's state, as `pulumi stack export` shows them."""
        latest = json.loads(self._state_file.read_text())["checkpoint"].get("latest") or {}
        resources: list[dict[str, Any]] = latest.get("resources", [])
        return resources

    def edit_state(self, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
        """Replaces the state's resources, as `pulumi stack export`, an editor and `pulumi stack import` would."""
        content = json.loads(self._state_file.read_text())
        latest = content["checkpoint"]["latest"]
        latest["resources"] = change(latest["resources"])
        self._state_file.write_text(json.dumps(content))

    @property
    def _state_file(self) -> Path:
        return state_folder(self.session) / ".pulumi/stacks" / self.project / f"{self.name}.json"

    def write(self, program: str) -> None:
        """Replaces the Python program."""
        # Python takes a program of the same length, written within the same second, for the one that it compiled.
        shutil.rmtree(self.folder / "__pycache__", ignore_errors=True)
        (self.folder / "__main__.py").write_text(textwrap.dedent(program))


@pytest.fixture(scope="session")
def deployments(
    engine: Engine, warm_python: Path, new_stacks: NewStacks, tmp_path_factory: pytest.TempPathFactory
) -> Deployments:
    def up(session: Session, folder: Path) -> None:
        new_stacks.make(folder, session.environment)
        Stack(session, folder).up()

    def start(**options: Any) -> Session:
        return Session(engine=engine, python=warm_python, **options)

    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return Deployments(shared / "deployments", start, up)


@pytest.fixture
def new_stack(
    sandbox_session: Callable[..., Session], new_stacks: NewStacks, deployments: Deployments, tmp_path: Path
) -> Callable[..., Stack]:
    """`new_stack(program, session=None, project="test", **session_options)`: a fresh project with that program.

    deployed: it has been up, with the seed's AWS and no fault (deployments.py). files: more of the project's, by name.
    """
    count = iter(range(1_000))

    def make(
        program: str,
        session: Session | None = None,
        project: str = "test",
        yaml: str = "",
        deployed: bool = False,
        files: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Stack:
        folder = tmp_path / f"{project}-{next(count)}"
        settings = f"name: {project}\nruntime: python\n{textwrap.dedent(yaml)}"
        texts = {"Pulumi.yaml": settings, "__main__.py": textwrap.dedent(program), **(files or {})}
        written = {name: text.encode() for name, text in texts.items()}
        if deployed:
            deployment = deployments.get(written, options.pop("seed", "sso-enabled"))
            stack = Stack(sandbox_session(load=deployment.world, **options), folder)
            write_folder(folder, deployment.project)
            write_folder(state_folder(stack.session), deployment.state)
            return stack
        write_folder(folder, written)
        stack = Stack(session or sandbox_session(**options), folder)
        new_stacks.make(folder, stack.session.environment)
        return stack

    return make


@pytest.fixture
def main_stack(
    sandbox_session: Callable[..., Session], new_stacks: NewStacks, warm_python: Path, tmp_path: Path
) -> Callable[..., Stack]:
    """`main_stack(session=None, **session_options)`: this repository's own program, unmodified, as a stack.

    The program's files are linked into a folder of the test's own, so that parallel tests don't share a
    Pulumi.dev.yaml; policies/ and components/ stay where they are.
    """

    def make(session: Session | None = None, **options: Any) -> Stack:
        folder = tmp_path / "main"
        folder.mkdir()
        for name in ("Pulumi.yaml", "__main__.py", "components"):
            (folder / name).symlink_to(ROOT / name)
        (folder / ".venv").symlink_to(warm_python.parent.parent)  # which Pulumi.yaml names
        stack = Stack(session or sandbox_session(**options), folder)
        new_stacks.make(folder, stack.session.environment)
        return stack

    return make


@pytest.fixture
def policies() -> str:
    """The policy pack's folder, for `--policy-pack`."""
    return str(ROOT / "policies")
