"""The parts of the `Sentinel` component, with a function for each. docs/sentinel.md has the picture.

Every part has the home Region of Organizations as its `region`, so a provider of any Region is enough. Every part has
`protect` and `retainOnDelete`, unless break-glass is open.
"""

# No `from __future__ import annotations`: the SDK reads these annotations as types.
import hashlib
import importlib.resources
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi

from pulumi_aws_identity_center.domain import sentinel_documents as documents
from pulumi_aws_identity_center.domain.sentinel import SentinelSettings, check_topic
from pulumi_aws_identity_center.domain.sentinel_documents import Home
from pulumi_aws_identity_center.names import SENTINEL_NAME

from . import sentinel_resources as aws
from .aws_reader import ask_aws
from .aws_resources import AwsResource, Role
from .user_errors import plain_errors

Part = TypeVar("Part", bound=AwsResource)
_Rules = dict[str, aws.EventRule]
RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
TIMEOUT_SECONDS = 60
MEMORY_MB = 256
LEFT_TO_OTHERS = 100
UNRESERVED = -1  # as the provider writes it
_DAY = 86400


@dataclass(frozen=True)
class Site:
    """The parts' Region and names, and whether Pulumi protects them."""

    component: pulumi.Resource
    name: str
    home: pulumi.Output[Home]
    protected: bool

    @property
    def region(self) -> pulumi.Output[str]:
        return self.home.apply(lambda home: home.region)

    def declare(
        self,
        type_: type[Part],
        label: str,
        inputs: Mapping[str, Any],
        *depends_on: pulumi.Resource,
        ignore_changes: list[str] | None = None,
    ) -> Part:
        """A part, in the site's Region if its type has one."""
        region = {"region": self.region} if "region" in type_.inputs else {}
        options = pulumi.ResourceOptions(
            parent=self.component,
            protect=self.protected,
            retain_on_delete=self.protected,
            depends_on=list(depends_on),
            ignore_changes=ignore_changes,
        )
        return type_(f"{self.name}-{label}", {**inputs, **region}, options)


def make_topic(site: Site, settings: SentinelSettings) -> pulumi.Output[str]:
    """The topic's ARN: the one of `notify`, or a topic of the sentinel's own, with its e-mail subscriptions."""
    topic_arn = pulumi.Output.from_input(settings.topic_arn)
    if settings.topic_arn is None:
        topic_arn = site.declare(aws.Topic, "topic", {"name": SENTINEL_NAME}).arn
    for number, email in enumerate(settings.emails):
        subscription = {"topic": topic_arn, "protocol": "email", "endpoint": email}
        site.declare(aws.TopicSubscription, _email_label(email, number), subscription)
    return topic_arn


def _email_label(email: Any, number: int) -> str:
    """A name by the address, so that the list's order doesn't matter. It is hashed, to keep the address secret."""
    digest = hashlib.sha256(email.encode()).hexdigest()[:8] if isinstance(email, str) else number
    return f"email-{digest}"


def make_dead_letter_queue(site: Site) -> aws.Queue:
    """Keeps the events that no run could handle, for SQS's longest time, 14 days."""
    name = documents.dead_letter_queue_name()
    inputs = {"name": name, "message_retention_seconds": 14 * _DAY, "sqs_managed_sse_enabled": True}
    queue = site.declare(aws.Queue, "dead-letters", inputs)
    document = site.home.apply(lambda home: json.dumps(documents.queue_document(home)))
    site.declare(aws.QueuePolicy, "dead-letters-policy", {"queue_url": queue.url, "policy": document})
    return queue


def make_function(
    site: Site, settings: SentinelSettings, topic_arn: pulumi.Output[str], queue: aws.Queue, break_glass_until: str
) -> aws.Function:
    """The function with its log group, ledger and role, and what becomes of runs that fail."""
    logs = site.declare(
        aws.LogGroup,
        "logs",
        {"name": f"/aws/lambda/{SENTINEL_NAME}", "retention_in_days": settings.log_retention_days},
    )
    ledger = site.declare(
        aws.Parameter,
        "ledger",
        {
            "name": documents.ledger_name(),
            "description": "What the sentinel turned on and told, a version each",
            "type": "String",
            "insecure_value": "{}",  # as `value` it would be a secret
        },
        ignore_changes=["insecureValue"],
    )
    role, policy = _make_role(site, settings)
    function = site.declare(
        aws.Function,
        "function",
        {
            "name": SENTINEL_NAME,
            "description": "Turns trusted access for IAM Identity Center on again",
            "role": role.arn,
            "runtime": RUNTIME,
            "architectures": [ARCHITECTURE],
            "handler": "handler.handle",
            "code": pulumi.AssetArchive({"handler.py": pulumi.StringAsset(handler_source())}),
            "timeout": TIMEOUT_SECONDS,
            "memory_size": MEMORY_MB,
            "reserved_concurrent_executions": site.home.apply(lambda home: _reserved_concurrency(site, home)),
            "environment": {"variables": _environment(settings, topic_arn, queue, ledger, break_glass_until)},
        },
        # Before the function: the log group, which the role can't create, and the policy, without which a run fails.
        # The reservation stays as created: otherwise other functions' reservations would change it.
        logs,
        policy,
        ignore_changes=["reservedConcurrentExecutions"],
    )
    site.declare(
        aws.FunctionEventInvokeConfig,
        "retries",
        {
            "function_name": function.name,
            "maximum_retry_attempts": 2,
            "maximum_event_age_in_seconds": 6 * 3600,
            "destination_config": {"onFailure": {"destination": queue.arn}},
        },
    )
    return function


async def _reserved_concurrency(site: Site, home: Home) -> int:
    """1, if the account's quota allows it: one run at a time, which other functions can't displace. Otherwise none.

    Lambda refuses a reservation that leaves fewer than 100 to the other functions, and a new account's quota is 10
    (docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html).
    """
    unreserved = await ask_aws(site.component, lambda account: account.unreserved_concurrency(home.region))
    return 1 if (unreserved.value or 0) > LEFT_TO_OTHERS else UNRESERVED


def _environment(
    settings: SentinelSettings, topic_arn: pulumi.Output[str], queue: aws.Queue, ledger: aws.Parameter, until: str
) -> dict[str, Any]:
    """until: the end of an open break-glass."""
    return {
        "MODE": settings.mode,
        "SERVICE_PRINCIPALS": ",".join(settings.service_principals),
        "TOPIC_ARN": topic_arn,
        "DEAD_LETTER_QUEUE_URL": queue.url,
        "LEDGER": ledger.name,
        "MAX_ENABLES_PER_HOUR": str(settings.max_enables_per_hour),
        "BREAK_GLASS_UNTIL": until,
    }


def handler_source() -> str:
    """The function's code as text, so that the state has no path of this machine."""
    return importlib.resources.files("pulumi_aws_identity_center.sentinel").joinpath("handler.py").read_text("utf-8")


def _make_role(site: Site, settings: SentinelSettings) -> tuple[Role, aws.RolePolicy]:
    role = site.declare(
        Role,
        "role",
        {
            "name": SENTINEL_NAME,
            "description": "Lambda's, to turn trusted access for IAM Identity Center on again",
            "assume_role_policy": json.dumps(documents.sentinel_trust_document()),
        },
    )

    def text(home: Home, topic_arn: str | None) -> str:
        if topic_arn is not None:
            with plain_errors():
                check_topic(topic_arn, home.partition)
        document = documents.role_document(
            home,
            enforce=settings.mode == "enforce",
            service_principals=settings.service_principals,
            topic_arn=topic_arn or home.arn("sns", SENTINEL_NAME),
        )
        return json.dumps(document)

    # With the topic's name in place of its ARN, a preview knows the whole policy, and the pack can judge it.
    document = pulumi.Output.all(site.home, settings.topic_arn).apply(lambda values: text(*values))
    inputs = {"name": SENTINEL_NAME, "role": role.name, "policy": document}
    return role, site.declare(aws.RolePolicy, "role-policy", inputs)


def make_rules(site: Site, settings: SentinelSettings, function: aws.Function, queue: aws.Queue) -> _Rules:
    """`events`: the rule that matches CloudTrail's events. `schedule`: the rule that runs by the clock."""
    pattern = site.home.apply(lambda home: json.dumps(documents.event_pattern(home)))
    events = {"description": "API calls that can end sign-in", "event_pattern": pattern}
    schedule = {"description": "Events can be late or lost", "schedule_expression": settings.schedule}
    return {
        # A message about who did it is useful a day later too.
        "events": _make_rule(site, "events", events, function, queue, (_DAY, 185)),
        # The next run comes in a minute.
        "schedule": _make_rule(site, "schedule", schedule, function, queue, (300, 3)),
    }


def _make_rule(
    site: Site, label: str, inputs: dict[str, Any], function: aws.Function, queue: aws.Queue, retries: tuple[int, int]
) -> aws.EventRule:
    """retries: for how many seconds and how often EventBridge tries to invoke the function."""
    rule = site.declare(aws.EventRule, label, {"name": f"{SENTINEL_NAME}-{label}", **inputs})
    permission = site.declare(
        aws.Permission,
        f"{label}-permission",
        {
            "statement_id": f"{SENTINEL_NAME}-{label}",
            "action": "lambda:InvokeFunction",
            "function": function.name,
            "principal": "events.amazonaws.com",
            # With the rule's name in place of its ARN, which a preview that makes the rule again doesn't know: another
            # sourceArn replaces the permission, and Pulumi refuses that for a protected one.
            "source_arn": site.home.apply(lambda home: home.arn("events", f"rule/{SENTINEL_NAME}-{label}")),
        },
    )
    age, attempts = retries
    site.declare(
        aws.EventTarget,
        f"{label}-target",
        {
            "rule": rule.name,
            "target_id": SENTINEL_NAME,
            "arn": function.arn,
            "retry_policy": {"maximumEventAgeInSeconds": age, "maximumRetryAttempts": attempts},
            "dead_letter_config": {"arn": queue.arn},
        },
        permission,
    )
    return rule
