"""The command `identity-center`. Exit 0 good, 1 bad, 2 could not tell, on every command.

Each command is a file; it imports what it needs when it runs, so that none pays for another.
"""

from __future__ import annotations

import typer

from .document import document
from .gate import gate
from .recover import recover
from .status import status
from .who_can_disable import who_can_disable

app = typer.Typer(
    help="Keeps AWS IAM Identity Center's trusted access on. Exit status: 0 good, 1 bad, 2 could not tell.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("status")(status)
app.command("who-can-disable")(who_can_disable)
app.command("gate")(gate)
app.command("document")(document)
app.command("recover")(recover)


def main() -> None:
    """Entry point of the console script."""
    app(prog_name="identity-center")
