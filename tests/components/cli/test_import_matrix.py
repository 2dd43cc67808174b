"""`import-matrix` on the sandbox: the file that it writes, the files that it doesn't overwrite, and its number of
calls."""

from __future__ import annotations

import json
import os
import shlex
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi_aws_identity_center.matrix.access_file import read_access_file
from pulumi_aws_identity_center.plain_text import lines

from sandbox.aws import EmbeddedAws

from .matrix_seed import SEED

Run = Callable[..., Any]


@pytest.fixture
def cloud(aws: Callable[..., EmbeddedAws], tmp_path: Path) -> EmbeddedAws:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    return aws(seed)


def test_it_writes_what_a_person_would(cloud: EmbeddedAws, run: Run) -> None:
    value = yaml.safe_load(run(cloud, "import-matrix").stdout)
    assert value["permissionSets"]["ReadOnly"] == {
        "description": "Look",
        "sessionDuration": "PT8H",
        "managedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        "customerManagedPolicies": [{"name": "Ours"}],
        "inlinePolicy": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}],
        },
        "tags": {"owner": "platform"},
    }
    assert value["assignments"] == [
        {
            "groups": ["Developers"],
            "permissionSets": ["ReadOnly"],
            "accounts": {"organizationalUnits": ["Workloads/Prod"]},
        },
        {
            "groups": ["Platform"],
            "permissionSets": ["Administrator"],
            "accounts": {"all": True, "ids": ["111122223333"]},
        },
        {"users": ["omar"], "permissionSets": ["ReadOnly"], "accounts": {"names": ["log-archive"]}},
    ]


def test_a_policy_with_numbers_comes_back_unchanged(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    sso = cloud.client("sso-admin")
    instance = sso.list_instances()["Instances"][0]["InstanceArn"]
    arn = sso.list_permission_sets(InstanceArn=instance)["PermissionSets"][0]
    age = {"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": 300}, "Bool": {"aws:SecureTransport": True}}}
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **age}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    sso.put_inline_policy_to_permission_set(InstanceArn=instance, PermissionSetArn=arn, InlinePolicy=json.dumps(policy))
    value = yaml.safe_load(run(cloud, "import-matrix").stdout)
    (text,) = (
        content["inlinePolicy"]
        for content in value["permissionSets"].values()
        if isinstance(content.get("inlinePolicy"), str)
    )
    assert json.loads(text) == policy


def test_json_is_the_same_matrix(cloud: EmbeddedAws, run: Run) -> None:
    as_yaml = yaml.safe_load(run(cloud, "import-matrix").stdout)
    assert json.loads(run(cloud, "import-matrix", "--format", "json").stdout) == as_yaml


EVIL = "a\x1b[31m\u202eb\u2066\u200b\u2028::error::\U000e0041##[error]\ufeff"


@pytest.mark.parametrize("format_", [[], ["--format", "json"]])
def test_a_name_hides_nothing_in_what_is_printed(cloud: EmbeddedAws, run: Run, format_: list[str]) -> None:
    store = cloud.client("identitystore")
    instance = cloud.client("sso-admin").list_instances()["Instances"][0]
    developers = next(
        row["GroupId"]
        for row in store.list_groups(IdentityStoreId=instance["IdentityStoreId"])["Groups"]
        if row["DisplayName"] == "Developers"
    )
    rename = {"AttributePath": "displayName", "AttributeValue": EVIL}
    store.update_group(IdentityStoreId=instance["IdentityStoreId"], GroupId=developers, Operations=[rename])
    printed = run(cloud, "import-matrix", *format_).stdout
    assert lines(printed) == printed
    assert EVIL in [name for entry in read_access_file(printed, "")["assignments"] for name in entry.get("groups", [])]


def test_two_files_are_written_and_written_again(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    output = tmp_path / "the team's access.yaml"
    for _ in range(2):
        result = run(cloud, "import-matrix", "--output", str(output))
        assert result.returncode == 0
    imports = json.loads((tmp_path / "the team's access.import.json").read_text())
    [command] = [line for line in result.stdout.splitlines() if line.startswith("Next: ")]
    assert str(tmp_path / "the team's access.import.json") in shlex.split(command)
    assert Counter(resource["type"].rpartition(":")[2] for resource in imports["resources"]) == {
        "AccessMatrix": 1,
        "PermissionSet": 2,
        "AccountAssignments": 3,
        "ExclusiveAssignments": 2,
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "seed.yaml",
        "the team's access.import.json",
        "the team's access.yaml",
    ]
    assert run(cloud, "matrix", str(output)).returncode == 0


def test_a_file_of_somebody_else_stays(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    output = tmp_path / "access.yaml"
    output.write_text("permissionSets: {}\n")
    result = run(cloud, "import-matrix", "--output", str(output))
    assert result.returncode == 2
    assert "is there already" in result.stderr
    assert output.read_text() == "permissionSets: {}\n"
    assert not cloud.calls


def test_a_pipe_or_device_is_not_replaced_by_a_file(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    result = run(cloud, "import-matrix", "--output", str(pipe))
    assert (result.returncode, cloud.calls) == (2, [])
    assert result.stderr == f"{pipe} can't be written: it is a device or a pipe. Name a file.\n"
    assert pipe.is_fifo()


def test_a_link_is_written_through(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    link, target = tmp_path / "access.yaml", tmp_path / "shared" / "access.yaml"
    target.parent.mkdir()
    link.symlink_to(target)
    assert run(cloud, "import-matrix", "--output", str(link)).returncode == 0
    assert link.is_symlink()
    assert target.read_text().startswith("#")


def test_a_folder_that_is_not_there_is_explained(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    result = run(cloud, "import-matrix", "--output", str(tmp_path / "none" / "access.yaml"))
    assert (result.returncode, "can't be written" in result.stderr) == (2, True)


def test_what_can_not_be_read_leaves_no_file(aws: Callable[..., EmbeddedAws], run: Run, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    output = tmp_path / "access.yaml"
    cloud = aws(seed, faults=["sso-admin:ListManagedPoliciesInPermissionSet:AccessDeniedException"])
    result = run(cloud, "import-matrix", "--output", str(output))
    assert result.returncode == 2
    assert "sso:ListManagedPoliciesInPermissionSet" in result.stderr
    assert not output.exists()


def test_it_only_reads(cloud: EmbeddedAws, run: Run) -> None:
    run(cloud, "import-matrix")
    assert all(call["operation"].startswith(("List", "Describe", "Get")) for call in cloud.calls)
