"""who-can-disable on accounts of growing size: seconds and peak memory of the whole command, and how it grows; on
ordinary accounts, on ones in which many may become, make and change many; and its calls on the sandbox. JSON."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZES, DOCUMENTS_A_ROLE = (1_000, 2_000, 4_000), 5
TARGETS = {"roles": 2_000, "documents": 10_000, "seconds": 3.0, "megabytes": 300, "calls_beyond_pages": 5}
ACCOUNT = "arn:aws:iam::111122223333"
BOUND = {"StringEquals": {"iam:PermissionsBoundary": f"{ACCOUNT}:policy/bound"}}
_CHILD = (
    "import resource, sys, typer\n"
    "from pulumi_aws_identity_center.cli import main\n"
    "try: main()\n"
    "finally:\n"
    "    used = resource.getrusage(resource.RUSAGE_SELF)\n"
    "    print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)\n"
)


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def role(name: str, documents: list[list[dict[str, Any]]], trust: dict[str, str], **more: Any) -> dict[str, Any]:
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trust}
    return {
        "Arn": f"{ACCOUNT}:role/{name}",
        "RoleName": name,
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trusted]},
        "RolePolicyList": [
            {"PolicyName": f"policy-{n}", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
            for n, statements in enumerate(documents)
        ],
        **more,
    }


def ordinary(roles: int) -> dict[str, Any]:
    """Roles with inline documents, every hundredth of which is an administrator."""

    def document(number: int, n: int) -> list[dict[str, Any]]:
        bucket = f"arn:aws:s3:::bucket-{number}-{n}"
        insecure = {"Bool": {"aws:SecureTransport": "false"}}
        statements = [
            allow(["s3:Get*", "s3:List*"], [bucket, f"{bucket}/*"]),
            allow(["logs:*", "iam:PassRole"], f"{bucket}-logs"),
            {"Effect": "Deny", "NotAction": "s3:*", "Resource": f"{bucket}-x", "Condition": insecure},
        ]
        return [*statements, *([allow("*")] if number % 100 == 0 and n == 0 else [])]

    lambdas = {"Service": "lambda.amazonaws.com"}
    return {
        "RoleDetailList": [
            role(f"role-{number}", [document(number, n) for n in range(DOCUMENTS_A_ROLE)], lambdas)
            for number in range(roles)
        ]
    }


def tangled(roles: int) -> dict[str, Any]:
    """A quarter of them deploys: makes, passes and changes roles within a boundary; all trust the account, a tenth may
    assume any, and there is one administrator."""
    names = f"{ACCOUNT}:role/app-*"
    deploying = [
        allow(["iam:CreateRole", "iam:AttachRolePolicy"], names, Condition=BOUND),
        allow("iam:PassRole", names),
    ]
    bound = {"PermissionsBoundary": {"PermissionsBoundaryArn": f"{ACCOUNT}:policy/bound"}}
    root = {"AWS": f"{ACCOUNT}:root"}
    rows = [role("administrator", [[allow("*")]], root)]
    for number in range(roles):
        if number % 4 == 0:
            rows.append(role(f"deploy-{number}", [deploying], {"Service": "codebuild.amazonaws.com"}))
        elif number % 10 == 1:
            rows.append(role(f"support-{number}", [[allow("sts:AssumeRole")]], root))
        else:
            rows.append(role(f"app-{number}", [[allow("s3:*")]], {"Service": "lambda.amazonaws.com"}, **bound))
    document = {"Version": "2012-10-17", "Statement": [allow("s3:*")]}
    versions = [{"IsDefaultVersion": True, "VersionId": "v1", "Document": document}]
    return {"RoleDetailList": rows, "Policies": [{"Arn": f"{ACCOUNT}:policy/bound", "PolicyVersionList": versions}]}


def measure(account: Callable[[int], dict[str, Any]], roles: int) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(account(roles), file)
        file.flush()
        start = time.perf_counter()
        command = [sys.executable, "-c", _CHILD, "who-can-disable", "--format", "json", "--input", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        size = Path(file.name).stat().st_size
    report = json.loads(done.stdout)
    processor, peak = done.stderr.split()[-2:]
    return {
        "roles": roles,
        "input_megabytes": round(size / 2**20, 1),
        "seconds": round(seconds, 2),
        "processor_seconds": round(float(processor), 2),  # what a busy machine doesn't change much
        "megabytes": round(int(peak) / 1024),
        "principals": len(report["principals"]),
        "undetermined": len(report["undetermined"]),
    }


def growth(account: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    runs = [measure(account, size) for size in SIZES]
    used = [float(run["processor_seconds"]) for run in runs]
    return {"runs": runs, "processor_seconds_per_doubling": [round(b / a, 2) for a, b in itertools.pairwise(used)]}


def calls(users: int = 250) -> dict[str, int]:
    """What it asks of AWS, on the sandbox."""
    from pulumi_aws_identity_center.cli.application import build
    from typer.testing import CliRunner

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from sandbox.aws import EmbeddedAws

    with EmbeddedAws("sso-enabled") as aws:
        iam = aws.client("iam")
        for n in range(users):
            iam.create_user(UserName=f"user-{n}")
        before = len(aws.calls)
        arguments = ["who-can-disable", "--format", "json"]
        CliRunner().invoke(build(arguments), arguments, env=aws.environment())
        operations = [call["operation"] for call in aws.calls[before:]]
    pages = operations.count("GetAccountAuthorizationDetails")
    return {"users": users, "pages": pages, "calls_beyond_pages": len(operations) - pages}


if __name__ == "__main__":
    figures = {"ordinary": growth(ordinary), "tangled": growth(tangled), "calls": calls(), "targets": TARGETS}
    print(json.dumps(figures, indent=2))
