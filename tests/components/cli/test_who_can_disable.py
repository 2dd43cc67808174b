"""The command who-can-disable: what it takes, prints and exits with."""

from __future__ import annotations

import json

import pytest
from pulumi_aws_identity_center.cli import app
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


ANN, BOB, READER = user("ann", "organizations:*"), user("bob", "*"), user("reader", "iam:Get*")
OPEN = user("open", "organizations:*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})


def page(*users):
    return json.dumps({"UserDetailList": users, "GroupDetailList": [], "RoleDetailList": [], "Policies": []})


def run(*arguments, text=None, env=None):
    done = CliRunner().invoke(app, ["who-can-disable", *arguments], input=text, env=env)
    assert "Traceback" not in done.output
    return done


def code(*users, allow=()):
    options = [option for each in allow for option in ("--allow", each)]
    return run("--input", "-", "--format", "json", *options, text=page(*users)).exit_code


def test_exit_0_if_nobody_can_or_only_those_allowed():
    assert code(READER) == 0
    assert code(READER, ANN, allow=[f"{ACCOUNT}:user/ann"]) == 0
    assert code(ANN, BOB, allow=["arn:aws:iam::*:user/a??", "*bob"]) == 0


def test_exit_1_if_anybody_else_can_also_when_something_else_is_undetermined():
    assert code(ANN) == 1
    assert code(ANN, BOB, allow=[f"{ACCOUNT}:user/ann"]) == 1
    assert code(ANN, OPEN) == 1


def test_exit_2_if_something_could_not_be_told_and_nobody_told_of_is_bad():
    assert code(OPEN) == 2
    assert code(ANN, OPEN, allow=[f"{ACCOUNT}:user/ann"]) == 2


def test_the_json_names_each_principal_with_exactly_the_documented_members():
    report = json.loads(run("--input", "-", "--format", "json", text=page(ANN, OPEN)).stdout)
    assert [set(row) for row in report["principals"]] == [
        {"arn", "kind", "actions", "escalation", "through", "conditions"}
    ]
    row = report["principals"][0]
    assert (row["arn"], row["kind"], row["through"]) == (f"{ACCOUNT}:user/ann", "user", ["own"])
    assert {each["arn"] for each in report["undetermined"]} == {f"{ACCOUNT}:user/open"}


def test_pages_in_a_file_one_after_the_other_are_one_account(tmp_path):
    file = tmp_path / "details.json"
    file.write_text(page(ANN) + "\n" + page(BOB))
    report = json.loads(run("--input", str(file), "--format", "json").stdout)
    assert [row["arn"].rpartition("/")[2] for row in report["principals"]] == ["ann", "bob"]


def test_piped_text_has_a_line_a_fact_and_keeps_brackets():
    odd = user("odd", "organizations:*", Condition={"StringLike": {"aws:UserAgent": "[red]*"}})
    text = run("--input", "-", text=page(odd)).stdout
    assert f"{ACCOUNT}:user/odd\n  actions: organizations:DisableAWSServiceAccess" in text
    assert "StringLike aws:UserAgent [red]*" in text


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", '{"Accounts": []}', '{"UserDetailList": [', '{"UserDetailList": [{}]}']
)
def test_foreign_or_cut_off_input_is_a_sentence_and_exit_2(text):
    done = run("--input", "-", text=text)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_file_that_is_not_there_is_a_sentence_and_exit_2(tmp_path):
    done = run("--input", str(tmp_path / "gone.json"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "gone.json can't be read" in done.stderr


def test_live_it_reads_all_pages_and_no_more():
    with EmbeddedAws("sso-enabled") as aws:
        iam = aws.client("iam")
        iam.create_user(UserName="ann")
        iam.attach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/AWSOrganizationsFullAccess")
        before = len(aws.calls)
        done = run("--format", "json", env=aws.environment())
        made = [call["operation"] for call in aws.calls[before:]]
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    assert any(row["arn"].endswith("user/ann") for row in report["principals"])
    assert sorted(made) == ["DescribeOrganization", "GetAccountAuthorizationDetails", "GetCallerIdentity"]


def test_live_a_refusal_is_a_sentence_and_exit_2():
    with EmbeddedAws("sso-enabled", faults=["iam:GetAccountAuthorizationDetails:AccessDenied"]) as aws:
        done = run(env=aws.environment())
    assert (done.exit_code, done.stdout) == (2, "")
    assert "GetAccountAuthorizationDetails" in done.stderr or "denied" in done.stderr.lower()
