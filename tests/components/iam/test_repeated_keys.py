"""Of two equal keys nobody takes the last for the policy: no page says which of them counts."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi_aws_identity_center
import pytest
from pulumi_aws_identity_center import disable_document
from pulumi_aws_identity_center.domain.grants.documents import judge_document
from pulumi_aws_identity_center.domain.grants.operator_own import OPERATOR_PERMISSIONS
from pulumi_aws_identity_center.gate.change import Cause
from pulumi_aws_identity_center.gate.guards.document_look import may_deny
from pulumi_aws_identity_center.gate.readers.terraform_change import change_of
from pulumi_aws_identity_center.gate.readers.terraform_first_look import BOTH, relevance_of
from pulumi_aws_identity_center.iam import MalformedDocument, RepeatedKey, parse_document, read_json
from pulumi_aws_identity_center.matrix.administration import Administration, administers
from pulumi_aws_identity_center.matrix.live_center import Instance
from pulumi_aws_identity_center.matrix.live_permission_sets import read_content
from pulumi_aws_identity_center.matrix.permission_set import parse_permission_set
from pulumi_aws_identity_center.matrix.values import Values
from pulumi_aws_identity_center.provider.permission_set_parts import comparable

from tests.declared_resources import declare, grants_in_management

PACKAGE = Path(pulumi_aws_identity_center.__file__).parent
ALLOW = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}'
NOTHING = '{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}'
# As a parser that takes the last reads it, it allows nothing.
TWICE = f'{ALLOW}, "Statement": {NOTHING}}}'
# What reads JSON in which a policy may be by json itself, and why it may.
BY_ITSELF = {
    "gate/guards/document_look.py": "a first look, which counts the keys",
    "gate/readers/terraform_first_look.py": "a first look, which counts the keys",
    "iam/document.py": "refuses",
}
# What reads JSON that has no policy in it.
OTHER_JSON = {
    "access/baseline.py",
    "cli/status.py",
    "components/aws_reader.py",
    "components/aws_resources.py",
    "components/own_provider.py",
    "domain/accounts_of_resources.py",
    "domain/configuration.py",
    "gate/readers/pulumi_break_glass.py",
    "gate/rule_configs.py",
    "gate/rules/sentinel_parts.py",
    "json_stream.py",
    "provider/configuration.py",
    "provider/schema.py",
    "sentinel/handler.py",
    "status/deployed_sentinel.py",
}


def _reads_json(file: Path) -> bool:
    names = {node.attr for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
    return not names.isdisjoint({"loads", "JSONDecoder"})


def test_every_reader_of_json_is_listed() -> None:
    files = {file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py") if _reads_json(file)}
    assert files == {*BY_ITSELF, *OTHER_JSON}, "read what may have a policy in it by iam.read_json"


def test_the_evaluator_refuses_it() -> None:
    with pytest.raises(MalformedDocument, match="has the key 'Statement' twice in one object"):
        parse_document(TWICE)
    with pytest.raises(RepeatedKey):
        read_json(TWICE)


def test_the_gate_looks_at_it_and_hides_both_values() -> None:
    state = {"name": "x", "policy": TWICE}
    change = {"actions": ["update"], "before": state, "after": state}
    row = {"address": "aws_iam_policy.x", "mode": "managed", "type": "aws_iam_policy", "change": change}
    assert relevance_of(row, keeps_policies=False) == BOTH
    assert may_deny(TWICE)
    sids = '{"Statement": {"Sid": "ForAnna", "Sid": "ForBen", "Resource": "arn:aws:s3:::b"}}'
    change |= {"before": {"policy": sids}, "before_sensitive": {"policy": True}}
    secrets = change_of(row, Cause.PLAN)
    assert secrets is not None
    assert {"ForAnna", "ForBen"} <= secrets.secrets


def _messages(token: str, name: str, props: dict[str, Any], **options: Any) -> list[str]:
    return [str(row) for row in grants_in_management(declare(token, name, props=props, **options))]


def test_the_pack_takes_it_for_no_policy() -> None:
    problem = judge_document(TWICE)
    assert problem is not None
    assert not problem.is_document
    own = json.dumps(disable_document())
    twice = f"{ALLOW}, {own[1:]}"
    parent = f"urn:pulumi:dev::p::{OPERATOR_PERMISSIONS}::ops"
    props = {"name": "x-disable", "policy": own}
    assert _messages("aws:iam/policy:Policy", "x-disable", props, parent=parent) == []
    assert len(_messages("aws:iam/policy:Policy", "x-disable", {**props, "policy": twice}, parent=parent)) == 1


YAML = """
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: "*", Resource: "*"}
        Statement: {Effect: Deny, Action: "s3:*", Resource: "*"}
"""
TEMPLATE = (
    f'{{"Resources": {{"P": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {TWICE}}}}}}}}}'
)


@pytest.mark.parametrize("body", [TEMPLATE, YAML])
def test_a_template_with_it_may_grant_anything(body: str) -> None:
    props = {"templateBody": body, "capabilities": ["CAPABILITY_IAM"]}
    assert len(_messages("aws:cloudformation/stack:Stack", "it", props)) == 1


def test_cloud_control_with_it_may_grant_anything() -> None:
    props = {"typeName": "AWS::IAM::ManagedPolicy", "desiredState": f'{{"PolicyDocument": {TWICE}}}'}
    assert len(_messages("aws:cloudcontrol/resource:Resource", "it", props)) == 1


def test_the_matrix_refuses_it() -> None:
    values = Values(is_deferred=lambda value: False)
    parse_permission_set("Admin", {"inlinePolicy": TWICE}, "permissionSets.Admin", values)
    (problem,) = values.problems
    assert problem.startswith("permissionSets.Admin.inlinePolicy can't be read: ")
    assert "'Statement' twice" in problem


def test_a_permission_set_s_differs_from_what_the_last_key_says() -> None:
    last = f'{{"Statement": {NOTHING}}}'
    assert comparable({"inlinePolicy": TWICE}) != comparable({"inlinePolicy": last})


def test_aws_s_own_is_kept_as_the_text_that_it_is() -> None:
    reader: Any = SimpleNamespace(
        map=lambda read, rows: [read(row) for row in rows],
        rows=lambda *_, **__: [],
        call=lambda _, operation, **__: {"InlinePolicy": TWICE} if "inline" in operation else {},
    )
    described = {"arn": {"Name": "Admin", "PermissionSetArn": "arn"}}
    content = read_content(reader, Instance("arn:aws:sso:::instance/ssoins-1", "d-1", "eu-west-1"), described)
    assert content == {"Admin": {"inlinePolicy": TWICE}}
    values = Values(is_deferred=lambda value: value is None)
    permission_set = parse_permission_set("Admin", content["Admin"], "", values)
    assert administers(permission_set, Administration.MANAGEMENT_ACCOUNT) is None
