from __future__ import annotations

import pytest
from pulumi_aws_identity_center.domain.stack_config import StackConfig, parse_stack_config
from pulumi_aws_identity_center.domain.stack_file import read
from pulumi_aws_identity_center.errors import InvalidInput

from tests.walk import walk

SOURCE = "Pulumi.dev.yaml"
PREFIX = "config:\n  aws:region: us-east-1\n"
ACCOUNT = "  aws-identity-center:delegatedAdministratorAccountId:"
BREAK_GLASS = "  aws-identity-center:breakGlass:"
SERVICES = "  aws-identity-center:guardedServicePrincipals:"


def _read(text: str) -> StackConfig:
    return parse_stack_config(read(PREFIX + text, SOURCE))


@walk(
    ("text", "expected"),
    [
        ("", StackConfig(SOURCE)),
        (f"{ACCOUNT} '222233334444'\n", StackConfig(SOURCE, administrator="222233334444")),
        # YAML would take these for a number, and a date.
        (f"{ACCOUNT} 012345678901\n", StackConfig(SOURCE, administrator="012345678901")),
        (
            f"{BREAK_GLASS}\n    reason: move\n    expires: 2026-01-02\n",
            StackConfig(SOURCE, break_glass={"reason": "move", "expires": "2026-01-02"}),
        ),
        (f"""{BREAK_GLASS} '{{"reason": "move"}}'\n""", StackConfig(SOURCE, break_glass={"reason": "move"})),
        (f"{BREAK_GLASS}\n    secure: v1:x\n", StackConfig(SOURCE, is_break_glass_secret=True)),
        (f"{SERVICES} [ram.amazonaws.com]\n", StackConfig(SOURCE, guarded_services=("ram.amazonaws.com",))),
    ],
)
def test_a_value_is_read_as_pulumi_reads_it(text: str, expected: StackConfig) -> None:
    assert _read(text) == expected


@walk(
    ("text", "problem"),
    [
        (
            f"{ACCOUNT} '22223333'\n",
            "aws-identity-center:delegatedAdministratorAccountId is '22223333'; it must be an AWS",
        ),
        (f"{BREAK_GLASS} soon\n", "aws-identity-center:breakGlass is 'soon', and has to be structured"),
        (
            f"{SERVICES} [RAM]\n",
            "aws-identity-center:guardedServicePrincipals[0] is 'RAM'; it must be a service principal",
        ),
        (
            f"{ACCOUNT}\n    secure: v1:x\n",
            "delegatedAdministratorAccountId holds a secret, which only Pulumi can read",
        ),
        (f"{SERVICES}\n    secure: v1:x\n", "guardedServicePrincipals holds a secret, which only Pulumi can read"),
    ],
)
def test_a_wrong_value_is_refused_by_file_and_key(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        _read(text)
    assert str(caught.value).startswith(f"{SOURCE}: ")
    assert problem in str(caught.value)
