"""Options that several commands share."""

from __future__ import annotations

import enum
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.plain_text import one_line

Value = TypeVar("Value")


class Format(enum.StrEnum):
    TABLE = "table"
    JSON = "json"


class MarkdownFormat(enum.StrEnum):
    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


class ReportFormat(enum.StrEnum):
    TABLE = "table"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"


MOST_SECONDS = 10_000_000


def check_seconds(value: float | None) -> float | None:
    """A callback of options. Refuses nan, infinity, and more seconds than a clock counts."""
    if value is not None and not value <= MOST_SECONDS:
        raise typer.BadParameter(f"it must be a number of seconds, at most {MOST_SECONDS}.")
    return value


def read_option(option: str, path: Path, parse: Callable[[str], Value]) -> Value:
    """What `parse` makes of the file that an option names. Raises BadParameter."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise typer.BadParameter(one_line(f"{option}: {path} can't be read: {error.strerror}.")) from None
    except (UnicodeDecodeError, InvalidInput) as error:
        raise typer.BadParameter(one_line(f"{option}: {error}")) from None


FormatOption = Annotated[Format, typer.Option("--format", help="For a person (table) or a program (json).")]
ProfileOption = Annotated[str | None, typer.Option(help="The AWS profile to use.")]
RegionOption = Annotated[str | None, typer.Option(help="The AWS Region of Identity Center.")]
