"""A list of a role's policies in a Terraform plan, however the configuration writes it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from pulumi_aws_identity_center import guard_document
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read

from tests.walk import walk

GUARD = json.dumps(guard_document())
READS = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
OTHER = {"name": "other", "policy": json.dumps(READS)}
GUARD_ARN = "arn:aws:iam::111122223333:policy/identity-center-guard"
READER, SUPPORT = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/SupportUser"
GRANT = json.dumps({"Statement": {"Effect": "Allow", "Action": "organizations:*", "Resource": "*"}})
Row = tuple[str, list[str], Any, Any]


def _unchanged(type_: str, props: dict[str, Any]) -> Row:
    return type_, ["no-op"], props, props


INLINE = _unchanged("aws_iam_role_policy", {"name": "keep", "role": "r", "policy": GUARD})
ATTACHED = _unchanged("aws_iam_role_policy_attachment", {"role": "r", "policy_arn": GUARD_ARN})


def _verdict(*rows: Row, unknown: Any = None, sets: Any = None) -> tuple[str, list[str]]:
    """sets: the expressions of the role's block; a plan's JSON has none of a dynamic block."""
    changes = []
    for number, (type_, actions, before, after) in enumerate(rows):
        change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {}}
        changes.append({"address": f"{type_}.r{number}", "mode": "managed", "type": type_, "change": change})
    role = {"address": "aws_iam_role.r0", "mode": "managed", "type": "aws_iam_role", "provider_config_key": "aws"}
    configuration = {
        "provider_config": {"aws": {"name": "aws"}},
        "root_module": {"resources": [{**role, "expressions": sets or {}}]},
    }
    plan = {"format_version": "1.2", "planned_values": {}, "resource_changes": changes, "configuration": configuration}
    verdict, findings = judge(read(io.StringIO(json.dumps(plan))))
    return verdict, [finding.rule for finding in findings]


def _role(*inline: dict[str, str]) -> dict[str, Any]:
    return {"name": "r", "inline_policy": list(inline), "managed_policy_arns": []}


@walk("before", [_role({"name": "keep", "policy": GUARD}), _role()])
@walk("sets", [{"inline_policy": [{}]}, {}])
def test_an_inline_list_that_a_role_begins_removes_the_guard(before: Any, sets: Any) -> None:
    assert _verdict(("aws_iam_role", ["update"], before, _role(OTHER)), INLINE, sets=sets) == (
        "unsafe",
        ["guard-removed"],
    )


@pytest.mark.parametrize("after", [[], None])
def test_an_emptied_inline_list_takes_off_the_guard(after: Any) -> None:
    before = _role({"name": "keep", "policy": GUARD})
    update = ("aws_iam_role", ["update"], before, {**before, "inline_policy": after})
    assert _verdict(update) == ("unsafe", ["guard-removed"])


def test_a_replacement_of_its_name_overwrites_the_guard() -> None:
    before = {"name": "other", "role": "r", "policy": json.dumps(READS)}
    replaced = ("aws_iam_role_policy", ["delete", "create"], before, {**before, "name": "keep"})
    assert _verdict(replaced, INLINE)[1] == ["guard-removed"]


def test_inline_policies_that_others_make_are_no_list() -> None:
    before = _role({"name": "keep", "policy": GUARD})
    assert _verdict(("aws_iam_role", ["update"], before, {**before, "description": "x"}), INLINE) == ("safe", [])
    hidden = {"name": "r", "managed_policy_arns": []}
    update = ("aws_iam_role", ["update"], before, hidden)
    assert _verdict(update, unknown={"inline_policy": True}) == ("safe", [])


def test_a_list_that_the_block_sets_and_only_the_apply_knows_is_undetermined() -> None:
    before = {"name": "r", "managed_policy_arns": [GUARD_ARN]}
    update = ("aws_iam_role", ["update"], before, {"name": "r"})
    hidden = {"managed_policy_arns": True}
    verdict, rules = _verdict(update, unknown=hidden, sets={"managed_policy_arns": {"references": ["local.x"]}})
    assert verdict == "undetermined"
    assert "value-unknown" in rules
    assert _verdict(update, unknown=hidden) == ("safe", [])


def test_a_grant_in_a_dynamic_block_is_refused() -> None:
    granting = _role({"name": "all", "policy": GRANT})
    principals = {"aws_service_access_principals": ["sso.amazonaws.com"]}
    organization = _unchanged("aws_organizations_organization", principals)
    for before, actions in ((None, ["create"]), (_role(), ["update"])):
        assert _verdict(("aws_iam_role", actions, before, granting), organization) == (
            "unsafe",
            ["policy:no-disable-grant"],
        )


LISTS = {
    "aws_iam_role_policy_attachments_exclusive": ({"role_name": "r"}, "policy_arns"),
    "aws_iam_role": ({"name": "r"}, "managed_policy_arns"),
}


@pytest.mark.parametrize("type_", LISTS)
def test_a_list_of_awss_policies_alone_takes_off_the_guard(type_: str) -> None:
    props, key = LISTS[type_]
    update = (type_, ["update"], {**props, key: [READER]}, {**props, key: [SUPPORT]})
    assert _verdict(update, ATTACHED) == ("unsafe", ["guard-removed"])
    assert _verdict((type_, ["update"], {**props, key: [READER]}, {**props, key: [GUARD_ARN]}), ATTACHED) == (
        "safe",
        [],
    )
