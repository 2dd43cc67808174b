"""Each format against its golden file and its own rules."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi_aws_identity_center.cli.status import show
from pulumi_aws_identity_center.status import ci_reports, report
from pulumi_aws_identity_center.status.checks import Check

from tests.walk import walk

GOLDEN = Path(__file__).parent / "golden"
CHECKS = [
    Check("caller", "111122223333", "pass", 'Asking as <ann> & "co".'),
    Check("trusted-access", "sso.amazonaws.com", "fail", "Trusted access is OFF.", "identity-center recover"),
    Check("instance", "us-east-1", "undetermined", "Could not tell.\x1b", "Run it again."),
    Check("sentinel", "sso.amazonaws.com", "undetermined", "None to look for.", "Look.", required=False),
    *(Check("service-linked-role", f"{n:012}", "pass", f"It is in {n:012}.") for n in range(5)),
    Check("service-linked-role", "000000000009", "fail", "It is not in 000000000009.", "Make it [now]."),
]


def _table() -> str:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    show(CHECKS, stream)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COLUMNS": "100", "LINES": "50", "TERM": "dumb", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)


@walk(
    ("name", "shape"),
    [
        ("status.txt", lambda: report.as_lines(CHECKS)),
        ("status-table.txt", _table),
        ("status.json", lambda: report.as_json(CHECKS) + "\n"),
        ("status-junit.xml", lambda: ci_reports.as_junit(CHECKS)),
        ("status.sarif", lambda: ci_reports.as_sarif(CHECKS) + "\n"),
    ],
)
def test_a_format_is_as_its_golden_file(name: str, shape: Callable[[], str]) -> None:
    assert shape() == (GOLDEN / name).read_text(encoding="utf-8")


def test_json_has_the_fixed_names_and_nothing_else() -> None:
    document = json.loads(report.as_json(CHECKS))
    assert set(document) == {"verdict", "checks"}
    assert all(set(check) == {"id", "subject", "result", "detail", "remedy"} for check in document["checks"])
    assert len(document["checks"]) == len(CHECKS)


def test_passing_members_are_one_line_for_a_person() -> None:
    lines = report.as_lines(CHECKS)
    assert "5 accounts" in lines
    assert "000000000003" not in lines
    assert "000000000009" in lines


def test_junit_counts_add_up_and_hold_only_xml() -> None:
    suite = ElementTree.fromstring(ci_reports.as_junit(CHECKS))[0]
    counts = {name: int(suite.get(name, "")) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": len(CHECKS), "failures": 2, "errors": 1, "skipped": 1}
    for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert len(suite.findall(f"testcase/{tag}")) == counts[name]


def test_sarif_has_levels_for_failures_and_matching_indexes() -> None:
    run = json.loads(ci_reports.as_sarif(CHECKS))["runs"][0]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert (result["level"] == "error") == (result["kind"] == "fail")
        assert result["kind"] in ("pass", "fail", "open", "informational")
        # GitHub refuses a report with a result that is in no file.
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"]
    prints = [result["partialFingerprints"]["checkAndSubject/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_lines_have_the_remedy_of_one_cause_once() -> None:
    cause = "there are no credentials"
    checks = [
        Check(id_, "s", "undetermined", f"Could not tell: {cause}.", "Name a profile.", cause=cause) for id_ in "abc"
    ]
    assert report.as_lines(checks).count("Name a profile.") == 1


def test_a_line_has_its_subject_once() -> None:
    again, apart = Check("caller", "1", "pass", "1: user ann."), Check("caller", "1", "pass", "User ann, of 1.")
    assert report.line(again) == "pass         caller: 1: user ann."
    assert report.line(apart) == "pass         caller: 1: User ann, of 1."
