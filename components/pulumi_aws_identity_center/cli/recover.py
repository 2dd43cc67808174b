"""`identity-center recover`: turns trusted access on again."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from .columns import wrap
from .options import Format, FormatOption, ProfileOption, RegionOption, check_seconds
from .output import is_terminal, show_json

if TYPE_CHECKING:
    from rich.text import Text


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
    from pulumi_aws_identity_center.aws.client import open_account
    from pulumi_aws_identity_center.aws.sign_in_settings import SignIn
    from pulumi_aws_identity_center.status.recover import Outcome, WithinDeadline
    from pulumi_aws_identity_center.status.recover import recover as run

    def confirm(text: str) -> bool | None:
        _show(text, err=True)
        if yes:
            return True
        try:
            return _ask("Turn it on now?")
        except typer.Abort:  # the end of the input, or Ctrl-C
            return None
        finally:
            api.restart()

    account = open_account(SignIn(region, profile))
    if account.value is None:
        outcome = Outcome(2, "not-told", f"Could not start: {account.explanation}. {account.remedy}")
    else:
        api = WithinDeadline(account.value, deadline)
        try:
            outcome = run(api, confirm, seconds=deadline)
        except KeyboardInterrupt:
            text = "Interrupted. Run identity-center status to see whether trusted access is on."
            outcome = Outcome(2, "interrupted", text)
    if format_ is Format.JSON:
        show_json(json.dumps({"outcome": outcome.kind, "text": outcome.text}, indent=2))
    else:
        _show(outcome.text, err=outcome.code != 0)
    raise typer.Exit(outcome.code)


_ANSWERS = {"y": True, "yes": True, "n": False, "no": False, "": False}


def _ask(question: str) -> bool | None:
    """Without a terminal only once: nobody is there to correct an answer that is neither yes nor no (None)."""
    if sys.stdin is None:  # closed before the command started
        return None
    if is_terminal(sys.stdin):
        return typer.confirm(question, err=True)
    answer: str = typer.prompt(f"{question} [y/N]", default="", show_default=False, prompt_suffix=":\n", err=True)
    return _ANSWERS.get(answer.strip().lower())


def _show(text: str, *, err: bool) -> None:
    """On a terminal in colour, and sentences are broken between words; a command to paste stays whole."""
    from pulumi_aws_identity_center.aws.trusted_access import CALL
    from pulumi_aws_identity_center.plain_text import lines

    stream = sys.stderr if err else sys.stdout
    if not is_terminal(stream):
        typer.echo(lines(text), err=err)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    for line in lines(text).split("\n"):
        if line == CALL:
            console.print(Text(f"    {line}", style="bold"), soft_wrap=True)
        else:
            console.print(_coloured(Text(wrap(line, ""))))


def _coloured(sentence: Text) -> Text:
    sentence.highlight_regex(r"\b(is OFF|is still off)\b", "bold red")
    sentence.highlight_regex(r"\bis on( again)?(?=\.)", "bold green")
    return sentence
