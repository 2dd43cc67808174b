"""One sandbox: an embedded AWS, a `PULUMI_HOME`, and the environment in which plain `pulumi` commands work on both.

`python -m sandbox run|serve` and every engine test stand on `Session`. It promises that nothing of the caller's own AWS
or Pulumi set-up is seen inside, that no address but loopback is used, and that nothing is left behind when it ends.
Starting commands and outliving them is `processes/process.py`'s; keeping state from run to run is
`processes/keep.py`'s.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from .aws import EmbeddedAws
from .engine import Engine, locate, prepare_home

ROOT = Path(__file__).resolve().parent.parent

# A caller's own credentials, profiles, backends and proxies must not reach a command in the sandbox: one forgotten
# variable would point a `pulumi destroy` at a real organization.
_FOREIGN_PREFIXES = ("AWS_", "PULUMI_", "AMAZON_")
_FOREIGN_NAMES = frozenset({"http_proxy", "https_proxy", "all_proxy"})  # in any case: so Python reads them


@dataclass(frozen=True)
class Result:
    """What a finished command said. `code` is its exit status."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams: the engine writes a diagnostic to either, depending on the command."""
        return self.out + self.err


class CommandFailed(AssertionError):
    """A command that had to succeed did not; the message carries all it printed."""

    def __init__(self, command: Sequence[str], result: Result) -> None:
        super().__init__(f"{' '.join(command)} ended with {result.code}:\n{result.out}\n{result.err}")
        self.result = result


class Session:
    """A context manager; `options` are those of `EmbeddedAws` (seed, log, throttle, faults, enforce_iam, load, save).

    home: where `PULUMI_HOME` and the file backend go; a temporary folder that ends with the session if not given.
    python: what runs plugins and programs, if not our own.
    """

    def __init__(
        self, *, home: Path | None = None, engine: Engine | None = None, python: Path | None = None, **options: Any
    ) -> None:
        self._home = home
        self._engine = engine
        self.python = python or Path(sys.executable)
        self._options = options
        self._temporary: Path | None = None
        self.aws = EmbeddedAws(**options)
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Session:
        engine = self._engine or locate()
        if self._home is None:
            self._temporary = Path(tempfile.mkdtemp(prefix="identity-center-sandbox-"))
        home = self._home or self._temporary
        assert home is not None
        try:
            (home / "state").mkdir(parents=True, exist_ok=True)
            added = prepare_home(home / "pulumi", engine, self.python)
            self.aws.folder = home  # what is killed leaves nothing elsewhere
            self.aws.__enter__()
        except BaseException:
            self._remove_temporary()
            raise
        self.environment = _environment(home, engine, {**added, **self.aws.environment()})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.aws.__exit__(kind, error, trace)
        finally:
            self._remove_temporary()

    def _remove_temporary(self) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    @property
    def temporary(self) -> Path | None:
        """The folder that ends with this session, if there is one: the reaper removes it when we can't."""
        return self._temporary

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The embedded AWS's call log, oldest first."""
        return self.aws.calls

    def operations(self) -> list[str]:
        """The names of the API operations called so far, oldest first."""
        return [call["operation"] for call in self.calls]

    def run(
        self,
        *command: str,
        cwd: Path,
        check: bool = True,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
    ) -> Result:
        """Runs a command in the sandbox's environment and waits for it; with `check`, raises `CommandFailed`."""
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**self.environment, **(env or {})},
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
        )
        result = Result(done.returncode, done.stdout, done.stderr)
        if check and result.code != 0:
            raise CommandFailed(command, result)
        return result

    def pulumi(self, *arguments: str, cwd: Path, check: bool = True, env: Mapping[str, str] | None = None) -> Result:
        """`pulumi` as a script would call it: no prompts, no colour."""
        return self.run("pulumi", *arguments, "--non-interactive", "--color", "never", cwd=cwd, check=check, env=env)


def is_foreign(name: str) -> bool:
    """Whether a variable is the caller's own AWS or Pulumi setting, which must not reach the sandbox."""
    return name.startswith(_FOREIGN_PREFIXES) or name.lower() in _FOREIGN_NAMES


def _environment(home: Path, engine: Engine, added: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not is_foreign(name)}
    own = {
        "PULUMI_HOME": str(home / "pulumi"),
        "PULUMI_BACKEND_URL": (home / "state").resolve().as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "sandbox",
        "PATH": os.pathsep.join(
            [str(engine.binary.parent), str(Path(sys.executable).parent), inherited.get("PATH", os.defpath)]
        ),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONDONTWRITEBYTECODE": inherited.get("PYTHONDONTWRITEBYTECODE", ""),
    }
    return {**inherited, **own, **added}
