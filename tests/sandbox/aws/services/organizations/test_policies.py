"""Policies: types, documents, attachments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MEMBER, ROOT = "222233334444", "r-exam"
DENY = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sso:*", "Resource": "*"}})


@pytest.fixture
def client(aws: Callable) -> Any:
    """Of an organization with service control policies on."""
    client = aws("organization").client("organizations")
    client.enable_policy_type(RootId=ROOT, PolicyType="SERVICE_CONTROL_POLICY")
    return client


def made(client: Any, name: str = "deny", content: str = DENY, kind: str = "SERVICE_CONTROL_POLICY") -> str:
    policy = client.create_policy(Name=name, Description="", Content=content, Type=kind)
    identifier: str = policy["Policy"]["PolicySummary"]["Id"]
    return identifier


def attached(client: Any, target: str) -> list[str]:
    rows = client.list_policies_for_target(TargetId=target, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    return [row["Name"] for row in rows]


def test_every_type_of_the_model_can_be_switched_once(aws: Callable, code: Callable) -> None:
    client = aws("organization").client("organizations")
    kinds = client.meta.service_model.shape_for("PolicyType").enum
    assert "DECLARATIVE_POLICY_EC2" in kinds
    client.enable_aws_service_access(ServicePrincipal="securityhub.amazonaws.com")
    for kind in kinds:
        client.enable_policy_type(RootId=ROOT, PolicyType=kind)
    enabled = [row["Type"] for row in client.list_roots()["Roots"][0]["PolicyTypes"]]
    assert enabled == kinds
    switch = {"RootId": ROOT, "PolicyType": "TAG_POLICY"}
    assert code(client.enable_policy_type, **switch) == "PolicyTypeAlreadyEnabledException"
    client.disable_policy_type(**switch)
    assert code(client.disable_policy_type, **switch) == "PolicyTypeNotEnabledException"
    assert code(client.enable_policy_type, RootId="r-none", PolicyType="TAG_POLICY") == "RootNotFoundException"


def test_consolidated_billing_has_no_policies(aws: Callable, code: Callable) -> None:
    client = aws("consolidated-billing").client("organizations")
    unavailable = "PolicyTypeNotAvailableForOrganizationException"
    assert code(client.enable_policy_type, RootId=ROOT, PolicyType="TAG_POLICY") == unavailable
    assert code(client.create_policy, Name="a", Description="", Content=DENY, Type="TAG_POLICY") == unavailable


def test_enabling_scps_attaches_full_access_everywhere(client: Any) -> None:
    for target in (ROOT, MEMBER):
        assert attached(client, target) == ["FullAWSAccess"]
    unit = client.create_organizational_unit(ParentId=ROOT, Name="a")["OrganizationalUnit"]["Id"]
    assert attached(client, unit) == ["FullAWSAccess"]
    client.attach_policy(PolicyId=made(client), TargetId=MEMBER)
    client.disable_policy_type(RootId=ROOT, PolicyType="SERVICE_CONTROL_POLICY")
    assert attached(client, MEMBER) == []
    client.enable_policy_type(RootId=ROOT, PolicyType="SERVICE_CONTROL_POLICY")
    assert attached(client, MEMBER) == ["FullAWSAccess"]


def test_a_target_has_one_to_five_scps(client: Any, code: Callable) -> None:
    full = {"PolicyId": "p-FullAWSAccess", "TargetId": MEMBER}
    assert code(client.detach_policy, **full) == "ConstraintViolationException"
    policies = [made(client, f"deny-{number}") for number in range(5)]
    for policy in policies[:4]:
        client.attach_policy(PolicyId=policy, TargetId=MEMBER)
    assert code(client.attach_policy, PolicyId=policies[4], TargetId=MEMBER) == "ConstraintViolationException"
    client.detach_policy(**full)
    client.attach_policy(PolicyId=policies[4], TargetId=MEMBER)


def test_a_policy_of_a_disabled_type_can_not_be_attached(client: Any, code: Callable) -> None:
    policy = made(client, "tags", "{}", "TAG_POLICY")
    assert code(client.attach_policy, PolicyId=policy, TargetId=MEMBER) == "PolicyTypeNotEnabledException"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("SERVICE_CONTROL_POLICY", "{"),
        ("SERVICE_CONTROL_POLICY", "[]"),
        ("SERVICE_CONTROL_POLICY", "{}"),
        ("SERVICE_CONTROL_POLICY", '{"Statement": {"Effect": "Deny", "Action": "*", "Principal": "*"}}'),
        ("RESOURCE_CONTROL_POLICY", '{"Statement": {"Effect": "Allow", "Action": "*", "Principal": "*"}}'),
        ("RESOURCE_CONTROL_POLICY", '{"Statement": {"Effect": "Deny", "Action": "*"}}'),
        ("TAG_POLICY", DENY),
        ("SERVICE_CONTROL_POLICY", DENY.replace('"Statement"', '"Statement": [], "Statement"')),
    ],
)
def test_a_document_of_another_shape_is_malformed(client: Any, code: Callable, kind: str, content: str) -> None:
    refused = code(client.create_policy, Name="a", Description="", Content=content, Type=kind)
    assert refused == "MalformedPolicyDocumentException"


def test_too_long_documents_and_taken_names_are_refused(client: Any, code: Callable) -> None:
    long = DENY + " " * (5_121 - len(DENY))
    arguments = {"Name": "a", "Description": "", "Type": "SERVICE_CONTROL_POLICY"}
    assert code(client.create_policy, Content=long, **arguments) == "ConstraintViolationException"
    made(client, "a", long[:-1])
    second_policy = made(client, "b")
    assert code(client.create_policy, Content=DENY, **arguments) == "DuplicatePolicyException"
    assert code(client.update_policy, PolicyId=second_policy, Name="a") == "DuplicatePolicyException"
    client.update_policy(PolicyId=second_policy, Name="b", Description="now", Content=DENY)
    assert client.describe_policy(PolicyId=second_policy)["Policy"]["PolicySummary"]["Description"] == "now"


def test_what_aws_manages_is_aws_s(client: Any, code: Callable) -> None:
    described = client.describe_policy(PolicyId="p-FullAWSAccess")["Policy"]["PolicySummary"]
    assert described["AwsManaged"]
    assert described["Arn"] == "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
    assert code(client.update_policy, PolicyId="p-FullAWSAccess", Name="mine") == "InvalidInputException"
    assert code(client.delete_policy, PolicyId="p-FullAWSAccess") == "InvalidInputException"


def test_the_full_access_rcp_can_not_be_detached(client: Any, code: Callable) -> None:
    client.enable_policy_type(RootId=ROOT, PolicyType="RESOURCE_CONTROL_POLICY")
    assert code(client.detach_policy, PolicyId="p-RCPFullAWSAccess", TargetId=MEMBER) == "InvalidInputException"


def test_a_policy_type_needs_its_services_trusted_access(aws: Callable, reason: Callable) -> None:
    client = aws("organization").client("organizations")
    switch, service = {"RootId": ROOT, "PolicyType": "SECURITYHUB_POLICY"}, "securityhub.amazonaws.com"
    assert reason(client.enable_policy_type, **switch) == "SERVICE_ACCESS_NOT_ENABLED"
    client.enable_aws_service_access(ServicePrincipal=service)
    client.enable_policy_type(**switch)
    disable = client.disable_aws_service_access
    assert reason(disable, ServicePrincipal=service) == "POLICY_TYPE_ENABLED_FOR_THIS_SERVICE"
    client.disable_policy_type(**switch)
    disable(ServicePrincipal=service)


def test_a_type_that_is_being_enabled_holds_up_changes(aws: Callable, code: Callable) -> None:
    running = aws("organization")
    running.world.delays["policy_types"] = 100
    client = running.client("organizations")
    policy, switch = made(client), {"RootId": ROOT, "PolicyType": "SERVICE_CONTROL_POLICY"}

    def status() -> list[str]:
        return [row["Status"] for row in client.list_roots()["Roots"][0]["PolicyTypes"]]

    assert client.enable_policy_type(**switch)["Root"]["PolicyTypes"][0]["Status"] == "PENDING_ENABLE"
    assert status() == ["PENDING_ENABLE"]
    busy = "PolicyChangesInProgressException"
    assert code(client.attach_policy, PolicyId=policy, TargetId=MEMBER) == busy
    assert code(client.disable_policy_type, **switch) == busy
    running.move_clock(101)
    assert status() == ["ENABLED"]
    client.attach_policy(PolicyId=policy, TargetId=MEMBER)
    client.disable_policy_type(**switch)
    assert status() == ["PENDING_DISABLE"]
    assert attached(client, MEMBER) == ["FullAWSAccess", "deny"]
    running.move_clock(101)
    assert status() == []
    assert attached(client, MEMBER) == []


def test_no_more_policies_are_made_than_the_quota_says(aws: Callable, reason: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("organization: {}\nquotas: {service_control_policies: 2, policies: 1}\n")
    client = aws(seed).client("organizations")
    made(client)  # the second: FullAWSAccess is one too
    made(client, content="{}", kind="TAG_POLICY")
    for name, content, kind in (("b", DENY, "SERVICE_CONTROL_POLICY"), ("b", "{}", "TAG_POLICY")):
        refused = reason(client.create_policy, Name=name, Description="", Content=content, Type=kind)
        assert refused == "POLICY_NUMBER_LIMIT_EXCEEDED"
