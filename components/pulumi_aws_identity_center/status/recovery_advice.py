"""The advice when trusted access is off: who can turn it on, by which call, and what works again then. Pure."""

from __future__ import annotations

from pulumi_aws_identity_center.aws.results import NOT_ASKED, Answer
from pulumi_aws_identity_center.aws.trusted_access import CALL

# services-that-can-integrate-sso.html, under "Disabling trusted access".
_RESUMES = "goes on as before: AWS kept its instance, users, permission sets, assignments and roles."
# For who doesn't know whether there is an instance.
RESUMES_IF_USED = f"If Identity Center was in use, it {_RESUMES}"
_NO_INSTANCE = "Then enable Identity Center itself."
_SHOWN = 3


def way_back(management: str | None, enablers: Answer[list[str]] = NOT_ASKED, *, has_instance: bool = True) -> str:
    """Two commands to paste, either of which does it, a line each; the first one's explanation follows a #.

    enablers: the answer of who_can_enable. People can't sign in through Identity Center then, only as the account's IAM
    users and roles or as its root user.
    """
    where = f"in the management account{f' {management}' if management else ''}"
    after = f"{who(enablers)} After that, Identity Center {_RESUMES}" if has_instance else _NO_INSTANCE
    return f"identity-center recover  # run one of these {where}. {after}\n{CALL}"


def who(enablers: Answer[list[str]]) -> str:
    """The principals that can make the call, as a sentence."""
    if enablers.value is None:
        reason = f"{enablers.meaning} ({enablers.action})"
        caveat = "" if enablers.kind == "not-asked" else f" Who else can is not known: {reason}."
        return f"The root user can, and who has the permissions of identity-center document enable.{caveat}"
    if not enablers.value:
        return "No IAM user or role of this account can: sign in as its root user."
    names = [arn.split(":", 5)[-1] for arn in enablers.value]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"These principals can: {', '.join(names[:_SHOWN])}{more}; and the account's root user."
