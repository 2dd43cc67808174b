"""The report at a terminal: the verdict first, commands to paste, each cause once, 24 lines at most."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.aws.results import KINDS, Answer
from pulumi_aws_identity_center.domain.stack_config import StackConfig
from pulumi_aws_identity_center.status import report
from pulumi_aws_identity_center.status.checks import Check, judge, verdict
from pulumi_aws_identity_center.status.checks.check import Advice, parse_remedy
from pulumi_aws_identity_center.status.facts import Facts, Instances, Member, Members, Runs, Schedule, Sentinel
from pulumi_aws_identity_center.status.report import condensed
from pulumi_aws_identity_center.status.terminal_report import terminal_lines

from tests.walk import walk

WIDTHS = pytest.mark.parametrize("width", [80, 120])


def lines(checks, width=80):
    return [line.text for line in terminal_lines(condensed(checks), width)]


PRINCIPALS = Answer([f"arn:aws:iam::111122223333:role/OrganizationAccountAccessRole{n}" for n in range(9)])
DENIED: Answer[Any] = Answer(kind="denied", code="AccessDenied", message="No. " * 40, action="iam:Get")
NO_ORGANIZATION: Answer[Any] = Answer(kind="other", code="AWSOrganizationsNotInUseException")
BILLING = Answer({"Id": "o-1", "MasterAccountId": "111122223333", "FeatureSet": "CONSOLIDATED_BILLING"})
REGIONS = tuple(f"eu-west-{n}" for n in range(33))
SINCE = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
CLOCK = Answer([Schedule("identity-center-sentinel-schedule", "ENABLED", "rate(1 minute)")])
NONE: Answer[Any] = Answer([])
SENTINEL = Sentinel("identity-center-sentinel-event", "ENABLED", "identity-center-sentinel", Answer(Runs(SINCE, True)))
CUT_OFF = Member("222233334444", "ACTIVE", Answer({"Arn": "a"}), Answer({"provider": "", "role": "r/AWSReservedSSO_A"}))
# One thing that is wrong, as changes of the good facts.
FAILURES: dict[str, dict[str, Any]] = {
    "no organization": {"organization": NO_ORGANIZATION, "trusted": NO_ORGANIZATION, "instances": Instances()},
    "consolidated billing": {"organization": BILLING, "trusted": DENIED, "instances": Instances(Answer([]), REGIONS)},
    "off": {"trusted": Answer([]), "enablers": PRINCIPALS},
    "off, and nobody knows who can turn it on": {"trusted": Answer([]), "enablers": DENIED},
    "never enabled": {"trusted": Answer([]), "enablers": PRINCIPALS, "instances": Instances(Answer([]), REGIONS)},
    "no instance": {"instances": Instances(Answer([]), REGIONS)},
    "no instance, and a silent Region": {"instances": Instances(Answer([]), REGIONS, {"eu-west-1": DENIED})},
    "instance failed": {"status": Answer({"Status": "CREATE_FAILED", "StatusReason": "KMS " * 40})},
    "another administrator": {"administrators": Answer([{"Id": "333344445555", "Status": "ACTIVE"}])},
    "administrator suspended": {"administrators": Answer([{"Id": "222233334444", "Status": "SUSPENDED"}])},
    "no service-linked role": {"role": Answer(kind="other", code="NoSuchEntity")},
    "directory impaired": {"directories": Answer([{"DirectoryId": "d-1", "Type": "MicrosoftAD", "Stage": "Impaired"}])},
    "sentinel failed": {"sentinels": Answer([dataclasses.replace(SENTINEL, schedules=CLOCK, trails=Answer(["t"]))])},
    "sentinel disabled": {"sentinels": Answer([dataclasses.replace(SENTINEL, state="DISABLED")])},
    "sentinel that nothing starts": {"sentinels": Answer([dataclasses.replace(SENTINEL, schedules=NONE, trails=NONE)])},
    "a member cut off": {"members": Members(Answer(1), (CUT_OFF,), Answer({"provider": "p", "role": ""}))},
    "asked from a member": {
        "caller": Answer({"Account": "222233334444", "Arn": "arn:aws:iam::222233334444:user/bob"}),
        "trusted": DENIED,
        "administrators": DENIED,
    },
}


@walk("name", FAILURES)
def test_one_thing_that_is_wrong_fits_a_small_terminal(good: Facts, rows, name: str) -> None:
    administrators = Answer([{"Id": "222233334444", "Status": "ACTIVE"}])
    facts = dataclasses.replace(good, **{"administrators": administrators, **FAILURES[name]})
    checks = judge(facts, "222233334444", StackConfig("Pulumi.production.yaml"))
    assert verdict(checks) != "healthy"
    assert rows(checks) <= 24


@walk("name", FAILURES)
def test_no_remedy_ends_where_a_command_is_to_follow(good: Facts, name: str) -> None:
    for check in judge(dataclasses.replace(good, **FAILURES[name])):
        assert not check.remedy.endswith(":")


def test_the_headline_counts_what_is_only_for_information_apart() -> None:
    informing = Check("portal", "p", "undetermined", "d", "r", required=False)
    healthy = [Check("caller", "1", "pass", "d"), informing]
    assert lines(healthy)[0] == "HEALTHY: 1 passed, 1 for information only"
    required = Check("instance", "i", "undetermined", "d", "r")
    assert lines([*healthy, required])[0] == ("UNDETERMINED: 1 could not be told, 1 passed, 1 for information only")


@pytest.mark.parametrize("expires", ["2026-01-01", "2999-01-01"])
def test_break_glass_fits_a_small_terminal(good: Facts, rows, expires: str) -> None:
    stack = StackConfig("Pulumi.production.yaml", break_glass={"reason": "moving " * 20, "expires": expires})
    assert rows(judge(good, None, stack)) <= 24


@walk("kind", [kind for kind in KINDS if kind != "member"])
def test_credentials_that_read_nothing_fit_a_small_terminal(rows, kind: str) -> None:
    answer: Answer[Any] = Answer(kind=kind, code="SomeException", message="No. " * 40)
    facts = Facts("us-east-1", answer, answer, answer, answer, Instances(answer), role=answer, sentinels=answer)
    assert rows(judge(facts)) <= 24


@WIDTHS
@pytest.mark.parametrize("trusted", [[], [{"ServicePrincipal": "ram.amazonaws.com"}]])
def test_one_failure_is_the_second_thing_on_one_screen(good: Facts, trusted, width: int) -> None:
    shown = lines(judge(dataclasses.replace(good, trusted=Answer(trusted))), width)
    assert shown[0].startswith("UNHEALTHY: 1 failed")
    assert shown[2].startswith("✗ trusted-access")
    assert "    identity-center recover" in shown


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


def test_where_there_is_no_instance_recover_has_its_condition(good: Facts) -> None:
    facts = dataclasses.replace(good, trusted=Answer([]), instances=Instances(Answer([])))
    text = " ".join(line.strip() for line in lines(judge(facts)))
    assert "It is OFF: Identity Center was never enabled." in text
    assert text.index("✗ instance") < text.index("console.aws.amazon.com") < text.index("✗ trusted-access")
    assert text.count("If Identity Center was in use before, run identity-center recover instead.") == 1
    assert "    identity-center recover" in lines(judge(facts))
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


@WIDTHS
def test_a_healthy_organization_takes_a_line_a_check(good: Facts, width: int) -> None:
    shown = lines(judge(good), width)
    assert shown[0].startswith("HEALTHY")
    assert len(shown) == 2 + len(judge(good))
    assert max(map(len, shown)) <= width
    assert not any("…" in line for line in shown)


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


@walk(
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
