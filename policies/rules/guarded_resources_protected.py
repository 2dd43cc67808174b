"""guarded-resources-protected: what trusted access hangs on is protected, and no other type takes it over by an alias.

The engine gives the state of a resource to whatever names its URN as an alias. Under another type that is a replacement
with the new resource's options: a protected AwsServiceAccess is then disabled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pack.guarded_services import SERVICES_CONFIG, check_stack_configuration, guarded_services
from pack.rule import Rule
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Config, Declared, Stack
from pulumi_aws_identity_center.domain.resource_types import NATIVE_ORGANIZATION, canonical, name_of, type_of
from pulumi_aws_identity_center.domain.violation import Fix, Violation, short_name
from pulumi_aws_identity_center.names import (
    ATTRIBUTES_TYPE,
    GUARDED_TYPES,
    ORGANIZATION_TYPE,
    SERVICE_ACCESS_TYPE,
    SSO_SERVICE_PRINCIPAL,
    TRUSTED_ACCESS_TYPE,
)

TAKEN_OVER = frozenset({*GUARDED_TYPES, NATIVE_ORGANIZATION, ATTRIBUTES_TYPE})
_PROTECT_FIX = Fix(
    python="guard_stack() first, or protect=True, retain_on_delete=True",
    typescript="{ protect: true, retainOnDelete: true } as its options.",
    yaml="options: {protect: true, retainOnDelete: true}",
    hcl="lifecycle { prevent_destroy = true }",
)
# guard_stack() knows the aws package's types only.
_NATIVE_FIX = replace(_PROTECT_FIX, python="ResourceOptions(protect=True, retain_on_delete=True)")
_ORGANIZATION_FIXES = {ORGANIZATION_TYPE: _PROTECT_FIX, NATIVE_ORGANIZATION: _NATIVE_FIX}
_ACCESS_FIX = Fix(
    python='TrustedAccess("sso", {}), or protect=True, retain_on_delete=True',
    typescript="TrustedAccess instead, or { protect: true, retainOnDelete: true }.",
    yaml="TrustedAccess as its type, or options: {protect: true, retainOnDelete: true}",
    hcl="lifecycle { prevent_destroy = true }",
)
_ALIAS_FIX = Fix("take the alias out; `pulumi state delete --force URN` keeps what AWS has.")


def check(resource: Declared, config: Config, stack: Stack) -> Iterator[Violation]:
    yield from _taken_over(resource)
    if resource.protect:
        return
    if resource.type in _ORGANIZATION_FIXES:
        problem = f"{short_name(resource.name)} is not protected."
        yield Violation(problem, "Deleting it ends the organization.", _ORGANIZATION_FIXES[resource.type], resource)
    elif resource.type == SERVICE_ACCESS_TYPE:
        yield from _unprotected_access(resource, guarded_services(config, stack))


def _unprotected_access(resource: Declared, guarded: Sequence[str]) -> Iterator[Violation]:
    if resource.parent_type == TRUSTED_ACCESS_TYPE:
        return  # the component protects its own, unless break-glass is open: break-glass-current judges that
    principal = resource.props.get("servicePrincipal")
    if principal is not UNKNOWN and principal not in guarded:
        return
    is_sign_in = principal in (SSO_SERVICE_PRINCIPAL, UNKNOWN)
    effect = f"Deleting it {'locks everybody out' if is_sign_in else f'disables {short_name(principal)}'}."
    yield Violation(f"{short_name(resource.name)} is not protected.", effect, _ACCESS_FIX, resource)


def _taken_over(resource: Declared) -> Iterator[Violation]:
    for alias in resource.aliases:
        # The tokens as they are: to the engine a bridged provider's is another type than the aws package's.
        old = type_of(alias)
        if canonical(old) in TAKEN_OVER and old != type_of(resource.urn):
            kind = canonical(old).rpartition(":")[2]
            problem = f"{short_name(resource.name)} takes over, by an alias, the {kind} {short_name(name_of(alias))}."
            effect = "The engine then deletes it, protected or not."
            yield Violation(problem, effect, _ALIAS_FIX, resource)
            return


RULE = Rule(
    id="guarded-resources-protected",
    summary="The Organization and Identity Center's AwsServiceAccess are protected, and no other type takes them over",
    types=frozenset({*_ORGANIZATION_FIXES, SERVICE_ACCESS_TYPE}),
    taken_over=TAKEN_OVER,
    check=check,
    check_stack=check_stack_configuration,
    config=SERVICES_CONFIG,
)
