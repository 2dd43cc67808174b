"""delegated-administrator-valid: one member account administers Identity Center, never the management account.

The decision is the package's (`domain/delegated_administrator.py`), which the gate uses for Terraform's plans too.
"""

from __future__ import annotations

from pack.rule import Rule
from pulumi_aws_identity_center.domain.declared import ACCOUNT_CONFIG
from pulumi_aws_identity_center.domain.delegated_administrator import violations
from pulumi_aws_identity_center.names import DELEGATED_ADMINISTRATOR_TYPE, ORGANIZATION_TYPE

RULE = Rule(
    id="delegated-administrator-valid",
    summary="At most one account, a member account, is delegated administrator of Identity Center",
    types=frozenset({DELEGATED_ADMINISTRATOR_TYPE, ORGANIZATION_TYPE}),
    check_stack=violations,
    config=ACCOUNT_CONFIG,
)
