"""A KMS key that Identity Center may use is missed; any other key is nobody's business here."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any

import pulumi_aws
import pytest
from pulumi_aws_identity_center.gate.rules.encryption_key import TYPES

from tests.walk import walk

KEY = "aws:kms/key:Key"
SERVICES = ["sso.amazonaws.com", "identitystore.amazonaws.com"]
RESERVED = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef"
HIDDEN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def _policy(services: Any, effect: str = "Allow") -> dict[str, Any]:
    own = {"Effect": "Allow", "Principal": {"AWS": RESERVED}, "Action": "kms:*", "Resource": "*"}
    used = {"Effect": effect, "Principal": {"Service": services}, "Action": "kms:Decrypt", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [own, used] if services else own}


USED, UNUSED = json.dumps(_policy(SERVICES)), json.dumps(_policy(None))


def _judged(gate: Any, form: str, op: str, old: Any, new: Any, type_: str = KEY) -> tuple[str, list[str]]:
    verdict, rules = gate.verdict(getattr(gate, form)(gate.step(op, type_, old and gate.state(old, old), new)))
    return verdict, rules


LOST = ("undetermined", ["encryption-key-lost"])
UNTOLD = ("undetermined", ["value-unknown"])
USES = {"Effect": "Allow", "Principal": {"Service": SERVICES}, "Action": "kms:Decrypt", "Resource": "*"}
DENIES_ALL = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}


def _statements(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def test_every_type_with_a_key_policy_is_judged() -> None:
    assert pulumi_aws.kms.Key.pulumi_type in TYPES  # this loads the package, too
    resources = [value for _, value in inspect.getmembers(pulumi_aws.kms) if hasattr(value, "pulumi_type")]
    types = {resource.pulumi_type for resource in resources if hasattr(resource, "policy")}
    assert types == {type_ for type_ in TYPES if type_.startswith("aws:")}


@walk("form", ["digest", "events"])
@walk("type_", TYPES)
def test_deleting_one_that_identity_center_may_use_is_undetermined(gate: Any, form: str, type_: str) -> None:
    name = "keyPolicy" if type_.startswith("aws-native") else "policy"
    assert _judged(gate, form, "delete", {name: USED}, None, type_) == LOST


@walk(
    "policy",
    [
        UNUSED,
        HIDDEN,
        "{",
        "[]",
        "null",
        json.dumps(_policy(SERVICES, "Deny")),
        json.dumps(_policy("s3.amazonaws.com")),
        json.dumps({"Statement": [None, {"Effect": "Allow", "Principal": "*"}]}),
    ],
)
@walk("op", ["delete", "update"])
def test_any_other_key_is_silent(gate: Any, policy: str, op: str) -> None:
    new = gate.state({"policy": UNUSED, "isEnabled": False}) if op == "update" else None
    assert _judged(gate, "digest", op, {"policy": policy}, new) == ("safe", [])


@walk(
    ("new", "expected"),
    [
        ({"policy": USED, "isEnabled": False}, LOST),
        ({"policy": UNUSED}, LOST),
        ({"policy": json.dumps(_policy(SERVICES[:1]))}, LOST),
        ({"policy": HIDDEN}, UNTOLD),
        ({"policy": USED, "isEnabled": HIDDEN}, UNTOLD),
        ({"policy": _statements(USES, DENIES_ALL)}, LOST),
        ({"policy": _statements({**USES, "Action": "kms:DescribeKey"})}, LOST),
        ({"policy": _statements({**USES, "Resource": "arn:aws:kms:us-east-1:111122223333:key/other"})}, LOST),
        ({"policy": _statements({**USES, "Condition": {"Bool": {"aws:SecureTransport": "true"}}})}, LOST),
        ({"policy": _statements({**USES, "Sid": "Renamed"})}, ("safe", [])),
        ({"policy": USED, "description": "other"}, ("safe", [])),
        ({"policy": json.dumps(_policy(SERVICES[::-1]))}, ("safe", [])),
    ],
)
def test_an_update_counts_if_it_may_end_the_use(gate: Any, new: Any, expected: Any) -> None:
    assert _judged(gate, "events", "update", {"policy": USED}, gate.state(new)) == expected


OTHERS = {**USES, "Principal": {"AWS": RESERVED}}


def _with(statement: Mapping[str, Any], negated: str, value: Any) -> dict[str, Any]:
    """With NotPrincipal in place of Principal, or NotAction of Action."""
    kept = {key: inner for key, inner in statement.items() if key != negated.removeprefix("Not")}
    return {**kept, negated: value}


def _spared(*arns: str) -> dict[str, Any]:
    return _with(DENIES_ALL, "NotPrincipal", {"AWS": arns})


def _limited(*accounts: str) -> dict[str, Any]:
    keys = ["aws:SourceOrgID", "aws:SourceAccount"] if accounts[0] == "a" else ["aws:SourceAccount", "aws:SourceOrgID"]
    return {**USES, "Condition": {"StringEquals": dict.fromkeys(keys, accounts)}}


@walk(
    ("old", "new", "expected"),
    [
        (USES, [USES, OTHERS], "safe"),
        ([USES, OTHERS], USES, "safe"),
        ([USES, DENIES_ALL], USES, "safe"),
        (USES, [USES, {**DENIES_ALL, "Principal": {"AWS": RESERVED}}], "safe"),
        (USES, [USES, {**DENIES_ALL, "Principal": {"Service": SERVICES[0]}}], LOST[0]),
        (USES, [USES, _spared(RESERVED)], LOST[0]),
        (USES, [{**USES, "Principal": {"Service": service}} for service in SERVICES], "safe"),
        (USES, {**USES, "Action": ["kms:Encrypt", "kms:Decrypt"]}, "safe"),
        ({**USES, "Action": ["kms:Encrypt", "kms:Decrypt"]}, USES, LOST[0]),
        ([USES, DENIES_ALL], [{**DENIES_ALL, "Sid": "Renamed"}, USES], "safe"),
        ({**USES, "Resource": ["*", RESERVED]}, {**USES, "Resource": [RESERVED, "*"]}, "safe"),
        ([USES, _spared(RESERVED, "other")], [USES, _spared("other", RESERVED)], "safe"),
        ([USES, _spared(RESERVED, "other")], [USES, _spared(RESERVED), _spared("other")], LOST[0]),
        (_limited("a", "b"), _limited("b", "a"), "safe"),
        (_limited("a", "b"), _limited("a"), LOST[0]),
        (_limited("a"), _limited("a", "b"), LOST[0]),
        (_with(USES, "NotAction", ["kms:Put*", "kms:Get*"]), _with(USES, "NotAction", "kms:Put*"), LOST[0]),
        (_with(USES, "NotAction", "kms:Put*"), _with(USES, "NotAction", ["kms:Put*", "kms:Get*"]), LOST[0]),
        (_with(USES, "NotAction", ["kms:P*", "kms:G*"]), _with(USES, "NotAction", ["kms:G*", "kms:P*"]), "safe"),
        (USES, {**USES, "Action": "kms:*"}, LOST[0]),
        (USES, {**USES, "Principal": "*"}, LOST[0]),
    ],
)
def test_a_policy_counts_that_may_allow_services_less(gate: Any, old: Any, new: Any, expected: str) -> None:
    policies = [json.dumps({"Statement": statements}) for statements in (old, new)]
    verdict, _ = _judged(gate, "digest", "update", {"policy": policies[0]}, gate.state({"policy": policies[1]}))
    assert verdict == expected


DENIES = {"Effect": "Deny", "Principal": {"Service": SERVICES}, "Action": "kms:Decrypt", "Resource": "*"}


@walk(
    ("policy", "rule"),
    [
        ({"Statement": [HIDDEN, DENIES]}, "value-unknown"),
        (USED.replace('"Effect": "Allow"', '"Effect": "Allow", "Effect": "Deny"'), "encryption-key-lost"),
        (f"{SERVICES}{{", "encryption-key-lost"),
    ],
)
def test_a_new_policy_that_can_t_be_read_lets_nothing_in(gate: Any, policy: Any, rule: str) -> None:
    old, new = {"keyPolicy": _policy(SERVICES)}, gate.state({"keyPolicy": policy})
    assert _judged(gate, "digest", "update", old, new, "aws-native:kms:Key") == ("undetermined", [rule])


def test_a_policy_that_can_t_be_read_and_stays_is_silent(gate: Any) -> None:
    twice = USED.replace('"Version"', '"Version": "2012-10-17", "Version"')
    new = gate.state({"policy": twice, "description": "other"})
    assert _judged(gate, "digest", "update", {"policy": twice}, new) == ("safe", [])
    assert _judged(gate, "digest", "delete", {"policy": twice}, None) == LOST


@walk(
    ("type_", "expected"),
    [(KEY, ("safe", [])), ("aws:kms/replicaKey:ReplicaKey", ("safe", [])), ("aws-native:kms:Key", LOST)],
)
def test_a_program_without_a_policy_leaves_another_resource_s(gate: Any, type_: str, expected: Any) -> None:
    name = "keyPolicy" if type_.startswith("aws-native") else "policy"
    new = gate.state({"description": "other"}, {})
    assert _judged(gate, "digest", "update", {name: USED}, new, type_) == expected


def test_a_key_that_aws_keeps_is_not_lost(gate: Any) -> None:
    state = gate.state({"policy": USED}, {"policy": USED}, retainOnDelete=True)
    assert gate.verdict(gate.digest(gate.step("delete", KEY, state))) == ("safe", [])


@pytest.mark.parametrize(("type_", "name"), [("aws_kms_key", "policy"), ("awscc_kms_key", "key_policy")])
def test_terraform_s_keys_are_judged_alike(gate: Any, type_: str, name: str) -> None:
    change = {"actions": ["delete"], "before": {name: USED}, "after": None}
    row = {"address": f"{type_}.x", "mode": "managed", "type": type_, "name": "x", "change": change}
    plan = {"format_version": "1.2", "planned_values": {}, "resource_changes": [row]}
    assert gate.verdict(json.dumps(plan)) == LOST
