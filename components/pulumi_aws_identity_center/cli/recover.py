"""`identity-center recover`: the way back."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import ProfileOption, RegionOption


def recover(
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask: for runbooks.")] = False,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """Turn trusted access on again, once, if it is off; then wait for proof. Needs what `document enable` prints.

    Exit 0: it is on. 1: it is off. 2: could not tell.
    """
    from ..audit.collect import open_account
    from ..audit.recover import recover as run

    account = open_account(profile, region)
    if account.value is None:
        typer.echo(f"Could not start: {account.explanation}. {account.remedy}", err=True)
        raise typer.Exit(2)

    def confirm() -> bool:
        return yes or typer.confirm(
            "Trusted access is OFF and nobody can sign in. Turn it on now (organizations:EnableAWSServiceAccess)?"
        )

    outcome = run(account.value, confirm)
    typer.echo(outcome.text, err=outcome.code != 0)
    raise typer.Exit(outcome.code)
