"""The judgements of `status`: pure functions from facts to checks. An error is undetermined, never a pass."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..constants import SERVICE_LINKED_ROLE_NAME, SSO_SERVICE_PRINCIPAL
from .answers import Answer, Facts

Result = Literal["pass", "fail", "undetermined"]
Verdict = Literal["healthy", "unhealthy", "undetermined"]

_ENABLE = (
    f"In the management account: identity-center recover, or aws organizations enable-aws-service-access "
    f"--service-principal {SSO_SERVICE_PRINCIPAL}. Identity Center then goes on as before; nothing is set up again."
)


@dataclass(frozen=True)
class Check:
    """One judgement on one subject. remedy: what a person can do or paste; "" for a pass."""

    id: str
    subject: str
    result: Result
    detail: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def verdict(checks: list[Check]) -> Verdict:
    """A fail decides; else what could not be told does."""
    results = {check.result for check in checks}
    if "fail" in results:
        return "unhealthy"
    return "undetermined" if "undetermined" in results or not checks else "healthy"


def judge(facts: Facts, expected_administrator: str | None = None) -> list[Check]:
    """Every check, in the order in which a person would ask."""
    checks: tuple[Callable[[Facts], Check], ...] = (
        _caller,
        _organization,
        _all_features,
        _trusted_access,
        _instance,
        _service_linked_role,
    )
    return [*(check(facts) for check in checks), _administrator(facts, expected_administrator)]


def _untold(id_: str, subject: str, what: str, answer: Answer[Any]) -> Check:
    return Check(id_, subject, "undetermined", f"Could not tell {what}: {answer.explanation}.", answer.remedy)


def _caller(facts: Facts) -> Check:
    if not facts.caller.ok:
        return _untold("caller", "credentials", "who is asking", facts.caller)
    caller = facts.caller.value or {}
    return Check("caller", str(caller.get("Account")), "pass", f"Asking as {caller.get('Arn')}.")


def _organization(facts: Facts) -> Check:
    answer = facts.organization
    if answer.code == "AWSOrganizationsNotInUseException":
        return Check(
            "organization",
            "organization",
            "fail",
            "This account is in no organization, and Identity Center's trusted access needs one.",
            "Use the management account's credentials; or aws organizations create-organization --feature-set ALL.",
        )
    if not answer.ok:
        return _untold("organization", "organization", "which organization this is", answer)
    found = answer.value or {}
    return Check("organization", str(found["Id"]), "pass", f"Its management account is {found['MasterAccountId']}.")


def _all_features(facts: Facts) -> Check:
    if not facts.organization.ok:
        return _untold("all-features", "organization", "which features it has", facts.organization)
    found = facts.organization.value or {}
    if found.get("FeatureSet") == "ALL":
        return Check("all-features", str(found["Id"]), "pass", "All features are enabled.")
    return Check(
        "all-features",
        str(found["Id"]),
        "fail",
        f"Its feature set is {found.get('FeatureSet')}, and trusted access needs ALL.",
        "aws organizations enable-all-features; every invited account has to agree.",
    )


def _trusted_access(facts: Facts) -> Check:
    answer = facts.trusted
    if not answer.ok and (facts.organization.value or {}).get("FeatureSet") == "CONSOLIDATED_BILLING":
        return Check(
            "trusted-access",
            SSO_SERVICE_PRINCIPAL,
            "fail",
            "It can't be on: the organization has consolidated billing only.",
            "aws organizations enable-all-features first, then identity-center recover.",
        )
    if not answer.ok and facts.organization.code == "AWSOrganizationsNotInUseException":
        return Check(
            "trusted-access", SSO_SERVICE_PRINCIPAL, "fail", "It can't be on without an organization.", _ENABLE
        )
    if not answer.ok:
        return _untold("trusted-access", SSO_SERVICE_PRINCIPAL, "whether trusted access is on", _where_denied(facts))
    for row in answer.value or []:
        if row["ServicePrincipal"] == SSO_SERVICE_PRINCIPAL:
            since = row.get("DateEnabled")
            told = f" since {since.isoformat()}" if isinstance(since, datetime.datetime) else ""
            return Check("trusted-access", SSO_SERVICE_PRINCIPAL, "pass", f"Trusted access is on{told}.")
    return Check(
        "trusted-access",
        SSO_SERVICE_PRINCIPAL,
        "fail",
        "Trusted access is OFF: nobody can sign in to any account through Identity Center.",
        _ENABLE,
    )


def _where_denied(facts: Facts) -> Answer[Any]:
    """A member account is refused whatever its permissions: say so."""
    caller = (facts.caller.value or {}).get("Account")
    management = (facts.organization.value or {}).get("MasterAccountId")
    if facts.trusted.kind == "denied" and caller and management and caller != management:
        return Answer(
            kind="denied",
            code=facts.trusted.code,
            message=f"{caller} is a member account; the management account {management} or a delegated administrator "
            "can tell",
        )
    return facts.trusted


def _instance(facts: Facts) -> Check:
    if not facts.instances.ok:
        return _untold("instance", facts.region, "whether there is an instance", facts.instances)
    if not facts.instances.value:
        return _no_instance(facts)
    arn = facts.instances.value[0]["InstanceArn"]
    if not facts.instance.ok:
        return _untold("instance", arn, "its status", facts.instance)
    status = (facts.instance.value or {}).get("Status")
    where = f"It is in {facts.instance_region}"
    if status != "ACTIVE":
        reason = (facts.instance.value or {}).get("StatusReason") or "AWS gives no reason"
        return Check(
            "instance",
            arn,
            "undetermined" if status is None else "fail",
            f"{where} and its status is {status} ({reason}).",
            "Look at it in the IAM Identity Center console; mend what the reason names.",
        )
    elsewhere = facts.instance_region != facts.region
    store = (facts.instance.value or {}).get("IdentityStoreId")
    portal = (
        f"; the portal is https://{store}.awsapps.com/start, unless it was given a name of its own" if store else ""
    )
    hint = f" (not in {facts.region}, the Region asked for)" if elsewhere else ""
    return Check("instance", arn, "pass", f"{where}{hint} and ACTIVE{portal}.")


def _no_instance(facts: Facts) -> Check:
    if facts.not_searched:
        return Check(
            "instance",
            facts.region,
            "undetermined",
            f"There is none in {facts.region}, and {len(facts.not_searched)} other Regions gave no answer "
            f"({', '.join(facts.not_searched[:3])}, …).",
            "Name the Region with --region.",
        )
    return Check(
        "instance",
        facts.region,
        "fail",
        "There is no Identity Center instance in any Region of this account and partition.",
        "Enable IAM Identity Center in the console of the management account; no API can.",
    )


def _service_linked_role(facts: Facts) -> Check:
    answer = facts.role
    if answer.code in ("NoSuchEntity", "NoSuchEntityException"):
        # AWS's pages disagree on where it exists, and when: it is reported, not required.
        return Check(
            "service-linked-role",
            SERVICE_LINKED_ROLE_NAME,
            "pass",
            "It is not in this account. AWS makes it by itself, not at once and not in every account.",
        )
    if not answer.ok:
        return _untold("service-linked-role", SERVICE_LINKED_ROLE_NAME, "whether it is there", answer)
    return Check("service-linked-role", str((answer.value or {}).get("Arn")), "pass", "It is in this account.")


def _administrator(facts: Facts, expected: str | None) -> Check:
    answer = facts.administrators
    if not answer.ok:
        return _untold("delegated-administrator", SSO_SERVICE_PRINCIPAL, "who administers", answer)
    rows = answer.value or []
    found = [str(row["Id"]) for row in rows]
    if expected is not None and expected not in found:
        return Check(
            "delegated-administrator",
            expected,
            "fail",
            f"{expected} is expected to administer; {', '.join(found) or 'no account'} is registered.",
            f"aws organizations register-delegated-administrator --account-id {expected} "
            f"--service-principal {SSO_SERVICE_PRINCIPAL}",
        )
    inactive = [row for row in rows if row.get("Status", "ACTIVE") != "ACTIVE"]
    if inactive:
        return Check(
            "delegated-administrator",
            str(inactive[0]["Id"]),
            "fail",
            f"The delegated administrator's account is {inactive[0]['Status']}.",
            "Deregister it and name an active account.",
        )
    who = (
        f"Administered by {found[0]} ({rows[0].get('Name')})" if rows else "Administered by the management account only"
    )
    return Check("delegated-administrator", found[0] if found else "management account", "pass", f"{who}.")
