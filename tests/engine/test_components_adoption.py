"""What an administrator has set up by hand before is adopted: nothing is made twice, and nothing is off meanwhile."""

from __future__ import annotations

from collections.abc import Callable

PROGRAM = """
from pulumi_aws_identity_center import OrganizationSso
attributes = [{"key": "team", "sources": ["${path:enterprise.department}"]}]
OrganizationSso("sso", {"delegatedAdministratorAccountId": "222233334444", "accessControlAttributes": attributes})
"""


def test_a_registered_administrator_and_attributes_that_are_set_are_adopted(new_stack: Callable) -> None:
    stack = new_stack(PROGRAM)
    organizations, sso = (stack.session.aws.client(service) for service in ("organizations", "sso-admin"))
    organizations.register_delegated_administrator(AccountId="222233334444", ServicePrincipal="sso.amazonaws.com")
    [instance] = sso.list_instances()["Instances"]
    earlier = {"AccessControlAttributes": [{"Key": "x", "Value": {"Source": ["${path:userName}"]}}]}
    sso.create_instance_access_control_attribute_configuration(
        InstanceArn=instance["InstanceArn"], InstanceAccessControlAttributeConfiguration=earlier
    )
    by_hand = stack.session.operations()
    stack.up()
    stack.up("--expect-no-changes")
    made = stack.session.operations()[len(by_hand) :]
    assert [name for name in made if name.startswith(("Register", "Deregister", "Disable", "CreateInstance"))] == []
    found = sso.describe_instance_access_control_attribute_configuration(InstanceArn=instance["InstanceArn"])
    [attribute] = found["InstanceAccessControlAttributeConfiguration"]["AccessControlAttributes"]
    assert attribute["Key"] == "team"
