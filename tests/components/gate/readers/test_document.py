"""The input as shells and pipes really give it: byte order marks, UTF-16, CRLF, mixed with text, cut, empty, twice."""

from __future__ import annotations

import codecs
import io
import json

import pytest
from pulumi_aws_identity_center.cli.input_text import decoded
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read
from pulumi_aws_identity_center.gate.readers.document import NotAPlan

from tests.walk import walk

ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"


@pytest.fixture(params=["digest", "events"])
def unsafe(request: pytest.FixtureRequest, gate) -> str:
    step = gate.step("delete", ACCESS, gate.state({"servicePrincipal": "sso.amazonaws.com"}))
    text: str = getattr(gate, request.param)(step)
    return text


def _judged(data: bytes) -> str:
    return judge(read(decoded(io.BytesIO(data))))[0]


@walk(
    "written",
    [
        lambda text: text.encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\n\n" + text.encode() + b"\r\n \t",
    ],
)
def test_whatever_a_shell_makes_of_it_the_same_is_read(unsafe: str, written) -> None:
    assert _judged(written(unsafe)) == "unsafe"


def test_a_digest_with_crlf_in_its_layout_is_read(gate) -> None:
    step = gate.step("delete", ACCESS, gate.state({"servicePrincipal": "sso.amazonaws.com"}))
    text = json.dumps(json.loads(gate.digest(step)), indent=4).replace("\n", "\r\n")
    assert _judged(text.encode()) == "unsafe"


@walk(
    ("spoilt", "says"),
    [
        (lambda data: b"", "empty"),
        (lambda data: b" \r\n", "empty"),
        (lambda data: codecs.BOM_UTF8, "empty"),
        (lambda data: b"warning: a new version is there\n" + data, "nothing else"),
        (lambda data: data + b"warning: late\n", "preview"),
        (lambda data: data + data, "preview"),
        (lambda data: data[: len(data) // 2], "cut off"),
        (lambda data: data.decode().encode("utf-16-le"), "preview"),
        (lambda data: data + b"\xff", "UTF-8"),
        (lambda data: b"\x00" * 64, "preview"),
    ],
)
def test_anything_but_one_whole_preview_is_refused(unsafe: str, spoilt, says: str) -> None:
    with pytest.raises(NotAPlan, match=says):
        _judged(spoilt(unsafe.encode()))


@walk("cut", ['{"config": tr', '{"steps": [{"op": "same', '{"steps": [', '{"steps": [], "a": {"b"', '{"config": 1'])
def test_wherever_it_stops_it_is_said_to_be_cut_off(cut: str) -> None:
    with pytest.raises(NotAPlan, match="cut off"):
        _judged(cut.encode())


def test_deep_nesting_is_refused_where_nobody_reads_it() -> None:
    with pytest.raises(NotAPlan, match="deeply"):
        _judged(b'{"steps": [], "more": ' + b"[" * 100_000)


@walk("wrong", ['{"steps": trve}', '{"steps": [}', "{'steps': []}", '{"steps": [], "steps": [], "changeSummary": {}}'])
def test_what_is_wrong_in_the_middle_is_not(wrong: str) -> None:
    with pytest.raises(NotAPlan, match="not valid JSON"):
        _judged(wrong.encode())


def test_event_lines_without_their_beginning_are_cut_off(gate) -> None:
    _, *rest = gate.events().splitlines(keepends=True)
    with pytest.raises(NotAPlan, match="cut off"):
        _judged("".join(rest).encode())


def test_text_among_event_lines_is_refused(gate) -> None:
    first, *rest = gate.events().splitlines(keepends=True)
    with pytest.raises(NotAPlan, match="mixed"):
        _judged((first + "npm WARN deprecated\n" + "".join(rest)).encode())
