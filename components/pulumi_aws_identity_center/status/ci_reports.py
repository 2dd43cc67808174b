"""Checks in CI's formats: JUnit XML, and SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0). Pure, without a date, so
that the same checks give the same bytes.

A check that could not be told is an error in JUnit and "open" in SARIF; one that no API can tell is skipped, and
"informational".
"""

from __future__ import annotations

import collections
import json
from collections.abc import Sequence
from typing import Any

from pulumi_aws_identity_center.plain_text import xml

from .checks import Check

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_TOOL = "identity-center status"
# What is judged is no file, and GitHub refuses a whole report with a result that is in none
# (github.com/github/codeql-action/issues/1738): this is where a reader of the repository would begin.
_PLACE = {"artifactLocation": {"uri": "Pulumi.yaml"}, "region": {"startLine": 1}}


def as_junit(checks: Sequence[Check]) -> str:
    outcomes = collections.Counter(map(_outcome, checks))
    counts = {"failures": outcomes["failure"], "errors": outcomes["error"], "skipped": outcomes["skipped"]}
    attributes = " ".join(f'{name}="{count}"' for name, count in {"tests": len(checks), **counts}.items())
    # Jenkins' schema (junit-10.xsd of its xunit plugin) takes "skipped" on the suite and not around it.
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{_TOOL}">',
        f'<testsuite name="{_TOOL}" {attributes}>',
        *map(_case, checks),
        "</testsuite>",
        "</testsuites>",
        "",
    ]
    return "\n".join(lines)


def _outcome(check: Check) -> str:
    outcomes = {"pass": "", "fail": "failure", "undetermined": "error" if check.required else "skipped"}
    return outcomes[check.result]


def _case(check: Check) -> str:
    outcome, message = _outcome(check), f'message="{xml(check.detail)}"'
    bodies = {
        "": f"<system-out>{xml(check.detail)}</system-out>",
        "skipped": f"<skipped {message}/>",
    }
    body = bodies.get(outcome) or f"<{outcome} {message}>{xml(_remedy(check))}</{outcome}>"
    return f'  <testcase classname="{xml(check.id)}" name="{xml(check.subject)}">{body}</testcase>'


def _remedy(check: Check) -> str:
    """In one line: of several commands, one is enough."""
    return check.remedy.replace("\n", " Or: ")


def as_sarif(checks: Sequence[Check]) -> str:
    ids = list(dict.fromkeys(check.id for check in checks))
    driver = {
        "name": _TOOL,
        "rules": [{"id": id_, "shortDescription": {"text": id_.replace("-", " ")}} for id_ in ids],
    }
    run = {"tool": {"driver": driver}, "results": [_result(check, ids.index(check.id)) for check in checks]}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(check: Check, index: int) -> dict[str, Any]:
    """level has to be "none" for every kind but "fail"."""
    kind = {"pass": "pass", "fail": "fail"}.get(check.result, "open" if check.required else "informational")
    return {
        "ruleId": check.id,
        "ruleIndex": index,
        "kind": kind,
        "level": "error" if kind == "fail" else "none",
        "message": {"text": f"{check.detail} {_remedy(check)}".strip()},
        "locations": [
            {
                "physicalLocation": _PLACE,
                "logicalLocations": [{"fullyQualifiedName": check.subject, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"checkAndSubject/v1": f"{check.id}/{check.subject}"},
    }
