"""`identity-center document KIND`: the IAM documents, to paste or to pipe."""

from __future__ import annotations

import enum
import json
from typing import Annotated

import typer

from .options import Format


class Kind(enum.StrEnum):
    ENABLE = "enable"
    DISABLE = "disable"
    OBSERVE = "observe"
    GUARD = "guard"


class Partition(enum.StrEnum):
    AWS = "aws"
    CHINA = "aws-cn"
    GOV_CLOUD = "aws-us-gov"


def document(
    kind: Annotated[Kind, typer.Argument(help="Which document.")],
    partition: Annotated[Partition, typer.Option(help="The AWS partition.")] = Partition.AWS,
    break_glass: Annotated[
        list[str] | None, typer.Option(metavar="ROLE-ARN", help="guard: a role that it leaves out; several times.")
    ] = None,
    boundary: Annotated[
        bool, typer.Option("--boundary", help="guard: as a permissions boundary (allows all else; never attach it).")
    ] = False,
    _format: Annotated[Format, typer.Option("--format", help="The document is JSON in either.")] = Format.JSON,
) -> None:
    """Print the IAM document for enabling, disabling, observing or guarding trusted access, as JSON."""
    from .. import documents
    from ..errors import InvalidInput

    if kind is not Kind.GUARD and (break_glass or boundary):
        typer.echo(f"--break-glass and --boundary belong to guard, not to {kind}.", err=True)
        raise typer.Exit(2)
    try:
        found = {
            Kind.ENABLE: documents.enable_document,
            Kind.DISABLE: documents.disable_document,
            Kind.OBSERVE: documents.observe_document,
        }
        if kind is Kind.GUARD:
            text = documents.guard_document(
                partition=partition.value, break_glass_principals=break_glass or [], boundary=boundary
            )
        else:
            text = found[kind](partition=partition.value)
    except InvalidInput as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(json.dumps(text, indent=2))
