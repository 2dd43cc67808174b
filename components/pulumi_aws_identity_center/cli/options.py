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


FormatOption = Annotated[Format, typer.Option("--format", help="How to print: for a person, or for a program.")]
ProfileOption = Annotated[str | None, typer.Option(help="The AWS profile to use.")]
RegionOption = Annotated[str | None, typer.Option(help="The AWS Region; Identity Center is in one Region.")]
