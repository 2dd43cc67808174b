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

from .ask import ask
from .errors import NotPossibleHere
from .live import NotRead, Row, reader_of
from .preconditions import explain_instances_failure, not_enabled, wrong_region
from .program import watch


@dataclass(frozen=True)
class Here:
    """What the provider sees in its Region."""

    region: str
    arns: Sequence[str]
    identity_stores: Sequence[str]


async def look_here(component: pulumi.Resource) -> Here:
    """Raises NotPossibleHere if the instances can't be listed. A preview looks once; an update whenever it is asked."""
    if not pulumi.runtime.is_dry_run():
        return await _look_here(component)
    key = ("instances", component.get_provider("aws:index/provider:Provider"))
    return await watch().once(key, lambda: _look_here(component))


async def _look_here(component: pulumi.Resource) -> Here:
    answers: Any = await asyncio.gather(
        ask(component, "index/getRegion:getRegion"),
        ask(component, "ssoadmin/getInstances:getInstances"),
        return_exceptions=True,
    )
    for answer in answers:
        if isinstance(answer, BaseException):
            raise explain_instances_failure(str(answer)) from None
    region, found = answers
    return Here(region.get("region") or region.get("name") or "", found["arns"], found["identityStoreIds"])


async def why_not_here(component: pulumi.Resource, region: str) -> str:
    """The sentence for a Region without an instance: it is in another one, or nowhere."""
    rows = await asyncio.to_thread((await reader_of(component)).instances_anywhere)
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
    row = await describe(component, arn)
    if isinstance(row, NotRead):
        pulumi.log.info(f"The status of {arn} could not be read, so it is UNDETERMINED: {row.reason}.", component)
    return judge(row, arn)


async def describe(component: pulumi.Resource, arn: str) -> Row | NotRead:
    """What AWS says of the instance. As `look_here`, once in a preview."""
    reader = await reader_of(component)
    if not pulumi.runtime.is_dry_run():
        return await asyncio.to_thread(reader.described_instance, arn)
    return await watch().once(("instance", reader, arn), lambda: asyncio.to_thread(reader.described_instance, arn))


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
