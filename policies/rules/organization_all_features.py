"""organization-all-features: trusted access needs all features."""

from __future__ import annotations

from collections.abc import Iterator

from pack import tokens
from pack.rule import Rule
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Config, Declared, Stack
from pulumi_aws_identity_center.domain.violation import Fix, Violation, short_name

_EFFECT = "Then no service can have trusted access."
_FIX = Fix(
    python='feature_set="ALL", or leave it out: ALL is the default.',
    typescript='featureSet: "ALL", or leave it out: ALL is the default.',
    yaml="featureSet: ALL, or leave it out: ALL is the default.",
    hcl='feature_set = "ALL", or leave it out: ALL is the default.',
)
# The spellings that the engine honours: tests/engine/test_policy_ignore_changes.py.
_IGNORING = frozenset({"featureSet", '["featureSet"]', "*", "[*]", '["*"]'})


def check(resource: Declared, config: Config, stack: Stack) -> Iterator[Violation]:
    feature_set = resource.props.get("featureSet")
    if feature_set in (None, "ALL") or not _IGNORING.isdisjoint(resource.ignore_changes):
        return
    value = "isn't known in this preview" if feature_set is UNKNOWN else f"is {short_name(feature_set)}, not ALL"
    yield Violation(f"{short_name(resource.name)}: its featureSet {value}.", _EFFECT, _FIX, resource)


def fix(resource: Declared, config: Config) -> dict[str, str] | None:
    """ALL, instead of what is known and isn't."""
    return {"featureSet": "ALL"} if isinstance(resource.props.get("featureSet"), str) else None


RULE = Rule(
    id="organization-all-features",
    summary="An Organization has all features, which trusted access needs",
    types=frozenset({tokens.ORGANIZATION, tokens.NATIVE_ORGANIZATION}),
    check=check,
    fix=fix,
)
