"""docs/upgrading.md: the stack of an earlier version goes up with this one, and nothing is deleted or turned off.

The state was recorded with the program of commit 90cd345, on CLI 3.259, in the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.session import ROOT
from tests.conftest import Stack

STATE = ROOT / "tests" / "engine" / "states" / "before-the-first-release.json"
TRUSTED = "arn:aws:iam::111122223333:root"
CONFIGURATION: dict[str, Any] = {
    "aws-identity-center__delegatedAdministratorAccountId": "333344445555",
    "aws-identity-center__operatorRoles": [
        {"name": "operator", "permissions": ["enable", "observe"], "trustedPrincipals": [TRUSTED]},
        {"name": "closer", "permissions": ["disable"], "trustedPrincipals": [TRUSTED]},
    ],
}
_TAKES_AWAY = ("Disable", "Deregister", "Delete", "Detach", "Remove")


@pytest.fixture
def earlier(main_stack: Callable[..., Stack]) -> Stack:
    """A stack with the state of the earlier version, in an AWS that has its resources."""
    stack = main_stack()
    stack.config(**CONFIGURATION)
    stack.up()
    stack.pulumi("stack", "import", "--file", str(STATE))
    return stack


def _resources_of_aws(stack: Stack) -> list[tuple[str, str]]:
    rows = [resource for resource in stack.state() if resource["type"].startswith("aws:")]
    return sorted((resource["type"], resource["id"]) for resource in rows)


def test_the_stack_of_an_earlier_version_goes_up(earlier: Stack, policies: str) -> None:
    held_before = _resources_of_aws(earlier)
    before = len(earlier.session.calls)
    checked = earlier.pulumi("preview", "--json", "--show-sames", "--policy-pack", policies)
    (earlier.folder / "preview.json").write_text(checked.out)
    verdict = earlier.session.run("identity-center", "gate", "preview.json", cwd=earlier.folder, check=False)
    assert verdict.code == 0, verdict.text
    earlier.up("--policy-pack", policies)
    called = [call["operation"] for call in earlier.session.calls[before:]]
    assert [operation for operation in called if operation.startswith(_TAKES_AWAY)] == []
    assert _resources_of_aws(earlier) == held_before
    (switch,) = [resource for resource in earlier.state() if resource["type"].endswith(":AwsServiceAccess")]
    assert switch["protect"]
    assert switch["retainOnDelete"]
    earlier.up("--expect-no-changes", "--refresh")
