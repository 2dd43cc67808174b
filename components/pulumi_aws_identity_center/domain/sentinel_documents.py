"""The sentinel's JSON documents: what its rule matches, what its role may do, who may fill its queue. Pure.

Event shapes: docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html. Actions and keys:
docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi_aws_identity_center.names import (
    DISABLE_ACTION,
    ENABLE_ACTION,
    LIST_ACTION,
    SENTINEL_NAME,
    SERVICE_PRINCIPAL_KEY,
)

from .iam_documents import Document, allow, document_of
from .sentinel import HOME_REGIONS

# API calls that end sign-in, by CloudTrail's event source. The sentinel turns trusted access on again; of the others,
# which it can't undo, it only tells. An event arrives in the Region of the call, so DeleteInstance and
# DeleteApplication arrive only where Identity Center's Region is the sentinel's. `sentinel/handler.py` has them again,
# since the function's code stands alone; a test compares the two.
REPORTED_EVENTS = {
    "organizations.amazonaws.com": ("DeregisterDelegatedAdministrator", "DeleteOrganization"),
    "sso.amazonaws.com": ("DeleteInstance", "UpdateInstance", "AssociateDirectory", "DisassociateDirectory"),
    "account-access.amazonaws.com": ("DeleteApplication",),
    "sso-directory.amazonaws.com": ("DisableExternalIdPConfigurationForDirectory",),
}
_EVENT_SOURCES = tuple(f"aws.{source.partition('.')[0]}" for source in REPORTED_EVENTS)
_DISABLE_EVENT = DISABLE_ACTION.partition(":")[2]


@dataclass(frozen=True)
class Home:
    """The partition and the management account that the sentinel is in; its Region follows."""

    partition: str
    account: str

    @property
    def region(self) -> str:
        return HOME_REGIONS[self.partition]

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def event_pattern(home: Home) -> Document:
    """Matches this account's calls that can end sign-in; AWS refused a call that carries an errorCode.

    EventBridge matches any of a field's values; the function looks at which service principal the call was about.
    No detail-type: AWS's pages for China name it "Amazon API Call via CloudTrail".
    """
    events = [_DISABLE_EVENT, *(name for names in REPORTED_EVENTS.values() for name in names)]
    return {
        "source": list(_EVENT_SOURCES),
        "account": [home.account],
        "detail": {
            "eventSource": list(REPORTED_EVENTS),
            "eventName": events,
            "errorCode": [{"exists": False}],
        },
    }


def sentinel_trust_document() -> Document:
    """Lambda, and nobody else, assumes the sentinel's role."""
    statement = {
        "Sid": "LambdaAssumes",
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return document_of(statement)


def role_document(home: Home, *, enforce: bool, service_principals: Sequence[str], topic_arn: str) -> Document:
    """What the function does, and nothing else. Without `enforce` it can't turn anything on."""
    only_guarded = {"StringEquals": {SERVICE_PRINCIPAL_KEY: list(service_principals)}}
    log_group = home.arn("logs", f"log-group:/aws/lambda/{SENTINEL_NAME}")
    enable = allow("EnableTrustedAccess", [ENABLE_ACTION], condition=only_guarded)
    return document_of(
        # The one call of a healthy run.
        allow("ListTrustedAccess", [LIST_ACTION]),
        *([enable] if enforce else []),
        # What it did and told within the hour.
        allow(
            "KeepLedger",
            ["ssm:GetParameterHistory", "ssm:PutParameter"],
            resource=home.arn("ssm", f"parameter{ledger_name()}"),
        ),
        allow("Tell", ["sns:Publish"], resource=topic_arn),
        # Lambda sends an event that failed three times, with the role's permission.
        allow("KeepFailedEvents", ["sqs:SendMessage"], resource=home.arn("sqs", dead_letter_queue_name())),
        allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], resource=f"{log_group}:*"),
    )


def queue_document(home: Home) -> Document:
    """EventBridge puts what it couldn't hand to the function into the queue: of the sentinel's rules only."""
    statement = {
        "Sid": "EventBridgeSends",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": home.arn("sqs", dead_letter_queue_name()),
        "Condition": {"ArnLike": {"aws:SourceArn": home.arn("events", f"rule/{SENTINEL_NAME}-*")}},
    }
    return document_of(statement)


def dead_letter_queue_name() -> str:
    return f"{SENTINEL_NAME}-dead-letters"


def ledger_name() -> str:
    """The SSM parameter whose versions are what the sentinel did and told."""
    return f"/{SENTINEL_NAME}/ledger"
