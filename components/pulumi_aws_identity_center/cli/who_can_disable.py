"""`identity-center who-can-disable`: who in the management account could lock everybody out."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .options import Format, FormatOption, ProfileOption, RegionOption

_COLUMNS = ("actions", "escalation", "through", "conditions")


def who_can_disable(
    input_: Annotated[
        str | None,
        typer.Option("--input", metavar="FILE", help="Saved aws iam get-account-authorization-details; - for stdin."),
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option(metavar="ARN", help="Who may: an ARN, with * and ?; several times.")
    ] = None,
    format_: FormatOption = Format.TABLE,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """List who in the management account can lock everybody out, by which policy, or could give themselves that.

    Exit 0: all is told, and nobody can but those that --allow names. 1: somebody else can, or could give themselves
    it. 2: something could not be told (undetermined principals, unreadable or incomplete input, no credentials or
    access denied), and nobody told of is bad.
    """
    import json

    from ..iam.globs import matches

    report = _report(input_, profile, region)
    if format_ is Format.JSON:
        typer.echo(json.dumps(report, indent=2))
    else:
        _show(report)
    arns = [row["arn"] for row in report["principals"]]
    others = [arn for arn in arns if not any(matches(pattern, arn) for pattern in allow or ())]
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        typer.echo(f"{others[0]}{more} can, and no --allow names them.", err=True)
    raise typer.Exit(1 if others else 2 if report["undetermined"] else 0)


def _report(input_: str | None, profile: str | None, region: str | None) -> dict[str, list[dict[str, Any]]]:
    import sys
    from pathlib import Path

    from ..audit.authorization_details import NotAuthorizationDetails, pages, read
    from ..audit.who_can_disable import RELEVANT_ACTIONS, who_can_disable

    try:
        if input_ is None:
            return who_can_disable(read(_live(profile, region), RELEVANT_ACTIONS))
        with sys.stdin if input_ == "-" else Path(input_).open(encoding="utf-8") as stream:
            return who_can_disable(read(pages(stream), RELEVANT_ACTIONS))
    except OSError as error:
        problem = f"{input_} can't be read: {error.strerror}."
    except UnicodeDecodeError:
        problem = f"{input_} is not text; save it with aws iam get-account-authorization-details."
    except NotAuthorizationDetails as error:
        problem = str(error)
    typer.echo(problem, err=True)
    raise typer.Exit(2)


def _live(profile: str | None, region: str | None) -> list[dict[str, Any]]:
    from ..audit.collect import ask, open_account

    account = open_account(profile, region)
    answer: Any = account
    if account.value is not None:
        client = account.value.client("iam")
        answer = ask(lambda: list(client.get_paginator("get_account_authorization_details").paginate()))
    if answer.value is None:
        typer.echo(f"Could not read the account's IAM: {answer.explanation}. {answer.remedy}", err=True)
        raise typer.Exit(2)
    found: list[dict[str, Any]] = [
        {name: value for name, value in page.items() if name not in ("IsTruncated", "Marker")} for page in answer.value
    ]
    return found


def _show(report: dict[str, list[dict[str, Any]]]) -> None:
    """A table for a terminal, a line a fact otherwise."""
    import sys

    if sys.stdout.isatty():
        _table(report["principals"])
    for row in () if sys.stdout.isatty() else report["principals"]:
        typer.echo(_who(row))
        for name in _COLUMNS:
            if row[name]:
                typer.echo(f"  {name}: {', '.join(row[name])}")
    for doubt in report["undetermined"]:
        typer.echo(f"undetermined: {doubt['arn']}: {doubt['what']}: {doubt['detail']}")
    typer.echo(f"{len(report['principals'])} can, {len({each['arn'] for each in report['undetermined']})} undetermined")


def _who(row: dict[str, Any]) -> str:
    return f"{row['arn']} (permission set {row['permission_set']})" if "permission_set" in row else str(row["arn"])


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Who", "Can", "Could give itself it by", "Through", "Conditions")
    for row in rows:
        table.add_row(*(Text(text) for text in (_who(row), *("\n".join(row[name]) for name in _COLUMNS))))
    Console().print(table)
