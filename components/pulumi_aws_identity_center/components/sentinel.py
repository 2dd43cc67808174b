"""`Sentinel`: turns trusted access on again within a minute, whoever turned it off. docs/sentinel.md.

The function's code is `sentinel/handler.py`; its parts are `sentinel_parts.py`'s.
"""

# No `from __future__ import annotations`: Pulumi's component analyzer reads these annotations as types.
import asyncio
from typing import Any, Optional, TypedDict

import pulumi

from pulumi_aws_identity_center.domain.break_glass import BreakGlass, is_open, shown_while_open
from pulumi_aws_identity_center.domain.iam_documents import check_partition
from pulumi_aws_identity_center.domain.preconditions import require_management_account
from pulumi_aws_identity_center.domain.sentinel import SentinelSettings
from pulumi_aws_identity_center.domain.sentinel_documents import Home
from pulumi_aws_identity_center.errors import NotKnownYet
from pulumi_aws_identity_center.names import SENTINEL_TYPE

from . import sentinel_parts as parts
from .aliases import with_checked_aliases
from .arguments import read_arguments
from .aws_reader import ask_aws
from .blocking import known_or_unknown
from .lookups import account_of, partition_of
from .resource_options import outputs_of
from .sentinel_alarms import make_alarms
from .sentinel_warnings import warn_in_preview
from .trusted_access import BreakGlassArgs, fail_after_break_glass
from .user_errors import plain_errors


class SentinelNotifyArgs(TypedDict, total=False):
    """Who gets the sentinel's messages and alarms."""

    emails: Optional[list[pulumi.Input[str]]]
    """E-mail addresses; AWS asks each to confirm once."""
    topicArn: Optional[pulumi.Input[str]]
    """An SNS topic in Organizations' home Region. Left out, the sentinel makes one."""


class SentinelArgs(TypedDict, total=False):
    """How the sentinel works. Nothing is required."""

    mode: Optional[str]
    """enforce: turn trusted access on again and send a message. alert: only send a message. Default: enforce."""
    servicePrincipals: Optional[list[str]]
    """The services to keep trusted. Default: sso.amazonaws.com."""
    schedule: Optional[str]
    """How often it looks without an event, as EventBridge writes it. Default: rate(1 minute)."""
    notify: Optional[SentinelNotifyArgs]
    """Who gets its messages. Left out, they go to a topic of its own that nobody is subscribed to yet."""
    maxEnablesPerHour: Optional[int]
    """How often in an hour it turns one service on; past that it only tells. Default: 6."""
    logRetentionDays: Optional[int]
    """How long CloudWatch Logs keeps its logs. Default: 90."""
    breakGlass: Optional[BreakGlassArgs]
    """While this is open it only tells, and its resources are not protected."""


class Sentinel(pulumi.ComponentResource):
    """A Lambda function in the management account that turns trusted access on again, and tells who turned it off.

    It runs when CloudTrail's event arrives, which takes a trail with logging on, and every minute. It is in
    Organizations' home Region (us-east-1; cn-northwest-1, us-gov-west-1), whatever Region the stack uses. Its resources
    are protected and retained: only an open break-glass lets them be removed.
    """

    function_arn: pulumi.Output[str]
    """The Lambda function's ARN."""
    topic_arn: pulumi.Output[str]
    """The SNS topic's ARN, to which messages and alarms go."""
    dead_letter_queue_url: pulumi.Output[str]
    """The SQS queue's URL, which keeps the events that no run could handle."""
    rule_arns: pulumi.Output[dict[str, str]]
    """The EventBridge rules' ARNs, by events and schedule."""

    def __init__(
        self,
        name: str,
        args: SentinelArgs = None,  # type: ignore[assignment] # the analyzer takes no Optional here
        opts: Optional[pulumi.ResourceOptions] = None,
    ) -> None:
        with plain_errors():
            settings = _settings(args)
            opts = with_checked_aliases(opts, SENTINEL_TYPE, name)
        glass = settings.break_glass
        shown = shown_while_open(glass)
        super().__init__(SENTINEL_TYPE, name, shown, opts)
        site = parts.Site(self, name, _home_of(self), protected=not is_open(glass))
        topic_arn = parts.make_topic(site, settings)
        queue = parts.make_dead_letter_queue(site)
        function = parts.make_function(site, settings, topic_arn, queue, _until(glass))
        rules = parts.make_rules(site, settings, function, queue)
        make_alarms(site, settings, topic_arn)
        warn_in_preview(self, name, settings, site.home)
        self.function_arn = fail_after_break_glass(function.arn, name, glass)
        self.topic_arn = topic_arn
        self.dead_letter_queue_url = queue.url
        self.rule_arns = pulumi.Output.all(**{label: rule.arn for label, rule in rules.items()})
        self.register_outputs(outputs_of(self, Sentinel) | shown)


def _settings(args: Any) -> SentinelSettings:
    """From the arguments, which OrganizationSso has parsed already."""
    if isinstance(args, SentinelSettings):
        return args
    parts: dict[str, Any] = read_arguments(args, SentinelArgs)
    glass = parts.pop("breakGlass", None)
    return SentinelSettings(
        **{name: value for part in parts.values() for name, value in part.items()}, break_glass=glass
    )


def _home_of(component: pulumi.Resource) -> pulumi.Output[Home]:
    """Unknown in a preview that can't ask AWS yet."""

    async def ask() -> Any:
        try:
            partition, account = await asyncio.gather(partition_of(component), account_of(component))
        except NotKnownYet:
            return None
        with plain_errors():
            check_partition(partition)
            # In a program that is about to create the organization, there is none yet.
            organization = await ask_aws(component, lambda reader: reader.organization())
            if management := (organization.value or {}).get("MasterAccountId"):
                require_management_account(account, management)
        return Home(partition, account)

    home: pulumi.Output[Home] = pulumi.Output.from_input(0).apply(lambda _: ask()).apply(known_or_unknown)
    return home


def _until(glass: BreakGlass | None) -> str:
    """The moment, ISO 8601, until which the function only sends messages; empty if it enforces."""
    return glass.expires.isoformat() if glass is not None and is_open(glass) else ""
