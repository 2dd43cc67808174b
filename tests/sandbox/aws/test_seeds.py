"""Seeds: those shipped, those of a file, and those that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from sandbox.aws import EmbeddedAws, SandboxError
from sandbox.aws.seeds import NAMES, read
from tests.walk import walk


@walk("name", NAMES)
def test_every_shipped_seed_can_be_read(name: str) -> None:
    assert read(name).caller in ("111122223333", "222233334444")


@pytest.mark.parametrize(("seed", "accounts"), [("sso-enabled", 4), ("organization", 4), ("large", 1000)])
def test_a_seed_has_as_many_accounts_as_it_says(aws: Callable, seed: str, accounts: int) -> None:
    client = aws(seed).client("organizations")
    pages = client.get_paginator("list_accounts").paginate()
    assert sum(len(page["Accounts"]) for page in pages) == accounts


def test_the_same_seed_gives_the_same_ids_each_time(aws: Callable) -> None:
    def ids(cloud: EmbeddedAws) -> tuple:
        client = cloud.client("organizations")
        return (
            client.describe_organization()["Organization"]["Id"],
            client.list_roots()["Roots"][0]["Arn"],
            [row["Arn"] for row in client.list_accounts()["Accounts"]],
            cloud.client("sso-admin").list_instances()["Instances"][0]["InstanceArn"],
        )

    assert ids(aws("large")) == ids(aws("large"))


def test_the_organization_seed_has_no_policy_types_or_trusted_services(aws: Callable) -> None:
    client = aws("organization").client("organizations")
    assert client.list_roots()["Roots"][0]["PolicyTypes"] == []
    assert client.list_aws_service_access_for_organization()["EnabledServicePrincipals"] == []


def test_a_file_names_the_same_things(aws: Callable, tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(
        "organization: {}\naccounts: [{id: '777777777777', name: lab}]\ntrusted_services: [sso.amazonaws.com]\n"
        "identity_center: {region: eu-west-1}\ndelegated_administrator: '777777777777'\ncaller: '777777777777'\n"
    )
    cloud = aws(path)
    assert cloud.client("sts").get_caller_identity()["Account"] == "777777777777"
    assert len(cloud.client("sso-admin", region="eu-west-1").list_instances()["Instances"]) == 1
    rows = cloud.client("organizations").list_delegated_administrators()["DelegatedAdministrators"]
    assert [row["Name"] for row in rows] == ["lab"]


def test_a_set_may_name_policies_that_its_account_lacks(aws: Callable, tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(
        "organization: {}\naccounts: []\ntrusted_services: [sso.amazonaws.com]\nidentity_center:\n"
        "  region: us-east-1\n  users: [{name: jane}]\n  permission_sets:\n"
        "    - {name: Both, customer_managed_policies: [Ours], managed_policies: ['arn:aws:iam::aws:policy/None']}\n"
        "  assignments: [{permission_set: Both, user: jane, accounts: ['111122223333']}]\n"
    )
    roles = aws(path).client("iam").list_roles()["Roles"]
    assert any("AWSReservedSSO_Both" in role["RoleName"] for role in roles)


def test_every_problem_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text("organisation: {}\naccounts: [{id: 12, name: x}]\ncaller: me\n")
    with pytest.raises(SandboxError) as caught:
        EmbeddedAws(path)
    for part in ("organisation", "accounts.0.id", "caller"):
        assert part in str(caught.value)


@walk("tag", sorted(filter(None, yaml.SafeLoader.yaml_constructors)))
@walk("value", ["abc", "''", "[a]", "{a: b}", "2026-13-45"])
def test_a_tag_that_does_not_fit_is_told_in_a_sentence(tmp_path: Path, tag: str, value: str) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(f"trusted_services: !<{tag}> {value}")
    with pytest.raises(SandboxError, match=r"seed\.yaml"):
        EmbeddedAws(path)


@pytest.mark.parametrize("text", ["[]", "false", "''", "[" * 3000])
def test_what_is_no_object_is_no_seed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(text)
    with pytest.raises(SandboxError, match=r"seed\.yaml"):
        EmbeddedAws(path)


def test_an_unknown_seed_names_those_there_are() -> None:
    with pytest.raises(SandboxError, match="give one of no-organization, consolidated-billing"):
        EmbeddedAws("nonsense")


@walk(
    ("text", "said"),
    [
        ("trusted_services: [sso.amazonaws.com]", "trusted_services needs an organization"),
        ("identity_center: {}", "identity_center needs an organization"),
        ("organization: {feature_set: CONSOLIDATED_BILLING}\npolicy_types: [TAG_POLICY]", "needs feature_set ALL"),
        ("organization: {}\npolicy_types: [X]", "X is none of SERVICE_CONTROL_POLICY"),
        ("organization: {}\nidentity_center: {region: eu-nowhere-1}", "eu-nowhere-1 is no Region"),
        ("organization: {}\ntrusted_services: [sso]", "sso is no service principal"),
        ("organization: {}\naccounts: [{id: '111122223333', name: a}]", "111122223333 is there twice"),
        ("organization: {}\naccount_count: 1\naccounts: [{name: a}]", "account_count is 1"),
        ("organization: {}\ndelegated_administrator: '222233334444'", "is no member account"),
    ],
)
def test_what_could_not_be_so_in_aws_is_no_seed(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(text)
    with pytest.raises(SandboxError, match=said):
        EmbeddedAws(path)


def test_problems_between_parts_are_told_at_once_too(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text("organization: {}\ntrusted_services: [sso]\ndelegated_administrator: '222233334444'\n")
    with pytest.raises(SandboxError) as caught:
        EmbeddedAws(path)
    for part in ("no service principal", "no member account", "needs sso.amazonaws.com"):
        assert part in str(caught.value)


def test_a_seed_can_keep_the_service_linked_role_to_management(aws: Callable, code: Callable, tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(
        "organization: {}\naccounts: [{id: '777777777777', name: lab}]\ntrusted_services: [sso.amazonaws.com]\n"
        "assumptions: {role_in_every_account: false}\n"
    )
    cloud = aws(path)
    role = {"RoleName": "AWSServiceRoleForSSO"}
    assert cloud.client("iam").get_role(**role)["Role"]["Path"] == "/aws-service-role/sso.amazonaws.com/"
    creation = cloud.client("organizations").create_account(Email="a@example.org", AccountName="a")[
        "CreateAccountStatus"
    ]
    cloud.move_clock(1)
    described = cloud.client("organizations").describe_create_account_status(CreateAccountRequestId=creation["Id"])
    for account in ("777777777777", described["CreateAccountStatus"]["AccountId"]):
        assert code(cloud.client("iam", account=account).get_role, **role) == "NoSuchEntity"


def test_a_service_principal_that_is_not_known_needs_an_assumption(
    aws: Callable, code: Callable, tmp_path: Path
) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text("organization: {}\ntrusted_services: [nonesuch.amazonaws.com]\n")
    with pytest.raises(SandboxError, match=r"nonesuch.amazonaws.com is no service principal"):
        EmbeddedAws(path)
    enable = aws("organization").client("organizations").enable_aws_service_access
    for wrong in ("nonesuch.amazonaws.com", "iam.example.com", "iam"):
        assert code(enable, ServicePrincipal=wrong) == "InvalidInputException"
        listed = enable.__self__.list_delegated_administrators
        assert code(listed, ServicePrincipal=wrong) == "InvalidInputException"
    for right in (
        "iam.amazonaws.com",
        "member.org.stacksets.cloudformation.amazonaws.com",
        "tagpolicies.tag.amazonaws.com",
    ):
        enable(ServicePrincipal=right)
    path.write_text(path.read_text() + "assumptions: {any_service_principal: true}\n")
    aws(path).client("organizations").enable_aws_service_access(ServicePrincipal="another.example.com")


def test_units_are_made_as_accounts_name_them(aws: Callable, tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(
        "organization: {}\npolicy_types: [SERVICE_CONTROL_POLICY]\n"
        "accounts: [{id: '777777777771', name: a, unit: Work/Prod}, "
        "{id: '777777777772', name: b, unit: Work/Prod}, {id: '777777777773', name: c, unit: Work}, {name: d}]\n"
    )
    client = aws(path).client("organizations")
    (work,) = client.list_organizational_units_for_parent(ParentId="r-exam")["OrganizationalUnits"]
    (prod,) = client.list_organizational_units_for_parent(ParentId=work["Id"])["OrganizationalUnits"]
    assert (work["Name"], prod["Name"]) == ("Work", "Prod")
    assert [row["Name"] for row in client.list_accounts_for_parent(ParentId=prod["Id"])["Accounts"]] == ["a", "b"]
    assert [row["Name"] for row in client.list_accounts_for_parent(ParentId=work["Id"])["Accounts"]] == ["c"]
    assert len(client.list_accounts_for_parent(ParentId="r-exam")["Accounts"]) == 2
    attached = client.list_policies_for_target(TargetId=prod["Id"], Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert [row["Name"] for row in attached] == ["FullAWSAccess"]
    path.write_text("organization: {}\naccounts: [{name: a, unit: 1/2/3/4/5/6}]\n")
    with pytest.raises(SandboxError, match=r"accounts\.0\.unit"):
        EmbeddedAws(path)
