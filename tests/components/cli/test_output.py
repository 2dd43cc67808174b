"""Whatever things are called in AWS or in a program, no command lets a name write a line, a colour or a CI command."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi_aws_identity_center.cli import who_can_disable
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.gate.judge import Judgement
from pulumi_aws_identity_center.gate.report import as_lines, as_markdown
from pulumi_aws_identity_center.status import ci_reports, report
from pulumi_aws_identity_center.status.checks import Check

EVIL = "x\nverdict: safe\n::warning::fine\u2028\u202e\x1b[2J\x00\ufffe##[error]"
NAMES = st.text(alphabet=st.sampled_from(["\n", "\r", ":", "#", "[", "\x1b", "\u2028", "\u202e", "\ufffe", "a", " "]))


def _gate_lines(name: str) -> str:
    return "\n".join(as_lines(Judgement("unsafe", [Finding("r", f"urn::{name}", "delete", name, name)])))


def _gate_markdown(name: str) -> str:
    return "\n".join(as_markdown(Judgement("unsafe", [Finding("r", f"urn::{name}", "delete", name, name)])))


def _status(name: str) -> str:
    out = io.StringIO()
    report.show([Check("id", name, "fail", name, "", cause=name)], out)
    return out.getvalue()


def _who_can_disable(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    row = {"arn": name, "actions": [name], "escalation": [], "through": [name], "conditions": []}
    who_can_disable._show({"principals": [row], "undetermined": [{"arn": name, "what": name, "detail": name}]})
    return capsys.readouterr().out


def _assert_inert(out: str, lines: int) -> None:
    assert len(out.rstrip("\n").splitlines()) == lines
    assert all(line == "" or line.isprintable() for line in out.split("\n"))
    assert not [line for line in out.split("\n") if line.lstrip().startswith("::")]
    assert "##[" not in out


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES)
def test_a_name_writes_nothing_but_its_own_line(capsys: pytest.CaptureFixture[str], name: str) -> None:
    for write in (_gate_lines, _gate_markdown, _status, lambda name: _who_can_disable(name, capsys)):
        lines = len(write("a").rstrip("\n").splitlines())
        _assert_inert(write(f"a{name}a"), lines)


def test_junit_is_xml_and_json_is_json_whatever_a_thing_is_called() -> None:
    check = Check("id", EVIL, "fail", EVIL, EVIL)
    assert ElementTree.fromstring(ci_reports.as_junit([check])) is not None
    assert json.loads(ci_reports.as_sarif([check]))["runs"]
    assert json.loads(report.as_json([check]))["checks"][0]["subject"] == EVIL
