"""What commands print: text that others wrote can't become a line, a colour or a CI runner's command of its own."""

from __future__ import annotations

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
