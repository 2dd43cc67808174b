"""The gate on plans of growing size, every JSON form: seconds, steps a second, peak memory beyond the start. JSON.

    python benchmarks/gate.py [STEPS] [FORM ...]    # default 100,000 steps, every form

The target: that many in 1.3 times what json.loads takes of the same file (guards of their own: 3 times), at constant
memory. Of IAM's types, in the digest's form and in Terraform's: `policies` and `roles`, whose documents are read at
every step; `guards` is the worst case, in which each document is a guard of its own: each is evaluated.

Each size runs in a process of its own, so that one's memory does not count as the next one's. The ratios are of CPU
time: what a machine with nothing else to do takes, since there is one thread and next to no waiting.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tools import terraform_plan

_IAM = {"policies": "aws:iam/policy:Policy", "roles": "aws:iam/role:Role", "guards": "aws:iam/policy:Policy"}
TARGET_STEPS = 100_000
_CHILD = """
import json, resource, sys, time
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started, at_work = time.perf_counter(), time.process_time()
with open(sys.argv[1], encoding="utf-8") as stream:
    verdict, findings = judge(read(stream))
seconds, cpu = time.perf_counter() - started, time.process_time() - at_work
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
with open(sys.argv[1], encoding="utf-8") as stream:
    at_work = time.process_time()
    text = stream.read()
    if sys.argv[2] == "events":
        text = "[" + ",".join(text.splitlines()) + "]"
    json.loads(text)
loads = time.process_time() - at_work
print(json.dumps({
    "seconds": round(seconds, 3), "cpu_seconds": round(cpu, 3), "grown_kb": grown,
    "json_loads_cpu_seconds": round(loads, 3), "verdict": verdict, "findings": len(findings),
}))
"""


def steps(count: int, form: str) -> Iterator[dict[str, Any]]:
    """Ordinary updates, the last of which takes trusted access away: it must be found at the very end."""
    for number in range(count - 1):
        if form in _IAM:
            yield _of_iam(form, number)
            continue
        type_ = "aws:s3/bucketV2:BucketV2"
        inputs = {"bucket": f"bucket-{number}", "tags": {"team": "a", "number": str(number)}}
        state = {"type": type_, "inputs": inputs, "outputs": {**inputs, "arn": f"arn:aws:s3:::bucket-{number}"}}
        urn = f"urn:pulumi:dev::p::{type_}::bucket-{number}"
        yield {"op": "update", "urn": urn, "oldState": state, "newState": state, "detailedDiff": None}
    type_ = "aws:organizations/awsServiceAccess:AwsServiceAccess"
    state = {"type": type_, "inputs": {"servicePrincipal": "sso.amazonaws.com"}, "outputs": {}}
    yield {"op": "delete", "urn": f"urn:pulumi:dev::p::{type_}::sso", "oldState": state, "newState": None}


def _of_iam(form: str, number: int) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Deny", "Action": "s3:Delete*", "Resource": f"arn:aws:s3:::b-{number}/*"}
    if form == "guards":
        but = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::111122223333:role/break-glass-{number}"}}
        statement |= {"Action": "organizations:*", "Resource": "*", "Condition": but}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    type_ = _IAM[form]
    inputs: dict[str, Any] = {"name": f"p-{number}", "policy": document}
    if form == "roles":
        inputs = {"name": f"r-{number}", "inlinePolicies": [{"name": "own", "policy": document}]}
    state = {"type": type_, "inputs": inputs, "outputs": inputs}
    urn = f"urn:pulumi:dev::p::{type_}::p-{number}"
    return {"op": "update", "urn": urn, "oldState": state, "newState": state, "detailedDiff": None}


def write(form: str, count: int, file: Path) -> None:
    if form in terraform_plan.TYPES:
        terraform_plan.write(form, count, file)
        return
    with file.open("w", encoding="utf-8") as out:
        if form != "events":
            out.write('{\n    "steps": [\n')
            for number, step in enumerate(steps(count, form)):
                out.write(("        " if number == 0 else ",\n        ") + json.dumps(step, indent=4))
            out.write('\n    ],\n    "duration": 1,\n    "changeSummary": {"update": 1}\n}\n')
            return
        out.write('{"sequence":0,"timestamp":1,"preludeEvent":{"config":{}}}\n')
        for step in steps(count, form):
            metadata = {"op": step["op"], "urn": step["urn"], "old": step["oldState"], "new": step["newState"]}
            out.write(json.dumps({"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata}}) + "\n")
        out.write('{"sequence":2,"timestamp":1,"summaryEvent":{"resourceChanges":{}}}\n')


def measure(form: str, count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "preview.json"
        write(form, count, file)
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(file), form], capture_output=True, text=True, check=True
        )
        figures: dict[str, Any] = json.loads(done.stdout)
        figures |= {"form": form, "steps": count, "megabytes": round(file.stat().st_size / 1e6, 1)}
    if (figures["verdict"], figures["findings"]) != ("unsafe", 1):
        raise SystemExit(f"the gate was wrong, so its speed is no figure: {figures}")
    return {**figures, "steps_a_cpu_second": round(count / figures["cpu_seconds"])}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TARGET_STEPS
    forms = sys.argv[2:] or ["digest", "events", *_IAM, *terraform_plan.TYPES]
    rows = [measure(form, size) for form in forms for size in (count // 10, count)]
    ratios = {}
    for small, large in zip(rows[::2], rows[1::2], strict=True):
        form = large["form"]
        # 1.0 is linear: ten times the steps in ten times the time.
        ratios[f"{form}: CPU time for 10x the steps / 10"] = round(large["cpu_seconds"] / small["cpu_seconds"] / 10, 2)
        ratios[f"{form}: memory grown, 10x the steps / 1x"] = round(large["grown_kb"] / max(small["grown_kb"], 1), 2)
        ratios[f"{form}: CPU time / json.loads"] = round(large["cpu_seconds"] / large["json_loads_cpu_seconds"], 2)
    print(json.dumps({"gate": rows, "ratios": ratios}, indent=2))


if __name__ == "__main__":
    main()
