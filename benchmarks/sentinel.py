"""The sentinel's cold start against an empty handler's, each in a process of its own. JSON.

beyond_boto3_ms: what the handler takes beyond the import of boto3, its first client included: all that Lambda's
initialization does. ratio: to the same process with a handler that only returns.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pulumi_aws_identity_center.components.sentinel_parts import handler_source

TARGETS = {"beyond_boto3_ms": 300, "ratio": 1.6}
EMPTY = "def handle(event, context):\n    return {}\n"
_MEASURE = """
import sys, time
source = sys.stdin.read()
start = time.perf_counter()
import boto3, botocore.config, botocore.exceptions
with_boto3 = time.perf_counter()
module = type(sys)("handler")
sys.modules["handler"] = module
exec(compile(source, "handler.py", "exec"), module.__dict__)
print(with_boto3 - start, time.perf_counter() - with_boto3)
"""
_ENVIRONMENT = {"AWS_LAMBDA_FUNCTION_NAME": "identity-center-sentinel", "AWS_DEFAULT_REGION": "us-east-1"}
_ENVIRONMENT |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}


def cold_start(source: str) -> tuple[float, float]:
    """Seconds for boto3's import, and for the handler's own initialization after it."""
    command = [sys.executable, "-c", _MEASURE]
    done = subprocess.run(
        command, input=source, env={**os.environ, **_ENVIRONMENT}, capture_output=True, text=True, check=True
    )
    boto3, handler = map(float, done.stdout.split())
    return boto3, handler


def measure(rounds: int = 5) -> dict[str, Any]:
    """The best of some rounds: what else the machine does only makes one slower."""
    empty = min(sum(cold_start(EMPTY)) for _ in range(rounds))
    runs = [cold_start(handler_source()) for _ in range(rounds)]
    return {
        "empty_ms": round(1000 * empty),
        "sentinel_ms": round(1000 * min(map(sum, runs))),
        "beyond_boto3_ms": round(1000 * min(handler for _, handler in runs)),
        "ratio": round(min(map(sum, runs)) / empty, 2),
    }


if __name__ == "__main__":
    print(json.dumps({"cold_start": measure(), "targets": TARGETS}, indent=2))
