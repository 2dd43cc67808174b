"""Applications, which only a seed makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


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
