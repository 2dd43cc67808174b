"""The Sentinel component's resources, without an engine."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center import OrganizationSso, Sentinel
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.components.aws_reader import UNKNOWN_SIGN_IN
from pulumi_aws_identity_center.components.sentinel_warnings import trail_warning
from pulumi_aws_identity_center.domain.resource_types import child_urn
from pulumi_aws_identity_center.gate.break_glass import OpenBreakGlass
from pulumi_aws_identity_center.names import SENTINEL_NAME, SENTINEL_PART_TYPES, SENTINEL_TYPE

from tests.walk import walk

TOKENS = {
    "Function": "aws:lambda/function:Function",
    "EventRule": "aws:cloudwatch/eventRule:EventRule",
    "EventTarget": "aws:cloudwatch/eventTarget:EventTarget",
    "MetricAlarm": "aws:cloudwatch/metricAlarm:MetricAlarm",
    "Parameter": "aws:ssm/parameter:Parameter",
    "RolePolicy": "aws:iam/rolePolicy:RolePolicy",
    "Topic": "aws:sns/topic:Topic",
    "TopicSubscription": "aws:sns/topicSubscription:TopicSubscription",
}
# Of these IAM is global.
WITHOUT_REGION = ("aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy")


def _deploy(deploy, args: Any = None):
    return deploy(lambda: Sentinel("watch", args).urn)


def _only(graph, kind: str) -> Any:
    (resource,) = graph.of(TOKENS[kind])
    return resource.props


def _tomorrow() -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()


def _variables(graph) -> Any:
    return _only(graph, "Function")["environment"]["variables"]


def _parts(graph):
    return [resource for resource in graph.resources if resource.type.startswith("aws:")]


def test_defaults_enforce_identity_center_every_minute(deploy) -> None:
    graph = _deploy(deploy)
    variables = _variables(graph)
    assert variables["MODE"] == "enforce"
    assert variables["SERVICE_PRINCIPALS"] == "sso.amazonaws.com"
    assert variables["MAX_ENABLES_PER_HOUR"] == "6"
    assert variables["BREAK_GLASS_UNTIL"] == ""
    schedules = {rule.props.get("scheduleExpression") for rule in graph.of(TOKENS["EventRule"])}
    assert schedules == {None, "rate(1 minute)"}


def test_every_part_is_protected_and_retained(deploy) -> None:
    parts = _parts(_deploy(deploy))
    assert len(parts) == 18
    assert [part.name for part in parts if not (part.protect and part.retain_on_delete)] == []


def test_the_policy_pack_knows_every_part(deploy) -> None:
    parts = _parts(_deploy(deploy, {"notify": {"emails": ["on-call@example.com"]}}))
    assert {part.type for part in parts} == set(SENTINEL_PART_TYPES)


@pytest.mark.parametrize(
    ("partition", "home"), [("aws", "us-east-1"), ("aws-cn", "cn-northwest-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_every_part_is_in_the_home_region(deploy, partition: str, home: str) -> None:
    deploy.functions["aws:index/getPartition:getPartition"] = {"partition": partition}
    deploy.functions["aws:index/getRegion:getRegion"] = {"region": "eu-central-1"}
    parts = [part for part in _parts(_deploy(deploy)) if part.type not in WITHOUT_REGION]
    assert {part.props["region"] for part in parts} == {home}


def test_the_code_is_text_and_no_path(deploy) -> None:
    code = _only(_deploy(deploy), "Function")["code"]
    assert "def handle(" in json.dumps(code)
    assert "/components/" not in json.dumps(code)


def test_an_open_break_glass_unprotects_and_tells_the_function(deploy) -> None:
    graph = _deploy(deploy, {"breakGlass": {"reason": "a merger", "expires": _tomorrow()}})
    assert _variables(graph)["BREAK_GLASS_UNTIL"].startswith(_tomorrow())
    assert [part.name for part in _parts(graph) if part.protect or part.retain_on_delete] == []


def test_organization_sso_hands_its_break_glass_on(deploy) -> None:
    args: Any = {"sentinel": {"mode": "alert"}, "breakGlass": {"reason": "a merger", "expires": _tomorrow()}}
    graph = deploy(lambda: OrganizationSso("it", args).urn)
    assert _variables(graph)["BREAK_GLASS_UNTIL"].startswith(_tomorrow())
    assert _variables(graph)["MODE"] == "alert"


def test_organization_sso_makes_no_sentinel_unasked(deploy) -> None:
    graph = deploy(lambda: OrganizationSso("it").urn)
    assert graph.of(TOKENS["Function"]) == []


def test_alert_mode_may_not_enable(deploy) -> None:
    policies = [_only(_deploy(deploy, {"mode": mode}), "RolePolicy")["policy"] for mode in ("enforce", "alert")]
    assert ["organizations:EnableAWSServiceAccess" in policy for policy in policies] == [True, False]


def test_a_topic_of_ones_own_is_used(deploy) -> None:
    topic = "arn:aws:sns:us-east-1:111122223333:on-call"
    graph = _deploy(deploy, {"notify": {"topicArn": topic, "emails": ["a@example.com"]}})
    assert graph.of(TOKENS["Topic"]) == []
    assert _only(graph, "TopicSubscription")["topic"] == topic
    assert _variables(graph)["TOPIC_ARN"] == topic
    assert {tuple(alarm.props["alarmActions"]) for alarm in graph.of(TOKENS["MetricAlarm"])} == {(topic,)}


def test_a_subscription_keeps_its_name_when_the_list_changes(deploy) -> None:
    def names(*emails: str) -> dict[str, str]:
        graph = _deploy(deploy, {"notify": {"emails": list(emails)}})
        return {row.props["endpoint"]: row.name for row in graph.of(TOKENS["TopicSubscription"])}

    both = names("a@example.com", "b@example.com")
    assert names("b@example.com") == {"b@example.com": both["b@example.com"]}


def test_failed_deliveries_go_to_the_queue(deploy) -> None:
    targets = _deploy(deploy).of(TOKENS["EventTarget"])
    assert [target.props["deadLetterConfig"]["arn"] for target in targets] == ["arn:aws:mock:::watch-dead-letters"] * 2


def test_its_alarms_and_retries_are_the_documents(deploy) -> None:
    """docs/sentinel.md, Errors: no run at all is what the alarm on runs is for."""
    graph = _deploy(deploy)
    alarms = [row.props for row in graph.of(TOKENS["MetricAlarm"])]
    keys = ("metricName", "statistic", "treatMissingData")
    assert {tuple(alarm[key] for key in keys) for alarm in alarms} == {
        ("Errors", "Sum", "notBreaching"),
        ("Invocations", "Sum", "breaching"),
        ("ApproximateNumberOfMessagesVisible", "Maximum", "notBreaching"),
    }
    assert [alarm for alarm in alarms if alarm["okActions"] != alarm["alarmActions"]] == []
    (retries,) = graph.of("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
    assert retries.props["maximumRetryAttempts"] == 2


@pytest.mark.parametrize(("unreserved", "reserved"), [(100, -1), (101, 1)])
def test_a_run_is_reserved_if_lambda_allows_it(deploy, unreserved: int, reserved: int) -> None:
    """Lambda keeps 100 for the other functions; the reservation stays as it was made."""
    deploy.aws.unreserved_concurrency = lambda _region: Answer(unreserved)
    (function,) = _deploy(deploy).of(TOKENS["Function"])
    assert function.props["reservedConcurrentExecutions"] == reserved
    assert function.ignored == ["reservedConcurrentExecutions"]


def test_the_ledger_is_not_reset_by_an_update(deploy) -> None:
    (ledger,) = _deploy(deploy).of(TOKENS["Parameter"])
    assert ledger.ignored == ["insecureValue"]


def test_the_gate_knows_every_part_as_the_sentinel_s(deploy) -> None:
    sentinel = f"urn:pulumi:dev::p::{SENTINEL_TYPE}::watch"
    glass = OpenBreakGlass("a merger", "2030-01-01", (sentinel,))
    for part in _parts(_deploy(deploy, {"notify": {"emails": ["a@example.com"]}})):
        assert glass.allows("protection-lost", child_urn(sentinel, part.type, part.name))
        other = child_urn(sentinel, part.type, part.name.replace("watch-", "watch-west-"))
        assert not glass.allows("protection-lost", other)


def test_names_begin_with_the_sentinels(deploy) -> None:
    graph = _deploy(deploy)
    names = [part.props["name"] for part in _parts(graph) if "name" in part.props]
    assert [name for name in names if SENTINEL_NAME not in name] == []


@walk(
    ("args", "said"),
    [
        ({"mode": "of"}, "mode is 'of'; it must be one of enforce, alert."),
        ({"servicePrincipals": []}, "servicePrincipals is []; it must be a list of service principals, not empty."),
        ({"servicePrincipals": ["SSO"]}, "servicePrincipals has 'SSO'; each must be a service principal"),
        ({"schedule": "rate(1 minutes)"}, "schedule is 'rate(1 minutes)'; it must be rate(1 minute)"),
        ({"notify": {"emails": ["a@b.c", "a@b.c"]}}, "notify.emails has 'a@b.c' more than once."),
        ({"notify": {"emails": ["x"]}}, "notify.emails has 'x'; each must be an e-mail address"),
        ({"notify": {"topicArn": "on-call"}}, "notify.topicArn is 'on-call'; it must be a topic's ARN"),
        (
            {"notify": {"topicArn": "arn:aws:sns:eu-west-1:111122223333:x"}},
            "it must begin with arn:aws:sns:us-east-1:, where the sentinel is.",
        ),
        ({"maxEnablesPerHour": 0}, "maxEnablesPerHour is 0; it must be a whole number from 1 to 40."),
        ({"logRetentionDays": 91}, "logRetentionDays is 91; CloudWatch Logs takes one of 1, 3, 5"),
        ({"modes": "alert"}, "modes is not an argument; the arguments are mode, servicePrincipals"),
    ],
)
def test_a_wrong_argument_is_a_sentence(deploy, args: dict[str, Any], said: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        _deploy(deploy, args)
    assert said in str(caught.value)


def test_a_topic_of_another_partition_is_refused(deploy) -> None:
    deploy.functions["aws:index/getPartition:getPartition"] = {"partition": "aws-cn"}
    topic = "arn:aws:sns:us-east-1:111122223333:on-call"
    for known in (lambda: topic, lambda: pulumi.Output.from_input(topic)):
        with pytest.raises(pulumi.RunError, match="it must begin with arn:aws-cn:sns:cn-northwest-1:"):
            deploy(lambda known=known: Sentinel("watch", {"notify": {"topicArn": known()}}).urn)


@walk(
    ("trails", "said"),
    [
        (Answer(["organization-trail"]), ""),
        (Answer([]), "No CloudTrail trail logs in us-east-1, so EventBridge gets no event"),
        (Answer(kind="denied"), "watch can't tell whether a CloudTrail trail logs in us-east-1"),
        (UNKNOWN_SIGN_IN, ""),
    ],
)
def test_a_missing_trail_is_warned_of(trails: Answer[list[str]], said: str) -> None:
    warning = trail_warning("watch", "us-east-1", "rate(1 minute)", trails)
    assert warning.startswith(said)
    assert bool(warning) is bool(said)


def test_a_partition_without_a_known_home_is_refused(deploy) -> None:
    deploy.functions["aws:index/getPartition:getPartition"] = {"partition": "aws-iso"}
    with pytest.raises(pulumi.RunError, match="partition is 'aws-iso'; it must be one of aws, aws-cn, aws-us-gov"):
        _deploy(deploy)


@pytest.mark.parametrize(("management", "is_refused"), [("999988887777", True), ("111122223333", False)])
def test_it_is_made_in_the_management_account_only(
    deploy, monkeypatch: pytest.MonkeyPatch, management: str, is_refused: bool
) -> None:
    deploy.aws.organization = lambda: Answer({"MasterAccountId": management})
    if not is_refused:
        assert len(_parts(_deploy(deploy))) == 18
        return
    with pytest.raises(pulumi.RunError, match="account 111122223333, a member of the organization"):
        _deploy(deploy)
