"""moto's own published tests, run against this sandbox: python -m sandbox.aws.conformance.moto_own FOLDER

FOLDER is moto's unpacked source distribution (`pip download --no-deps --no-binary :all: moto==VERSION`), which carries
its tests; they are never copied here. Each test gets a sandbox of its own in place of moto's mock. DIFFERENCES names
those that we differ from on purpose, and why; the command fails on any other, and on one named that passes.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.world import MANAGEMENT_ACCOUNT

SUITES = ("tests/test_ssoadmin", "tests/test_identitystore")
_MADE_UP = "assigns made-up permission sets, principals or accounts: unknown ids are refused here"
_TARGET = "provisions to AWS_ACCOUNT without a TargetId, which is refused here"
_MORE = "expects a shape without members that the API model has since got (revisions, who made it and when)"
_GONE = "deletes what isn't there without an error; the API model has ResourceNotFoundException"

# Test name → why it can't pass here.
DIFFERENCES: dict[str, str] = {
    "test_create_account_assignment": _MADE_UP,
    "test_delete_account_assignment": _MADE_UP,
    "test_describe_account_assignment_creation_status": _MADE_UP,
    "test_describe_account_assignment_deletion_status": _MADE_UP,
    "test_list_account_assignments": _MADE_UP,
    "test_list_account_assignments_pagination": _MADE_UP,
    "test_list_account_assignments_for_principal": _MADE_UP,
    "test_list_account_assignments_for_principal_pagination": _MADE_UP,
    "test_provision_permission_set": _TARGET,
    "test_list_permission_sets_provisioned_to_account": _TARGET,
    "test_attach_managed_policy_to_permission_set": "runs in aws-cn too: the sandbox is of the partition aws",
    "test_create_describe_full_user": "gives a user two emails: the API model allows one",
    "test_delete_group_doesnt_exist": _GONE,
    "test_delete_user_doesnt_exist": _GONE,
    "test_group_multiple_identity_stores": "has two stores in an account and a Region: an instance has one",
    "test_list_groups": _MORE,
    "test_list_groups_filter": _MORE,
}


class _Adapted:
    """In place of boto3.client: the instance and store that a test made up are the sandbox's, in the one Region."""

    def __init__(self, cloud: EmbeddedAws) -> None:
        self._cloud = cloud
        row = cloud.client("sso-admin").list_instances()["Instances"][0]
        self._real = {name: row[name] for name in ("InstanceArn", "IdentityStoreId")}
        self._made_up: dict[str, str] = {}

    def __call__(self, service: str, *_: Any, **__: Any) -> Any:
        made = self._cloud.client(service)
        if service in ("sso-admin", "identitystore"):
            made.meta.events.register_first(f"provide-client-params.{service}", self._there)
        if service == "identitystore":
            made.meta.events.register_last("after-call.identitystore", lambda parsed, **_: self._back(parsed))
        return made

    def _there(self, params: dict[str, Any], **_: Any) -> None:
        for name, real in self._real.items():
            if name in params:
                self._made_up[name], params[name] = params[name], real

    def _back(self, parsed: Any) -> None:
        if isinstance(parsed, list):
            for each in parsed:
                self._back(each)
        elif isinstance(parsed, dict):
            if parsed.get("IdentityStoreId") == self._real["IdentityStoreId"]:
                parsed["IdentityStoreId"] = self._made_up["IdentityStoreId"]
            for each in parsed.values():
                self._back(each)


def _in_a_sandbox(seed: str) -> Callable[..., Any]:
    """In place of moto's `mock_aws`, with or without arguments."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapped(*arguments: Any, **options: Any) -> Any:
            with EmbeddedAws(seed) as cloud, pytest.MonkeyPatch.context() as patch:
                patch.setattr("boto3.client", _Adapted(cloud))
                return function(*arguments, **options)

        return wrapped

    return lambda *given, **_options: decorate(given[0]) if given else decorate


class _Results:
    """A pytest plugin that keeps what became of each test."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.reasons: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        name = report.nodeid.rpartition("::")[2].partition("[")[0]
        if report.when == "call" and self.outcomes.get(name) != "failed":
            self.outcomes[name] = report.outcome
            if report.failed:
                self.reasons[name] = str(report.longrepr).strip().splitlines()[-1]


def run(folder: Path, suites: tuple[str, ...] = SUITES) -> _Results:
    """Runs the suites in this process."""
    import moto

    results = _Results()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moto, "mock_aws", _in_a_sandbox("sso-enabled"))
        patch.syspath_prepend(str(folder))
        patch.chdir(folder)
        patch.setattr(importlib.import_module("tests"), "DEFAULT_ACCOUNT_ID", MANAGEMENT_ACCOUNT)
        pytest.main(["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--no-header", "--tb=line", *suites], [results])
    return results


def main() -> int:
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / SUITES[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    results = run(Path(sys.argv[1]))
    failed = {name for name, outcome in results.outcomes.items() if outcome == "failed"}
    for name in sorted(failed - set(DIFFERENCES)):
        print(f"not expected to fail: {name}: {results.reasons[name]}")
    for name in sorted(set(DIFFERENCES) - failed):
        print(f"named as a difference, and passes: {name}")
    print(f"{len(results.outcomes) - len(failed)} pass, {len(failed)} differ, {len(DIFFERENCES)} of these named")
    return 0 if failed == set(DIFFERENCES) else 1


if __name__ == "__main__":
    sys.exit(main())
