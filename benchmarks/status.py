"""`status` on the sandbox: seconds, memory and calls, against the fewest calls and the time that request rates dictate.

JSON. least_calls: one an answer that is reported, and what pages and accounts take. rate_seconds: what sandbox/aws/
throttle.py allows for these calls. The embedded AWS runs in this process: server_cpu_seconds is its share, and where
it is above rate_seconds, it and not the rates is what the figure shows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sandbox.aws import EmbeddedAws
from sandbox.aws.throttle import _OTHERS, RATES

TARGET_SECONDS, TARGET_MEGABYTES, TARGET_RATIO, TARGET_CALLS = 1.5, 120, 1.2, 1.02
# Caller, organization, trusted access, administrators, instance, role, directories.
_PLAIN_CALLS, _PAGE = 7, 20
# VmHWM and not ru_maxrss, which begins with the size of the process that started it.
_CHILD = (
    "import sys\n"
    "from pulumi_aws_identity_center.cli import main\n"
    "try: main()\n"
    "finally: print(next(l for l in open('/proc/self/status') if 'VmHWM' in l).split()[1], file=sys.stderr)\n"
)


def measure(accounts: int, *arguments: str, throttle: bool, rounds: int = 1) -> dict[str, Any]:
    """The best of some rounds, each on an AWS of its own."""
    return min((_once(accounts, arguments, throttle) for _ in range(rounds)), key=lambda found: found["seconds"])


def _once(accounts: int, arguments: tuple[str, ...], throttle: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder, "seed.yaml")
        seed.write_text(
            f"organization: {{feature_set: ALL}}\naccount_count: {accounts}\n"
            "trusted_services: [sso.amazonaws.com]\nidentity_center: {region: us-east-1}\n"
        )
        with EmbeddedAws(seed, throttle=throttle) as aws:
            # moto's modules are imported at their first call: not what is measured.
            for service, call in (
                ("iam", "list_roles"),
                ("ds", "describe_directories"),
                ("sts", "get_caller_identity"),
            ):
                getattr(aws.client(service), call)()
            before = len(aws.calls)
            bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
            cpu, start = time.process_time(), time.perf_counter()
            result = subprocess.run(
                [sys.executable, "-c", _CHILD, "status", "--format", "json", *arguments],
                env={**bare, **aws.environment()},
                capture_output=True,
                text=True,
                check=True,
            )
            seconds = time.perf_counter() - start
            cpu = time.process_time() - cpu
            calls = aws.calls[before:]
    assert json.loads(result.stdout)["verdict"] == "healthy"
    return {
        "accounts": accounts,
        "seconds": round(seconds, 2),
        "megabytes": round(int(result.stderr.split()[-1]) / 1024),
        "calls": len(calls),
        "calls_throttled": sum(call["status"] == 400 for call in calls),
        "server_cpu_seconds": round(cpu, 2),
    }


def with_members(accounts: int) -> dict[str, Any]:
    """Against the least: a list by pages, and two calls in each other account; AssumeRole is what rates hold up."""
    found = measure(accounts, "--members", throttle=True)
    least = _PLAIN_CALLS + -(-accounts // _PAGE) + 2 * (accounts - 1)
    rate, burst = RATES.get("sts", _OTHERS)
    pages, (page_rate, page_burst) = -(-accounts // _PAGE), RATES["organizations"]
    dictated = max((accounts - 1 - burst) / rate, (pages - page_burst) / page_rate, 0.0)
    return {
        **found,
        "least_calls": least,
        "calls_ratio": round(found["calls"] / least, 3),
        "calls_ratio_without_throttled": round((found["calls"] - found["calls_throttled"]) / least, 3),
        "rate_seconds": round(dictated, 2),
        "seconds_ratio": round(found["seconds"] / dictated, 2) if dictated else None,
    }


def main() -> None:
    plain = [
        {**measure(accounts, throttle=True, rounds=5), "least_calls": _PLAIN_CALLS} for accounts in (4, 1000, 5000)
    ]
    members = [with_members(accounts) for accounts in (1000, 5000)]
    targets = {
        "seconds": TARGET_SECONDS,
        "megabytes": TARGET_MEGABYTES,
        "members_seconds_ratio": TARGET_RATIO,
        "calls_ratio": TARGET_CALLS,
    }
    print(json.dumps({"status": plain, "status --members": members, "targets": targets}, indent=2))


if __name__ == "__main__":
    main()
