"""A plan's JSON is read whole or refused in a sentence; what the plan leaves out is said."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi_aws_identity_center.gate.change import About, Action, Cause, Change, Failure
from pulumi_aws_identity_center.gate.readers import NotAPlan, read, terraform

from tests.property_examples import examples
from tests.walk import walk

ACCESS = "aws_organizations_aws_service_access"
DELETE = {"actions": ["delete"], "before": {"service_principal": "sso.amazonaws.com"}, "after": None}
ROW = {"address": f"{ACCESS}.sso", "mode": "managed", "type": ACCESS, "name": "sso", "change": DELETE}
TERRAFORM = {"format_version": "1.2", "terraform_version": "1.13.5", "planned_values": {}, "resource_changes": [ROW]}


def _read(plan: Any) -> list[Any]:
    return list(read(io.StringIO(plan if isinstance(plan, str) else json.dumps(plan))))


def _failures(plan: Any) -> list[Failure]:
    return [entry for entry in _read(plan) if isinstance(entry, Failure)]


def test_a_plan_is_its_changes_and_where_it_is_from() -> None:
    change, about = _read({**TERRAFORM, "timestamp": "T", "applyable": True, "complete": True, "errored": False})
    assert isinstance(change, Change)
    assert (change.address, change.action, change.cause) == (f"{ACCESS}.sso", Action.DELETE, Cause.PLAN)
    assert about == About("terraform", made="T")


@walk(
    ("provider", "more", "tool"),
    [
        ("registry.opentofu.org/hashicorp/aws", {}, "opentofu"),
        ("registry.terraform.io/hashicorp/aws", {}, "terraform"),
        ("registry.terraform.io/hashicorp/aws", {"applyable": True}, "terraform"),
        ("terraform.io/builtin/terraform", {}, "opentofu"),
        ("terraform.io/builtin/terraform", {"applyable": True}, "terraform"),
    ],
)
def test_the_tool_is_known_by_its_registry(provider: str, more: dict[str, bool], tool: str) -> None:
    *_, about = _read({**TERRAFORM, **more, "resource_changes": [{**ROW, "provider_name": provider}]})
    assert about.tool == tool


def test_one_provider_of_opentofu_s_registry_tells_the_tool() -> None:
    rows = [{**ROW, "provider_name": f"registry.{tool}/hashicorp/aws"} for tool in ("terraform.io", "opentofu.org")]
    *_, about = _read({**TERRAFORM, "resource_changes": rows})
    assert about.tool == "opentofu"


def test_terraform_1_0_wrote_version_0_of_the_format() -> None:
    assert len(_read({**TERRAFORM, "format_version": "0.2"})) == 2


def test_keys_may_come_in_any_order() -> None:
    backwards = dict(reversed({**TERRAFORM, "complete": False}.items()))
    assert {type(entry) for entry in _read(backwards)} == {Change, Failure, About}


def test_drift_is_told_apart_from_what_would_be_done() -> None:
    drift, about = _read({**TERRAFORM, "resource_changes": [], "resource_drift": [ROW]})
    assert (drift.cause, drift.op, about.tool) == (Cause.REFRESH, "drift", "opentofu")


def test_a_plan_without_any_resource_is_a_plan() -> None:
    assert len(_read({"format_version": "1.2", "planned_values": {}})) == 1


_CONDITION = {"address": {"kind": "resource", "to_display": "terraform_data.no"}, "status": "fail"}


@walk(
    ("more", "word"),
    [
        ({"errored": True}, "failed"),
        ({"checks": [_CONDITION]}, "failed"),
        ({"checks": [{**_CONDITION, "status": "error"}]}, "failed"),
        ({"errored": True, "checks": [_CONDITION]}, "failed"),
        ({"complete": False}, "incomplete"),
    ],
)
def test_a_plan_that_leaves_something_out_says_so(more: dict[str, Any], word: str) -> None:
    (failure,) = _failures({**TERRAFORM, **more})
    assert word in failure.message
    assert failure.remedy
    assert not failure.certain


@walk("check", [{**_CONDITION, "status": "pass"}, {**_CONDITION, "address": {"kind": "check"}}, {}, 3, None])
def test_a_check_that_only_warns_is_no_failure(check: Any) -> None:
    assert _failures({**TERRAFORM, "checks": [check]}) == []


def _of_two(*rows: Any) -> About:
    """A plan with these rows, of a state with two objects."""
    state = {"values": {"root_module": {"resources": [{"mode": "managed"}, {"mode": "managed"}, {"mode": "data"}]}}}
    *_, about = _read({**TERRAFORM, "resource_changes": rows, "prior_state": state})
    assert isinstance(about, About)
    return about


def _row(before: Any, mode: str = "managed") -> dict[str, Any]:
    change = {"actions": ["no-op"], "before": before, "after": {}}
    return {"address": "aws_s3_bucket.x", "type": "aws_s3_bucket", "mode": mode, "change": change}


def test_a_plan_that_lacks_rows_is_targeted() -> None:
    assert _of_two(_row({}), _row({})).targeted is False
    assert _of_two(_row({}), _row(None)).targeted is True
    assert _of_two(_row({}), _row({}, "data")).targeted is True


def test_a_plan_that_only_refreshes_is_not_taken_for_targeted() -> None:
    assert _of_two().targeted is None


def test_a_change_that_is_put_off_is_named() -> None:
    """Terraform's alone; made by hand after its documentation of the format."""
    put_off = [
        {"reason": "provider_config_unknown", "resource_change": ROW},
        {"reason": "instance_count_unknown", "resource_change": {**ROW, "type": "aws_s3_bucket"}},
    ]
    (failure,) = _failures({**TERRAFORM, "resource_changes": [], "deferred_changes": put_off})
    assert failure.address == ROW["address"]
    assert "provider_config_unknown" in failure.message


@walk(
    ("plan", "because"),
    [
        ({**TERRAFORM, "format_version": "2.0"}, "format_version"),
        ({"format_version": "1.0", "terraform_version": "1.13.5", "values": {}}, "state"),
        ({"format_version": "1.2"}, "planned_values"),
        ({**TERRAFORM, "resource_changes": [1]}, "change"),
        ({**TERRAFORM, "resource_changes": [{"type": ACCESS}]}, "change"),
        ({**TERRAFORM, "resource_changes": {}}, "JSON"),
        ({**TERRAFORM, "deferred_changes": 3}, "JSON"),
        ({**TERRAFORM, "deferred_changes": [3]}, "deferred"),
        ({**TERRAFORM, "deferred_changes": [{}]}, "change"),
        (json.dumps(TERRAFORM) + "{}", "goes on"),
        ('{"@level":"info","type":"planned_change"}\n{"@level":"info"}', "terraform plan -json"),
        ('{"hello": 1}', "not the JSON of a plan"),
    ],
)
def test_what_is_no_plan_is_refused_with_the_reason(plan: Any, because: str) -> None:
    with pytest.raises(NotAPlan, match=because):
        _read(plan)


def test_every_truncation_of_a_plan_is_refused() -> None:
    whole = json.dumps(TERRAFORM)
    for end in range(1, len(whole)):
        with pytest.raises(NotAPlan):
            _read(whole[:end])


def test_a_value_nested_too_deeply_is_refused() -> None:
    deep: Any = "x"
    for _ in range(600):
        deep = [deep]
    with pytest.raises(NotAPlan, match="deeply"):
        _read({**TERRAFORM, "resource_changes": [{**ROW, "change": {**DELETE, "before": {"policy": deep}}}]})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*sorted(terraform.KEYS), *ROW, *DELETE, "after_unknown"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=examples(200), deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(terraform.KEYS)), _JSON, max_size=4), _JSON)
def test_any_json_is_read_or_refused(plan: dict[str, Any], change: Any) -> None:
    row = {**ROW, "change": change}
    with contextlib.suppress(NotAPlan):
        assert _read({"format_version": "1.2", **plan, "resource_changes": [row]})


def _providers(**expressions: Any) -> dict[str, Any]:
    """A plan in which two resources go through two providers."""
    row = {**ROW, "address": f"{ACCESS}.other"}
    blocks = [
        {"address": each["address"], "type": ACCESS, "provider_config_key": key}
        for each, key in ((ROW, "aws"), (row, "aws.other"))
    ]
    providers = {key: {"name": "aws", "expressions": expressions.get(key, {})} for key in ("aws", "aws.other")}
    configuration = {"provider_config": providers, "root_module": {"resources": blocks}}
    return {**TERRAFORM, "resource_changes": [ROW, row], "configuration": configuration}


@walk(
    ("expressions", "are_one"),
    [
        ({"aws.other": {"region": {"constant_value": "eu-west-1"}}}, True),
        ({"aws.other": {"allowed_account_ids": {"constant_value": ["111122223333"]}}}, False),
        ({"aws.other": {"assume_role": [{"role_arn": {"references": ["var.role"]}}]}}, False),
    ],
)
def test_two_providers_are_one_account_unless_something_tells_them_apart(expressions: Any, are_one: bool) -> None:
    changes = [entry for entry in _read(_providers(**expressions)) if isinstance(entry, Change)]
    providers = {change.before.provider for change in changes if change.before}
    assert (len(providers) == 1) is are_one


@walk("arn", [{"references": ["var.role"]}, {}])  # {} is how Terraform writes a function's call
def test_two_providers_with_unknown_roles_may_be_two_accounts(arn: Any) -> None:
    role = {"assume_role": [{"role_arn": arn}]}
    changes = [entry for entry in _read(_providers(aws=role, **{"aws.other": role})) if isinstance(entry, Change)]
    assert len({change.before.provider for change in changes if change.before}) == 2
