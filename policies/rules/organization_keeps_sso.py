"""organization-keeps-sso: an organization's authoritative list must not lack `sso.amazonaws.com`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pulumi_aws_identity_center.organization_list import FIX, PROPERTY, ignores_list, problem_with_list

from . import tokens
from .rule import UNKNOWN, Config, Declared, Rule


def check(resource: Declared, config: Config) -> Iterable[str]:
    problem = problem_with_list(resource.props, resource.ignore_changes)
    if problem is not None:
        yield f"{resource.name}: {problem}"
        return
    listed = resource.props.get(PROPERTY)
    known = isinstance(listed, Sequence) and "sso.amazonaws.com" in listed
    unknown = listed is UNKNOWN or (isinstance(listed, Sequence) and any(item is UNKNOWN for item in listed))
    if unknown and not known and not ignores_list(resource.ignore_changes):
        yield (
            f"{resource.name}: this preview can't know its {PROPERTY}, so it can't tell whether sso.amazonaws.com is "
            f"in it; without it nobody could sign in. Write the list out, or leave it alone. {FIX}"
        )


RULE = Rule(
    id="organization-keeps-sso",
    description=(
        "An Organization's list of trusted services is authoritative: a list that is absent, empty or lacks "
        "sso.amazonaws.com disables Identity Center's trusted access, and nobody can sign in to any account."
    ),
    types=frozenset({tokens.ORGANIZATION}),
    check=check,
)
