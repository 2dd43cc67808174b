"""The embedded AWS at size: how fast it loads, pages and answers with all layers on.

    python benchmarks/embedded_aws.py [REQUESTS]     # default 300 of each call

Targets: 5,000 accounts, 2,000 groups, 100 permission sets and 100,000 assignments load in 10 s and 600 MB; a page costs
the same at the end of a list as at its start, and in an organization of 5,000 accounts as in one of 1,000; 300 requests
a second on one core with IAM, throttling, log, trail and validation. `per_core_second` is requests a second of the
server's CPU time, which other work on the machine does not change; `per_second` is what the client saw.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import boto3
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from sandbox.aws import EmbeddedAws
from sandbox.aws.middleware import throttle

SEED = """
organization: {{}}
account_count: {accounts}
trusted_services: [sso.amazonaws.com]
policy_types: [SERVICE_CONTROL_POLICY]
identity_center: {{group_count: 2000, user_count: 2000, permission_set_count: 100, assignment_count: {assignments}}}
"""
CALLS: dict[str, tuple[str, str, list[str]]] = {
    "organizations ListAccounts": ("organizations", "list_accounts", []),
    "organizations DescribeAccount": ("organizations", "describe_account", ["AccountId"]),
    "sso-admin ListInstances": ("sso-admin", "list_instances", []),
    "sso-admin ListAccountAssignments": (
        "sso-admin",
        "list_account_assignments",
        ["InstanceArn", "PermissionSetArn", "AccountId"],
    ),
    "sso-admin UpdatePermissionSet": (
        "sso-admin",
        "update_permission_set",
        ["InstanceArn", "PermissionSetArn", "Description"],
    ),
    "identitystore ListGroups": ("identitystore", "list_groups", ["IdentityStoreId"]),
    "iam GetRole": ("iam", "get_role", ["RoleName"]),
    "sts GetCallerIdentity": ("sts", "get_caller_identity", []),
}
LISTS: dict[str, tuple[str, str, list[str]]] = {
    "ListAccounts": ("organizations", "list_accounts", []),
    "ListAccountsForParent": ("organizations", "list_accounts_for_parent", ["ParentId"]),
    "ListChildren": ("organizations", "list_children", ["ParentId", "ChildType"]),
    "ListTargetsForPolicy": ("organizations", "list_targets_for_policy", ["PolicyId"]),
    "ListAccountsForProvisionedPermissionSet": (
        "sso-admin",
        "list_accounts_for_provisioned_permission_set",
        ["InstanceArn", "PermissionSetArn"],
    ),
    "ListGroups": ("identitystore", "list_groups", ["IdentityStoreId"]),
}


def arguments(running: EmbeddedAws) -> dict[str, str]:
    """What the calls name."""
    client = running.client("sso-admin")
    row = client.list_instances()["Instances"][0]
    permission_set = client.list_permission_sets(InstanceArn=row["InstanceArn"])["PermissionSets"][0]
    return {
        "InstanceArn": row["InstanceArn"],
        "IdentityStoreId": row["IdentityStoreId"],
        "ChildType": "ACCOUNT",
        "PermissionSetArn": permission_set,
        "AccountId": "500000000007",
        "Description": "x",
        "ParentId": "r-exam",
        "PolicyId": "p-FullAWSAccess",
        "RoleName": "AWSServiceRoleForSSO",
    }


# --- size ---


def pages(client: Any, operation: str, parameters: dict[str, str]) -> list[float]:
    """Milliseconds of the server's CPU and the client's, a page each."""
    times: list[float] = []
    token: dict[str, Any] = {}
    while True:
        started = time.process_time()
        answer = getattr(client, operation)(**parameters, **token)
        times.append(1000 * (time.process_time() - started))
        if "NextToken" not in answer:
            return times
        token = {"NextToken": answer["NextToken"]}


def size(answers: Any, seed: str) -> None:
    """In a process of its own, so that the peak is this seed's."""
    started, cpu = time.perf_counter(), time.process_time()
    with EmbeddedAws(seed) as running:
        figures: dict[str, Any] = {
            "load_seconds": round(time.perf_counter() - started, 2),
            "load_cpu_seconds": round(time.process_time() - cpu, 2),
        }
        parameters, lists = arguments(running), {}
        for name, (service, operation, names) in LISTS.items():
            times = pages(running.client(service), operation, {name: parameters[name] for name in names})[1:-1]
            part = max(1, len(times) // 5)
            first, last = statistics.median(times[:part]), statistics.median(times[-part:])
            lists[name] = {
                "pages": len(times) + 2,
                "first_ms": round(first, 2),
                "last_to_first": round(last / first, 2),
            }
        figures["lists"] = lists
        figures["median_page_ms"] = round(statistics.median(row["first_ms"] for row in lists.values()), 2)
        figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    answers.put(figures)


def apart(target: Callable[..., None], *target_arguments: Any) -> Any:
    context = multiprocessing.get_context("spawn")
    answers: Any = context.Queue()
    process = context.Process(target=target, args=(answers, *target_arguments), daemon=True)
    process.start()
    return process, answers.get()


# --- requests ---


def serve(answers: Any, core: int, log: str, seed: str) -> None:
    """All layers on, none in the way: rates too high to hit, a fault for an operation that is not called. The caller is
    an IAM user, so that each call is evaluated."""
    os.sched_setaffinity(0, {core})
    throttle.RATES.update(dict.fromkeys(throttle.RATES, (1e6, 1e6)))
    throttle._OTHERS = (1e6, 1e6)
    with EmbeddedAws(seed, enforce_iam=True, throttle=True, log=Path(log), faults=["iam:ListUsers:503"]) as running:
        iam = running.client("iam")
        iam.create_user(UserName="caller")
        iam.attach_user_policy(UserName="caller", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        key = iam.create_access_key(UserName="caller")["AccessKey"]
        answers.put((running.endpoint, key["AccessKeyId"], key["SecretAccessKey"], arguments(running)))
        while True:
            time.sleep(3600)


def signed(endpoint: str, key: str, secret: str, service: str, operation: str, parameters: dict[str, str]) -> Any:
    """A request as boto3 would send it."""
    client = boto3.session.Session().client(
        service, region_name="us-east-1", endpoint_url=endpoint, aws_access_key_id=key, aws_secret_access_key=secret
    )
    requests: list[Any] = []
    client.meta.events.register("before-send", lambda request, **_: requests.append(request))
    getattr(client, operation)(**parameters)
    return requests[0]


def rate(server: psutil.Process, endpoint: str, request: Any, count: int) -> dict[str, int]:
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    before, started = server.cpu_times(), time.perf_counter()
    for _ in range(count):
        connection = http.client.HTTPConnection(urlparse(endpoint).netloc)
        connection.request(request.method, urlparse(request.url).path or "/", request.body, headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
        connection.close()
    took, after = time.perf_counter() - started, server.cpu_times()
    cpu = (after.user + after.system) - (before.user + before.system)
    return {"per_core_second": round(count / cpu), "per_second": round(count / took)}


def requests_a_second(count: int, seed: str) -> dict[str, dict[str, int]]:
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        process, (endpoint, key, secret, parameters) = apart(serve, cores[0], str(Path(folder) / "calls.jsonl"), seed)
        os.sched_setaffinity(0, {cores[-1]})
        rates = {}
        for name, (service, operation, names) in CALLS.items():
            chosen = {name: parameters[name] for name in names}
            request = signed(endpoint, key, secret, service, operation, chosen)
            rates[name] = rate(psutil.Process(process.pid), endpoint, request, count)
        process.terminate()
        process.join()
    os.sched_setaffinity(0, set(cores))
    return rates


def first_answer() -> float:
    started = time.perf_counter()
    with EmbeddedAws() as running:
        running.client("sts").get_caller_identity()
        return round(time.perf_counter() - started, 2)


def main(count: int) -> None:
    figures: dict[str, Any] = {"first_answer_seconds": first_answer()}
    with tempfile.TemporaryDirectory() as folder:
        for accounts in (1_000, 5_000):
            seed = Path(folder) / f"{accounts}.yaml"
            seed.write_text(SEED.format(accounts=accounts, assignments=accounts * 20))
            process, figures[f"accounts_{accounts}"] = apart(size, str(seed))
            process.join()
        figures["page_5000_to_1000"] = round(
            figures["accounts_5000"]["median_page_ms"] / figures["accounts_1000"]["median_page_ms"], 2
        )
        figures["requests"] = requests_a_second(count, str(seed))
    figures["slowest_per_core_second"] = min(row["per_core_second"] for row in figures["requests"].values())
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
