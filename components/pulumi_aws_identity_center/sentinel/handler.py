"""The sentinel's Lambda function: turns trusted access on again, and tells who turned it off. docs/sentinel.md.

The schedule or a CloudTrail event starts a run. What AWS lists decides, never what an event claims: an event only names
who did it. A healthy run is one call. The function can't turn anything off. Whatever fails is raised in the end: Lambda
then tries again, and the alarms and the dead-letter queue tell.

The standard library and the runtime's boto3 only: Pulumi sends this file as it is.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import hashlib
import json
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

NAMESPACE = "IdentityCenterSentinel"
HOUR = datetime.timedelta(hours=1)
# A run ends with the function's timeout, so an older claim is of a run that died.
CLAIM_LASTS = datetime.timedelta(seconds=60)
MEMORY_ONLY = -1

# The calls that can end sign-in, by CloudTrail's event source. The function undoes the first; it reports the others.
# That EventBridge names the directory's source as the others' is assumed.
# `domain/sentinel_documents.py` makes the EventBridge rule of the same calls; a test compares the two.
EVENTS = {
    "organizations.amazonaws.com": (
        "DisableAWSServiceAccess",
        "DeregisterDelegatedAdministrator",
        "DeleteOrganization",
    ),
    "sso.amazonaws.com": ("DeleteInstance", "UpdateInstance", "AssociateDirectory", "DisassociateDirectory"),
    "account-access.amazonaws.com": ("DeleteApplication",),
    "sso-directory.amazonaws.com": ("DisableExternalIdPConfigurationForDirectory",),
}

# Those of them that are about one service.
NAME_A_SERVICE = ("DisableAWSServiceAccess", "DeregisterDelegatedAdministrator")

AWS_ERRORS = (BotoCoreError, ClientError)
# docs.aws.amazon.com/organizations/latest/APIReference/API_EnableAWSServiceAccess.html
TRY_AGAIN = ("ConcurrentModificationException", "ServiceException")

# Retries with backoff and jitter on throttling, HTTP 5xx and broken connections.
_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})


class SentinelError(Exception):
    """A run that couldn't do all of its work."""


def handle(event: Any, context: Any) -> dict[str, Any]:
    """Lambda's entry. Returns what the run did; raises SentinelError if some of it failed."""
    settings = read_settings(os.environ)
    trigger = read_trigger(event, account=context.invoked_function_arn.split(":")[4], settings=settings)
    if trigger.ignored:
        report = Report(outcome="ignored", detail=trigger.ignored)
    else:
        report = Run(settings, trigger, context).execute()
    print(json.dumps(metrics(report, context.function_name, trigger)))
    if report.problems:
        raise SentinelError("; ".join(report.problems.values()))
    return {"outcome": report.outcome, "off": report.off, "enabled": report.enabled, "detail": report.detail}


# Settings and trigger: what this run is asked for.


@dataclass(frozen=True)
class Settings:
    """The function's environment. break_glass_until: None unless one was opened."""

    enforces: bool
    service_principals: tuple[str, ...]
    topic_arn: str
    dead_letter_queue_url: str
    ledger: str
    max_enables_per_hour: int
    break_glass_until: datetime.datetime | None


def read_settings(environment: Any) -> Settings:
    until = environment.get("BREAK_GLASS_UNTIL")
    return Settings(
        enforces=environment["MODE"] == "enforce",
        service_principals=tuple(environment["SERVICE_PRINCIPALS"].split(",")),
        topic_arn=environment["TOPIC_ARN"],
        dead_letter_queue_url=environment["DEAD_LETTER_QUEUE_URL"],
        ledger=environment["LEDGER"],
        max_enables_per_hour=int(environment["MAX_ENABLES_PER_HOUR"]),
        break_glass_until=datetime.datetime.fromisoformat(until) if until else None,
    )


@dataclass(frozen=True)
class Trigger:
    """Why the function runs. ignored: why the event means nothing here. call, actor, time: empty for the schedule."""

    ignored: str = ""
    id: str = ""
    call: str = ""
    principal: str = ""
    actor: str = ""
    time: str = ""


def read_trigger(event: Any, account: str, settings: Settings) -> Trigger:
    """This account's schedule, or one of its API calls that ended sign-in. Everything else is ignored."""
    if _object(event).get("account") != account:
        return Trigger(ignored="not an event of this account")
    if (event.get("source"), event.get("detail-type")) == ("aws.events", "Scheduled Event"):
        return Trigger(id=str(event.get("id")))
    detail = event.get("detail")
    if not isinstance(detail, dict):
        return Trigger(ignored="neither the schedule nor an API call: an event without its detail")
    source, call = str(detail.get("eventSource")), str(detail.get("eventName"))
    is_of_its_source = event.get("source") == f"aws.{source.partition('.')[0]}"
    if call not in EVENTS.get(source, ()) or not is_of_its_source:
        return Trigger(ignored=f"{call} of {source} doesn't end sign-in")
    if detail.get("errorCode"):
        return Trigger(ignored=f"AWS refused {call}: {detail['errorCode']}")
    return _api_call(call, detail, settings)


def _api_call(call: str, detail: dict[str, Any], settings: Settings) -> Trigger:
    principal = ""
    if call in NAME_A_SERVICE:
        principal = str(_object(detail.get("requestParameters")).get("servicePrincipal"))
        if principal not in settings.service_principals:
            return Trigger(ignored=f"{call} of {principal}, which isn't guarded")
    identity = _object(detail.get("userIdentity"))
    caller = identity.get("arn") or (json.dumps(identity) if identity else "an unknown caller")
    return Trigger(
        id=str(detail.get("eventID")),
        call=call,
        principal=principal,
        actor=f"{caller} from {detail.get('sourceIPAddress') or 'an unknown address'}",
        time=str(detail.get("eventTime") or "an unknown time"),
    )


def _object(value: Any) -> dict[str, Any]:
    """An event's part; empty if it isn't an object."""
    return value if isinstance(value, dict) else {}


# The decision: pure.


@dataclass(frozen=True)
class Entry:
    """A version of the ledger: a claim (`after` is the version that its run had read), or the end of a run."""

    version: int
    time: datetime.datetime
    value: dict[str, Any]

    @property
    def is_claim(self) -> bool:
        """Of two claims at once, the one that directly follows what its run had read is valid."""
        return self.value.get("after") == self.version - 1


@dataclass(frozen=True)
class Plan:
    """enable: what to turn on; withheld: what stays off, with the reason; news: whether there is something to tell."""

    enable: list[str]
    withheld: dict[str, str]
    news: bool

    @property
    def is_empty(self) -> bool:
        return not self.enable and not self.news


def decide(settings: Settings, trigger: Trigger, missing: Iterable[str], history: History) -> Plan:
    enable: list[str] = []
    withheld: dict[str, str] = {}
    for principal in missing:
        if reason := withholding(settings, history, principal):
            withheld[principal] = reason
        else:
            enable.append(principal)
    keys = history.state_keys(withheld)
    if not history.has_handled(trigger):
        keys += call_keys(trigger)
    return Plan(enable, withheld, news=history.is_news(keys))


def withholding(settings: Settings, history: History, principal: str) -> str:
    """Why the sentinel must not turn it on; empty if it must."""
    if not settings.enforces:
        return "the sentinel's mode is alert"
    if settings.break_glass_until is not None and history.now < settings.break_glass_until:
        return f"break-glass is open until {settings.break_glass_until.isoformat()}"
    if history.enables(principal) >= settings.max_enables_per_hour:
        return (
            f"the sentinel turned it on as often as it may within an hour ({settings.max_enables_per_hour}): "
            "find who turns it off"
        )
    return ""


@dataclass(frozen=True)
class History:
    """What the ledger tells of the last hour. listed: when AWS last listed a service, as this process has seen it."""

    entries: list[Entry]
    now: datetime.datetime
    listed: dict[str, datetime.datetime] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return max((entry.version for entry in self.entries), default=0)

    def _younger_than(self, age: datetime.timedelta) -> list[Entry]:
        return [entry for entry in self.entries if self.now - entry.time < age]

    def enables(self, principal: str) -> int:
        return sum(principal in entry.value.get("enabled", ()) for entry in self._younger_than(HOUR))

    def told(self) -> set[str]:
        return {key for entry in self._younger_than(HOUR) for key in entry.value.get("told", ())}

    def state_keys(self, states: dict[str, str]) -> list[str]:
        """Something that stays as it is, is told once an hour; a service that was on in between, at once."""
        return [
            _digest(f"{subject}: {state[:80]} {self.listed.get(subject)}") for subject, state in sorted(states.items())
        ]

    def is_news(self, keys: Iterable[str]) -> bool:
        """Whether one of these hasn't been told."""
        return not self.told().issuperset(keys)

    def has_handled(self, trigger: Trigger) -> bool:
        """Whether a run has ended that told of this very API call: EventBridge may deliver it again, or late."""
        return any(entry.value.get("call") == trigger.id for entry in self.entries)

    def is_claimed_by_another(self, run: str) -> bool:
        """Whether another run is at work: it claimed, and has not ended."""
        claims = {entry.version: entry.value["run"] for entry in self._younger_than(CLAIM_LASTS) if entry.is_claim}
        for entry in self.entries:
            claims.pop(entry.value.get("ended", 0), None)
        return any(other != run for other in claims.values())


def call_keys(trigger: Trigger) -> list[str]:
    """One caller that repeats one call is told once an hour. None for the schedule."""
    if not trigger.call:
        return []
    return [_digest(f"{trigger.call} {trigger.principal} {trigger.actor}")]


def _digest(text: str) -> str:
    """Short, however much is told: SSM takes 4 KB."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


# The run: what is done to AWS.


@dataclass
class Report:
    """What a run did. called: for which services AWS took the call that enables; enabled: which of these it lists.
    problems: by subject, what it couldn't do."""

    outcome: str = "healthy"
    detail: str = ""
    off: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    enabled: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)


class Run:
    """One run: lists; if something is off or was called, claims, turns on, proves, tells, and notes that it ended."""

    def __init__(self, settings: Settings, trigger: Trigger, context: Any) -> None:
        self._settings = settings
        self._trigger = trigger
        self._context = context
        self._report = Report()
        self._ledger = Ledger(settings.ledger, context.aws_request_id)

    def execute(self) -> Report:
        report = self._report
        for attempt in range(8):
            report.off = self._list_missing()
            is_healthy = not report.off and not report.problems
            if is_healthy and not self._trigger.call:
                return report
            history = self._ledger.read()
            report.problems.update(self._ledger.problems)
            plan = decide(self._settings, self._trigger, report.off, history)
            if plan.is_empty and not report.problems:
                report.outcome = "already told"
                return report
            claim = self._ledger.claim(history)
            if claim:
                self._act(plan, history, claim)
                return report
            # Another run is at work. What it turns on is on when this one looks again.
            self._pause(attempt)
        report.outcome = "another run is at work"
        report.problems["the run"] = "another run was at work until this one's time was over"
        return report

    def _act(self, plan: Plan, history: History, claim: int) -> None:
        report = self._report
        for principal in plan.enable:
            self._enable(principal)
        report.enabled = self._prove(report.called)
        keys = history.state_keys({**plan.withheld, **report.problems})
        told: list[str] = []
        report.outcome = "already told"
        if report.enabled or plan.news or history.is_news(keys):
            report.outcome = "turned on" if report.enabled else "told"
            self._tell(plan)
            told = [*keys, *call_keys(self._trigger)]
        end: dict[str, Any] = {"ended": claim}
        if "the queue" not in report.problems:  # else nobody has the message, and Lambda's next try sends it again
            end |= {"told": told, "call": self._trigger.id}
        # What somebody turned off again before AWS listed it counts too: otherwise two that fight would never end.
        self._ledger.end({**end, "enabled": report.called})
        report.problems.update(self._ledger.problems)

    def _list_missing(self) -> list[str]:
        """The guarded services that AWS doesn't list, in the settings' order; asks no more pages than it needs."""
        missing, problems = dict.fromkeys(self._settings.service_principals), self._report.problems
        problems.pop("the list", None)
        with noted(problems, "the list", "list which services are trusted"):
            for page in client("organizations").get_paginator("list_aws_service_access_for_organization").paginate():
                for row in page["EnabledServicePrincipals"]:
                    missing.pop(row["ServicePrincipal"], None)
                if not missing:
                    break
        on = set(self._settings.service_principals).difference(missing)
        Ledger.listed.update(dict.fromkeys(on, datetime.datetime.now(datetime.UTC)))
        return [] if "the list" in problems else list(missing)

    def _enable(self, principal: str) -> None:
        with noted(self._report.problems, principal, f"turn on {principal}"):
            patiently(lambda: client("organizations").enable_aws_service_access(ServicePrincipal=principal))
            self._report.called.append(principal)

    def _prove(self, enabled: list[str]) -> list[str]:
        """Those that AWS lists now. The list may lag behind the call."""
        if not enabled:
            return []
        for attempt in range(6):
            unlisted = self._unlisted(enabled)
            if not unlisted:
                return enabled
            self._pause(attempt)
        for name in unlisted:
            self._report.problems[name] = f"turned on {name}, and AWS doesn't list it yet"
        return [name for name in enabled if name not in unlisted]

    def _unlisted(self, enabled: list[str]) -> list[str]:
        """Those that AWS doesn't list; all of them if it can't be asked."""
        missing = self._list_missing()
        if "the list" in self._report.problems:
            return enabled
        return [name for name in enabled if name in missing]

    def _tell(self, plan: Plan) -> None:
        """What SNS doesn't take goes into the dead-letter queue, which has an alarm."""
        subject, text = compose(self._trigger, self._report, plan)
        topic, problems = self._settings.topic_arn, self._report.problems
        with noted(problems, "the message", "publish"):
            client("sns", topic.split(":")[3]).publish(TopicArn=topic, Subject=subject, Message=text)
        if "the message" in problems:
            problems["the message"] += f". It said: {text}"
            with noted(problems, "the queue", "keep it in the dead-letter queue"):
                client("sqs").send_message(QueueUrl=self._settings.dead_letter_queue_url, MessageBody=text)

    def _pause(self, attempt: int) -> None:
        """Longer each time, with jitter, and never past the function's timeout."""
        left = self._context.get_remaining_time_in_millis() / 1000 - 10
        time.sleep(max(0.0, min(left, random.uniform(0.1, 0.2) * 2**attempt)))


class Ledger:
    """What the sentinel did and told: the versions of one SSM parameter, which AWS numbers one after another.

    Without SSM this process's memory is the ledger: trusted access that stays off is worse than a message too many.
    What is in memory has version 0, and claims nothing.
    """

    # As long as the execution environment lives.
    listed: dict[str, datetime.datetime] = {}  # noqa: RUF012
    _memory: list[Entry] = []  # noqa: RUF012

    def __init__(self, name: str, run: str) -> None:
        self._name = name
        self._run = run
        self.problems: dict[str, str] = {}

    def read(self) -> History:
        entries: list[Entry] = []
        with noted(self.problems, "the ledger", f"read the ledger {self._name}"):
            pages = client("ssm").get_paginator("get_parameter_history").paginate(Name=self._name)
            entries = [read_entry(row) for page in pages for row in page["Parameters"]]
        return History([*entries, *self._memory], datetime.datetime.now(datetime.UTC), dict(self.listed))

    def claim(self, history: History) -> int:
        """The claim's version; 0 if another run is at work. Two at once read the same version: only one follows it."""
        if history.is_claimed_by_another(self._run):
            return 0
        version = self._write({"run": self._run, "after": history.version})
        if not version:
            return MEMORY_ONLY
        return version if version == history.version + 1 else 0

    def end(self, value: dict[str, Any]) -> None:
        self._write({"run": self._run, **value})

    def _write(self, value: dict[str, Any]) -> int:
        """The new version; 0 if only this process remembers it."""
        version = 0
        if not self.problems:
            with noted(self.problems, "the ledger", f"write the ledger {self._name}"):
                answer = client("ssm").put_parameter(Name=self._name, Value=json.dumps(value), Overwrite=True)
                version = int(answer["Version"])
        if not version:
            self._memory.append(Entry(0, datetime.datetime.now(datetime.UTC), value))
            del self._memory[:-100]
        return version


# What the values of a version are; of a list's items, texts.
_SHAPES = {"run": str, "after": int, "ended": int, "enabled": list, "told": list, "call": str}


def read_entry(row: dict[str, Any]) -> Entry:
    """A version that the sentinel didn't write says nothing."""
    try:
        value = json.loads(row["Value"])
    except (ValueError, RecursionError):
        value = None
    return Entry(row["Version"], row["LastModifiedDate"], value if _is_ours(value) else {})


def _is_ours(value: Any) -> bool:
    if not isinstance(value, dict) or "run" not in value:
        return False
    if not all(isinstance(item, _SHAPES.get(key, ())) for key, item in value.items()):
        return False
    return all(isinstance(text, str) for text in (*value.get("enabled", ()), *value.get("told", ())))


@functools.cache
def client(service: str, region: str | None = None) -> Any:
    """Made when it is first needed: a healthy run needs one."""
    return boto3.client(service, region_name=region, config=_CONFIG)


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    client("organizations")  # Lambda gives the initialization more processor time than a run


def patiently(call: Callable[[], Any]) -> Any:
    """Tries again what Organizations says to try again, and the SDK doesn't."""
    for attempt in range(5):
        try:
            return call()
        except ClientError as error:
            if error.response["Error"]["Code"] not in TRY_AGAIN:
                raise
            time.sleep(random.uniform(0.2, 0.4) * 2**attempt)
    return call()


@contextlib.contextmanager
def noted(problems: dict[str, str], subject: str, task: str) -> Iterator[None]:
    """An error of AWS's becomes a problem: the run goes on after the block."""
    try:
        yield
    except AWS_ERRORS as error:
        problems[subject] = f"could not {task}: {explain(error)}"


def explain(error: Exception) -> str:
    if isinstance(error, ClientError):
        return f"{error.response['Error']['Code']}: {error.response['Error'].get('Message', '')}".rstrip(": ")
    return str(error)


# Words and numbers.


def compose(trigger: Trigger, report: Report, plan: Plan) -> tuple[str, str]:
    """The message's subject and text. SNS takes subjects of less than 100 ASCII characters (API_Publish.html)."""
    sections = {
        "Off": report.off,
        "Turned on again, and AWS lists it": report.enabled,
        "NOT turned on": [f"{name}: {reason}" for name, reason in plan.withheld.items()],
        "FAILED": report.problems.values(),
    }
    lines = [*_origin(trigger), *(f"{head}: {text}" for head, texts in sections.items() for text in texts)]
    if not report.off and not report.problems:
        lines.append("Every guarded service is trusted now.")
    return _subject(trigger, report)[:99], "\n".join(lines)


def _origin(trigger: Trigger) -> list[str]:
    """What was called, when and by whom, as far as the event tells."""
    if not trigger.call:
        return [
            "The sentinel's schedule found this; no event told who did it, or it is still to come.",
            "Who: look for DisableAWSServiceAccess in CloudTrail's event history of this Region.",
        ]
    called = f"{trigger.call} was called{f' for {trigger.principal}' if trigger.principal else ''}."
    return [called, f"When: {trigger.time}", f"Who: {trigger.actor}"]


def _subject(trigger: Trigger, report: Report) -> str:
    left_off = [name for name in report.off if name not in report.enabled]
    if left_off:
        return f"ACTION NEEDED: trusted access of {', '.join(left_off)}, sentinel could not restore it"
    if report.problems:
        return f"ACTION NEEDED: the sentinel could not use {', '.join(report.problems)}"
    if report.enabled:
        return f"Trusted access of {', '.join(report.enabled)} was off and is on again"
    return f"{trigger.call} was called; trusted access is on"


def metrics(report: Report, function_name: str, trigger: Trigger) -> dict[str, Any]:
    """One line in CloudWatch's embedded metric format, which is the run's log line too."""
    names = [{"Name": name, "Unit": "Count"} for name in ("ServicesOff", "Enables")]
    definition = {"Namespace": NAMESPACE, "Dimensions": [["FunctionName"]], "Metrics": names}
    return {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]},
        "FunctionName": function_name,
        "ServicesOff": len(report.off),
        "Enables": len(report.enabled),
        "outcome": report.outcome,
        "detail": report.detail,
        "trigger": trigger.call or ("schedule" if not trigger.ignored else "ignored"),
        "off": report.off,
        "enabled": report.enabled,
        "problems": report.problems,
    }
