"""The pack's configuration file is taken whole or refused with every problem."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.gate.declared_rules import JUDGES_BY_RULE
from pulumi_aws_identity_center.gate.rule_configs import management_account, parse_rule_configs

from tests.walk import walk

ACCOUNT = "111122223333"
GOOD: dict[str, Any] = {
    "all": "advisory",
    "no-disable-grant": {
        "enforcementLevel": "mandatory",
        "managementAccountId": ACCOUNT,
        "allowed": [{"pattern": "ci", "account": ACCOUNT, "reason": "two people"}],
        "ownerStacks": [],
    },
    "organization-all-features": "disabled",
    "trusted-access-declared": {"ownerStacks": ["x"]},
    "last-administrator-kept": {"managementAccountId": ACCOUNT, "ownerStacks": ["x"]},
}


def test_every_rule_of_the_gate_has_its_configuration() -> None:
    found = parse_rule_configs(json.dumps(GOOD))
    assert set(found) == {*JUDGES_BY_RULE, "last-administrator-kept"}
    assert found["no-disable-grant"] == GOOD["no-disable-grant"]
    assert found["organization-all-features"] == {"enforcementLevel": "disabled"}
    assert found["service-linked-role-untouched"] == {"enforcementLevel": "advisory"}


@walk("rule", ["no-disable-grant", "last-administrator-kept", "delegated-administrator-valid"])
def test_the_management_account_is_taken_from_any_rule(rule: str) -> None:
    configs = parse_rule_configs(json.dumps({rule: {"managementAccountId": ACCOUNT}}))
    assert (management_account(configs), management_account({})) == (ACCOUNT, "")


@walk(
    ("document", "because"),
    [
        ("{", "no JSON"),
        ("[]", "an object"),
        ({"no-disable-grant": 3}, "an object"),
        ({"no-disable-grant": "loud"}, "enforcementLevel"),
        ({"no-disable-grant": {"allow": []}}, "'allow'"),
        ({"service-linked-role-untouched": {"allowed": []}}, "'allowed'"),
        ({"last-administrator-kept": {"managementAccountId": "1"}}, "12 digits"),
        ({"no-disable-grant": {"managementAccountId": 111122223333}}, "12 digits"),
        ({"no-disable-grant": {"allowed": [{"pattern": "ci"}]}}, "reason"),
        ({"no-disable-grant": {"allowed": [{"pattern": "ci", "reason": " "}]}}, "reason"),
        ({"no-disable-grant": {"allowed": [{"pattern": "ci", "reason": "r", "account": "1"}]}}, "account"),
        ({"no-disable-grant": {"allowed": {"pattern": "ci", "reason": "r"}}}, "list"),
    ],
)
def test_what_it_does_not_have_is_refused(document: Any, because: str) -> None:
    with pytest.raises(InvalidInput, match=because):
        parse_rule_configs(document if isinstance(document, str) else json.dumps(document))


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as error:
        parse_rule_configs(json.dumps({"no-disable-grant": {"a": 1, "managementAccountId": "1"}, "x": 3}))
    assert len(error.value.problems) == 3
