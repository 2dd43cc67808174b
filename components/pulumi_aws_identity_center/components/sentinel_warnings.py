"""A preview's warnings about a Sentinel that can't do everything that users expect. Only the program's end waits for
them."""

from __future__ import annotations

import pulumi

from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.domain.sentinel import SentinelSettings
from pulumi_aws_identity_center.domain.sentinel_documents import Home
from pulumi_aws_identity_center.names import SENTINEL_NAME, SSO_SERVICE_PRINCIPAL

from .aws_reader import UNKNOWN_SIGN_IN, ask_aws
from .taken_names import warn_of_taken_names

_UNGUARDED = (
    "{name} doesn't guard {principal}, which sign-in needs: servicePrincipals is the whole list. Add {principal} to it."
)
_NO_TRAIL = (
    "No CloudTrail trail logs in {region}, so EventBridge gets no event: only the schedule of {name}, {schedule}, "
    "turns trusted access on again, and no message says who turned it off. Create a trail and start its logging."
)
_TAKEN = (
    "A Sentinel's role has this name, and an account takes one Sentinel. If another stack has one, leave this one "
    "out, or remove the other stack's first (docs/sentinel.md says how)."
)
_UNKNOWN_TRAIL = (
    "{name} can't tell whether a CloudTrail trail logs in {region}. Without one, only its schedule, {schedule}, turns "
    "trusted access on again: {reason}."
)


def warn_in_preview(
    component: pulumi.Resource, name: str, settings: SentinelSettings, home: pulumi.Output[Home]
) -> None:
    if not pulumi.runtime.is_dry_run():
        return
    if SSO_SERVICE_PRINCIPAL not in settings.service_principals:
        pulumi.log.warn(_UNGUARDED.format(name=name, principal=SSO_SERVICE_PRINCIPAL), component)

    # An Output, so that the program's end waits for it.
    _warned: pulumi.Output[None] = home.apply(lambda known: _warn_by_aws(component, name, settings, known))


async def _warn_by_aws(component: pulumi.Resource, name: str, settings: SentinelSettings, home: Home) -> None:
    role = f"arn:{home.partition}:iam::{home.account}:role/{SENTINEL_NAME}"
    await warn_of_taken_names(component, [role], _TAKEN)
    trails = await ask_aws(component, lambda account: account.logging_trails(home.region))
    if warning := trail_warning(name, home.region, settings.schedule, trails):
        pulumi.log.warn(warning, component)


def trail_warning(name: str, region: str, schedule: str, trails: Answer[list[str]]) -> str:
    """Empty where a trail logs, and where AWS can't be asked."""
    if trails.value or trails == UNKNOWN_SIGN_IN:
        return ""
    text = _NO_TRAIL if trails.ok else _UNKNOWN_TRAIL
    return text.format(name=name, region=region, schedule=schedule, reason=trails.reason)
