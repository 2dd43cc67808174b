"""The cache: an entry is whole or absent, and made once."""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from sandbox.engine.cache import cache_root, obtain

_SPAWN = multiprocessing.get_context("spawn")


def nothing(_text: str) -> None:
    pass


def write(folder: Path) -> None:
    (folder / "tool").write_text("made")


def test_an_entry_is_made_once_and_found_afterwards(tmp_path: Path) -> None:
    built: list[Path] = []

    def make(folder: Path) -> None:
        built.append(folder)
        write(folder)

    for _ in range(2):
        assert obtain(tmp_path, "entry", "tool", make, nothing).read_text() == "made"
    assert len(built) == 1
    assert built[0].parent == tmp_path  # the same file system, so that the move is a rename


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_or_interrupted_entry_leaves_no_folder(tmp_path: Path, error: type[BaseException]) -> None:
    def make(folder: Path) -> None:
        write(folder)
        raise error

    with pytest.raises(error):
        obtain(tmp_path, "entry", "tool", make, nothing)
    assert [path.name for path in tmp_path.iterdir()] == [".entry.lock"]


def test_nobody_sees_an_entry_before_it_is_complete(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        write(folder)
        assert not (tmp_path / "entry").exists()

    obtain(tmp_path, "entry", "tool", make, nothing)


def test_an_entry_without_its_program_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "entry").mkdir()
    (tmp_path / "entry" / "rubbish").write_text("")
    assert obtain(tmp_path, "entry", "tool", write, nothing).read_text() == "made"
    assert not (tmp_path / "entry" / "rubbish").exists()


def hold(cache: Path, inside: Event, go_on: Event) -> None:
    def make(folder: Path) -> None:
        (folder / "half").write_text("")
        inside.set()
        go_on.wait()
        write(folder)

    obtain(cache, "entry", "tool", make, nothing)


def test_a_second_process_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    inside, go_on = _SPAWN.Event(), _SPAWN.Event()
    first = _SPAWN.Process(target=hold, args=(tmp_path, inside, go_on))
    first.start()
    assert inside.wait(60)
    messages: list[str] = []

    def tell(text: str) -> None:
        messages.append(text)
        go_on.set()

    def never(_folder: Path) -> None:
        raise AssertionError("made twice")

    assert obtain(tmp_path, "entry", "tool", never, tell).read_text() == "made"
    first.join(60)
    assert messages == ["tool is being built by another process; waiting"]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    inside, go_on = _SPAWN.Event(), _SPAWN.Event()
    killed = _SPAWN.Process(target=hold, args=(tmp_path, inside, go_on))
    killed.start()
    assert inside.wait(60)
    assert killed.pid is not None
    os.kill(killed.pid, signal.SIGKILL)
    killed.join(60)
    assert any(".making." in path.name for path in tmp_path.iterdir())
    assert not (tmp_path / "entry").exists()
    obtain(tmp_path, "entry", "tool", write, nothing)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".entry.lock", "entry"]


def test_the_cache_is_where_xdg_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_root() == tmp_path / "pulumi-aws-identity-center"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_root() == tmp_path / ".cache" / "pulumi-aws-identity-center"
