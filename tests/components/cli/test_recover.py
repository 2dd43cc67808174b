"""`identity-center recover` as a person and a runbook see it: its output, its questions, its exit status and its
calls."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable

import pytest
from pulumi_aws_identity_center.status import recover as module

SSO = "sso.amazonaws.com"


def enables(cloud) -> list[int]:
    return [call["status"] for call in cloud.calls if call["operation"] == "EnableAWSServiceAccess"]


@pytest.mark.parametrize(
    ("seed", "arguments", "code", "outcome"),
    [
        ("sso-enabled", ["--yes"], 0, "on-already"),
        ("sso-enabled", [], 0, "on-already"),
        ("organization", ["--yes"], 0, "on-again"),
        ("no-organization", ["--yes"], 1, "no-organization"),
        ("consolidated-billing", ["--yes"], 1, "consolidated-billing"),
        ("member", ["--yes"], 2, "member-account"),
    ],
)
def test_each_state_has_its_outcome_and_one_call_at_most(aws: Callable, run: Callable, seed, arguments, code, outcome):
    cloud = aws(seed)
    result = run(cloud, "recover", "--format", "json", *arguments)
    assert (result.returncode, json.loads(result.stdout)["outcome"]) == (code, outcome)
    assert len(enables(cloud)) == (1 if outcome == "on-again" else 0)


@pytest.mark.parametrize(("answer", "code", "calls"), [("y\n", 0, 1), ("n\n", 1, 0), ("", 1, 0)])
def test_it_asks_first_and_no_answer_is_a_no(aws: Callable, run: Callable, answer, code, calls):
    cloud = aws("organization")
    result = run(cloud, "recover", stdin=answer)
    assert (result.returncode, len(enables(cloud))) == (code, calls)
    assert f"enable-aws-service-access --service-principal {SSO}" in result.stderr


def test_without_a_terminal_it_asks_once_and_names_yes(aws: Callable, run: Callable):
    cloud = aws("organization")
    result = run(cloud, "recover", stdin="sure\ny\n")
    assert (result.returncode, enables(cloud)) == (1, [])
    assert result.stderr.count("Turn it on now?") == 1
    assert "give --yes" in result.stderr


def test_closed_standard_input_is_no_answer(aws: Callable, command: list[str], environment: Callable):
    cloud = aws("organization")
    shell = f"exec {shlex.join([*command, 'recover'])} <&-"
    done = subprocess.run(["sh", "-c", shell], env=environment(cloud), capture_output=True, text=True, check=False)
    assert (done.returncode, enables(cloud)) == (1, [])
    assert done.stderr.splitlines()[-1].endswith("give --yes.")


@pytest.mark.parametrize("error", ["AccessDeniedException", "ConstraintViolationException"])
def test_a_refused_call_is_not_repeated_and_is_told(aws: Callable, run: Callable, error):
    cloud = aws("organization", faults=[f"organizations:EnableAWSServiceAccess:{error}"])
    result = run(cloud, "recover", "--yes")
    assert result.returncode == 1
    assert len(enables(cloud)) == 1
    assert "still off" in result.stderr
    assert "Traceback" not in result.stderr


def test_ctrl_c_is_a_sentence_and_says_where_to_look(aws: Callable, run: Callable, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_prove", interrupted)
    cloud = aws("organization")
    result = run(cloud, "recover", "--yes", "--format", "json")
    assert (result.returncode, json.loads(result.stdout)["outcome"]) == (2, "interrupted")
    assert "identity-center status" in json.loads(result.stdout)["text"]


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        ([], "is on again. Identity Center continues as before"),
        (["sso-admin:ListInstances:AccessDeniedException"], "is on again. If Identity Center was in use"),
        (["organizations:DescribeOrganization:AccessDeniedException"], "is on again. If Identity Center was in use"),
    ],
)
def test_it_promises_only_what_aws_lists(aws: Callable, run: Callable, faults: list[str], sentence: str):
    cloud = aws("sso-enabled", faults=faults)
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal=SSO)
    result = run(cloud, "recover", "--yes")
    assert (result.returncode, sentence in result.stdout) == (0, True), result.stdout + result.stderr
