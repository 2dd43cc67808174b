"""Property values survive the wire."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider.values import UNKNOWN, has_unknown, read, write

SCALARS = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.text(), st.just(UNKNOWN))
VALUES: Any = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)), max_leaves=20
)


@given(st.dictionaries(st.text(), VALUES))
def test_what_is_written_is_read_again(values: dict[str, Any]) -> None:
    assert read(write(values)) == values


def test_nothing_is_left_out_and_whole_numbers_stay_whole() -> None:
    values = read(write({"a": None, "b": {"c": None, "d": 3600}, "e": 1.5}))
    assert values == {"b": {"d": 3600}, "e": 1.5}
    assert isinstance(values["b"]["d"], int)


@given(VALUES)
def test_an_unknown_is_found_at_any_depth(value: Any) -> None:
    assert has_unknown([{"x": [value, UNKNOWN]}])
