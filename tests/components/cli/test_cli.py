"""The command `identity-center`: its entry, `document`, `recover`; `status` and the others have their own files."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
import typer
from pulumi_aws_identity_center.cli import application
from typer.testing import CliRunner

from tests.walk import walk

SSO = "sso.amazonaws.com"


def test_a_second_recover_does_nothing(aws: Callable, run: Callable) -> None:
    cloud = aws("sso-enabled")
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    refused = run(cloud, "recover", stdin="n\n")
    assert refused.returncode == 1
    assert "Nothing was changed" in refused.stderr
    assert run(cloud, "recover", "--yes").returncode == 0
    assert "is on. Nothing was changed" in run(cloud, "recover", "--yes").stdout
    assert [call["operation"] for call in cloud.calls].count("EnableAWSServiceAccess") == 1
    assert run(cloud, "status").returncode == 0


def test_recover_in_a_member_account_names_the_management_account(aws: Callable, run: Callable) -> None:
    cloud = aws("member")
    result = run(cloud, "recover", "--yes")
    assert result.returncode == 2
    assert "is a member account, and only the management account can" in result.stderr
    assert "EnableAWSServiceAccess" not in [call["operation"] for call in cloud.calls]


@pytest.mark.parametrize("kind", ["enable", "disable", "observe", "guard", "install"])
def test_document_prints_the_documents(run: Callable, kind: str) -> None:
    result = run(None, "document", kind)
    assert result.returncode == 0
    assert json.loads(result.stdout)["Version"] == "2012-10-17"


def test_wrong_use_exits_2_and_says_what_is_allowed(run: Callable) -> None:
    assert run(None, "document", "destroy").returncode == 2
    assert "'enable'" in run(None, "document", "destroy").stderr
    assert "belong to guard" in run(None, "document", "enable", "--boundary").stderr
    assert "belongs to install" in run(None, "document", "enable", "--stack-config", "x").stderr


@walk("seconds", ["nan", "inf", "1e300"])
@walk("option", ["status --deadline", "status --watch", "recover --deadline", "who-can-disable --deadline"])
def test_no_number_of_seconds_is_refused(run: Callable, option: str, seconds: str) -> None:
    result = run(None, *option.split(), seconds, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert result.returncode == 2
    assert "Invalid value" in result.stderr


ROLES = """config:
  aws-identity-center:delegatedAdministratorAccountId: "333344445555"
  aws-identity-center:operatorRoles:
    - name: operator
      permissions: [enable, observe]
      trustedPrincipals: ["arn:aws:iam::111122223333:root"]
"""


def test_the_install_document_follows_the_stacks_configuration(run: Callable, tmp_path: Path) -> None:
    config = tmp_path / "Pulumi.prod.yaml"
    config.write_text(ROLES)
    result = run(None, "document", "install", "--stack-config", str(config), "--partition", "aws-cn")
    assert result.returncode == 0, result.stderr
    [_, roles, enable, observe, administrator] = json.loads(result.stdout)["Statement"]
    for statement in (roles, enable, observe):
        assert statement["Resource"] == ["arn:aws-cn:iam::*:role/operator"]
    assert administrator["Resource"] == "arn:aws-cn:organizations::*:account/o-*/333344445555"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            ROLES.replace("[enable, observe]", "[enable, remove]"),
            "aws-identity-center:operatorRoles[0].permissions has 'remove'",
        ),
        (
            ROLES.replace("333344445555", "12"),
            "aws-identity-center:delegatedAdministratorAccountId is '12'; it must be an",
        ),
        (
            ROLES.replace("operatorRoles", "operatorRols"),
            "operatorRols is not known; the keys are delegatedAdministratorAccountId, whenNotEnabled, operatorRoles,",
        ),
        (ROLES + "  aws-identity-center:sentinel: {mode: of}\n", "aws-identity-center:sentinel.mode is 'of'"),
        (ROLES.replace('"333344445555"', "{secure: v1:x}"), "AccountId holds a secret"),
        (
            ROLES.replace('"arn:aws:iam::111122223333:root"', "{secure: v1:x}"),
            "operatorRoles holds a secret",
        ),
        ("just words", "is not a stack's Pulumi.STACK.yaml"),
        (None, "No such file"),
    ],
)
def test_a_stack_that_tells_no_roles_is_one_sentence(
    run: Callable, tmp_path: Path, text: str | None, said: str
) -> None:
    config = tmp_path / "Pulumi.prod.yaml"
    if text is not None:
        config.write_text(text)
    result = run(None, "document", "install", "--stack-config", str(config))
    assert (result.returncode, result.stdout) == (2, "")
    assert said in " ".join(result.stderr.replace("│", "").split())


def test_a_wrong_break_glass_role_is_refused_by_its_option(run: Callable) -> None:
    result = run(None, "document", "guard", "--break-glass", "x")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("The break-glass principal is 'x'; it must be a role's ARN")


def test_all_problems_of_the_configuration_are_reported_at_once(run: Callable, tmp_path: Path) -> None:
    config = tmp_path / "Pulumi.prod.yaml"
    hidden = ROLES.replace('"333344445555"', "{secure: v1:x}").replace("[enable, observe]", "[]")
    config.write_text(f"{hidden}  aws-identity-center:whenNot: x\n  aws-identity-center:whenNotEnabled: perhaps\n")
    lines = run(None, "document", "install", "--stack-config", str(config)).stderr.splitlines()
    assert lines[0] == "The configuration of aws-identity-center in Pulumi.prod.yaml has problems:"
    assert [line.split(" is ")[0].split(" holds ")[0] for line in lines[1:]] == [
        f"- aws-identity-center:{key}"
        for key in ("delegatedAdministratorAccountId", "whenNot", "whenNotEnabled", "operatorRoles[0].permissions")
    ]


@pytest.mark.parametrize("glass", ["{secure: v1:x}", "{reason: x, expires: 2020-01-01}", "{}"])
def test_a_break_glass_is_none_of_the_first_ups_business(run: Callable, tmp_path: Path, glass: str) -> None:
    config = tmp_path / "Pulumi.prod.yaml"
    config.write_text(f"{ROLES}  aws-identity-center:breakGlass: {glass}\n")
    assert run(None, "document", "install", "--stack-config", str(config)).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "encryptionsalt: v1:x\n",
        "",
        'config:\n  aws-identity-center:delegatedAdministratorAccountId: ""\n',
        "config:\n  aws-identity-center:operatorRoles: []\n  aws-identity-center:whenNotEnabled: {secure: v1:x}\n",
    ],
)
def test_a_stack_without_configuration_gets_the_default_document(run: Callable, tmp_path: Path, text: str) -> None:
    config = tmp_path / "Pulumi.prod.yaml"
    config.write_text(text)
    result = run(None, "document", "install", "--stack-config", str(config))
    assert (result.returncode, result.stdout) == (0, run(None, "document", "install").stdout)


def test_status_starts_without_pulumi_boto3_and_the_iam_evaluator(command: list[str]) -> None:
    script = (
        "import sys; sys.argv = ['identity-center', 'status', '--format', 'json', '--deadline', '5']\n"
        "from pulumi_aws_identity_center.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'pulumi', 'boto3', 'yaml', 'rich.table', 'pulumi_aws_identity_center.iam'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    environment = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_module_runs_as_the_command_does(command: list[str]) -> None:
    done = subprocess.run([*command, "document", "enable"], capture_output=True, text=True, encoding="ascii", env={})
    assert (done.returncode, json.loads(done.stdout)["Version"]) == (0, "2012-10-17")


def test_ctrl_c_before_anything_is_known_is_exit_status_2(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        """A command."""
        raise KeyboardInterrupt

    app = typer.Typer()
    app.command()(application.interruptible(interrupted))
    result = CliRunner().invoke(app, [])
    assert (result.exit_code, "Interrupted" in result.stderr) == (2, True)


@walk("interrupts", ["an import", "the arguments"])
def test_ctrl_c_while_a_command_starts_is_exit_status_2(interrupts: str) -> None:
    """While it imports, or while typer reads the arguments."""
    script = (
        "import sys; sys.argv[1:] = ['document', 'guard']\n"
        "def stop(*_): raise KeyboardInterrupt\n"
        "from pulumi_aws_identity_center import cli\n"
        f"if {interrupts == 'an import'}: sys.meta_path.insert(0, type('Finder', (), {{'find_spec': stop}}))\n"
        "else:\n"
        "    import typer.core; typer.core.TyperGroup.make_context = stop\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "Interrupted: nothing is known.\n")


def test_every_command_can_be_interrupted_and_keeps_its_own_help(run: Callable) -> None:
    for name in application.COMMANDS:
        result = run(None, name, "--help")
        assert result.returncode == 0
        assert f"identity-center {name}" in result.stdout or f"root {name}" in result.stdout


@pytest.mark.parametrize(("no_color", "is_coloured"), [("", True), ("1", False)])
def test_no_color_takes_the_colour_away(
    tmp_path: Path, warm_command: list[str], no_color: str, is_coloured: bool
) -> None:
    details = tmp_path / "details.json"
    details.write_text('{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}')
    leader, terminal = pty.openpty()
    with subprocess.Popen(
        [*warm_command, "who-can-disable", "--input", str(details)],
        env={"NO_COLOR": no_color, "TERM": "xterm-256color"},
        stdout=terminal,
    ):
        os.close(terminal)
        headline = os.read(leader, 1000)
    os.close(leader)
    assert b"No principal can" in headline
    assert bool(re.search(rb"\x1b\[[\d;]*3\dm", headline)) == is_coloured


def test_the_version_is_the_packages(run: Callable) -> None:
    result = run(None, "--version")
    assert (result.returncode, result.stdout.strip()) == (0, f"identity-center {version('pulumi-aws-identity-center')}")


def test_shell_completion_names_the_commands(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_IDENTITY_CENTER_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "identity-center st")
    monkeypatch.setenv("COMP_CWORD", "1")
    done = subprocess.run([Path(sys.executable).parent / "identity-center"], capture_output=True, text=True)
    assert done.stdout.split() == ["status"]
