"""Output that nobody gets and files that can't be written: never good or bad, never a trace, nothing taken away."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from pulumi_aws_identity_center.cli.application import interruptible
from pulumi_aws_identity_center.cli.output import undelivered_is_unknown
from pulumi_aws_identity_center.cli.output_file import write_whole
from pulumi_aws_identity_center.errors import InvalidInput

from sandbox.aws import EmbeddedAws

COMMANDS = {
    "status": ["status"],
    "status --format json": ["status", "--format", "json"],
    "who-can-disable": ["who-can-disable"],
    "gate": ["gate", "-"],
    "matrix": ["matrix"],
    "import-matrix": ["import-matrix"],
    "document": ["document", "guard"],
    "recover": ["recover", "--yes"],
}
PLAN = '{"duration": 1}'


@pytest.fixture
def without_stdout(command: list[str], environment: Callable) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command with its standard output closed, as some daemons start one."""

    def run(cloud: EmbeddedAws, *arguments: str) -> subprocess.CompletedProcess[str]:
        shell = ["sh", "-c", 'exec "$@" >&-', "sh", *command, *arguments]
        return subprocess.run(shell, input=PLAN, capture_output=True, text=True, env=environment(cloud), check=False)

    return run


@pytest.fixture(scope="module")
def cloud() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as cloud:
        yield cloud


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_undelivered_output_is_could_not_tell(
    cloud: EmbeddedAws, warm_command: list[str], environment: Callable, arguments: list[str]
) -> None:
    def run(stdout: int) -> tuple[int, str]:
        done = subprocess.run(
            [*warm_command, *arguments],
            input=PLAN,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(cloud),
            check=False,
        )
        return done.returncode, done.stderr

    with Path("/dev/full").open("w") as full:
        code, error = run(full.fileno())
    assert (code, "written: No space left on device" in error, "Traceback" in error) == (2, True, False)
    reader, writer = os.pipe()
    os.close(reader)
    code, error = run(writer)
    os.close(writer)
    assert (code, "Traceback" in error or "written" in error) == (2, False)


@pytest.mark.parametrize("arguments", [COMMANDS["status"], COMMANDS["gate"], COMMANDS["document"]])
def test_a_closed_standard_output_is_could_not_tell(
    cloud: EmbeddedAws, without_stdout: Callable, arguments: list[str]
) -> None:
    done = without_stdout(cloud, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "The output can't be written: standard output is closed." in done.stderr


def test_recover_works_with_standard_output_closed(without_stdout: Callable) -> None:
    with EmbeddedAws() as off:
        off.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
        assert without_stdout(off, "recover", "--yes").returncode == 2
        assert "EnableAWSServiceAccess" in [call["operation"] for call in off.calls]


def test_recover_works_where_standard_error_takes_nothing(warm_command: list[str], environment: Callable) -> None:
    with EmbeddedAws() as off, Path("/dev/full").open("w") as full:
        off.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
        recover = [*warm_command, "recover", "--yes"]
        assert subprocess.run(recover, stderr=full, stdout=full, env=environment(off), check=False).returncode == 2
        done = subprocess.run(recover, stderr=full, stdout=subprocess.DEVNULL, env=environment(off), check=False)
        assert done.returncode == 0
        assert "EnableAWSServiceAccess" in [call["operation"] for call in off.calls]


@pytest.mark.parametrize("arguments", [["matrix", "no-file"], ["gate", "no-file"], ["recover", "--yes"], ["--bad"]])
def test_a_full_standard_error_is_never_bad(
    warm_command: list[str], environment: Callable, arguments: list[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*warm_command, *arguments], stderr=full, stdout=subprocess.DEVNULL, env=environment(None), check=False
        )
    assert done.returncode == 2


@pytest.mark.parametrize("error", [PermissionError(1, "not yours", "a.yaml"), BrokenPipeError(32, "Broken pipe")])
def test_an_error_of_another_file_is_not_the_output(error: OSError, capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer()

    @app.command()
    @interruptible
    def fail() -> None:
        raise error

    with pytest.raises(SystemExit) as end, undelivered_is_unknown():
        app([])
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert str(error.strerror) in said
    assert "output" not in said


@pytest.mark.parametrize("arguments", [["who-can-disable", "--input", "-"], ["matrix", "--diff", "-"], ["gate"]])
def test_a_closed_standard_input_is_a_sentence(command: list[str], arguments: list[str]) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command, *arguments], capture_output=True, text=True, check=False
    )
    text = done.stdout + done.stderr
    assert (done.returncode, "tandard input is closed" in text, "Traceback" in text) == (2, True, False)


def test_help_onto_a_full_disk_is_a_sentence(warm_command: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*warm_command, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


WRITERS = [["import-matrix", "--output"], ["who-can-disable", "--update-baseline", "--baseline"]]


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("what", ["folder", "pipe", "", "none/file"])
def test_what_is_no_file_stays(cloud: EmbeddedAws, run: Callable, tmp_path: Path, writer: list[str], what: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    done = run(cloud, *writer, str(tmp_path / what) if what else "")
    assert (done.returncode, "can't be written" in done.stderr) == (2, True)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "pipe"]
    assert (tmp_path / "pipe").is_fifo()


def test_nothing_is_written_if_one_of_two_files_cannot_be(cloud: EmbeddedAws, run: Callable, tmp_path: Path) -> None:
    (tmp_path / "access.import.json").mkdir()
    assert run(cloud, "import-matrix", "--output", str(tmp_path / "access.yaml")).returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["access.import.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    write_whole(tmp_path / "link", "text")
    assert ((tmp_path / "file").read_text(), (tmp_path / "link").is_symlink()) == ("text", True)


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="name too long"):
        write_whole(tmp_path / ("a" * 250), "text")
    assert list(tmp_path.iterdir()) == []


def test_a_loop_of_links_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(InvalidInput, match="one can't be written"):
        write_whole(tmp_path / "one", "text")
