"""Which findings an open break-glass allows, by who opens it."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import pytest
from pulumi_aws_identity_center.gate.break_glass import OpenBreakGlass
from pulumi_aws_identity_center.gate.judge import Judgement, judge_plan
from pulumi_aws_identity_center.gate.readers import read
from pulumi_aws_identity_center.gate.report import as_json, as_markdown
from pulumi_aws_identity_center.gate.terminal_report import terminal_lines

from tests.walk import walk

TYPE = "aws-identity-center:index:TrustedAccess"
ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
TOMORROW = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
OPEN = {"reason": "a merger", "expires": TOMORROW}
ACCESS_STATE = {"inputs": {"servicePrincipal": "sso.amazonaws.com"}, "outputs": {}}


def _deleted(types: str, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    state = {"type": types.rpartition("$")[2], "inputs": inputs, "outputs": {}}
    return {"op": "delete", "urn": f"urn:pulumi:dev::p::{types}::{name}", "oldState": state, "newState": None}


def _component(name: str, glass: dict[str, Any] | None, types: str = TYPE) -> list[dict[str, Any]]:
    """A component that goes, with its AwsServiceAccess."""
    own = _deleted(types, name, {"breakGlass": glass} if glass else {})
    return [own, _deleted(f"{types}${ACCESS}", name, ACCESS_STATE["inputs"])]


def _judge(steps: list[dict[str, Any]], **config: Any) -> Judgement:
    configured = {f"aws-identity-center:{key}": json.dumps(value) for key, value in config.items()}
    return judge_plan(read(io.StringIO(json.dumps({"config": configured, "steps": steps}))), acknowledged="CHG-7")


def test_a_components_own_is_told_in_every_format() -> None:
    judgement = _judge(_component("sso", OPEN))
    assert judgement.verdict == "safe"
    document = json.loads(as_json(judgement))
    urn = f"urn:pulumi:dev::p::{TYPE}::sso"
    expected = {"reason": "a merger", "acknowledged": "CHG-7", "openedBy": [urn]}
    assert expected.items() <= {**document["breakGlass"], "openedBy": document["breakGlass"]["openedBy"]}.items()
    assert document["breakGlass"]["expires"].startswith(TOMORROW)
    assert "by TrustedAccess sso: a merger" in "\n".join(as_markdown(judgement)).replace("&#58;", ":")


@walk("other", ["access", "sso-2", "ss"])
def test_it_allows_nothing_of_another_component(other: str) -> None:
    judgement = _judge([*_component("sso", OPEN), *_component(other, None)])
    assert judgement.verdict == "unsafe"


def test_one_below_another_component_allows_its_own_part() -> None:
    types = f"aws-identity-center:index:OrganizationSso${TYPE}"
    assert _judge(_component("sso", OPEN, types)).verdict == "safe"
    assert _judge([*_component("sso", OPEN), *_component("sso", None, types)]).verdict == "unsafe"


def test_it_allows_nothing_of_a_component_further_below() -> None:
    types = f"{TYPE}$my:index:Company${TYPE}"
    assert _judge([*_component("sso", OPEN), *_component("sso", None, types)]).verdict == "unsafe"


POLICIES = "arn:aws:iam::aws:policy"
SETS, ASSIGNMENTS = "aws-identity-center:index:PermissionSet", "aws-identity-center:index:AccountAssignments"


@walk(
    ("types", "name", "is_part"),
    [
        (SETS, "access/Admin", True),
        (ASSIGNMENTS, "access/Admin/group:Ops/West", True),
        (SETS, "access/more/Admin", False),
        (ASSIGNMENTS, "access/more/Admin/group:Ops", False),
        (f"my:index:Company${SETS}", "access/Admin", False),
        ("aws:ssoadmin/permissionSet:PermissionSet", "access/Admin", False),
    ],
)
def test_a_matrix_s_allows_what_the_matrix_makes(types: str, name: str, is_part: bool) -> None:
    matrix = "urn:pulumi:dev::p::aws-identity-center:index:AccessMatrix"
    glass = OpenBreakGlass("a merger", TOMORROW, (f"{matrix}::access",))
    lost = f"{matrix}${types}::{name}"
    assert glass.allows("last-administrator-removed", lost) == is_part


def test_what_is_accepted_is_only_shown() -> None:
    judgement = _judge([*_component("sso", OPEN), *_component("access", None)])
    shown = [line.text for line in terminal_lines(judgement, 80) if "trusted-access-deleted" in line.text]
    assert [line[0] for line in shown] == ["✗", "-"]
    assert [line.rpartition(" ")[0].split()[-1] for line in shown] == ["access", "sso"]


SENTINEL, RULE = "aws-identity-center:index:Sentinel", "aws:cloudwatch/eventRule:EventRule"


@walk(
    ("part", "verdict"),
    [("sso-events", "safe"), ("watch-events", "unsafe"), ("sso-2-events", "unsafe"), ("sso-own", "unsafe")],
)
def test_a_sentinels_allows_its_own_parts_to_lose_protection(part: str, verdict: str) -> None:
    sentinel = _deleted(SENTINEL, "sso", {"breakGlass": OPEN})
    sentinel |= {"op": "same", "newState": sentinel["oldState"]}
    rule = _deleted(f"{SENTINEL}${RULE}", part, {})
    rule |= {"op": "update", "newState": rule["oldState"], "oldState": {**rule["oldState"], "protect": True}}
    assert _judge([sentinel, rule]).verdict == verdict


def test_the_configurations_allows_every_components_parts() -> None:
    judgement = _judge([*_component("sso", OPEN), *_component("access", None)], breakGlass=OPEN)
    assert judgement.verdict == "safe"
    document = json.loads(as_json(judgement))
    assert document["breakGlass"]["openedBy"] is None
    assert "otherBreakGlass" not in document


@pytest.mark.parametrize("type_", ["organization:Organization", "delegatedAdministrator:DelegatedAdministrator"])
def test_the_configurations_allows_no_other_resource_to_lose_protection(type_: str) -> None:
    step = _deleted(f"aws:organizations/{type_}", "sso", {"servicePrincipal": "sso.amazonaws.com"})
    step |= {"op": "update", "newState": step["oldState"], "oldState": {**step["oldState"], "protect": True}}
    assert _judge([step], breakGlass=OPEN).verdict == "unsafe"


@walk("glasses", [(OPEN, None), (None, OPEN), (OPEN, {**OPEN, "reason": "an exercise"})])
@walk("order", [1, -1])
def test_each_matrix_that_loses_the_last_administrator_needs_its_own(glasses: Any, order: int) -> None:
    steps = []
    for name, glass in zip("ab", glasses, strict=True):
        matrix = "aws-identity-center:index:AccessMatrix"
        admin = {"name": name, "permissionSetArn": name, "managedPolicies": [f"{POLICIES}/AdministratorAccess"]}
        kept = _deleted(f"{matrix}${SETS}", f"{name}/{name}", admin)
        grant = {"permissionSetArn": name, "principalId": "g", "principalType": "GROUP", "accounts": ["111122223333"]}
        steps += [
            _deleted(matrix, name, {"breakGlass": glass} if glass else {}),
            {**kept, "op": "same", "newState": kept["oldState"]},
            _deleted(f"{matrix}${ASSIGNMENTS}", f"{name}/{name}/group:g", grant),
        ]
    steps.append(_deleted("aws:organizations/organization:Organization", "o", {"masterAccountId": "111122223333"}))
    steps[-1] |= {"op": "same", "newState": steps[-1]["oldState"]}
    judgement = _judge(steps[::order])
    assert judgement.verdict == ("safe" if all(glasses) else "unsafe")
    barred = [name for name, glass in zip("ab", glasses, strict=True) if not glass]
    named = [finding.urn.rpartition("::")[2][0] for finding in judgement.findings if not finding.advisory]
    assert named == barred


def test_two_reasons_are_both_told() -> None:
    other = {**OPEN, "reason": "an exercise"}
    document = json.loads(as_json(_judge([*_component("sso", OPEN), *_component("access", other)])))
    reasons = [row["reason"] for row in (document["breakGlass"], *document["otherBreakGlass"])]
    assert (document["verdict"], reasons) == ("safe", ["a merger", "an exercise"])


@walk("glass", [{**OPEN, "expires": "2020-01-01"}, {**OPEN, "reason": ""}, {"reason": "a merger"}, "x"])
def test_an_invalid_or_past_one_is_not_open(glass: Any) -> None:
    judgement = _judge(_component("sso", glass))
    assert (judgement.verdict, judgement.break_glasses) == ("unsafe", [])


def test_one_that_this_update_closes_is_not_open() -> None:
    component, access = _component("sso", OPEN)
    component |= {"op": "update", "newState": {**component["oldState"], "inputs": {}}}
    assert _judge([component, access]).break_glasses == []
