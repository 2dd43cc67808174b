"""The options of `status`, each with what it takes. A wrong one ends with exit status 2 and says what is allowed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import ReportFormat, check_seconds, read_option

if TYPE_CHECKING:
    from pulumi_aws_identity_center.domain.stack_config import StackConfig

ACCESS_ROLE = "arn:{partition}:iam::{account}:role/OrganizationAccountAccessRole"
"""The role that Organizations makes in accounts that it creates (orgs_manage_accounts_access.html)."""


def _deadline(value: float | None) -> float | None:
    if value is not None and value <= 0:
        raise typer.BadParameter("it must be a number of seconds above 0.")
    return check_seconds(value)


def _interval(value: float | None) -> float | None:
    # Eight calls a look: far below what AWS allows, and soon enough for a person.
    if value is not None and value < 1:
        raise typer.BadParameter("it must be a number of seconds, 1 or more.")
    return check_seconds(value)


def _template(value: str) -> str:
    if not re.fullmatch(r"arn:[^:]+:iam::\{account\}:role/\S+", value):
        raise typer.BadParameter(f"it must be a role's ARN with {{account}} in it, such as {ACCESS_ROLE}.")
    return value


def _administrator(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"\d{12}|none", value):
        raise typer.BadParameter('it must be an account id of 12 digits, or "none".')
    return value


ReportFormatOption = Annotated[
    ReportFormat, typer.Option("--format", help="For a person (table), a program (json) or CI (junit, sarif).")
]
AdministratorOption = Annotated[
    str | None,
    typer.Option(
        metavar="ACCOUNT-ID|none", callback=_administrator, help="Fail unless exactly this account is registered."
    ),
]
StackConfigOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The owning stack's Pulumi.STACK.yaml: whether break-glass is open, and the expected administrator.",
    ),
]
MembersOption = Annotated[bool, typer.Option("--members", help="Also check every account of the organization.")]
AssumeRoleOption = Annotated[
    str,
    typer.Option(
        metavar="ARN",
        callback=_template,
        help="With --members: the role to assume in each account, as an ARN with {account} in it.",
    ),
]
WatchOption = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", callback=_interval, help="Check again after so many seconds, and print what changed."
    ),
]
DeadlineOption = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        callback=_deadline,
        help="Stop waiting after so many seconds (30; 900 with --members), and report what is known.",
    ),
]


def read_stack(path: Path | None) -> StackConfig | None:
    """The configuration that --stack-config names."""
    if path is None:
        return None
    from pulumi_aws_identity_center.domain.stack_config import parse_stack_config
    from pulumi_aws_identity_center.domain.stack_file import read

    return read_option("--stack-config", path, lambda text: parse_stack_config(read(text, path.name)))
