"""The provider's protocol over a real channel: requests that no short program makes the engine send."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.aws import EmbeddedAws
from sandbox.provider import values
from sandbox.provider.functions import FUNCTIONS
from sandbox.provider.serving import start
from sandbox.provider.types import RECORDS

ORGANIZATION = "urn:pulumi:dev::test::aws:organizations/organization:Organization::org"
POLICY = "urn:pulumi:dev::test::aws:organizations/policy:Policy::scp"
ATTACHMENT = "urn:pulumi:dev::test::aws:organizations/policyAttachment:PolicyAttachment::on"
FIRST, SECOND = (
    json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": f"{service}:*", "Resource": "*"}]})
    for service in ("s3", "ec2")
)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Any, EmbeddedAws]]]:
    """`provider(seed, faults=...)`: a configured provider's stub, and the AWS that it speaks to."""
    closing: list[Callable[[], Any]] = []

    def begin(seed: str, **options: Any) -> tuple[Any, EmbeddedAws]:
        aws = EmbeddedAws(seed, **options)
        aws.__enter__()
        closing.append(lambda: aws.__exit__(None, None, None))
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        server, port = start()
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        closing.extend((lambda: server.stop(None).wait(), channel.close))
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Configure(provider_pb2.ConfigureRequest(args=values.write({})))
        return stub, aws

    yield begin
    for close in reversed(closing):
        close()


def _listed(aws: EmbeddedAws) -> list[str]:
    rows = aws.client("organizations").list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    return sorted(row["ServicePrincipal"] for row in rows)


def _organization(stub: Any, aws: EmbeddedAws) -> tuple[str, dict[str, Any]]:
    id_ = aws.client("organizations").describe_organization()["Organization"]["Id"]
    return id_, values.read(stub.Read(provider_pb2.ReadRequest(id=id_, urn=ORGANIZATION)).properties)


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        (["awsServiceAccessPrincipals"], ["sso.amazonaws.com"]),
        (['["awsServiceAccessPrincipals"]'], ["sso.amazonaws.com"]),
        (["*"], ["sso.amazonaws.com"]),
        ([], []),
        # The engine has put the old element there already: to the provider such a path says nothing.
        (["awsServiceAccessPrincipals[0]"], []),
        (["awsServiceAccessPrincipals[*]"], []),
    ],
)
def test_what_is_ignored_survives_the_update_of_something_else(
    provider: Callable, ignored: list[str], left: list[str]
) -> None:
    stub, aws = provider("sso-enabled")
    id_, state = _organization(stub, aws)
    news = {"featureSet": "ALL", "enabledPolicyTypes": ["SERVICE_CONTROL_POLICY"]}
    request = provider_pb2.UpdateRequest(
        id=id_, urn=ORGANIZATION, olds=values.write(state), news=values.write(news), ignoreChanges=ignored
    )
    request.preview = True
    previewed = values.read(stub.Update(request).properties)
    assert previewed.get("awsServiceAccessPrincipals", []) == left
    assert _listed(aws) == ["sso.amazonaws.com"]
    request.preview = False
    assert values.read(stub.Update(request).properties)["awsServiceAccessPrincipals"] == left
    assert _listed(aws) == left


def test_a_partly_created_organization_is_kept_with_the_reason(provider: Callable) -> None:
    stub, aws = provider("no-organization", faults=["organizations:EnableAWSServiceAccess:AccessDeniedException"])
    inputs = {"featureSet": "ALL", "awsServiceAccessPrincipals": ["sso.amazonaws.com"]}
    with pytest.raises(grpc.RpcError) as refused:
        stub.Create(provider_pb2.CreateRequest(urn=ORGANIZATION, properties=values.write(inputs)))
    assert "AccessDeniedException" in refused.value.details()
    status = status_pb2.Status.FromString(dict(refused.value.trailing_metadata())["grpc-status-details-bin"])
    init_failed = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(init_failed)
    assert init_failed.id == aws.client("organizations").describe_organization()["Organization"]["Id"]
    assert values.read(init_failed.properties)["awsServiceAccessPrincipals"] == []
    assert "EnableAWSServiceAccess" in init_failed.reasons[0]


def _lifecycle(stub: Any, urn: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    created = stub.Create(provider_pb2.CreateRequest(urn=urn, properties=values.write(given)))
    state = values.read(created.properties)
    unchanged = provider_pb2.DiffRequest(id=created.id, urn=urn, olds=created.properties, news=values.write(given))
    assert stub.Diff(unchanged).changes == provider_pb2.DiffResponse.DIFF_NONE
    imported = stub.Read(provider_pb2.ReadRequest(id=created.id, urn=urn))
    assert values.read(imported.properties).items() <= state.items()
    return created.id, state


def test_a_policy_and_its_attachment_live_a_whole_life(provider: Callable) -> None:
    stub, aws = provider("sso-enabled")
    client = aws.client("organizations")
    root = client.list_roots()["Roots"][0]
    if not any(kind["Type"] == "SERVICE_CONTROL_POLICY" for kind in root["PolicyTypes"]):
        client.enable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    inputs = {"name": "deny", "content": FIRST, "type": "SERVICE_CONTROL_POLICY", "tagsAll": {}}
    policy, state = _lifecycle(stub, POLICY, inputs)
    news = values.write({**inputs, "content": SECOND, "description": "more"})
    stub.Update(provider_pb2.UpdateRequest(id=policy, urn=POLICY, olds=values.write(state), news=news))
    assert json.loads(client.describe_policy(PolicyId=policy)["Policy"]["Content"]) == json.loads(SECOND)
    on, attached = _lifecycle(stub, ATTACHMENT, {"policyId": policy, "targetId": root["Id"]})
    assert on == f"{root['Id']}:{policy}"
    moved = values.write({"policyId": policy, "targetId": "222233334444"})
    diff = stub.Diff(provider_pb2.DiffRequest(id=on, urn=ATTACHMENT, olds=values.write(attached), news=moved))
    assert list(diff.replaces) == ["targetId"]
    assert not diff.deleteBeforeReplace
    stub.Delete(provider_pb2.DeleteRequest(id=on, urn=ATTACHMENT, properties=values.write(attached)))
    assert stub.Read(provider_pb2.ReadRequest(id=on, urn=ATTACHMENT)).id == ""
    stub.Delete(provider_pb2.DeleteRequest(id=policy, urn=POLICY, properties=values.write(state)))
    assert stub.Read(provider_pb2.ReadRequest(id=policy, urn=POLICY)).id == ""


def test_an_endpoint_elsewhere_is_refused_for_any_service(provider: Callable) -> None:
    stub, _ = provider("sso-enabled")
    elsewhere = json.dumps([{"lambda": "https://lambda.us-east-1.amazonaws.com"}])
    with pytest.raises(grpc.RpcError, match="only an address of this machine is allowed"):
        stub.Configure(provider_pb2.ConfigureRequest(args=values.write({"endpoints": elsewhere})))


def _urn(token: str) -> str:
    return f"urn:pulumi:dev::test::{token}::it"


def test_an_account_assignment_is_not_made_twice(provider: Callable) -> None:
    stub, aws = provider("sso-enabled")
    client = aws.client("sso-admin")
    instance = client.list_instances()["Instances"][0]
    arn, store = instance["InstanceArn"], instance["IdentityStoreId"]
    permission_set = client.create_permission_set(InstanceArn=arn, Name="ReadOnly")["PermissionSet"]["PermissionSetArn"]
    group = aws.client("identitystore").create_group(IdentityStoreId=store, DisplayName="ops")["GroupId"]
    urn = _urn("aws:ssoadmin/accountAssignment:AccountAssignment")
    inputs = {
        "instanceArn": arn,
        "permissionSetArn": permission_set,
        "principalId": group,
        "principalType": "GROUP",
        "targetId": "222233334444",
        "targetType": "AWS_ACCOUNT",
    }
    id_, state = _lifecycle(stub, urn, inputs)
    assert id_ == f"{group},GROUP,222233334444,AWS_ACCOUNT,{permission_set},{arn}"
    with pytest.raises(grpc.RpcError, match="is not the id of an account assignment: give principalId,"):
        stub.Read(provider_pb2.ReadRequest(id="ops", urn=urn))
    with pytest.raises(grpc.RpcError, match="already exists: import it"):
        stub.Create(provider_pb2.CreateRequest(urn=urn, properties=values.write(inputs)))
    stub.Delete(provider_pb2.DeleteRequest(id=id_, urn=urn, properties=values.write(state)))
    assert stub.Read(provider_pb2.ReadRequest(id=id_, urn=urn)).id == ""


def test_a_managed_policy_attachment_lives_a_whole_life(provider: Callable) -> None:
    stub, aws = provider("sso-enabled")
    client = aws.client("sso-admin")
    arn = client.list_instances()["Instances"][0]["InstanceArn"]
    permission_set = client.create_permission_set(InstanceArn=arn, Name="ReadOnly")["PermissionSet"]["PermissionSetArn"]
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    urn = _urn("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment")
    inputs = {"instanceArn": arn, "permissionSetArn": permission_set, "managedPolicyArn": policy}
    id_, state = _lifecycle(stub, urn, inputs)
    assert (id_, state["managedPolicyName"]) == (f"{policy},{permission_set},{arn}", "ReadOnlyAccess")
    with pytest.raises(grpc.RpcError, match="is not the id of a managed policy attachment: give managedPolicyArn,"):
        stub.Read(provider_pb2.ReadRequest(id="ops", urn=urn))
    stub.Delete(provider_pb2.DeleteRequest(id=id_, urn=urn, properties=values.write(state)))
    assert stub.Read(provider_pb2.ReadRequest(id=id_, urn=urn)).id == ""


def test_the_package_schema_has_what_a_yaml_program_names(provider: Callable) -> None:
    stub, _ = provider("sso-enabled")
    package = json.loads(stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    access = package["resources"]["aws:organizations/awsServiceAccess:AwsServiceAccess"]
    assert (list(access["inputProperties"]), access["requiredInputs"]) == (["servicePrincipal"], ["servicePrincipal"])
    assert set(package["resources"]) == set(RECORDS)
    assert set(package["functions"]) == set(FUNCTIONS)
    administrators = package["functions"]["aws:organizations/getDelegatedAdministrators:getDelegatedAdministrators"]
    assert list(administrators["inputs"]["properties"]) == ["servicePrincipal"]
    assert "delegatedAdministrators" in administrators["outputs"]["required"]


def test_a_group_and_a_membership_live_a_whole_life(provider: Callable) -> None:
    stub, aws = provider("sso-enabled")
    store = aws.client("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"]
    identities = aws.client("identitystore")
    user = identities.create_user(
        IdentityStoreId=store, UserName="ann", DisplayName="Ann", Name={"GivenName": "Ann", "FamilyName": "Lee"}
    )["UserId"]
    group_urn, member_urn = (
        _urn("aws:identitystore/group:Group"),
        _urn("aws:identitystore/groupMembership:GroupMembership"),
    )
    group, state = _lifecycle(stub, group_urn, {"identityStoreId": store, "displayName": "ops"})
    assert group == f"{store}/{state['groupId']}"
    membership = {"identityStoreId": store, "groupId": state["groupId"], "memberId": user}
    member, member_state = _lifecycle(stub, member_urn, membership)
    for id_, urn, expected_state in ((member, member_urn, member_state), (group, group_urn, state)):
        stub.Delete(provider_pb2.DeleteRequest(id=id_, urn=urn, properties=values.write(expected_state)))
        assert stub.Read(provider_pb2.ReadRequest(id=id_, urn=urn)).id == ""


def _configure(stub: Any, **variables: Any) -> None:
    stub.Configure(provider_pb2.ConfigureRequest(args=values.write(variables)))


def _identified(aws: EmbeddedAws) -> int:
    return [call["operation"] for call in aws.calls].count("GetCallerIdentity")


def test_it_first_asks_who_signs_in(provider: Callable) -> None:
    stub, aws = provider("sso-enabled")
    assert _identified(aws) == 1
    _configure(stub, skipCredentialsValidation="true")
    assert _identified(aws) == 2
    _configure(stub, skipCredentialsValidation="true", skipRequestingAccountId="true")
    assert _identified(aws) == 2


def test_credentials_that_aws_refuses_end_the_configuration(provider: Callable) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        provider("sso-enabled", faults=["sts:GetCallerIdentity:InvalidClientTokenId"])
    assert "GetCallerIdentity" in refused.value.details()
    assert "InvalidClientTokenId" in refused.value.details()


@pytest.mark.parametrize(
    ("name", "accounts", "allowed"),
    [
        ("allowedAccountIds", ["111122223333"], True),
        ("allowedAccountIds", ["999999999999"], False),
        ("forbiddenAccountIds", ["111122223333"], False),
        ("forbiddenAccountIds", ["999999999999"], True),
        ("allowedAccountIds", [111122223333], True),
        ("forbiddenAccountIds", [111122223333], False),
        ("allowedAccountIds", ["x111122223333x"], False),
    ],
)
def test_an_account_that_is_not_allowed_ends_the_configuration(
    provider: Callable, name: str, accounts: list[Any], allowed: bool
) -> None:
    stub, aws = provider("sso-enabled")
    account = aws.client("sts").get_caller_identity()["Account"]
    assert account == "111122223333"
    if allowed:
        _configure(stub, **{name: json.dumps(accounts)})
        return
    with pytest.raises(grpc.RpcError) as refused:
        _configure(stub, **{name: json.dumps(accounts)})
    assert refused.value.details() == f"AWS account ID not allowed: {account}"


def test_what_is_not_known_yet_is_not_signed_in_with(provider: Callable) -> None:
    stub, aws = provider("sso-enabled")
    _configure(stub, region=values.UNKNOWN)
    assert _identified(aws) == 1


SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def test_it_signs_in_with_its_secret_keys(provider: Callable) -> None:
    stub, aws = provider("sso-enabled")
    user = aws.client("iam").create_user(UserName="own")["User"]
    key = aws.client("iam").create_access_key(UserName="own")["AccessKey"]
    secret = {**SECRET, "value": key["SecretAccessKey"]}
    _configure(stub, accessKey={**SECRET, "value": key["AccessKeyId"]}, secretKey=secret)
    answer = stub.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getCallerIdentity:getCallerIdentity"))
    assert values.read(getattr(answer, "return"))["arn"] == user["Arn"]
    with pytest.raises(grpc.RpcError, match="one of accessKey and secretKey: give both"):
        _configure(stub, secretKey=secret)
