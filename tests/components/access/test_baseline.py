"""Baselines: what was accepted passes, what is new doesn't."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.access.baseline import as_baseline, new_ways, parse_baseline

ACTIONS = st.lists(st.sampled_from(["a", "b", "c"]), unique=True)
ROWS = st.lists(
    st.fixed_dictionaries({"arn": st.sampled_from(["x", "y", "z"]), "actions": ACTIONS, "escalation": ACTIONS}),
    unique_by=lambda row: row["arn"],
)


@given(ROWS)
def test_a_report_has_nothing_new_over_its_own_baseline(rows) -> None:
    assert new_ways(rows, parse_baseline(as_baseline(rows), "file")) == {}


@given(ROWS, ROWS)
def test_what_is_new_is_what_the_accepted_report_lacks(accepted, rows) -> None:
    baseline = parse_baseline(as_baseline(accepted), "file")
    ways = {(row["arn"], action) for row in rows for action in (*row["actions"], *row["escalation"])}
    known = {(row["arn"], action) for row in accepted for action in (*row["actions"], *row["escalation"])}
    new = {(arn, action) for arn, actions in new_ways(rows, baseline).items() for action in actions}
    assert new == ways - known


@given(ROWS)
def test_the_rows_order_does_not_change_the_text(rows) -> None:
    assert as_baseline(rows) == as_baseline(list(reversed(rows)))
    assert as_baseline(rows).endswith("\n")
    json.loads(as_baseline(rows))
