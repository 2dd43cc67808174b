"""The checks on the caller and its organization: all features, trusted access, who administers."""

from __future__ import annotations

import datetime

from pulumi_aws_identity_center.aws.trusted_access import OFF
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL
from pulumi_aws_identity_center.status.facts import Facts, Row
from pulumi_aws_identity_center.status.recovery_advice import way_back

from .check import Check, member_cannot_tell, moment, needs_organization, place, undetermined, without_organization

_ALL_FEATURES = "aws organizations enable-all-features  # every account that was invited has to agree"


def caller(facts: Facts) -> Check:
    if not facts.caller.ok:
        return undetermined("caller", "credentials", "who is asking", facts.caller)
    identity = facts.caller.value or {}
    where = f", {place(facts)}" if place(facts) else ""
    detail = f"Asking as {identity['Arn']} of account {identity['Account']}{where}, in partition {facts.partition}."
    return Check("caller", identity["Account"], "pass", detail)


def organization(facts: Facts) -> Check:
    if without_organization(facts):
        detail = "This account is in no organization, and Identity Center's trusted access needs one."
        return needs_organization("organization", facts.account or "organization", detail)
    if not facts.organization.ok:
        return undetermined("organization", "organization", "which organization this is", facts.organization)
    row = facts.organization.value or {}
    return Check("organization", row["Id"], "pass", f"Its management account is {row['MasterAccountId']}.")


def all_features(facts: Facts) -> Check:
    if without_organization(facts):
        return needs_organization("all-features", "organization", "There is no organization to have them.")
    if not facts.organization.ok:
        return undetermined("all-features", "organization", "which features it has", facts.organization)
    row = facts.organization.value or {}
    if row["FeatureSet"] == "ALL":
        return Check("all-features", row["Id"], "pass", "All features are enabled.")
    detail = f"Its feature set is {row['FeatureSet']}, and trusted access needs ALL."
    return Check("all-features", row["Id"], "fail", detail, _ALL_FEATURES)


def trusted_access(facts: Facts) -> Check:
    id_, subject = "trusted-access", SSO_SERVICE_PRINCIPAL
    if not facts.trusted.ok:
        return _unread_trusted_access(facts)
    for row in facts.trusted.value or []:
        if row["ServicePrincipal"] == SSO_SERVICE_PRINCIPAL:
            since = row.get("DateEnabled")
            date = f" since {moment(since)}" if isinstance(since, datetime.datetime) else "; AWS gives no date"
            return Check(id_, subject, "pass", f"Trusted access is on{date}.")
    has_instance = not _was_never_enabled(facts)
    if has_instance:
        detail = OFF
    else:
        detail = "Trusted access is OFF, and Identity Center was never enabled: the organization has no instance."
    return Check(id_, subject, "fail", detail, way_back(facts.management, facts.enablers, has_instance=has_instance))


def _unread_trusted_access(facts: Facts) -> Check:
    """AWS didn't list the services: off for certain where the organization can't have it on."""
    id_, subject = "trusted-access", SSO_SERVICE_PRINCIPAL
    if without_organization(facts):
        return needs_organization(id_, subject, "It can't be on without an organization.")
    if (facts.organization.value or {}).get("FeatureSet") == "CONSOLIDATED_BILLING":
        detail = "It can't be on: the organization has consolidated billing only."
        return Check(id_, subject, "fail", detail, f"{_ALL_FEATURES}; then: identity-center recover")
    return undetermined(id_, subject, "whether trusted access is on", member_cannot_tell(facts, facts.trusted))


def guarded_service(facts: Facts, service: str) -> Check:
    """The trusted access of another service that the stack's configuration guards."""
    id_, is_on = "trusted-access", facts.trusts(service)
    if is_on is None:
        answer = member_cannot_tell(facts, facts.trusted)
        return undetermined(id_, service, f"whether trusted access of {service} is on", answer)
    if is_on:
        return Check(id_, service, "pass", f"Trusted access of {service} is on.")
    remedy = f"aws organizations enable-aws-service-access --service-principal {service}"
    return Check(id_, service, "fail", f"Trusted access of {service} is OFF, and the stack guards it.", remedy)


def _was_never_enabled(facts: Facts) -> bool:
    """Whether no Region has an instance of the organization's, for certain."""
    every_region_answered = facts.instances.answer.ok and not facts.instances.silent
    return every_region_answered and facts.instance is None and not facts.is_member


def administrator(facts: Facts, expected: str | None) -> Check:
    """expected: an account id, "none", or None for whichever there is."""
    id_, answer = "delegated-administrator", facts.administrators
    if without_organization(facts) and not answer.ok:
        return needs_organization(id_, SSO_SERVICE_PRINCIPAL, "There is no organization to administer.")
    if not answer.ok:
        return undetermined(id_, SSO_SERVICE_PRINCIPAL, "who administers", member_cannot_tell(facts, answer))
    states = {row["Id"]: _account_state(row) for row in answer.value or []}
    unexpected = _unexpected_administrator(id_, expected, list(states)) if expected is not None else None
    return unexpected or _judge_administrator(id_, states)


def _account_state(row: Row) -> str:
    return str(row.get("State") or row.get("Status") or "ACTIVE")


def _unexpected_administrator(id_: str, expected: str, registered: list[str]) -> Check | None:
    wanted = None if expected == "none" else expected
    if registered == ([wanted] if wanted else []):
        return None
    accounts = ", ".join(registered) or "no account"
    detail = f"{wanted or 'No account'} is expected to be registered, and {accounts} is."
    return Check(id_, wanted or accounts, "fail", detail, _registering(wanted, registered))


def _judge_administrator(id_: str, states: dict[str, str]) -> Check:
    """states: of the registered accounts."""
    for account, state in states.items():
        if state != "ACTIVE":
            remedy = f"{_registering(None, [account])}  # then register an account that is ACTIVE"
            return Check(id_, account, "fail", f"Its account is {state}.", remedy)
    if not states:
        return Check(id_, "management account", "pass", "None is registered: only the management account administers.")
    registered = ", ".join(states)
    return Check(id_, registered, "pass", f"{registered} administers, and its account is ACTIVE.")


def _registering(wanted: str | None, registered: list[str]) -> str:
    """The commands, in the management account, that lead from who is registered to who should be. One at a time."""
    end = f"--service-principal {SSO_SERVICE_PRINCIPAL}"
    commands = [
        f"aws organizations deregister-delegated-administrator --account-id {account} {end}"
        for account in registered
        if account != wanted
    ]
    if wanted and wanted not in registered:
        commands.append(f"aws organizations register-delegated-administrator --account-id {wanted} {end}")
    return " && ".join(commands)
