"""IAM's wildcards against the plainest definition of them, and how a pattern relates to a shape."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.iam.wildcards import LITERAL_STAR, escape, matches, relation

patterns = st.text(alphabet="ab*?", max_size=8)
texts = st.text(alphabet="ab", max_size=6)


def by_definition(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return by_definition(pattern[1:], text) or (bool(text) and by_definition(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and by_definition(pattern[1:], text[1:])


@given(patterns, texts)
def test_a_star_is_any_text_and_question_marks_characters(pattern, text):
    assert matches(pattern, text) is by_definition(pattern, text)


@given(st.text(alphabet="ab*?[.\n", max_size=8), st.text(alphabet="ab*?[.\n", max_size=8))
def test_an_escaped_text_matches_itself_only(text, other):
    assert matches(escape(text), text)
    assert matches(escape(text), other) is (text == other)


@given(
    st.text(alphabet="ab:*?", max_size=8), st.text(alphabet="ab:*", max_size=6), st.lists(texts, min_size=1, max_size=4)
)
def test_a_known_relation_holds_for_every_text_of_the_shape(pattern, shape, fillings):
    answer = relation(pattern, shape)
    for filling in fillings:
        if answer is not None:
            assert matches(pattern, shape.replace("*", filling)) is answer


@given(patterns)
def test_everything_covers_and_an_own_shape_is_covered(pattern):
    assert relation("*", pattern.replace("?", "a")) is True
    assert relation("arn:*:sso:::instance/*", "arn:*:sso:::instance/*") is True
    assert relation("arn:aws:sso:::instance/ssoins-1", "arn:*:sso:::instance/*") is None
    assert relation("arn:aws:sso:::permissionSet/*", "arn:*:sso:::instance/*") is False


def test_a_hostile_pattern_takes_no_time():
    start = time.process_time()  # of this process alone, whatever else the machine does
    assert not matches("*a" * 40 + "*b", "a" * 2_000)
    assert not matches("*a?" * 40 + LITERAL_STAR, "a" * 2_000)
    assert time.process_time() - start < 10
