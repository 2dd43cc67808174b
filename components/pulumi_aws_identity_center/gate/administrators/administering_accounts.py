"""Which account is the management account by what a plan tells, and which the delegated administrator. Pure."""

from __future__ import annotations

import re
from typing import Any

from pulumi_aws_identity_center.domain.resource_types import NATIVE_ORGANIZATION
from pulumi_aws_identity_center.domain.values import is_account_id
from pulumi_aws_identity_center.gate.change import Change, Resource
from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, ORGANIZATION_TYPE, SSO_SERVICE_PRINCIPAL

TYPES = frozenset({ORGANIZATION_TYPE, NATIVE_ORGANIZATION, DELEGATED_ADMINISTRATOR_TYPE})
# The ARN of an organization, or of an account in one, names the management account:
# docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
_ARN = re.compile(r"arn:[a-z-]+:organizations::(\d{12}):.+")


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
            self.delegated_administrator = _id(change.new.tells("accountId"))


def _management_account(state: Resource) -> str:
    named = _id(state.has("masterAccountId")) or _id(state.has("managementAccountId"))
    arn = _ARN.fullmatch(str(state.has("arn")))
    return named or (arn[1] if arn else "")


def _id(value: Any) -> str:
    return value if is_account_id(value) else ""
