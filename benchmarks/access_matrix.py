"""AccessMatrix against the same grants as `aws.ssoadmin.AccountAssignment` resources, under AWS's throttling. JSON.

    python benchmarks/access_matrix.py [ACCOUNTS GROUPS SETS GRANTS]     # default 20 8 4 320
    python benchmarks/access_matrix.py 200 50 10 10000                   # an hour: the other way takes most of it

Each way runs in a sandbox of its own, one after the other, with the same seed. `seconds_allowed` is what AWS's limits
leave: 20 requests a second and 15 outstanding assignments of `SECONDS` each. AWS publishes no time for an assignment.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.session import Session  # noqa: E402 - found from wherever this is started

SECONDS = 0.5
RATE, OUTSTANDING, PAGE = 20, 15, 100

MATRIX = """
import json, pathlib
from pulumi_aws_identity_center import AccessMatrix
AccessMatrix("access", json.loads(pathlib.Path("matrix.json").read_text()))
"""
RAW = """
import json, pathlib
import pulumi_aws as aws
matrix = json.loads(pathlib.Path("matrix.json").read_text())
found = aws.ssoadmin.get_instances()
sets = {
    name: aws.ssoadmin.PermissionSet(name, name=name, instance_arn=found.arns[0]) for name in matrix["permissionSets"]
}
groups = json.loads(pathlib.Path("groups.json").read_text())
for entry in matrix["assignments"]:
    for group in entry["groups"]:
        for name in entry["permissionSets"]:
            for account in entry["accounts"]["ids"]:
                aws.ssoadmin.AccountAssignment(
                    f"{group}-{name}-{account}",
                    instance_arn=found.arns[0],
                    permission_set_arn=sets[name].arn,
                    principal_type="GROUP",
                    principal_id=groups[group],
                    target_type="AWS_ACCOUNT",
                    target_id=account,
                )
"""


class Way:
    """One program in a sandbox of its own."""

    def __init__(self, session: Session, program: str, folder: Path) -> None:
        self.session, self.folder = session, folder
        (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n")
        (folder / "__main__.py").write_text(program)
        session.pulumi("stack", "init", "dev", cwd=folder)

    def declare(self, matrix: dict[str, Any]) -> None:
        (self.folder / "matrix.json").write_text(json.dumps(matrix))

    def measure(self, *command: str) -> dict[str, Any]:
        before, started = len(self.session.calls), time.monotonic()
        self.session.pulumi(*command, "--suppress-progress", cwd=self.folder)
        calls = self.session.calls[before:]
        throttled = sum(call["status"] in (400, 429) for call in calls)
        return {"seconds": round(time.monotonic() - started, 1), "calls": len(calls), "calls_refused": throttled}

    def state_bytes(self) -> int:
        return len(self.session.pulumi("stack", "export", cwd=self.folder).out)


def matrix_of(accounts: list[str], groups: int, sets: int, grants: int) -> dict[str, Any]:
    """Each group has each set in the same number of accounts, starting somewhere else."""
    share = max(1, grants // (groups * sets))
    assignments = [
        {
            "groups": [f"group-{group + 1:05d}"],
            "permissionSets": [f"Set{number}"],
            "accounts": {"ids": [accounts[(group * 7 + number * 3 + one) % len(accounts)] for one in range(share)]},
        }
        for group in range(groups)
        for number in range(sets)
    ]
    return {"permissionSets": {f"Set{number}": {} for number in range(sets)}, "assignments": assignments}


def changed(matrix: dict[str, Any], accounts: list[str]) -> dict[str, Any]:
    """One account more for the first group and set."""
    first, *others = matrix["assignments"]
    added = next(account for account in accounts if account not in first["accounts"]["ids"])
    more = {**first, "accounts": {"ids": [*first["accounts"]["ids"], added]}}
    return {**matrix, "assignments": [more, *others]}


def without_group(matrix: dict[str, Any], group: str) -> dict[str, Any]:
    return {**matrix, "assignments": [row for row in matrix["assignments"] if row["groups"] != [group]]}


def figures(program: str, refresh: list[str], seed: Path, declare: Callable[[list[str]], dict[str, Any]]) -> Any:
    with tempfile.TemporaryDirectory() as name, Session(seed=str(seed), throttle=True) as session:
        way = Way(session, program, Path(name))
        listed = session.aws.client("organizations").get_paginator("list_accounts").paginate()
        management = session.aws.client("sts").get_caller_identity()["Account"]
        accounts = [row["Id"] for page in listed for row in page["Accounts"] if row["Id"] != management]
        instance = session.aws.client("sso-admin").list_instances()["Instances"][0]
        pages = (
            session.aws.client("identitystore")
            .get_paginator("list_groups")
            .paginate(IdentityStoreId=instance["IdentityStoreId"])
        )
        ids = {row["DisplayName"]: row["GroupId"] for page in pages for row in page["Groups"]}
        (way.folder / "groups.json").write_text(json.dumps(ids))
        matrix = declare(accounts)
        way.declare(matrix)
        told: dict[str, Any] = {"first_up": way.measure("up", "--yes", "--skip-preview")}
        told["no_change_preview"] = way.measure("preview", *refresh)
        told["state_bytes"] = way.state_bytes()
        way.declare(changed(matrix, accounts))
        told["one_account_added"] = way.measure("up", "--yes", "--skip-preview")
        way.declare(without_group(matrix, "group-00001"))
        told["one_group_removed"] = way.measure("up", "--yes", "--skip-preview")
        return told


def main() -> None:
    numbers = [int(argument) for argument in sys.argv[1:]] or [20, 8, 4, 320]
    account_count, groups, sets, grants = numbers
    center = {"region": "us-east-1", "group_count": groups, "seconds": SECONDS}
    seed = {
        "organization": {"feature_set": "ALL"},
        "account_count": account_count + 1,
        "trusted_services": ["sso.amazonaws.com"],
        "identity_center": center,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "seed.yaml")
        path.write_text(yaml.safe_dump(seed))

        def declare(accounts: list[str]) -> dict[str, Any]:
            return matrix_of(accounts, groups, sets, grants)

        ours = figures(MATRIX, [], path, declare)
        print(json.dumps(ours), file=sys.stderr)
        raw = figures(RAW, ["--refresh"], path, declare)
    pages = groups * max(1, -(-grants // groups // PAGE))
    reads = pages + 6 * sets
    allowed = max((grants + 3 * sets + groups) / RATE, grants * SECONDS / OUTSTANDING)
    print(
        json.dumps(
            {
                "accounts": account_count,
                "groups": groups,
                "permission_sets": sets,
                "grants": grants,
                "AccessMatrix": ours,
                "AccountAssignment resources": raw,
                "first_up_seconds_allowed": round(allowed, 1),
                "first_up_share_of_allowed": round(allowed / ours["first_up"]["seconds"], 2),
                "no_change_preview_seconds_allowed": round(reads / RATE, 1),
                "no_change_preview_calls_fewer": round(
                    raw["no_change_preview"]["calls"] / ours["no_change_preview"]["calls"], 1
                ),
                "state_smaller": round(raw["state_bytes"] / ours["state_bytes"], 1),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
