"""The command who-can-disable: its options, its output and its exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pulumi_aws_identity_center.cli.application import build
from typer.testing import CliRunner

from sandbox.aws import EmbeddedAws

ACCOUNT = "arn:aws:iam::111122223333"


def user(name, action, **more):
    statement = {"Effect": "Allow", "Action": action, "Resource": "*", **more}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {
        "Arn": f"{ACCOUNT}:user/{name}",
        "UserName": name,
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": document}],
    }


SERVICE_LINKED = {
    "Arn": f"{ACCOUNT}:role/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO",
    "RoleName": "AWSServiceRoleForSSO",
}
ANN, BOB, READER = user("ann", "organizations:*"), user("bob", "*"), user("reader", "iam:Get*")
OPEN = user("open", "organizations:*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})


def page(*users):
    return json.dumps(
        {"UserDetailList": users, "GroupDetailList": [], "RoleDetailList": [SERVICE_LINKED], "Policies": []}
    )


def run(*arguments, text=None, env=None):
    done = CliRunner().invoke(build(), ["who-can-disable", *arguments], input=text, env=env)
    assert "Traceback" not in done.output
    return done


def code(*users, allow=()):
    options = [option for action in allow for option in ("--allow", action)]
    return run("--input", "-", "--format", "json", *options, text=page(*users)).exit_code


def test_exit_0_if_nobody_can_or_only_those_allowed():
    assert code(READER) == 0
    assert code(READER, ANN, allow=[f"{ACCOUNT}:user/ann"]) == 0
    assert code(ANN, BOB, allow=["arn:aws:iam::*:user/a??", "*bob"]) == 0


def test_exit_1_if_another_principal_can():
    assert code(ANN) == 1
    assert code(ANN, BOB, allow=[f"{ACCOUNT}:user/ann"]) == 1
    assert code(ANN, OPEN) == 1


def test_exit_2_if_only_doubts_are_left():
    assert code(OPEN) == 2
    assert code(ANN, OPEN, allow=[f"{ACCOUNT}:user/ann"]) == 2


def test_the_json_names_each_principal_with_exactly_the_documented_members():
    report = json.loads(run("--input", "-", "--format", "json", text=page(ANN, OPEN)).stdout)
    assert [set(row) for row in report["principals"]] == [
        {"arn", "kind", "actions", "escalation", "through", "conditions"}
    ]
    row = report["principals"][0]
    assert (row["arn"], row["kind"], row["through"]) == (f"{ACCOUNT}:user/ann", "user", ["own"])
    assert {row["arn"] for row in report["undetermined"]} == {f"{ACCOUNT}:user/open"}


def test_pages_one_after_another_are_one_account(tmp_path):
    file = tmp_path / "details.json"
    file.write_text(page(ANN) + "\n" + page(BOB))
    report = json.loads(run("--input", str(file), "--format", "json").stdout)
    assert [row["arn"].rpartition("/")[2] for row in report["principals"]] == ["ann", "bob"]


def test_piped_text_has_a_line_a_fact_and_keeps_brackets():
    odd = user("odd", "organizations:*", Condition={"StringLike": {"aws:UserAgent": "[red]*"}})
    text = run("--input", "-", text=page(odd)).stdout
    assert f"{ACCOUNT}:user/odd\n  can call: organizations:DisableAWSServiceAccess" in text
    assert "StringLike aws:UserAgent [red]*" in text


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", '{"Accounts": []}', '{"UserDetailList": [', '{"UserDetailList": [{}]}']
)
def test_foreign_or_cut_off_input_exits_2_with_a_sentence(text):
    done = run("--input", "-", text=text)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        ((), "no UserDetailList and no GroupDetailList and no RoleDetailList"),
        (("UserDetailList",), "no GroupDetailList and no RoleDetailList"),
        (("UserDetailList", "GroupDetailList", "RoleDetailList"), "no service-linked role"),
    ],
)
def test_a_filtered_file_is_never_taken_for_the_whole_account(kept, says):
    text = json.dumps({"Policies": [], **{name: [] for name in kept}})
    done = run("--input", "-", "--format", "json", text=text)
    assert done.exit_code == 2
    (row,) = json.loads(done.stdout)["undetermined"]
    assert row["arn"] == "*"
    assert says in row["detail"]
    with_ann = json.dumps({"Policies": [], **{name: [] for name in kept}, "UserDetailList": [ANN]})
    assert run("--input", "-", text=with_ann).exit_code == 1


UNREADABLE = ["", "nonsense", "[1]", '{"UserDetailList": null}', '{"UserDetailList": [']


@pytest.mark.parametrize("text", UNREADABLE)
def test_json_is_json_also_when_nothing_could_be_read(text):
    done = run("--input", "-", "--format", "json", text=text)
    assert done.exit_code == 2
    report = json.loads(done.stdout)
    assert report["principals"] == []
    assert report["undetermined"][0]["detail"] == done.stderr.strip()


def test_part_of_an_account_is_reported_and_exits_2():
    text = json.dumps({**json.loads(page(ANN)), "IsTruncated": True, "Marker": "m"})
    done = run("--input", "-", "--format", "json", text=text)
    report = json.loads(done.stdout)
    assert done.exit_code == 2
    assert [row["arn"].rpartition("/")[2] for row in report["principals"]] == ["ann"]
    assert "last pages" in report["undetermined"][0]["detail"]
    assert "last pages" in done.stderr
    assert "(the root user always can): 1 undetermined." in run("--input", "-", text=text).stdout


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_as_any_shell_writes_it_is_read(tmp_path, encoding):
    file = tmp_path / "details.json"
    file.write_text(page(ANN), encoding=encoding)
    for name in (str(file), "-"):
        report = json.loads(run("--input", name, "--format", "json", text=file.read_bytes()).stdout)
        assert [row["arn"].rpartition("/")[2] for row in report["principals"]] == ["ann"]


def test_a_pipe_with_a_name_is_read_too():
    reader, writer = os.pipe()
    os.write(writer, page(ANN).encode())
    os.close(writer)
    report = json.loads(run("--input", f"/dev/fd/{reader}", "--format", "json").stdout)
    os.close(reader)
    assert [row["arn"].rpartition("/")[2] for row in report["principals"]] == ["ann"]


def test_a_binary_file_or_directory_is_a_sentence(tmp_path):
    file = tmp_path / "binary"
    file.write_bytes(b"\x00\xff\x00")
    for path, message in ((file, "not text"), (tmp_path, "can't be read")):
        done = run("--input", str(path), "--format", "json")
        assert (done.exit_code, json.loads(done.stdout)["principals"]) == (2, [])
        assert message in done.stderr


def test_a_missing_file_exits_2_with_a_sentence(tmp_path):
    done = run("--input", str(tmp_path / "gone.json"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "gone.json can't be read" in done.stderr


def test_live_it_reads_all_pages_the_organization_and_the_instance():
    with EmbeddedAws("sso-enabled") as aws:
        iam = aws.client("iam")
        for n in range(120):
            iam.create_user(UserName=f"u{n}")
        iam.attach_user_policy(UserName="u119", PolicyArn="arn:aws:iam::aws:policy/AWSOrganizationsFullAccess")
        before = len(aws.calls)
        done = run("--format", "json", env=aws.environment())
        operations = [call["operation"] for call in aws.calls[before:]]
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    assert any(row["arn"].endswith("user/u119") for row in report["principals"])
    assert operations.count("GetAccountAuthorizationDetails") > 1
    once = ["DescribeInstance", "DescribeOrganization", "GetCallerIdentity", "ListInstances"]
    assert sorted(operation for operation in operations if operation != "GetAccountAuthorizationDetails") == once


def test_a_live_refusal_exits_2_and_keeps_json():
    with EmbeddedAws("sso-enabled", faults=["iam:GetAccountAuthorizationDetails:AccessDenied"]) as aws:
        done, as_json = run(env=aws.environment()), run("--format", "json", env=aws.environment())
    assert (done.exit_code, done.stdout) == (2, "")
    assert "iam:GetAccountAuthorizationDetails" in done.stderr
    assert (as_json.exit_code, json.loads(as_json.stdout)["principals"]) == (2, [])


def test_live_in_a_member_account_it_says_so():
    with EmbeddedAws("member") as aws:
        done = run(env=aws.environment())
    assert (done.exit_code, done.stdout) == (2, "")
    assert "member account" in done.stderr


def test_live_the_organizations_id_is_known():
    with EmbeddedAws("sso-enabled") as aws:
        organization_id = aws.client("organizations").describe_organization()["Organization"]["Id"]
        iam = aws.client("iam")
        for name, organization in (("ours", organization_id), ("theirs", "o-aaaaaaaaaa")):
            when = {"StringEquals": {"aws:PrincipalOrgID": organization}}
            statement = {"Effect": "Allow", "Action": "organizations:*", "Resource": "*", "Condition": when}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.create_user(UserName=name)
            iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        report = json.loads(run("--format", "json", env=aws.environment()).stdout)
    named = {row["arn"].rpartition("/")[2] for row in report["principals"]}
    assert ("ours" in named, "theirs" in named, report["undetermined"]) == (True, False, [])


def test_a_baseline_accepts_what_it_names_and_nothing_new(tmp_path):
    file = tmp_path / "baseline.json"
    accept = ("--input", "-", "--baseline", str(file))
    assert run(*accept, "--update-baseline", text=page(ANN)).exit_code == 0
    assert run(*accept, text=page(ANN)).exit_code == 0
    assert run(*accept, text=page(READER)).exit_code == 0
    # Another principal, and another way of an accepted one.
    assert run(*accept, text=page(ANN, BOB)).exit_code == 1
    assert run(*accept, text=page(user("ann", "*"))).exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["baseline.json"]


def test_a_partial_account_never_becomes_the_baseline(tmp_path):
    file = tmp_path / "baseline.json"
    text = json.dumps({**json.loads(page(ANN)), "IsTruncated": True})
    assert run("--input", "-", "--baseline", str(file), "--update-baseline", text=text).exit_code == 2
    assert not file.exists()


def test_a_pipe_is_no_baseline_to_write(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = run("--input", "-", "--baseline", str(pipe), "--update-baseline", text=page(ANN))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "it is a device or a pipe" in done.stderr


@pytest.mark.parametrize("text", [None, "", "[]", '{"principals": 1}', '{"principals": [{}]}', "[" * 100_000])
def test_an_unusable_baseline_exits_2_with_a_sentence(tmp_path, text):
    file = tmp_path / "baseline.json"
    if text is not None:
        file.write_text(text)
    done = run("--input", "-", "--baseline", str(file), text=page(READER))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--update-baseline" in done.stderr


def test_a_key_that_is_named_counts_with_a_saved_file():
    clerk = user("clerk", "kms:ScheduleKeyDeletion")
    key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    assert run("--input", "-", text=page(clerk)).exit_code == 0
    assert run("--input", "-", "--kms-key", key, text=page(clerk)).exit_code == 1
    for wrong in ("", key.rpartition("/")[2], key.replace("key/", "alias/"), f" {key}", f"{key}/x"):
        assert run("--input", "-", "--kms-key", wrong, text=page(clerk)).exit_code == 2


def test_each_format_says_who_accepts_a_principal(tmp_path):
    baseline = tmp_path / "baseline.json"
    run("--input", "-", "--baseline", str(baseline), "--update-baseline", text=page(ANN, BOB))
    accept = ("--input", "-", "--allow", "*/ann", "--baseline", str(baseline))
    done = run(*accept, "--format", "json", text=page(ANN, BOB))
    rows = json.loads(done.stdout)["principals"]
    assert (done.exit_code, [row["accepted"] for row in rows]) == (0, ["--allow */ann", "--baseline"])
    assert "user/bob (accepted by --baseline)" in run(*accept, text=page(ANN, BOB)).stdout
    assert (
        "2 principals can lock everybody out (the root user always can): all accepted."
        in run(*accept, text=page(ANN, BOB)).stdout
    )
    summary = run(*accept, "--format", "markdown", text=page(ANN, BOB)).stdout.splitlines()
    assert summary[0].startswith("### ✅ 2 principals can lock everybody out")
    assert summary[4].endswith("| --allow &#42;/ann |")


def test_a_first_baseline_accepts_what_it_is_written_from(tmp_path):
    options = ("--input", "-", "--baseline", str(tmp_path / "baseline.json"), "--update-baseline")
    assert "user/ann (accepted by --baseline)" in run(*options, text=page(ANN)).stdout


def test_the_documented_boundary_leaves_nobody_who_can():
    page_text = (Path(__file__).parents[3] / "docs" / "who-can-disable.md").read_text("utf-8")
    boundary = json.loads(CliRunner().invoke(build(), ["document", "guard", "--boundary"]).stdout)
    boundary["Statement"].append(json.loads(page_text.split("```json")[1].split("```")[0]))
    with EmbeddedAws("sso-enabled") as cloud:
        assert run("--region", "us-east-1", env=cloud.environment()).exit_code == 1
        iam = cloud.client("iam")
        policy = iam.create_policy(PolicyName="reduced", PolicyDocument=json.dumps(boundary))["Policy"]
        for role in ("admin-ci", "iam-ci"):
            iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=policy["Arn"])
        done = run("--region", "us-east-1", env=cloud.environment())
    assert (done.exit_code, done.stderr) == (0, "")
