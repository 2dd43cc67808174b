"""Which account is the management account by what a plan tells, and which the delegated administrator. Pure."""

from __future__ import annotations

import re
from typing import Any

from pulumi_aws_identity_center.domain.resource_types import NATIVE_ORGANIZATION
from pulumi_aws_identity_center.gate.change import Change, Resource, known_text
from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, ORGANIZATION_TYPE, SSO_SERVICE_PRINCIPAL

TYPES = frozenset({ORGANIZATION_TYPE, NATIVE_ORGANIZATION, DELEGATED_ADMINISTRATOR_TYPE})
# The ARN of an organization, or of an account in one, names the management account:
# docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
_MANAGEMENT_KEYS = ("masterAccountId", "managementAccountId", "arn")
_ACCOUNT = re.compile(r"([0-9]{12})|arn:[a-z-]+:organizations::([0-9]{12}):.+")


class AdministeringAccounts:
    """management, delegated_administrator: their ids; "" where the plan doesn't tell."""

    def __init__(self) -> None:
        self.management = ""
        self.delegated_administrator = ""

    def add_change(self, change: Change) -> None:
        for state in change.states:
            self.management = self.management or _management_account(state)
        is_delegation = change.type == DELEGATED_ADMINISTRATOR_TYPE
        if is_delegation and change.new.tells("servicePrincipal") == SSO_SERVICE_PRINCIPAL:
            self.delegated_administrator = _account_in(change.new.tells("accountId"))


def _management_account(state: Resource) -> str:
    accounts = (_account_in(state.has(key)) for key in _MANAGEMENT_KEYS)
    return next(filter(None, accounts), "")


def _account_in(value: Any) -> str:
    """An account id, or the one in an ARN; "" of anything else."""
    match = _ACCOUNT.fullmatch(known_text(value))
    return (match[1] or match[2]) if match else ""
