"""`identity-center document KIND`: the IAM documents, to paste or to pipe."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from pulumi_aws_identity_center.errors import InvalidInput, collected

from .options import Format, read_option


class Kind(enum.StrEnum):
    ENABLE = "enable"
    DISABLE = "disable"
    OBSERVE = "observe"
    PREVIEW = "preview"
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
        list[str] | None, typer.Option(metavar="ROLE-ARN", help="With guard: a role that it does not deny. Repeatable.")
    ] = None,
    boundary: Annotated[
        bool,
        typer.Option(
            "--boundary",
            help="With guard: print it as a permissions boundary. As an attached policy it would allow everything.",
        ),
    ] = False,
    sentinel: Annotated[
        bool, typer.Option("--sentinel", help="With enable: add what a refresh of a Sentinel reads.")
    ] = False,
    stack_config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="With install: the stack's Pulumi.STACK.yaml, for its roles and its delegated administrator.",
        ),
    ] = None,
    _format: Annotated[Format, typer.Option("--format", help="The document is JSON in both formats.")] = Format.JSON,
) -> None:
    """Print an IAM document as JSON.

    \b
    enable   the permissions that turn trusted access on
    disable  the permissions that turn trusted access off
    observe  the permissions that identity-center status needs
    guard    a denial of every call that ends sign-in
    preview  the permissions that pulumi preview needs; they only read
    install  the permissions that the first pulumi up needs besides enable and
             observe; remove them afterwards
    """
    from pulumi_aws_identity_center.domain import iam_documents

    owners = (
        ("--break-glass and --boundary belong", Kind.GUARD, break_glass or boundary),
        ("--sentinel belongs", Kind.ENABLE, sentinel),
        ("--stack-config belongs", Kind.INSTALL, stack_config),
    )
    for options, owner, is_given in owners:
        if is_given and kind is not owner:
            typer.echo(f"{options} to {owner}, not to {kind}.", err=True)
            raise typer.Exit(2)
    from pulumi_aws_identity_center.plain_text import lines

    build: dict[Kind, Callable[[], iam_documents.Document]] = {
        Kind.ENABLE: lambda: iam_documents.enable_document(partition=partition.value, sentinel=sentinel),
        Kind.DISABLE: lambda: iam_documents.disable_document(partition=partition.value),
        Kind.OBSERVE: lambda: iam_documents.observe_document(partition=partition.value),
        Kind.PREVIEW: lambda: iam_documents.preview_document(partition=partition.value),
        Kind.GUARD: lambda: iam_documents.guard_document(
            partition=partition.value, break_glass_principals=break_glass or [], boundary=boundary
        ),
        Kind.INSTALL: lambda: _install(partition.value, stack_config),
    }
    try:
        text = build[kind]()
    except InvalidInput as error:
        typer.echo(lines(str(error)), err=True)  # several lines, if it is about the stack's own file
        raise typer.Exit(2) from None
    typer.echo(json.dumps(text, indent=2))


def _install(partition: str, path: Path | None) -> Any:
    from pulumi_aws_identity_center.domain.install_document import install_document

    if path is None:
        return install_document(partition=partition)
    stack = _arguments(path)
    return install_document(
        partition=partition,
        roles=stack.get("operatorRoles") or (),
        delegated_administrator=stack.get("delegatedAdministratorAccountId"),
        sentinel=stack.get("sentinel") is not None,
    )


_ASKED = ("delegatedAdministratorAccountId", "operatorRoles")
_HOW = "call install_document() of pulumi_aws_identity_center with the stack's roles and administrator instead"


def _arguments(path: Path) -> Mapping[str, Any]:
    """The stack's arguments, as its program reads them, without break-glass: the document doesn't depend on it."""
    from pulumi_aws_identity_center.components.config import parse
    from pulumi_aws_identity_center.domain.configuration import KEYS
    from pulumi_aws_identity_center.domain.stack_file import read
    from pulumi_aws_identity_center.names import PACKAGE

    stack = read_option("--stack-config", path, lambda text: read(text, path.name))
    problems = [
        f"{PACKAGE}:{key} holds a secret, which only Pulumi can read; {_HOW}." for key in stack.secrets if key in _ASKED
    ]
    # An unknown key is a problem, whatever its value is.
    unknown = {key: "" for key in stack.secrets if key not in KEYS}
    texts = {key: value for key, value in stack.texts.items() if key != "breakGlass"}
    args: Mapping[str, Any] = {}
    with collected(problems):
        args = parse({**unknown, **texts})
    if problems:
        listed = InvalidInput(problems)
        raise InvalidInput([f"The configuration of {PACKAGE} in {path.name} has problems:\n{listed}"])
    return args
