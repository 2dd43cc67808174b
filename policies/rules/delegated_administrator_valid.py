"""delegated-administrator-valid: one member account administers Identity Center, never the management account."""

from __future__ import annotations

from collections.abc import Iterable

from pack import tokens
from pack.accounts import NOT_TOLD, beside
from pack.rule import UNKNOWN, Config, Declared, Later, Rule, Stack
from pulumi_aws_identity_center.domain.values import account_problem
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

_FIX = 'In Python: account_id="222233334444", a member account. In YAML: properties: accountId: "222233334444".'


def check(stack: Stack, config: Config) -> Iterable[tuple[str, Declared | None]]:
    administrators = [
        resource
        for resource in stack.resources
        if resource.type == tokens.DELEGATED_ADMINISTRATOR
        and resource.props.get("servicePrincipal") in (SSO_SERVICE_PRINCIPAL, UNKNOWN)
    ]
    organizations = [resource for resource in stack.resources if resource.type == tokens.ORGANIZATION]
    management = [
        *(resource.props.get("masterAccountId") for resource in organizations),
        config.get("managementAccountId"),
    ]
    for resource in administrators:
        account = resource.props.get("accountId")
        if account is UNKNOWN:
            yield (
                Later(
                    f"{resource.name}: this preview can't know its accountId, so it can't tell whether that is a "
                    "member account. If the program makes the account, it is; AWS refuses the management account, and "
                    f"the update judges it again. {_FIX}"
                ),
                resource,
            )
        elif problem := account_problem(account, "accountId"):
            yield f"{resource.name}: {problem} {_FIX}", resource
        elif account in management:
            yield f"{resource.name}: {account} is the management account, which can't be delegated to. {_FIX}", resource
    for number, extra in enumerate(administrators):
        first, certain = beside(extra, administrators[:number])
        if first is not None:
            text = (
                f"{extra.name} and {first.name} are both delegated administrators for {SSO_SERVICE_PRINCIPAL}, and AWS "
                "allows one. Keep one. In Python: remove the other's lines. In YAML: remove its entry under resources."
            )
            yield text if certain else Later(f"{text} {NOT_TOLD}"), extra


RULE = Rule(
    id="delegated-administrator-valid",
    description=(
        "At most one delegated administrator for sso.amazonaws.com in an organization (providers with roles in "
        "different accounts, or other credentials, are two's), and a member account: never the management account "
        "(known from the stack's Organization, or given as managementAccountId). An account that the preview "
        "can't know, as one that the program makes, is shown, and judged after the update."
    ),
    types=frozenset({tokens.DELEGATED_ADMINISTRATOR, tokens.ORGANIZATION}),
    check_stack=check,
    config={"managementAccountId": {"type": "string", "pattern": "^[0-9]{12}$"}},
)
