"""A component's own breakGlass, as the engine's previews show it to the gate."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterable, Iterator

from pulumi_aws_identity_center.gate.judge import Judgement, judge_plan
from pulumi_aws_identity_center.gate.readers import read
from pulumi_aws_identity_center.gate.report import as_lines

from tests.conftest import Stack

REASON = "moving to another organization"
FORMS: tuple[dict[str, str], ...] = ({}, {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"})


PROGRAM = """
from pulumi_aws_identity_center import TrustedAccess
TrustedAccess("sso")
"""


def _program(component: str, arguments: str = "") -> str:
    expires = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    glass = f'"breakGlass": {{"reason": {arguments or repr(REASON)}, "expires": "{expires}"}}'
    return f"import pulumi\nfrom pulumi_aws_identity_center import {component}\n{component}('sso', {{{glass}}})\n"


def _judgements(stack: Stack, *command: str, forms: Iterable[dict[str, str]] = FORMS) -> Iterator[Judgement]:
    """In each of these forms, without and with an acknowledgement."""
    for form in forms:
        text = stack.pulumi(*command, "--json", check=False, env=form).out
        for acknowledged in ("", "agreed in CHG-7"):
            yield judge_plan(read(io.StringIO(text)), acknowledged=acknowledged)


def _check(judgements: Iterator[Judgement], rules: set[str]) -> None:
    for judgement in judgements:
        (opened,) = judgement.break_glasses
        assert (opened.reason, [urn.split("::")[-1] for urn in opened.components]) == (REASON, ["sso"])
        assert f"by TrustedAccess sso: {REASON}" in "\n".join(as_lines(judgement))
        assert {finding.rule for finding in judgement.findings} >= rules
        assert judgement.verdict == ("safe" if judgement.acknowledged else "unsafe")


def test_every_preview_shows_a_components_break_glass(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(PROGRAM, deployed=True)
    stack.write(_program("TrustedAccess"))
    _check(_judgements(stack, "preview"), {"protection-lost"})
    stack.up()
    _check(_judgements(stack, "destroy", "--preview-only", forms=FORMS[:1]), {"trusted-access-deleted"})
    stack.write("import pulumi\n")
    _check(_judgements(stack, "preview", forms=FORMS[1:]), {"trusted-access-deleted"})


def test_a_secret_reason_is_not_shown(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(_program("OrganizationSso", f"pulumi.Output.secret({REASON!r})"))
    for judgement in _judgements(stack, "preview"):
        (opened,) = judgement.break_glasses
        assert opened.reason == "(the reason is a secret)"
        assert [urn.split("::")[-1] for urn in opened.components] == ["sso-trusted-access"]
        assert REASON not in "\n".join(as_lines(judgement))


def test_a_digest_shows_an_unchanged_one_with_show_sames(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(_program("TrustedAccess"), deployed=True)
    digest = stack.pulumi("preview", "--json").out
    assert judge_plan(read(io.StringIO(digest))).break_glasses == []
    shown = [*_judgements(stack, "preview", "--show-sames")]
    assert [opened.reason for judgement in shown for opened in judgement.break_glasses] == [REASON] * 4
