"""`identity-center matrix`: who has what in which account, and who gains and loses what by a preview."""

from __future__ import annotations

import enum
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
from pulumi_aws_identity_center.errors import IdentityCenterError, InvalidInput, NotPossibleHere, collected, refuse

from .options import ProfileOption, RegionOption
from .output import now, say, say_error, show_json

if TYPE_CHECKING:
    from pulumi_aws_identity_center.matrix.access_matrix import AccessMatrix
    from pulumi_aws_identity_center.matrix.grants import Grant


class MatrixFormat(enum.StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    MARKDOWN = "markdown"


def matrix(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="An access.yaml; without one, the live organization.")
    ] = None,
    diff: Annotated[
        Path | None,
        typer.Option(
            metavar="PREVIEW.json", help="Who gains and who loses access by this preview; - for standard input."
        ),
    ] = None,
    format_: Annotated[MatrixFormat, typer.Option("--format", help="How to print.")] = MatrixFormat.TABLE,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Print who has which access in which account.

    It reads the live organization, or FILE. With --diff it prints who gains and who loses access by a preview. It
    changes nothing.

    \b
    Exit status:
      0  the output is complete
      1  the preview takes away the last administrator
      2  the output is incomplete; standard error says why
    """

    sign_in = SignIn(region, profile)
    try:
        if diff is not None:
            raise typer.Exit(_changes(diff, file, format_, sign_in))
        grants, notes, is_whole = _live(sign_in, format_) if file is None else _declared(file, sign_in)
    except IdentityCenterError as error:
        say_error(error)
        raise typer.Exit(2) from None
    for note in notes:
        say(note, err=True)
    _print(grants, format_, file.name if file else "the live organization")
    raise typer.Exit(0 if is_whole else 2)


def _changes(diff: Path, file: Path | None, format_: MatrixFormat, sign_in: SignIn) -> int:
    from .matrix_diff import print_changes

    if file is not None:
        say(f"--diff reads the preview alone: {file.name} isn't read.", err=True)
    return print_changes(diff, format_.value, sign_in)


def _live(sign_in: SignIn, format_: MatrixFormat) -> tuple[list[Grant], Sequence[str], bool]:
    from pulumi_aws_identity_center.aws.reader import open_reader
    from pulumi_aws_identity_center.matrix.live_matrix import read_live_matrix

    from .progress import ProgressBar

    with ProgressBar(is_shown=format_ is not MatrixFormat.JSON) as progress:
        return read_live_matrix(open_reader(sign_in), progress).grants, (), True


def _declared(file: Path, sign_in: SignIn) -> tuple[list[Grant], Sequence[str], bool]:
    from pulumi_aws_identity_center.aws.reader import Unanswered, open_reader
    from pulumi_aws_identity_center.matrix.access_matrix import InvalidMatrix
    from pulumi_aws_identity_center.matrix.file_matrix import expand_live, expand_offline

    problems: list[str] = []
    try:
        declared_matrix = _read_matrix(file)
    except InvalidMatrix as error:
        declared_matrix, problems = error.usable, [*error.problems]
    try:
        with collected(problems):
            declared = expand_live(open_reader(sign_in), declared_matrix)
    except (Unanswered, NotPossibleHere) as error:
        refuse(problems)
        declared = expand_offline(declared_matrix)
        why = f"{file.name} was not compared with the organization: {error}"
        return declared.grants, (why, *declared.unexpanded), not declared.unexpanded
    refuse(problems)
    return declared.grants, declared.skipped, True


def _read_matrix(file: Path) -> AccessMatrix:
    """Raises InvalidInput with every problem of the file."""
    from pulumi_aws_identity_center.matrix.access_file import parse_access_file

    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput([f"{file} can't be read: {error.strerror or 'the system refused'}."]) from None
    except UnicodeDecodeError:
        raise InvalidInput([f"{file} is not text in UTF-8."]) from None
    return parse_access_file(text, file.name)


def _print(grants: list[Grant], format_: MatrixFormat, source: str) -> None:
    from pulumi_aws_identity_center.matrix import report
    from pulumi_aws_identity_center.matrix.grants import printable

    if format_ is MatrixFormat.JSON:
        show_json(report.as_json(grants))
        return
    grants = printable(grants)
    if format_ is MatrixFormat.CSV:
        typer.echo(report.as_csv(grants), nl=False)
    elif format_ is MatrixFormat.MARKDOWN:
        from pulumi_aws_identity_center.matrix.markdown import matrix_as_markdown

        typer.echo(matrix_as_markdown(grants))
    elif format_ is MatrixFormat.HTML:
        from pulumi_aws_identity_center.matrix.page import as_html

        typer.echo(as_html(grants, source, now()))
    else:
        _show(grants)


def _show(grants: list[Grant]) -> None:
    """A table for a terminal, a line a fact otherwise."""
    from pulumi_aws_identity_center.matrix import report

    if not grants:
        typer.echo("Nobody has access.")
        return
    if sys.stdout.isatty():
        _table(grants)
    else:
        for line in report.plain_lines(grants):
            say(line)
    typer.echo(report.summary(grants))


_ACCOUNTS_SHOWN = 5


def _table(grants: list[Grant]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from pulumi_aws_identity_center.matrix.report import lines_of, shorten, show_principal

    table = Table("Who", "Permission set", "Accounts", box=box.SIMPLE_HEAD, pad_edge=False)
    before = None
    for line in lines_of(grants):
        who = "" if line.principal == before else show_principal(line.principal)
        before = line.principal
        table.add_row(*map(Text, (who, line.permission_set, shorten(line.account_names, _ACCOUNTS_SHOWN))))
    Console().print(table)
