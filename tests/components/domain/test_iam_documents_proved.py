"""The documents, proved by evaluation: what each is for is allowed, all else denied, and every statement is needed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from botocore.loaders import Loader
from pulumi_aws_identity_center import disable_document, enable_document, guard_document, observe_document
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.iam import LOCK_OUT_ACTIONS, Document, Request, Verdict, evaluate, parse_document

from tests.walk import walk

ROLE = "arn:aws:iam::111122223333:role/break-glass"
ANYBODY = "arn:aws:iam::111122223333:role/admin"
LINKED = "arn:aws:iam::222233334444:role/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO"
SSO, RAM = "sso.amazonaws.com", "ram.amazonaws.com"
ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

ACCOUNT = "arn:aws:iam::111122223333"
INSTANCE = "arn:aws:sso:::instance/ssoins-1"
OWN_POLICY, OWN_ROLE = f"{ACCOUNT}:policy/identity-center-guard", f"{ACCOUNT}:role/operator"

HOME = "arn:aws:{}:us-east-1:111122223333:{}"
FUNCTION = HOME.format("lambda", "function:identity-center-sentinel")
RULE = HOME.format("events", "rule/identity-center-sentinel-schedule")
LEDGER = HOME.format("ssm", "parameter/identity-center-sentinel/ledger")
ALARM = HOME.format("cloudwatch", "alarm:identity-center-sentinel-errors")
TOPIC = HOME.format("sns", "identity-center-sentinel")
QUEUE = HOME.format("sqs", "identity-center-sentinel-dead-letters")
LOGS = HOME.format("logs", "log-group:/aws/lambda/identity-center-sentinel")
# What switches the sentinel off, or keeps it from being heard.
TAMPERING = [
    ("lambda:DeleteFunction", FUNCTION),
    ("lambda:UpdateFunctionCode", FUNCTION),
    ("lambda:UpdateFunctionConfiguration", FUNCTION),
    ("lambda:PutFunctionConcurrency", FUNCTION),
    ("lambda:RemovePermission", FUNCTION),
    ("lambda:DeleteFunctionEventInvokeConfig", FUNCTION),
    ("events:DisableRule", RULE),
    ("events:DeleteRule", RULE),
    ("events:PutRule", RULE),
    ("events:RemoveTargets", RULE),
    ("iam:PutRolePolicy", f"{ACCOUNT}:role/identity-center-sentinel"),
    ("iam:AttachRolePolicy", f"{ACCOUNT}:role/identity-center-sentinel"),
    ("iam:UpdateAssumeRolePolicy", f"{ACCOUNT}:role/identity-center-sentinel"),
    ("iam:PutRolePermissionsBoundary", f"{ACCOUNT}:role/identity-center-sentinel"),
    ("iam:DeleteRole", f"{ACCOUNT}:role/identity-center-sentinel"),
    ("sns:SetTopicAttributes", HOME.format("sns", "identity-center-sentinel")),
    ("sns:PutDataProtectionPolicy", HOME.format("sns", "identity-center-sentinel")),
    ("sns:SetSubscriptionAttributes", HOME.format("sns", "identity-center-sentinel")),
    ("sns:RemovePermission", HOME.format("sns", "identity-center-sentinel")),
    ("sqs:RemovePermission", HOME.format("sqs", "identity-center-sentinel-dead-letters")),
    ("ssm:LabelParameterVersion", LEDGER),
    ("logs:PutRetentionPolicy", HOME.format("logs", "log-group:/aws/lambda/identity-center-sentinel:*")),
    ("logs:AssociateKmsKey", HOME.format("logs", "log-group:/aws/lambda/identity-center-sentinel:*")),
    ("sns:Unsubscribe", HOME.format("sns", "identity-center-sentinel")),
    ("sqs:SetQueueAttributes", HOME.format("sqs", "identity-center-sentinel-dead-letters")),
    ("sqs:DeleteQueue", HOME.format("sqs", "identity-center-sentinel-dead-letters")),
    ("ssm:PutParameter", LEDGER),
    ("ssm:DeleteParameter", LEDGER),
    ("cloudwatch:DeleteAlarms", ALARM),
    ("cloudwatch:DisableAlarmActions", ALARM),
    ("logs:DeleteLogGroup", HOME.format("logs", "log-group:/aws/lambda/identity-center-sentinel:*")),
]

READ = [("organizations:ListAWSServiceAccessForOrganization", "*"), ("organizations:DescribeOrganization", "*")]
# What the sandbox's call log shows of up, refresh and status: tests/engine/test_components_operator.py compares.
STACK = [
    *READ,
    ("organizations:ListAccounts", "*"),
    ("organizations:ListRoots", "*"),
    ("organizations:ListDelegatedAdministrators", "*"),
    ("sso:ListInstances", "*"),
    ("sso:DescribeInstance", INSTANCE),
    ("sso:DescribeInstanceAccessControlAttributeConfiguration", INSTANCE),
    ("iam:GetPolicy", OWN_POLICY),
    ("iam:GetPolicyVersion", OWN_POLICY),
    ("iam:GetRole", OWN_ROLE),
    ("iam:ListRolePolicies", OWN_ROLE),
    ("iam:ListAttachedRolePolicies", OWN_ROLE),
    ("iam:GetRole", f"{ACCOUNT}:role/identity-center-sentinel"),
    ("iam:GetRolePolicy", f"{ACCOUNT}:role/identity-center-sentinel"),
    ("iam:ListAttachedRolePolicies", f"{ACCOUNT}:role/identity-center-sentinel"),
    ("iam:ListRolePolicies", f"{ACCOUNT}:role/identity-center-sentinel"),
    ("lambda:GetFunction", FUNCTION),
    ("lambda:GetFunctionCodeSigningConfig", FUNCTION),
    ("lambda:GetFunctionEventInvokeConfig", FUNCTION),
    ("lambda:GetPolicy", FUNCTION),
    ("lambda:ListVersionsByFunction", FUNCTION),
    ("events:DescribeRule", RULE),
    ("events:ListTagsForResource", RULE),
    ("events:ListTargetsByRule", RULE),
    ("sns:GetSubscriptionAttributes", "*"),
    ("sns:GetTopicAttributes", TOPIC),
    ("sns:ListTagsForResource", TOPIC),
    ("sqs:GetQueueAttributes", QUEUE),
    ("sqs:ListQueueTags", QUEUE),
    ("ssm:GetParameter", LEDGER),
    ("ssm:ListTagsForResource", LEDGER),
    ("ssm:DescribeParameters", "*"),
    ("lambda:GetAccountSettings", "*"),
    ("cloudwatch:ListTagsForResource", ALARM),
    ("cloudwatch:DescribeAlarms", "*"),
    ("logs:ListTagsForResource", LOGS),
    ("logs:DescribeLogGroups", "*"),
    ("cloudtrail:DescribeTrails", "*"),
    ("cloudtrail:GetTrailStatus", "*"),
]
OBSERVED = [
    *READ,
    ("organizations:ListDelegatedAdministrators", "*"),
    ("sso:ListInstances", "*"),
    ("sso:DescribeInstance", INSTANCE),
    ("account:ListRegions", "*"),
    ("ds:DescribeDirectories", "*"),
    ("iam:GetRole", LINKED),
    ("events:ListRules", "*"),
    ("events:ListTargetsByRule", "*"),
    ("events:ListRuleNamesByTarget", "*"),
    ("cloudtrail:DescribeTrails", "*"),
    ("cloudtrail:GetTrailStatus", "*"),
    ("cloudwatch:GetMetricData", "*"),
]
ENABLE, DISABLE = ("organizations:EnableAWSServiceAccess", "*"), ("organizations:DisableAWSServiceAccess", "*")
PURPOSE: list[tuple[Callable[..., Any], list[tuple[str, str]]]] = [
    (partial(enable_document, sentinel=True), [ENABLE, *STACK]),
    (disable_document, [DISABLE, *READ]),
    (observe_document, OBSERVED),
]
MODELS = {"organizations": "organizations", "sso-admin": "sso", "identitystore": "identitystore", "iam": "iam"}


def _every_action() -> list[str]:
    """Every operation of the models, as IAM's action."""
    loader = Loader()
    return sorted(
        f"{prefix}:{operation}"
        for service, prefix in MODELS.items()
        for operation in loader.load_service_model(service, "service-2")["operations"]
    )


def _verdict(
    document: dict[str, Any],
    action: str,
    resource: str,
    *,
    service: str | None = SSO,
    boundary: Document | None = None,
) -> Verdict:
    context = {"aws:PrincipalArn": ANYBODY, "organizations:ServicePrincipal": [] if service is None else service}
    request = Request(action, resource, context)
    return evaluate(request, identity=[parse_document(document)], boundary=boundary).verdict


@walk(("build", "purpose"), PURPOSE)
def test_what_a_document_is_for_is_allowed(build: Callable[..., Any], purpose: list[tuple[str, str]]) -> None:
    assert [row for row in purpose if _verdict(build(), *row) is not Verdict.ALLOWED] == []


@pytest.mark.parametrize(("build", "purpose"), PURPOSE)
def test_every_other_action_is_denied_on_every_resource(
    build: Callable[..., Any], purpose: list[tuple[str, str]]
) -> None:
    every = _every_action()
    assert len(every) > 300
    wanted = {action for action, _ in purpose}
    resources = ("*", INSTANCE, OWN_POLICY, OWN_ROLE, LINKED, f"{ACCOUNT}:role/admin", f"{ACCOUNT}:user/ann")
    document = build()
    allowed = [
        (action, resource)
        for action in every
        if action not in wanted
        for resource in resources
        if _verdict(document, action, resource) is not Verdict.DENIED
    ]
    assert allowed == []
    changing = {action for action in wanted if not action.partition(":")[2].startswith(("Get", "List", "Describe"))}
    assert changing <= {ENABLE[0], DISABLE[0]}
    assert len(changing) <= 1


@pytest.mark.parametrize(
    "resource", [f"{ACCOUNT}:policy/other", "arn:aws-cn:iam::111122223333:policy/identity-center-x"]
)
def test_who_enables_reads_no_policy_but_this_packages_own(resource: str) -> None:
    assert _verdict(enable_document(), "iam:GetPolicy", resource) is Verdict.DENIED


def test_who_enables_reads_the_named_roles_only() -> None:
    document = enable_document(roles=["operator"])
    assert _verdict(document, "iam:GetRole", OWN_ROLE) is Verdict.ALLOWED
    assert _verdict(document, "iam:GetRole", f"{ACCOUNT}:role/admin") is Verdict.DENIED


@walk("service", [RAM, "SSO.amazonaws.com", "sso.amazonaws.com.evil", None])
@walk(("build", "act"), [(enable_document, ENABLE), (disable_document, DISABLE)])
def test_no_other_service_can_be_enabled_or_disabled(
    build: Callable[..., Any], act: tuple[str, str], service: str | None
) -> None:
    assert _verdict(build(), *act, service=service) is Verdict.DENIED


@pytest.mark.parametrize(("build", "purpose"), PURPOSE)
def test_every_statement_and_action_is_needed(build: Callable[..., Any], purpose: list[tuple[str, str]]) -> None:
    for poorer in _poorer(build()):
        assert [row for row in purpose if _verdict(poorer, *row) is not Verdict.ALLOWED]


def _poorer(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number, statement in enumerate(document["Statement"]):
        for action in statement["Action"]:
            fewer = copy.deepcopy(document)
            fewer["Statement"][number]["Action"].remove(action)
            if not fewer["Statement"][number]["Action"]:
                del fewer["Statement"][number]
            yield fewer


def test_the_guard_stops_all_but_the_break_glass_role() -> None:
    guard = parse_document(guard_document(break_glass_principals=[ROLE]))
    for action in LOCK_OUT_ACTIONS:
        for who, expected in ((ANYBODY, Verdict.DENIED), (ROLE, Verdict.ALLOWED)):
            request = Request(action, "*", {"aws:PrincipalArn": who, "organizations:ServicePrincipal": SSO})
            assert evaluate(request, identity=[parse_document(ADMIN), guard]).verdict is expected, (action, who)


def test_every_statement_of_the_guard_is_needed() -> None:
    document = guard_document()
    for number in range(len(document["Statement"])):
        poorer = {**document, "Statement": [row for i, row in enumerate(document["Statement"]) if i != number]}
        request = [
            Request(action, "*", {"aws:PrincipalArn": ANYBODY, "organizations:ServicePrincipal": SSO})
            for action in LOCK_OUT_ACTIONS
        ]
        request += [Request(action, arn, {"aws:PrincipalArn": ANYBODY}) for action, arn in TAMPERING]
        identity = [parse_document(ADMIN), parse_document(poorer)]
        assert Verdict.ALLOWED in [evaluate(key, identity=identity).verdict for key in request]


@walk(("action", "arn"), TAMPERING)
def test_the_guard_keeps_the_sentinel_running(action: str, arn: str) -> None:
    guard = parse_document(guard_document(break_glass_principals=[ROLE]))
    another = arn.replace("identity-center-sentinel", "somebody-elses")
    for resource, who, expected in (
        (arn, ANYBODY, Verdict.DENIED),
        (arn, ROLE, Verdict.ALLOWED),
        (another, ANYBODY, Verdict.ALLOWED),
    ):
        request = Request(action, resource, {"aws:PrincipalArn": who})
        assert evaluate(request, identity=[parse_document(ADMIN), guard]).verdict is expected


def test_the_guard_lets_the_sentinel_be_seen() -> None:
    identity = [parse_document(ADMIN), parse_document(guard_document())]
    for action, arn in (
        ("lambda:GetFunction", FUNCTION),
        ("events:ListTargetsByRule", RULE),
        ("ssm:GetParameter", LEDGER),
    ):
        assert (
            evaluate(Request(action, arn, {"aws:PrincipalArn": ANYBODY}), identity=identity).verdict is Verdict.ALLOWED
        )


def test_the_guard_leaves_other_services_and_all_other_work_alone() -> None:
    identity = [parse_document(ADMIN), parse_document(guard_document())]
    for action, service in ((DISABLE[0], RAM), (ENABLE[0], SSO), ("s3:CreateBucket", SSO)):
        request = Request(action, "*", {"aws:PrincipalArn": ANYBODY, "organizations:ServicePrincipal": service})
        assert evaluate(request, identity=identity).verdict is Verdict.ALLOWED, action


def test_as_a_boundary_it_only_denies_lock_out_actions() -> None:
    boundary = parse_document(guard_document(boundary=True))
    assert _verdict(ADMIN, *DISABLE, boundary=boundary) is Verdict.DENIED
    assert _verdict(ADMIN, "s3:CreateBucket", "*", boundary=boundary) is Verdict.ALLOWED
    assert _verdict(observe_document(), "s3:CreateBucket", "*", boundary=boundary) is Verdict.DENIED


def test_the_plain_guard_as_a_boundary_stops_everything() -> None:
    plain = parse_document(guard_document())
    assert _verdict(ADMIN, "s3:CreateBucket", "*", boundary=plain) is Verdict.DENIED


@walk("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_observer_reads_its_own_partitions_role_only(partition: str) -> None:
    for other_partition in ("aws", "aws-cn", "aws-us-gov"):
        verdict = _verdict(
            observe_document(partition=partition), "iam:GetRole", LINKED.replace("arn:aws:", f"arn:{other_partition}:")
        )
        assert verdict is (Verdict.ALLOWED if other_partition == partition else Verdict.DENIED)


def test_a_guard_that_iam_would_refuse_is_refused_here() -> None:
    roles = [
        f"{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Rescue{n}_0123456789abcdef" for n in range(9)
    ]
    with pytest.raises(InvalidInput, match=r"With 9 .* principals the guard has .* IAM takes 6144"):
        guard_document(break_glass_principals=roles)
    assert len(json.dumps(guard_document(break_glass_principals=roles[:5]), separators=(",", ":"))) <= 6144
