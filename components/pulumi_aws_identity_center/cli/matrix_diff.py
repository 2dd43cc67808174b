"""`identity-center matrix --diff`: who gains and who loses what by a preview."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pulumi_aws_identity_center.matrix.preview import AccessChanges


def print_changes(file: Path, format_: str, profile: str | None, region: str | None) -> int:
    """The exit status. Raises InvalidInput for what is no preview."""
    from pulumi_aws_identity_center.matrix.preview import find_access_changes

    from .preview_steps import PreviewSteps

    steps = PreviewSteps(file)
    changes, note = _named(find_access_changes(steps), profile, region)
    for sentence in (*([note] if note else []), *changes.unknown):
        typer.echo(sentence, err=True)
    for failure in steps.failures:
        typer.echo(f"The preview failed, so it doesn't show everything: {failure}", err=True)
    _print(changes, format_, file.name)
    return 2 if changes.unknown or steps.failures else 0


def _named(changes: AccessChanges, profile: str | None, region: str | None) -> tuple[AccessChanges, str]:
    """With the names that the preview lacks, as far as AWS tells them; and why not further."""
    from pulumi_aws_identity_center.aws.reader import Unanswered, open_reader
    from pulumi_aws_identity_center.errors import NotPossibleHere
    from pulumi_aws_identity_center.matrix.change_names import lacks_names, name_changes

    if not lacks_names(changes):
        return changes, ""
    try:
        return name_changes(changes, open_reader(profile, region)), ""
    except (Unanswered, NotPossibleHere) as error:
        return changes, f"Some names are left out, since AWS didn't tell them: {error}"


def _print(changes: AccessChanges, format_: str, source: str) -> None:
    from pulumi_aws_identity_center.matrix import change_report

    if format_ == "json":
        typer.echo(change_report.as_json(changes))
    elif format_ == "markdown":
        typer.echo(change_report.as_markdown(changes))
    elif format_ == "csv":
        from pulumi_aws_identity_center.matrix.report import changes_as_csv

        typer.echo(changes_as_csv(changes.gains, changes.loses), nl=False)
    elif format_ == "html":
        from pulumi_aws_identity_center.matrix.page import changes_as_html

        from .moment import now

        typer.echo(changes_as_html(changes.gains, changes.loses, source, now()))
    else:
        _show(changes)


def _show(changes: AccessChanges) -> None:
    from pulumi_aws_identity_center.matrix.change_report import NOBODY, as_sentences, headline

    from .columns import wrap

    for sentence in as_sentences(changes):
        typer.echo(wrap(sentence) if sys.stdout.isatty() else sentence)
    if (line := headline(changes)) != NOBODY:
        typer.echo(line)
