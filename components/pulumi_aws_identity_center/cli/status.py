"""`identity-center status`: is sign-in alive?"""

from __future__ import annotations

from typing import Annotated

import typer

from .options import Format, FormatOption, ProfileOption, RegionOption

_CODES = {"healthy": 0, "unhealthy": 1, "undetermined": 2}


def status(
    format_: FormatOption = Format.TABLE,
    profile: ProfileOption = None,
    region: RegionOption = None,
    expect_delegated_administrator: Annotated[
        str | None, typer.Option(metavar="ACCOUNT-ID", help="Fail unless this account is registered.")
    ] = None,
) -> None:
    """Look whether trusted access is on, the instance is there, and who administers. Changes nothing.

    Exit 0: healthy. 1: something is wrong. 2: something could not be told, and nothing told is wrong.
    """
    from ..audit import report
    from ..audit.checks import Check, judge, verdict
    from ..audit.collect import open_account

    account = open_account(profile, region)
    if account.value is None:
        detail = f"Could not start: {account.explanation}."
        checks = [Check("caller", profile or "credentials", "undetermined", detail, account.remedy)]
    else:
        checks = judge(account.value.facts(), expect_delegated_administrator)
    if format_ is Format.JSON:
        typer.echo(report.as_json(checks))
    else:
        report.show(checks)
    raise typer.Exit(_CODES[verdict(checks)])
