"""AccessMatrix where an account, a principal or the caller isn't as usual: closed, gone, not made yet, over a quota."""

from __future__ import annotations

from collections.abc import Callable

from .access_matrices import EVERYWHERE, READ_ONLY, Center, entry, matrix, writes

CLOSED, LEFT = "555566667777", "444455556666"
STAYING = ["222233334444", "333344445555"]


def test_an_account_that_closes_holds_up_nothing(access: Callable) -> None:
    """AWS changes no role in it: neither its grants nor its permission sets' roles are touched any more."""
    stack = access(matrix(entry(EVERYWHERE, "Developers", "Operators")), deployed=True)
    center = Center(stack)
    stack.session.aws.client("organizations").close_account(AccountId=CLOSED)
    preview = stack.preview("--json", "--expect-no-changes")
    (stack.folder / "preview.json").write_text(preview.out)
    assert f"Account {CLOSED} (workloads-dev) is being closed: no access to it is granted or removed." in preview.text
    difference = stack.session.run("identity-center", "matrix", "--diff", "preview.json", cwd=stack.folder)
    assert "Nobody gains or loses access" in difference.text

    more = {"ReadOnly": {"managedPolicies": [READ_ONLY], "description": "Reads"}}
    stack.declare(matrix(entry(EVERYWHERE, "Developers"), **more))
    stack.up()
    assert center.accounts(center.group("Developers")) == [*STAYING, LEFT, CLOSED]
    assert center.accounts(center.group("Operators")) == [CLOSED]
    assert "5 unchanged" in stack.preview("--expect-no-changes").text

    refused = stack.destroy(check=False)
    assert f"it is still assigned in 1 account ({CLOSED})" in refused.text


def test_an_account_that_left_is_forgotten(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    stack.session.aws.client("organizations").remove_account_from_organization(AccountId=LEFT)
    since = len(stack.session.operations())
    stack.up()
    assert writes(stack, since) == []
    stack.declare(matrix(entry({"ids": [LEFT]}, "Developers")))
    refused = stack.preview(check=False)
    assert f"{LEFT}, which the organization doesn't have: correct it or remove it." in refused.text
