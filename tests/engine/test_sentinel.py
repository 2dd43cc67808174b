"""The Sentinel on the real engine: made once, hard to lose, and taken away only through break-glass."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from pulumi_aws_identity_center.gate.judge import judge_plan
from pulumi_aws_identity_center.gate.readers import read

from sandbox.session import ROOT

PROGRAM = """
    import pulumi, pulumi_aws as aws
    from pulumi_aws_identity_center import Sentinel
    opts = pulumi.ResourceOptions(provider=aws.Provider("europe", region="eu-central-1"))
    sentinel = Sentinel("watch", {args}, opts)
    pulumi.export("functionArn", sentinel.function_arn)
    pulumi.export("topicArn", sentinel.topic_arn)
    pulumi.export("deadLetterQueueUrl", sentinel.dead_letter_queue_url)
    pulumi.export("ruleArns", sentinel.rule_arns)
"""


def _program(**args: Any) -> str:
    return PROGRAM.format(args=args)


def _open(reason: str = "a merger") -> dict[str, str]:
    return {
        "reason": reason,
        "expires": (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat(),
    }


def _function(stack) -> Any:
    cloud = stack.session.aws.client("lambda", region="us-east-1")
    return cloud.get_function(FunctionName="identity-center-sentinel")


def _functions(stack) -> list[str]:
    return [row["FunctionName"] for row in stack.session.aws.client("lambda").list_functions()["Functions"]]


def test_it_is_at_home_whatever_the_providers_region(new_stack: Callable) -> None:
    stack = new_stack(_program(), deployed=True)
    arn = "arn:aws:{}:us-east-1:111122223333:{}"
    outputs = stack.outputs()
    assert outputs["functionArn"] == arn.format("lambda", "function:identity-center-sentinel")
    assert outputs["topicArn"] == arn.format("sns", "identity-center-sentinel")
    assert outputs["ruleArns"] == {
        "events": arn.format("events", "rule/identity-center-sentinel-events"),
        "schedule": arn.format("events", "rule/identity-center-sentinel-schedule"),
    }
    assert outputs["deadLetterQueueUrl"].endswith("/111122223333/identity-center-sentinel-dead-letters")
    assert _function(stack)["Concurrency"] == {"ReservedConcurrentExecutions": 1}
    stack.up("--expect-no-changes", "--refresh")


def test_destroying_or_dropping_it_is_refused(new_stack: Callable) -> None:
    stack = new_stack(_program(), deployed=True)
    destroyed = stack.destroy(check=False)
    stack.write("import pulumi\n")
    dropped = stack.pulumi("preview", "--json", check=False)
    for refused in (destroyed, dropped):
        assert refused.code != 0
        assert "because it is protected" in refused.text
    assert _functions(stack) == ["identity-center-sentinel"]
    judgement = judge_plan(read(io.StringIO(dropped.out)))
    assert judgement.verdict == "unsafe"
    assert any("Sentinel" in finding.urn for finding in judgement.findings)


def test_past_the_protection_its_parts_stay_in_aws(new_stack: Callable) -> None:
    stack = new_stack(_program(), deployed=True)
    stack.pulumi("state", "unprotect", "--all", "--yes")
    stack.destroy()
    assert _functions(stack) == ["identity-center-sentinel"]
    cloud = stack.session.aws
    assert len(cloud.client("events", region="us-east-1").list_rules()["Rules"]) == 2


def test_an_open_break_glass_lets_it_be_removed(new_stack: Callable) -> None:
    stack = new_stack(_program(), deployed=True)
    stack.write(_program(breakGlass=_open()))
    stack.up()
    until = _function(stack)["Configuration"]["Environment"]["Variables"]["BREAK_GLASS_UNTIL"]
    assert until.startswith(_open()["expires"])
    stack.write("import pulumi\n")
    stack.up()
    assert _functions(stack) == []


def test_an_address_is_removed_by_way_of_an_open_break_glass(new_stack: Callable) -> None:
    first, second = ({"emails": [address]} for address in ("first@example.com", "second@example.com"))
    stack = new_stack(_program(notify=first), deployed=True)
    stack.write(_program(notify=second))
    assert "it is protected" in stack.preview(check=False).text
    for args in ({"notify": first, "breakGlass": _open()}, {"notify": second}):
        stack.write(_program(**args))
        stack.up()
    rows = stack.session.aws.client("sns").list_subscriptions()["Subscriptions"]
    assert [row["Endpoint"] for row in rows] == second["emails"]


def test_a_break_glass_that_is_over_enforces_and_fails(new_stack: Callable) -> None:
    past = {"reason": "a merger", "expires": "2026-01-01"}
    stack = new_stack(_program(breakGlass=past))
    refused = stack.preview(check=False)
    assert "breakGlass.expires is 2026-01-01, which is past" in refused.text
    closed = stack.pulumi("up", "--yes", "--skip-preview", check=False)
    assert closed.code != 0
    assert "This update has protected watch again" in closed.text
    assert _function(stack)["Configuration"]["Environment"]["Variables"]["BREAK_GLASS_UNTIL"] == ""


def test_an_up_with_refresh_restores_what_was_deleted(new_stack: Callable) -> None:
    """Its protected parts depend on each other by names, which a preview knows."""
    stack = new_stack(_program(notify={"emails": ["on-call@example.com"]}), deployed=True)
    cloud, name = stack.session.aws, "identity-center-sentinel"
    for rule in ("events", "schedule"):
        cloud.client("events").remove_targets(Rule=f"{name}-{rule}", Ids=[name])
        cloud.client("events").delete_rule(Name=f"{name}-{rule}")
    cloud.client("sns").delete_topic(TopicArn=stack.outputs()["topicArn"])
    cloud.client("sqs").delete_queue(QueueUrl=stack.outputs()["deadLetterQueueUrl"])
    cloud.client("iam").delete_role_policy(RoleName=name, PolicyName=name)
    stack.up("--refresh", previewed=True)
    stack.up("--expect-no-changes", "--refresh")
    targets = cloud.client("events").list_rule_names_by_target(TargetArn=stack.outputs()["functionArn"])
    assert sorted(targets["RuleNames"]) == [f"{name}-events", f"{name}-schedule"]


def test_a_preview_with_refresh_shows_what_status_does_not_read(new_stack: Callable) -> None:
    """A change of each such part; `up --refresh` then leaves replaced code as it is, as sentinel.md says."""
    stack = new_stack(_program(notify={"emails": ["on-call@example.com"]}), deployed=True)
    stack.up("--refresh", previewed=True)
    name, topic = "identity-center-sentinel", stack.outputs()["topicArn"]
    client = stack.session.aws.client
    subscription = client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"]
    client("lambda").update_function_configuration(FunctionName=name, Timeout=1)
    client("lambda").update_function_code(FunctionName=name, ZipFile=_archive_of("def handle(*_): pass"))
    client("lambda").remove_permission(FunctionName=name, StatementId=f"{name}-events")
    client("lambda").put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    client("iam").delete_role_policy(RoleName=name, PolicyName=name)
    client("sns").set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="x")
    client("sns").unsubscribe(SubscriptionArn=subscription)
    client("sqs").delete_queue(QueueUrl=stack.outputs()["deadLetterQueueUrl"])
    client("ssm").delete_parameter(Name=f"/{name}/ledger")
    client("logs").delete_log_group(logGroupName=f"/aws/lambda/{name}")
    client("cloudwatch").disable_alarm_actions(AlarmNames=[f"{name}-errors"])
    client("events").put_rule(Name=f"{name}-schedule", ScheduleExpression="rate(1 day)")
    target = {"Id": name, "Arn": stack.outputs()["functionArn"], "Input": "{}"}
    client("events").put_targets(Rule=f"{name}-events", Targets=[target])
    status = stack.session.run("identity-center", "status", cwd=stack.folder, check=False)
    assert f"pass         sentinel: {name}-events" in status.out
    code = _function(stack)["Configuration"]["CodeSha256"]
    shown = stack.pulumi("preview", "--refresh", "--diff").text
    refreshed = {line.split(": (refresh)")[0].split(":")[-1] for line in shown.splitlines() if ": (refresh)" in line}
    alone = {"Function", "Permission", "FunctionEventInvokeConfig", "Topic", "TopicSubscription", "Queue"}
    assert alone | {"Role", "Parameter", "LogGroup", "MetricAlarm", "EventRule", "EventTarget"} <= refreshed
    assert "codeSha256" in shown
    stack.up("--refresh", previewed=True)
    configuration = _function(stack)["Configuration"]
    assert (configuration["Timeout"], configuration["CodeSha256"]) == (60, code)


def _archive_of(code: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("handler.py", code)
    return archive.getvalue()


def test_a_change_of_settings_changes_in_place(new_stack: Callable) -> None:
    stack = new_stack(_program(), deployed=True)
    stack.write(_program(mode="alert", schedule="rate(5 minutes)", maxEnablesPerHour=3))
    changed = stack.up()
    assert "replaced" not in changed.out
    assert "4 updated" in changed.out  # the role's policy, the function, the schedule and its alarm


def test_a_preview_warns_where_no_trail_logs(new_stack: Callable) -> None:
    stack = new_stack(_program(servicePrincipals=["account-access.amazonaws.com"]))
    trails = stack.session.aws.client("cloudtrail", region="us-east-1")
    for trail in trails.describe_trails()["trailList"]:
        trails.stop_logging(Name=trail["TrailARN"])
    shown = stack.preview().text
    assert "No CloudTrail trail logs in us-east-1" in shown
    assert "watch doesn't guard sso.amazonaws.com" in shown
    stack.session.aws.client("s3", region="us-east-1").create_bucket(Bucket="a-trails-bucket")
    trails.create_trail(Name="a-trail", S3BucketName="a-trails-bucket", IsMultiRegionTrail=True)
    trails.start_logging(Name="a-trail")
    assert "No CloudTrail trail" not in stack.preview().text


def test_no_run_is_reserved_where_the_quota_forbids_it(new_stack: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    settings = {"organization": {"feature_set": "ALL"}, "quotas": {"lambda_concurrent_executions": 100}}
    seed.write_text(yaml.safe_dump({**settings, "trusted_services": ["sso.amazonaws.com"]}))
    stack = new_stack(_program(), seed=str(seed))
    stack.up()
    assert "Concurrency" not in _function(stack)
    stack.up("--expect-no-changes", "--refresh")


REMOTE = """
    import pulumi

    class Sentinel(pulumi.ComponentResource):
        def __init__(self, name, props):
            token = "aws-identity-center:index:Sentinel"
            super().__init__(token, name, {**props, "functionArn": None, "ruleArns": None}, remote=True)

    sentinel = Sentinel("watch", {"maxEnablesPerHour": 3.0, "notify": {"emails": ["on-call@example.com"]}})
    pulumi.export("functionArn", sentinel.functionArn)
    pulumi.export("ruleArns", sentinel.ruleArns)
"""


def test_another_language_declares_it_too(new_stack: Callable) -> None:
    stack = new_stack(REMOTE, yaml=f"packages:\n  aws-identity-center: {ROOT / 'components'}\n")
    stack.up()
    assert set(stack.outputs()["ruleArns"]) == {"events", "schedule"}
    assert _function(stack)["Configuration"]["Environment"]["Variables"]["MAX_ENABLES_PER_HOUR"] == "3"
    stack.up("--expect-no-changes")


def test_in_a_member_account_it_is_refused(new_stack: Callable) -> None:
    stack = new_stack("from pulumi_aws_identity_center import Sentinel\nSentinel('watch')\n", seed="member")
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert "a member of the organization" in refused.text
    assert "Traceback" not in refused.text
