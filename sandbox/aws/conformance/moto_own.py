"""moto's own published tests, run against this sandbox: python -m sandbox.aws.conformance.moto_own FOLDER

FOLDER is moto's unpacked source distribution (`pip download --no-deps --no-binary :all: moto==VERSION`), which carries
its tests; they are never copied here. Each test gets a sandbox of its own in place of moto's mock. moto_differences.py
names those that we differ from, and why; the command fails on any other, and on one named that passes.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import tempfile
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.aws.core import models
from sandbox.aws.core.world import MANAGEMENT_ACCOUNT
from sandbox.aws.server.embedded import EmbeddedAws

from .moto_differences import DIFFERENCES

# Suite → the seed that its tests start from: those of organizations make their own, the others find an empty instance.
_STANDALONE = "organization: null\ncaller: '123456789012'\n"
_EMPTY_INSTANCE = "organization: {}\ntrusted_services: [sso.amazonaws.com]\nidentity_center: {}\n"
SUITES = {
    "tests/test_organizations": _STANDALONE,
    "tests/test_ssoadmin": _EMPTY_INSTANCE,
    "tests/test_identitystore": _EMPTY_INSTANCE,
    "tests/test_iam": _STANDALONE,
    "tests/test_sts": _STANDALONE,
}
# Not of these services' behaviour: moto's own HTTP server, its CloudFormation, its way of being reset.
LEFT_OUT = ("test_server.py", "test_iam_cloudformation.py", "test_iam_resets.py")


class _Adapted:
    """In place of boto3.client: the instance and store that a test made up are the sandbox's, in the one Region."""

    def __init__(self, cloud: EmbeddedAws) -> None:
        self._cloud = cloud
        rows = cloud.client("sso-admin").list_instances()["Instances"]
        self._real = {name: row[name] for row in rows for name in ("InstanceArn", "IdentityStoreId")}
        self._made_up: dict[str, str] = {}

    def __call__(self, service: str, region_name: str | None = None, **options: Any) -> Any:
        if service not in ("sso-admin", "identitystore"):
            client = self._plain().client(service, region_name or "us-east-1", **self._access(options))
            client.meta.events.register("after-call.organizations.CreateAccount", self._wait_for_account)
            client.meta.events.register("before-parameter-build.organizations", self._prepare)
            return client
        client = self._cloud.client(service)
        client.meta.events.register_first(f"provide-client-params.{service}", self._there)
        if service == "identitystore":
            client.meta.events.register_last("after-call.identitystore", lambda parsed, **_: self._back(parsed))
        return client

    def resource(self, service: str, region_name: str | None = None, **options: Any) -> Any:
        return self._plain().resource(service, region_name or "us-east-1", **self._access(options))

    def _wait_for_account(self, parsed: dict[str, Any], **_: Any) -> None:
        """moto creates an account at once: the answer waits until the sandbox has created it."""
        status = parsed.get("CreateAccountStatus")
        if status is not None:
            describe = self._cloud.client("organizations").describe_create_account_status
            self._cloud.move_clock(1)
            parsed["CreateAccountStatus"] = describe(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]

    def _prepare(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Does first what AWS requires and moto does not."""
        client = self._cloud.client("organizations")
        with contextlib.suppress(ClientError):
            if model.name == "AttachPolicy":
                policy_type = client.describe_policy(PolicyId=params["PolicyId"])["Policy"]["PolicySummary"]["Type"]
                client.enable_policy_type(RootId=client.list_roots()["Roots"][0]["Id"], PolicyType=policy_type)
            elif model.name == "RegisterDelegatedAdministrator":
                client.enable_aws_service_access(ServicePrincipal=params["ServicePrincipal"])
            elif model.name == "RemoveAccountFromOrganization":
                self._cloud.move_clock(4 * 86_400)

    def _plain(self) -> Any:
        return boto3.session.Session(botocore_session=models.bare_session())

    def _access(self, options: dict[str, Any]) -> dict[str, Any]:
        own = self._cloud.environment()
        return {
            "aws_access_key_id": own["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": own["AWS_SECRET_ACCESS_KEY"],
            **options,
            "endpoint_url": self._cloud.endpoint,
        }

    def _there(self, params: dict[str, Any], **_: Any) -> None:
        for name, real in self._real.items():
            if name in params:
                self._made_up[name], params[name] = params[name], real

    def _back(self, parsed: Any) -> None:
        if isinstance(parsed, list):
            for element in parsed:
                self._back(element)
        elif isinstance(parsed, dict):
            if parsed.get("IdentityStoreId") == self._real["IdentityStoreId"]:
                parsed["IdentityStoreId"] = self._made_up["IdentityStoreId"]
            for member in parsed.values():
                self._back(member)


class _InASandbox(contextlib.ContextDecorator):
    """In place of moto's `mock_aws`: around a function or a block, with or without arguments."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._entered = contextlib.ExitStack()

    def _recreate_cm(self) -> _InASandbox:
        return _InASandbox(self._seed)

    def __enter__(self) -> _InASandbox:
        seed: str | Path = self._seed
        if "\n" in self._seed:
            seed = Path(self._entered.enter_context(tempfile.TemporaryDirectory())) / "seed.yaml"
            seed.write_text(self._seed)
        cloud = self._entered.enter_context(EmbeddedAws(seed))
        patch, adapted = self._entered.enter_context(pytest.MonkeyPatch.context()), _Adapted(cloud)
        patch.setattr("boto3.client", adapted)
        patch.setattr("boto3.resource", adapted.resource)
        for name, value in cloud.environment().items():
            patch.setenv(name, value)
        return self

    def __exit__(self, *error: Any) -> None:
        self._entered.close()

    start = __enter__

    def stop(self) -> None:
        self._entered.close()


def _mock_aws(seed: str) -> Callable[..., Any]:
    def mock_aws(function: Any = None, **_options: Any) -> Any:
        return _InASandbox(seed) if function is None else _InASandbox(seed)(function)

    return mock_aws


class _Freezegun(types.ModuleType):
    """In place of a package that is not installed here: what needs it is not run."""

    @staticmethod
    def freeze_time(*_: Any, **__: Any) -> Any:
        return pytest.mark.skip(reason="needs freezegun, which is not installed here")


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


def run(folder: Path, suites: Iterable[str] = SUITES) -> _Results:
    """Runs the suites in this process."""
    import moto

    results = _Results()
    for suite in suites:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(moto, "mock_aws", _mock_aws(SUITES[suite]))
            patch.syspath_prepend(str(folder))
            patch.chdir(folder)
            tests = importlib.import_module("tests")
            patch.setattr(tests, "mock_aws", moto.mock_aws, raising=False)
            if SUITES[suite] != _STANDALONE:
                patch.setattr(tests, "DEFAULT_ACCOUNT_ID", MANAGEMENT_ACCOUNT)
            patch.setattr("moto.organizations.utils.MASTER_ACCOUNT_EMAIL", "management@example.com")
            patch.setitem(sys.modules, "freezegun", _Freezegun("freezegun"))
            left_out = [f"--ignore={suite}/{name}" for name in LEFT_OUT]
            options = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--no-header", "--tb=line", *left_out]
            pytest.main([*options, suite], [results])
    return results


def main() -> int:
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / next(iter(SUITES))).is_dir():
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
