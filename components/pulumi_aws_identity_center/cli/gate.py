"""`identity-center gate`: may this preview be applied?"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Format, FormatOption

if TYPE_CHECKING:
    from pulumi_aws_identity_center.gate.finding import Finding

_CODES = {"safe": 0, "unsafe": 1, "undetermined": 2}


def gate(
    file: Annotated[str, typer.Argument(metavar="[FILE or -]", help="The preview's JSON; - for standard input.")] = "-",
    format_: FormatOption = Format.TABLE,
) -> None:
    """Read the JSON of pulumi preview, or of destroy or refresh --preview-only, and tell whether it is safe to apply.

    Exit 0: safe. 1: it would take trusted access away, or what keeps it. 2: could not tell.
    """
    from pulumi_aws_identity_center.gate.judge import judge, unreadable
    from pulumi_aws_identity_center.gate.readers import read
    from pulumi_aws_identity_center.gate.readers.document import NotAPlan, opened

    try:
        if file == "-" and sys.stdin is None:  # closed by who started it
            raise NotAPlan("Standard input is closed, so there is no preview in it: give it one, or name a file.")
        with opened(sys.stdin.buffer if file == "-" else Path(file).open("rb")) as stream:
            verdict, findings = judge(read(stream))
    except OSError as error:
        verdict, findings = "undetermined", [unreadable(f"{file} can't be read: {error.strerror}.")]
    except NotAPlan as error:
        verdict, findings = "undetermined", [unreadable(str(error))]
    if sys.stdout is None:
        typer.echo("The verdict can't be written: standard output is closed. Give it somewhere to write to.", err=True)
        raise typer.Exit(2)
    try:
        _tell(verdict, findings, format_)
    except BrokenPipeError:
        raise  # who reads has enough: the entry point's affair
    except OSError as error:
        typer.echo(f"The verdict can't be written: {error.strerror}. Give it somewhere else to write to.", err=True)
        _discard_output()
        raise typer.Exit(2) from None
    raise typer.Exit(_CODES[verdict])


def _tell(verdict: str, findings: list[Finding], format_: Format) -> None:
    import json

    if format_ is Format.JSON:
        rows = [finding.as_json() for finding in findings]
        typer.echo(json.dumps({"verdict": verdict, "findings": rows}, indent=2))
    else:
        for finding in findings:
            where = f" {finding.op} {finding.urn}" if finding.urn else ""
            typer.echo(f"{finding.rule}:{where}\n  {finding.detail}\n  → {finding.remedy}")
        typer.echo(f"verdict: {verdict}")
    sys.stdout.flush()


def _discard_output() -> None:
    """Python writes what is left when it ends, and would fail again."""
    import os

    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
