"""The embedded AWS: seconds to its first answer, requests a second on one core with all layers on, and 5,000 accounts.

    python benchmarks/embedded_aws.py [REQUESTS]     # default 300 of each; targets: 2 s, 300 a second, 10 s, 600 MB

The server has a process and a core of its own; requests are signed once and sent over a new connection each, so that
the figure is the server's and not boto3's. The caller is an IAM user, so that each call is evaluated.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import boto3

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from sandbox.aws import EmbeddedAws

CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("organizations", "list_accounts", {}),
    ("sso-admin", "list_instances", {}),
    ("iam", "get_role", {"RoleName": "AWSServiceRoleForSSO"}),
    ("sts", "get_caller_identity", {}),
]
LARGE = "organization: {}\naccount_count: 5000\ntrusted_services: [sso.amazonaws.com]\nidentity_center: {}\n"


def serve(queue: Any, core: int, log: Path) -> None:
    """All layers on, none in the way: rates too high to hit, a fault for an operation that is not called."""
    os.sched_setaffinity(0, {core})
    with EmbeddedAws(enforce_iam=True, log=log, faults=["iam:ListUsers:503"]) as running:
        iam = running.client("iam")
        iam.create_user(UserName="caller")
        iam.attach_user_policy(UserName="caller", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        queue.put((running.endpoint, iam.create_access_key(UserName="caller")["AccessKey"]))
        while True:
            time.sleep(3600)


def signed(endpoint: str, key: dict[str, str], service: str, operation: str, arguments: dict[str, Any]) -> Any:
    """A request as boto3 would send it."""
    client = boto3.session.Session().client(
        service,
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    seen: list[Any] = []
    client.meta.events.register("before-send", lambda request, **_: seen.append(request))
    getattr(client, operation)(**arguments)
    return seen[0]


def rate(endpoint: str, request: Any, count: int) -> float:
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    started = time.perf_counter()
    for _ in range(count):
        connection = http.client.HTTPConnection(urlparse(endpoint).netloc)
        connection.request(request.method, urlparse(request.url).path or "/", request.body, headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
        connection.close()
    return round(count / (time.perf_counter() - started))


def requests_a_second(count: int) -> dict[str, float]:
    queue: Any = multiprocessing.Queue()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "calls.jsonl"
        server = multiprocessing.Process(target=serve, args=(queue, cores[0], log), daemon=True)
        server.start()
        endpoint, key = queue.get()
        os.sched_setaffinity(0, {cores[-1]})
        found = {
            f"{service} {name}": rate(endpoint, signed(endpoint, key, service, name, arguments), count)
            for service, name, arguments in CALLS
        }
        server.terminate()
        server.join()
    os.sched_setaffinity(0, set(cores))
    return found


def first_answer() -> float:
    started = time.perf_counter()
    with EmbeddedAws() as running:
        running.client("sts").get_caller_identity()
        return round(time.perf_counter() - started, 2)


def large() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder) / "seed.yaml"
        seed.write_text(LARGE)
        started = time.perf_counter()
        with EmbeddedAws(seed) as running:
            loaded = round(time.perf_counter() - started, 2)
            pages = running.client("organizations").get_paginator("list_accounts").paginate()
            marks = [time.perf_counter(), *(time.perf_counter() for _ in pages)]
    half = len(marks) // 2
    return {
        "load_seconds": loaded,
        "pages": len(marks) - 1,
        "second_half_to_first": round((marks[-1] - marks[half]) / (marks[half] - marks[0]), 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    figures = {"first_answer_seconds": first_answer(), "accounts_5000": large()}
    print(json.dumps({**figures, "requests_a_second": requests_a_second(asked)}, indent=2))
