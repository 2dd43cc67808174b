"""AccessMatrix against the same grants as `aws.ssoadmin.AccountAssignment` resources, under AWS's throttling. JSON.

    python benchmarks/access_matrix.py [ACCOUNTS GROUPS SETS GRANTS]          # default 20 8 4 320
    python benchmarks/access_matrix.py 200 50 10 10000 --raw-grants 300       # ten minutes, and five for the other way
    python benchmarks/access_matrix.py 1000 100 10 100000 --adopt             # grants that AWS has already: no first up

Each way runs in a sandbox of its own, one after the other. `seconds_allowed` is what AWS's limits leave: 20 requests a
second to sso-admin, and 15 outstanding assignments of `--seconds` each (AWS publishes no time for an assignment; 2
seconds is the sandbox's own under throttling). Requests that ask for statuses are not in it. --raw-grants: the other
way on so many grants only; `raw_calls_for_all` then adds its calls for each further grant.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.tools.measured import children_cpu  # noqa: E402 - found from wherever this is started
from benchmarks.tools.process_tree import PeakMemory  # noqa: E402
from sandbox.session import Session  # noqa: E402

RATE, OUTSTANDING, PAGE = 20, 15, 100
# A large state is written once, not after each resource: the file backend would take most of the time.
FEW_CHECKPOINTS = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
UP = ("up", "--yes", "--skip-preview")
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


@dataclass(frozen=True)
class Size:
    accounts: int
    groups: int
    sets: int
    grants: int

    @property
    def pages(self) -> int:
        """ListAccountAssignmentsForPrincipal's."""
        return self.groups * max(1, -(-self.grants // self.groups // PAGE))

    def first_up_seconds(self, seconds: float) -> float:
        """What the limits leave: a request for each grant, permission set and group; and the assignments' own time."""
        return max((self.grants + self.sets + self.groups) / RATE, self.grants * seconds / OUTSTANDING)

    def matrix(self, grants: int, accounts: list[str]) -> dict[str, Any]:
        """Each group has each set in the same number of accounts, starting somewhere else."""
        share = max(1, grants // (self.groups * self.sets))
        assignments = []
        for group, number in itertools.product(range(self.groups), range(self.sets)):
            start = group * 7 + number * 3
            ids = [accounts[(start + offset) % len(accounts)] for offset in range(share)]
            assignments.append(
                {
                    "groups": [f"group-{group + 1:05d}"],
                    "permissionSets": [f"Set{number}"],
                    "accounts": {"ids": ids},
                }
            )
        permission_sets: dict[str, Any] = {f"Set{number}": {} for number in range(self.sets)}
        return {"permissionSets": permission_sets, "assignments": assignments[: max(1, grants // share)]}


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
        before, started, cpu_before = len(self.session.calls), time.monotonic(), children_cpu()
        with PeakMemory().watched() as memory:
            self.session.pulumi(*command, "--suppress-progress", cwd=self.folder, env=FEW_CHECKPOINTS)
        seconds, cpu_seconds = time.monotonic() - started, children_cpu() - cpu_before
        calls = self.session.calls[before:]
        operations = Counter(call["operation"] for call in calls)
        of_center = sum(call["service"] == "sso-admin" for call in calls)
        return {
            "seconds": round(seconds, 1),
            "cpu_seconds": round(cpu_seconds, 1),
            "seconds_ratio": round(seconds / max(of_center / RATE, 0.001), 2),
            "calls": len(calls),
            "calls_to_sso_admin": of_center,
            "calls_refused": sum(call["status"] >= 400 for call in calls),
            "megabytes": round(memory.megabytes),
            "operations": dict(operations.most_common(6)),
            "load": round(os.getloadavg()[0], 1),
        }

    def state_bytes(self) -> int:
        return len(self.session.pulumi("stack", "export", cwd=self.folder).out)


def member_accounts(session: Session) -> list[str]:
    listed = session.aws.client("organizations").get_paginator("list_accounts").paginate()
    management = session.aws.client("sts").get_caller_identity()["Account"]
    return [row["Id"] for page in listed for row in page["Accounts"] if row["Id"] != management]


def group_ids(session: Session) -> dict[str, str]:
    store = session.aws.client("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"]
    pages = session.aws.client("identitystore").get_paginator("list_groups").paginate(IdentityStoreId=store)
    return {row["DisplayName"]: row["GroupId"] for page in pages for row in page["Groups"]}


@contextlib.contextmanager
def sandbox(size: Size, program: str, seconds: float, **center: Any) -> Iterator[tuple[Way, list[str]]]:
    """A way, and the ids of the accounts that it may use. center: more of the seed's identity_center."""
    seed = {
        "organization": {"feature_set": "ALL"},
        "account_count": size.accounts + 1,
        "trusted_services": ["sso.amazonaws.com"],
        "identity_center": {"region": "us-east-1", "group_count": size.groups, "seconds": seconds, **center},
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "program")
        folder.mkdir()
        path = Path(name, "seed.yaml")
        path.write_text(yaml.safe_dump(seed))
        with Session(seed=str(path), throttle=True) as session:
            way = Way(session, program, folder)
            (folder / "groups.json").write_text(json.dumps(group_ids(session)))
            yield way, member_accounts(session)


def with_one_account_more(matrix: dict[str, Any], accounts: list[str]) -> dict[str, Any]:
    """For the first group and set."""
    first, *later_assignments = matrix["assignments"]
    added = next(account for account in accounts if account not in first["accounts"]["ids"])
    more = {**first, "accounts": {"ids": [*first["accounts"]["ids"], added]}}
    return {**matrix, "assignments": [more, *later_assignments]}


def without_group(matrix: dict[str, Any], group: str) -> dict[str, Any]:
    return {**matrix, "assignments": [row for row in matrix["assignments"] if row["groups"] != [group]]}


def lifecycle(size: Size, program: str, grants: int, seconds: float, *refresh: str) -> dict[str, Any]:
    figures: dict[str, Any] = {"grants": grants}
    with sandbox(size, program, seconds) as (way, accounts):
        matrix = size.matrix(grants, accounts)
        way.declare(matrix)
        for name, declared, command in (
            ("first_up", matrix, UP),
            ("no_change_preview", matrix, ("preview", *refresh)),
            ("one_account_added", with_one_account_more(matrix, accounts), UP),
            ("one_group_removed", without_group(matrix, "group-00001"), UP),
        ):
            way.declare(declared)
            figures[name] = way.measure(*command)
            if declared is matrix:
                figures["state_bytes"] = way.state_bytes()
            print(name, json.dumps(figures[name]), file=sys.stderr, flush=True)
    return figures


def adoption(size: Size) -> dict[str, Any]:
    """The state comes from import-matrix and `pulumi import`."""
    # The accounts' ids are the same in each sandbox of one size.
    with sandbox(size, MATRIX, 0.0) as (_, accounts):
        matrix = size.matrix(size.grants, accounts)
    seeded = [
        {"permission_set": row["permissionSets"][0], "group": row["groups"][0], "accounts": row["accounts"]["ids"]}
        for row in matrix["assignments"]
    ]
    sets = [{"name": name} for name in matrix["permissionSets"]]
    with sandbox(size, MATRIX, 0.0, permission_sets=sets, assignments=seeded) as (way, _):
        way.declare(matrix)
        run = way.session.run
        run("identity-center", "import-matrix", "--output", "access.yaml", cwd=way.folder)
        imported = (
            "--file",
            "access.import.json",
            "--generate-code=false",
            "--protect=false",
            "--skip-preview",
            "--yes",
        )
        figures = {"import": way.measure("import", *imported), "up": way.measure(*UP)}
        figures["no_change_preview"] = way.measure("preview")
        return {**figures, "state_bytes": way.state_bytes()}


def compared(size: Size, raw_grants: int, seconds: float) -> dict[str, Any]:
    ours = lifecycle(size, MATRIX, size.grants, seconds)
    figures: dict[str, Any] = {
        "AccessMatrix": ours,
        "first_up_seconds_allowed": round(size.first_up_seconds(seconds), 1),
        "first_up_share_of_allowed": round(size.first_up_seconds(seconds) / ours["first_up"]["seconds"], 2),
    }
    if not raw_grants:
        return figures
    raw = lifecycle(size, RAW, raw_grants, seconds, "--refresh")
    further = size.grants - raw_grants
    raw_calls = {
        name: raw[name]["calls"] + round(further * raw[name]["calls"] / raw_grants)
        for name in ("first_up", "no_change_preview")
    }
    raw_state = round(raw["state_bytes"] * size.grants / raw_grants)
    return {
        **figures,
        "AccountAssignment resources": raw,
        "raw_calls_for_all": raw_calls,
        "no_change_preview_calls_fewer": round(raw_calls["no_change_preview"] / ours["no_change_preview"]["calls"], 1),
        "state_smaller": round(raw_state / ours["state_bytes"], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", nargs="*", type=int, default=[20, 8, 4, 320], metavar="ACCOUNTS GROUPS SETS GRANTS")
    parser.add_argument("--seconds", type=float, default=0.5, help="how long AWS takes for an assignment")
    parser.add_argument("--raw-grants", type=int, help="measure the other way on so many grants; 0 for not at all")
    parser.add_argument("--adopt", action="store_true", help="only a preview of grants that AWS has already")
    options = parser.parse_args()
    size = Size(*options.size)
    raw_grants = size.grants if options.raw_grants is None else options.raw_grants
    figures = adoption(size) if options.adopt else compared(size, raw_grants, options.seconds)
    print(json.dumps({"size": vars(size), **figures}, indent=2))


if __name__ == "__main__":
    main()
