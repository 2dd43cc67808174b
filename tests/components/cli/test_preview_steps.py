"""Whatever a preview's JSON has where an object or a list belongs, it is refused in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pulumi_aws_identity_center.cli.preview_steps import PreviewSteps
from pulumi_aws_identity_center.errors import InvalidInput

from tests.walk import walk

STATE = {
    "inputs": {"principalType": "GROUP", "principalId": "g", "accounts": ["111122223333"]},
    "outputs": {"accounts": ["111122223333"]},
    "retainOnDelete": False,
    "propertyDependencies": {"permissionSetArn": ["urn"]},
}
STEP = {"op": "update", "urn": "urn:pulumi:dev::p::aws-identity-center:index:AccountAssignments::a"}
DIAGNOSTIC = {"severity": "error", "message": "no stack"}
DIGEST = [
    {"steps": [{**STEP, "oldState": STATE, "newState": STATE}], "diagnostics": [DIAGNOSTIC], "changeSummary": {}},
]
EVENTS = [
    {"sequence": 0, "preludeEvent": {}},
    {"sequence": 0, "resourcePreEvent": {"metadata": {**STEP, "old": STATE, "new": STATE}}},
    {"sequence": 1, "resOutputsEvent": {"metadata": {**STEP, "old": STATE, "new": STATE}}},
    {"sequence": 2, "diagnosticEvent": DIAGNOSTIC},
    {"sequence": 3, "summaryEvent": {}},
]


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each part."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from _places(part, (*path, key))


def _replaced(documents: list[dict[str, Any]], path: tuple[Any, ...], value: Any) -> list[dict[str, Any]]:
    changed = deepcopy(documents)
    parent: Any = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return changed


def _is_refused(file: Path) -> bool:
    try:
        list(PreviewSteps(file))
    except InvalidInput:
        return True
    return False


@walk("documents", [DIGEST, EVENTS])
@walk("value", [None, 5, "x", [], [5], {}, {"x": 5}])
def test_a_part_of_another_type_is_refused_in_words(
    tmp_path: Path, documents: list[dict[str, Any]], value: object
) -> None:
    file = tmp_path / "preview.json"
    refusals = 0
    for path in _places(documents):
        file.write_text("\n".join(map(json.dumps, _replaced(documents, path, value))))
        refusals += _is_refused(file)
    assert refusals


@pytest.mark.parametrize("lines", [EVENTS[1:], EVENTS[:-1]], ids=["tail", "head"])
def test_event_lines_that_are_cut_off_are_refused(tmp_path: Path, lines: list[dict[str, Any]]) -> None:
    file = tmp_path / "preview.json"
    file.write_text("\n".join(map(json.dumps, lines)))
    assert _is_refused(file)


@pytest.mark.parametrize("documents", [DIGEST, EVENTS], ids=["digest", "events"])
def test_both_forms_give_steps_and_failures(tmp_path: Path, documents: list[dict[str, Any]]) -> None:
    file = tmp_path / "preview.json"
    file.write_text("\n".join(map(json.dumps, documents)))
    steps = PreviewSteps(file)
    [step, *same] = list(steps)
    assert all(other == step for other in same)
    assert (step.op, step.old, step.dependencies) == ("update", step.new, {"permissionSetArn": ["urn"]})
    assert step.new is not None
    assert step.new.in_program["accounts"] == ["111122223333"]
    assert steps.failures == ["no stack"]
