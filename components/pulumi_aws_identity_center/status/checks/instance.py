"""The checks on the Identity Center instance: its Region and status, the identity source, and the sign-in address.

An account instance doesn't count as the organization's. The portal: docs.aws.amazon.com/signin/latest/userguide/
sign-in-urls-defined.html, govcloud-us/latest/UserGuide/govcloud-sso.html, docs.amazonaws.cn/en_us/aws/latest/
userguide/iam-identity-center.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.errors import count
from pulumi_aws_identity_center.status.facts import Facts, Row, home_region

from .check import Check, console, fails_until_enabled, fails_without_all_features, undetermined

_IDENTITY_SOURCE = "identity-source"
# Of Regions that gave no answer.
_SHOWN = 3
_PORTALS = {
    "aws": "https://{store}.awsapps.com/start",
    "aws-us-gov": "https://start.us-gov-home.awsapps.com/directory/{store}",
    "aws-cn": "https://start.home.awsapps.cn/directory/{store}",
}
# Simple AD can't be an identity source (singlesignon/latest/userguide/manage-your-identity-source.html).
_SOURCES = {"MicrosoftAD": "AWS Managed Microsoft AD", "SharedMicrosoftAD": "a shared directory", "ADConnector": "AD"}


def instance(facts: Facts) -> Check:
    if not facts.instances.answer.ok:
        return undetermined("instance", facts.region, "whether there is an instance", facts.instances.answer)
    row = facts.instance
    if row is None:
        return _missing_instance(facts)
    arn, region = row["InstanceArn"], home_region(row)
    if facts.management is None:
        what = f"whether the instance in {region} is the organization's or an account's own"
        return undetermined("instance", arn, what, facts.organization)
    if not facts.status.ok or facts.status.value is None:
        return undetermined("instance", arn, "its status", facts.status)
    return _judge_status(facts, row, facts.status.value)


def _judge_status(facts: Facts, row: Row, answered: Row) -> Check:
    """row: the instance's. answered: what AWS says about its status."""
    arn, region, status = row["InstanceArn"], home_region(row), answered.get("Status")
    if status == "ACTIVE":
        hint = "" if region == facts.region else f" (not in {facts.region}, the Region asked for)"
        detail = f"It is in {region}{hint} and ACTIVE{_further_regions(row)}.{_own_key(answered)}"
        return Check("instance", arn, "pass", detail)
    look = f"{console(facts, region)}  # in the management account; mend what the reason names"
    if status is None:
        return Check("instance", arn, "undetermined", f"It is in {region}, and AWS gives no status.", look)
    reason = answered.get("StatusReason") or "AWS gives no reason"
    return Check("instance", arn, "fail", f"It is in {region} and its status is {status} ({reason}).", look)


def _further_regions(row: Row) -> str:
    """Those beside the home Region, as part of a sentence."""
    names = {region["RegionName"] for region in row.get("Regions") or () if region.get("RegionName")}
    names.discard(home_region(row))
    return f", and also in {', '.join(sorted(names))}" if names else ""


def _own_key(answered: Row) -> str:
    """The customer managed KMS key, as a sentence: who disables or deletes it ends sign-in. Its states are those of
    singlesignon/latest/APIReference/API_EncryptionConfigurationDetails.html."""
    encryption = answered.get("EncryptionConfigurationDetails") or {}
    if encryption.get("KeyType") != "CUSTOMER_MANAGED_KEY":
        return ""
    state, reason = encryption.get("EncryptionStatus"), encryption.get("EncryptionStatusReason")
    return f" It needs the KMS key {encryption.get('KmsKeyArn')}, {state}{f' ({reason})' if reason else ''}."


def _missing_instance(facts: Facts) -> Check:
    if facts.instances.silent:
        return _not_found_everywhere(facts.region, facts.instances.silent)
    for answer in (facts.organization, facts.caller):
        if not answer.ok:  # a member account sees none
            return undetermined("instance", facts.region, "whether this account would see the instance", answer)
    if facts.is_member and not facts.is_administrator:
        detail = "This member account sees no organization instance in any Region."
        remedy = f"Ask from the management account {facts.management}."
        return Check("instance", facts.region, "undetermined", detail, remedy)
    if facts.lacks_all_features:
        return fails_without_all_features("instance", facts.region, "There is none without all features.")
    own = len(facts.instance_rows)
    but = f" (but {count(own, 'account instance')}, which can't give access to accounts)" if own else ""
    searched = f"{facts.region} or in {count(len(facts.instances.searched), 'other Region')}"
    detail = f"There is no Identity Center instance{but} in {searched}."
    return fails_until_enabled(facts, "instance", facts.region, detail)


def _not_found_everywhere(region: str, silent: Mapping[str, Answer[Any]]) -> Check:
    """silent: the Regions that gave no answer, each with why."""
    names = list(silent)
    more = ", …" if len(names) > _SHOWN else ""
    first = silent[names[0]]
    detail = (
        f"None was found, and {count(len(names), 'Region')} gave no answer ({', '.join(names[:_SHOWN])}{more}): "
        f"{first.explanation}."
    )
    remedy = f"Name its Region with --region, if you know it. {first.remedy}"
    return Check("instance", region, "undetermined", detail, remedy)


def identity_source(facts: Facts) -> Check:
    """As far as an API tells: none names the source. A directory whose id is the store's is it (assumed)."""
    store = facts.identity_store
    if not store:
        return _without_store(facts, _IDENTITY_SOURCE, "identity store", "where users come from")
    if not facts.directories.ok:
        what = "whether Active Directory is behind it"
        return undetermined(_IDENTITY_SOURCE, store, what, facts.directories, required=False)
    directories = {row["DirectoryId"]: row for row in facts.directories.value or () if row["Type"] in _SOURCES}
    if store in directories:
        return _judge_directory(store, directories[store], home_region(facts.instance or {}))
    return _without_own_directory(facts, store, list(directories.values()))


def _judge_directory(store: str, directory: Row, region: str) -> Check:
    """directory: the one that is the identity source. region: the instance's."""
    kind, stage = _SOURCES[directory["Type"]], directory.get("Stage")
    detail = f"Users come from {kind}, {directory.get('Name', store)}, whose state is {stage}."
    if stage == "Active":
        return Check(_IDENTITY_SOURCE, store, "pass", detail)
    look = f"aws ds describe-directories --region {region} --directory-ids {store}"
    remedy = f"{look}  # until it is Active nobody may be able to sign in"
    return Check(_IDENTITY_SOURCE, store, "fail", f"{detail} {directory.get('StageReason') or ''}".strip(), remedy)


def _without_own_directory(facts: Facts, store: str, directories: Sequence[Row]) -> Check:
    if directories:
        named = ", ".join(f"{row['DirectoryId']} ({row.get('Stage')})" for row in directories)
        detail = f"No API says whether users come from the identity store itself, or from {named}."
        remedy = "See Settings, Identity source, in the IAM Identity Center console."
        return Check(_IDENTITY_SOURCE, store, "undetermined", detail, remedy, required=False)
    elsewhere = _other_homes(facts)
    if elsewhere:
        detail = f"This account has no Active Directory. These credentials can't read {elsewhere}."
        remedy = f"identity-center status  # with credentials of {elsewhere}"
        return Check(_IDENTITY_SOURCE, store, "undetermined", detail, remedy, required=False)
    detail = (
        "Its own store, or an external identity provider. No API tells which: Directory Service has no directory that "
        "could be the source."
    )
    return Check(_IDENTITY_SOURCE, store, "pass", detail)


def _without_store(facts: Facts, id_: str, subject: str, what: str) -> Check:
    if not facts.instances.answer.ok:
        return undetermined(id_, subject, what, facts.instances.answer, required=False)
    cause = "no instance is known"
    detail = f"Could not tell {what}: {cause}."
    return Check(id_, subject, "undetermined", detail, "Mend the instance first.", required=False, cause=cause)


def _other_homes(facts: Facts) -> str:
    """Where a directory may be besides the caller's account: in the management account, or in the delegated
    administrator's (assumed)."""
    homes = dict.fromkeys([facts.management, *(row["Id"] for row in facts.administrator_rows)])
    homes.pop(facts.account, None)
    return " and ".join(filter(None, homes))


def portal(facts: Facts) -> Check:
    store = facts.identity_store
    if not store:
        return _without_store(facts, "portal", "user portal", "the user portal's address")
    address = _PORTALS.get(facts.partition, _PORTALS["aws"]).format(store=store)
    return Check("portal", address, "pass", f"{address}, or your own.")
