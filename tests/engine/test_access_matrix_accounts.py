"""AccessMatrix where an account, a principal or the caller isn't as usual: closed, gone, not made yet, over a quota."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .access_matrices import EVERYWHERE, READ_ONLY, S3, SEED, Center, entry, matrix, wait_until, writes

CLOSED, LEFT = "555566667777", "444455556666"
STAYING = ["222233334444", "333344445555"]


def test_an_account_that_closes_holds_up_nothing(access: Callable) -> None:
    """AWS changes no role in it: neither its grants nor its permission sets' roles are touched any more."""
    stack = access(matrix(entry(EVERYWHERE, "Developers", "Operators")), deployed=True)
    center = Center(stack)
    stack.session.aws.client("organizations").close_account(AccountId=CLOSED)
    preview = stack.preview("--json", "--expect-no-changes")
    (stack.folder / "preview.json").write_text(preview.out)
    assert f"Account {CLOSED} (workloads-dev) is being closed: no access to it is granted or removed." in preview.text
    difference = stack.session.run("identity-center", "matrix", "--diff", "preview.json", cwd=stack.folder)
    assert "Nobody gains or loses access" in difference.text

    more = {"ReadOnly": {"managedPolicies": [READ_ONLY], "description": "Reads"}}
    stack.declare(matrix(entry(EVERYWHERE, "Developers"), **more))
    stack.up()
    assert center.accounts(center.group("Developers")) == [*STAYING, LEFT, CLOSED]
    assert center.accounts(center.group("Operators")) == [CLOSED]

    refused = stack.destroy(check=False)
    assert (
        f"it is still assigned in 1 account ({CLOSED}), suspended or closed, where AWS changes nothing" in refused.text
    )


def test_an_account_that_left_is_forgotten(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    stack.session.aws.client("organizations").remove_account_from_organization(AccountId=LEFT)
    since = len(stack.session.operations())
    stack.up()
    assert writes(stack, since) == []
    stack.declare(matrix(entry({"ids": [LEFT]}, "Developers")))
    refused = stack.preview(check=False)
    assert f"{LEFT}, which the organization doesn't have: correct it or remove it." in refused.text


def test_a_delegated_administrator_is_told_all_that_it_can_not(access: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "delegated.yaml"
    seed.write_text(f'{SEED}delegated_administrator: "333344445555"\ncaller: "333344445555"\n')
    ids = [{"id": f"11111111-2222-3333-4444-{number:012d}"} for number in range(101)]
    crowded = {"groups": ids, "permissionSets": ["ReadOnly"], "accounts": {"ids": ["222233334444"]}}
    stack = access(matrix(entry({"ids": ["111122223333"]}, "Developers"), crowded), seed=seed)
    refused = stack.preview(check=False)
    for sentence in (
        "account 333344445555 is only the delegated administrator: AWS refuses it. Declare those assignments in",
        "at most 100 groups with one permission set in an account, and the matrix has more in 222233334444 (ReadOnly)",
    ):
        assert sentence in refused.text
    stack.declare(matrix(entry(EVERYWHERE, "Developers")))
    stack.up()
    center = Center(stack)
    assert center.accounts(center.group("Developers")) == ["222233334444", "333344445555", "444455556666", CLOSED]


MADE_LATER = """
import json
import pathlib
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import AccessMatrix

store = aws.ssoadmin.get_instances().identity_store_ids[0]
group = aws.identitystore.Group("auditors", identity_store_id=store, display_name="Auditors")
declared = json.loads(pathlib.Path("matrix.json").read_text())
for row in declared["assignments"]:
    row["groups"] = [{"id": group.group_id}, *row["groups"]]
    row["accounts"] = {"ids": [group.id.apply(lambda _, id=id: id) for id in row["accounts"]["ids"]]}
pulumi.export("grants", AccessMatrix("access", declared).grants)
"""


def test_groups_and_accounts_that_only_the_update_knows_get_access(access: Callable) -> None:
    stack = access({})
    stack.write(MADE_LATER)
    stack.declare(matrix(entry({"ids": STAYING}, "Developers")))
    preview = stack.up("--diff", previewed=True).text.partition("Updating (dev)")[0]
    assert "accounts        : [unknown]" in preview
    assert "principalId     : [unknown]" in preview
    center = Center(stack)
    assert [center.accounts(center.group(name)) for name in ("Auditors", "Developers")] == [STAYING, STAYING]
    assert stack.outputs()["grants"] == 4
    assert "unchanged" in stack.preview("--expect-no-changes").text
    suspended = "666677778888"
    stack.declare(matrix(entry({"ids": [suspended]}, "Developers")))
    failed = stack.up("--skip-preview", check=False, previewed=False)
    assert f"Account {suspended}: not granted: " in failed.text


def test_an_update_that_was_killed_is_finished_by_the_next(access: Callable, tmp_path: Path) -> None:
    slow = tmp_path / "slow.yaml"
    slow.write_text(SEED + "  seconds: 1.5\nquotas: {outstanding_assignments: 2}\n")
    stack = access(matrix(entry(EVERYWHERE, "Developers")), seed=slow)
    kill_an_up(stack, "CreateAccountAssignment")
    center = Center(stack)
    # AWS takes a second order for an assignment that it is still making.
    in_progress = {"InstanceArn": center.arn, "Filter": {"Status": "IN_PROGRESS"}}
    creations = "AccountAssignmentsCreationStatus"
    wait_until(lambda: not center.sso.list_account_assignment_creation_status(**in_progress)[creations])
    stack.up()
    assert center.accounts(center.group("Developers")) == [*STAYING, LEFT, CLOSED]
    accepted = [call for call in stack.session.calls if call["operation"] == "CreateAccountAssignment"]
    assert sum(call["status"] == 200 for call in accepted) == 4


def test_roles_that_a_killed_update_left_behind_are_provisioned(access: Callable) -> None:
    """Between the last change of a permission set and its provisioning."""
    slow = "sso-admin:ListAccountsForProvisionedPermissionSet:slow,seconds=5"
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True, faults=[slow])
    stack.declare(matrix(entry(EVERYWHERE, "Developers"), ReadOnly={"inlinePolicy": S3, "tags": {"team": "a"}}))
    kill_an_up(stack, "TagResource")
    assert "ProvisionPermissionSet" not in stack.session.operations()
    assert "outdatedAccounts" in stack.up("--diff", previewed=True).out.partition("Updating (dev)")[0]
    assert stack.session.operations().count("ProvisionPermissionSet") == 1
    assert "unchanged" in stack.preview("--expect-no-changes").text


def kill_an_up(stack: Any, operation: str) -> None:
    """Once AWS got the operation; the engine has no chance to tell the plugin."""
    command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"]
    environment = {**stack.session.environment, "PULUMI_STACK": "dev"}
    update = subprocess.Popen(
        command, cwd=stack.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: operation in stack.session.operations())
    update.kill()
    update.wait()
    stack.pulumi("cancel", "--yes", "dev")
