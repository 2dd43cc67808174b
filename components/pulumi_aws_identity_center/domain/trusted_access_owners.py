"""The sentences about a second owner of a service's trusted access: in this program, or in another stack. Pure.

An `aws.organizations.Organization` owns the complete list (`organization_list.py`): its next update disables every
service that the list lacks, also one that a `TrustedAccess` turns on. AWS doesn't record who owns a list elsewhere. It
records since when a service is trusted, and so shows what that list has done.
"""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.names import LIST_ACTION, SSO_SERVICE_PRINCIPAL

from .organization_list import FIX, PROPERTY, problem_with_list
from .values import is_list


def problem_for(listed: Any, principal: str) -> str | None:
    """A sentence with the fix, or None for a list that keeps the service."""
    if principal == SSO_SERVICE_PRINCIPAL:
        return problem_with_list({PROPERTY: listed}, [])
    if is_list(listed) and principal in listed:
        return None
    return f"its {PROPERTY} lacks {principal}.\n{FIX.replace(SSO_SERVICE_PRINCIPAL, principal)}"


def adoption_note(principal: str, row: Mapping[str, Any]) -> str:
    """That trusted access is on already. row: of AWS's list of trusted services."""
    date = row.get("DateEnabled")
    since = f", since {date.isoformat()}" if isinstance(date, datetime.datetime) else ""
    return f"{principal} has trusted access already{since}. This stack takes it over and changes nothing in AWS."


def live_note(principal: str, since: str | None, rows: Sequence[Mapping[str, Any]]) -> str | None:
    """A warning if AWS's list of trusted services shows another owner.

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
            f"{principal} has trusted access now. It was off before {enabled.isoformat()}: this stack's state has an "
            f"earlier date, {since}. {_WHO} {_ELSEWHERE} pulumi up --refresh ends this warning."
        )
    return None


_WHO = (
    "CloudTrail's event DisableAWSServiceAccess (us-east-1, management account) says who turned it off. Most often it "
    "is another stack, or Terraform, that has an organization with a list that lacks the service."
)
_ELSEWHERE = f"In that program, add it to {PROPERTY}, or ignore changes of {PROPERTY}."


def _moment(text: str | None) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


# What a member account, credentials without the permission, and an organization with consolidated billing get.
_NOT_ALLOWED = ("AccessDenied", "ConstraintViolation")


def not_seen(principal: str, reason: str) -> str:
    """The warning if AWS gave no list of trusted services."""
    said = (
        f"Whether {principal} is trusted already, and whether another owner turns it off, could not be looked up: "
        f"{reason}."
    )
    if not any(code in reason for code in _NOT_ALLOWED):
        return said
    return (
        f"{said} Only the organization's management account can turn it on, with all features enabled. Reading "
        f"the list needs the permission {LIST_ACTION}."
    )


class TrustedAccessOwners:
    """The resources of one program that own a service's trusted access: deleting one of two turns it off."""

    def __init__(self) -> None:
        self._owners: dict[Hashable, dict[str, bool]] = {}
        self._warned: set[Hashable] = set()

    def add(self, service: Hashable, principal: str, owner: str, is_protected: bool) -> str | None:
        """A warning, once a service (principal with account), if one of its two owners may be deleted by mistake."""
        owners = self._owners.setdefault(service, {})
        owners[owner] = is_protected
        unprotected = [name for name, is_protected in owners.items() if not is_protected]
        if not unprotected or len(owners) < 2 or service in self._warned:
            return None
        self._warned.add(service)
        others = ", ".join(name for name in owners if name != unprotected[0])
        return (
            f"{unprotected[0]} and {others} of this program own the trusted access of {principal}: deleting "
            f"{unprotected[0]}, which nothing protects, turns it off for all of them. {_fix(unprotected[0])}"
        )


def _fix(owner: str) -> str:
    if owner.startswith("TrustedAccess"):
        return "Remove its breakGlass, unless that is what you want."
    return (
        f"Keep one: take {owner} out of the program, and out of the state with pulumi state delete, which changes "
        "nothing in AWS."
    )
