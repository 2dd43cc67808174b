"""Identity Center in seeds: a file's contents, its problems, and a large one."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.aws import EmbeddedAws, SandboxError
from sandbox.aws.services.sso_admin.portal import sign_in

HEAD = "organization: {}\naccounts: [{id: '222233334444', name: lab}]\ntrusted_services: [sso.amazonaws.com]\n"


def _write(folder: Path, center: str, head: str = HEAD) -> Path:
    path = folder / "seed.yaml"
    path.write_text(f"{head}identity_center: {center}\n")
    return path


def test_names_become_users_groups_sets_and_grants(aws: Callable, tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
  users: [{name: ann}]
  groups: [{name: admins, members: [ann]}]
  permission_sets:
    - {name: Reader, session_duration: PT4H, managed_policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"], tags: {a: b}}
  assignments: [{permission_set: Reader, group: admins}]""",
    )
    cloud = aws(path)
    reached = sign_in(cloud.world, "ann")
    assert [(row.account, row.permission_set) for row in reached] == [
        ("111122223333", "Reader"),
        ("222233334444", "Reader"),
    ]
    iam = cloud.client("iam", account="222233334444")
    name = reached[1].role_arn.rpartition("/")[2]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [row["PolicyName"] for row in attached] == ["ReadOnlyAccess"]


@pytest.mark.parametrize(
    ("center", "said"),
    [
        ("{groups: [{name: a, members: [ann]}]}", "'ann', which is not among identity_center's users"),
        ("{groups: [{name: a}, {name: A}]}", "two of identity_center's groups with the displayName 'A'"),
        ("{assignments: [{permission_set: P, group: a}]}", "'P', which is not among its permission_sets"),
        ("{permission_sets: [{name: P}], assignments: [{permission_set: P}]}", "a group or a user, and not both"),
        ("{group_count: 1, permission_set_count: 1, assignment_count: 3}", "asks for 3 assignments: 2 accounts"),
        (
            "{groups: [{name: a}], permission_sets: [{name: P}], "
            "assignments: [{permission_set: P, group: a, accounts: ['999999999999']}]}",
            "999999999999, which is no account",
        ),
    ],
)
def test_a_bad_name_in_a_seed_is_a_sentence(tmp_path: Path, center: str, said: str) -> None:
    with pytest.raises(SandboxError, match=said):
        EmbeddedAws(_write(tmp_path, center))


def test_a_snapshot_keeps_it_all(tmp_path: Path) -> None:
    path = _write(tmp_path, "{user_count: 1, group_count: 2, permission_set_count: 2, assignment_count: 4}")
    with EmbeddedAws(path, save=tmp_path / "snapshot") as first:
        instance_arn = first.client("sso-admin").list_instances()["Instances"][0]["InstanceArn"]
        sets = first.client("sso-admin").list_permission_sets(InstanceArn=instance_arn)["PermissionSets"]
    with EmbeddedAws(load=tmp_path / "snapshot") as second:
        client = second.client("sso-admin")
        assert client.list_permission_sets(InstanceArn=instance_arn)["PermissionSets"] == sets
        again = client.list_accounts_for_provisioned_permission_set(InstanceArn=instance_arn, PermissionSetArn=sets[0])
        assert again["AccountIds"] == ["111122223333", "222233334444"]


def test_a_page_of_20000_assignments_costs_the_same_anywhere(aws: Callable, tmp_path: Path) -> None:
    """A fifth of what benchmarks/embedded_aws.py loads."""
    head = "organization: {}\naccount_count: 1000\ntrusted_services: [sso.amazonaws.com]\n"
    counts = "{group_count: 400, permission_set_count: 100, assignment_count: 20000}"
    path, before = _write(tmp_path, counts, head), time.process_time()
    cloud = aws(path)
    # Processor time: the machine may be busy with other tests.
    assert time.process_time() - before < 2
    instance = cloud.world.identity_center.instances["111122223333"]
    assert len(instance.assignments) == 20_000
    client = cloud.client("sso-admin")
    first_set = next(iter(instance.permission_sets))
    pages = client.get_paginator("list_accounts_for_provisioned_permission_set").paginate(
        InstanceArn=instance.arn, PermissionSetArn=first_set
    )
    marks = [time.process_time()]
    accounts = []
    for page in pages:
        accounts += page["AccountIds"]
        marks.append(time.process_time())
    costs = [after - before for before, after in itertools.pairwise(marks)]
    assert len(set(accounts)) == len(accounts) == 1000
    half = len(costs) // 2
    assert sorted(costs[half:])[half // 2] < 5 * sorted(costs[:half])[half // 2]
