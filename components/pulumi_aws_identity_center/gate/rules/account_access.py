"""IAM account access manager's application: the second way in which people reach accounts, beside Identity Center."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws_identity_center.gate.change import Change
from pulumi_aws_identity_center.gate.finding import Finding, leaves
from pulumi_aws_identity_center.gate.service_principal import Guarded


def judge(change: Change, guarded: Guarded) -> Iterator[Finding]:
    """Deleting one can't be undone, and ends everybody's access through it at once (API_DeleteApplication)."""
    if change.is_let_go and not change.is_drift:
        yield leaves(
            change,
            "account-access",
            "An account access application would be deleted, for good, and with it everybody's access through it.",
            "An account access application would leave the stack; it stays, and nothing watches it any more.",
        )
