"""`status` on the sandbox: seconds, memory and calls, against the fewest calls and the time that request rates dictate.

JSON. least_calls: one an answer that is reported, and what pages and accounts take. rate_seconds: what sandbox/aws/
throttle.py allows for these calls. The embedded AWS runs in this process: server_cpu_seconds is its share, and where
that is above rate_seconds, it and not the rates is what the figure shows. busiest_second: the most calls in any second,
beside what AWS documents.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pulumi_aws_identity_center.aws.rates import DOCUMENTED

from benchmarks.tools.measured import Measured, organization, run
from sandbox.aws.middleware.throttle import _OTHERS, RATES

TARGETS = {"seconds": 1.5, "megabytes": 120, "members_seconds_ratio": 1.2, "calls_ratio": 1.02}
# Caller, organization, trusted access, administrators, instance, role, directories, rules.
_PLAIN_CALLS, _PAGE = 8, 20


def measure(accounts: int, *arguments: str, center: bool = True) -> Measured:
    command = [sys.executable, "-m", "pulumi_aws_identity_center", "status", "--format", "json", *arguments]
    with organization(accounts, throttle=True, center=center) as cloud:
        measured = run(command, cloud)
    assert json.loads(measured.stdout)["verdict"] == ("healthy" if center else "unhealthy")
    return measured


def plain(accounts: int, rounds: int = 5) -> dict[str, Any]:
    """The best of some rounds, each on an AWS of its own."""
    best = min((measure(accounts) for _ in range(rounds)), key=lambda measured: measured.seconds)
    return {"accounts": accounts, **best.figures(), "least_calls": _PLAIN_CALLS}


def with_members(accounts: int) -> dict[str, Any]:
    """Against the least: a list by pages, and four calls in each other account; AssumeRole is what rates hold up."""
    measured = measure(accounts, "--members")
    pages = -(-accounts // _PAGE)
    least = _PLAIN_CALLS + pages + 4 * (accounts - 1)
    rate, burst = RATES.get("sts", _OTHERS)
    page_rate, page_burst = RATES["organizations"]
    dictated = max((accounts - 1 - burst) / rate, (pages - page_burst) / page_rate, 0.0)
    return {
        "accounts": accounts,
        **measured.figures(),
        "least_calls": least,
        "calls_ratio": round(len(measured.calls) / least, 3),
        "rate_seconds": round(dictated, 2),
        "seconds_ratio": round(measured.seconds / dictated, 2),
        "busiest_second": measured.busiest_second(),
    }


def without_instance() -> dict[str, Any]:
    """Nothing is found, so that every Region is asked."""
    measured = measure(4, center=False)
    return {**measured.figures(), "busiest_second": measured.busiest_second()}


def main() -> None:
    figures = {
        "status": [plain(accounts) for accounts in (4, 1000, 5000)],
        "status, no instance in any Region": without_instance(),
        "status --members": [with_members(accounts) for accounts in (1000, 5000)],
        "documented_rates": DOCUMENTED,
        "targets": TARGETS,
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
