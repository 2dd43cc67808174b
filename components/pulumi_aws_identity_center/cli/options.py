"""Options that several commands share."""

from __future__ import annotations

import enum
from typing import Annotated

import typer


class Format(enum.StrEnum):
    TABLE = "table"
    JSON = "json"


class ReportFormat(enum.StrEnum):
    TABLE = "table"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"


MOST_SECONDS = 10_000_000


def check_seconds(value: float | None) -> float | None:
    """A callback of options: nan, infinity and what no clock counts are no number of seconds."""
    if value is not None and not value <= MOST_SECONDS:
        raise typer.BadParameter(f"it is a number of seconds, at most {MOST_SECONDS}.")
    return value


FormatOption = Annotated[Format, typer.Option("--format", help="For a person (table) or a program (json).")]
ProfileOption = Annotated[str | None, typer.Option(help="The AWS profile to use.")]
RegionOption = Annotated[str | None, typer.Option(help="The AWS Region of Identity Center.")]
