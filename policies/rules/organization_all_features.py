"""organization-all-features: trusted access needs all features."""

from __future__ import annotations

from collections.abc import Iterable

from pack import tokens
from pack.rule import UNKNOWN, Config, Declared, Rule

_FIX = 'In Python: feature_set="ALL". In YAML: properties: featureSet: ALL. ALL is the default: leaving it out is fine.'

# The spellings that the engine honours: tests/engine/test_policy_ignore_changes.py.
_IGNORING = frozenset({"featureSet", '["featureSet"]', "*", "[*]", '["*"]'})


def fix(resource: Declared, config: Config) -> dict[str, str] | None:
    """ALL, instead of what is known and isn't."""
    return {"featureSet": "ALL"} if isinstance(resource.props.get("featureSet"), str) else None


def check(resource: Declared, config: Config) -> Iterable[str]:
    feature_set = resource.props.get("featureSet")
    if feature_set in (None, "ALL") or not _IGNORING.isdisjoint(resource.ignore_changes):
        return
    if feature_set is UNKNOWN:
        yield f"{resource.name}: this preview can't know its featureSet, and trusted access needs ALL. {_FIX}"
        return
    yield f"{resource.name}: its featureSet is {feature_set!r}; with that no service can have trusted access. {_FIX}"


RULE = Rule(
    id="organization-all-features",
    description=(
        "An Organization (aws-native's too) must have all features: with consolidated billing only, no service can "
        "have trusted access. A featureSet that the preview can't know is refused. With the level remediate it becomes "
        "ALL."
    ),
    types=frozenset({tokens.ORGANIZATION, tokens.NATIVE_ORGANIZATION}),
    check=check,
    fix=fix,
)
