"""Steps of a preview, built one at a time."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import pytest
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read


def _urn(type_: str) -> str:
    return f"urn:pulumi:dev::p::{type_}::x"


def _state(inputs=None, outputs=None, **options):
    return {"inputs": inputs or {}, "outputs": outputs or {}, **options}


def _digest(*steps, **more) -> str:
    refreshed = sum(step["op"] == "refresh" for step in steps)
    return json.dumps({"steps": list(steps), "changeSummary": {"same": refreshed} if refreshed else {}, **more})


def _events(*steps, ended: bool = True) -> str:
    """The same steps as event lines."""
    lines = [{"sequence": 0, "timestamp": 1, "preludeEvent": {"config": {}}}]
    for step in steps:
        metadata = {"op": step["op"], "urn": step["urn"], "old": step.get("oldState"), "new": step.get("newState")}
        metadata["detailedDiff"] = step.get("detailedDiff")
        lines.append({"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata}})
    if ended:
        lines.append({"sequence": 2, "timestamp": 1, "summaryEvent": {"resourceChanges": {}}})
    return "".join(json.dumps(line) + "\n" for line in lines)


def _step(op: str, type_: str, old=None, new=None, changed=()):
    diff = {path: {"kind": "update"} for path in changed} or None
    return {"op": op, "urn": _urn(type_), "oldState": old, "newState": new, "detailedDiff": diff}


def _verdict(text: str) -> tuple[str, list[str]]:
    verdict, findings = judge(read(io.StringIO(text)))
    return verdict, [finding.rule for finding in findings]


@pytest.fixture(scope="session")
def gate() -> SimpleNamespace:
    return SimpleNamespace(step=_step, state=_state, digest=_digest, events=_events, verdict=_verdict)
