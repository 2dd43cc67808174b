"""`import-matrix` and `matrix --diff` on the real engine: the round trip, and a real preview's JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.components.cli.matrix_seed import SEED
from tests.conftest import Stack

PROGRAM = """
import pathlib
import yaml
from pulumi_aws_identity_center import AccessMatrix

AccessMatrix("access", yaml.safe_load(pathlib.Path("access.yaml").read_text()))
"""
RAW = """
import pulumi_aws as aws

instance = aws.ssoadmin.get_instances()
store = instance.identity_store_ids[0]
group = aws.identitystore.Group("auditors", display_name="Auditors", identity_store_id=store)
audit = aws.ssoadmin.PermissionSet("audit", name="Audit", instance_arn=instance.arns[0])
for account in ("444455556666", "555566667777"):
    aws.ssoadmin.AccountAssignment(
        account,
        instance_arn=instance.arns[0],
        permission_set_arn=audit.arn,
        principal_type="GROUP",
        principal_id=group.group_id,
        target_type="AWS_ACCOUNT",
        target_id=account,
    )
"""
READS = ("List", "Describe", "Get")


@pytest.fixture
def stack(new_stack: Callable[..., Stack], tmp_path: Path) -> Stack:
    return _described(new_stack, tmp_path, SEED)


def _described(new_stack: Callable[..., Stack], tmp_path: Path, text: str) -> Stack:
    """Of the live organization's own access.yaml, with nothing in its state."""
    seed = tmp_path / "seed.yaml"
    seed.write_text(text)
    stack = new_stack(PROGRAM, seed=seed)
    _command(stack, "import-matrix", "--output", "access.yaml")
    return stack


def _command(stack: Stack, *arguments: str) -> str:
    return stack.session.run("identity-center", *arguments, cwd=stack.folder).out


def _import(stack: Stack) -> None:
    options = ("--generate-code=false", "--protect=false", "--skip-preview", "--yes", "--suppress-progress")
    stack.pulumi("import", "--file", "access.import.json", *options)


def _writes(stack: Stack) -> list[str]:
    return [name for name in stack.session.operations() if not name.startswith(READS)]


def _declare(stack: Stack, change: Callable[[dict[str, Any]], None]) -> None:
    file = stack.folder / "access.yaml"
    value = yaml.safe_load(file.read_text())
    change(value)
    file.write_text(yaml.safe_dump(value))


def _changes(stack: Stack, *preview: str, env: dict[str, str] | None = None) -> dict[str, list[tuple[str, ...]]]:
    """gains and loses, by names."""
    (stack.folder / "preview.json").write_text(stack.pulumi(*preview, env=env).out)
    document = json.loads(_command(stack, "matrix", "--diff", "preview.json", "--format", "json"))
    return {
        name: [(row["principal"]["name"], row["permissionSet"], row["accountName"]) for row in rows]
        for name, rows in document.items()
    }


def test_what_was_imported_changes_only_with_its_declaration(stack: Stack) -> None:
    _import(stack)

    def change(value: dict[str, Any]) -> None:
        value["permissionSets"]["Audit"] = {"managedPolicies": ["arn:aws:iam::aws:policy/SecurityAudit"]}
        (developers,) = (entry for entry in value["assignments"] if entry.get("groups") == ["Developers"])
        developers["accounts"] = {"names": ["prod-web", "test-web"]}
        value["assignments"] += [
            {"groups": ["Platform"], "permissionSets": ["Audit"], "accounts": {"names": ["security"]}}
        ]
        value["assignments"] = [entry for entry in value["assignments"] if entry.get("users") != ["omar"]]

    declared = (stack.folder / "access.yaml").read_text()
    _declare(stack, change)
    for form in ({}, {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}):
        assert _changes(stack, "preview", "--json", env=form) == {
            "gains": [("Developers", "ReadOnly", "test-web"), ("Platform", "Audit", "security")],
            "loses": [("Developers", "ReadOnly", "prod-data"), ("omar", "ReadOnly", "log-archive")],
        }

    (stack.folder / "access.yaml").write_text(declared)
    preview = stack.up("--diff", previewed=True).out.partition("Updating (dev)")[0]
    assert "unchanged" in preview
    assert not any(word in preview for word in ("to create", "to delete", "to replace", "to update"))
    assert _writes(stack) == []
    live = json.loads(_command(stack, "matrix", "access.yaml", "--format", "json"))
    assert live == json.loads(_command(stack, "matrix", "--format", "json"))


def test_a_grant_in_a_suspended_account_changes_nothing_imported(
    new_stack: Callable[..., Stack], tmp_path: Path
) -> None:
    """Of a user who has the permission set nowhere else."""
    in_old = '    - {permission_set: ReadOnly, user: jane, accounts: ["777788889999"]}\n'
    stack = _described(new_stack, tmp_path, SEED + in_old)
    _import(stack)
    stack.preview("--expect-no-changes")


def test_the_stack_program_takes_a_matrix_over(main_stack: Callable[..., Stack], tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    stack = main_stack(seed=seed)
    stack.up()
    (parent,) = (row["urn"] for row in stack.state() if row["type"].endswith(":OrganizationSso"))
    name = parent.rpartition("::")[2]
    _command(stack, "import-matrix", "--output", "access.yaml", "--component", f"{name}-access", "--parent", parent)
    _import(stack)
    stack.config(**{"aws-identity-center__accessMatrix": "access.yaml"})
    before = len(_writes(stack))
    up = stack.up()
    assert "unchanged" in up.text
    assert not any(word in up.text for word in (" created", " deleted", " replaced"))
    assert len(_writes(stack)) == before
    assert stack.outputs()["grants"] == 9


def test_assignments_of_the_aws_package_are_told_too(new_stack: Callable[..., Stack], tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    stack = new_stack(RAW, seed=seed)
    rows = [("Auditors", "Audit", "prod-data"), ("Auditors", "Audit", "prod-web")]
    assert _changes(stack, "preview", "--json") == {"gains": rows, "loses": []}
    stack.up()
    assert _changes(stack, "preview", "--json") == {"gains": [], "loses": []}
    assert _changes(stack, "destroy", "--preview-only", "--json") == {"gains": [], "loses": rows}


@pytest.mark.parametrize("options", [(), ("--parallel", "1")], ids=["side by side", "one by one"])
def test_what_was_imported_can_be_destroyed(stack: Stack, options: tuple[str, ...]) -> None:
    """An import records no dependencies in the state: the engine deletes permission sets and assignments in any
    order."""
    _import(stack)
    stack.destroy(*options)
    assert stack.state() == []
    assert json.loads(_command(stack, "matrix", "--format", "json")) == {"grants": []}


def test_a_permission_set_that_others_have_is_not_destroyed(stack: Stack) -> None:
    _import(stack)
    [of_omar] = [row["urn"] for row in stack.state() if row["urn"].endswith("access/ReadOnly/user:omar")]
    stack.pulumi("state", "delete", "--yes", of_omar)
    refused = stack.destroy(check=False)
    assert "it is still assigned in 1 account (222233334444), by none of the assignments" in refused.text
    assert [row["urn"].rpartition("::")[2] for row in stack.state() if row["type"].endswith(":PermissionSet")] == [
        "access/ReadOnly"
    ]
