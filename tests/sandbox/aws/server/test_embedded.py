"""The server: callers, isolation, log, snapshot, throttling and faults."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

import botocore.exceptions
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st
from moto.iam.models import iam_backends

from sandbox.aws import EmbeddedAws, SandboxError
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.world import serving
from sandbox.aws.middleware import faults
from sandbox.aws.middleware.throttle import Throttle
from sandbox.session import ROOT
from tests.walk import walk

SSO = "sso.amazonaws.com"


def test_it_listens_on_loopback_only(aws: Callable) -> None:
    assert aws("sso-enabled").endpoint.startswith("http://127.0.0.1:")


def test_two_at_once_in_one_process_share_nothing(aws: Callable) -> None:
    first, second = aws("sso-enabled"), aws("sso-enabled")
    first.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    first.client("iam").create_user(UserName="only-here")
    first.client("sns").create_topic(Name="only-here", Tags=[{"Key": "a", "Value": "b"}])
    listed = second.client("organizations").list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert [row["ServicePrincipal"] for row in listed] == [SSO]
    assert second.client("iam").list_users()["Users"] == []
    tagged = [cloud.client("resourcegroupstaggingapi").get_resources() for cloud in (first, second)]
    assert [len(answer["ResourceTagMappingList"]) for answer in tagged] == [1, 0]
    operations = ["ListAWSServiceAccessForOrganization", "ListUsers", "GetResources"]
    assert [call["operation"] for call in second.calls] == operations


def test_the_state_of_a_world_that_ended_is_freed() -> None:
    ended = EmbeddedAws("sso-enabled").world
    with serving(ended):
        backend = iam_backends[ended.caller]["aws"]
        state = [weakref.ref(ended), weakref.ref(backend), weakref.ref(backend.create_user("us-east-1", "x", "/"))]
    del ended, backend
    gc.collect()
    assert [reference() for reference in state] == [None, None, None]


def test_the_caller_is_who_the_credentials_say(aws: Callable) -> None:
    cloud = aws("member")
    assert cloud.client("sts").get_caller_identity()["Account"] == "222233334444"
    assert cloud.client("sts", account="111122223333").get_caller_identity()["Account"] == "111122223333"
    role = cloud.client("sts", account="333344445555", role="OrganizationAccountAccessRole")
    assert ":assumed-role/OrganizationAccountAccessRole/" in role.get_caller_identity()["Arn"]


def test_a_partition_that_the_sandbox_lacks_is_only_read(aws: Callable) -> None:
    region = "eusc-de-east-1"
    cloud = aws("sso-enabled")
    organizations, iam = cloud.client("organizations", region=region), cloud.client("iam", region=region)
    assert organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    changes = [
        lambda: organizations.disable_aws_service_access(ServicePrincipal=SSO),
        lambda: iam.create_user(UserName="ann"),
        lambda: cloud.client("sqs", region=region).create_queue(QueueName="letters"),
    ]
    for change in changes:
        with pytest.raises(botocore.exceptions.ClientError, match="which the sandbox doesn't have"):
            change()
    assert cloud.client("iam").list_users()["Users"] == []


def test_a_log_line_has_the_promised_keys_and_no_secret(aws: Callable, tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    cloud = aws("sso-enabled", log=log)
    cloud.client("iam").create_user(UserName="ann")
    cloud.client("iam").create_login_profile(UserName="ann", Password="correct horse")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["operation"] for line in lines] == ["CreateUser", "CreateLoginProfile"]
    assert set(lines[0]) == {"time", "service", "operation", "status", "principal", "parameters"}
    assert lines[0]["parameters"] == {"UserName": "ann"}
    assert "correct horse" not in log.read_text()


def test_a_refused_call_is_in_the_log_with_its_status(aws: Callable, code: Callable) -> None:
    cloud = aws("no-organization")
    code(cloud.client("organizations").describe_organization)
    assert [call["status"] for call in cloud.calls] == [400]


def test_a_snapshot_holds_the_world_without_its_trail(tmp_path: Path) -> None:
    file = tmp_path / "snapshot"
    with EmbeddedAws("sso-enabled", save=file, repeatable=1) as first:
        client = first.client("organizations")
        client.enable_policy_type(RootId="r-exam", PolicyType="SERVICE_CONTROL_POLICY")
        request_id = client.create_account(Email="a@example.org", AccountName="a")["CreateAccountStatus"]["Id"]
        first.move_clock(3_600)
        then = first.world.now()
    with EmbeddedAws(load=file) as second:
        assert (second.world.now(), second.trail) == (then, [])
        client = second.client("organizations")
        status = client.describe_create_account_status(CreateAccountRequestId=request_id)["CreateAccountStatus"]
        assert status["State"] == "SUCCEEDED"
        filters = {"TargetId": status["AccountId"], "Filter": "SERVICE_CONTROL_POLICY"}
        assert [row["Name"] for row in client.list_policies_for_target(**filters)["Policies"]] == ["FullAWSAccess"]
        roles = second.client("iam", account="333344445555").list_roles()["Roles"]
        assert {"AWSServiceRoleForSSO", "OrganizationAccountAccessRole"} <= {role["RoleName"] for role in roles}


def test_a_snapshot_goes_on_where_the_other_ended(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot"
    with EmbeddedAws("organization", save=snapshot) as first:
        first.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
        first.client("iam").create_user(UserName="ann")
    with EmbeddedAws(load=snapshot) as second:
        listed = second.client("organizations").list_aws_service_access_for_organization()
        assert [row["ServicePrincipal"] for row in listed["EnabledServicePrincipals"]] == [SSO]
        assert [user["UserName"] for user in second.client("iam").list_users()["Users"]] == ["ann"]


@pytest.mark.parametrize(("content", "said"), [(None, "there is no snapshot"), ("not one", "not a snapshot")])
def test_what_is_no_snapshot_is_refused_in_a_sentence(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SandboxError, match=said):
        EmbeddedAws(load=path)


def test_another_moto_version_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto.__version__", "9.9.9")
    with pytest.raises(
        SandboxError, match=r"moto 9\.9\.9 is installed, and the sandbox patches internals of moto 5\.2\.5"
    ):
        EmbeddedAws()


# --- throttling ---


def test_sso_admin_takes_twenty_requests_a_second_in_all() -> None:
    throttle = Throttle()
    for _ in range(20):
        throttle.check("111122223333", "sso-admin", now=1.0)
    with pytest.raises(AwsError, match="ThrottlingException"):
        throttle.check("111122223333", "sso-admin", now=1.0)
    throttle.check("222233334444", "sso-admin", now=1.0)  # another account has a rate of its own
    throttle.check("111122223333", "sso-admin", now=1.06)


@given(st.lists(st.floats(0, 10), max_size=400))
def test_never_more_than_the_burst_and_the_rate_pass(moments: list[float]) -> None:
    throttle, passed = Throttle(), 0
    for moment in sorted(moments):
        try:
            throttle.check("1", "sso-admin", now=moment)
            passed += 1
        except AwsError:
            continue
    span = (max(moments) - min(moments)) if moments else 0
    assert passed <= 20 + span * 20 + 1e-6


def test_the_server_throttles_when_asked(aws: Callable, code: Callable) -> None:
    cloud = aws("sso-enabled", throttle=True)
    cloud.world.source.start_at(cloud.world.now(), stopped=True)  # however slow the machine is
    client = cloud.client("sso-admin", config=Config(retries={"total_max_attempts": 1}))
    for _ in range(20):
        client.list_instances()
    assert code(client.list_instances) == "ThrottlingException"
    cloud.move_clock(0.06)  # 20 a second
    client.list_instances()
    assert code(client.list_instances) == "ThrottlingException"


# --- faults ---


@walk(
    ("text", "said"),
    [
        ("sso-admin", "not of the form"),
        ("sso-admin:ListInstances:503:0", "COUNT is '0'"),
        ("sso-admin:ListInstances:503:x", "COUNT is 'x'"),
        ("ssoadmin:ListInstances:503", "there is no service"),
        ("sso-admin:listInstances:503", "has no operation"),
    ],
)
def test_a_bad_fault_is_refused_before_anything_starts(text: str, said: str) -> None:
    with pytest.raises(SandboxError, match=said):
        EmbeddedAws(faults=[text])


def test_a_fault_hits_its_operation_as_often_as_asked(aws: Callable, code: Callable) -> None:
    client = aws("sso-enabled", faults=["organizations:ListRoots:AccessDeniedException:2"]).client("organizations")
    assert code(client.list_roots) == "AccessDeniedException"
    client.list_accounts()
    assert code(client.list_roots) == "AccessDeniedException"
    assert len(client.list_roots()["Roots"]) == 1


def test_a_server_error_is_retried_by_the_sdk(aws: Callable) -> None:
    cloud = aws("sso-enabled", faults=["*:*:503:1"])
    cloud.client("sso-admin").list_instances()
    assert [call["status"] for call in cloud.calls] == [503, 200]


def test_a_reset_connection_is_an_error_of_the_network(aws: Callable) -> None:
    cloud = aws("sso-enabled", faults=["sts:GetCallerIdentity:reset"])
    with pytest.raises((botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError)):
        cloud.client("sts").get_caller_identity()


def test_an_error_has_the_status_of_the_services_model() -> None:
    assert faults.as_error("sts", "ExpiredTokenException").status == 400
    assert faults.as_error("iam", "NoSuchEntityException").status == 404
    assert faults.as_error("sso-admin", "503").status == 503


def test_the_users_own_profile_and_files_are_not_read(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("this is no configuration file")
    script = (
        "from sandbox.aws import EmbeddedAws\n"
        "with EmbeddedAws(faults=['iam:ListUsers:503:1']) as cloud:\n"
        "    print(cloud.client('sts').get_caller_identity()['Account'])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "AWS_PROFILE": "nobody", "AWS_CONFIG_FILE": str(config)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.stdout.split() == ["111122223333"], result.stderr


@pytest.mark.parametrize(
    ("clock", "message"), [("soon", "is no time for the clock"), ("1999-01-01", "can't start before 2024-01-02")]
)
def test_a_clock_that_cannot_be_is_one_sentence(clock: str, message: str) -> None:
    with pytest.raises(SandboxError, match=message):
        EmbeddedAws("sso-enabled", clock=clock)


def test_a_snapshot_takes_a_later_clock_and_refuses_an_earlier(tmp_path: Path) -> None:
    file = tmp_path / "world"
    with EmbeddedAws("organization", save=file, repeatable=1, clock="2031-05-01"):
        pass
    with pytest.raises(SandboxError, match="can't start before 2031-05-01"):
        EmbeddedAws(load=file, clock="2031-04-30")
    with EmbeddedAws(load=file, repeatable=2, clock="2031-05-02") as running:
        running.client("organizations").list_roots()
        assert running.calls[0]["time"].startswith("2031-05-02T00:00:00.04")
