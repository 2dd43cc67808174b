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
    operations = stack.session.operations()[len(by_hand) :]
    assert [
        name for name in operations if name.startswith(("Register", "Deregister", "Disable", "CreateInstance"))
    ] == []
    configuration = sso.describe_instance_access_control_attribute_configuration(InstanceArn=instance["InstanceArn"])
    [attribute] = configuration["InstanceAccessControlAttributeConfiguration"]["AccessControlAttributes"]
    assert attribute["Key"] == "team"


ALONE = """
from pulumi_aws_identity_center import DelegatedAdministrator, TrustedAccess
access = TrustedAccess("sso").service_principal
DelegatedAdministrator("sso", {"accountId": "222233334444", "trustedAccess": access})
"""


def test_only_a_stacks_own_administrator_is_changed(new_stack: Callable) -> None:
    stack = new_stack(ALONE)
    organizations = stack.session.aws.client("organizations")

    def registered() -> list[str]:
        rows = organizations.list_delegated_administrators(ServicePrincipal="sso.amazonaws.com")
        return [row["Id"] for row in rows["DelegatedAdministrators"]]

    stack.up()
    stack.write(ALONE.replace("222233334444", "333344445555"))
    stack.up()
    assert registered() == ["333344445555"]
    changes = [name for name in stack.session.operations() if "egisterDelegatedAdministrator" in name]
    deregister, register = "DeregisterDelegatedAdministrator", "RegisterDelegatedAdministrator"
    assert changes == [register, deregister, register]

    organizations.deregister_delegated_administrator(AccountId="333344445555", ServicePrincipal="sso.amazonaws.com")
    organizations.register_delegated_administrator(AccountId="222233334444", ServicePrincipal="sso.amazonaws.com")
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert "222233334444 is the delegated administrator for sso.amazonaws.com already" in refused.text
    assert registered() == ["222233334444"]
