"""Checks that AWS would accept the delegated administrator of a stack: one member account, never the management
account. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, SSO_SERVICE_PRINCIPAL

from .accounts_of_resources import AccountsOfResources, first_in_same_account
from .declared import UNKNOWN, Config, Declared, Stack
from .values import account_problem
from .violation import Fix, Level, Violation, short_name

_FIX = Fix(
    python='account_id="222233334444", a member account.',
    typescript='accountId: "222233334444", a member account.',
    yaml='accountId: "222233334444", a member account.',
    hcl='account_id = "222233334444", a member account.',
)
_TWO_FIX = Fix("keep one of the two resources.")
_REFUSED = "AWS refuses it, and the update fails."


def violations(stack: Stack, config: Config) -> Iterator[Violation]:
    accounts = AccountsOfResources(stack.resources, config.get("managementAccountId") or "")
    administrators = [resource for resource in stack.resources if _may_administer(resource)]
    for resource in administrators:
        yield from _judge_account(resource, accounts)
    yield from _second_ones(administrators)


def _may_administer(resource: Declared) -> bool:
    is_delegation = resource.type == DELEGATED_ADMINISTRATOR_TYPE
    return is_delegation and resource.props.get("servicePrincipal") in (SSO_SERVICE_PRINCIPAL, UNKNOWN)


def _judge_account(resource: Declared, accounts: AccountsOfResources) -> Iterator[Violation]:
    name, account = short_name(resource.name), resource.props.get("accountId")
    is_management = accounts.is_management_id(account, resource.comes_from.get("accountId", ()))
    if is_management:
        problem = f"{name}: its accountId is the management account's, which can't be delegated to."
        yield Violation(problem, _REFUSED, _FIX, resource)
    elif account is UNKNOWN and is_management is None:
        problem = f"{name}: its accountId can't be known during preview."
        effect = "The update judges it again."
        yield Violation(problem, effect, _FIX, resource, Level.LATER)
    elif account is not UNKNOWN and account_problem(account, "accountId"):
        yield Violation(f"{name}: its accountId isn't 12 digits as text.", _REFUSED, _FIX, resource)


def _second_ones(administrators: Sequence[Declared]) -> Iterator[Violation]:
    for number, extra in enumerate(administrators):
        registered = first_in_same_account(extra, administrators[:number])
        if registered is None:
            continue
        first, is_certain = registered
        problem = f"{short_name(first.name)} and {short_name(extra.name)} both administer {SSO_SERVICE_PRINCIPAL}."
        effect = "AWS allows one, and the update fails."
        if is_certain:
            yield Violation(problem, effect, _TWO_FIX, extra)
        else:
            doubt = "Accounts can't be known during preview."
            yield Violation(problem, doubt, _TWO_FIX, extra, Level.LATER)
