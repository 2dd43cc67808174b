"""Whether one condition of a statement holds for a request: set operators, IfExists, absent keys, variables.

reference_policies_condition-single-vs-multi-valued-context-keys.html and reference_policies_elements_condition_
operators.html in docs.aws.amazon.com/IAM/latest/UserGuide. An operator that isn't known is never guessed: None.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from .condition_operators import NEGATED, POSITIVE, Comparison
from .document import Condition
from .policy_variables import resolve
from .request import Request, Unknown
from .ternary import Truth, conj, disj, neg_if, unknown_if


def _of_the_only_value(answers: list[Truth]) -> Truth:
    """Several values without a set operator: AWS leaves it open."""
    return answers[0] if len(answers) == 1 else None


@dataclass(frozen=True)
class Quantifier:
    """combine: the answers for the request's values. without_key: whether a condition holds that has no values to ask
    about; None: that hangs on the operator."""

    combine: Callable[[list[Truth]], Truth]
    without_key: bool | None


_QUANTIFIERS = {
    ("", ""): Quantifier(_of_the_only_value, without_key=None),
    ("foranyvalue", ":"): Quantifier(disj, without_key=False),
    ("forallvalues", ":"): Quantifier(conj, without_key=True),
}


@dataclass(frozen=True)
class Operator:
    quantifier: Quantifier
    comparison: Comparison | None  # None: Null
    negated: bool
    if_exists: bool

    @property
    def holds_without_key(self) -> bool:
        by_quantifier = self.quantifier.without_key
        return self.if_exists or (self.negated if by_quantifier is None else by_quantifier)


@functools.lru_cache(maxsize=1024)
def operator(name: str) -> Operator | None:
    """An operator by its name, None if IAM has none such."""
    *prefix, base = name.lower().rpartition(":")
    quantifier = _QUANTIFIERS.get((prefix[0], prefix[1]))
    if quantifier is None:
        return None
    if base == "null":
        return Operator(quantifier, None, negated=False, if_exists=False)
    bare = base.removesuffix("ifexists")
    comparison = POSITIVE.get(bare) or NEGATED.get(bare)
    return Operator(quantifier, comparison, bare in NEGATED, bare != base) if comparison else None


def holds(condition: Condition, request: Request, variables: bool) -> Truth:
    """variables: whether ${…} is one in the condition's values."""
    parsed = operator(condition.operator)
    actual = request.values(condition.key)
    if parsed is None or isinstance(actual, Unknown):
        return None
    if parsed.comparison is None:
        return disj(_is_null(value, bool(actual)) for value in condition.values)
    if not actual:
        return parsed.holds_without_key
    answers = [_matches_value(parsed, value, condition.values, request, variables) for value in actual]
    return parsed.quantifier.combine(answers)


def _is_null(wanted: str, is_present: bool) -> Truth:
    return {"true": not is_present, "false": is_present}.get(wanted.lower())


def _matches_value(parsed: Operator, value: str, wanted: tuple[str, ...], request: Request, variables: bool) -> Truth:
    """One value of the request against all of the policy's: any of them, or for a Not-operator none."""
    matches = disj([_compare(parsed, value, text, request, variables) for text in wanted])
    return neg_if(parsed.negated, matches)


def _compare(parsed: Operator, value: str, wanted: str, request: Request, variables: bool) -> Truth:
    assert parsed.comparison is not None
    pattern = resolve(wanted, request) if variables else wanted
    if isinstance(pattern, Unknown):
        return None
    if pattern is None:
        # AWS: no match. What a Not-operator makes of it, no page says.
        return unknown_if(parsed.negated)
    return parsed.comparison(pattern, value)
