"""`identity-center matrix --diff`: who gains and who loses what by a preview."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
from pulumi_aws_identity_center.errors import NotPossibleHere
from pulumi_aws_identity_center.matrix.last_administrator import is_refusal

from .output import now, say, show_json

if TYPE_CHECKING:
    from pulumi_aws_identity_center.matrix.last_administrator import Loss
    from pulumi_aws_identity_center.matrix.preview import AccessChanges


def print_changes(file: Path, format_: str, sign_in: SignIn) -> int:
    """The exit status. Raises InvalidInput for what is no preview."""
    from pulumi_aws_identity_center.matrix.preview import find_access_changes

    from .preview_steps import PreviewSteps

    steps = PreviewSteps(file)
    compared = _compare_with_aws(find_access_changes(steps), sign_in)
    _print(compared, format_, steps.name, failed=bool(steps.failures))
    for sentence in _sentences(compared, steps.failures):
        say(sentence, err=True)
    return _exit_status(compared, steps.failures)


def _exit_status(compared: _Compared, failures: Sequence[str]) -> int:
    """1 where the last administrator goes, 2 where something isn't known. failures: the preview's own."""
    if any(map(is_refusal, failures)) or any(loss.certain for loss in compared.losses):
        return 1
    doubts = (*failures, *compared.losses, *compared.changes.unknown, *compared.unjudged)
    return 2 if doubts else 0


def _sentences(compared: _Compared, failures: Sequence[str]) -> Iterator[str]:
    """What goes to standard error."""
    yield from compared.unnamed
    yield from compared.unjudged
    yield from compared.changes.unknown
    yield from map(_failure_sentence, failures)
    for loss in compared.losses:
        yield f"{loss.sentence} {loss.remedy}"


def _failure_sentence(failure: str) -> str:
    if is_refusal(failure):
        return f"AccessMatrix refused this preview: {failure.removeprefix('error: ')}"
    return f"The preview failed, so it doesn't show everything: {failure}"


@dataclass(frozen=True)
class _Compared:
    """Sentences: unnamed, why names are left out, which decides no exit status; unjudged, why nobody knows whether an
    administrator remains."""

    changes: AccessChanges
    losses: tuple[Loss, ...] = ()
    unnamed: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()


def _compare_with_aws(changes: AccessChanges, sign_in: SignIn) -> _Compared:
    """With the names that the preview lacks, and whether an administrator remains; as far as AWS tells."""
    from pulumi_aws_identity_center.aws.reader import Unanswered, open_reader
    from pulumi_aws_identity_center.matrix.change_names import lacks_names, name_changes
    from pulumi_aws_identity_center.matrix.live_administration import find_live_losses

    if not changes.gains and not changes.loses and not changes.changed_sets:
        return _Compared(changes)
    try:
        reader = open_reader(sign_in)
        if lacks_names(changes):
            changes = name_changes(changes, reader)
        return _Compared(changes, tuple(find_live_losses(reader, changes)))
    except (Unanswered, NotPossibleHere) as error:
        unnamed = f"Names that the preview lacks are left out: {error}"
        unjudged = "So whether an administrator remains isn't judged: run it with credentials of the organization."
        takes_access = changes.loses or changes.changed_sets
        return _Compared(changes, unnamed=(unnamed,), unjudged=(unjudged,) if takes_access else ())


def _print(compared: _Compared, format_: str, source: str, *, failed: bool = False) -> None:
    from pulumi_aws_identity_center.matrix import change_report
    from pulumi_aws_identity_center.matrix.grants import printable

    changes = compared.changes
    if format_ == "json":
        show_json(change_report.as_json(changes))
    elif format_ == "markdown":
        typer.echo(change_report.as_markdown(changes, compared.losses, failed=failed))
    elif format_ == "csv":
        from pulumi_aws_identity_center.matrix.report import changes_as_csv

        typer.echo(changes_as_csv(printable(changes.gains), printable(changes.loses)), nl=False)
    elif format_ == "html":
        from pulumi_aws_identity_center.matrix.page import changes_as_html

        typer.echo(changes_as_html(printable(changes.gains), printable(changes.loses), source, now()))
    else:
        _show(changes, failed=failed)


def _show(changes: AccessChanges, *, failed: bool) -> None:
    """failed: that nobody gains or loses access isn't known then."""
    from pulumi_aws_identity_center.matrix.change_report import NOBODY, as_sentences, headline
    from pulumi_aws_identity_center.plain_text import one_line

    from .columns import wrap

    for sentence in map(one_line, as_sentences(changes)):
        if failed and sentence == NOBODY:
            continue
        typer.echo(wrap(sentence) if sys.stdout.isatty() else sentence)
    if (line := headline(changes)) != NOBODY:
        typer.echo(line)
