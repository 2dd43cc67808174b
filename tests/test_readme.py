"""The README is true: its tables are held against the code, its commands exist, and it is short."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from pulumi_aws_identity_center.cli.application import build
from pulumi_aws_identity_center.domain.configuration import KEYS

from sandbox.aws.seeds import NAMES
from sandbox.session import ROOT
from tests.printed_commands import block_lines, inline_commands
from tests.walk import walk

README = (ROOT / "README.md").read_text("utf-8")


def _first_column(section: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)`", section, flags=re.MULTILINE)


def test_it_is_at_most_200_lines() -> None:
    assert len(README.splitlines()) <= 200


# What has to be read on the way to a goal, its commands and files included: at 200 words a minute, minutes.
READ_ON_THE_WAY = {
    "README.md": ("## When nobody can sign in", "## In your own stack", 150),
    "docs/ci.md": ("# In CI", "## GitLab", 1_300),
    "docs/who-can-disable.md": ("# Who can lock everybody out", "## An administrator of IAM", 500),
}


@walk("page", READ_ON_THE_WAY)
def test_the_way_to_a_goal_stays_short(page: str) -> None:
    begin, end, words = READ_ON_THE_WAY[page]
    text = (ROOT / page).read_text("utf-8")
    way = text[text.index(f"{begin}\n") : text.index(f"\n{end}\n")]
    assert len(way.split()) <= words


@walk("link", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", README))))
def test_its_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


PAGES = [ROOT / "README.md", ROOT / "templates" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@walk("page", PAGES)
def test_printed_imports_and_templates_run_without_a_terminal(page: Path) -> None:
    text = page.read_text("utf-8")
    commands = [*block_lines(text), *inline_commands(text)]
    asking = [command for command in commands if re.match(r"pulumi (import|new) .*--", command)]
    assert [command for command in asking if "--yes" not in command] == []


def test_every_make_target_it_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= targets


def test_its_table_of_configuration_has_every_key() -> None:
    named = set(re.findall(r"`(\w+)`", README.split("| configuration")[1].split("\n\n")[0]))
    assert set(KEYS) <= named


def test_its_table_of_commands_has_every_command() -> None:
    table = README.split("| command | tells or does |")[1].split("\n\n")[0]
    commands = {cell.split()[1] for cell in _first_column(table)}
    assert commands == {command.name for command in build().registered_commands}


def test_it_names_every_seed() -> None:
    assert all(f"`{name}`" in README for name in NAMES)


@walk("path", sorted(set(re.findall(r"`((?:docs|sandbox|policies|tests|examples)/[\w./-]+)`", README))))
def test_the_files_it_names_are_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_make_help_lists_the_targets() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("setup", "up", "test", "check", "bench", "help"):
        assert f"make {target} " in listed
