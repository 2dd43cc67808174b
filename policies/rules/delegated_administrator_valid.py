"""delegated-administrator-valid: one member account administers Identity Center, never the management account.

The decision is the package's (`domain/delegated_administrator.py`), which the gate uses for Terraform's plans too.
"""

from __future__ import annotations

from pack import tokens
from pack.rule import Rule
from pulumi_aws_identity_center.domain.accounts_of_resources import PROVIDER_TYPES
from pulumi_aws_identity_center.domain.delegated_administrator import violations

RULE = Rule(
    id="delegated-administrator-valid",
    summary="At most one account, a member account, is delegated administrator of Identity Center",
    types=frozenset({tokens.DELEGATED_ADMINISTRATOR, tokens.ORGANIZATION}),
    check_stack=violations,
    stack_types=frozenset({tokens.DELEGATED_ADMINISTRATOR, tokens.ORGANIZATION}) | PROVIDER_TYPES,
    config={"managementAccountId": {"type": "string", "pattern": "^[0-9]{12}$"}},
)
