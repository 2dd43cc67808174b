"""Checks of single values, which many configurations share."""

from __future__ import annotations

import re
from typing import Any

from pulumi_aws_identity_center.domain.values import is_service_principal, item_problems, match_text

from tests.walk import walk


@walk(
    ("value", "expected"),
    [
        ("sso.amazonaws.com", True),
        ("sso.amazonaws.com.cn", True),
        (f"{'a' * 114}.amazonaws.com", True),
        (f"{'a' * 115}.amazonaws.com", False),
        ("SSO.amazonaws.com", False),
        ("sso.amazonaws.com ", False),
        (None, False),
    ],
)
def test_a_service_principal_is_lower_case_and_short(value: Any, expected: bool) -> None:
    assert is_service_principal(value) is expected


def test_only_text_matches_and_only_as_a_whole() -> None:
    digits = re.compile(r"\d+")
    match = match_text(digits, "12")
    assert match is not None
    assert match[0] == "12"
    assert [match_text(digits, value) for value in ("12 ", 12, None, ["12"])] == [None] * 4


def test_each_item_is_named_by_its_place() -> None:
    def problems_of(item: Any, key: str) -> list[str | None]:
        return [f"{key} is {item}", None]

    assert item_problems(["a", "b"], "names", problems_of) == ["names[0] is a", "names[1] is b"]
    assert item_problems("ab", "names", problems_of) == []
    assert item_problems(None, "names", problems_of) == []
