"""What commands print: text that others wrote can't become a line, a colour or a CI runner's command of its
own; and output that nobody gets is "could not tell"."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO, TextIO

import typer

from pulumi_aws_identity_center.plain_text import one_line


def say(sentence: object, *, err: bool = False) -> None:
    """A sentence, in its own line."""
    typer.echo(one_line(sentence), err=err)


def say_error(error: Exception) -> None:
    """On standard error, a line a problem."""
    problems = getattr(error, "problems", None) or (str(error),)
    for problem in problems:
        typer.echo(f"{'- ' if len(problems) > 1 else ''}{one_line(problem)}", err=True)


def show_json(text: str) -> None:
    """JSON that json.dumps made. Inside of its strings, what GitHub's runner takes for a command is escaped."""
    typer.echo(text.replace("##[", "#\\u0023["))


def is_terminal(stream: TextIO | None) -> bool:
    """False for a stream that was closed before the command started."""
    return stream is not None and stream.isatty()


def standard_input() -> BinaryIO:
    """Raises OSError if it was closed before the command started."""
    if sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed")
    return sys.stdin.buffer


@contextlib.contextmanager
def undelivered_is_unknown() -> Iterator[None]:
    """Exit status 2 for output that can't be written, whatever it says: 1 would say "bad"."""
    if sys.stdout is None:
        typer.echo("The output can't be written: standard output is closed. Give it somewhere to write to.", err=True)
        raise SystemExit(2)
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        _discard_output()
        if not isinstance(error, BrokenPipeError):  # whose reader has enough
            reason = error.strerror or error
            typer.echo(f"The output can't be written: {reason}. Give it somewhere else to write to.", err=True)
        raise SystemExit(2) from None


def _discard_output() -> None:
    """Python writes what is left when it ends, and would fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
