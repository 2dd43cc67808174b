"""The checks on the Identity Center instance: is it there, where, ACTIVE; where users come from, where they sign in.

An account instance is not taken for the organization's. The portal: docs.aws.amazon.com/signin/latest/userguide/
sign-in-urls-defined.html, govcloud-us/latest/UserGuide/govcloud-sso.html, docs.amazonaws.cn/en_us/aws/latest/
userguide/iam-identity-center.html.
"""

from __future__ import annotations

from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.status.facts import Facts

from .check import Check, needs_organization, undetermined, without_organization

_PORTALS = {
    "aws": "https://{store}.awsapps.com/start",
    "aws-us-gov": "https://start.us-gov-home.awsapps.com/directory/{store}",
    "aws-cn": "https://start.home.awsapps.cn/directory/{store}",
}
# Simple AD can't be an identity source (singlesignon/latest/userguide/manage-your-identity-source.html).
_SOURCES = {"MicrosoftAD": "AWS Managed Microsoft AD", "SharedMicrosoftAD": "a shared directory", "ADConnector": "AD"}
_CONSOLES = {
    "aws": "https://console.aws.amazon.com/singlesignon/home?region={region}",
    "aws-us-gov": "https://console.amazonaws-us-gov.com/singlesignon/home?region={region}",
    "aws-cn": "https://console.amazonaws.cn/singlesignon/home?region={region}",
}


def instance(facts: Facts) -> Check:
    answer, instance_row = facts.instances.answer, facts.instance
    if without_organization(facts):
        detail = "Without an organization there is no organization instance."
        return needs_organization("instance", facts.region, detail)
    if not answer.ok:
        return undetermined("instance", facts.region, "whether there is an instance", answer)
    if instance_row is None:
        return _none(facts)
    arn, region = instance_row["InstanceArn"], instance_row.get("PrimaryRegion") or instance_row["Region"]
    if facts.management is None:
        what = f"whether the instance in {region} is the organization's or an account's own"
        return undetermined("instance", arn, what, facts.organization)
    if not facts.status.ok:
        return undetermined("instance", arn, "its status", facts.status)
    look = f"{_console(facts, region)}  # in the management account; mend what the reason names"
    answered = facts.status.value or {}
    status = answered.get("Status")
    if status is None:
        return Check("instance", arn, "undetermined", f"It is in {region}, and AWS gives no status.", look)
    if status != "ACTIVE":
        reason = answered.get("StatusReason") or "AWS gives no reason"
        return Check("instance", arn, "fail", f"It is in {region} and its status is {status} ({reason}).", look)
    hint = "" if region == facts.region else f" (not in {facts.region}, the Region asked for)"
    names = {row.get("RegionName") for row in instance_row.get("Regions") or ()}
    more = sorted(names - {None, region})
    also = f", and also in {', '.join(more)}" if more else ""
    return Check("instance", arn, "pass", f"It is in {region}{hint} and ACTIVE{also}.")


def _console(facts: Facts, region: str) -> str:
    return _CONSOLES.get(facts.partition, _CONSOLES["aws"]).format(region=region)


def _none(facts: Facts) -> Check:
    silent = facts.instances.silent
    if silent:
        first = next(iter(silent))
        named = ", ".join(list(silent)[:3]) + (", …" if len(silent) > 3 else "")
        detail = (
            f"None was found, and {count(len(silent), 'Region')} gave no answer ({named}): {silent[first].explanation}."
        )
        remedy = f"Name its Region with --region, if you know it. {silent[first].remedy}"
        return Check("instance", facts.region, "undetermined", detail, remedy)
    if facts.is_member and not facts.is_administrator:
        detail = "This member account sees no organization instance in any Region."
        remedy = f"Ask from the management account {facts.management}."
        return Check("instance", facts.region, "undetermined", detail, remedy)
    own = len(facts.instances.answer.value or ())
    but = f" (but {count(own, 'account instance')}, which can't give access to accounts)" if own else ""
    searched = f"{facts.region} and {count(len(facts.instances.searched), 'other Region')}"
    detail = f"The organization has no Identity Center instance{but}; asked: {searched}."
    where = _console(facts, facts.region)
    remedy = (
        f"{where}  # enable it in the console of the management account, in the Region where it is to be. No API can."
    )
    return Check("instance", facts.region, "fail", detail, remedy)


def identity_source(facts: Facts) -> Check:
    """As far as an API tells: none names the source. A directory whose id is the store's is it (assumed)."""
    id_ = "identity-source"
    store = (facts.instance or {}).get("IdentityStoreId")
    if not store:
        return _without_store(facts, id_, "identity store", "where users come from")
    if not facts.directories.ok:
        return undetermined(id_, store, "whether Active Directory is behind it", facts.directories, required=False)
    rows = [row for row in facts.directories.value or () if row["Type"] in _SOURCES]
    for row in rows:
        if row["DirectoryId"] == store:
            stage = row.get("Stage")
            detail = f"Users come from {_SOURCES[row['Type']]}, {row.get('Name', store)}, whose state is {stage}."
            if stage == "Active":
                return Check(id_, store, "pass", detail)
            look = f"aws ds describe-directories --directory-ids {store}"
            remedy = f"{look}  # until it is Active nobody may be able to sign in"
            return Check(id_, store, "fail", f"{detail} {row.get('StageReason') or ''}".strip(), remedy)
    if rows:
        named = ", ".join(f"{row['DirectoryId']} ({row.get('Stage')})" for row in rows)
        detail = f"No API says whether users come from the identity store itself, or from {named}."
        remedy = "See Settings, Identity source, in the IAM Identity Center console."
        return Check(id_, store, "undetermined", detail, remedy, required=False)
    elsewhere = _other_homes(facts)
    if elsewhere:
        detail = f"Active Directory is not behind it in this account, and {elsewhere} can't be seen from here."
        remedy = f"identity-center status  # with credentials of {elsewhere}"
        return Check(id_, store, "undetermined", detail, remedy, required=False)
    detail = "No directory of Directory Service is behind it: users come from Identity Center's own store, or into it "
    return Check(id_, store, "pass", f"{detail}from an external identity provider (no API tells which).")


def _without_store(facts: Facts, id_: str, subject: str, what: str) -> Check:
    if not facts.instances.answer.ok:
        return undetermined(id_, subject, what, facts.instances.answer, required=False)
    cause = "no identity store is known"
    detail = f"Could not tell {what}: {cause}."
    return Check(id_, subject, "undetermined", detail, "Mend the instance first.", required=False, cause=cause)


def _other_homes(facts: Facts) -> str:
    """Where a directory may be besides the caller's account: in the management account, or in the delegated
    administrator's (assumed)."""
    homes = [facts.management, *(row["Id"] for row in facts.administrators.value or ())]
    return " and ".join(home for home in dict.fromkeys(homes) if home and home != facts.account)


def portal(facts: Facts) -> Check:
    store = (facts.instance or {}).get("IdentityStoreId")
    if not store:
        return _without_store(facts, "portal", "user portal", "the user portal's address")
    address = _PORTALS.get(facts.partition, _PORTALS["aws"]).format(store=store)
    return Check("portal", address, "pass", f"People sign in at {address}, or at a custom name that no API shows.")
