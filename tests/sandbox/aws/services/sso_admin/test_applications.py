"""Applications, which only a seed makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def test_applications_of_the_seed_can_be_read(aws: Callable, code: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "organization: {}\ntrusted_services: [sso.amazonaws.com]\nidentity_center:\n"
        "  groups: [{name: admins}]\n  applications: [{name: wiki, groups: [admins]}, {name: chat}]\n"
    )
    cloud = aws(seed)
    client = cloud.client("sso-admin")
    row = client.list_instances()["Instances"][0]
    wiki, chat = client.list_applications(InstanceArn=row["InstanceArn"])["Applications"]
    assert (wiki["Name"], chat["Name"]) == ("wiki", "chat")
    assert client.describe_application(ApplicationArn=wiki["ApplicationArn"])["Status"] == "ENABLED"
    group = cloud.client("identitystore").list_groups(IdentityStoreId=row["IdentityStoreId"])["Groups"][0]["GroupId"]
    principal = {"PrincipalId": group, "PrincipalType": "GROUP"}
    listed = client.list_application_assignments_for_principal(InstanceArn=row["InstanceArn"], **principal)
    assert [each["ApplicationArn"] for each in listed["ApplicationAssignments"]] == [wiki["ApplicationArn"]]
    assert client.describe_application_assignment(ApplicationArn=wiki["ApplicationArn"], **principal)
    wrong = {"ApplicationArn": chat["ApplicationArn"], **principal}
    assert code(client.describe_application_assignment, **wrong) == "ResourceNotFoundException"
    assert client.list_application_assignments(ApplicationArn=chat["ApplicationArn"])["ApplicationAssignments"] == []
    assert client.list_application_grants(ApplicationArn=chat["ApplicationArn"])["Grants"] == []
    assert code(client.delete_application, ApplicationArn=chat["ApplicationArn"]) == "SandboxNotImplemented"


SEED = """
organization: {}
accounts: [{id: "333344445555", name: security}]
trusted_services: [sso.amazonaws.com]
delegated_administrator: "333344445555"
identity_center:
  users: [{name: ada}]
  groups: [{name: admins, members: [ada]}]
  permission_sets: [{name: admin}, {name: reader}]
  assignments: [{permission_set: admin, group: admins}, {permission_set: reader, user: ada}]
  applications: [{name: wiki, groups: [admins]}]
assumptions: {principal_lists_follow_groups: FOLLOW}
"""


def test_what_an_application_has_none_of_is_not_found_and_its_provider_is_there(
    aws: Callable, code: Callable, tmp_path: Path
) -> None:
    (tmp_path / "seed.yaml").write_text(SEED.replace("FOLLOW", "false"))
    client = aws(tmp_path / "seed.yaml").client("sso-admin")
    instance = client.list_instances()["Instances"][0]["InstanceArn"]
    wiki = {"ApplicationArn": client.list_applications(InstanceArn=instance)["Applications"][0]["ApplicationArn"]}
    missing = "ResourceNotFoundException"
    assert code(client.get_application_access_scope, **wiki, Scope="a:b") == missing
    assert code(client.get_application_grant, **wiki, GrantType="refresh_token") == missing
    assert code(client.get_application_authentication_method, **wiki, AuthenticationMethodType="IAM") == missing
    assert client.get_application_session_configuration(**wiki)["UserBackgroundSessionApplicationStatus"] == "ENABLED"
    nobody = wiki["ApplicationArn"].replace("/apl-", "/apl-x")[:-1]
    for operation in (
        *("describe_application", "list_application_access_scopes", "list_application_grants"),
        *("list_application_authentication_methods", "list_application_assignments"),
        *("get_application_assignment_configuration", "get_application_session_configuration"),
    ):
        assert code(getattr(client, operation), ApplicationArn=nobody) == missing, operation
    (provider,) = client.list_application_providers()["ApplicationProviders"]
    arn = provider["ApplicationProviderArn"]
    assert arn == client.describe_application(**wiki)["ApplicationProviderArn"]
    assert client.describe_application_provider(ApplicationProviderArn=arn)["FederationProtocol"] == "OAUTH"
    assert code(client.describe_application_provider, ApplicationProviderArn=f"{arn}-x") == missing
    issuer = f"arn:aws:sso::111122223333:trustedTokenIssuer/{instance.rpartition('/')[2]}/tti-{'0' * 8}-0000-0000-0000-"
    assert code(client.describe_trusted_token_issuer, TrustedTokenIssuerArn=issuer + "0" * 12) == missing


@pytest.mark.parametrize(("follow", "sets", "applications"), [("false", 1, 0), ("true", 2, 1)])
def test_a_users_lists_have_its_groups_grants_too_where_the_seed_says_so(
    aws: Callable, code: Callable, tmp_path: Path, follow: str, sets: int, applications: int
) -> None:
    (tmp_path / "seed.yaml").write_text(SEED.replace("FOLLOW", follow))
    cloud = aws(tmp_path / "seed.yaml")
    client = cloud.client("sso-admin")
    row = client.list_instances()["Instances"][0]
    user = cloud.client("identitystore").list_users(IdentityStoreId=row["IdentityStoreId"])["Users"][0]["UserId"]
    asked = {"InstanceArn": row["InstanceArn"], "PrincipalId": user, "PrincipalType": "USER"}
    pages = client.get_paginator("list_account_assignments_for_principal").paginate(
        **asked, PaginationConfig={"PageSize": 1}
    )
    rows = [each for page in pages for each in page["AccountAssignments"]]
    assert len(rows) == 2 * sets  # in two accounts
    assert len({(each["AccountId"], each["PermissionSetArn"]) for each in rows}) == 2 * sets
    one = client.list_account_assignments_for_principal(**asked, Filter={"AccountId": "333344445555"})
    assert len(one["AccountAssignments"]) == sets
    listed = client.list_application_assignments_for_principal
    assert len(listed(**asked)["ApplicationAssignments"]) == applications
    delegated = cloud.client("sso-admin", account="333344445555").list_application_assignments_for_principal
    assert code(delegated, **asked) == "ValidationException"
    wiki = client.list_applications(InstanceArn=row["InstanceArn"])["Applications"][0]["ApplicationArn"]
    assert len(delegated(**asked, Filter={"ApplicationArn": wiki})["ApplicationAssignments"]) == applications
