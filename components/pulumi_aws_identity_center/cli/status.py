"""`identity-center status`: is sign-in alive?"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from .options import ProfileOption, RegionOption, ReportFormat

if TYPE_CHECKING:
    from ..audit.checks import Check

CODES = {"healthy": 0, "unhealthy": 1, "undetermined": 2}
# Long enough for the retries of a throttled call; with every account of an organization, for thousands of them.
DEADLINE, DEADLINE_WITH_MEMBERS = 30.0, 900.0
_DEFAULT_ROLE = "arn:{partition}:iam::{account}:role/OrganizationAccountAccessRole"


def _deadline(value: float | None) -> float | None:
    if value is not None and value <= 0:
        raise typer.BadParameter("it is a number of seconds above 0.")
    return value


def _interval(value: float | None) -> float | None:
    # Seven calls a look: far below what AWS allows, and soon enough for a person.
    if value is not None and value < 1:
        raise typer.BadParameter("it is a number of seconds from 1.")
    return value


def _template(value: str) -> str:
    if not re.fullmatch(r"arn:[^:]+:iam::\{account\}:role/\S+", value):
        raise typer.BadParameter(f"it is a role's ARN with {{account}} in it, such as {_DEFAULT_ROLE}.")
    return value


def _administrator(value: str | None) -> str | None:
    if value is not None and value != "none" and not re.fullmatch(r"\d{12}", value):
        raise typer.BadParameter('it is an account id of 12 digits, or "none".')
    return value


def status(
    format_: Annotated[ReportFormat, typer.Option("--format", help="For a person, a program, or CI.")] = (
        ReportFormat.TABLE
    ),
    profile: ProfileOption = None,
    region: RegionOption = None,
    expect_delegated_administrator: Annotated[
        str | None,
        typer.Option(metavar="ACCOUNT-ID|none", callback=_administrator, help="Fail unless just this one is it."),
    ] = None,
    members: Annotated[bool, typer.Option("--members", help="Look into every account too.")] = False,
    assume_role: Annotated[
        str, typer.Option(metavar="ARN", callback=_template, help="With --members: the role to assume in each account.")
    ] = _DEFAULT_ROLE,
    watch: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", callback=_interval, help="Look so often; tell what changed."),
    ] = None,
    deadline: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", callback=_deadline, help="When to stop waiting; what is known is reported."),
    ] = None,
) -> None:
    """Look whether trusted access is on, the instance is there, and who administers. Changes nothing.

    Exit 0: healthy. 1: something is wrong. 2: something could not be told, and nothing told is wrong.
    """
    from ..audit.checks import verdict

    template = assume_role if members else None
    seconds = deadline or (DEADLINE_WITH_MEMBERS if members else DEADLINE)

    def look() -> list[Check]:
        return _look(profile, region, expect_delegated_administrator, template, seconds)

    checks = look() if watch is None else _watch(look, watch, format_)
    if watch is None:
        _print(checks, format_)
    raise typer.Exit(CODES[verdict(checks)])


def _look(
    profile: str | None, region: str | None, expected: str | None, template: str | None, seconds: float
) -> list[Check]:
    from ..audit.checks import Check, judge
    from ..audit.collect import open_account
    from ..audit.gather import gather
    from ..audit.members import look_into
    from ..audit.questions import Clock

    account = open_account(profile, region)
    if account.value is None:
        detail = f"Could not start: {account.explanation}."
        return [Check("caller", profile or "credentials", "undetermined", detail, account.remedy)]
    clock = Clock(seconds)
    into = look_into(account.value, clock, template) if template else None
    return judge(gather(account.value, clock, into), expected)


def _print(checks: list[Check], format_: ReportFormat) -> None:
    from ..audit import report

    if format_ is ReportFormat.TABLE:
        report.show(checks)
    elif format_ is ReportFormat.JSON:
        typer.echo(report.as_json(checks))
    else:
        from ..audit import ci_reports

        shape = ci_reports.as_junit if format_ is ReportFormat.JUNIT else ci_reports.as_sarif
        typer.echo(shape(checks))


def _watch(look: Callable[[], list[Check]], seconds: float, format_: ReportFormat) -> list[Check]:
    """JSON: a document a line, at first and at each change. Table: the table, then what changed."""
    import datetime
    import json
    import threading

    from ..audit.report import as_json
    from ..audit.watch import watch

    if format_ in (ReportFormat.JUNIT, ReportFormat.SARIF):
        typer.echo("--watch goes with --format table or json: JUnit and SARIF are of one look.", err=True)
        raise typer.Exit(2)
    latest: list[Check] = []

    def remembered() -> list[Check]:
        latest[:] = look()
        return list(latest)

    def first(checks: object) -> None:
        if format_ is ReportFormat.JSON:
            tell("")
        else:
            _print(latest, format_)

    def tell(text: str) -> None:
        typer.echo(json.dumps(json.loads(as_json(latest))) if format_ is ReportFormat.JSON else text)

    def wait() -> bool:
        try:
            return not threading.Event().wait(seconds)
        except KeyboardInterrupt:
            return False

    def now() -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)

    return list(watch(remembered, wait, tell, first, now))
