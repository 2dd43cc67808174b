"""`identity-center status`: can people sign in?"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TextIO

import typer

from . import status_options as options
from .options import ProfileOption, RegionOption, ReportFormat
from .output import show_json, show_lines
from .progress import ProgressBar

if TYPE_CHECKING:
    from pulumi_aws_identity_center.aws.concurrency import Clock, Stop
    from pulumi_aws_identity_center.aws.progress import Progress
    from pulumi_aws_identity_center.status.checks import Check
    from pulumi_aws_identity_center.status.facts import Facts

CODES = {"healthy": 0, "unhealthy": 1, "undetermined": 2}
# Long enough for the retries of a throttled call; with every account of an organization, for thousands of them.
DEADLINE, DEADLINE_WITH_MEMBERS = 30.0, 900.0


def status(
    format_: options.ReportFormatOption = ReportFormat.TABLE,
    profile: ProfileOption = None,
    region: RegionOption = None,
    expect_delegated_administrator: options.AdministratorOption = None,
    stack_config: options.StackConfigOption = None,
    members: options.MembersOption = False,
    assume_role: options.AssumeRoleOption = options.ACCESS_ROLE,
    watch: options.WatchOption = None,
    deadline: options.DeadlineOption = None,
) -> None:
    """Check whether people can sign in.

    It checks trusted access, the Identity Center instance, and who administers it. It changes nothing.

    \b
    Exit status:
      0  healthy
      1  something is wrong
      2  nothing is known to be wrong, and something could not be checked
    """
    from pulumi_aws_identity_center.aws.concurrency import Clock, Stop
    from pulumi_aws_identity_center.status.checks import judge, verdict

    if watch is not None and format_ in (ReportFormat.JUNIT, ReportFormat.SARIF):
        raise typer.BadParameter("--watch works with --format table or json, not with JUnit or SARIF.")
    stack = options.read_stack(stack_config)
    seconds = deadline or (DEADLINE_WITH_MEMBERS if members else DEADLINE)
    template = assume_role if members else None
    stop = Stop()

    def look() -> list[Check]:
        with ProgressBar(is_shown=format_ is ReportFormat.TABLE) as progress:
            facts = _facts(profile, region, template, Clock(seconds, stop), progress)
        return judge(facts, expect_delegated_administrator, stack)

    with stop.listening():
        if watch is None:
            checks = look()
            _print(checks, format_)
        else:
            checks = _watch(look, watch, format_, stop)
    raise typer.Exit(CODES[verdict(checks)])


def _facts(profile: str | None, region: str | None, template: str | None, clock: Clock, progress: Progress) -> Facts:
    from pulumi_aws_identity_center.aws.client import open_account
    from pulumi_aws_identity_center.aws.sign_in import DEFAULT_REGION
    from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
    from pulumi_aws_identity_center.status.facts import Facts
    from pulumi_aws_identity_center.status.gather import gather
    from pulumi_aws_identity_center.status.members import look_into

    account = open_account(SignIn(region, profile))
    if account.value is None:
        return Facts(region or DEFAULT_REGION, caller=account.as_error())
    members = look_into(account.value, clock, template, progress) if template else None
    return gather(account.value, clock, members)


def _print(checks: list[Check], format_: ReportFormat) -> None:
    from pulumi_aws_identity_center.status import report

    if format_ is ReportFormat.TABLE:
        show(checks)
    elif format_ is ReportFormat.JSON:
        show_json(report.as_json(checks))
    else:
        from pulumi_aws_identity_center.status import ci_reports

        shape = ci_reports.as_junit if format_ is ReportFormat.JUNIT else ci_reports.as_sarif
        typer.echo(shape(checks))


def show(checks: list[Check], stream: TextIO | None = None) -> None:
    """For a person."""
    from pulumi_aws_identity_center.status.report import as_lines, condensed
    from pulumi_aws_identity_center.status.terminal_report import terminal_lines

    out = stream or sys.stdout
    if out.isatty():
        show_lines(partial(terminal_lines, condensed(checks)), out)
    else:
        out.write(as_lines(checks))


def _watch(look: Callable[[], list[Check]], seconds: float, format_: ReportFormat, stop: Stop) -> list[Check]:
    """JSON: a document a line, at first and at each change. Table: the table, then what changed."""
    from pulumi_aws_identity_center.status.report import as_json
    from pulumi_aws_identity_center.status.watch import watch

    def tell(checks: list[Check], changes: str | None) -> None:
        if format_ is ReportFormat.JSON:
            show_json(json.dumps(json.loads(as_json(checks))))
        elif changes is None:
            _print(checks, format_)
        else:
            typer.echo(changes)

    now = lambda: datetime.datetime.now(datetime.UTC)  # noqa: E731
    return watch(look, lambda: stop.pause(seconds), lambda: stop.asked, tell, now)
