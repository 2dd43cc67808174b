"""What the components declare by token is what pulumi_aws's own classes would declare."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import _types
from pulumi_aws_identity_center.components import aws_resources, sentinel_resources
from pulumi_aws_identity_center.components.aws_resources import AwsResource
from pulumi_aws_identity_center.domain.values import snake_case

from tests.walk import walk

THEIRS: dict[type[AwsResource], Any] = {
    aws_resources.AwsServiceAccess: aws.organizations.AwsServiceAccess,
    aws_resources.DelegatedAdministrator: aws.organizations.DelegatedAdministrator,
    aws_resources.InstanceAccessControlAttributes: aws.ssoadmin.InstanceAccessControlAttributes,
    aws_resources.Policy: aws.iam.Policy,
    aws_resources.Role: aws.iam.Role,
    aws_resources.RolePolicyAttachment: aws.iam.RolePolicyAttachment,
    sentinel_resources.Topic: aws.sns.Topic,
    sentinel_resources.TopicSubscription: aws.sns.TopicSubscription,
    sentinel_resources.Queue: aws.sqs.Queue,
    sentinel_resources.QueuePolicy: aws.sqs.QueuePolicy,
    sentinel_resources.LogGroup: aws.cloudwatch.LogGroup,
    sentinel_resources.Parameter: aws.ssm.Parameter,
    sentinel_resources.RolePolicy: aws.iam.RolePolicy,
    sentinel_resources.Function: aws.lambda_.Function,
    sentinel_resources.FunctionEventInvokeConfig: aws.lambda_.FunctionEventInvokeConfig,
    sentinel_resources.Permission: aws.lambda_.Permission,
    sentinel_resources.EventRule: aws.cloudwatch.EventRule,
    sentinel_resources.EventTarget: aws.cloudwatch.EventTarget,
    sentinel_resources.MetricAlarm: aws.cloudwatch.MetricAlarm,
}
INPUTS: dict[type[AwsResource], dict[str, Any]] = {
    aws_resources.AwsServiceAccess: {"service_principal": "sso.amazonaws.com"},
    aws_resources.DelegatedAdministrator: {
        "account_id": "111122223333",
        "service_principal": "sso.amazonaws.com",
    },
    aws_resources.InstanceAccessControlAttributes: {
        "instance_arn": "arn:aws:sso:::instance/ssoins-1",
        "attributes": [{"key": "cost_center", "values": [{"sources": ["${path:enterprise.costCenter}"]}]}],
    },
    aws_resources.Policy: {"name": "observe", "description": "See", "policy": '{"Version": "2012-10-17"}'},
    aws_resources.Role: {
        "name": "operator",
        "description": "Operates",
        "assume_role_policy": "{}",
        "permissions_boundary": None,
    },
    aws_resources.RolePolicyAttachment: {"role": "operator", "policy_arn": "arn:aws:iam::111122223333:policy/observe"},
    sentinel_resources.Topic: {"name": "sentinel", "region": "us-east-1"},
    sentinel_resources.TopicSubscription: {"topic": "arn:t", "protocol": "email", "endpoint": "a@example.com"},
    sentinel_resources.Queue: {"name": "sentinel", "message_retention_seconds": 60, "sqs_managed_sse_enabled": True},
    sentinel_resources.QueuePolicy: {"queue_url": "https://queue", "policy": "{}"},
    sentinel_resources.LogGroup: {"name": "/aws/lambda/sentinel", "retention_in_days": 90},
    sentinel_resources.Parameter: {"name": "/ledger", "type": "String", "insecure_value": "{}"},
    sentinel_resources.RolePolicy: {"name": "sentinel", "role": "sentinel", "policy": "{}"},
    sentinel_resources.Function: {
        "name": "sentinel",
        "role": "arn:role",
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "code": pulumi.AssetArchive({"handler.py": pulumi.StringAsset("pass")}),
        "environment": {"variables": {"A_KEY": "b"}},
    },
    sentinel_resources.FunctionEventInvokeConfig: {
        "function_name": "sentinel",
        "maximum_retry_attempts": 2,
        "destination_config": {"onFailure": {"destination": "arn:queue"}},
    },
    sentinel_resources.Permission: {
        "statement_id": "events",
        "action": "lambda:InvokeFunction",
        "function": "sentinel",
        "principal": "events.amazonaws.com",
        "source_arn": "arn:rule",
    },
    sentinel_resources.EventRule: {"name": "events", "event_pattern": "{}"},
    sentinel_resources.EventTarget: {
        "rule": "events",
        "target_id": "sentinel",
        "arn": "arn:function",
        "retry_policy": {"maximumEventAgeInSeconds": 300, "maximumRetryAttempts": 3},
        "dead_letter_config": {"arn": "arn:queue"},
    },
    sentinel_resources.MetricAlarm: {
        "name": "errors",
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "evaluation_periods": 1,
        "dimensions": {"FunctionName": "sentinel"},
        "alarm_actions": ["arn:topic"],
    },
}
EACH = walk("ours", THEIRS)


def test_every_resource_is_compared_here() -> None:
    assert set(AwsResource.__subclasses__()) == set(THEIRS)


@EACH
def test_inputs_and_outputs_have_the_names_of_pulumi_aws(ours: type[AwsResource]) -> None:
    theirs = THEIRS[ours]
    module = sys.modules[theirs.__module__]
    names = _types.input_type_py_to_pulumi_names(getattr(module, f"{theirs.__name__}Args"))
    assert {snake_case(name): name for name in ours.inputs} == names
    assert _types.resource_py_to_pulumi_names(ours) == _types.resource_py_to_pulumi_names(theirs)


@EACH
def test_a_transformation_is_given_the_same_properties(deploy: Callable[..., Any], ours: type[AwsResource]) -> None:
    registrations: list[dict[str, Any]] = []

    def note(args: pulumi.ResourceTransformationArgs) -> None:
        registrations.append({**args.props})

    opts = pulumi.ResourceOptions(transformations=[note])
    deploy(lambda: ours("it", INPUTS[ours], opts))
    deploy(lambda: THEIRS[ours]("it", **INPUTS[ours], opts=opts))
    own, pulumis = registrations
    assert own == pulumis


@EACH
def test_the_engine_gets_the_request_that_pulumi_aws_makes(deploy: Callable[..., Any], ours: type[AwsResource]) -> None:
    def program(make: Callable[[pulumi.ResourceOptions], object]) -> Any:
        options = pulumi.ResourceOptions(protect=True, retain_on_delete=True, import_="there")
        return deploy(lambda: make(options)).of(ours.token)

    (own,) = program(lambda opts: ours("it", INPUTS[ours], opts))
    assert [own] == program(lambda opts: THEIRS[ours]("it", **INPUTS[ours], opts=opts))
    assert own.version
    assert own.props


TAGS = {"cost_center": "1", "costCenter": "2", "name_prefix": "3", "permissions_boundary": "4"}


@pytest.mark.parametrize("role", [aws_resources.Role, aws.iam.Role], ids=["ours", "pulumi_aws"])
def test_a_transformation_finds_and_sets_the_names_of_pulumi_aws(deploy: Callable[..., Any], role: Any) -> None:
    """As where a company's own boundary and tags are put on every role; a tag's key is nobody's to translate."""

    def company(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        assert args.props["assume_role_policy"] == "{}"
        tags: Any = args.props["tags"] or {}
        tags = {**tags, **TAGS}
        return pulumi.ResourceTransformationResult(
            {
                **args.props,
                "permissions_boundary": "arn:aws:iam::1:policy/b",
                "tags": tags,
                "max_session_duration": 3600,
            },
            pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(ignore_changes=["managed_policy_arns"])),
        )

    def program() -> None:
        opts = pulumi.ResourceOptions(transformations=[company])
        if role is aws.iam.Role:
            role("it", assume_role_policy="{}", opts=opts)
        else:
            role("it", {"assume_role_policy": "{}"}, opts)

    (role_row,) = deploy(program).of(aws_resources.Role.token)
    assert role_row.props == {
        "assumeRolePolicy": "{}",
        "permissionsBoundary": "arn:aws:iam::1:policy/b",
        "maxSessionDuration": 3600,
        "tags": TAGS,
    }
    assert role_row.ignored == ["managedPolicyArns"]


def test_a_program_of_the_components_does_not_import_pulumi_aws() -> None:
    """Importing it takes longer than all of a preview's AWS calls."""
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            "from pulumi_aws_identity_center import *; import sys"
            "; print(OrganizationSso.__name__, 'pulumi_aws' in sys.modules)",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert process.stdout.strip() == "OrganizationSso False"


def test_without_pulumi_aws_its_version_is_asked_for_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    aws_resources.plugin_version.cache_clear()
    with pytest.raises(ImportError, match="pip install"):
        aws_resources.plugin_version()
