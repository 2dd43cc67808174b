"""The gate on previews of growing size, both JSON forms: seconds, steps a second, peak memory beyond the start. JSON.

    python benchmarks/gate.py [STEPS]     # default 20,000; the target is 100,000 steps in 3 seconds at constant memory

Each size runs in a process of its own, so that one's memory doesn't count as the next one's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET_STEPS, TARGET_SECONDS = 100_000, 3.0
_CHILD = """
import json, resource, sys, time
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.reader import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.perf_counter()
with open(sys.argv[1], encoding="utf-8") as stream:
    verdict, findings = judge(read(stream))
seconds = time.perf_counter() - started
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({"seconds": round(seconds, 3), "grown_kb": grown, "verdict": verdict, "findings": len(findings)}))
"""


def steps(count: int) -> Iterator[dict[str, Any]]:
    """Ordinary updates, the last of which takes trusted access away: it must be found at the very end."""
    for number in range(count - 1):
        type_ = "aws:s3/bucketV2:BucketV2"
        inputs = {"bucket": f"bucket-{number}", "tags": {"team": "a", "number": str(number)}}
        state = {"type": type_, "inputs": inputs, "outputs": {**inputs, "arn": f"arn:aws:s3:::bucket-{number}"}}
        urn = f"urn:pulumi:dev::p::{type_}::bucket-{number}"
        yield {"op": "update", "urn": urn, "oldState": state, "newState": state, "detailedDiff": None}
    type_ = "aws:organizations/awsServiceAccess:AwsServiceAccess"
    state = {"type": type_, "inputs": {"servicePrincipal": "sso.amazonaws.com"}, "outputs": {}}
    yield {"op": "delete", "urn": f"urn:pulumi:dev::p::{type_}::sso", "oldState": state, "newState": None}


def write(form: str, count: int, file: Path) -> None:
    with file.open("w", encoding="utf-8") as out:
        if form == "digest":
            out.write('{\n    "steps": [\n')
            for number, step in enumerate(steps(count)):
                out.write(("        " if number == 0 else ",\n        ") + json.dumps(step, indent=4))
            out.write('\n    ],\n    "duration": 1,\n    "changeSummary": {"update": 1}\n}\n')
            return
        out.write('{"sequence":0,"timestamp":1,"preludeEvent":{"config":{}}}\n')
        for step in steps(count):
            metadata = {"op": step["op"], "urn": step["urn"], "old": step["oldState"], "new": step["newState"]}
            out.write(json.dumps({"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata}}) + "\n")
        out.write('{"sequence":2,"timestamp":1,"summaryEvent":{"resourceChanges":{}}}\n')


def measure(form: str, count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "preview.json"
        write(form, count, file)
        done = subprocess.run([sys.executable, "-c", _CHILD, str(file)], capture_output=True, text=True, check=True)
        figures: dict[str, Any] = json.loads(done.stdout)
        figures |= {"form": form, "steps": count, "megabytes": round(file.stat().st_size / 1e6, 1)}
    if (figures["verdict"], figures["findings"]) != ("unsafe", 1):
        raise SystemExit(f"the gate was wrong, so its speed is no figure: {figures}")
    return {**figures, "steps_a_second": round(count / figures["seconds"])}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rows = [measure(form, size) for form in ("digest", "events") for size in (count // 10, count)]
    ratios = {}
    for small, large in zip(rows[::2], rows[1::2], strict=True):
        form = large["form"]
        # 1.0 is linear: ten times the steps in ten times the time.
        ratios[f"{form}: time for 10x the steps / 10"] = round(large["seconds"] / small["seconds"] / 10, 2)
        ratios[f"{form}: memory grown, 10x the steps / 1x"] = round(large["grown_kb"] / max(small["grown_kb"], 1), 2)
        at_target = TARGET_STEPS / large["steps_a_second"]
        ratios[f"{form}: seconds for {TARGET_STEPS} steps / {TARGET_SECONDS}"] = round(at_target / TARGET_SECONDS, 2)
    print(json.dumps({"gate": rows, "ratios": ratios}, indent=2))


if __name__ == "__main__":
    main()
