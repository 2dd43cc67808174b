"""What AWS has against a matrix is extra help: it never takes the place of the problems that are known already."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center.components import access_problems, program
from pulumi_aws_identity_center.errors import InvalidInput, NotPossibleHere
from pulumi_aws_identity_center.matrix.access_matrix import AccessMatrix


async def _unreadable_state() -> None:
    raise pulumi.RunError("This stack's state could not be read.")


def _raise_within(error: Exception, matrices: list[AccessMatrix]) -> None:
    def usable() -> AccessMatrix:
        matrices.append(AccessMatrix())
        return matrices[-1]

    with access_problems.with_problems_in_aws(usable):
        raise error


def test_an_unreadable_state_hides_no_problem(deploy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "read_state", _unreadable_state)
    matrices: list[AccessMatrix] = []

    def build() -> None:
        with pytest.raises(InvalidInput) as caught:
            _raise_within(InvalidInput(["One is wrong.", "Two is."]), matrices)
        assert caught.value.problems == ("One is wrong.", "Two is.")

    deploy(build)
    assert bool(matrices) == deploy.preview


def test_another_error_than_bad_input_asks_nobody(deploy: Any) -> None:
    matrices: list[AccessMatrix] = []

    def build() -> None:
        with pytest.raises(NotPossibleHere, match="another account"):
            _raise_within(NotPossibleHere("This is another account."), matrices)

    deploy(build)
    assert matrices == []
