"""The runner of moto's own tests, on tests made for this."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.aws.conformance.moto_differences import DIFFERENCES
from sandbox.aws.conformance.moto_own import SUITES, main
from sandbox.session import ROOT

_IAM = """
import boto3
from moto import mock_aws


def test_a_block_of_its_own():
    with mock_aws():
        assert boto3.resource("iam").CurrentUser() is not None
        assert boto3.client("sts", region_name="us-east-1").get_caller_identity()["Account"] == "123456789012"


@mock_aws
def test_accounts_are_there_at_once():
    client = boto3.client("organizations", region_name="us-east-1")
    client.create_organization()
    made = client.create_account(Email="a@example.org", AccountName="a")["CreateAccountStatus"]
    client.register_delegated_administrator(AccountId=made["AccountId"], ServicePrincipal="ssm.amazonaws.com")
"""
_TESTS = """
import boto3
from moto import mock_aws


@mock_aws
def test_instance_of_its_own_making():
    client = boto3.client("sso-admin", region_name="eu-west-1")
    made = client.create_permission_set(InstanceArn="arn:aws:sso:::instance/ins-aaaabbbbccccdddd", Name="x")
    assert made["PermissionSet"]["Name"] == "x"


@mock_aws
def test_not_so():
    assert boto3.client("identitystore").list_users(IdentityStoreId="d-zzzzzzzzzz")["Users"] == ["somebody"]


@mock_aws()
def test_list_groups():
    assert boto3.client("identitystore").list_groups(IdentityStoreId="d-zzzzzzzzzz")["Groups"] == []
"""


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox.aws.conformance.moto_own", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_it_tells_what_fails_unexpectedly_and_what_passes_unexpectedly(tmp_path: Path) -> None:
    for suite in SUITES:
        (tmp_path / suite).mkdir(parents=True)
        (tmp_path / suite / "__init__.py").touch()
    (tmp_path / "tests/__init__.py").write_text('DEFAULT_ACCOUNT_ID = "123456789012"\n')
    (tmp_path / "tests/test_ssoadmin/test_some.py").write_text(_TESTS)
    (tmp_path / "tests/test_iam/test_more.py").write_text(_IAM)
    done = _run(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "not expected to fail: test_not_so" in done.stdout
    assert "named as a difference, and passes: test_list_groups\n" in done.stdout
    assert f"4 pass, 1 differ, {len(DIFFERENCES)} of these named" in done.stdout


def test_a_folder_without_motos_tests_is_told_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["moto_own", str(tmp_path)])
    assert main() == 2
    assert "pip download" in capsys.readouterr().err
