"""The pack's rules on a Terraform plan: its providers, lookups and names tell where a grant matters."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read

from tests.walk import walk

MANAGEMENT, MEMBER = "111122223333", "222233334444"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
GRANT = json.dumps({"Statement": {"Effect": "Allow", "Action": "organizations:*", "Resource": "*"}})
ORGANIZATION = ("aws_organizations_organization", {"aws_service_access_principals": ["sso.amazonaws.com"]})
ATTACHMENT = ("aws_iam_role_policy_attachment", {"role": "ci", "policy_arn": ADMINISTRATOR})
SET = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
SET_ATTACHMENT = (
    "aws_ssoadmin_managed_policy_attachment",
    {"instance_arn": "i", "permission_set_arn": SET, "managed_policy_arn": ADMINISTRATOR},
)


def _assignment(account: str) -> tuple[str, dict[str, Any]]:
    return "aws_ssoadmin_account_assignment", {"permission_set_arn": SET, "target_id": account, "principal_id": "g"}


def _plan(*resources: tuple[str, dict[str, Any]], provider: Any = None, unknown: Any = None, **more: Any) -> str:
    """A plan that creates the resources, named by their position. unknown: by position, what isn't known."""
    rows, blocks = [], []
    for number, (type_, values) in enumerate(resources):
        address = f"{type_}.r{number}"
        hidden = (unknown or {}).get(number, {})
        change = {"actions": ["create"], "before": None, "after": values, "after_unknown": hidden}
        rows.append({"address": address, "mode": "managed", "type": type_, "change": change})
        marks = {key: ["local.x"] if mark is True else [f"{mark}.id", mark] for key, mark in hidden.items()}
        references = {key: {"references": names} for key, names in marks.items()}
        change["after_unknown"] = dict.fromkeys(hidden, True)
        blocks.append(
            {
                "address": address,
                "mode": "managed",
                "type": type_,
                "provider_config_key": "aws",
                "expressions": references,
            }
        )
    blocks += more.pop("blocks", [])
    return json.dumps(
        {
            "format_version": "1.2",
            "planned_values": {},
            "resource_changes": rows,
            **more,
            "configuration": {
                "provider_config": {"aws": {"name": "aws", "expressions": provider or {}}},
                "root_module": {"resources": blocks},
            },
        }
    )


def _judged(plan: str, **config: Any) -> tuple[str, list[Finding]]:
    return judge(read(io.StringIO(plan), {"no-disable-grant": config}))


def _verdict(plan: str, **config: Any) -> tuple[str, set[str]]:
    verdict, findings = _judged(plan, **config)
    return verdict, {finding.rule for finding in findings}


REFUSED = ("unsafe", {"policy:no-disable-grant"})
SHOWN = ("safe", {"policy:no-disable-grant"})
SILENT: tuple[str, set[str]] = ("safe", set())


def _allowed(account: Any) -> dict[str, Any]:
    return {"allowed_account_ids": {"constant_value": account}}


def test_an_administrator_beside_the_organization_is_refused() -> None:
    assert _verdict(_plan(ORGANIZATION, ATTACHMENT)) == REFUSED


def test_a_document_with_a_key_twice_is_refused() -> None:
    twice = '{"Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}}'
    assert _verdict(_plan(ORGANIZATION, ("aws_iam_policy", {"name": "x", "policy": twice}))) == REFUSED


def test_where_nothing_tells_the_account_it_is_only_shown() -> None:
    assert _verdict(_plan(ATTACHMENT)) == SHOWN


@pytest.mark.parametrize(
    "provider",
    [
        _allowed([MEMBER]),
        {"assume_role": [{"role_arn": {"constant_value": f"arn:aws:iam::{MEMBER}:role/terraform"}}]},
    ],
)
def test_a_member_account_s_provider_is_silent(provider: Any) -> None:
    assert _verdict(_plan(ATTACHMENT, provider=provider)) == SILENT


def test_the_configured_management_account_is_refused() -> None:
    plan = _plan(ATTACHMENT, provider=_allowed([MANAGEMENT]))
    assert _verdict(plan, managementAccountId=MANAGEMENT) == REFUSED


def test_a_variable_tells_the_account_too() -> None:
    plan = _plan(
        ATTACHMENT,
        provider={"allowed_account_ids": {"references": ["var.account"]}},
        variables={"account": {"value": MEMBER}},
    )
    assert _verdict(plan) == SILENT


def _looked_up(account: str) -> dict[str, Any]:
    """A plan that has looked up the caller and the organization."""
    caller = {"account_id": account, "arn": f"arn:aws:sts::{account}:assumed-role/ci/x"}
    rows = [
        {"address": "data.aws_caller_identity.x", "mode": "data", "type": "aws_caller_identity", "values": caller},
        {
            "address": "data.aws_organizations_organization.x",
            "mode": "data",
            "type": "aws_organizations_organization",
            "values": {"master_account_id": MANAGEMENT},
        },
    ]
    block = {"address": rows[0]["address"], "type": "aws_caller_identity", "provider_config_key": "aws"}
    return {"prior_state": {"values": {"root_module": {"resources": rows}}}, "blocks": [block]}


@pytest.mark.parametrize(("account", "expected"), [(MANAGEMENT, REFUSED), (MEMBER, SILENT)])
def test_lookups_tell_the_account(account: str, expected: Any) -> None:
    assert _verdict(_plan(ATTACHMENT, **_looked_up(account))) == expected


@pytest.mark.parametrize(("account", "expected"), [(MANAGEMENT, REFUSED), (MEMBER, SILENT)])
def test_a_permission_set_is_judged_by_where_it_is_assigned(account: str, expected: Any) -> None:
    plan = _plan(ORGANIZATION, SET_ATTACHMENT, _assignment(MEMBER), _assignment(account))
    assert _verdict(plan, managementAccountId=MANAGEMENT) == expected


def test_an_exception_excuses_its_receiver_and_no_other() -> None:
    allowed = [{"pattern": "ci", "reason": "two people approve"}]
    assert _verdict(_plan(ORGANIZATION, ATTACHMENT), allowed=allowed) == SILENT
    other = (ATTACHMENT[0], {**ATTACHMENT[1], "role": "other"})
    assert _verdict(_plan(ORGANIZATION, other), allowed=allowed) == REFUSED


def test_an_excused_policy_is_refused_to_others() -> None:
    allowed = [{"pattern": "broad", "reason": "break-glass"}]
    arn = f"arn:aws:iam::{MANAGEMENT}:policy/broad"
    policy = ("aws_iam_policy", {"name": "broad", "policy": GRANT, "arn": arn})
    attachment = (ATTACHMENT[0], {"role": "anybody", "policy_arn": arn})
    assert _verdict(_plan(ORGANIZATION, policy, attachment), allowed=allowed) == REFUSED
    assert _verdict(_plan(ORGANIZATION, policy), allowed=allowed) == SILENT


def test_a_policy_of_the_same_plan_is_no_unknown() -> None:
    policy = ("aws_iam_policy", {"name": "own", "policy": GRANT.replace("organizations", "s3")})
    attachment = (ATTACHMENT[0], {"role": "ci"})
    plan = _plan(ORGANIZATION, policy, attachment, unknown={2: {"policy_arn": "aws_iam_policy.r1"}})
    assert _verdict(plan) == SILENT


def test_a_document_that_only_the_apply_knows_is_undetermined() -> None:
    policy = ("aws_iam_policy", {"name": "later"})
    verdict, findings = _judged(_plan(ORGANIZATION, policy, unknown={1: {"policy": True}}))
    assert (verdict, findings[0].urn) == ("undetermined", "aws_iam_policy.r1")


def test_the_findings_name_the_address_and_the_fix() -> None:
    _, (finding,) = _judged(_plan(ORGANIZATION, ATTACHMENT))
    assert finding.urn == "aws_iam_role_policy_attachment.r1"
    assert "policy_arn is AdministratorAccess" in finding.detail
    assert finding.remedy
    assert "ulumi" not in f"{finding.detail}{finding.remedy}"


@pytest.mark.parametrize(
    ("account", "rules"), [(MANAGEMENT, {"policy:delegated-administrator-valid"}), (MEMBER, set())]
)
def test_the_management_account_is_no_delegated_administrator(account: str, rules: set[str]) -> None:
    organization = (ORGANIZATION[0], {**ORGANIZATION[1], "master_account_id": MANAGEMENT})
    administrator = {"account_id": account, "service_principal": "sso.amazonaws.com"}
    plan = _plan(organization, ("aws_organizations_delegated_administrator", administrator))
    assert _verdict(plan)[1] == rules


@pytest.mark.parametrize(
    ("features", "rules"), [("CONSOLIDATED_BILLING", {"policy:organization-all-features"}), ("ALL", set())]
)
def test_a_new_organization_has_all_features(features: str, rules: set[str]) -> None:
    assert _verdict(_plan((ORGANIZATION[0], {**ORGANIZATION[1], "feature_set": features})))[1] == rules


@walk(("level", "expected"), [("advisory", SHOWN), ("disabled", SILENT), ("mandatory", REFUSED)])
def test_a_rule_s_level_is_its_configuration_s(level: str, expected: Any) -> None:
    assert _verdict(_plan(ORGANIZATION, ATTACHMENT), enforcementLevel=level) == expected


def test_a_grant_that_a_refresh_finds_and_the_plan_takes_away_is_not_declared() -> None:
    policy = {"name": "x", "role": "ci", "policy": GRANT.replace("organizations", "s3")}
    plan = json.loads(_plan(ORGANIZATION, ("aws_iam_role_policy", policy)))
    row, found = plan["resource_changes"][1], {**policy, "policy": GRANT}
    plan["resource_drift"] = [{**row, "change": {"actions": ["update"], "before": policy, "after": found}}]
    row["change"] |= {"actions": ["update"], "before": found}
    assert _verdict(json.dumps(plan)) == SILENT


def test_what_aws_will_tell_of_a_role_is_known() -> None:
    """The provider plans both as unknown for every new role that sets neither."""
    role = ("aws_iam_role", {"name": "ci", "assume_role_policy": "{}"})
    plan = json.loads(_plan(ORGANIZATION, role, unknown={1: {"inline_policy": True, "managed_policy_arns": True}}))
    assert _verdict(json.dumps(plan))[0] == "undetermined"
    plan["configuration"]["root_module"]["resources"][1]["expressions"] = {}
    assert _verdict(json.dumps(plan)) == SILENT


def test_no_sensitive_text_is_in_a_violation() -> None:
    document = json.dumps({"Statement": {"Sid": "ForAnna", "Effect": "Allow", "Action": "*", "Resource": "*"}})
    plan = json.loads(_plan(ORGANIZATION, ("aws_iam_policy", {"name": "x", "policy": document})))
    _, (shown,) = _judged(json.dumps(plan))
    assert "ForAnna" in shown.detail
    plan["resource_changes"][1]["change"]["after_sensitive"] = {"policy": True}
    _, (hidden,) = _judged(json.dumps(plan))
    assert "ForAnna" not in f"{hidden.detail}{hidden.remedy}"


def test_a_long_sensitive_name_is_not_shown_in_part_either() -> None:
    policy = ("aws_iam_policy", {"name": "broad", "policy": GRANT, "arn": f"arn:aws:iam::{MANAGEMENT}:policy/broad"})
    roles = [f"{letter * 50}-role" for letter in "ab"]
    attachment = ("aws_iam_policy_attachment", {"name": "x", "roles": roles, "policy_arn": policy[1]["arn"]})
    plan = json.loads(_plan(ORGANIZATION, policy, attachment))
    plan["resource_changes"][2]["change"]["after_sensitive"] = {"roles": True}
    _, (finding,) = _judged(json.dumps(plan), allowed=[{"pattern": "broad", "reason": "break-glass"}])
    assert "gives broad to [secret] and [secret]" in finding.detail


def test_a_policy_of_a_module_of_the_plan_is_known() -> None:
    plan = json.loads(_plan(ORGANIZATION, (ATTACHMENT[0], {"role": "ci"}), unknown={1: {"policy_arn": True}}))
    assert _verdict(json.dumps(plan))[0] == "undetermined"
    root = plan["configuration"]["root_module"]
    root["resources"][1]["expressions"] = {"policy_arn": {"references": ["module.policy.arn", "module.policy"]}}
    output = {"expression": {"references": ["aws_iam_policy.this.arn", "aws_iam_policy.this"]}}
    root["module_calls"] = {"policy": {"module": {"outputs": {"arn": output}}}}
    assert _verdict(json.dumps(plan)) == SILENT
