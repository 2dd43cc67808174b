"""Has the organization that a program declares all features, which trusted access needs? Pure."""

from __future__ import annotations

from collections.abc import Iterator

from .declared import UNKNOWN, Declared
from .organization_list import ignores_features
from .violation import Fix, Violation, short_name

_EFFECT = "Then no service can have trusted access."
_FIX = Fix(
    python='feature_set="ALL", or leave it out: ALL is the default.',
    typescript='featureSet: "ALL", or leave it out: ALL is the default.',
    yaml="featureSet: ALL, or leave it out: ALL is the default.",
    hcl='feature_set = "ALL", or leave it out: ALL is the default.',
)


def violations(resource: Declared) -> Iterator[Violation]:
    feature_set = resource.props.get("featureSet")
    if feature_set in (None, "ALL") or ignores_features(resource.ignore_changes):
        return
    value = "isn't known in this preview" if feature_set is UNKNOWN else f"is {short_name(feature_set)}, not ALL"
    yield Violation(f"{short_name(resource.name)}: its featureSet {value}.", _EFFECT, _FIX, resource)
