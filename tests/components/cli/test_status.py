"""`status` on the sandbox: what each broken thing comes to, members, deadline, Ctrl-C, watch, formats, permissions."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pulumi_aws_identity_center.domain.iam_documents import enable_document, observe_document

from sandbox.aws import EmbeddedAws
from tests.walk import walk

SSO = "sso.amazonaws.com"
MANAGEMENT, MEMBER = "111122223333", "222233334444"
Aws = Callable[..., EmbeddedAws]
Run = Callable[..., Any]


def _status(run: Run, cloud: EmbeddedAws, *arguments: str, **env: str) -> tuple[int, str, dict[str, dict[str, str]]]:
    """Exit status, verdict, and the checks by id, or by id and account for the members."""
    result = run(cloud, "status", "--format", "json", *arguments, **env)
    assert "Traceback" not in result.stderr
    document = json.loads(result.stdout)
    assert set(document) == {"verdict", "checks"}
    checks: dict[str, dict[str, str]] = {}
    for check in document["checks"]:
        checks.setdefault(check["id"], check)
        checks[f"{check['id']}/{check['subject']}"] = check
    return result.returncode, document["verdict"], checks


def _seed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "seed.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("seed", "code", "verdict", "trusted"),
    [
        ("sso-enabled", 0, "healthy", "pass"),
        ("organization", 1, "unhealthy", "fail"),
        ("member", 2, "undetermined", "undetermined"),
    ],
)
def test_each_seed_has_its_verdict(aws: Aws, run: Run, seed: str, code: int, verdict: str, trusted: str) -> None:
    exit_code, document, checks = _status(run, aws(seed))
    assert (exit_code, document, checks["trusted-access"]["result"]) == (code, verdict, trusted)


def test_it_changes_nothing_and_asks_no_more_than_it_reports(aws: Aws, run: Run) -> None:
    cloud = aws("sso-enabled")
    assert _status(run, cloud)[0] == 0
    assert sorted(call["operation"] for call in cloud.calls) == [
        "DescribeDirectories",
        "DescribeOrganization",
        "GetCallerIdentity",
        "GetRole",
        "ListAWSServiceAccessForOrganization",
        "ListDelegatedAdministrators",
        "ListInstances",
        "ListRules",
    ]


def test_the_expected_administrator_is_part_of_the_verdict(aws: Aws, run: Run) -> None:
    cloud = aws("sso-enabled")
    assert _status(run, cloud, "--expect-delegated-administrator", MEMBER)[0] == 1
    cloud.client("organizations").register_delegated_administrator(AccountId=MEMBER, ServicePrincipal=SSO)
    assert _status(run, cloud, "--expect-delegated-administrator", MEMBER)[0] == 0


def test_the_owning_stacks_configuration_tells_break_glass_and_the_administrator(
    aws: Aws, run: Run, tmp_path: Path
) -> None:
    path, cloud = tmp_path / "Pulumi.prod.yaml", aws("sso-enabled")
    path.write_text(f"config:\n  aws-identity-center:delegatedAdministratorAccountId: '{MEMBER}'\n")
    code, _, checks = _status(run, cloud, "--stack-config", str(path))
    assert (code, checks["break-glass"]["result"]) == (1, "pass")
    assert f"register-delegated-administrator --account-id {MEMBER}" in checks["delegated-administrator"]["remedy"]
    path.write_text("config:\n  aws-identity-center:breakGlass: {reason: move, expires: 2026-01-01}\n")
    code, _, checks = _status(run, cloud, "--stack-config", str(path))
    assert (code, checks["break-glass"]["result"]) == (1, "fail")
    assert "which is past" in checks["break-glass"]["detail"]


BASE = "organization: {feature_set: ALL}\naccounts: [{id: '222233334444', name: workloads}]\n"
ON = "trusted_services: [sso.amazonaws.com]\n"


CENTER = "identity_center: {region: us-east-1}\n"
SUSPENDED = BASE.replace("name: workloads", "name: workloads, state: SUSPENDED")
# The seed, its name or its text, the command's arguments, and the checks that fail.
BROKEN: dict[str, tuple[str, list[str], set[str]]] = {
    "nothing": (f"{BASE}{ON}{CENTER}", ["--members"], set()),
    "organization": (
        "no-organization",
        [],
        {"organization", "all-features", "trusted-access", "instance", "delegated-administrator"},
    ),
    "features": (
        "consolidated-billing",
        [],
        {"all-features", "trusted-access", "instance"},
    ),
    "trusted-access": (f"{BASE}{CENTER}", [], {"trusted-access"}),
    "instance": (f"{BASE}{ON}", [], {"instance"}),
    "instance-failed": (
        f"{BASE}{ON}identity_center: {{status: CREATE_FAILED, status_reason: no key}}\n",
        [],
        {"instance"},
    ),
    "administrator": (f"{BASE}{ON}{CENTER}delegated_administrator: '{MEMBER}'\n", [], {"delegated-administrator"}),
    "administrator-suspended": (
        f"{SUSPENDED}{ON}{CENTER}delegated_administrator: '{MEMBER}'\n",
        ["--expect-delegated-administrator", MEMBER],
        {"delegated-administrator"},
    ),
    "role-in-a-member": (
        f"{BASE}{ON}{CENTER}assumptions: {{role_in_every_account: false}}\n",
        ["--members"],
        {"service-linked-role"},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_seed_that_breaks_one_thing_fails_in_that_one(aws: Aws, run: Run, tmp_path: Path, name: str) -> None:
    seed, arguments, failing = BROKEN[name]
    expecting = [] if "--expect-delegated-administrator" in arguments else ["--expect-delegated-administrator", "none"]
    cloud = aws(_seed(tmp_path, seed) if "\n" in seed else seed)
    code, verdict, checks = _status(run, cloud, *expecting, *arguments)
    failed = [check for check in checks.values() if check["result"] == "fail"]
    assert {check["id"] for check in failed} == failing
    assert all(check["remedy"] for check in failed)
    assert (code, verdict) == ((1, "unhealthy") if failing else (0, "healthy"))


def _log_calls(cloud) -> None:
    """A CloudTrail trail with logging on, without which EventBridge gets no event."""
    cloud.client("s3").create_bucket(Bucket="a-trails-bucket")
    trail = {"Name": "a-trail", "S3BucketName": "a-trails-bucket", "IsMultiRegionTrail": True}
    cloud.client("cloudtrail").create_trail(**trail)
    cloud.client("cloudtrail").start_logging(Name="a-trail")


def test_a_sentinel_that_is_switched_off_fails(aws: Aws, run: Run) -> None:
    cloud = aws("sso-enabled")
    _log_calls(cloud)
    events = cloud.client("events")
    pattern = json.dumps({"source": ["aws.organizations"], "detail": {"eventName": ["DisableAWSServiceAccess"]}})
    events.put_rule(Name="sso-stays", EventPattern=pattern)
    events.put_targets(
        Rule="sso-stays", Targets=[{"Id": "1", "Arn": f"arn:aws:lambda:us-east-1:{MANAGEMENT}:function:on"}]
    )
    assert _status(run, cloud)[2]["sentinel"]["result"] == "pass"
    events.disable_rule(Name="sso-stays")
    code, _, checks = _status(run, cloud)
    assert (code, checks["sentinel"]["result"], checks["sentinel"]["subject"]) == (1, "fail", "sso-stays")


def test_when_off_it_names_the_way_back_and_who_can(aws: Aws, run: Run) -> None:
    cloud = aws("sso-enabled")
    iam = cloud.client("iam")
    iam.create_user(UserName="rescuer")
    iam.put_user_policy(UserName="rescuer", PolicyName="p", PolicyDocument=json.dumps(enable_document()))
    iam.create_user(UserName="bystander")
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    code, _, checks = _status(run, cloud)
    remedy = checks["trusted-access"]["remedy"]
    assert code == 1
    assert "user/rescuer" in remedy
    assert "bystander" not in remedy
    assert f"aws organizations enable-aws-service-access --service-principal {SSO}" in remedy
    assert "continues as before" in remedy


def test_the_delegated_administrator_sees_what_the_management_account_sees(aws: Aws, run: Run, tmp_path: Path) -> None:
    seed = (
        f"{BASE}{ON}identity_center: {{region: us-east-1}}\ndelegated_administrator: '{MEMBER}'\ncaller: '{MEMBER}'\n"
    )
    code, verdict, checks = _status(run, aws(_seed(tmp_path, seed)), "--expect-delegated-administrator", MEMBER)
    assert (code, verdict) == (0, "healthy")
    assert "delegated administrator" in checks["caller"]["detail"]


@pytest.mark.parametrize("fault", ["", "account:ListRegions:AccessDeniedException"])
def test_a_wrong_region_is_not_called_not_enabled(aws: Aws, run: Run, tmp_path: Path, fault: str) -> None:
    cloud = aws(_seed(tmp_path, f"{BASE}{ON}identity_center: {{region: eu-west-1}}\n"), faults=[fault] if fault else [])
    _, verdict, checks = _status(run, cloud)
    assert (verdict, checks["instance"]["result"]) == ("healthy", "pass")
    assert "It is in eu-west-1 (not in us-east-1" in checks["instance"]["detail"]


def test_an_old_endpoint_is_asked_region_by_region(aws: Aws, run: Run, tmp_path: Path) -> None:
    refusal = "sso-admin:ListInstances:ValidationException:1"
    cloud = aws(_seed(tmp_path, f"{BASE}{ON}identity_center: {{region: eu-west-1}}\n"), faults=[refusal])
    _, verdict, checks = _status(run, cloud)
    assert (verdict, checks["instance"]["result"]) == ("healthy", "pass")


def test_silent_regions_leave_the_instance_undetermined(aws: Aws, run: Run) -> None:
    cloud = aws("organization", faults=["sso-admin:ListInstances:AccessDeniedException,after=3"])
    _, _, checks = _status(run, cloud)
    assert checks["instance"]["result"] == "undetermined"
    assert "Regions gave no answer" in checks["instance"]["detail"]


def test_without_any_region_named_it_begins_in_one(aws: Aws, run: Run) -> None:
    assert _status(run, aws("sso-enabled"), AWS_REGION="", AWS_DEFAULT_REGION="")[0] == 0


def test_a_denied_member_is_undetermined(aws: Aws, run: Run) -> None:
    code, verdict, checks = _status(run, aws("sso-enabled"), "--members")
    assert (code, verdict) == (0, "healthy")
    results = {check["subject"]: check["result"] for check in checks.values() if check["id"] == "service-linked-role"}
    assert results == dict.fromkeys((MANAGEMENT, MEMBER, "333344445555", "444455556666"), "pass")
    broken = aws("sso-enabled", faults=["sts:AssumeRole:AccessDenied:1"])
    code, verdict, checks = _status(run, broken, "--members")
    assert (code, verdict) == (2, "undetermined")
    undetermined = [
        check for check in checks.values() if check["result"] == "undetermined" and "sts:AssumeRole" in check["remedy"]
    ]
    assert len({check["subject"] for check in undetermined}) == 1


def test_an_account_whose_saml_provider_was_deleted_is_cut_off(aws: Aws, run: Run) -> None:
    cloud = aws("sso-enabled")
    center, store = cloud.client("sso-admin"), cloud.client("identitystore")
    instance = center.list_instances()["Instances"][0]
    user = store.create_user(
        IdentityStoreId=instance["IdentityStoreId"],
        UserName="zoe",
        DisplayName="Zoe",
        Name={"GivenName": "Zoe", "FamilyName": "Z"},
        Emails=[{"Value": "zoe@example.com", "Primary": True}],
    )["UserId"]
    arn = instance["InstanceArn"]
    permission_set = center.create_permission_set(InstanceArn=arn, Name="Cut")["PermissionSet"]["PermissionSetArn"]
    center.create_account_assignment(
        InstanceArn=arn,
        TargetId=MEMBER,
        TargetType="AWS_ACCOUNT",
        PermissionSetArn=permission_set,
        PrincipalType="USER",
        PrincipalId=user,
    )
    cloud.move_clock(60)
    iam = cloud.client("iam", account=MEMBER)
    (provider,) = iam.list_saml_providers()["SAMLProviderList"]
    assert _status(run, cloud, "--members")[0] == 0
    iam.delete_saml_provider(SAMLProviderArn=provider["Arn"])
    code, verdict, checks = _status(run, cloud, "--members")
    assert (code, verdict) == (1, "unhealthy")
    failed = [check for check in checks.values() if check["result"] == "fail"]
    assert [(check["id"], check["subject"]) for check in failed] == [("saml-provider", MEMBER)]
    assert f"Nobody can sign in to {MEMBER}" in failed[0]["detail"]
    # What another organization left in the account signs nobody in.
    other = iam.create_saml_provider(Name="AWSSSO_fedcba9876543210_DO_NOT_DELETE", SAMLMetadataDocument="x" * 1000)
    assert other
    assert _status(run, cloud, "--members")[1] == "unhealthy"


def test_members_of_a_throttled_organization_are_all_told(aws: Aws, run: Run, tmp_path: Path) -> None:
    seed = f"organization: {{feature_set: ALL}}\naccount_count: 40\n{ON}identity_center: {{region: us-east-1}}\n"
    cloud = aws(_seed(tmp_path, seed), faults=["sts:AssumeRole:Throttling,p=0.3,seed=1"])
    code, _, checks = _status(run, cloud, "--members")
    assert code == 0
    assert len([name for name in checks if name.startswith("service-linked-role/")]) == 40


def test_at_the_deadline_status_reports_the_answers(aws: Aws, run: Run) -> None:
    cloud = aws("sso-enabled", faults=["iam:GetRole:timeout"])
    code, verdict, checks = _status(run, cloud, "--deadline", "5")
    assert (code, verdict) == (2, "undetermined")
    assert "deadline passed" in checks["service-linked-role"]["detail"]
    # On a machine that is busy enough more than that one is late.
    results = {check["result"] for check in checks.values() if "deadline passed" not in check["detail"]}
    assert "pass" in results


def test_ctrl_c_prints_what_is_known(aws: Aws, environment: Callable[..., dict[str, str]], command: list[str]) -> None:
    cloud = aws("sso-enabled", faults=["iam:GetRole:timeout"])
    process = subprocess.Popen(
        [*command, "status", "--format", "json"],
        env=environment(cloud),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_for(lambda: len(cloud.calls) >= 5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    checks = {check["id"]: check for check in json.loads(out)["checks"]}
    assert process.returncode == 2
    assert "interrupted" in checks["service-linked-role"]["detail"]
    # The last of the five may be answered but not yet read; the first were read long before.
    assert "pass" in {checks[name]["result"] for name in ("caller", "organization", "trusted-access")}


def _wait_for(condition: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(3000):
        if condition():
            return
        tick.wait(0.02)
    raise AssertionError("it did not come to be within a minute")


def test_watch_ends_cleanly_with_the_last_verdict(
    aws: Aws, environment: Callable[..., dict[str, str]], warm_command: list[str]
) -> None:
    cloud = aws("sso-enabled")
    organizations = cloud.client("organizations")
    process = subprocess.Popen(
        [*warm_command, "status", "--watch", "1", "--format", "json"],
        env=environment(cloud, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["verdict"] == "healthy"
    organizations.disable_aws_service_access(ServicePrincipal=SSO)
    assert json.loads(process.stdout.readline())["verdict"] == "unhealthy"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == ""


@pytest.mark.parametrize("format_", ["junit", "sarif"])
def test_the_formats_for_ci_parse_and_keep_the_exit_status(aws: Aws, run: Run, format_: str) -> None:
    result = run(aws("sso-enabled"), "status", "--expect-delegated-administrator", MEMBER, "--format", format_)
    assert result.returncode == 1
    if format_ == "junit":
        assert ElementTree.fromstring(result.stdout).get("failures") != "0"
    else:
        assert json.loads(result.stdout)["version"] == "2.1.0"


@walk(
    ("arguments", "said"),
    [
        (["--deadline", "0"], "above 0"),
        (["--watch", "0.1"], "1 or more"),
        (["--assume-role", "admin"], "{account}"),
        (["--expect-delegated-administrator", "security"], "12 digits"),
        (["--watch", "1", "--format", "junit"], "table or json"),
        (["--format", "yaml"], "'sarif'"),
        (["--stack-config", "nowhere.yaml"], "No such file"),
        (["--stack-config", "pyproject.toml"], "is not YAML"),
    ],
)
def test_wrong_use_exits_2_and_says_what_is_allowed(run: Run, arguments: list[str], said: str) -> None:
    result = run(None, "status", *arguments, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert result.returncode == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_the_observe_document_is_enough_for_a_healthy_verdict(
    aws: Aws, run: Run, environment: Callable[..., dict[str, str]]
) -> None:
    cloud = aws("sso-enabled", enforce_iam=True)
    code, verdict, checks = _status(run, cloud, **_user(cloud, observe_document()))
    assert (code, verdict) == (0, "healthy")
    assert checks["identity-source"]["result"] == "pass"
    assert "No Sentinel (optional)." in checks["sentinel"]["detail"]


def test_the_enable_document_is_enough_to_recover(aws: Aws, run: Run) -> None:
    cloud = aws("sso-enabled", enforce_iam=True)
    user = _user(cloud, enable_document())
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    result = run(cloud, "recover", "--yes", **user)
    assert result.returncode == 0, result.stderr
    enabling_calls = [call for call in cloud.calls if call["operation"] == "EnableAWSServiceAccess"]
    assert [call["status"] for call in enabling_calls] == [200]


def test_without_permission_recover_names_the_call_and_changes_nothing(aws: Aws, run: Run) -> None:
    cloud = aws("sso-enabled", enforce_iam=True)
    user = _user(cloud, observe_document())
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    result = run(cloud, "recover", "--yes", "--format", "json", **user)
    document: dict[str, Any] = json.loads(result.stdout)
    assert (result.returncode, document["outcome"]) == (1, "refused")
    assert f"--service-principal {SSO}" in document["text"]


def _user(cloud: EmbeddedAws, document: dict[str, Any]) -> dict[str, str]:
    """The environment of a new user of the management account who has that document."""
    iam = cloud.client("iam")
    iam.create_user(UserName="ann")
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def test_neither_credentials_nor_e_mail_addresses_are_ever_printed(aws: Aws, run: Run) -> None:
    cloud = aws("sso-enabled")
    cloud.client("organizations").register_delegated_administrator(AccountId=MEMBER, ServicePrincipal=SSO)
    secrets = {"AWS_SECRET_ACCESS_KEY": "aSecretKeyOfForty", "AWS_SESSION_TOKEN": "aSessionToken"}
    needles = [*secrets.values(), cloud.environment()["AWS_ACCESS_KEY_ID"], "@"]
    for format_ in ("table", "json", "junit", "sarif"):
        result = run(cloud, "status", "--members", "--format", format_, **secrets)
        assert result.returncode == 0
        for text in needles:
            assert text not in result.stdout + result.stderr
