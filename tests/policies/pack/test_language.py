"""The program's language: by the stack's tags, or by the project's own Pulumi.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
from pack.language import program_language


@pytest.fixture
def called_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """`called_in(text)`: a folder below the project's, whose Pulumi.yaml is the text."""

    def make(text: str) -> None:
        (tmp_path / "Pulumi.yaml").write_bytes(text.encode(errors="surrogateescape"))
        (tmp_path / "below").mkdir(exist_ok=True)
        monkeypatch.setenv("PWD", str(tmp_path / "below"))

    return make


def test_a_tag_tells_it(called_in) -> None:
    called_in("name: p\nruntime: python\n")
    assert program_language("p", {"pulumi:runtime": "nodejs"}) == "nodejs"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("name: p\nruntime: python\n", "python"),
        ("name: p\nruntime: {name: nodejs, options: {}}\n", "nodejs"),
        ("name: p\n", ""),
        ("name: other\nruntime: yaml\n", ""),
        ("[]", ""),
        ("{", ""),
        ("name: p\nruntime: python # \udcff\n", ""),  # no UTF-8
    ],
)
def test_the_projects_own_file_tells_it(called_in, text: str, language: str) -> None:
    called_in(text)
    assert program_language("p", {}) == language


def test_without_a_file_nothing_tells_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PWD", str(tmp_path))
    assert program_language("p", {}) == ""
    monkeypatch.delenv("PWD")
    assert program_language("p", {}) == ""
