"""Whether one condition of a statement holds for a request: set operators, IfExists, absent keys, variables.

reference_policies_condition-single-vs-multi-valued-context-keys.html and reference_policies_elements_condition_
operators.html in docs.aws.amazon.com/IAM/latest/UserGuide. An operator that isn't known is never guessed: None.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from .condition_operators import NEGATED, POSITIVE, Comparison
from .document import Condition
from .policy_variables import resolve
from .request import Request, Unknown
from .ternary import Truth, conj, disj, neg

_ANY_VALUE, _ALL_VALUES = "foranyvalue:", "forallvalues:"


@dataclass(frozen=True)
class Operator:
    """quantifier: "", "foranyvalue:" or "forallvalues:"."""

    quantifier: str
    comparison: Comparison | None  # None: Null
    negated: bool
    if_exists: bool


@functools.lru_cache(maxsize=1024)
def operator(name: str) -> Operator | None:
    """An operator by its name, None if IAM has none such."""
    base = name.lower()
    quantifier = next((prefix for prefix in (_ANY_VALUE, _ALL_VALUES) if base.startswith(prefix)), "")
    base = base[len(quantifier) :]
    if base == "null":
        return Operator(quantifier, None, negated=False, if_exists=False)
    if_exists = base.endswith("ifexists")
    base = base.removesuffix("ifexists")
    comparison = POSITIVE.get(base) or NEGATED.get(base)
    return Operator(quantifier, comparison, base in NEGATED, if_exists) if comparison else None


def holds(condition: Condition, request: Request, variables: bool) -> Truth:
    """variables: whether ${…} is one in the condition's values."""
    parsed = operator(condition.operator)
    actual = request.values(condition.key)
    if parsed is None or isinstance(actual, Unknown):
        return None
    if parsed.comparison is None:
        return disj(_is_null(value, bool(actual)) for value in condition.values)
    if not actual:
        return _holds_without_key(parsed)
    answers = [_matches_value(parsed, value, condition.values, request, variables) for value in actual]
    if parsed.quantifier == _ANY_VALUE:
        return disj(answers)
    if parsed.quantifier == _ALL_VALUES or len(answers) == 1:
        return conj(answers)
    return None  # several values without a set operator: AWS leaves it open


def _holds_without_key(parsed: Operator) -> bool:
    """Whether a condition holds for a request that lacks its key."""
    if parsed.quantifier == _ALL_VALUES:
        return True
    return parsed.if_exists or (parsed.negated and not parsed.quantifier)


def _is_null(wanted: str, is_present: bool) -> Truth:
    lower = wanted.lower()
    if lower not in ("true", "false"):
        return None
    return (lower == "true") is not is_present


def _matches_value(parsed: Operator, value: str, wanted: tuple[str, ...], request: Request, variables: bool) -> Truth:
    """One value of the request against all of the policy's: any of them, or for a Not-operator none."""
    matches = disj([_compare(parsed, value, text, request, variables) for text in wanted])
    return neg(matches) if parsed.negated else matches


def _compare(parsed: Operator, value: str, wanted: str, request: Request, variables: bool) -> Truth:
    """Whether one value of the request matches one of the policy's."""
    assert parsed.comparison is not None
    pattern = resolve(wanted, request) if variables else wanted
    if isinstance(pattern, Unknown):
        return None
    if pattern is None:
        # AWS: no match. What a Not-operator makes of it, no page says.
        return None if parsed.negated else False
    return parsed.comparison(pattern, value)
