"""Events: an API call that a trail logs reaches the rules, a schedule follows the clock, and nothing gets lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws import EmbeddedAws
from tests.sandbox.aws.deployed import ACCOUNT

QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:events"
DISABLED = {"source": ["aws.organizations"], "detail": {"eventName": ["DisableAWSServiceAccess"]}}
ECHO = "def handle(event, context): print('GOT ' + event['detail-type'])"


def _rule(aws: Any, name: str = "rule", target: str = QUEUE, more: Any = None, **rule: Any) -> str:
    client = aws.client("events")
    rule_arn = str(client.put_rule(Name=name, **rule)["RuleArn"])
    client.put_targets(Rule=name, Targets=[{"Id": "it", "Arn": target, **(more or {})}])
    return rule_arn


def _disable(aws: Any) -> None:
    aws.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    assert aws.settle()


@pytest.fixture
def heard(aws: Callable, queue: Callable, messages: Callable) -> Callable[..., Any]:
    """`heard(seed)`: a sandbox with a queue `events`, and a function that gives what came into it."""

    def make(*arguments: Any, **options: Any) -> Any:
        cloud = aws(*arguments, **options)
        url = queue(cloud, "events", "events.amazonaws.com")

        def receive() -> list[Any]:
            assert cloud.settle()
            return [body for body, _ in messages(cloud, url)]

        return cloud, receive

    return make


def test_a_matching_call_is_an_event_with_its_record(heard: Callable) -> None:
    cloud, receive = heard()
    _rule(cloud, EventPattern=json.dumps(DISABLED))
    _disable(cloud)
    [event] = receive()
    assert (event["detail-type"], event["source"]) == ("AWS API Call via CloudTrail", "aws.organizations")
    assert event["detail"]["requestParameters"] == {"servicePrincipal": "sso.amazonaws.com"}
    assert event["detail"]["userIdentity"]["accountId"] == event["account"] == ACCOUNT


def test_unmatched_calls_and_disabled_rules_deliver_nothing(heard: Callable) -> None:
    cloud, receive = heard()
    _rule(cloud, EventPattern=json.dumps({"source": ["aws.iam"]}))
    _rule(cloud, "off", EventPattern=json.dumps(DISABLED), State="DISABLED")
    _disable(cloud)
    assert receive() == []


@pytest.mark.parametrize(
    ("trail", "count"),
    [
        ("[]", 0),
        ("[{logging: false}]", 0),
        ("[{region: eu-west-1, multi_region: false}]", 0),
        ("[{region: eu-west-1}]", 1),
        ("[{region: us-east-1, multi_region: false, organization: false}]", 1),
    ],
)
def test_without_a_trail_that_logs_there_is_no_event(heard: Callable, tmp_path: Path, trail: str, count: int) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        f"organization: {{feature_set: ALL}}\ntrusted_services: [sso.amazonaws.com]\ntrails: {trail}\n", "utf-8"
    )
    cloud, receive = heard(seed)
    _rule(cloud, EventPattern=json.dumps(DISABLED))
    _disable(cloud)
    assert len(receive()) == count


def test_a_trail_logs_writes_or_reads_as_configured(heard: Callable) -> None:
    cloud, receive = heard()
    _rule(cloud, EventPattern=json.dumps(DISABLED))
    trails = cloud.client("cloudtrail")
    for kind, count in (("ReadOnly", 0), ("WriteOnly", 1)):
        selectors = [{"ReadWriteType": kind, "IncludeManagementEvents": True}]
        trails.put_event_selectors(TrailName="organization-trail", EventSelectors=selectors)
        cloud.client("organizations").enable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
        _disable(cloud)
        assert len(receive()) == count


def test_reads_are_events_only_for_rules_that_ask_for_them(heard: Callable) -> None:
    cloud, receive = heard()
    pattern = json.dumps({"detail": {"eventName": ["DescribeOrganization"]}})
    _rule(cloud, EventPattern=pattern)
    cloud.client("organizations").describe_organization()
    assert receive() == []
    _rule(cloud, EventPattern=pattern, State="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
    cloud.client("organizations").describe_organization()
    assert len(receive()) == 1


def test_without_rules_a_call_is_not_even_looked_at(aws: Callable) -> None:
    cloud = aws("sso-enabled", repeatable=1)
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    assert cloud.settle()
    before = cloud.world.source.random.getstate()
    assert cloud.settle()
    assert cloud.world.source.random.getstate() == before
    assert not cloud.world.backends["events"]


def test_event_ids_leave_the_worlds_random_numbers_alone(heard: Callable) -> None:
    ids = []
    for _ in range(2):
        cloud, receive = heard("sso-enabled", repeatable=1)
        _rule(cloud, EventPattern=json.dumps(DISABLED))
        before = cloud.client("organizations").create_organizational_unit(ParentId="r-exam", Name="a")
        _disable(cloud)
        after = cloud.client("organizations").create_organizational_unit(ParentId="r-exam", Name="b")
        ids.append([unit["OrganizationalUnit"]["Id"] for unit in (before, after)] + [receive()[0]["id"]])
    assert ids[0] == ids[1]


def test_a_schedule_fires_when_the_clock_gets_there(heard: Callable) -> None:
    cloud, receive = heard()
    rule = _rule(cloud, ScheduleExpression="rate(1 minute)")
    cloud.move_clock(59)
    assert receive() == []
    cloud.move_clock(1)
    [event] = receive()
    assert (event["detail-type"], event["resources"]) == ("Scheduled Event", [rule])
    cloud.move_clock(3600)
    assert len(receive()) == 1
    cloud.move_clock(60)
    assert len(receive()) == 1


def test_a_schedule_that_is_off_or_gone_fires_no_more(heard: Callable) -> None:
    cloud, receive = heard()
    client = cloud.client("events")
    _rule(cloud, ScheduleExpression="rate(1 minute)")
    client.disable_rule(Name="rule")
    cloud.move_clock(61)
    assert receive() == []
    client.enable_rule(Name="rule")
    cloud.move_clock(61)
    assert len(receive()) == 1
    client.remove_targets(Rule="rule", Ids=["it"])
    client.delete_rule(Name="rule")
    cloud.move_clock(61)
    assert receive() == []


def test_a_schedule_goes_on_in_a_saved_sandbox(tmp_path: Path) -> None:
    saved = tmp_path / "snapshot"
    with EmbeddedAws(save=saved) as first:
        first.client("sqs").create_queue(QueueName="events")
        _rule(first, ScheduleExpression="rate(1 minute)")
    with EmbeddedAws(load=saved) as second:
        second.move_clock(60)
        assert second.settle()
        metrics = second.client("cloudwatch").list_metrics(Namespace="AWS/Events")["Metrics"]
        assert "TriggeredRules" in {row["MetricName"] for row in metrics}


def test_a_function_is_invoked_only_with_a_permission(
    aws: Callable, deploy: Callable, queue: Callable, messages: Callable
) -> None:
    cloud = aws()
    url = queue(cloud, "letters", "events.amazonaws.com")
    function = deploy(cloud, ECHO)
    letters = {"DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:letters"}}
    rule = _rule(cloud, target=function.arn, more=letters, EventPattern=json.dumps(DISABLED))
    _disable(cloud)
    [(body, attributes)] = messages(cloud, url)
    assert body["detail"]["eventName"] == "DisableAWSServiceAccess"
    assert attributes["ERROR_CODE"] == "NO_PERMISSIONS"
    cloud.client("lambda").add_permission(
        FunctionName="function",
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    cloud.client("organizations").enable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    _disable(cloud)
    assert "GOT AWS API Call via CloudTrail" in function.log()
    assert messages(cloud, url) == []


def test_a_queue_that_lets_nobody_in_gets_nothing(aws: Callable, queue: Callable, messages: Callable) -> None:
    cloud = aws()
    url = queue(cloud, "events")
    _rule(cloud, EventPattern=json.dumps(DISABLED))
    _disable(cloud)
    assert messages(cloud, url) == []


def test_a_topic_gets_an_event_only_if_it_lets_events_in(aws: Callable, queue: Callable, messages: Callable) -> None:
    cloud = aws()
    sns, url = cloud.client("sns"), queue(cloud, "events")
    topic = sns.create_topic(Name="topic")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE)
    _rule(cloud, target=topic, EventPattern=json.dumps(DISABLED))
    for service, count in (("budgets.amazonaws.com", 0), ("events.amazonaws.com", 1)):
        allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:*", "Resource": topic}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
        _disable(cloud)
        assert len(messages(cloud, url)) == count


def test_nobody_but_aws_speaks_for_aws(heard: Callable) -> None:
    cloud, receive = heard()
    _rule(cloud, EventPattern=json.dumps({"source": ["mine", "aws.organizations"]}))
    entry = {"DetailType": "x", "Detail": json.dumps({"eventName": "DisableAWSServiceAccess"})}
    answer = cloud.client("events").put_events(
        Entries=[{**entry, "Source": "aws.organizations"}, {**entry, "Source": "mine"}]
    )
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    assert [event["source"] for event in receive()] == ["mine"]


def test_a_target_gets_a_part_or_a_text(heard: Callable) -> None:
    cloud, receive = heard()
    pattern = json.dumps(DISABLED)
    _rule(cloud, "whole", more={"Input": '{"only": "this"}'}, EventPattern=pattern)
    _rule(cloud, "part", more={"InputPath": "$.detail.eventName"}, EventPattern=pattern)
    transformer = {"InputPathsMap": {"who": "$.account"}, "InputTemplate": '{"by": "<who>"}'}
    _rule(cloud, "made", more={"InputTransformer": transformer}, EventPattern=pattern)
    _disable(cloud)
    events = receive()
    assert {"only": "this"} in events
    assert "DisableAWSServiceAccess" in events
    assert {"by": ACCOUNT} in events


@pytest.mark.parametrize("arn", ["arn:aws:kinesis:us-east-1:111122223333:stream/s"])
def test_a_target_of_another_kind_is_refused_by_name(aws: Callable, arn: str) -> None:
    cloud = aws()
    with pytest.raises(ClientError, match="delivers no events to kinesis"):
        _rule(cloud, target=arn, EventPattern=json.dumps(DISABLED))
