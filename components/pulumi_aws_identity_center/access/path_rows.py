"""A finding's escalation paths as rows of the report: each step with who makes it, on what, and by which policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS

from .account import HeldPolicy
from .escalation.path import Path, Stage, Step
from .finding import Finding

_MOST_STAGES = 12
Row = dict[str, Any]


def names_of(policies: Iterable[HeldPolicy]) -> list[str]:
    return list(dict.fromkeys(policy.name for policy in policies))


def groups_of(policies: Iterable[HeldPolicy]) -> list[str]:
    return list(dict.fromkeys(policy.group for policy in policies if policy.group))


def without_empty(row: Row) -> Row:
    return {name: value for name, value in row.items() if value}


def path_rows(finding: Finding, finding_by_arn: Mapping[str, Finding]) -> list[list[Row]]:
    """The steps of each path, up to a lock-out action. None for a principal that can call them all anyway."""
    if set(LOCK_OUT_ACTIONS) <= set(finding.actions):
        return []
    paths = [_whole(path, finding_by_arn) for path in finding.paths if path.actions]
    return [_rows(path) for path in _merged(paths)]


def _whole(path: Path, finding_by_arn: Mapping[str, Finding]) -> Path:
    """With the path of the principal that it leads to, and so on. The first path of a principal is the one by which it
    became capable, so none leads back."""
    while path.becomes and len(path.stages) < _MOST_STAGES:
        following = finding_by_arn[path.becomes].paths[0]
        path = Path(stages=(*path.stages, *following.stages), becomes=following.becomes)
    return path


def _merged(paths: list[Path]) -> list[Path]:
    """Paths that differ in the action of one step alone, as one in which that step has alternatives."""
    merged: list[Path] = []
    for path in paths:
        for number, other in enumerate(merged):
            place = _place_of_alternative(other, path)
            if place is not None:
                stages = list(other.stages)
                stages[place] = (*stages[place], *path.stages[place])
                merged[number] = replace(other, stages=tuple(stages))
                break
        else:
            merged.append(path)
    return merged


def _place_of_alternative(path: Path, other: Path) -> int | None:
    """The only stage in which they differ, if the same principal acts on the same resource there."""
    if path.becomes != other.becomes or len(path.stages) != len(other.stages):
        return None
    stages = list(zip(path.stages, other.stages, strict=True))
    places = [place for place, (stage, other_stage) in enumerate(stages) if stage != other_stage]
    if len(places) != 1:
        return None
    (step, *_), (other_step, *_) = stages[places[0]]
    return places[0] if (step.caller, step.resource) == (other_step.caller, other_step.resource) else None


def _rows(path: Path) -> list[Row]:
    """A row a stage. The last one of a path too long to show has `continues`: the principal whose own path goes on."""
    rows = [_stage_row(stage) for stage in path.stages]
    if path.becomes:
        rows[-1]["continues"] = path.becomes
    return rows


def _stage_row(stage: Stage) -> Row:
    row, *alternatives = map(_step_row, stage)
    return {**row, "or": alternatives} if alternatives else row


def _step_row(step: Step) -> Row:
    optional = {"context": without_empty(dict(step.context)), "groups": groups_of(step.through)}
    return {
        "principal": step.caller,
        "action": step.action,
        "resource": step.resource,
        "through": names_of(step.through),
        **without_empty(optional),
    }
