"""Any name prints as one line without control characters."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.plain_text import clipped, markdown, one_line, without, without_urns, xml

from tests.walk import walk

UNSEEN = "\x00\x07\x1b\x85\u00ad\u200b\u200f\u202e\u2066\u2028\u2029\ufeff\ufffe\ufff9\ud800\U000e0001"


@given(st.text(alphabet=st.characters() | st.sampled_from([*UNSEEN, "\n", ":", "#", "["])))
def test_any_text_is_one_visible_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == "" or line.isprintable()
    assert not line.startswith("::")
    assert "##[" not in line


@walk("character", UNSEEN.replace("\x85", "").replace("\u2028", "").replace("\u2029", ""))
def test_what_cannot_be_seen_is_shown_by_its_number(character: str) -> None:
    assert one_line(f"a{character}b") == f"a\\u{{{ord(character):x}}}b"


@walk("text", ["plain", "name_with-dash.and/slash", "ünïcödé 名前"])
def test_ordinary_names_stay_as_they_are(text: str) -> None:
    assert one_line(text) == text


@given(st.text())
def test_any_text_is_xml_that_can_be_read(text: str) -> None:
    element = ElementTree.fromstring(f'<a b="{xml(text)}">{xml(text)}</a>')
    assert element.text == element.get("b") or (element.text is None and element.get("b") == "")


@given(st.text(alphabet=st.sampled_from("a`*_[]()|<>@#!&;~\\:/ w.\n")))
def test_no_markup_takes_effect_in_markdown(text: str) -> None:
    shown = re.sub(r"&#\d+;", "", markdown(text))
    assert not set(shown) & set("`*_[]|<>@#!&~\\")
    assert "://" not in markdown(text)


def test_what_is_too_long_loses_its_middle() -> None:
    assert clipped("a" * 20, 20) == "a" * 20
    short = clipped("a" * 50 + "b" * 50, 20)
    assert (len(short), short[0], short[-1]) == (20, "a", "b")
    assert "…" in short


def test_secrets_are_hidden_the_longest_first() -> None:
    assert without("abc ab", ["ab", "abc", ""]) == "[secret] [secret]"


def test_a_long_name_costs_no_more_than_its_length() -> None:
    """It took the square of the length: minutes for a name that a program chose so."""
    beginning = "urn:pulumi:dev::p::"
    short, long = (_cpu_seconds(beginning + "a$" * count) for count in (20_000, 200_000))
    assert long < 40 * max(short, 0.001)


def _cpu_seconds(text: str) -> float:
    start = time.process_time()
    assert without_urns(text) == text
    return time.process_time() - start
