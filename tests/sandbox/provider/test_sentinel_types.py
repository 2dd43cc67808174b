"""The types that the Sentinel is made of, a whole life each on the engine."""

from __future__ import annotations

from collections.abc import Callable

PROGRAM = """
    import json
    import pulumi
    import pulumi_aws as aws
    tags, words = {{"team": {team!r}}}, {team!r}
    opts = pulumi.ResourceOptions(provider=aws.Provider("elsewhere", region="eu-west-1")) if {elsewhere} else None
    def trust(service):
        return json.dumps({{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Principal": {{"Service": service}}, "Action": "sts:AssumeRole"}}]}})
    role = aws.iam.Role("role", assume_role_policy=trust("lambda.amazonaws.com"))
    letters = aws.sqs.Queue("letters", message_retention_seconds={days} * 86400, tags=tags, opts=opts)
    alerts = aws.sqs.Queue("alerts", region="us-east-1")
    topic = aws.sns.Topic("topic", display_name=words, tags=tags, opts=opts)
    def allow(service, action, resource):
        return pulumi.Output.json_dumps({{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Principal": {{"Service": service}}, "Action": action, "Resource": resource}}]}})
    aws.sns.TopicPolicy("may-publish", arn=topic.arn, opts=opts,
        policy=allow("cloudwatch.amazonaws.com", "sns:Publish", topic.arn))
    aws.sqs.QueuePolicy("may-send", queue_url=letters.url, opts=opts,
        policy=allow("events.amazonaws.com", "sqs:SendMessage", letters.arn))
    aws.sns.TopicSubscription("mail", topic=topic.arn, protocol="email", endpoint="ops@example.com", opts=opts)
    aws.sns.TopicSubscription("queue", topic=topic.arn, protocol="sqs", endpoint=letters.arn,
        raw_message_delivery={days} > 1, opts=opts)
    function = aws.lambda_.Function("function", role=role.arn, runtime="python3.13", handler="handler.handler",
        code=pulumi.AssetArchive({{"handler.py": pulumi.StringAsset("def handler(event, context): " + words)}}),
        architectures=["arm64"], timeout={days} * 10, memory_size=256, tags=tags,
        environment={{"variables": {{"WORDS": words}}}}, dead_letter_config={{"target_arn": letters.arn}},
        logging_config={{"log_format": "JSON", "log_group": "/sentinel"}}, opts=opts)
    aws.cloudwatch.LogGroup("logs", name="/sentinel", retention_in_days={days} * 30, tags=tags, opts=opts)
    aws.lambda_.FunctionEventInvokeConfig("retries", function_name=function.name, maximum_retry_attempts={days} % 2,
        maximum_event_age_in_seconds=3600, opts=opts)
    for name, more in (("event", {{"event_pattern": json.dumps({{"source": ["aws.organizations", words]}})}}),
                       ("clock", {{"schedule_expression": "rate({days} hours)"}})):
        rule = aws.cloudwatch.EventRule(name, description=words, tags=tags, opts=opts, **more)
        aws.cloudwatch.EventTarget(name, rule=rule.name, arn=function.arn, opts=opts,
            dead_letter_config={{"arn": letters.arn}}, retry_policy={{"maximum_retry_attempts": {days}}})
        aws.lambda_.Permission(name, function=function.name, action="lambda:InvokeFunction",
            principal="events.amazonaws.com", source_arn=rule.arn, opts=opts)
    aws.cloudwatch.MetricAlarm("errors", namespace="AWS/Lambda", metric_name="Errors", statistic="Sum", period=60,
        evaluation_periods={days}, comparison_operator="GreaterThanThreshold", threshold=0, alarm_description=words,
        dimensions={{"FunctionName": function.name}}, alarm_actions=[topic.arn], treat_missing_data="notBreaching",
        tags=tags, opts=opts)
    aws.ssm.Parameter("ledger", name="/sentinel/ledger", type="String", insecure_value=words, description=words,
        tags=tags, opts=opts)
    pulumi.export("function", function.arn)
"""


def _program(team: str = "red", days: int = 2, *, elsewhere: bool = False) -> str:
    return PROGRAM.format(team=team, days=days, elsewhere=elsewhere)


def test_each_type_lives_a_whole_life(new_stack: Callable) -> None:
    stack = new_stack(_program())
    stack.up()
    operations = set(stack.session.operations())
    assert {"CreateFunction", "AddPermission", "PutFunctionEventInvokeConfig", "PutMetricAlarm"} <= operations
    assert not [operation for operation in operations if " " in operation]  # a REST call's method and path
    stack.up("--refresh", "--expect-no-changes")
    stack.write(_program(team="blue", days=3))
    changed = stack.up()
    assert "updated" in changed.out
    assert "replaced" not in changed.out
    stack.pulumi("preview", "--refresh", "--expect-no-changes")
    stack.destroy()
    cloud = stack.session.aws
    assert cloud.client("lambda").list_functions()["Functions"] == []
    assert cloud.client("events").list_rules()["Rules"] == []
    assert cloud.client("sns").list_topics()["Topics"] == []
    assert "QueueUrls" not in cloud.client("sqs").list_queues()
    assert cloud.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert cloud.client("ssm").describe_parameters()["Parameters"] == []
    assert cloud.client("logs").describe_log_groups()["logGroups"] == []


def test_a_resources_region_is_its_own_or_its_providers(new_stack: Callable) -> None:
    stack = new_stack(_program(elsewhere=True))
    stack.up()
    cloud = stack.session.aws
    queues = {region: cloud.client("sqs", region=region).list_queues()["QueueUrls"] for region in _REGIONS}
    assert [len(queues[region]) for region in _REGIONS] == [1, 1]
    assert stack.outputs()["function"].startswith("arn:aws:lambda:eu-west-1:111122223333:function:")
    stack.up("--expect-no-changes", "--refresh")


_REGIONS = ("us-east-1", "eu-west-1")
