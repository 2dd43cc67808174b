"""`python -m sandbox run --repeatable NUMBER --clock TIME`: a run that repeats byte for byte, when one says it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from sandbox.session import ROOT

# Ids that AWS gives are in the parameters of the calls that follow; a new account takes a while by the AWS's clock.
_CALLS = """
import boto3

sso, store, organizations = (boto3.client(name) for name in ("sso-admin", "identitystore", "organizations"))
row = sso.list_instances()["Instances"][0]
named = {"InstanceArn": row["InstanceArn"]}
made = {**named, "PermissionSetArn": sso.create_permission_set(**named, Name="a")["PermissionSet"]["PermissionSetArn"]}
group = store.create_group(IdentityStoreId=row["IdentityStoreId"], DisplayName="g")["GroupId"]
target = {"TargetId": "222233334444", "TargetType": "AWS_ACCOUNT", "PrincipalType": "GROUP", "PrincipalId": group}
asked = sso.create_account_assignment(**made, **target)["AccountAssignmentCreationStatus"]["RequestId"]
sso.describe_account_assignment_creation_status(**named, AccountAssignmentCreationRequestId=asked)
unit = organizations.create_organizational_unit(ParentId="r-exam", Name="u")["OrganizationalUnit"]["Id"]
asked = organizations.create_account(Email="new@example.org", AccountName="new")["CreateAccountStatus"]["Id"]
while True:
    found = organizations.describe_create_account_status(CreateAccountRequestId=asked)["CreateAccountStatus"]
    if found["State"] != "IN_PROGRESS":
        break
organizations.move_account(AccountId=found["AccountId"], SourceParentId="r-exam", DestinationParentId=unit)
key = boto3.client("iam").create_user(UserName="u")
token = boto3.client("sts").get_caller_identity()
"""


def run(log: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", "run", "--log", str(log), *options, "--", sys.executable, "-c", _CALLS]
    environment = {**os.environ, "PYTHONHASHSEED": "random"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_two_repeatable_runs_have_the_same_log(engine: object, tmp_path: Path) -> None:
    options = (
        "--repeatable",
        "7",
        "--clock",
        "2030-01-31T08:00:00Z",
        "--fault",
        "sso-admin:*:Throttling,p=0.3",
    )
    logs = [tmp_path / name for name in ("a.jsonl", "b.jsonl")]
    for log in logs:
        done = run(log, *options)
        assert done.returncode == 0, done.stderr
    first, second = (log.read_bytes() for log in logs)
    assert first == second
    lines = [json.loads(line) for line in first.splitlines()]
    assert lines[0]["time"].startswith("2030-01-31T08:00:00")
    assert {400, 200} <= {line["status"] for line in lines}  # what was left to chance was hit, and the same both times
    moved = next(line["parameters"] for line in lines if line["operation"] == "MoveAccount")
    assert moved["AccountId"] not in ("222233334444", "333344445555", "444455556666")
