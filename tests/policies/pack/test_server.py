"""The pack's server unpacks nothing that no rule looks at, and asks rules about what takes over a guarded resource."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format
from pack import wire
from pack.server import PackServer
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_aws_identity_center.domain.resource_types import ROLE
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE, UNKNOWN_VALUES
from rules.registry import RULES

from sandbox.session import ROOT
from tests.walk import walk

SSO = {"servicePrincipal": "sso.amazonaws.com"}
ORGANIZATIONAL_UNIT = "aws:organizations/organizationalUnit:OrganizationalUnit"
STACK = "aws:cloudformation/stack:Stack"
ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
BUCKET = "aws:s3/bucket:Bucket"
RULES_OF_BOTH = ("organization-all-features", "trusted-access-single-owner")


def _fill(message: Any, type_: str, props: dict[str, Any], aliases: tuple[str, ...] = ()) -> Any:
    message.type, message.name, message.urn = type_, "it", f"urn:pulumi:dev::p::{type_}::it"
    json_format.ParseDict(props, message.properties)
    message.options.aliases.extend(aliases)
    return message


def _resource(type_: str, props: dict[str, Any], aliases: tuple[str, ...] = ()) -> Any:
    return _fill(analyzer_pb2.AnalyzeRequest(), type_, props, aliases)


def _judged_whole(server: PackServer, *resources: tuple[str, dict[str, Any]]) -> Any:
    """The diagnostics of the whole stack, after each of its resources was judged by itself."""
    for type_, props in resources:
        server.Analyze(_resource(type_, props), None)
    return server.AnalyzeStack(_stack(*resources), None).diagnostics


def _stack(*resources: tuple[str, dict[str, Any]]) -> Any:
    request = analyzer_pb2.AnalyzeStackRequest()
    for type_, props in resources:
        _fill(request.resources.add(), type_, props)
    return request


@walk(
    ("type_", "props", "count"),
    [
        (ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": []}, 2),
        (SERVICE_ACCESS_TYPE, SSO, 1),
        (BUCKET, {"bucket": "b"}, 0),
    ],
)
def test_a_resource_is_judged_by_the_rules_for_its_type(type_: str, props, count: int) -> None:
    assert len(PackServer("p", RULES).Analyze(_resource(type_, props), None).diagnostics) == count


def test_a_stack_is_judged_as_a_whole() -> None:
    mixed = [(SERVICE_ACCESS_TYPE, SSO), (BUCKET, {}), (ORGANIZATION_TYPE, {})]
    (diagnostic,) = _judged_whole(PackServer("p", RULES), *mixed)
    assert diagnostic.policyName == "trusted-access-single-owner"
    # With a refresh the engine also lists what the program reads, or declares no more.
    assert not PackServer("p", RULES).AnalyzeStack(_stack(*mixed), None).diagnostics


def test_the_stack_says_what_no_resource_could_say_by_its_inputs() -> None:
    """A role's own ARN, an output, tells that it is in the management account; with it the stack says so, once."""
    account = {"managementAccountId": "111122223333", "ownerStacks": []}
    inputs, arn = {"managedPolicyArns": [ADMIN_ARN]}, {"arn": "arn:aws:iam::111122223333:role/it"}
    for stack_names in ([], ["*"]):
        server = PackServer("p", RULES)
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        request.policyConfig["no-disable-grant"].enforcementLevel = analyzer_pb2.MANDATORY
        request.policyConfig["no-disable-grant"].properties.update({**account, "ownerStacks": stack_names})
        server.Configure(request, None)
        first = server.Analyze(_resource(ROLE, inputs), None).diagnostics
        last = server.AnalyzeStack(_stack((ROLE, {**inputs, **arn})), None).diagnostics
        assert [row.enforcementLevel for row in (*first, *last)] == [analyzer_pb2.MANDATORY]
        assert bool(first) == bool(stack_names)


ADMINISTRATOR = {"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": [ADMIN_ARN]}}


@walk(
    ("type_", "inputs", "computed", "value"),
    [
        (ROLE, {}, "managedPolicyArns", [ADMIN_ARN]),  # others attached it
        *((ROLE, {}, "managedPolicyArns", unknown) for unknown in UNKNOWN_VALUES),
        (STACK, {"templateUrl": "https://x"}, "templateBody", json.dumps({"Resources": {"A": ADMINISTRATOR}})),
        *((STACK, {"capabilities": ["CAPABILITY_IAM"]}, "templateBody", unknown) for unknown in UNKNOWN_VALUES),
    ],
)
def test_what_a_provider_adds_counts_only_if_the_program_gives_it(type_: str, inputs, computed: str, value) -> None:
    outputs = {**inputs, computed: value}
    for given, rules in ((inputs, []), (outputs, ["no-disable-grant"])):
        server = PackServer("p", RULES)
        server.Analyze(_resource(type_, given), None)
        server.Analyze(_resource(ORGANIZATIONAL_UNIT, {}), None)
        diagnostics = server.AnalyzeStack(_stack((type_, outputs), (ORGANIZATIONAL_UNIT, {})), None).diagnostics
        assert [diagnostic.policyName for diagnostic in diagnostics] == rules


def test_what_no_rule_looks_at_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(_: Any) -> Any:
        raise AssertionError("unpacked")

    monkeypatch.setattr(wire, "declared", unpack)
    server = PackServer("p", RULES)
    assert not server.Analyze(_resource(BUCKET, {}), None).diagnostics
    assert not server.Remediate(_resource(BUCKET, {}), None).remediations
    assert not server.AnalyzeStack(_stack((BUCKET, {})), None).diagnostics
    with pytest.raises(AssertionError, match="unpacked"):
        server.Analyze(_resource(ORGANIZATION_TYPE, {}), None)


def test_any_resource_is_judged_that_takes_over_a_guarded_one() -> None:
    alias = f"urn:pulumi:dev::p::{SERVICE_ACCESS_TYPE}::old"
    (diagnostic,) = PackServer("p", RULES).Analyze(_resource(BUCKET, {}, (alias,)), None).diagnostics
    assert diagnostic.policyName == "guarded-resources-protected"
    # Also under the name that a provider bridged by hand gives the old one.
    bridged = "urn:pulumi:dev::p::aws:index/organizationsAwsServiceAccess:OrganizationsAwsServiceAccess::old"
    assert PackServer("p", RULES).Analyze(_resource(BUCKET, {}, (bridged,)), None).diagnostics
    old_bucket = f"urn:pulumi:dev::p::{BUCKET}::old"
    assert not PackServer("p", RULES).Analyze(_resource(BUCKET, {}, (old_bucket,)), None).diagnostics


def test_a_secret_is_judged_and_not_shown() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "BILLING-42"}
    props = {"awsServiceAccessPrincipals": ["sso.amazonaws.com"], "featureSet": secret}
    diagnostics = PackServer("p", RULES).Analyze(_resource(ORGANIZATION_TYPE, props), None).diagnostics
    assert "organization-all-features" in [diagnostic.policyName for diagnostic in diagnostics]
    assert "BILLING-42" not in str(diagnostics)


def _configured(level: int) -> PackServer:
    """With the same level for two rules, of a resource and of a stack."""
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for rule in RULES_OF_BOTH:
        request.policyConfig[rule].enforcementLevel = level
    server = PackServer("p", RULES)
    server.Configure(request, None)
    return server


def _levels(server: PackServer) -> dict[str, int]:
    """Of the violations of an organization without all features that owns what an AwsServiceAccess owns."""
    props = {"awsServiceAccessPrincipals": ["sso.amazonaws.com"], "featureSet": "CONSOLIDATED_BILLING"}
    of_resource = server.Analyze(_resource(ORGANIZATION_TYPE, props), None).diagnostics
    of_stack = _judged_whole(server, (SERVICE_ACCESS_TYPE, SSO), (ORGANIZATION_TYPE, props))
    return {row.policyName: row.enforcementLevel for row in (*of_resource, *of_stack)}


@walk(
    ("level", "expected"),
    [
        (analyzer_pb2.MANDATORY, analyzer_pb2.MANDATORY),
        (analyzer_pb2.REMEDIATE, analyzer_pb2.MANDATORY),
        (analyzer_pb2.ADVISORY, analyzer_pb2.ADVISORY),
        (analyzer_pb2.DISABLED, None),
    ],
)
def test_a_rule_counts_at_its_configured_level(level: int, expected: int | None) -> None:
    levels = _levels(_configured(level))
    assert [levels.get(rule) for rule in RULES_OF_BOTH] == [expected, expected]
    assert levels["guarded-resources-protected"] == analyzer_pb2.MANDATORY


@pytest.mark.parametrize(("level", "count"), [(analyzer_pb2.REMEDIATE, 1), (analyzer_pb2.MANDATORY, 0)])
def test_a_rule_mends_a_resource_at_its_level_only(level: int, count: int) -> None:
    billing = _resource(ORGANIZATION_TYPE, {"featureSet": "CONSOLIDATED_BILLING"})
    remediations = _configured(level).Remediate(billing, None).remediations
    assert len(remediations) == count
    assert not _configured(level).Remediate(_resource(ORGANIZATION_TYPE, {}), None).remediations
    assert all(json_format.MessageToDict(row.properties)["featureSet"] == "ALL" for row in remediations)


def test_a_mended_list_has_the_services_of_the_rules_configuration() -> None:
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    rule = request.policyConfig["organization-keeps-sso"]
    rule.enforcementLevel = analyzer_pb2.REMEDIATE
    rule.properties.update({"guardedServicePrincipals": ["ram.amazonaws.com"]})
    server = PackServer("p", RULES)
    server.Configure(request, None)
    short = _resource(ORGANIZATION_TYPE, {"awsServiceAccessPrincipals": ["x.amazonaws.com"]})
    (row,) = server.Remediate(short, None).remediations
    listed = json_format.MessageToDict(row.properties)["awsServiceAccessPrincipals"]
    assert listed == ["x.amazonaws.com", "sso.amazonaws.com", "ram.amazonaws.com"]


def test_the_engine_learns_what_each_rule_judges() -> None:
    policies = PackServer("p", RULES).GetAnalyzerInfo(None, None).policies
    types = {policy.name: policy.policy_type for policy in policies}
    of_stack = {rule.id for rule in RULES if rule.check is None}
    assert {name for name, type_ in types.items() if type_ == analyzer_pb2.POLICY_TYPE_STACK} == of_stack
    assert set(types.values()) == {analyzer_pb2.POLICY_TYPE_RESOURCE, analyzer_pb2.POLICY_TYPE_STACK}


def test_a_served_pack_takes_a_large_stack_and_ends_quietly() -> None:
    command = [sys.executable, str(ROOT / "policies")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            analyzer = analyzer_pb2_grpc.AnalyzerStub(channel)
            large = _stack((BUCKET, {"bucket": "x" * 5_000_000}))  # grpc's own limit is 4 MiB
            assert not analyzer.AnalyzeStack(large, timeout=60).diagnostics
            analyzer.Cancel(empty_pb2.Empty(), timeout=60)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60) == ("", "")
        assert process.returncode == 0


def test_a_check_of_the_stack_sees_only_its_own_types() -> None:
    """A policy that a user puts below a Sentinel is no part of it, though other rules judge it."""
    policy, sentinel = "aws:iam/policy:Policy", "aws-identity-center:index:Sentinel"
    request = _stack((policy, {"policy": '{"Version": "2012-10-17", "Statement": []}'}), (sentinel, {}))
    request.resources[0].options.parent = request.resources[1].urn
    server = PackServer("p", RULES)
    server.Analyze(_resource(sentinel, {}), None)
    assert not server.AnalyzeStack(request, None).diagnostics


USE_SERVICES = [rule.id for rule in RULES if "guardedServicePrincipals" in rule.config]


@walk("speaker", USE_SERVICES)
def test_unreadable_services_are_refused_once_by_any_rule(speaker: str) -> None:
    """The others that use them are advisory."""
    server = PackServer("p", RULES)
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for rule in USE_SERVICES:
        request.policyConfig[rule].enforcementLevel = analyzer_pb2.ADVISORY
    request.policyConfig[speaker].enforcementLevel = analyzer_pb2.MANDATORY
    request.policyConfig["trusted-access-declared"].properties.update({"ownerStacks": ["p/dev"]})
    server.Configure(request, None)
    config = {"aws-identity-center:guardedServicePrincipals": "soon"}
    server.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(project="p", stack="dev", config=config), None)
    rows = server.AnalyzeStack(_stack((SERVICE_ACCESS_TYPE, SSO)), None).diagnostics
    assert [(row.policyName, row.enforcementLevel) for row in rows if "guardedServicePrincipals" in row.message] == [
        (speaker, analyzer_pb2.MANDATORY)
    ]
