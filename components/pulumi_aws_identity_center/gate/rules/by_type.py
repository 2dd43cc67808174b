"""What the gate looks at: by type, which rule judges it. What carries IAM policies is judged together (`guards/`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from pulumi_aws_identity_center.domain import resource_types
from pulumi_aws_identity_center.gate.administrators.last_administrator import GRANT_TYPES
from pulumi_aws_identity_center.gate.change import Change
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.gate.guards.carriers import CARRIERS
from pulumi_aws_identity_center.gate.guards.first_look import State, may_matter
from pulumi_aws_identity_center.gate.service_principal import Guarded
from pulumi_aws_identity_center.names import (
    DELEGATED_ADMINISTRATOR_TYPE,
    ORGANIZATION_TYPE,
    SERVICE_ACCESS_TYPE,
    SERVICE_LINKED_ROLE_NAME,
)

from . import (
    delegated_administrator,
    encryption_key,
    identity_center,
    organization,
    sentinel,
    trusted_access,
)

Rule = Callable[[Change, Guarded], Iterator[Finding]]

RULES: Final[Mapping[str, Rule]] = {
    SERVICE_ACCESS_TYPE: trusted_access.judge,
    ORGANIZATION_TYPE: organization.judge,
    resource_types.NATIVE_ORGANIZATION: organization.judge,
    DELEGATED_ADMINISTRATOR_TYPE: delegated_administrator.judge,
    resource_types.ACCOUNT_ACCESS_APPLICATION: identity_center.judge_gone_for_good,
    resource_types.NATIVE_INSTANCE: identity_center.judge_gone_for_good,
    resource_types.SERVICE_LINKED_ROLE: identity_center.judge_service_linked_role,
    resource_types.NATIVE_SERVICE_LINKED_ROLE: identity_center.judge_service_linked_role,
    resource_types.ROLE: identity_center.judge_service_linked_role,
    resource_types.NATIVE_ROLE: identity_center.judge_service_linked_role,
    resource_types.SAML_PROVIDER: identity_center.judge_saml_provider,
    resource_types.NATIVE_SAML_PROVIDER: identity_center.judge_saml_provider,
    **dict.fromkeys(encryption_key.TYPES, encryption_key.judge),
}
JUDGED: Final = frozenset(RULES) | CARRIERS | GRANT_TYPES


_IN_PLACE = frozenset({"same", "update", "refresh"})


def is_judged(type_: str, address: str) -> bool:
    """Whether any rule looks at it: by its type, or as a part of our Sentinel."""
    return type_ in JUDGED or sentinel.is_part(address)


def rules_of(change: Change) -> list[Rule]:
    """The type's own, and the Sentinel's of its parts: nothing escapes its rule by standing below a Sentinel."""
    rules = [RULES[change.type]] if change.type in RULES else []
    if sentinel.is_part(change.address):
        rules.append(sentinel.judge)
    return rules


def keeps_step(op: str, type_: str, address: str, states: Sequence[State]) -> bool:
    """Whether a step of a judged type can matter: most policies and roles guard nothing, and are not kept.

    op: the engine's word; states: those before and after, one if they are equal.
    """
    is_always_kept = type_ in GRANT_TYPES or type_ not in CARRIERS
    if is_always_kept or sentinel.is_part(address):
        return True
    if may_matter(type_, states, comes_or_goes=op not in _IN_PLACE):
        return True
    return type_ in RULES and any(map(_is_of_service_linked_role, states))


def _is_of_service_linked_role(state: State) -> bool:
    """By a property, or by its id where the properties are hidden."""
    values = (*state.inputs.values(), *state.outputs.values())
    return SERVICE_LINKED_ROLE_NAME in values or state.id.endswith(SERVICE_LINKED_ROLE_NAME)
