"""python -m sandbox.aws.conformance: exits 0 if all pass, 1 if one fails, 2 for a wrong use."""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import boto3
from botocore.config import Config

from sandbox.aws.server.embedded import EmbeddedAws

from . import SCENARIOS, Outcome, Target, run

_REAL = "aws"
_SCP = "SERVICE_CONTROL_POLICY"
# A refusal is looked for at once, not retried into another answer.
_CONFIG = Config(retries={"mode": "standard", "max_attempts": 5}, parameter_validation=False)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.aws.conformance", description=__doc__)
    parser.add_argument("--endpoint", help=f"a URL, or {_REAL} for AWS itself; a sandbox of its own if left out")
    parser.add_argument("--region", help="the instance's home Region; the environment's if left out")
    parser.add_argument("--write", action="store_true", help="also the scenarios that make things (and delete them)")
    parser.add_argument("--organization", help="the id of the organization that --write is meant for")
    parser.add_argument("--only", default="", help="the scenarios whose name has this text in it")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    return parser.parse_args(arguments)


def _elsewhere(arguments: argparse.Namespace) -> Target:
    session = boto3.session.Session(region_name=arguments.region)
    url = None if arguments.endpoint == _REAL else arguments.endpoint

    @functools.cache
    def client(service: str, region: str | None = None) -> Any:
        return session.client(service, region_name=region, endpoint_url=url, config=_CONFIG)

    return Target(client)


def here(cloud: EmbeddedAws) -> Target:
    """A sandbox as the target; service control policies are turned on, as scenarios need them."""
    if _SCP not in cloud.world.organization.policy_types:
        cloud.world.organization.turn_on(_SCP)

    @functools.cache
    def client(service: str, region: str | None = None) -> Any:
        return cloud.client(service, region=region)

    return Target(client, poll_seconds=0.01)


def _wrong_organization(target: Target, arguments: argparse.Namespace) -> str | None:
    """Why --write must not be done there, or None."""
    if arguments.organization is None:
        return "--write on an endpoint needs --organization o-…, the one that may be thrown away."
    organization_id = target.client("organizations").describe_organization()["Organization"]["Id"]
    if organization_id != arguments.organization:
        named = arguments.organization
        return f"these credentials are of {organization_id}, and --organization says {named}: nothing was run."
    return None


def _print(outcomes: list[Outcome], form: str) -> None:
    if form == "json":
        rows = [
            {
                "scenario": outcome.scenario.name,
                "result": outcome.result,
                "detail": outcome.detail,
                "source": outcome.scenario.source,
            }
            for outcome in outcomes
        ]
        print(json.dumps(rows, indent=2))
        return
    for outcome in outcomes:
        detail = f" — {outcome.detail}" if outcome.detail else ""
        print(f"{outcome.result:8} {outcome.scenario.name}{detail}")
    passed = sum(outcome.result == "pass" for outcome in outcomes)
    print(f"{passed} of {len(outcomes)} pass ({len(SCENARIOS)} scenarios in all)")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _arguments(argv)
    with ExitStack() as stack:
        if arguments.endpoint is None:
            target, writes = here(stack.enter_context(EmbeddedAws("sso-enabled"))), True
        else:
            target, writes = _elsewhere(arguments), arguments.write
            problem = _wrong_organization(target, arguments) if writes else None
            if problem:
                print(problem, file=sys.stderr)
                return 2
        outcomes = list(run(target, writes=writes, only=arguments.only))
    _print(outcomes, arguments.format)
    if not outcomes:
        print(f"no scenario's name has {arguments.only!r} in it.", file=sys.stderr)
        return 2
    return 1 if any(outcome.result == "fail" for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
