"""`identity-center document KIND`: the IAM documents, to paste or to pipe."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import Format
from .status_options import read_stack


class Kind(enum.StrEnum):
    ENABLE = "enable"
    DISABLE = "disable"
    OBSERVE = "observe"
    GUARD = "guard"
    INSTALL = "install"


class Partition(enum.StrEnum):
    AWS = "aws"
    CHINA = "aws-cn"
    GOV_CLOUD = "aws-us-gov"


def document(
    kind: Annotated[Kind, typer.Argument(help="Which document.")],
    partition: Annotated[Partition, typer.Option(help="The AWS partition.")] = Partition.AWS,
    break_glass: Annotated[
        list[str] | None, typer.Option(metavar="ROLE-ARN", help="guard: a role that it leaves out; several times.")
    ] = None,
    boundary: Annotated[
        bool, typer.Option("--boundary", help="guard: as a permissions boundary (allows all else; never attach it).")
    ] = False,
    stack_config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="install: the Pulumi.STACK.yaml, for its roles and its administrator."),
    ] = None,
    _format: Annotated[Format, typer.Option("--format", help="The document is JSON in either.")] = Format.JSON,
) -> None:
    """Print the IAM document for enabling, disabling, observing or guarding trusted access, as JSON.

    install: what the first `pulumi up` takes beside enable and observe; for that one up, not to keep.
    """
    from .. import documents
    from ..errors import InvalidInput

    if kind is not Kind.GUARD and (break_glass or boundary):
        typer.echo(f"--break-glass and --boundary belong to guard, not to {kind}.", err=True)
        raise typer.Exit(2)
    if kind is not Kind.INSTALL and stack_config:
        typer.echo(f"--stack-config belongs to install, not to {kind}.", err=True)
        raise typer.Exit(2)
    build: dict[Kind, Callable[[], documents.Document]] = {
        Kind.ENABLE: lambda: documents.enable_document(partition=partition.value),
        Kind.DISABLE: lambda: documents.disable_document(partition=partition.value),
        Kind.OBSERVE: lambda: documents.observe_document(partition=partition.value),
        Kind.GUARD: lambda: documents.guard_document(
            partition=partition.value, break_glass_principals=break_glass or [], boundary=boundary
        ),
        Kind.INSTALL: lambda: _install(partition.value, stack_config),
    }
    try:
        text = build[kind]()
    except InvalidInput as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(json.dumps(text, indent=2))


def _install(partition: str, path: Path | None) -> Any:
    from ..errors import InvalidInput
    from ..first_up import install_document

    stack = read_stack(path)
    if stack is None:
        return install_document(partition=partition)
    if hidden := [key for key in stack.secrets if not key.endswith(":breakGlass")]:
        how = "call install_document() of pulumi_aws_identity_center with the stack's roles and administrator instead."
        raise InvalidInput(
            [f"{key} in {stack.source} holds a secret, which only Pulumi can read; {how}" for key in hidden]
        )
    return install_document(
        partition=partition, roles=stack.operator_roles or (), delegated_administrator=stack.administrator
    )
