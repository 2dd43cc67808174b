"""What OpenTofu and Terraform wrote (captures/terraform/record.py): the verdict, and every rule that speaks."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import NotAPlan, read

from tests.walk import walk

HERE = Path(__file__).parent / "captures/terraform"
OF_TERRAFORM = HERE / "of-terraform"
_PULUMI_S = (
    *("ulumi", "opts", "Python", "YAML", "retainOnDelete", "stack", "preview", "awsService", "featureSet"),
    "update judges",
)
_DRIFT = {"trusted-access-off", "principal-removed", "administrator-gone"}
# By capture: the verdict, and the rules.
EXPECTED: dict[str, tuple[str, set[str]]] = {
    "first-time": ("safe", set()),
    "nothing-changes": ("safe", set()),
    "import-without-change": ("safe", set()),
    "import-of-an-incomplete-list": ("unsafe", {"principal-removed"}),
    "principal-dropped": ("unsafe", {"principal-removed"}),
    "list-left-out": ("unsafe", {"principal-removed"}),
    "list-ignored": ("safe", set()),
    "list-wholly-unknown": ("undetermined", {"value-unknown"}),
    "list-partly-unknown": ("undetermined", {"value-unknown"}),
    "sensitive": ("unsafe", {"principal-removed", "administrator-removed"}),
    "errored": ("undetermined", {"preview-failed"}),
    "one-resource-targeted": ("undetermined", {"preview-targeted"}),
    "moved": ("safe", set()),
    "forgotten": ("unsafe", {"trusted-access-unwatched"}),
    "replaced-delete-first": ("unsafe", {"trusted-access-replaced"}),
    "replaced-create-first": ("unsafe", {"trusted-access-replaced"}),
    "replaced-forget-and-create": ("unsafe", {"trusted-access-replaced"}),
    "deposed-deleted": ("unsafe", {"trusted-access-deleted"}),
    "drift-mended": ("safe", set()),
    "drift-refresh-only": ("unsafe", _DRIFT),
    "drift-left": ("unsafe", _DRIFT),
    "guard-says-less": ("unsafe", {"guard-removed"}),
    "guard-in-a-module-dropped": ("unsafe", {"guard-removed"}),
    "everything-destroyed": (
        "unsafe",
        {"organization-deleted", "trusted-access-deleted", "administrator-removed", "guard-removed"},
    ),
    "other-subjects-destroyed": ("unsafe", {"instance-deleted", "saml-provider-touched", "account-access-deleted"}),
    "grants": (
        "unsafe",
        {
            *("policy:no-disable-grant", "policy:organization-all-features"),
            "policy:service-linked-role-untouched",
        },
    ),
    # It keeps the grant of AdministratorAccess in the management account, which that rule refuses.
    "administrators-in-one-account-less": ("unsafe", {"policy:no-disable-grant"}),
    "administrators-reduced": ("unsafe", {"last-administrator-removed"}),
    "administrators-removed": ("unsafe", {"last-administrator-removed"}),
    "example": ("safe", set()),
    "example-without-sso": ("unsafe", {"principal-removed"}),
}


def _judged(plan: str) -> tuple[str, list[Finding]]:
    verdict, findings = judge(read(io.StringIO(plan)))
    return verdict, findings


def _plan(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text())


@walk("name", EXPECTED)
def test_a_plan_of_opentofu_is_judged(name: str) -> None:
    verdict, findings = _judged((HERE / f"{name}.json").read_text())
    assert (verdict, {finding.rule for finding in findings}) == EXPECTED[name]


def test_every_capture_is_judged_here() -> None:
    assert set(EXPECTED) == {path.stem for path in HERE.glob("*.json")}


@walk("path", sorted(OF_TERRAFORM.glob("*.json")))
def test_a_plan_of_terraform_s_own_is_judged_alike(path: Path) -> None:
    verdict, findings = _judged(path.read_text())
    assert (verdict, {finding.rule for finding in findings}) == EXPECTED[path.stem]
    assert json.loads(path.read_text())["terraform_version"] == "1.5.7"


@walk("name", EXPECTED)
def test_the_order_of_keys_and_rows_does_not_matter(name: str) -> None:
    plan = dict(sorted(_plan(name).items()))
    for key in ("resource_changes", "resource_drift"):
        plan.get(key, []).reverse()
    verdict, findings = _judged(json.dumps(plan, indent=1))
    assert (verdict, {finding.rule for finding in findings}) == EXPECTED[name]


@walk("name", EXPECTED)
def test_terraform_s_registry_makes_no_difference(name: str) -> None:
    text = (HERE / f"{name}.json").read_text().replace("registry.opentofu.org", "registry.terraform.io")
    assert _judged(text)[0] == EXPECTED[name][0]


@walk("name", EXPECTED)
def test_a_plan_cut_short_is_never_safe(name: str) -> None:
    text = (HERE / f"{name}.json").read_text().rstrip()
    for end in range(1, len(text), 97):
        with pytest.raises(NotAPlan):
            _judged(text[:end])


@walk("name", EXPECTED)
def test_findings_speak_terraform_s_language(name: str) -> None:
    for finding in _judged((HERE / f"{name}.json").read_text())[1]:
        text = f"{finding.detail} {finding.remedy}"
        for word in _PULUMI_S:
            assert word not in text, text


def test_a_finding_shows_the_address_and_the_plan_s_actions() -> None:
    (finding,) = _judged((HERE / "guard-in-a-module-dropped.json").read_text())[1]
    assert (finding.urn, finding.op) == ('module.account["first"].aws_iam_role_policy.guard[0]', "delete")


def test_no_sensitive_value_is_shown() -> None:
    _, findings = _judged((HERE / "sensitive.json").read_text())
    assert findings
    shown = json.dumps([finding.as_json() for finding in findings])
    assert "222233334444" not in shown
    assert "333344445555" not in shown


def _replaced(plan: dict[str, Any], actions: list[str]) -> str:
    for row in plan["resource_changes"]:
        row["change"]["actions"] = actions
    return json.dumps(plan)


def test_terraform_s_spelling_of_forget_and_create_is_the_same() -> None:
    """Terraform's alone; made by hand after its documentation of the format."""
    verdict, findings = _judged(_replaced(_plan("replaced-forget-and-create"), ["create", "forget"]))
    assert (verdict, [finding.rule for finding in findings]) == ("unsafe", ["trusted-access-replaced"])


def test_an_action_of_a_later_version_is_undetermined() -> None:
    verdict, findings = _judged(_replaced(_plan("nothing-changes"), ["suspend"]))
    assert verdict == "undetermined"
    assert {finding.rule for finding in findings} >= {"operation-unknown"}


@pytest.mark.parametrize("more", [{"complete": False}, {"errored": True}])
def test_what_a_plan_leaves_out_is_undetermined(more: dict[str, bool]) -> None:
    assert _judged(json.dumps({**_plan("nothing-changes"), **more}))[0] == "undetermined"


def test_what_is_put_off_is_undetermined() -> None:
    """Terraform's alone; made by hand after its documentation of the format."""
    plan = _plan("forgotten")
    plan["deferred_changes"] = [{"reason": "absent_prereq", "resource_change": row} for row in plan["resource_changes"]]
    verdict, findings = _judged(json.dumps({**plan, "resource_changes": []}))
    assert (verdict, [finding.urn for finding in findings]) == (
        "undetermined",
        ["aws_organizations_aws_service_access.sso"],
    )


def test_a_grant_that_a_refresh_finds_gone_is_not_taken_away_by_the_plan() -> None:
    plan = _plan("administrators-removed")
    found = {"resource_drift": plan["resource_changes"], "resource_changes": []}
    assert _judged(json.dumps({**plan, **found})) == ("safe", [])


def test_a_guard_given_to_a_role_that_changes_stays() -> None:
    """A role's state also shows what other resources attach, and its block doesn't set it."""
    plan = _plan("first-time")
    rows = {row["address"]: row["change"] for row in plan["resource_changes"]}
    others = {"name": "admin", "managed_policy_arns": ["arn:aws:iam::111122223333:policy/other"], "inline_policy": []}
    rows["aws_iam_role.admin"] |= {"actions": ["update"], "before": others, "after": {**others, "description": "x"}}
    assert _judged(json.dumps(plan)) == ("safe", [])
