"""`identity-center gate`: may this plan be applied?"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .input_text import open_text
from .options import MarkdownFormat, read_option
from .output import show_json, show_lines

if TYPE_CHECKING:
    from pulumi_aws_identity_center.gate.declared_rules import RuleConfigs
    from pulumi_aws_identity_center.gate.judge import Judgement

_CODES = {"safe": 0, "unsafe": 1, "undetermined": 2}


def _principals(values: list[str] | None) -> list[str]:
    from pulumi_aws_identity_center.domain.values import is_service_principal

    for value in values or ():
        if not is_service_principal(value):
            raise typer.BadParameter(f"{value!r} is not a service principal; one is guardduty.amazonaws.com.")
    return values or []


def gate(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The plan's JSON; - for standard input.")] = "-",
    format_: Annotated[
        MarkdownFormat, typer.Option("--format", help="For a person, a program, or a pull request's comment.")
    ] = MarkdownFormat.TABLE,
    guard_service: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PRINCIPAL", callback=_principals, help="Also guard the trusted access of this service. Repeatable."
        ),
    ] = None,
    stack_config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The stack's Pulumi.STACK.yaml: guardedServicePrincipals in it are guarded too."
        ),
    ] = None,
    policy_pack_config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The policy pack's configuration: which account is the management account; on a Terraform plan, also "
            "the configuration of the rules.",
        ),
    ] = None,
    break_glass_acknowledged: Annotated[
        str,
        typer.Option(
            metavar="REASON", help="While break-glass is open: accept the changes that it allows, for this reason."
        ),
    ] = "",
) -> None:
    """Tell whether a plan is safe to apply.

    It reads the JSON of pulumi preview (or of pulumi destroy or refresh with --preview-only), or of terraform show or
    tofu show.

    \b
    Exit status:
      0  safe
      1  unsafe: it would end sign-in, or remove a protection of sign-in
      2  could not tell
    """
    guarded = [*(guard_service or ()), *_configured(stack_config)]
    judgement = _judge(file, guarded, _rule_configs(policy_pack_config), break_glass_acknowledged)
    if break_glass_acknowledged.strip() and not judgement.break_glasses:
        typer.echo("No break-glass is open in this plan: --break-glass-acknowledged changes nothing.", err=True)
    _write(judgement, format_)
    raise typer.Exit(_CODES[judgement.verdict])


def _judge(file: str, guarded: Iterable[str], configs: RuleConfigs, acknowledged: str) -> Judgement:
    from pulumi_aws_identity_center.gate.judge import Judgement, judge_plan, unreadable
    from pulumi_aws_identity_center.gate.readers import read
    from pulumi_aws_identity_center.gate.readers.document import NotAPlan
    from pulumi_aws_identity_center.gate.rule_configs import management_account
    from pulumi_aws_identity_center.gate.service_principal import guarded_principals

    try:
        if file == "-":
            _look_at_standard_input()
        with open_text(file) as stream:
            entries = read(stream, configs)
            return judge_plan(entries, guarded_principals(guarded), acknowledged, management_account(configs))
    except OSError as error:
        return Judgement(
            "undetermined",
            [unreadable(f"{file} can't be read: {error.strerror}.", "Name a file that has the plan's JSON.")],
        )
    except NotAPlan as error:
        return Judgement("undetermined", [unreadable(str(error))])


def _look_at_standard_input() -> None:
    from pulumi_aws_identity_center.gate.readers.document import NotAPlan

    if sys.stdin is None:  # closed by who started it
        raise NotAPlan("Standard input is closed, so there is no preview in it: give it one, or name a file.")
    if sys.stdin.isatty():
        hint = "Reading the plan's JSON from standard input (Ctrl-D ends it). Usual: pulumi preview --json | "
        typer.echo(f"{hint}identity-center gate", err=True)


def _configured(path: Path | None) -> list[str]:
    """The services that the stack's configuration guards beside Identity Center."""
    from pulumi_aws_identity_center.domain.stack_file import read
    from pulumi_aws_identity_center.domain.values import check_guarded_services

    if path is None:
        return []

    def guarded_services(text: str) -> list[str]:
        return list(read(text, path.name).parsed("guardedServicePrincipals", check_guarded_services) or ())

    return read_option("--stack-config", path, guarded_services)


def _rule_configs(path: Path | None) -> RuleConfigs:
    from pulumi_aws_identity_center.gate.rule_configs import parse_rule_configs

    return read_option("--policy-pack-config", path, parse_rule_configs) if path else {}


def _write(judgement: Judgement, format_: MarkdownFormat) -> None:
    from pulumi_aws_identity_center.gate import report

    if format_ is MarkdownFormat.JSON:
        show_json(report.as_json(judgement))
    elif format_ is MarkdownFormat.TABLE and sys.stdout.isatty():
        from pulumi_aws_identity_center.gate.terminal_report import terminal_lines

        show_lines(partial(terminal_lines, judgement))
    else:
        lines = report.as_markdown if format_ is MarkdownFormat.MARKDOWN else report.as_lines
        typer.echo("\n".join(lines(judgement)))
