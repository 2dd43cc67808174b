"""The permissions that each served operation requires, against a table written by hand from the service authorization
reference. The table has the resources that IAM has to allow, or * for an operation without any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.aws import EmbeddedAws, ledger
from sandbox.aws.authorization.principals import Principal
from sandbox.aws.authorization.required_permissions import permissions_required_by
from sandbox.aws.authorization.required_permissions.request_context import resource_context
from sandbox.aws.core import models
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import serving

MANAGEMENT, MEMBER = "111122223333", "222233334444"
CALLER = Principal(MANAGEMENT, f"arn:aws:iam::{MANAGEMENT}:user/me", "AIDAME")
ORGANIZATION = f"arn:aws:organizations::{MANAGEMENT}"
IAM = f"arn:aws:iam::{MANAGEMENT}"


SERVICES = ("organizations", "sso-admin", "identitystore", "iam", "sts")


def rows(service: str) -> dict[str, str]:
    """Operation → the resources that it requires, in the words of served.txt."""
    text = (Path(__file__).parent / "served.txt").read_text()
    table = text.partition(f"[{service}]\n")[2].partition("\n[")[0]
    lines = [line.partition(": ") for line in table.splitlines()]
    return {operation: resources for resources, _, operations in lines for operation in operations.split()}


@pytest.fixture(scope="module")
def world() -> Any:
    """sso-enabled, with one of everything that has an id of its own."""
    running = EmbeddedAws("sso-enabled")
    with running:
        organizations, store = running.client("organizations"), running.client("identitystore")
        sso, iam = running.client("sso-admin"), running.client("iam")
        ids = {"handshake": "h-examplehandshake"}
        ids["ou"] = organizations.create_organizational_unit(ParentId="r-exam", Name="x")["OrganizationalUnit"]["Id"]
        instance = sso.list_instances()["Instances"][0]
        ids["instance"], ids["store"] = instance["InstanceArn"], instance["IdentityStoreId"]
        permission_set = {"InstanceArn": ids["instance"], "Name": "set"}
        ids["permission-set"] = sso.create_permission_set(**permission_set)["PermissionSet"]["PermissionSetArn"]
        entity = {"IdentityStoreId": ids["store"], "DisplayName": "x"}
        ids["group"] = store.create_group(**entity)["GroupId"]
        name = {"GivenName": "x", "FamilyName": "x"}
        ids["user"] = store.create_user(**entity, UserName="x", Name=name)["UserId"]
        member = {"IdentityStoreId": ids["store"], "GroupId": ids["group"], "MemberId": {"UserId": ids["user"]}}
        ids["membership"] = store.create_group_membership(**member)["MembershipId"]
        iam.create_user(UserName="u", Path="/of/")
        ids["key"] = iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]
        yield running.world, ids


def samples(service: str, operation: str, ids: dict[str, str]) -> dict[str, Any]:
    """A value for each parameter that names a resource."""
    by_service: dict[str, dict[str, Any]] = {
        "organizations": {
            "AccountId": MEMBER,
            "TargetId": MEMBER,
            "ChildId": MEMBER,
            "ResourceId": MEMBER,
            "RootId": "r-exam",
            "ParentId": "r-exam",
            "SourceParentId": ids["ou"],
            "DestinationParentId": "r-exam",
            "PolicyId": "p-FullAWSAccess",
            "OrganizationalUnitId": ids["ou"],
            "HandshakeId": ids["handshake"],
        },
        "sso-admin": {
            "InstanceArn": ids["instance"],
            "PermissionSetArn": ids["permission-set"],
            "TargetId": MEMBER,
            "ResourceArn": ids["permission-set"],
            "AccountId": MEMBER,
        },
        "identitystore": {
            "IdentityStoreId": ids["store"],
            "GroupId": ids["group"],
            "UserId": ids["user"],
            "MembershipId": ids["membership"],
            "GroupIds": [ids["group"]],
            "MemberId": {"UserId": ids["user"]},
        },
        "iam": {
            "UserName": "u",
            "NewUserName": "v",
            "RoleName": "r",
            "GroupName": "g",
            "NewGroupName": "h",
            "InstanceProfileName": "i",
            "PolicyArn": f"{IAM}:policy/p",
            "PolicyName": "p",
            "Name": "s",
            "OpenIDConnectProviderArn": f"{IAM}:oidc-provider/o.example/x",
            "Url": "https://o.example/x",
            "SAMLProviderArn": f"{IAM}:saml-provider/s",
            "ServerCertificateName": "c",
            "VirtualMFADeviceName": "m",
            "SerialNumber": f"{IAM}:mfa/m",
            "AccessKeyId": ids["key"],
            "AWSServiceName": "sso.amazonaws.com",
            "DeletionTaskId": "task/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO/1",
        },
        "sts": {
            "RoleArn": f"arn:aws:iam::{MEMBER}:role/r",
            "Name": "bob",
            "SourceIdentity": "me",
        },
    }
    model = models.operation(service, operation)
    assert model is not None
    shape = model.input_shape
    return {name: value for name, value in by_service[service].items() if shape is not None and name in shape.members}


def arns(service: str, ids: dict[str, str], organization: str) -> dict[str, str]:
    """The table's words."""
    return {
        "organizations": {
            "account": f"{ORGANIZATION}:account/{organization}/{MEMBER}",
            "ou": f"{ORGANIZATION}:ou/{organization}/{ids['ou']}",
            "root": f"{ORGANIZATION}:root/{organization}/r-exam",
            "policy": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
            "handshake": f"{ORGANIZATION}:handshake/{organization}/*/{ids['handshake']}",
        },
        "sso-admin": {
            "instance": ids["instance"],
            "permission-set": ids["permission-set"],
            "sso-account": f"arn:aws:sso:::account/{MEMBER}",
        },
        "identitystore": {
            "store": f"arn:aws:identitystore::{MANAGEMENT}:identitystore/{ids['store']}",
            **{kind: f"arn:aws:identitystore:::{kind}/{ids[kind]}" for kind in ("user", "group", "membership")},
            **{f"{kind}s": f"arn:aws:identitystore:::{kind}/*" for kind in ("user", "group", "membership")},
        },
        "iam": {
            "user": f"{IAM}:user/of/u",
            "new-user": f"{IAM}:user/of/v",
            "role": f"{IAM}:role/r",
            "group": f"{IAM}:group/g",
            "new-group": f"{IAM}:group/h",
            "profile": f"{IAM}:instance-profile/i",
            "managed": f"{IAM}:policy/p",
            "oidc": f"{IAM}:oidc-provider/o.example/x",
            "mfa": f"{IAM}:mfa/m",
            "saml": f"{IAM}:saml-provider/s",
            "certificate": f"{IAM}:server-certificate/c",
            "linked": f"{IAM}:role/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO",
            "users/": f"{IAM}:user/",
            "groups/": f"{IAM}:group/",
            "roles/": f"{IAM}:role/",
            "profiles/": f"{IAM}:instance-profile/",
            "policies/": "policy path /",
        },
        "sts": {"member-role": f"arn:aws:iam::{MEMBER}:role/r"},
    }[service]


@pytest.mark.parametrize("service", SERVICES)
def test_each_served_operation_requires_its_own_action(world: Any, service: str) -> None:
    served_world, ids = world
    served = [line.operation for line in ledger.lines(service) if line.basis != "absent"]
    table, words = rows(service), arns(service, ids, served_world.organization.id)
    assert sorted(table) == sorted(served)
    wrong = {}
    for operation in served:
        own = f"{service.removesuffix('-admin')}:{operation}"
        permissions = required(served_world, service, operation, samples(service, operation, ids))
        expected = [word.rpartition("=") for word in table[operation].split()]
        expected_permissions = [(action or own, words.get(word, word)) for action, _, word in expected]
        if permissions != expected_permissions:
            wrong[operation] = permissions
    assert wrong == {}


def required(world: Any, service: str, operation: str, parameters: dict[str, Any]) -> list[tuple[str, str]]:
    with serving(world):
        call = Call(service, operation, "us-east-1", "key", parameters, service not in ("iam", "sts"))
        return [(permission.action, permission.resource) for permission in permissions_required_by(call, world, CALLER)]


def test_unnamed_resources_and_several_forms_are_required_right(world: Any) -> None:
    served_world, ids = world
    store, sso = f"arn:aws:identitystore::{MANAGEMENT}:identitystore/{ids['store']}", {"InstanceArn": ids["instance"]}
    cases: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
        ("iam", "GetUser", {}, [("iam:GetUser", CALLER.arn)]),
        ("iam", "ListRoles", {"PathPrefix": "/a/"}, [("iam:ListRoles", f"{IAM}:role/a/")]),
        ("iam", "UpdateGroup", {"GroupName": "g"}, [("iam:UpdateGroup", f"{IAM}:group/g")]),
        (
            "iam",
            "UpdateUser",
            {"UserName": "u", "NewPath": "/at/"},
            [("iam:UpdateUser", f"{IAM}:user/of/u"), ("iam:UpdateUser", f"{IAM}:user/at/u")],
        ),
        (
            "identitystore",
            "DescribeUser",
            {"IdentityStoreId": store, "UserId": f"arn:aws:identitystore:::user/{ids['user']}"},
            [("identitystore:DescribeUser", arn) for arn in (store, f"arn:aws:identitystore:::user/{ids['user']}")],
        ),
        (
            "sso-admin",
            "ProvisionPermissionSet",
            {**sso, "TargetType": "ALL_PROVISIONED_ACCOUNTS"},
            [("sso:ProvisionPermissionSet", arn) for arn in (ids["instance"], "arn:aws:sso:::account/*")],
        ),
    ]
    for service, operation, parameters, expected in cases:
        assert required(served_world, service, operation, parameters) == expected
    member = Principal(MEMBER, f"arn:aws:iam::{MEMBER}:user/me", "AIDAME")
    with serving(served_world):
        call = Call("identitystore", "ListUsers", "us-east-1", "key", {"IdentityStoreId": ids["store"]}, True)
        (first, second) = permissions_required_by(call, served_world, member)
    assert (first.resource, second.resource) == (store, "arn:aws:identitystore:::user/*")
    assert first.keys == {"identitystore:PrimaryRegion": "us-east-1"}


def test_a_condition_key_is_absent_where_it_does_not_apply(world: Any) -> None:
    served_world, ids = world
    with serving(served_world):
        for operation, parameters in (
            ("DeletePolicy", {"PolicyArn": f"{IAM}:policy/p"}),
            ("GetUser", {"UserName": "u"}),
            ("ListUsers", {}),
        ):
            call = Call("iam", operation, "us-east-1", "key", parameters, False)
            (permission,) = permissions_required_by(call, served_world, CALLER)
            assert permission.keys == {}
        resource = resource_context(served_world, ids["instance"])
    assert resource == {}  # its ARN names no account
