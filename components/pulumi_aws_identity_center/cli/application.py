"""The application of the command `identity-center`.

Each command is a file, imported only if it is the one that runs (or for help), and it imports what it needs when it
runs: so none pays for another, and `status` never imports pulumi.
"""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from .output import say, undelivered_is_unknown

COMMANDS = ("status", "who-can-disable", "gate", "matrix", "import-matrix", "document", "recover")
"""Each is the function of that name, with _ for -, in the module of that name."""

_HELP = """Keeps AWS IAM Identity Center's trusted access on.

Exit status of every command: 0 good, 1 bad, 2 could not tell."""


def build(arguments: Sequence[str] = ()) -> typer.Typer:
    """The application; with only the command that the arguments begin with, if they begin with one."""
    app = typer.Typer(
        help=_HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # rich's table of options cuts their names at 80 columns
        context_settings={"max_content_width": 120},
    )
    # A callback keeps the command's name in the usage where there is one command only.
    app.callback()(_all_commands)
    for name in [arguments[0]] if arguments and arguments[0] in COMMANDS else COMMANDS:
        module = name.replace("-", "_")
        app.command(name)(interruptible(getattr(import_module(f"{__package__}.{module}"), module)))
    return app


def interruptible(command: Callable[..., None]) -> Callable[..., None]:
    """Ctrl-C, input that is nested too deeply, and what the system refuses are "could not tell"; a trace's exit status
    is 1, which says "bad"."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except KeyboardInterrupt:
            typer.echo("Interrupted: nothing is known.", err=True)
            raise typer.Exit(2) from None
        except RecursionError:
            typer.echo("The input is nested too deeply to be read: nothing is known.", err=True)
            raise typer.Exit(2) from None
        except OSError as error:
            say(f"The system refused: {error}. What the command would have said isn't known.", err=True)
            raise typer.Exit(2) from None

    return run


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"identity-center {version('pulumi-aws-identity-center')}")
        raise typer.Exit()


def _all_commands(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """What every command takes."""


def run(arguments: Sequence[str]) -> None:
    """Runs a command and ends the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Not every terminal and pipe takes every character, and a mark is not worth an exception.
            stream.reconfigure(errors="replace")
    with undelivered_is_unknown():
        build(arguments)(prog_name="identity-center")
