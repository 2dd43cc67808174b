"""delegated-administrator-valid: one member account administers Identity Center, never the management account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pack import tokens
from pack.rule import Rule
from pulumi_aws_identity_center.domain.accounts import PROVIDER_TYPES, Accounts, first_in_same_account
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Config, Declared, Stack
from pulumi_aws_identity_center.domain.values import account_problem
from pulumi_aws_identity_center.domain.violation import Fix, Level, Violation, short_name
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

_FIX = Fix(
    python='account_id="222233334444", a member account.',
    typescript='accountId: "222233334444", a member account.',
    yaml='accountId: "222233334444", a member account.',
    hcl='account_id = "222233334444", a member account.',
)
_TWO_FIX = Fix.same("keep one of the two resources.")
_REFUSED = "AWS refuses it, and the update fails."


def check(stack: Stack, config: Config) -> Iterator[Violation]:
    accounts = Accounts(stack.resources, config.get("managementAccountId") or "")
    administrators = [resource for resource in stack.resources if _may_administer(resource)]
    for resource in administrators:
        yield from _judge_account(resource, accounts)
    yield from _second_ones(administrators)


def _may_administer(resource: Declared) -> bool:
    is_delegation = resource.type == tokens.DELEGATED_ADMINISTRATOR
    return is_delegation and resource.props.get("servicePrincipal") in (SSO_SERVICE_PRINCIPAL, UNKNOWN)


def _judge_account(resource: Declared, accounts: Accounts) -> Iterator[Violation]:
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
        found = first_in_same_account(extra, administrators[:number])
        if found is None:
            continue
        first, is_certain = found
        problem = f"{short_name(first.name)} and {short_name(extra.name)} both administer {SSO_SERVICE_PRINCIPAL}."
        effect = "AWS allows one, and the update fails."
        if is_certain:
            yield Violation(problem, effect, _TWO_FIX, extra)
        else:
            doubt = "Accounts can't be known during preview."
            yield Violation(problem, doubt, _TWO_FIX, extra, Level.LATER)


RULE = Rule(
    id="delegated-administrator-valid",
    summary="At most one account, a member account, is delegated administrator of Identity Center",
    types=frozenset({tokens.DELEGATED_ADMINISTRATOR, tokens.ORGANIZATION}),
    check_stack=check,
    stack_types=frozenset({tokens.DELEGATED_ADMINISTRATOR, tokens.ORGANIZATION}) | PROVIDER_TYPES,
    config={"managementAccountId": {"type": "string", "pattern": "^[0-9]{12}$"}},
)
