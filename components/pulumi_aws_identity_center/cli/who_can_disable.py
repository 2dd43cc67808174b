"""`identity-center who-can-disable`: who in the management account could lock everybody out."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .options import Format, FormatOption, ProfileOption


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
) -> None:
    """List who in the management account can lock everybody out, by which policy, or could give themselves that.

    Exit 0: all is told, and with --allow nobody else can. 1: somebody that --allow doesn't name can. 2: something
    could not be told. Without --allow it is a report, and nobody is bad.
    """
    import fnmatch
    import json

    report = _report(input_, profile)
    if format_ is Format.JSON:
        typer.echo(json.dumps(report, indent=2))
    else:
        _show(report)
    arns = [row["arn"] for row in report["principals"]]
    others = [arn for arn in arns if allow and not any(fnmatch.fnmatchcase(arn, pattern) for pattern in allow)]
    for arn in others:
        typer.echo(f"{arn} can, and no --allow names it.", err=True)
    raise typer.Exit(1 if others else 2 if report["undetermined"] else 0)


def _report(input_: str | None, profile: str | None) -> dict[str, list[dict[str, Any]]]:
    import sys
    from pathlib import Path

    from ..audit.authorization_details import NotAuthorizationDetails, pages, read
    from ..audit.who_can_disable import RELEVANT_ACTIONS, who_can_disable

    try:
        if input_ is None:
            return who_can_disable(read(_live(profile), RELEVANT_ACTIONS))
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


def _live(profile: str | None) -> list[dict[str, Any]]:
    from ..audit.collect import ask, open_account

    account = open_account(profile, None)
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
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("Who", "Can", "Could give itself it by", "Through", "Conditions")
    for row in report["principals"]:
        who = f"{row['arn']}\n(permission set {row['permission_set']})" if "permission_set" in row else row["arn"]
        table.add_row(who, *("\n".join(row[name]) for name in ("actions", "escalation", "through", "conditions")))
    console.print(table)
    for doubt in report["undetermined"]:
        console.print(f"undetermined: {doubt['arn']}: {doubt['what']}: {doubt['detail']}", markup=False)
