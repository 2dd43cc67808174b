"""What commands print: text that others wrote can't become a line, a colour or a CI runner's command of its
own; and output that nobody gets is "could not tell"."""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO, cast

import typer

from pulumi_aws_identity_center.plain_text import Line, one_line

from .columns import wrap


def say(sentence: object, *, err: bool = False) -> None:
    """A sentence, in its own line; wrapped on a terminal."""
    typer.echo(_wrapped(one_line(sentence), sys.stderr if err else sys.stdout), err=err)


def _wrapped(text: str, stream: TextIO | None) -> str:
    return wrap(text, "") if is_terminal(stream) else text


def say_error(error: Exception) -> None:
    """On standard error, a line a problem."""
    problems = getattr(error, "problems", None) or (str(error),)
    for problem in problems:
        say(f"{'- ' if len(problems) > 1 else ''}{problem}", err=True)


def show_json(text: str) -> None:
    """JSON that json.dumps made."""
    typer.echo(inert_json(text))


def inert_json(text: str) -> str:
    """The same JSON: inside of its strings, what GitHub's runner takes for a command is escaped."""
    return text.replace("##[", "#\\u0023[")


def show_lines(lines: Callable[[int], Iterable[Line]], stream: TextIO | None = None) -> None:
    """For a terminal of so many columns: in colour unless NO_COLOR is set."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    for line in lines(console.width):
        console.print(Text(line.text, style=line.style), soft_wrap=line.is_whole)


def is_terminal(stream: TextIO | None) -> bool:
    """False for a stream that was closed before the command started."""
    return stream is not None and stream.isatty()


def now() -> str:
    """When a report was made."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")


class Undelivered(Exception):
    """Standard output takes no more; the cause is the system's error. No OSError: others' errors aren't about it."""


@contextlib.contextmanager
def undelivered_is_unknown() -> Iterator[None]:
    """Exit status 2 for output that can't be written, whatever it says: 1 would say "bad".

    The work is done all the same: `recover` turns trusted access on also where nobody reads what it says. What can't be
    said on standard error changes nothing.
    """
    stream, errors, is_closed = sys.stdout, sys.stderr, sys.stdout is None
    if is_closed:
        stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - Python closes it when it ends
    sys.stdout = cast(TextIO, _Output(stream))
    if errors is not None:
        sys.stderr = cast(TextIO, _Errors(errors))
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
            if is_closed:
                raise Undelivered from OSError(errno.EBADF, "standard output is closed")
    except Undelivered as error:
        _discard_output(stream)
        _say_undelivered(error.__cause__)
        raise SystemExit(2) from None
    finally:
        sys.stdout, sys.stderr = stream, errors


class _Output:
    """A stream whose failed writes raise Undelivered."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            raise Undelivered from error

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            raise Undelivered from error


class _Errors(_Output):
    """Standard error, which takes what nobody gets."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except Undelivered:
            _discard_output(self._stream)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except Undelivered:
            _discard_output(self._stream)


def _say_undelivered(error: BaseException | None) -> None:
    if isinstance(error, BrokenPipeError):
        return  # whose reader has enough
    reason = getattr(error, "strerror", None) or error
    typer.echo(f"The output can't be written: {reason}. Give it somewhere else to write to.", err=True)


def _discard_output(stream: TextIO) -> None:
    """Python writes what is left when it ends, and would fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
