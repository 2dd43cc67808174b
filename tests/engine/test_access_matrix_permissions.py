"""docs/access-matrix.md: a role with the page's statement, and the operator's documents, changes a whole matrix."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from pulumi_aws_identity_center import enable_document, observe_document, preview_document

from sandbox.session import ROOT
from tests.conftest import Stack

PAGE = (ROOT / "docs" / "access-matrix.md").read_text("utf-8")
(_BLOCK,) = re.findall(r"test_access_matrix_permissions\.py -->\n```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
STATEMENT: dict[str, Any] = json.loads(_BLOCK)

# Called for the reason of an assignment that failed; none does here.
FAILED_ASSIGNMENTS = {
    "sso:DescribeAccountAssignmentCreationStatus",
    "sso:DescribeAccountAssignmentDeletionStatus",
}
PROGRAM = """
import json
import pathlib
from pulumi_aws_identity_center import AccessMatrix
AccessMatrix("access", json.loads(pathlib.Path("matrix.json").read_text()))
"""
INLINE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
READ_ONLY, VIEW_ONLY = (f"arn:aws:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "job-function/ViewOnlyAccess"))
FIRST = {
    "managedPolicies": [READ_ONLY],
    "inlinePolicy": INLINE,
    "permissionsBoundary": {"managedPolicy": READ_ONLY},
    "tags": {"team": "a"},
}
SECOND = {"description": "again", "managedPolicies": [VIEW_ONLY], "tags": {"owner": "b"}}
OURS = {"customerManagedPolicies": [{"name": "ours", "path": "/"}]}


def _matrix(permission_set: dict[str, Any], *accounts: str) -> dict[str, Any]:
    assignment = {"groups": ["Developers"], "permissionSets": ["Work"], "accounts": {"ids": [*accounts]}}
    return {"permissionSets": {"Work": permission_set}, "assignments": [assignment] if accounts else []}


@pytest.fixture
def granter(new_stack: Callable[..., Stack]) -> tuple[Stack, dict[str, str]]:
    """A stack, and the environment in which its commands run with exactly these permissions."""
    stack = new_stack(PROGRAM, enforce_iam=True)
    iam = stack.session.aws.client("iam")
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = iam.create_role(RoleName="granter", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    documents = {
        "preview": preview_document(),
        "enable": enable_document(),
        "observe": observe_document(),
        "grant": {"Version": "2012-10-17", "Statement": [STATEMENT]},
    }
    for name, document in documents.items():
        iam.put_role_policy(RoleName="granter", PolicyName=name, PolicyDocument=json.dumps(document))
    credentials = stack.session.aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="granter")["Credentials"]
    return stack, {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


@pytest.mark.timeout(300)
def test_the_statement_lets_a_role_change_a_whole_matrix(granter: tuple[Stack, dict[str, str]]) -> None:
    stack, environment = granter
    steps: list[dict[str, Any]] = [
        _matrix(FIRST, "222233334444", "444455556666"),
        _matrix(SECOND, "444455556666"),
        _matrix(SECOND),
        _matrix(OURS),  # no account has that policy
        _matrix(SECOND),
        {"permissionSets": {}, "assignments": []},
    ]
    for content in steps:
        (stack.folder / "matrix.json").write_text(json.dumps(content))
        stack.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", env=environment)
    calls = [call for call in stack.session.calls if "/granter" in str(call["principal"])]
    assert [call for call in calls if call["status"] == 403] == []
    used = {f"sso:{call['operation']}" for call in calls if call["service"] == "sso-admin"}
    assert set(STATEMENT["Action"]) - used == FAILED_ASSIGNMENTS
