"""Baselines: an accepted finding passes, a new one fails."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.access.baseline import as_baseline, mark_accepted, parse_baseline

ACTIONS = st.lists(st.sampled_from(["a", "b", "c"]), unique=True)
ROWS = st.lists(
    st.fixed_dictionaries({"arn": st.sampled_from(["x", "y", "z"]), "actions": ACTIONS, "escalation": ACTIONS}),
    unique_by=lambda row: row["arn"],
)


@given(ROWS)
def test_a_report_is_accepted_by_its_own_baseline(rows) -> None:
    marked = mark_accepted(rows, (), parse_baseline(as_baseline(rows), "file"))
    assert [row["accepted"] for row in marked] == ["--baseline"] * len(rows)


@given(ROWS, ROWS)
def test_only_what_the_baseline_lacks_is_unaccepted(accepted_rows, rows) -> None:
    accepted = {row["arn"]: {*row["actions"], *row["escalation"]} for row in accepted_rows}
    for row in mark_accepted(rows, (), parse_baseline(as_baseline(accepted_rows), "file")):
        lacks = {*row["actions"], *row["escalation"]} - accepted.get(row["arn"], set())
        assert ("accepted" in row) == (row["arn"] in accepted and not lacks)
        assert set(row.get("new", ())) == (lacks if row["arn"] in accepted else set())


def test_a_pattern_accepts_also_what_is_new() -> None:
    arn = "arn:aws:iam::111122223333:user/ann"
    row = {"arn": arn, "actions": ["a"], "escalation": []}
    (marked,) = mark_accepted([row], ["x", "*:user/a??"], {arn: frozenset()})
    assert (marked["accepted"], "new" in marked) == ("--allow *:user/a??", False)


@given(ROWS)
def test_the_rows_order_does_not_change_the_text(rows) -> None:
    assert as_baseline(rows) == as_baseline(list(reversed(rows)))
    assert as_baseline(rows).endswith("\n")
    json.loads(as_baseline(rows))
