"""docs/sentinel.md agrees with the code, and its arithmetic is right."""

from __future__ import annotations

import contextlib
import io
import re

from pulumi_aws_identity_center.domain.sentinel import KEYS, SentinelSettings
from pulumi_aws_identity_center.domain.sentinel_documents import Home, event_pattern
from pulumi_aws_identity_center.iam.lock_out import LOCK_OUT_ACTIONS
from pulumi_aws_identity_center.sentinel import handler

from sandbox.session import ROOT
from tests.walk import walk

TEXT = (ROOT / "docs" / "sentinel.md").read_text("utf-8")


def test_its_cost_is_what_its_arithmetic_gives() -> None:
    code = re.findall(r"```python\n(RUNS.*?)```", TEXT, flags=re.DOTALL)[0]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    assert f"It prints `{printed.getvalue().strip()}`" in TEXT


def test_its_table_has_every_argument_and_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", TEXT, flags=re.MULTILINE))
    assert set(rows) == set(KEYS)
    defaults = SentinelSettings()
    assert rows["mode"] == f"`{defaults.mode}`"
    assert rows["schedule"] == f"`{defaults.schedule}`"
    assert rows["maxEnablesPerHour"] == str(defaults.max_enables_per_hour)
    assert rows["logRetentionDays"] == str(defaults.log_retention_days)


def test_the_rule_matches_what_the_function_reads() -> None:
    detail = event_pattern(Home("aws", "111122223333"))["detail"]
    assert detail["eventSource"] == list(handler.EVENTS)
    assert sorted(detail["eventName"]) == sorted(name for names in handler.EVENTS.values() for name in names)


def test_it_names_every_call_that_is_told() -> None:
    names = ("DeregisterDelegatedAdministrator", "DeleteOrganization", "DeleteInstance", "DeleteApplication")
    for name in (*names, "DisableExternalIdPConfigurationForDirectory"):
        assert name in TEXT


@walk("action", LOCK_OUT_ACTIONS)
def test_every_call_that_locks_out_starts_the_function(action: str) -> None:
    prefix, name = action.split(":")
    assert name in handler.EVENTS[f"{prefix}.amazonaws.com"]
    assert f"aws.{prefix}" in event_pattern(Home("aws", "111122223333"))["source"]
