"""`sandbox.processes.keep`: a run finds the state that the last one left, but not that of a killed run."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path

import pytest

from sandbox.aws import EmbeddedAws, SandboxError
from sandbox.processes.keep import kept_run


class Killed(BaseException):
    """Stands for a run that never came to its end."""


def test_the_first_run_has_nothing_to_load(tmp_path: Path) -> None:
    with kept_run(tmp_path) as run:
        assert run.load is None
        assert list(run.home.iterdir()) == []


def test_a_second_run_continues_from_the_first(tmp_path: Path) -> None:
    with kept_run(tmp_path) as first:
        (first.home / "state").mkdir()
        (first.home / "state" / "stack.json").write_text("one")
        with EmbeddedAws(save=first.save):
            pass
        saved = first.save.read_bytes()
    with kept_run(tmp_path) as second:
        assert (second.home / "state" / "stack.json").read_text() == "one"
        assert second.load is not None
        assert second.load.read_bytes() == saved


def test_what_another_version_kept_is_put_aside_with_a_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with kept_run(tmp_path) as first:
        (first.home / "state").mkdir()
        first.save.write_bytes(pickle.dumps((("identity-center sandbox", 0), None)))
    with kept_run(tmp_path) as second:
        assert second.load is None
        assert not (second.home / "state").exists()
    assert "starting afresh, since" in capfd.readouterr().err


def test_a_run_that_is_killed_leaves_the_last_whole_state(tmp_path: Path) -> None:
    with kept_run(tmp_path) as first:
        (first.home / "state").mkdir()
        (first.home / "state" / "stack.json").write_text("whole")

    def killed_run() -> None:
        with kept_run(tmp_path) as broken:
            (broken.home / "state" / "stack.json").write_text("half")
            raise Killed

    with pytest.raises(Killed):
        killed_run()
    with kept_run(tmp_path) as third:
        assert (third.home / "state" / "stack.json").read_text() == "whole"
        assert [path.name for path in tmp_path.glob("run-*")] == [third.home.name]


def test_a_run_that_is_killed_between_its_renames_loses_nothing(tmp_path: Path) -> None:
    for text in ("one", "two"):
        with kept_run(tmp_path) as run:
            (run.home / "state").mkdir(exist_ok=True)
            (run.home / "state" / "stack.json").write_text(text)
    (tmp_path / "last").rename(tmp_path / "run-killed")
    with kept_run(tmp_path) as third:
        assert (third.home / "state" / "stack.json").read_text() == "one"


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run-2026").mkdir()
    with pytest.raises(SandboxError, match="has something else in it"), kept_run(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["run-2026"]


def test_a_left_stack_lock_does_not_stop_the_next_run(tmp_path: Path) -> None:
    with kept_run(tmp_path) as first:
        locks = first.home / "state" / ".pulumi" / "locks"
        locks.mkdir(parents=True)
        (locks / "lock.json").write_text("{}")
    with kept_run(tmp_path) as second:
        assert not (second.home / "state" / ".pulumi" / "locks").exists()


def test_the_plugin_folder_is_not_kept(tmp_path: Path) -> None:
    with kept_run(tmp_path) as first:
        (first.home / "pulumi").mkdir()
    assert not (tmp_path / "last" / "pulumi").exists()


def test_two_runs_on_one_folder_take_turns(tmp_path: Path) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.set()
        with kept_run(tmp_path):
            order.append("second starts")

    with kept_run(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        inside.wait(timeout=120)
        order.append("first ends")
    thread.join(timeout=120)
    assert order == ["first ends", "second starts"]
