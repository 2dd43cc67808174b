"""What the engine itself wrote (captures/record.py), in both of its forms: the verdict, and every rule that speaks."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import NotAPlan, read

from tests.walk import walk

HERE = Path(__file__).parent / "captures"
_DESTROY = {"guard-removed", "administrator-removed", "organization-deleted", "trusted-access-unwatched"}
_FAILED = {"preview-failed"}
# By capture: the verdict, and the rules.
EXPECTED: dict[str, tuple[str, set[str]]] = {
    "first-time": ("safe", set()),
    "nothing-changes": ("safe", set()),
    "refresh-without-drift": ("safe", set()),
    "refresh-finds-it-off-and-this-turns-it-on": ("safe", set()),
    "refresh-finds-it-off": ("unsafe", {"trusted-access-off", "principal-removed"}),
    "refresh-finds-it-off-and-this-leaves-it-off": ("unsafe", {"trusted-access-off", "principal-removed"}),
    "import-of-an-incomplete-list": ("unsafe", {"principal-removed"}),
    "principal-dropped": ("unsafe", {"principal-removed"}),
    "list-left-out": ("unsafe", {"principal-removed"}),
    "protect-dropped": ("unsafe", {"protection-lost"}),
    "guard-moved-to-another-role": ("unsafe", {"guard-removed"}),
    "replaced-by-another-principal": ("unsafe", {"trusted-access-replaced"}),
    "destroy-without-protect": ("unsafe", _DESTROY),
    "destroy-refused-by-protect": ("unsafe", _FAILED),
    "new-organization-with-an-unknown-principal": ("undetermined", {"value-unknown"}),
    "program-fails": ("undetermined", _FAILED),
    "access-nothing-changes": ("safe", set()),
    "access-in-one-account-less": ("safe", set()),
    "access-matrix-removed": ("unsafe", {"last-administrator-removed"}),
    "access-of-administrators-reduced": ("unsafe", {"last-administrator-removed"} | _FAILED),
    "access-destroyed": ("unsafe", {"last-administrator-removed", "administrator-removed"}),
}
# The digest drops what a policy says; the event lines have it.
ONE_FORM = {
    "refused-by-the-pack.digest": {"principal-removed", "preview-failed"},
    "refused-by-the-pack.events": {
        "principal-removed",
        "policy:organization-keeps-sso",
        "policy:trusted-access-single-owner",
    },
}


def _judged(name: str):
    with (HERE / f"{name}.json").open(encoding="utf-8") as stream:
        verdict, findings = judge(read(stream))
    return verdict, {finding.rule for finding in findings}


@walk("form", ["digest", "events"])
@walk("name", EXPECTED)
def test_the_engines_output_is_judged_alike_in_both_forms(name: str, form: str) -> None:
    assert _judged(f"{name}.{form}") == EXPECTED[name]


@pytest.mark.parametrize("name", ONE_FORM)
def test_a_violation_is_named_where_the_form_tells_it(name: str) -> None:
    assert _judged(name) == ("unsafe", ONE_FORM[name])


@pytest.mark.parametrize("form", ["digest", "events"])
def test_a_destroy_that_protect_refuses_is_called_a_destroy(form: str) -> None:
    with (HERE / f"destroy-refused-by-protect.{form}.json").open(encoding="utf-8") as stream:
        _, (finding,) = judge(read(stream))
    assert finding.detail.startswith("Pulumi refuses this destroy: ")
    assert finding.remedy.startswith("Leave it so: nothing is destroyed.")


def test_every_capture_is_judged_here() -> None:
    known = {f"{name}.{form}" for name in EXPECTED for form in ("digest", "events")} | set(ONE_FORM)
    assert known == {path.stem for path in HERE.glob("*.json")}


@walk("path", sorted(HERE.glob("*.events.json")))
def test_a_stream_without_one_resources_lines_is_never_safe(path: Path) -> None:
    """But for what stays the same, and where a refresh is among the steps: its summary counts under other names."""
    lines = path.read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    steps = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
    if any(step["op"] == "refresh" for step in steps):
        return
    for step in steps:
        if step["op"] == "same":
            continue
        rest = "\n".join(line for line in lines if json.dumps(step["urn"])[1:-1] not in line)
        try:
            assert judge(read(io.StringIO(rest)))[0] != "safe", step["urn"]
        except NotAPlan:
            continue
