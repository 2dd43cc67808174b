"""Tables of cases as one test: a test of its own costs pytest and its workers 3 ms, which is more than most cases."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

Test = Callable[..., None]
# Of pytest.raises(), and of a walk within a walk.
_FAILURES = (Exception, pytest.fail.Exception, BaseExceptionGroup)


def walk(names: str | Sequence[str], cases: Iterable[Any]) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, in one test. It runs every case, and fails with each that failed, by its values.

    For tests that leave nothing behind: all cases get the same fixtures.
    """
    several = not isinstance(names, str)
    columns = [names] if isinstance(names, str) else list(names)
    table = [dict(zip(columns, case if several else [case], strict=True)) for case in cases]
    assert table, f"no cases of {columns}"

    def decorate(test: Test) -> Test:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def run(**fixtures: Any) -> None:
            errors: list[BaseException] = []
            for case in table:
                try:
                    test(**fixtures, **case)
                except _FAILURES as error:
                    error.add_note(f"The case: {case}")
                    errors.append(error)
            if errors:
                raise BaseExceptionGroup(f"{len(errors)} of {len(table)} cases failed", errors)

        others = [parameter for name, parameter in signature.parameters.items() if name not in columns]
        run.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        del run.__wrapped__  # by which pytest would find the columns
        return run

    return decorate
