"""`identity-center who-can-disable`: who in the management account could lock everybody out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pulumi_aws_identity_center.errors import InvalidInput

from .input_text import open_text
from .options import MarkdownFormat, ProfileOption, RegionOption, check_seconds
from .output import is_terminal, say, say_error, show_json, show_lines
from .output_file import check_writable, write_whole
from .progress import ProgressBar

if TYPE_CHECKING:
    from pulumi_aws_identity_center.access.account import Account
    from pulumi_aws_identity_center.access.baseline import Baseline

Report = dict[str, list[dict[str, Any]]]

_KEY_ARN = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")


def _check_key(value: str | None) -> str | None:
    """A callback: no policy names a key by its id or alias, so with these nobody could harm it."""
    if value is not None and not _KEY_ARN.fullmatch(value):
        raise typer.BadParameter(f"{value!r} is no key's ARN, such as arn:aws:kms:us-east-1:111122223333:key/ID.")
    return value


def who_can_disable(
    input_: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="FILE",
            help="Read the output of that command from FILE (- for standard input), not from AWS.",
        ),
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option(metavar="ARN", help="Accept this principal; * and ? are wildcards. Repeatable.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Accept the principals and actions in FILE: exit 1 only for others."),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write today's principals and actions to the file of --baseline.")
    ] = False,
    kms_key: Annotated[
        str | None,
        typer.Option(
            metavar="ARN",
            callback=_check_key,
            help="With --input: the customer managed key of the Identity Center instance.",
        ),
    ] = None,
    deadline: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", min=1, callback=check_seconds, help="How long reading the live account may take."
        ),
    ] = 600,
    format_: Annotated[
        MarkdownFormat, typer.Option("--format", help="For a person, a program, or a CI job's summary.")
    ] = MarkdownFormat.TABLE,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """List who can lock everybody out of AWS.

    It lists the management account's principals that can do it now, or can give themselves the permission. It reads the
    account as this command does:

    \b
      aws iam get-account-authorization-details

    \b
    Exit status:
      0  nobody can, except principals that --allow or --baseline accepts
      1  another principal can
      2  could not tell: undetermined principals, unreadable or incomplete input,
         no credentials, access denied
    """
    from pulumi_aws_identity_center.access.baseline import as_baseline, mark_accepted, parse_baseline
    from pulumi_aws_identity_center.access.who_can_disable import unreadable, who_can_disable

    accepted = _read_baseline(baseline, update_baseline)
    account, problem = _account(input_, profile, region, deadline, is_progress_shown=format_ is MarkdownFormat.TABLE)
    if account is None:
        if format_ is MarkdownFormat.JSON:
            show_json(json.dumps({"principals": [], "undetermined": [unreadable(problem)]}, indent=2))
        _fail(problem)
    account.instance_key = kms_key or account.instance_key
    report = who_can_disable(account)
    new_baseline = "" if account.incomplete or not update_baseline else as_baseline(report["principals"])
    if new_baseline:
        accepted = parse_baseline(new_baseline, str(baseline))
    report["principals"] = mark_accepted(report["principals"], allow or (), accepted)
    _show(report, format_)
    if baseline is not None and new_baseline:
        try:
            write_whole(Path(baseline), new_baseline)
        except InvalidInput as error:
            _fail(str(error))
    unaccepted = [str(row["arn"]) for row in report["principals"] if "accepted" not in row]
    if format_ is not MarkdownFormat.TABLE:
        _name_first(unaccepted)
    if account.incomplete:
        _fail(account.incomplete)
    raise typer.Exit(1 if unaccepted else 2 if report["undetermined"] else 0)


def _fail(problem: str) -> NoReturn:
    """Could not tell."""
    say(problem, err=True)
    raise typer.Exit(2)


def _read_baseline(name: str | None, update: bool) -> Baseline:
    """The accepted ways; none without a file, or for one that is about to be written."""
    from pulumi_aws_identity_center.access.baseline import parse_baseline

    if update and name is None:
        raise typer.BadParameter("--update-baseline needs --baseline FILE, the file to write.")
    if name is None:
        return {}
    try:
        if update:
            check_writable(Path(name))
            return {}
        return parse_baseline(Path(name).read_text("utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        _fail(f"{name} can't be read: {reason}. Make it with --update-baseline.")
    except InvalidInput as error:
        say_error(error)
        raise typer.Exit(2) from None


def _name_first(arns: Sequence[str]) -> None:
    """The answer beside a report that is for a program or another page."""
    if arns and not is_terminal(sys.stdout):
        more = f" and {len(arns) - 1} more" if len(arns) > 1 else ""
        say(f"{arns[0]}{more} can lock everybody out, and no --allow or --baseline accepts that.", err=True)


def _account(
    input_: str | None, profile: str | None, region: str | None, seconds: float, *, is_progress_shown: bool
) -> tuple[Account | None, str]:
    """What was read, or why nothing was."""
    from pulumi_aws_identity_center.access.authorization_details import NotAuthorizationDetails
    from pulumi_aws_identity_center.access.live_account import NotManagementAccount, NotReadable, live
    from pulumi_aws_identity_center.access.saved_account import read_saved
    from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS

    try:
        if input_ is None:
            with ProgressBar(is_shown=is_progress_shown) as progress:
                return live(profile, region, RELEVANT_ACTIONS, seconds, progress), ""
        with open_text(input_) as stream:
            return read_saved(stream, RELEVANT_ACTIONS), ""
    except OSError as error:
        return None, f"{input_} can't be read: {error.strerror or 'the system refused'}."
    except (NotAuthorizationDetails, NotManagementAccount, NotReadable) as error:
        return None, str(error)


def _show(report: Report, format_: MarkdownFormat) -> None:
    from pulumi_aws_identity_center.access import text_report
    from pulumi_aws_identity_center.plain_text import printable

    if format_ is MarkdownFormat.JSON:
        show_json(json.dumps(report, indent=2))
    elif format_ is MarkdownFormat.MARKDOWN:
        typer.echo("\n".join(text_report.markdown_lines(report)))
    elif sys.stdout.isatty():
        lines = partial(text_report.terminal_lines, printable(report))
        show_lines(lambda width: (line._replace(is_whole=True) for line in lines(width)))
    else:
        typer.echo("\n".join(text_report.plain_lines(printable(report))))
