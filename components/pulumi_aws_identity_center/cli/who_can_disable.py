"""`identity-center who-can-disable`: who in the management account could lock everybody out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_aws_identity_center.errors import count

from .options import Format, FormatOption, ProfileOption, RegionOption, check_seconds
from .output import say, say_error, show_json
from .progress import ProgressBar

if TYPE_CHECKING:
    from pulumi_aws_identity_center.access.account import Account

_COLUMNS = ("actions", "escalation", "through", "conditions")
_HEADINGS = {"actions": "can call", "escalation": "can escalate by", "through": "policies", "conditions": "only if"}


def who_can_disable(
    input_: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="FILE",
            help="Read FILE instead of AWS (- for stdin): the output of aws iam get-account-authorization-details",
        ),
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option(metavar="ARN", help="Accept this principal; * and ? are wildcards. Repeatable.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The principals and ways that are accepted: exit 1 only for others."),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write today's principals and ways to the --baseline file.")
    ] = False,
    kms_key: Annotated[
        str | None,
        typer.Option(metavar="ARN", help="With --input: the customer managed key of the Identity Center instance."),
    ] = None,
    deadline: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", min=1, callback=check_seconds, help="How long reading the live account may take."
        ),
    ] = 600,
    format_: FormatOption = Format.TABLE,
    profile: ProfileOption = None,
    region: RegionOption = None,
) -> None:
    """List who can lock everybody out of AWS.

    It lists the management account's principals that can do it now, or can give themselves the permission.

    \b
    Exit status:
      0  nobody can, except principals that --allow or --baseline accepts
      1  another principal can
      2  could not tell: undetermined principals, unreadable or incomplete input,
         no credentials, access denied
    """
    import json

    from pulumi_aws_identity_center.access.who_can_disable import unreadable, who_can_disable

    accepted = _read_baseline(baseline, update_baseline)
    account, problem = _account(input_, profile, region, deadline, format_)
    if account is None:
        report: dict[str, list[dict[str, Any]]] = {"principals": [], "undetermined": [unreadable(problem)]}
    else:
        account.instance_key = kms_key or account.instance_key
        report = who_can_disable(account)
    if format_ is Format.JSON:
        show_json(json.dumps(report, indent=2))
    elif account is not None:
        _show(report)
    if account is None or account.incomplete:
        _name_first(_unaccepted(report["principals"], allow or (), accepted))
        say(problem or (account.incomplete if account else ""), err=True)
        raise typer.Exit(2)
    if update_baseline and baseline:
        accepted = _write_baseline(baseline, report["principals"])
    others = _unaccepted(report["principals"], allow or (), accepted)
    _name_first(others)
    raise typer.Exit(1 if others else 2 if report["undetermined"] else 0)


def _read_baseline(name: str | None, update: bool) -> Mapping[str, frozenset[str]]:
    """The accepted ways; none without a file, or for one that is about to be written."""
    from pathlib import Path

    from pulumi_aws_identity_center.access.baseline import parse_baseline
    from pulumi_aws_identity_center.errors import InvalidInput

    if name is None:
        if update:
            raise typer.BadParameter("--update-baseline needs --baseline FILE, the file to write.")
        return {}
    if update:
        return {}
    try:
        return parse_baseline(Path(name).read_text("utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        say(f"{name} can't be read: {reason}. Make it with --update-baseline.", err=True)
    except InvalidInput as error:
        say_error(error)
    raise typer.Exit(2)


def _write_baseline(name: str, principals: Sequence[Mapping[str, Any]]) -> Mapping[str, frozenset[str]]:
    """Writes the file whole or not at all; gives what it now accepts."""
    from pathlib import Path

    from pulumi_aws_identity_center.access.baseline import as_baseline, parse_baseline

    text, file = as_baseline(principals), Path(name)
    half = file.with_name(f"{file.name}.half")
    try:
        half.write_text(text, "utf-8")
        half.replace(file)
    except OSError as error:
        say(f"{name} can't be written: {error.strerror or 'the system refused'}.", err=True)
        raise typer.Exit(2) from None
    return parse_baseline(text, name)


def _unaccepted(
    principals: Sequence[Mapping[str, Any]], allow: Sequence[str], accepted: Mapping[str, frozenset[str]]
) -> list[str]:
    """The ARNs that neither --allow nor the baseline accepts as they are."""
    from pulumi_aws_identity_center.access.baseline import new_ways
    from pulumi_aws_identity_center.iam.wildcards import matches

    ways = new_ways(principals, accepted)
    return [arn for arn in ways if not any(matches(pattern, arn) for pattern in allow)]


def _name_first(arns: Sequence[str]) -> None:
    if arns:
        more = f" and {len(arns) - 1} more" if len(arns) > 1 else ""
        say(f"{arns[0]}{more} can lock everybody out, and no --allow or --baseline accepts that.", err=True)


def _account(
    input_: str | None, profile: str | None, region: str | None, seconds: float, format_: Format
) -> tuple[Account | None, str]:
    """What was read, or why nothing was."""
    from pulumi_aws_identity_center.access.authorization_details import NotAuthorizationDetails
    from pulumi_aws_identity_center.access.live_account import NotManagementAccount, NotReadable, live
    from pulumi_aws_identity_center.access.saved_account import read_saved
    from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS

    try:
        if input_ is None:
            with ProgressBar(is_shown=format_ is Format.TABLE) as progress:
                return live(profile, region, RELEVANT_ACTIONS, seconds, progress), ""
        with _opened(input_) as stream:
            return read_saved(stream, RELEVANT_ACTIONS), ""
    except OSError as error:
        return None, f"{input_} can't be read: {error.strerror or 'the system refused'}."
    except (NotAuthorizationDetails, NotManagementAccount, NotReadable) as error:
        return None, str(error)


def _opened(name: str) -> Any:
    import contextlib
    import io
    import sys
    from pathlib import Path

    if name == "-":
        sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        return contextlib.nullcontext(sys.stdin)
    file = Path(name).open("rb")  # noqa: SIM115 - closed with what is around it
    # As PowerShell's > writes it. Looked at without taking it: it may be a pipe.
    is_utf_16 = file.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
    return io.TextIOWrapper(file, encoding="utf-16" if is_utf_16 else "utf-8")


def _show(report: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """A block a principal for a terminal, its name first; a line a fact otherwise."""
    import sys

    from pulumi_aws_identity_center.plain_text import printable

    report = printable(report)
    is_terminal = sys.stdout.isatty()
    if is_terminal:
        _show_headline(report)
    show_one = _show_block if is_terminal else _show_lines
    for row in report["principals"]:
        show_one(row)
    for doubt in report["undetermined"]:
        typer.echo(f"undetermined: {doubt['arn']}: {doubt['what']}: {doubt['detail']}")
    if "sentinel" in report:
        _show_stoppers(report["sentinel"], {row["arn"] for row in report["principals"]})
    if not is_terminal:
        undetermined = len({row["arn"] for row in report["undetermined"]})
        typer.echo(f"{len(report['principals'])} can, {undetermined} undetermined")


def _show_headline(report: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """The answer first: how many principals can, and how many are undetermined."""
    capable, undetermined = len(report["principals"]), len({row["arn"] for row in report["undetermined"]})
    who = f"{count(capable, 'principal') if capable else 'No principal'} can"
    doubt = f" {undetermined} undetermined." if undetermined else ""
    colour = typer.colors.RED if capable else typer.colors.YELLOW if undetermined else typer.colors.GREEN
    typer.secho(f"{who} lock everybody out (the root user always can).{doubt}\n", fg=colour, bold=True)


def _show_stoppers(stoppers: Sequence[Mapping[str, Any]], capable: set[str]) -> None:
    """One line: whoever can turn trusted access off is listed above already."""
    others = [str(row["arn"]) for row in stoppers if row["arn"] not in capable]
    more = f", and {', '.join(others)}" if others else ""
    typer.echo(f"Can stop the Sentinel: {len(stoppers) - len(others)} of the principals above{more}")


def _show_lines(row: Mapping[str, Any]) -> None:
    more = _additions(row)
    typer.echo(f"{row['arn']} ({'; '.join(more)})" if more else str(row["arn"]))
    for name in _COLUMNS:
        if row[name]:
            typer.echo(f"  {name}: {', '.join(row[name])}")


def _show_block(row: Mapping[str, Any]) -> None:
    """Never cut: what is too long for the terminal goes on in the next line, below its own beginning."""
    import shutil
    import textwrap

    name = str(row["arn"]).rpartition(":")[2]
    typer.echo(typer.style(name, bold=True) + "".join(f", {addition}" for addition in _additions(row)))
    width = shutil.get_terminal_size((80, 24)).columns
    for column in _COLUMNS:
        if row[column]:
            heading = f"  {_HEADINGS[column]:<16}"
            lines = textwrap.wrap(
                ", ".join(row[column]),
                width=max(width - len(heading), 20),
                break_long_words=False,
                break_on_hyphens=False,
            )
            typer.echo(heading + ("\n" + " " * len(heading)).join(lines))
    typer.echo()


def _additions(row: Mapping[str, Any]) -> list[str]:
    additions = [f"permission set {row['permission_set']}"] if "permission_set" in row else []
    return additions + ([f"by group {', '.join(row['groups'])}"] if "groups" in row else [])
