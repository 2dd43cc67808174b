"""Every step kind and event that the engine has is known; a resource's steps come to one change.

captures/engine.names is from the engine's source, sdk/go/common/apitype/{history,events}.go: to record it for another
version, take the string constants of OpType, and the JSON names of EngineEvent's fields.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from pulumi_aws_identity_center.gate.change import Action
from pulumi_aws_identity_center.gate.readers import pulumi_events
from pulumi_aws_identity_center.gate.readers.pulumi_changes import (
    STEP_KINDS,
    Step,
    group,
    pending_delete,
    split_pending,
)
from pulumi_aws_identity_center.gate.readers.pulumi_steps import parse_step

from tests.walk import walk

ENGINE = json.loads((Path(__file__).parents[1] / "captures/engine.names").read_text())
ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
OLD, NEW = {"inputs": {"a": 1}}, {"inputs": {"a": 2}}


def _step(op: str, old=OLD, new=NEW) -> Step:
    step = parse_step({"op": op, "urn": f"urn:pulumi:dev::p::{ACCESS}::x"}, old, new, "kind")
    assert step is not None
    return step


def test_the_table_of_step_kinds_has_those_of_the_engine() -> None:
    assert set(STEP_KINDS) == set(ENGINE["OpType"])


def test_the_document_says_how_each_step_kind_is_judged() -> None:
    text = (Path(__file__).parents[4] / "docs/gate.md").read_text()
    rows = text.partition("## The engine's step kinds")[2].partition("\n## ")[0]
    first = [line.split("|")[1] for line in rows.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([a-z-]+)`", " ".join(first))) == set(ENGINE["OpType"])


def test_the_events_known_are_those_of_the_engine() -> None:
    assert {name for name in pulumi_events.KEYS if name.endswith("Event")} == set(ENGINE["EngineEvent"])


@walk(
    ("ops", "action"),
    [
        (["same"], Action.SAME),
        (["create-replacement", "replace", "delete-replaced"], Action.REPLACE),
        (["delete-replaced", "replace", "create-replacement"], Action.REPLACE),
        (["same", "delete"], Action.DELETE),  # a destroy with --run-program
        (["import", "update"], Action.UPDATE),
        (["remove-pending-replace", "create"], Action.CREATE),
        (["read"], Action.READ),
        (["evaporate", "same"], Action.UNKNOWN),
    ],
)
def test_the_steps_of_a_resource_come_to_one_change(ops: list[str], action: Action) -> None:
    assert group([_step(op) for op in ops]).action is action


def test_only_what_this_plan_does_not_replace_itself_is_pending() -> None:
    same, deleted = _step("same"), _step("delete-replaced")
    assert split_pending([same, deleted]) == ([deleted], [same])
    replacement = _step("create-replacement", OLD, NEW)
    own, other = _step("delete-replaced", OLD, None), _step("delete-replaced", {**OLD, "id": "other"}, None)
    assert split_pending([replacement, own, other]) == ([other], [replacement, own])
    assert pending_delete(deleted).action is Action.DELETE


def test_a_replacement_tells_the_old_one_and_the_new_one() -> None:
    change = group([_step("create-replacement", None, NEW), _step("delete-replaced", {**OLD, "protect": True}, None)])
    assert change.before is not None
    assert change.after is not None
    assert (change.before.sets("a"), change.before.protect, change.after.sets("a")) == (1, True, 2)


@walk(("option", "retained"), [("retainOnDelete", True), ("external", True), ("deletedWith", False), ("other", False)])
def test_what_the_engine_never_deletes_stays_in_aws(option: str, *, retained: bool) -> None:
    """With deletedWith it calls Delete, unless the named resource goes too: then AWS takes both away."""
    assert group([_step("delete", {**OLD, option: "urn"}, None)]).retained is retained
