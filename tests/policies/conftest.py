from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.declared_resources import declare, messages


@pytest.fixture(scope="session")
def rule() -> SimpleNamespace:
    """`rule.declared(type, name, props=..., protect=...)`, `rule.messages(RULE, *resources, **config)`."""
    return SimpleNamespace(declared=declare, messages=messages)
