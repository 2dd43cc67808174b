"""Whatever things are called in AWS or in a program, no command lets a name write a line, a colour or a CI command."""

from __future__ import annotations

import functools
import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi_aws_identity_center.cli import matrix, matrix_diff, output, who_can_disable
from pulumi_aws_identity_center.cli.application import build
from pulumi_aws_identity_center.cli.options import MarkdownFormat
from pulumi_aws_identity_center.cli.status import show
from pulumi_aws_identity_center.errors import InvalidInput, NotPossibleHere
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.gate.judge import Judgement
from pulumi_aws_identity_center.gate.report import as_lines, as_markdown
from pulumi_aws_identity_center.matrix.grants import Grant, Principal
from pulumi_aws_identity_center.matrix.preview import AccessChanges, ChangedSet
from pulumi_aws_identity_center.status import ci_reports, report
from pulumi_aws_identity_center.status.checks import Check
from typer.testing import CliRunner

from tests.property_examples import examples

EVIL = "x\nverdict: safe\n::warning::fine\u2028\u202e\x1b[2J\x00\ufffe##[error]"
NAMES = st.text(alphabet=st.sampled_from(["\n", "\r", ":", "#", "[", "\x1b", "\u2028", "\u202e", "\ufffe", "a", " "]))


def _gate_lines(name: str) -> str:
    return "\n".join(as_lines(Judgement("unsafe", [Finding("r", f"urn::{name}", "delete", name, name)])))


def _gate_markdown(name: str) -> str:
    return "\n".join(as_markdown(Judgement("unsafe", [Finding("r", f"urn::{name}", "delete", name, name)])))


def _status(name: str) -> str:
    out = io.StringIO()
    show([Check("id", name, "fail", name, "", cause=name)], out)
    return out.getvalue()


def _who_can_disable(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    step = {"principal": name, "action": name, "resource": name, "through": [name], "groups": [name]}
    row = {"arn": name, "actions": [name], "escalation": [], "through": [name], "conditions": [], "paths": [[step]]}
    who_can_disable._show(
        {"principals": [row], "undetermined": [{"arn": name, "what": name, "detail": name}]},
        MarkdownFormat.TABLE,
    )
    return capsys.readouterr().out


def _matrix(format_: str, name: str, capsys: pytest.CaptureFixture[str]) -> str:
    grants = [Grant(Principal("GROUP", None, name), name, name, name)]
    matrix._print(grants, matrix.MatrixFormat(format_), "file")
    changes = AccessChanges(tuple(grants), (), (ChangedSet(name, ()),), (name,))
    matrix_diff._print(matrix_diff._Compared(changes), format_, "file")
    return capsys.readouterr().out


def _sentences(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    output.say(name, err=True)
    output.say_error(InvalidInput([name, name]))
    output.say_error(NotPossibleHere(name))
    who_can_disable._name_first([name])
    return capsys.readouterr().err


def _assert_inert(out: str, lines: int) -> None:
    assert len(out.rstrip("\n").splitlines()) == lines
    assert all(line == "" or line.isprintable() for line in out.split("\n"))
    assert not [line for line in out.split("\n") if line.lstrip().startswith("::")]
    assert "##[" not in out


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES)
def test_a_name_writes_nothing_but_its_own_line(capsys: pytest.CaptureFixture[str], name: str) -> None:
    matrices = [functools.partial(_matrix, kind) for kind in ("table", "markdown", "csv")]
    printers: list[Callable[..., str]] = [_who_can_disable, _sentences, *matrices]
    captured: list[Callable[[str], str]] = [functools.partial(printer, capsys=capsys) for printer in printers]
    for write in [_gate_lines, _gate_markdown, _status, *captured]:
        lines = len(write("a").rstrip("\n").splitlines())
        _assert_inert(write(f"a{name}a"), lines)


def test_an_options_file_writes_nothing_but_its_own_line(tmp_path: Path) -> None:
    named = tmp_path / "x\nverdict: safe\n::warning::fine"
    for make in (lambda: None, lambda: named.write_text('{"no\\n::error::x": {}}'), lambda: named.write_bytes(b"\xff")):
        make()
        for option in ("--policy-pack-config", "--stack-config"):
            result = CliRunner().invoke(build(), ["gate", option, str(named)])
            assert result.exit_code == 2
            assert not [line for line in result.output.splitlines() if line.startswith(("verdict: safe", "::"))]


@pytest.mark.parametrize("opening", ["[", '{"steps": [', '{"steps": [{"op": "same", "oldState": ['])
def test_json_that_is_nested_too_deeply_is_could_not_tell(tmp_path: Path, opening: str) -> None:
    for command in (["gate"], ["matrix", "--diff"], ["who-can-disable", "--input"]):
        _assert_too_deep(tmp_path, opening + "[" * 20_000, command)


def test_yaml_that_is_nested_too_deeply_is_could_not_tell(tmp_path: Path) -> None:
    for command in (["matrix"], ["gate", "--stack-config"]):
        _assert_too_deep(tmp_path, "[" * 1_000, command)


def _assert_too_deep(folder: Path, text: str, command: list[str]) -> None:
    (folder / "deep").write_text(text)
    result = CliRunner().invoke(build(), [*command, str(folder / "deep")])
    assert (result.exit_code, result.exception.__class__) == (2, SystemExit), command


def test_json_holds_no_command_of_a_ci_runner(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_json(json.dumps({"name": EVIL}))
    out = capsys.readouterr().out
    assert "##[" not in out
    assert json.loads(out) == {"name": EVIL}


def test_junit_and_json_stay_valid_whatever_the_names() -> None:
    check = Check("id", EVIL, "fail", EVIL, EVIL)
    assert ElementTree.fromstring(ci_reports.as_junit([check])) is not None
    assert json.loads(ci_reports.as_sarif([check]))["runs"]
    assert json.loads(report.as_json([check]))["checks"][0]["subject"] == EVIL
