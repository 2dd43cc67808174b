"""A preview says that IAM policies and roles exist which this stack did not make; and the stack can take them over."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.conftest import Stack

PROGRAM = """
from pulumi_aws_identity_center import OperatorPermissions
OperatorPermissions("operators", {"roles": [
    {"name": "operator", "permissions": ["observe"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]},
]})
"""
SENTINEL = """
from pulumi_aws_identity_center import Sentinel
Sentinel("watch", {})
"""
ACCOUNT = "arn:aws:iam::111122223333"
POLICIES = [f"identity-center-{kind}" for kind in ("enable", "disable", "observe", "guard", "guard-boundary")]
NAMES = ", ".join([*(f"policy/{name}" for name in POLICIES), "role/operator"])


def physical_id(row: dict[str, str]) -> str:
    if row["type"] == "aws:iam/policy:Policy":
        return f"{ACCOUNT}:policy/{row['name']}"
    if row["type"] == "aws:iam/role:Role":
        return row["name"]
    return f"operator/{ACCOUNT}:policy/identity-center-observe"


def test_policies_of_another_stack_are_named_and_taken_over(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(PROGRAM, deployed=True)
    assert "IAM has" not in stack.preview().text  # its own

    second = new_stack(PROGRAM, session=stack.session, project="second")
    previewed = second.preview("--import-file", "imports.json")
    assert f"warning: IAM has {NAMES} already. This stack did not make them" in previewed.text
    assert "So the update fails unless it imports them." in previewed.text
    failed = second.up("--skip-preview", check=False)
    assert "EntityAlreadyExists" in failed.text

    imports = json.loads((second.folder / "imports.json").read_text())
    for row in imports["resources"]:
        if "id" in row:
            row["id"] = physical_id(row)
    third = new_stack(PROGRAM, session=stack.session, project="third")
    (third.folder / "imports.json").write_text(json.dumps(imports))
    third.pulumi("import", "--file", "imports.json", "--yes", "--generate-code=false", "--protect=false")
    after = third.preview().text
    assert "9 unchanged" in after
    assert "IAM has" not in after


def test_a_second_sentinel_is_named_in_the_preview(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(SENTINEL, deployed=True)
    second = new_stack(SENTINEL, session=stack.session, project="second")
    previewed = second.preview().text
    assert "warning: IAM has role/identity-center-sentinel already." in previewed
    assert "A Sentinel's role has this name, and an account takes one Sentinel. If another stack has one," in previewed
    assert "IAM has" not in stack.preview().text
