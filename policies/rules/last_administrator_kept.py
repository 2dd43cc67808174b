"""last-administrator-kept: the stacks that own the administrators must go on declaring one.

A pack sees what is declared, not what was: that a change takes the last administrator away is the gate's to tell, and
`identity-center matrix --diff`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pack.rule import Rule
from pulumi_aws_identity_center.domain.accounts_of_resources import (
    MANAGEMENT_TYPES,
    AccountsOfResources,
)
from pulumi_aws_identity_center.domain.declared import ACCOUNT_CONFIG, OWNERS_CONFIG, Config, Declared, Stack
from pulumi_aws_identity_center.domain.grants.permission_sets import (
    ASSIGNMENT_TYPES,
    PART_TYPES,
    SET_TYPES,
    PermissionSets,
)
from pulumi_aws_identity_center.domain.violation import Fix, Level, Violation, short_name
from pulumi_aws_identity_center.iam.ternary import Truth, conj, disj
from pulumi_aws_identity_center.matrix.administration import Administration, administers
from pulumi_aws_identity_center.matrix.declared_permission_set import declared_permission_set
from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, SSO_SERVICE_PRINCIPAL

_EFFECT = "Nobody could undo a mistake in it."
_FIX = Fix("assign a set with AdministratorAccess in the management account.")
_ACCOUNT_FIX = Fix("configure managementAccountId for this rule.")


def check(stack: Stack, config: Config) -> Iterator[Violation]:
    if not stack.is_among(config.get("ownerStacks") or ()):
        return
    name = short_name(stack.full_name)
    accounts = AccountsOfResources(stack.resources, config.get("managementAccountId") or "")
    if not accounts.management_ids:
        problem = f"{name} is in ownerStacks, and the management account's id isn't known."
        yield Violation(problem, "Whether an administrator remains can't be told.", _ACCOUNT_FIX)
        return
    sets = PermissionSets(stack.resources, accounts)
    delegated = _delegated_accounts(stack)
    for what in Administration:
        is_administered = disj(_truths(what, sets, delegated))
        if is_administered is False:
            yield Violation(f"{name} declares no grant that administers {what.value}.", _EFFECT, _FIX)
        elif is_administered is None:
            problem = f"{name}: whether a grant administers {what.value} can't be told."
            yield Violation(problem, level=Level.ADVISORY)


def _truths(what: Administration, sets: PermissionSets, delegated: frozenset[str]) -> Iterator[Truth]:
    """Of each assignment: whether it administers it; None where the account or a policy isn't known."""
    administering = delegated if what is Administration.IDENTITY_CENTER else frozenset()
    for assigned in sets.assigned():
        is_in_reach = disj((assigned.account in administering, assigned.is_management))
        if is_in_reach is not False:
            yield conj((is_in_reach, _administers(assigned.parts, what)))


def _administers(parts: Sequence[Declared], what: Administration) -> Truth:
    """Whether a permission set does, from its resource and what is attached to it."""
    if not parts:
        return None
    permission_set = declared_permission_set(parts[0].name, [(part.type, part.props) for part in parts])
    return administers(permission_set, what)


def _delegated_accounts(stack: Stack) -> frozenset[str]:
    """The accounts that are declared to administer Identity Center; an account known later is none of them."""
    administrators = [row.props for row in stack.of_type(DELEGATED_ADMINISTRATOR_TYPE)]
    accounts = [row.get("accountId") for row in administrators if row.get("servicePrincipal") == SSO_SERVICE_PRINCIPAL]
    return frozenset(account for account in accounts if isinstance(account, str))


RULE = Rule(
    id="last-administrator-kept",
    summary="A stack that ownerStacks names declares an administrator of the management account and Identity Center",
    types=ASSIGNMENT_TYPES | SET_TYPES,
    check_stack=check,
    stack_types=ASSIGNMENT_TYPES | SET_TYPES | PART_TYPES | MANAGEMENT_TYPES,
    config={**OWNERS_CONFIG, **ACCOUNT_CONFIG},
)
