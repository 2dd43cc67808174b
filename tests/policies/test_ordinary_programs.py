"""No rule refuses an ordinary program; programs that can end sign-in are refused by the right rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pack.wire import hidden_texts
from pulumi_aws_identity_center.domain.violation import Level
from rules import no_disable_grant
from rules.registry import RULES

from tests.declared_resources import Said, messages
from tests.policies.ordinary_programs import MANAGEMENT, Program, account_vending, programs
from tests.walk import walk

PROGRAMS = list(programs())
CONFIGURED = {"no-disable-grant": {"managementAccountId": MANAGEMENT}}


@walk("program", PROGRAMS)
def test_only_programs_that_can_end_sign_in_are_refused(program: Program) -> None:
    messages_by_rule = {rule.id: messages(rule, *program.resources) for rule in RULES}
    refused = {rule for rule, lines in messages_by_rule.items() if any(line.level is Level.MANDATORY for line in lines)}
    assert refused == program.refused


@walk("program", PROGRAMS)
def test_knowing_the_management_account_refuses_no_other(program: Program) -> None:
    for rule in RULES:
        lines = messages(rule, *program.resources, **CONFIGURED.get(rule.id, {}))
        if rule.id not in program.refused:
            assert not [line for line in lines if line.level is Level.MANDATORY], rule.id


@walk("program", list(account_vending()))
def test_a_stack_that_owns_the_organization_may_furnish_accounts(program: Program) -> None:
    lines = messages(no_disable_grant.RULE, *program.resources, ownerStacks=["dev"])
    assert not [line for line in lines if line.level is Level.MANDATORY]


OWNER = {"ownerStacks": ["dev"]}
KNOWN = {"managementAccountId": MANAGEMENT}
EVERY_KEY: dict[str, Any] = {
    **{rule: {**OWNER, **KNOWN} for rule in ("no-disable-grant", "last-administrator-kept")},
    "trusted-access-declared": OWNER,
    "delegated-administrator-valid": KNOWN,
}


@walk("program", PROGRAMS)
def test_a_secret_is_judged_as_the_value_that_it_hides(program: Program) -> None:
    secret = [
        replace(row, props=hidden_texts(row.props), provider=hidden_texts(row.provider)) for row in program.resources
    ]
    configs: list[dict[str, Any]] = [{}, CONFIGURED, EVERY_KEY]
    for config in configs:
        for rule in RULES:
            expected = messages(rule, *program.resources, **config.get(rule.id, {}))
            found = messages(rule, *secret, **config.get(rule.id, {}))
            assert list(map(_verdict, found)) == list(map(_verdict, expected)), rule.id


def _verdict(line: Said) -> tuple[Level, str | None]:
    return line.level, line.resource.urn if line.resource else None


def test_an_advisory_takes_one_line() -> None:
    for program in PROGRAMS:
        for rule in RULES:
            for line in messages(rule, *program.resources):
                assert line.level is not Level.ADVISORY or "\n" not in line


def test_there_are_sixty_of_them() -> None:
    names = [program.name for program in PROGRAMS]
    assert len(names) == len(set(names))
    assert len([program for program in PROGRAMS if not program.refused]) >= 60
