"""who-can-disable on accounts of growing size: seconds and peak memory of the whole command, and how it grows. JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROLES, DOCUMENTS_A_ROLE = 2_000, 5
TARGET_SECONDS, TARGET_MEGABYTES = 3.0, 300
_CHILD = (
    "import resource, sys, typer\n"
    "from pulumi_aws_identity_center.cli import main\n"
    "try: main()\n"
    "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
)


def account(roles: int) -> dict[str, Any]:
    """Ordinary roles with inline documents, every hundredth of which is an administrator."""
    return {
        "UserDetailList": [],
        "GroupDetailList": [],
        "Policies": [],
        "RoleDetailList": [_role(n) for n in range(roles)],
    }


def _role(number: int) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    return {
        "Arn": f"arn:aws:iam::111122223333:role/role-{number}",
        "RoleName": f"role-{number}",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [
            {"PolicyName": f"policy-{n}", "PolicyDocument": _document(number, n)} for n in range(DOCUMENTS_A_ROLE)
        ],
    }


def _document(role: int, number: int) -> dict[str, Any]:
    bucket = f"arn:aws:s3:::bucket-{role}-{number}"
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": [bucket, f"{bucket}/*"]},
        {"Effect": "Allow", "Action": ["logs:*", "iam:PassRole"], "Resource": f"{bucket}-logs"},
        {
            "Effect": "Deny",
            "NotAction": "s3:*",
            "Resource": f"{bucket}-x",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
    if role % 100 == 0 and number == 0:
        statements.append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    return {"Version": "2012-10-17", "Statement": statements}


def measure(roles: int) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(account(roles), file)
        file.flush()
        start = time.perf_counter()
        command = [sys.executable, "-c", _CHILD, "who-can-disable", "--format", "json", "--input", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        size = Path(file.name).stat().st_size
    found = len(json.loads(done.stdout)["principals"])
    peak = int(done.stderr.split()[-1]) / 1024
    return {
        "roles": roles,
        "documents": roles * DOCUMENTS_A_ROLE,
        "input_megabytes": round(size / 2**20, 1),
        "seconds": round(seconds, 2),
        "megabytes": round(peak),
        "principals": found,
    }


if __name__ == "__main__":
    runs = [measure(size) for size in (ROLES // 4, ROLES // 2, ROLES)]
    print(
        json.dumps(
            {
                "runs": runs,
                "seconds_per_doubling": round(runs[2]["seconds"] / runs[1]["seconds"], 2),
                "targets": {"seconds": TARGET_SECONDS, "megabytes": TARGET_MEGABYTES},
            },
            indent=2,
        )
    )
