"""`identity-center recover`: the way back."""

from __future__ import annotations

from typing import Annotated

import typer

from .columns import wrap
from .options import Format, FormatOption, ProfileOption, RegionOption, check_seconds
from .output import is_terminal, show_json


def recover(
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask for confirmation.")] = False,
    format_: FormatOption = Format.TABLE,
    profile: ProfileOption = None,
    region: RegionOption = None,
    deadline: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", min=1, callback=check_seconds, help="How long it may take, not counting your answer."
        ),
    ] = 60,
) -> None:
    """Turn trusted access on again.

    It makes one call if trusted access is off, and then waits until AWS lists Identity Center. It needs the permissions
    of identity-center document enable.

    \b
    Exit status:
      0  trusted access is on
      1  trusted access is off
      2  could not tell
    """
    import json

    from pulumi_aws_identity_center.aws.client import open_account
    from pulumi_aws_identity_center.status.recover import Outcome, WithinDeadline
    from pulumi_aws_identity_center.status.recover import recover as run

    def confirm(text: str) -> bool | None:
        _show(text, err=True)
        if yes:
            return True
        try:
            return typer.confirm("Turn it on now?", err=True)
        except typer.Abort:  # the end of the input, or Ctrl-C
            return None
        finally:
            switch.restart()

    account = open_account(profile, region)
    if account.value is None:
        outcome = Outcome(2, "not-told", f"Could not start: {account.explanation}. {account.remedy}")
    else:
        switch = WithinDeadline(account.value, deadline)
        try:
            outcome = run(switch, confirm, seconds=deadline)
        except KeyboardInterrupt:
            text = "Interrupted. Run identity-center status to see whether trusted access is on."
            outcome = Outcome(2, "interrupted", text)
    if format_ is Format.JSON:
        show_json(json.dumps({"outcome": outcome.kind, "text": outcome.text}, indent=2))
    else:
        _show(outcome.text, err=outcome.code != 0)
    raise typer.Exit(outcome.code)


def _show(text: str, *, err: bool) -> None:
    """On a terminal, sentences are broken between words; a command to paste stays whole."""
    import sys

    from pulumi_aws_identity_center.aws.trusted_access import CALL
    from pulumi_aws_identity_center.plain_text import lines

    is_wrapped = is_terminal(sys.stderr if err else sys.stdout)
    for line in lines(text).split("\n"):
        typer.echo(wrap(line, "") if is_wrapped and line != CALL else line, err=err)
