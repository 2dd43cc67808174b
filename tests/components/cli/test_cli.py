"""The command as a user runs it, on the sandbox: verdicts, exit statuses, faults."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from sandbox.aws import EmbeddedAws

SSO = "sso.amazonaws.com"


def _run(cloud: EmbeddedAws | None, *arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    isolated = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    isolated |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}
    own = cloud.environment() if cloud else {}
    return subprocess.run(
        [sys.executable, "-m", "pulumi_aws_identity_center", *arguments],
        env={**bare, **isolated, **own, **env},
        capture_output=True,
        text=True,
        input=stdin,
        timeout=120,
    )


def _status(cloud: EmbeddedAws | None, *arguments: str, **env: str) -> tuple[int, dict[str, str]]:
    result = _run(cloud, "status", "--format", "json", *arguments, **env)
    assert "Traceback" not in result.stderr
    found = json.loads(result.stdout)
    assert set(found) == {"verdict", "checks"}
    for check in found["checks"]:
        assert set(check) == {"id", "subject", "result", "detail", "remedy"}
    results = {check["id"]: check["result"] for check in found["checks"]}
    return result.returncode, {"verdict": found["verdict"], **results}


@pytest.mark.parametrize(
    ("seed", "code", "verdict", "trusted"),
    [
        ("sso-enabled", 0, "healthy", "pass"),
        ("organization", 1, "unhealthy", "fail"),
        ("consolidated-billing", 1, "unhealthy", "fail"),
        ("no-organization", 1, "unhealthy", "fail"),
        ("member", 2, "undetermined", "undetermined"),
    ],
)
def test_each_seed_has_its_verdict(aws: Callable, seed: str, code: int, verdict: str, trusted: str) -> None:
    exit_code, found = _status(aws(seed))
    assert (exit_code, found["verdict"], found["trusted-access"]) == (code, verdict, trusted)


def test_status_changes_nothing_and_asks_no_more_than_it_reports(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    assert _status(cloud)[0] == 0
    assert sorted(call["operation"] for call in cloud.calls) == [
        "DescribeDirectories",
        "DescribeOrganization",
        "GetCallerIdentity",
        "GetRole",
        "ListAWSServiceAccessForOrganization",
        "ListDelegatedAdministrators",
        "ListInstances",
    ]


@pytest.mark.parametrize(
    ("operation", "check"),
    [
        ("sts:GetCallerIdentity", "caller"),
        ("organizations:DescribeOrganization", "organization"),
        ("organizations:ListAWSServiceAccessForOrganization", "trusted-access"),
        ("organizations:ListDelegatedAdministrators", "delegated-administrator"),
        ("sso-admin:ListInstances", "instance"),
        ("iam:GetRole", "service-linked-role"),
    ],
)
@pytest.mark.parametrize("error", ["AccessDeniedException", "ThrottlingException", "500", "reset", "malformed"])
def test_each_fault_at_each_call_is_undetermined_and_never_a_pass(
    aws: Callable, operation: str, check: str, error: str
) -> None:
    code, found = _status(aws("sso-enabled", faults=[f"{operation}:{error}"]))
    assert (code, found[check]) == (2, "undetermined")


def test_an_expired_token_no_credentials_no_profile_and_no_network_are_told_apart(aws: Callable) -> None:
    cloud = aws("sso-enabled", faults=["*:*:ExpiredTokenException"])
    assert "have expired" in _run(cloud, "status").stdout
    for result, said in (
        (_run(None, "status", AWS_ENDPOINT_URL="http://127.0.0.1:9"), "there are no credentials"),
        (_run(None, "status", "--profile", "nobody"), "nobody"),
        (
            _run(cloud, "status", AWS_ENDPOINT_URL="http://127.0.0.1:9"),
            "AWS could not be reached",
        ),
    ):
        assert result.returncode == 2
        assert said in result.stdout
        assert "Traceback" not in result.stderr


def test_an_instance_in_another_region_is_not_called_missing(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    code, found = _status(cloud, "--region", "eu-west-1")
    assert (code, found["instance"]) == (0, "pass")


def test_the_expected_administrator_is_part_of_the_verdict(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    assert _status(cloud, "--expect-delegated-administrator", "222233334444")[0] == 1
    cloud.client("organizations").register_delegated_administrator(AccountId="222233334444", ServicePrincipal=SSO)
    assert _status(cloud, "--expect-delegated-administrator", "222233334444")[0] == 0


def test_recover_turns_it_on_once_and_a_second_time_does_nothing(aws: Callable) -> None:
    cloud = aws("sso-enabled")
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    refused = _run(cloud, "recover", stdin="n\n")
    assert refused.returncode == 1
    assert "still off" in refused.stderr
    assert _run(cloud, "recover", "--yes").returncode == 0
    assert "is on. Nothing was changed" in _run(cloud, "recover", "--yes").stdout
    assert [call["operation"] for call in cloud.calls].count("EnableAWSServiceAccess") == 1
    assert _status(cloud)[0] == 0


def test_recover_in_a_member_account_changes_nothing_and_says_whose_it_is(aws: Callable) -> None:
    cloud = aws("member")
    result = _run(cloud, "recover", "--yes")
    assert result.returncode == 2
    assert "is a member account, and only the management account can" in result.stderr
    assert "EnableAWSServiceAccess" not in [call["operation"] for call in cloud.calls]


@pytest.mark.parametrize("kind", ["enable", "disable", "observe", "guard"])
def test_document_prints_the_documents(kind: str) -> None:
    result = _run(None, "document", kind)
    assert result.returncode == 0
    assert json.loads(result.stdout)["Version"] == "2012-10-17"


def test_a_wrong_use_is_exit_status_2_with_what_is_allowed() -> None:
    assert _run(None, "document", "destroy").returncode == 2
    assert "'enable'" in _run(None, "document", "destroy").stderr
    assert "belong to guard" in _run(None, "document", "enable", "--boundary").stderr


def test_the_command_starts_without_pulumi() -> None:
    script = "import sys, pulumi_aws_identity_center.cli; assert not {'pulumi', 'boto3'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
