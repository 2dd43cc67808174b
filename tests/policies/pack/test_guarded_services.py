"""Which services are guarded: Identity Center's always, others by the rule's configuration or the stack's."""

from __future__ import annotations

import json
import re

from pack.guarded_services import SERVICES_CONFIG, check_stack_configuration, guarded_services
from pulumi_aws_identity_center.domain.declared import Stack
from pulumi_aws_identity_center.domain.values import is_service_principal

from tests.walk import walk

SSO, OTHER, THIRD = "sso.amazonaws.com", "config.amazonaws.com", "ram.amazonaws.com"
KEY = "aws-identity-center:guardedServicePrincipals"


def test_the_rules_configuration_is_as_strict_as_the_stacks() -> None:
    schema = SERVICES_CONFIG["guardedServicePrincipals"]["items"]
    for length in (128, 129):
        name = f"{'a' * (length - len('.amazonaws.com'))}.amazonaws.com"
        is_taken = re.search(schema["pattern"], name) is not None and len(name) <= schema["maxLength"]
        assert is_taken is is_service_principal(name)


def test_rule_and_stack_both_name_them() -> None:
    stack = Stack("p", "dev", [], {KEY: json.dumps([THIRD, OTHER])})
    assert guarded_services({"guardedServicePrincipals": [OTHER]}, stack) == [SSO, OTHER, THIRD]


@walk("text", ["", "soon", "{}", "1", "null", "[1, null]"])
def test_what_is_no_list_guards_identity_center(text: str) -> None:
    assert guarded_services({}, Stack("p", "dev", [], {KEY: text})) == [SSO]


@walk(
    ("text", "is_refused"),
    [
        (None, False),
        ("", False),
        ("[]", False),
        ('["ram.amazonaws.com"]', False),
        ("ram.amazonaws.com", True),
        ('["RAM"]', True),
        ("[1]", True),
        ("{}", True),
        ("[" * 100_000, True),
    ],
)
def test_a_stack_configuration_that_guards_nothing_is_refused(text: str | None, is_refused: bool) -> None:
    stack = Stack("p", "dev", [], {} if text is None else {KEY: text})
    messages = [violation.text() for violation in check_stack_configuration(stack, {})]
    assert [f"{KEY} isn't a list of service principals." in line for line in messages] == ([True] if is_refused else [])
