"""The advice when trusted access is off: who can turn it on, by which call, and what works again then. Pure."""

from __future__ import annotations

from typing import Any

from pulumi_aws_identity_center.aws.results import NOT_ASKED, Answer
from pulumi_aws_identity_center.aws.trusted_access import CALL
from pulumi_aws_identity_center.errors import first_of

# services-that-can-integrate-sso.html, under "Disabling trusted access".
_RESUMES = "continues as before: AWS kept its instance, users, permission sets, assignments and roles."
# Assumed: AWS may list an instance only some time after trusted access is on.
_NO_INSTANCE = (
    "But AWS lists no Identity Center instance, and without one nobody can sign in through it. If that stays so, "
    "enable it in the console, in the management account; identity-center status has the address."
)
_SHOWN = 3


def what_resumes(instances: Answer[list[dict[str, Any]]], management: str | None) -> str:
    """What works again once trusted access is on. instances: Identity Center's, of all Regions.

    People sign in only through an active instance that the management account owns.
    """
    if instances.ok and not instances.value:
        return _NO_INSTANCE
    owners = [(row.get("Status"), row.get("OwnerAccountId")) for row in instances.value or ()]
    if instances.ok and management is not None and ("ACTIVE", management) in owners:
        return f"Identity Center {_RESUMES}"
    return f"If Identity Center was in use, it {_RESUMES}"


def way_back(management: str | None, enablers: Answer[list[str]] = NOT_ASKED) -> str:
    """Two commands to paste, either of which does it, a line each; the first one's explanation follows a #.

    enablers: the answer of who_can_enable. People can't sign in through Identity Center then, only as the account's IAM
    users and roles or as its root user.
    """
    where = f"in the management account {management or ''}".rstrip()
    after = f"{who(enablers)} After that, Identity Center {_RESUMES}"
    return f"identity-center recover  # run one of these {where}. {after}\n{CALL}"


def who(enablers: Answer[list[str]]) -> str:
    """The principals that can make the call, as a sentence."""
    if enablers.value is None:
        reason = f"{enablers.meaning} ({enablers.action})" if enablers.action else enablers.meaning
        caveat = "" if enablers.kind == "not-asked" else f" Who else can is not known: {reason}."
        return f"The root user can, and who has the permissions of identity-center document enable.{caveat}"
    if not enablers.value:
        return "No other IAM user or role of this account can: if these credentials can't, sign in as its root user."
    names = [arn.split(":", 5)[-1] for arn in enablers.value]
    return f"These principals can: {first_of(names, _SHOWN)}; and the account's root user."
