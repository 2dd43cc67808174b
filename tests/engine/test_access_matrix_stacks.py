"""AccessMatrix in two stacks that give access to the same groups."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .access_matrices import ALL, EVERYWHERE, PROGRAM, READ_ONLY, S3, Center, entry, matrix


def test_two_stacks_share_a_group(access: Callable, new_stack: Callable) -> None:
    """Each its own permission set."""
    first = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    second = new_stack(PROGRAM, session=first.session, project="second")
    deploy = {"Deploy": {"inlinePolicy": S3}}
    declared = matrix(entry({"names": ["workloads-*"]}, "Developers", sets=("Deploy",)), **deploy)
    (second.folder / "matrix.json").write_text(json.dumps(declared))
    second.up()
    center = Center(first)
    developers = center.group("Developers")
    assert center.accounts(developers) == ALL
    assert center.accounts(developers, "Deploy") == ["444455556666", "555566667777"]
    assert "5 unchanged" in first.preview().text
    second.destroy()
    assert center.accounts(developers) == ALL


def test_two_stacks_that_own_one_permission_set_say_so(access: Callable, new_stack: Callable) -> None:
    """Each preview names what it takes from the other; with owns listed in both they leave each other alone."""
    first = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    second = new_stack(PROGRAM, session=first.session, project="second")
    center = Center(first)
    developers, operators = center.group("Developers"), center.group("Operators")

    def declare_second(owns: str) -> None:
        owned = {"ReadOnly": {"managedPolicies": [READ_ONLY], "owns": owns}}
        both = matrix(
            entry({"names": ["workloads-*"]}, "Developers"), entry({"names": ["security"]}, "Operators"), **owned
        )
        (second.folder / "matrix.json").write_text(json.dumps(both))

    declare_second("all")
    assert "A permission set named ReadOnly exists already" in second.preview(check=False).text
    import_permission_set(second, f"{center.sets()['ReadOnly']},{center.arn}")
    warning = "in 2 accounts beside those listed (222233334444, 333344445555)"
    assert warning in second.up(previewed=True).text
    assert center.accounts(developers) == ["444455556666", "555566667777"]
    drift = first.preview("--diff").text
    assert "+ 222233334444" in drift
    assert (
        "group Operators in 333344445555. If another stack or tool grants it to them, the two undo each other" in drift
    )

    declare_second("listed")
    second.up()
    first.declare(matrix(entry(EVERYWHERE, "Developers"), ReadOnly={"managedPolicies": [READ_ONLY], "owns": "listed"}))
    first.up()
    for stack in (first, second):
        assert "unchanged" in stack.preview("--expect-no-changes").text
    assert center.accounts(developers) == ALL
    assert center.accounts(operators) == ["333344445555"]


def import_permission_set(stack: Any, id_: str) -> None:
    component = {"type": "aws-identity-center:index:AccessMatrix", "name": "access", "component": True}
    child = {"type": "aws-identity-center:index:PermissionSet", "name": "access/ReadOnly", "id": id_}
    imports = {"resources": [component, {**child, "parent": "access", "version": "0.1.0"}]}
    (stack.folder / "import.json").write_text(json.dumps(imports))
    stack.pulumi("import", "--file", "import.json", "--yes", "--generate-code=false", "--protect=false")
