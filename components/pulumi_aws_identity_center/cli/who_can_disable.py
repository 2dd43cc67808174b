"""`identity-center who-can-disable`: who in the management account could lock everybody out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Format, FormatOption, ProfileOption, RegionOption

if TYPE_CHECKING:
    from pulumi_aws_identity_center.access.account import Account

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
    it. 2: something could not be told (undetermined principals, and nobody told of is bad; or input that is unreadable
    or isn't all of the account, no credentials, access denied).
    """
    import json

    from pulumi_aws_identity_center.access.who_can_disable import unreadable, who_can_disable
    from pulumi_aws_identity_center.iam.wildcards import matches

    account, problem = _account(input_, profile, region)
    if account is None:
        report: dict[str, list[dict[str, Any]]] = {"principals": [], "undetermined": [unreadable(problem)]}
    else:
        report = who_can_disable(account)
    if format_ is Format.JSON:
        typer.echo(json.dumps(report, indent=2))
    elif account is not None:
        _show(report)
    arns = [row["arn"] for row in report["principals"]]
    others = [arn for arn in arns if not any(matches(pattern, arn) for pattern in allow or ())]
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        typer.echo(f"{others[0]}{more} can, and no --allow names them.", err=True)
    if account is None or account.incomplete:
        typer.echo(problem or (account.incomplete if account else ""), err=True)
        raise typer.Exit(2)
    raise typer.Exit(1 if others else 2 if report["undetermined"] else 0)


def _account(input_: str | None, profile: str | None, region: str | None) -> tuple[Account | None, str]:
    """What was read, or why nothing was."""
    from pulumi_aws_identity_center.access.account import NotAuthorizationDetails, read
    from pulumi_aws_identity_center.access.live_account import NotManagementAccount, NotReadable, live
    from pulumi_aws_identity_center.access.saved_account import pages
    from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS

    try:
        if input_ is None:
            return live(profile, region, RELEVANT_ACTIONS), ""
        with _opened(input_) as stream:
            return read(pages(stream), RELEVANT_ACTIONS), ""
    except OSError as error:
        return None, f"{input_} can't be read: {error.strerror or 'the system refused'}."
    except (NotAuthorizationDetails, NotManagementAccount, NotReadable) as error:
        return None, str(error)


def _opened(name: str) -> Any:
    import contextlib
    import io
    import sys
    from pathlib import Path

    if name == "-":
        sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        return contextlib.nullcontext(sys.stdin)
    file = Path(name).open("rb")  # noqa: SIM115 - closed with what is around it
    # As PowerShell's > writes it. Looked at without taking it: it may be a pipe.
    is_utf_16 = file.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
    return io.TextIOWrapper(file, encoding="utf-16" if is_utf_16 else "utf-8")


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
    more = [f"permission set {row['permission_set']}"] if "permission_set" in row else []
    more += [f"by group {', '.join(row['groups'])}"] if "groups" in row else []
    return f"{row['arn']} ({'; '.join(more)})" if more else str(row["arn"])


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Who", "Can", "Could give itself it by", "Through", "Conditions")
    for row in rows:
        table.add_row(*(Text(text) for text in (_who(row), *("\n".join(row[name]) for name in _COLUMNS))))
    Console().print(table)
