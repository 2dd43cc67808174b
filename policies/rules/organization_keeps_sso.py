"""organization-keeps-sso: an organization's authoritative list must not lack `sso.amazonaws.com`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pack import tokens
from pack.rule import UNKNOWN, Config, Declared, Rule
from pulumi_aws_identity_center.domain.organization_list import FIX, PROPERTY, ignores_list, problem_with_list
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL


def check(resource: Declared, config: Config) -> Iterable[str]:
    problem = problem_with_list(resource.props, resource.ignore_changes)
    if problem is not None:
        yield f"{resource.name}: {problem}"
        return
    listed = resource.props.get(PROPERTY)
    if listed is None or ignores_list(resource.ignore_changes):
        return
    items = listed if isinstance(listed, list | tuple) else ()
    if listed is not UNKNOWN and listed is not items:
        yield f"{resource.name}: its {PROPERTY} is {listed!r}, and has to be a list. {FIX}"
    elif SSO_SERVICE_PRINCIPAL not in items:  # one that the preview can't know: the other cases are problems above
        yield (
            f"{resource.name}: this preview can't know its {PROPERTY}, so it can't tell whether "
            f"{SSO_SERVICE_PRINCIPAL} is in it; without it nobody could sign in. Write the list out, or leave it "
            f"alone. {FIX}"
        )


def fix(resource: Declared, config: Config) -> dict[str, Any] | None:
    """The list with the principal. Not for a list that isn't there: the other services it should have aren't known."""
    listed = resource.props.get(PROPERTY)
    if not isinstance(listed, list) or SSO_SERVICE_PRINCIPAL in listed or ignores_list(resource.ignore_changes):
        return None
    if not all(isinstance(item, str) for item in listed):
        return None
    others = [item for item in listed if item.strip().lower() != SSO_SERVICE_PRINCIPAL]
    return {PROPERTY: [*others, SSO_SERVICE_PRINCIPAL]}


RULE = Rule(
    id="organization-keeps-sso",
    description=(
        "An Organization's list of trusted services is authoritative: a list that is absent, empty or lacks "
        "sso.amazonaws.com disables Identity Center's trusted access, and nobody can sign in to any account. "
        "With the level remediate the missing principal is added to a list that is there (ignoreChanges can't be: "
        "packs change no options)."
    ),
    types=frozenset({tokens.ORGANIZATION}),
    check=check,
    fix=fix,
)
