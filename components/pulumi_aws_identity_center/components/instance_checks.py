"""Finds the organization instance and its status. There is a message for each reason why nobody can use it.

The reasons: the organization lacks all features; Identity Center is enabled nowhere, or in another Region; these
credentials may not read it; its creation failed (with AWS's reason). The provider lists the instances of its Region.
The rest has no data source: `aws_reader.py` reads it. A status that can't be read is UNDETERMINED, never ACTIVE.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.domain.preconditions import (
    NO_ORGANIZATION,
    explain_instances_failure,
    explain_read_failure,
    not_enabled,
    not_enabled_yet,
    require_all_features,
    wrong_region,
)
from pulumi_aws_identity_center.errors import NotKnownYet, NotPossibleHere

from .aws_reader import ask_aws, ask_aws_once
from .lookups import ask
from .program import current_program

Row = dict[str, Any]
_ORGANIZATION = "organizations/getOrganization:getOrganization"
_WITH_ACCOUNTS = "organization with its accounts"


@dataclass(frozen=True)
class RegionalInstances:
    """What the provider sees in its Region."""

    region: str
    arns: Sequence[str]
    identity_stores: Sequence[str]


@dataclass(frozen=True)
class OrganizationInstance:
    """The organization's instance. described: DescribeInstance's answer."""

    arn: str
    identity_store: str
    described: Answer[Row]


async def list_regional_instances(component: pulumi.Resource) -> RegionalInstances:
    """Raises NotPossibleHere if the instances can't be listed. A preview looks once; an update whenever it is asked."""
    if not pulumi.runtime.is_dry_run():
        return await _list_regional_instances(component)
    return await current_program().once_for(component, "instances", lambda: _list_regional_instances(component))


async def _list_regional_instances(component: pulumi.Resource) -> RegionalInstances:
    answers: Any = await asyncio.gather(
        ask(component, "index/getRegion:getRegion"),
        ask(component, "ssoadmin/getInstances:getInstances"),
        return_exceptions=True,
    )
    for answer in answers:
        if isinstance(answer, NotKnownYet):
            raise answer
        if isinstance(answer, BaseException):
            raise explain_instances_failure(str(answer)) from None
    region, instances = answers
    name = region.get("region") or region.get("name") or ""
    return RegionalInstances(name, instances["arns"], instances["identityStoreIds"])


async def find_organization_instance(
    component: pulumi.Resource, regional: RegionalInstances
) -> OrganizationInstance | None:
    """The organization's instance among those of the Region: a member account may have its own beside it, or instead.

    docs.aws.amazon.com/singlesignon/latest/userguide/identity-center-instances.html
    """
    answers = await asyncio.gather(*(describe(component, arn) for arn in regional.arns))
    management = await _management_account(component) if regional.arns else None
    for arn, store, answer in zip(regional.arns, regional.identity_stores, answers, strict=False):
        if is_organizations(answer.value or {}, management):
            return OrganizationInstance(arn, store, answer)
    return None


def is_organizations(row: Row, management: str | None) -> bool:
    """Whether an instance is the organization's: its management account owns it. An unknown owner counts as that."""
    owner = row.get("OwnerAccountId")
    return owner is None or management is None or owner == management


async def _management_account(component: pulumi.Resource) -> str | None:
    """Empty where there is no organization; None where it can't be told."""
    try:
        return str((await organization_of(component))["masterAccountId"])
    except Exception as error:  # noqa: BLE001 - an invoke's failure has no class of its own
        return "" if NO_ORGANIZATION in str(error) else None


async def _what_is_missing(component: pulumi.Resource) -> NotPossibleHere | None:
    """The error if Identity Center can't be enabled yet: no organization, or not all features. None if this program
    creates the organization; a plugin can't see that, and gives the error."""
    if pulumi.runtime.get_root_resource() is not None and not current_program().conflicts.declares_no_organization():
        return None
    try:
        require_all_features((await organization_of(component))["featureSet"])
    except NotPossibleHere as missing:
        return missing
    except Exception as error:  # noqa: BLE001 - as above
        return explain_read_failure(str(error)) if NO_ORGANIZATION in str(error) else None
    return None


async def organization_of(component: pulumi.Resource, *, accounts: bool = False) -> Mapping[str, Any]:
    """The organization, read once in a program. Raises what the engine raises.

    accounts: with all of its accounts, which is slow in a large organization.
    """
    if accounts or current_program().has_read(component, _WITH_ACCOUNTS):
        what, look = _WITH_ACCOUNTS, partial(ask, component, _ORGANIZATION)
    else:
        what, look = "organization", partial(ask, component, _ORGANIZATION, {"returnOrganizationOnly": True})
    organization: Mapping[str, Any] = await current_program().once_for(component, what, look)
    return organization


async def why_not_here(component: pulumi.Resource, region: str) -> str:
    """Why the Region has no organization instance: it can't be enabled yet, is in another Region, or is nowhere."""
    if missing := await _what_is_missing(component):
        return not_enabled_yet(missing)
    instances = await ask_aws(component, lambda account: account.instances_anywhere())
    return explain_absence(region, instances, await _management_account(component))


def explain_absence(region: str, instances: Answer[list[Row]], management: str | None = None) -> str:
    """instances: those of every Region. management: the management account, if it is known."""
    rows = instances.value
    if rows is None:
        reason = instances.reason
        return not_enabled(region, f"Whether it is enabled in another Region could not be looked up: {reason}.")
    theirs = [row for row in rows if row.get("PrimaryRegion") and is_organizations(row, management)]
    if theirs:
        return wrong_region(region, str(theirs[0]["PrimaryRegion"]), str(theirs[0]["InstanceArn"]))
    account_instances = [
        f"{row['InstanceArn']} is account {row['OwnerAccountId']}'s own." for row in rows if management
    ]
    return not_enabled(region, " ".join(["No other Region that these credentials see has one.", *account_instances]))


def status_of(component: pulumi.Resource, instance: OrganizationInstance) -> str:
    """The instance's status. Raises NotPossibleHere for one whose creation failed."""
    if not instance.described.ok:
        reason = instance.described.reason
        pulumi.log.info(f"The status of {instance.arn} could not be read, so it is UNDETERMINED: {reason}.", component)
    return judge(instance.described, instance.arn)


async def describe(component: pulumi.Resource, arn: str) -> Answer[Row]:
    """What AWS says of the instance. As `list_regional_instances`, once in a preview."""
    if not pulumi.runtime.is_dry_run():
        return await ask_aws(component, lambda account: account.status(arn))
    return await ask_aws_once(component, ("instance", arn), lambda account: account.status(arn))


def judge(described: Answer[Row], arn: str) -> str:
    """The status, in AWS's word (docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribeInstance.html)."""
    row = described.value or {}
    status = str(row.get("Status", "UNDETERMINED"))
    if status == "CREATE_FAILED":
        reason = row.get("StatusReason") or "AWS gives no reason"
        raise NotPossibleHere(
            f"The Identity Center instance {arn} failed to be created: {reason}. Delete it in the IAM Identity Center "
            "console, mend what the reason names, and enable Identity Center again."
        )
    return status
