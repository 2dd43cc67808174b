"""The README's program runs as printed: an organization and its trusted access are adopted, and nothing is disabled."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.session import ROOT
from tests.conftest import Stack


def _program() -> str:
    (block,) = re.findall(
        r"<!-- adoption:.*?-->\n```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    return str(block)


def test_the_readmes_program_adopts_an_organization(new_stack: Callable[..., Stack], policies: str) -> None:
    stack = new_stack(_program())
    shown = stack.up("--policy-pack", policies, previewed=True)
    assert "takes it over and changes nothing in AWS" in shown.text
    assert "don't run the update" not in shown.text
    operations = stack.session.operations()
    assert not [name for name in operations if name.startswith(("Disable", "Delete", "Deregister", "Create"))]
    again = stack.up("--expect-no-changes")
    assert "unchanged" in again.out
