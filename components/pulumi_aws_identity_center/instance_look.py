"""Where the organization instance is and in what state: four ways in which it can't be used, each its own sentence.

Not enabled anywhere, enabled in another Region, not to be seen with these credentials, and failed to be created (with
AWS's reason). The provider lists the instances of its Region; the rest has no data source and is read by `live.py`.
What can't be read is UNDETERMINED, which is never taken for ACTIVE.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from .errors import NotPossibleHere
from .live import NotRead, Row, described_instance, instances_anywhere, settings_of
from .preconditions import explain_instances_failure, not_enabled, wrong_region


@dataclass(frozen=True)
class Here:
    """What the provider sees in its Region."""

    region: str
    arns: Sequence[str]
    identity_stores: Sequence[str]


async def look_here(opts: pulumi.InvokeOptions) -> Here:
    """Raises NotPossibleHere if the instances can't be listed."""
    answers: Any = await asyncio.gather(
        pulumi.runtime.invoke_async("aws:index/getRegion:getRegion", {}, opts),
        pulumi.runtime.invoke_async("aws:ssoadmin/getInstances:getInstances", {}, opts),
        return_exceptions=True,
    )
    for answer in answers:
        if isinstance(answer, BaseException):
            raise explain_instances_failure(str(answer)) from None
    region, found = answers
    return Here(region.get("region") or region.get("name") or "", found["arns"], found["identityStoreIds"])


async def why_not_here(component: pulumi.Resource, region: str) -> str:
    """The sentence for a Region without an instance: it is in another one, or nowhere."""
    rows = await asyncio.to_thread(instances_anywhere, await settings_of(component))
    return explain_absence(region, rows)


def explain_absence(region: str, rows: Sequence[Row] | NotRead) -> str:
    """rows: the instances that a look into every Region found."""
    if isinstance(rows, NotRead):
        return not_enabled(region, f"Whether it is enabled in another Region could not be looked up: {rows.reason}.")
    elsewhere = [(str(row["PrimaryRegion"]), str(row["InstanceArn"])) for row in rows if row.get("PrimaryRegion")]
    if elsewhere:
        return wrong_region(region, *elsewhere[0])
    return not_enabled(region, "No other Region that these credentials see has one.")


async def status_of(component: pulumi.Resource, arn: str) -> str:
    """The instance's status. Raises NotPossibleHere for one whose creation failed."""
    row = await asyncio.to_thread(described_instance, await settings_of(component), arn)
    if isinstance(row, NotRead):
        pulumi.log.info(f"The status of {arn} could not be read, so it is UNDETERMINED: {row.reason}.", component)
    return judge(row, arn)


def judge(described: Row | NotRead, arn: str) -> str:
    """The status, in AWS's word (docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribeInstance.html)."""
    if isinstance(described, NotRead):
        return "UNDETERMINED"
    status = str(described.get("Status", "UNDETERMINED"))
    if status == "CREATE_FAILED":
        reason = described.get("StatusReason") or "AWS gives no reason"
        raise NotPossibleHere(
            f"The Identity Center instance {arn} failed to be created: {reason}. Delete it in the IAM Identity Center "
            "console, mend what the reason names, and enable Identity Center again."
        )
    return status
