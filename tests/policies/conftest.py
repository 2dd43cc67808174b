"""Resources as a rule is given them, and what a rule says of them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pack.rule import Declared, Stack


def _declared(type_: str, name: str = "it", parent: str = "", **options) -> Declared:
    urn = f"urn:pulumi:dev::p::{type_}::{name}"
    props = options.pop("props", {})
    return Declared(type_, name, urn, props, parent=parent, **options)


def _messages(rule, *resources, project: str = "p", stack: str = "dev", **config) -> list[str]:
    """What the rule says, in order; only resources of its types reach it, as in the pack."""
    seen = [resource for resource in resources if resource.type in rule.types]
    if rule.check_stack is not None:
        return [message for message, _ in rule.check_stack(Stack(project, stack, seen), config)]
    return [message for resource in seen for message in rule.check(resource, config)]


@pytest.fixture(scope="session")
def rule() -> SimpleNamespace:
    """`rule.declared(type, name, props=..., protect=...)`, `rule.messages(RULE, *resources, **config)`."""
    return SimpleNamespace(declared=_declared, messages=_messages)
