"""docs/support.md claims tested versions only, and the package's version ranges begin there."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib import metadata

from sandbox.engine import build
from sandbox.session import ROOT
from tests.walk import walk

PROJECT = tomllib.loads((ROOT / "components" / "pyproject.toml").read_text("utf-8"))["project"]
PAGE = (ROOT / "docs" / "support.md").read_text("utf-8")
VERSIONS: dict[str, tuple[str, str]] = {
    name: (oldest, newest)
    for name, oldest, newest in re.findall(
        r"^\| ([^|]+) \| ([\d.]+) \| ([\d.]+) \|",
        PAGE.partition("<!-- versions:")[2].partition("<!-- end of versions -->")[0],
        re.MULTILINE,
    )
}
DEPENDENCIES = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["pulumi"]]
RANGES: dict[str, str] = dict(re.findall(r"^([\w-]+)>=([\d.]+),<[\d.]+$", "\n".join(DEPENDENCIES), re.MULTILINE))
DISTRIBUTIONS = [*RANGES, "pulumi-policy"]


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def test_every_dependency_is_a_range_and_has_a_row() -> None:
    assert len(RANGES) == len(DEPENDENCIES)
    assert set(RANGES) <= set(VERSIONS)


@walk("name", RANGES)
def test_a_range_begins_at_the_oldest_version_that_is_tested(name: str) -> None:
    lower = numbers(RANGES[name])
    assert numbers(VERSIONS[name][0])[: len(lower)] == lower


@walk("name", DISTRIBUTIONS)
def test_the_newest_version_is_the_one_that_is_locked(name: str) -> None:
    locked = re.search(rf"^{re.escape(name)}==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.M | re.I)
    assert locked is not None
    assert VERSIONS[name][1] == locked[1]


@walk("name", DISTRIBUTIONS)
def test_these_tests_run_on_a_version_of_the_page(name: str) -> None:
    oldest, newest = map(numbers, VERSIONS[name])
    assert oldest <= numbers(metadata.version(name)) <= newest


def test_python_begins_where_the_package_says() -> None:
    assert PROJECT["requires-python"] == f">={VERSIONS['Python'][0]}"
    assert sys.version_info[:2] >= numbers(VERSIONS["Python"][0])


@walk(
    ("row", "pinned"),
    [
        ("Pulumi CLI", build.CLI.version),
        ("Pulumi's Node.js language host", build.NODE_HOST.version),
        ("Pulumi's YAML language host", build.YAML_HOST.version),
    ],
)
def test_a_pulumi_program_has_the_version_that_is_built(row: str, pinned: str) -> None:
    assert VERSIONS[row] == (pinned, pinned)
