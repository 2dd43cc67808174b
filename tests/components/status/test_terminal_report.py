"""The report at a terminal: the verdict first, commands to paste, each cause once, 24 lines at most."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.domain.stack_config import StackConfig
from pulumi_aws_identity_center.status import report
from pulumi_aws_identity_center.status.checks import Check, judge
from pulumi_aws_identity_center.status.checks.check import Advice, parse_remedy
from pulumi_aws_identity_center.status.facts import Facts, Instances
from pulumi_aws_identity_center.status.report import condensed
from pulumi_aws_identity_center.status.terminal_report import terminal_lines

WIDTHS = pytest.mark.parametrize("width", [80, 120])


def lines(checks, width=80):
    return [line.text for line in terminal_lines(condensed(checks), width)]


@WIDTHS
@pytest.mark.parametrize("trusted", [[], [{"ServicePrincipal": "ram.amazonaws.com"}]])
def test_one_failure_is_the_second_thing_on_one_screen(good: Facts, trusted, width: int) -> None:
    shown = lines(judge(dataclasses.replace(good, trusted=Answer(trusted))), width)
    assert shown[0].startswith("UNHEALTHY: 1 failed")
    assert shown[2].startswith("✗ trusted-access")
    assert "    identity-center recover" in shown
    assert len(shown) <= 24


@WIDTHS
def test_no_credentials_are_one_block(good: Facts, width: int) -> None:
    shown = lines(judge(Facts("us-east-1", caller=Answer(kind="no-credentials"))), width)
    assert shown[0].startswith("UNDETERMINED")
    nothing: Answer[Any] = Answer(kind="no-credentials")
    facts = dataclasses.replace(
        good,
        caller=nothing,
        organization=nothing,
        trusted=nothing,
        administrators=nothing,
        role=nothing,
        sentinels=nothing,
        instances=Instances(nothing),
    )
    shown = lines(judge(facts), width)
    assert sum("redentials" in line for line in shown if line.startswith("  There")) == 1
    assert "10 checks, one cause" in " ".join(shown)


def test_where_identity_center_was_never_enabled_nothing_is_still_there(good: Facts) -> None:
    facts = dataclasses.replace(good, trusted=Answer([]), instances=Instances(Answer([])))
    text = " ".join(line.strip() for line in lines(judge(facts)))
    assert "Identity Center was never enabled" in text
    assert "still there" not in text


@WIDTHS
def test_without_an_organization_there_is_one_command(good: Facts, width: int) -> None:
    nothing: Answer[Any] = Answer(kind="refused", code="AWSOrganizationsNotInUseException")
    alone = dataclasses.replace(
        good, organization=nothing, trusted=nothing, administrators=nothing, instances=Instances(Answer([]))
    )
    stack = StackConfig("Pulumi.prod.yaml", guarded_services=("ram.amazonaws.com",))
    assert [check.subject for check in judge(alone, stack=stack) if check.id == "trusted-access"] == [
        "sso.amazonaws.com",
        "ram.amazonaws.com",
    ]
    shown = lines(judge(alone), width)
    assert sum("create-organization" in line for line in shown) == 1
    assert sum(line.startswith("✗") for line in shown) == 5
    assert len(shown) <= 24


@WIDTHS
def test_a_healthy_organization_takes_a_line_a_check(good: Facts, width: int) -> None:
    shown = lines(judge(good), width)
    assert shown[0].startswith("HEALTHY")
    assert len(shown) == 2 + len(judge(good))
    assert max(map(len, shown)) <= width


TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), max_size=300)
CHECKS = st.lists(
    st.builds(
        Check,
        st.sampled_from(["caller", "instance"]),
        TEXTS,
        st.sampled_from(["pass", "fail", "undetermined"]),
        TEXTS,
        TEXTS,
        cause=st.sampled_from(["", "there are no credentials"]),
    )
)


@given(CHECKS, st.integers(40, 200))
def test_any_checks_have_a_report_that_begins_with_the_verdict(checks, width: int) -> None:
    shown = list(terminal_lines(checks, width))
    assert shown[0].text.split(":")[0] in ("HEALTHY", "UNHEALTHY", "UNDETERMINED")
    assert sum(line.text.startswith("✗") for line in shown) == sum(check.result == "fail" for check in checks)


@pytest.mark.parametrize(
    ("remedy", "commands", "explanation"),
    [
        ("identity-center recover  # in the account", ("identity-center recover",), "In the account"),
        ("identity-center recover  # either\naws x --y", ("identity-center recover", "aws x --y"), "Either"),
        ("aws x --y", ("aws x --y",), ""),
        ("Mend the instance first.", (), "Mend the instance first."),
        ("", (), ""),
    ],
)
def test_a_command_is_apart_from_what_is_said_of_it(remedy: str, commands: tuple[str, ...], explanation: str) -> None:
    assert parse_remedy(remedy) == Advice(commands, explanation)


REMEDIES = st.sampled_from(["identity-center recover", "identity-center recover  # e\naws x --y", "aws x --y  # e"])


@given(REMEDIES, st.integers(40, 200))
def test_each_command_stands_on_its_own_line_terminal_or_pipe(remedy: str, width: int) -> None:
    check = Check("caller", "1", "fail", "x" * 300, remedy)
    piped = report.line(check).splitlines()
    terminal = [line.text for line in terminal_lines([check], width)]
    for command in parse_remedy(remedy).commands:
        assert command in [line.strip() for line in piped]
        assert command in [line.strip() for line in terminal]
