"""Every type of the provider's lives a whole life on the engine, in one program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conftest import Stack

PROGRAM = """
    import json
    import pulumi
    import pulumi_aws as aws
    document = json.dumps({{"Version": "2012-10-17", "Statement": [
        {{"Effect": "Allow", "Action": {action!r}, "Resource": "*"}}]}})
    trust = json.dumps({{"Version": "2012-10-17", "Statement": [
        {{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:root"}}, "Action": "sts:AssumeRole"}}]}})
    tags = {{"team": {team!r}}}
    policy = aws.iam.Policy("policy", policy=document, tags=tags)
    role = aws.iam.Role("role", assume_role_policy=trust, permissions_boundary=policy.arn, tags=tags,
        inline_policies=[{{"name": "own", "policy": document}}], description={team!r})
    user = aws.iam.User("user", tags={{"fixed": "yes"}})
    group, other = aws.iam.Group("group"), aws.iam.Group("other")
    aws.iam.UserGroupMembership("member", user=user.name, groups=[group.name] if {team!r} == "red" else [other.name])
    aws.iam.RolePolicyAttachment("on-role", role=role.name, policy_arn=policy.arn)
    aws.iam.UserPolicyAttachment("on-user", user=user.name, policy_arn=policy.arn)
    aws.iam.GroupPolicyAttachment("on-group", group=group.name, policy_arn=policy.arn)
    aws.iam.UserPolicy("in-user", user=user.name, policy=document)
    aws.iam.GroupPolicy("in-group", group=group.name, policy=document)
    root = aws.organizations.get_organization().roots[0].id
    aws.organizations.OrganizationalUnit("unit", parent_id=root, tags=tags)
    access = aws.organizations.AwsServiceAccess("access", service_principal="ram.amazonaws.com")
    aws.organizations.DelegatedAdministrator("admin", account_id="222233334444",
        service_principal=access.service_principal)
    instance = aws.ssoadmin.get_instances().arns[0]
    aws.ssoadmin.InstanceAccessControlAttributes("attributes", instance_arn=instance,
        attributes=[{{"key": {team!r}, "values": [{{"sources": ["${{path:enterprise.department}}"]}}]}}])
    aws.ssoadmin.PermissionSet("set", instance_arn=instance, description={team!r}, tags=tags)

    # What the Sentinel is made of.
    words = {team!r}
    opts = pulumi.ResourceOptions(provider=aws.Provider("elsewhere", region="eu-west-1"))
    def trust(service):
        return json.dumps({{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Principal": {{"Service": service}}, "Action": "sts:AssumeRole"}}]}})
    role = aws.iam.Role("function-role", assume_role_policy=trust("lambda.amazonaws.com"))
    letters = aws.sqs.Queue("letters", message_retention_seconds={days} * 86400, tags=tags, opts=opts)
    alerts = aws.sqs.Queue("alerts", region="us-east-1")
    is_red = words == "red"
    key = aws.kms.Key("key", description=words, is_enabled=is_red, enable_key_rotation=not is_red, tags=tags)
    statement = {{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:root"}}, "Action": "kms:*",
        "Resource": "*", "Sid": words}}
    aws.kms.KeyPolicy("key", key_id=key.key_id, policy=json.dumps({{"Statement": [statement]}}))
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


def _program(action: str = "s3:GetObject", team: str = "red", days: int = 2) -> str:
    return PROGRAM.format(action=action, team=team, days=days)


def test_each_type_lives_a_whole_life(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(_program())
    stack.up()
    operations = set(stack.session.operations())
    assert {"CreateFunction", "AddPermission", "PutFunctionEventInvokeConfig", "PutMetricAlarm"} <= operations
    assert not [operation for operation in operations if " " in operation]  # a REST call's method and path
    # A resource's region is its own or its provider's.
    assert stack.outputs()["function"].startswith("arn:aws:lambda:eu-west-1:111122223333:function:")
    queues = [_client(stack, "sqs", region).list_queues()["QueueUrls"] for region in ("us-east-1", "eu-west-1")]
    assert [len(urls) for urls in queues] == [1, 1]
    assert "unchanged" in stack.up("--refresh", "--expect-no-changes").out
    stack.write(_program(action="s3:PutObject", team="blue", days=3))
    changed = stack.up()
    assert "updated" in changed.out
    assert "replaced" not in changed.out
    stack.pulumi("preview", "--refresh", "--expect-no-changes")
    stack.destroy()
    assert _client(stack, "lambda").list_functions()["Functions"] == []
    assert _client(stack, "events").list_rules()["Rules"] == []
    assert _client(stack, "sns").list_topics()["Topics"] == []
    assert "QueueUrls" not in _client(stack, "sqs").list_queues()
    assert "QueueUrls" not in _client(stack, "sqs", "us-east-1").list_queues()
    assert _client(stack, "cloudwatch").describe_alarms()["MetricAlarms"] == []
    [key] = _client(stack, "kms", "us-east-1").list_keys()["Keys"]
    described = _client(stack, "kms", "us-east-1").describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert described["KeyState"] == "PendingDeletion"
    assert _client(stack, "ssm").describe_parameters()["Parameters"] == []
    assert _client(stack, "logs").describe_log_groups()["logGroups"] == []
    cloud = stack.session.aws
    assert cloud.client("iam").list_policies(Scope="Local")["Policies"] == []
    roles = {row["RoleName"] for row in cloud.client("iam").list_roles()["Roles"]}
    assert roles == {"AWSServiceRoleForSSO", "admin-ci", "auditor", "iam-ci"}  # the seed's
    listed = cloud.client("organizations").list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert [row["ServicePrincipal"] for row in listed] == ["sso.amazonaws.com"]


def _client(stack: Stack, service: str, region: str = "eu-west-1") -> Any:
    return stack.session.aws.client(service, region=region)
