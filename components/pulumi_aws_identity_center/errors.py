"""The package's errors. Each text says what was given, what is allowed, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence


class IdentityCenterError(Exception):
    """The root: catch this to catch all of them."""


class InvalidInput(IdentityCenterError):
    """Bad arguments or configuration, every problem at once. problems: one sentence each, by key."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems[0] if len(problems) == 1 else "\n".join(f"- {problem}" for problem in problems))


class NotPossibleHere(IdentityCenterError):
    """The account or its organization is not in a state in which this can work."""
