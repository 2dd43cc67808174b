"""The checks on the caller and its organization: all features, trusted access, who administers."""

from __future__ import annotations

import datetime

from pulumi_aws_identity_center.aws.trusted_access import OFF
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL
from pulumi_aws_identity_center.status.facts import Facts, account_state
from pulumi_aws_identity_center.status.recovery_advice import way_back

from .check import Check, fails_until_enabled, fails_without_all_features, member_cannot_tell, moment, undetermined

_TRUSTED_ACCESS, _ADMINISTRATOR = "trusted-access", "delegated-administrator"


def caller(facts: Facts) -> Check:
    if not facts.caller.ok:
        return undetermined("caller", "credentials", "who is asking", facts.caller)
    account, arn = facts.caller_row["Account"], facts.caller_row["Arn"]
    detail = f"{account}{_place(facts)}: {_identity(arn)}. Its ARN is {arn}, in partition {facts.partition}."
    return Check("caller", account, "pass", detail)


def _identity(arn: str) -> str:
    """user ann, role Administrator (without its session), or root."""
    kind, _, name = arn.split(":", 5)[-1].partition("/")
    return f"role {name.rpartition('/')[0]}" if kind == "assumed-role" else f"{kind} {name}".strip()


def _place(facts: Facts) -> str:
    """What the caller's account is in the organization, with a comma; "" if that isn't known."""
    if facts.account is None or facts.management is None:
        return ""
    if not facts.is_member:
        return ", management account"
    return ", delegated administrator" if facts.is_administrator else ", member account"


def organization(facts: Facts) -> Check:
    if not facts.organization.ok:
        return undetermined("organization", "organization", "which organization this is", facts.organization)
    row = facts.organization_row
    return Check("organization", row["Id"], "pass", f"Its management account is {row['MasterAccountId']}.")


def all_features(facts: Facts) -> Check:
    if not facts.organization.ok:
        return undetermined("all-features", "organization", "which features it has", facts.organization)
    row = facts.organization_row
    if facts.lacks_all_features:
        detail = f"Its feature set is {row['FeatureSet']}, and trusted access needs ALL."
        return fails_without_all_features("all-features", row["Id"], detail)
    return Check("all-features", row["Id"], "pass", "All features are enabled.")


def trusted_access(facts: Facts) -> Check:
    if not facts.trusted.ok:
        return _unread_trusted_access(facts)
    if facts.is_on:
        return Check(_TRUSTED_ACCESS, SSO_SERVICE_PRINCIPAL, "pass", f"Trusted access is on{_since(facts)}.")
    if facts.was_never_enabled:
        return fails_until_enabled(
            facts, _TRUSTED_ACCESS, SSO_SERVICE_PRINCIPAL, "It is OFF: Identity Center was never enabled."
        )
    remedy = way_back(facts.management, facts.enablers)
    return Check(_TRUSTED_ACCESS, SSO_SERVICE_PRINCIPAL, "fail", OFF, remedy)


def _since(facts: Facts) -> str:
    """The date of Identity Center's row, as part of a sentence."""
    dates = {row["ServicePrincipal"]: row.get("DateEnabled") for row in facts.trusted.value or []}
    date = dates.get(SSO_SERVICE_PRINCIPAL)
    return f" since {moment(date)}" if isinstance(date, datetime.datetime) else "; AWS gives no date"


def _unread_trusted_access(facts: Facts) -> Check:
    """AWS didn't list the services: off for certain where the organization can't have it on."""
    if facts.lacks_all_features:
        return fails_without_all_features(
            _TRUSTED_ACCESS, SSO_SERVICE_PRINCIPAL, "It can't be on without all features."
        )
    answer = member_cannot_tell(facts, facts.trusted)
    return undetermined(_TRUSTED_ACCESS, SSO_SERVICE_PRINCIPAL, "whether trusted access is on", answer)


def guarded_service(facts: Facts, service: str) -> Check:
    """The trusted access of another service that the stack's configuration guards."""
    is_on = facts.trusts(service)
    if is_on is None:
        answer = member_cannot_tell(facts, facts.trusted)
        return undetermined(_TRUSTED_ACCESS, service, f"whether trusted access of {service} is on", answer)
    if is_on:
        return Check(_TRUSTED_ACCESS, service, "pass", f"Trusted access of {service} is on.")
    remedy = f"aws organizations enable-aws-service-access --service-principal {service}"
    return Check(
        _TRUSTED_ACCESS, service, "fail", f"Trusted access of {service} is OFF, and the stack guards it.", remedy
    )


def administrator(facts: Facts, expected: str | None) -> Check:
    """expected: an account id, "none", or None for whichever there is."""
    if not facts.administrators.ok:
        answer = member_cannot_tell(facts, facts.administrators)
        return undetermined(_ADMINISTRATOR, SSO_SERVICE_PRINCIPAL, "who administers", answer)
    states = {row["Id"]: account_state(row) for row in facts.administrator_rows}
    registered = list(states)
    wanted = registered if expected is None else _expected_accounts(expected)
    if registered != wanted:
        return _unexpected_administrator(wanted, registered)
    return _judge_administrator(states)


def _expected_accounts(expected: str) -> list[str]:
    return [] if expected == "none" else [expected]


def _unexpected_administrator(wanted: list[str], registered: list[str]) -> Check:
    accounts = ", ".join(registered) or "no account"
    subject, expected = (wanted[0], wanted[0]) if wanted else (accounts, "No account")
    detail = f"{expected} is expected to be registered, and {accounts} is."
    return Check(_ADMINISTRATOR, subject, "fail", detail, _registering(wanted, registered))


def _judge_administrator(states: dict[str, str]) -> Check:
    """states: of the registered accounts."""
    inactive = [account for account, state in states.items() if state != "ACTIVE"]
    if inactive:
        account = inactive[0]
        remedy = f"{_registering([], [account])}  # then register an account that is ACTIVE"
        return Check(_ADMINISTRATOR, account, "fail", f"Its account is {states[account]}.", remedy)
    if not states:
        detail = "None: the management account administers it."
        return Check(_ADMINISTRATOR, "management account", "pass", detail)
    registered = ", ".join(states)
    return Check(_ADMINISTRATOR, registered, "pass", f"{registered} administers, and its account is ACTIVE.")


def _registering(wanted: list[str], registered: list[str]) -> str:
    """The commands, in the management account, that lead from who is registered to who should be. One at a time."""
    commands = [("deregister", account) for account in registered if account not in wanted]
    commands += [("register", account) for account in wanted if account not in registered]
    return " && ".join(
        f"aws organizations {verb}-delegated-administrator --account-id {account} "
        f"--service-principal {SSO_SERVICE_PRINCIPAL}"
        for verb, account in commands
    )
