"""Who else owns the switch: an Organization's authoritative list that lacks a trusted service turns it off at its next
update or refresh, whatever `TrustedAccess` says. Pure judgements.

In the same stack that is refused (`components/program.py` sees each Organization). An owner elsewhere can't be read,
since AWS keeps no record of whose list it is; what it has done can: `live_note()` judges AWS's own list. What neither
sees: an Organization inside a remote component (the policy pack does: `trusted-access-single-owner`), and a list
elsewhere that has not struck yet.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.names import LIST_ACTION, SSO_SERVICE_PRINCIPAL

from .organization_list import FIX, PROPERTY, problem_with_list


def problem_for(listed: Any, principal: str) -> str | None:
    """A sentence with the fix, or None for a list that keeps the service ."""
    if principal == SSO_SERVICE_PRINCIPAL:
        return problem_with_list({PROPERTY: listed}, [])
    if isinstance(listed, Sequence) and principal in listed:
        return None
    return f"its {PROPERTY} lacks {principal}. {FIX.replace(SSO_SERVICE_PRINCIPAL, principal)}"


def live_note(principal: str, since: str | None, rows: Sequence[Mapping[str, Any]]) -> str | None:
    """What AWS's list of trusted services says of other owners; None if nothing speaks for one.

    since: the date in this stack's state; None if it has no such resource yet.
    """
    dates = {row.get("ServicePrincipal"): row.get("DateEnabled") for row in rows}
    others = sorted(str(name) for name in dates if name != principal)
    if principal not in dates:
        if since is not None:
            return (
                f"{principal} has no trusted access now, though this stack's state has it on since {since}: another "
                f"owner turned it off. {_WHO} Turn it on again with pulumi up --refresh. {_ELSEWHERE}"
            )
        if others and principal == SSO_SERVICE_PRINCIPAL:
            return (
                f"{principal} has no trusted access yet, while {', '.join(others)} have. If a program elsewhere owns "
                f"that list, its next update or refresh turns off again what this stack turns on. {_ELSEWHERE}"
            )
        return None
    recorded, enabled = _moment(since), dates[principal]
    if recorded and isinstance(enabled, datetime.datetime) and (enabled - recorded).total_seconds() > 1:
        return (
            f"{principal} was turned off and on again since this stack last looked: it is on since "
            f"{enabled.isoformat()}, and the state says {since}. {_WHO} {_ELSEWHERE}"
        )
    return None


_WHO = (
    "CloudTrail's event DisableAWSServiceAccess (us-east-1, management account) names who; most often it is an "
    "aws.organizations.Organization in another stack, or Terraform's, whose list lacks it, when it is refreshed."
)
_ELSEWHERE = f"In that program, add it to {PROPERTY}, or ignore changes of {PROPERTY}."


def _moment(text: str | None) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


# What a member account, credentials without the permission, and an organization with consolidated billing get.
_NOT_ALLOWED = ("AccessDenied", "ConstraintViolation")


def not_seen(principal: str, reason: str) -> str:
    """The warning where nothing could be looked up: whether all is well is not known then."""
    said = (
        f"Whether {principal} is trusted already, and whether another owner turns it off, could not be looked up: "
        f"{reason}."
    )
    if not any(code in reason for code in _NOT_ALLOWED):
        return said
    return (
        f"{said} Only the organization's management account can turn it on, with all features enabled; looking takes "
        f"{LIST_ACTION}."
    )
