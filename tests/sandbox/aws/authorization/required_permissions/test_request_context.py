"""The condition keys of a request. A policy allows on one key alone: a request with its value passes, another is
refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws.services.sso_admin import roles

MANAGEMENT, MEMBER = "111122223333", "222233334444"
SSO = "sso.amazonaws.com"
READ_ONLY, ADMIN = (f"arn:aws:iam::aws:policy/{name}" for name in ("ReadOnlyAccess", "AdministratorAccess"))
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def only(action: Any, key: str, value: Any, operator: str = "StringEquals", resource: Any = "*") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": {operator: {key: value}}}
    return {"Version": "2012-10-17", "Statement": [statement]}


def refused(error: dict[str, Any], action: str) -> bool:
    return error["Code"].startswith("AccessDenied") and f"perform: {action} on" in error["Message"]


def test_which_policy_is_attached_and_detached(user: Callable, refusal: Callable) -> None:
    iam = user("u", only(["iam:AttachUserPolicy", "iam:DetachUserPolicy"], "iam:PolicyARN", READ_ONLY, "ArnEquals"))(
        "iam"
    )
    iam.attach_user_policy(UserName="u", PolicyArn=READ_ONLY)
    assert refused(refusal(iam.attach_user_policy, UserName="u", PolicyArn=ADMIN), "iam:AttachUserPolicy")
    iam.detach_user_policy(UserName="u", PolicyArn=READ_ONLY)


def test_the_new_and_the_present_boundary_are_asked_about(enforced: Any, user: Callable, refusal: Callable) -> None:
    actions = ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary"]
    iam = user("u", only(actions, "iam:PermissionsBoundary", READ_ONLY))("iam")
    role_arguments = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}
    assert refused(refusal(iam.create_role, **role_arguments), "iam:CreateRole")
    assert refused(refusal(iam.create_role, **role_arguments, PermissionsBoundary=ADMIN), "iam:CreateRole")
    iam.create_role(**role_arguments, PermissionsBoundary=READ_ONLY)
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps(only("*", "a:b", "c")))
    enforced.client("iam").put_role_permissions_boundary(RoleName="r", PermissionsBoundary=ADMIN)
    assert refused(refusal(iam.attach_role_policy, RoleName="r", PolicyArn=ADMIN), "iam:AttachRolePolicy")
    assert refused(refusal(iam.delete_role_permissions_boundary, RoleName="r"), "iam:DeleteRolePermissionsBoundary")


def test_whose_service_linked_role_it_is(user: Callable, refusal: Callable) -> None:
    actions = ["iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole"]
    own = f"arn:aws:iam::*:role/aws-service-role/{SSO}/*"
    iam = user("u", only(actions, "iam:AWSServiceName", SSO, resource=own))("iam")
    assert refusal(iam.create_service_linked_role, AWSServiceName=SSO)["Code"] == "InvalidInput"  # it is there
    error = refusal(iam.create_service_linked_role, AWSServiceName="ecs.amazonaws.com")
    assert refused(error, "iam:CreateServiceLinkedRole")
    assert iam.delete_service_linked_role(RoleName="AWSServiceRoleForSSO")["DeletionTaskId"]


def test_a_new_roles_arn_has_the_requested_path_and_name(enforced: Any, user: Callable) -> None:
    names = {"ecs.amazonaws.com": "AWSServiceRoleForecs", "custom-resource.application-autoscaling.amazonaws.com": ""}
    for service in (*names, "autoscaling.amazonaws.com"):
        iam = user(service[:10], only("iam:CreateServiceLinkedRole", "aws:username", service[:10]))("iam")
        role = iam.create_service_linked_role(AWSServiceName=service)["Role"]
        denied = user(f"x{service[:10]}")("iam")
        with pytest.raises(Exception, match=f"on resource: {role['Arn']} "):
            denied.create_service_linked_role(AWSServiceName=service)


def test_who_may_pass_a_role_gives_it_to_instance_profiles(
    enforced: Any, user: Callable, role: Callable, refusal: Callable
) -> None:
    enforced.client("iam").create_instance_profile(InstanceProfileName="i")
    arn = role("r")
    profile_role = {"InstanceProfileName": "i", "RoleName": "r"}
    adds = only("iam:AddRoleToInstanceProfile", "aws:PrincipalAccount", MANAGEMENT)
    assert refused(refusal(user("a", adds)("iam").add_role_to_instance_profile, **profile_role), "iam:PassRole")
    to_lambda = only("iam:PassRole", "iam:PassedToService", "lambda.amazonaws.com", resource=arn)
    assert refused(
        refusal(user("b", adds, to_lambda)("iam").add_role_to_instance_profile, **profile_role), "iam:PassRole"
    )
    to_ec2 = only("iam:PassRole", "iam:PassedToService", "ec2.amazonaws.com", resource=arn)
    user("c", adds, to_ec2)("iam").add_role_to_instance_profile(**profile_role)


def test_a_role_in_a_moto_services_call_is_passed(user: Callable, role: Callable, refusal: Callable) -> None:
    arn = role("r")
    rules = only("events:*", "aws:PrincipalAccount", MANAGEMENT)
    target = {"Rule": "rule", "Targets": [{"Id": "t", "Arn": "arn:aws:sqs:us-east-1:111122223333:q", "RoleArn": arn}]}
    rule = {"Name": "rule", "EventPattern": "{}"}
    events = user("a", rules)("events")
    events.put_rule(**rule)
    assert refused(refusal(events.put_targets, **target), "iam:PassRole")
    passes = only("iam:PassRole", "iam:PassedToService", "events.amazonaws.com", resource=arn)
    user("b", rules, passes)("events").put_targets(**target)


def test_resource_tags_and_request_tags_are_asked_about(enforced: Any, user: Callable, refusal: Callable) -> None:
    iam = enforced.client("iam")
    for name, team in (("mine", "blue"), ("theirs", "red")):
        tags = [{"Key": "team", "Value": team}]
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Tags=tags)
    deletes = only("iam:DeleteRole", "aws:ResourceTag/team", "${aws:PrincipalTag/team}")
    makes = only(["iam:CreateRole", "iam:TagRole"], "aws:RequestTag/team", "blue")
    tagless = only("iam:UntagRole", "aws:TagKeys", ["cost"], "ForAllValues:StringEquals")
    own: dict[str, Any] = {"Tags": [{"Key": "team", "Value": "blue"}]}
    reads = only("iam:GetRole", "iam:ResourceTag/team", "blue")
    policies = only("iam:GetPolicy", "aws:ResourceTag/team", "blue")
    blue = user("blue", deletes, makes, tagless, reads, policies, **own)("iam")
    assert refused(refusal(blue.get_role, RoleName="theirs"), "iam:GetRole")
    blue.get_role(RoleName="mine")
    for name, tagged in (("tagged", own), ("bare", {})):
        document = json.dumps(only("s3:*", "aws:username", "x"))
        arn = iam.create_policy(PolicyName=name, PolicyDocument=document, **tagged)["Policy"]["Arn"]
        if tagged:
            blue.get_policy(PolicyArn=arn)
        else:
            assert refused(refusal(blue.get_policy, PolicyArn=arn), "iam:GetPolicy")
    assert refused(refusal(blue.delete_role, RoleName="theirs"), "iam:DeleteRole")
    blue.delete_role(RoleName="mine")
    role_arguments = {"RoleName": "new", "AssumeRolePolicyDocument": TRUST}
    assert refused(refusal(blue.create_role, **role_arguments), "iam:CreateRole")
    blue.create_role(**role_arguments, Tags=[{"Key": "team", "Value": "blue"}])
    assert refused(refusal(blue.untag_role, RoleName="new", TagKeys=["cost", "team"]), "iam:UntagRole")
    blue.untag_role(RoleName="new", TagKeys=["cost"])


def test_making_something_with_tags_takes_the_action_that_tags(user: Callable, refusal: Callable) -> None:
    tags = [{"Key": "team", "Value": "blue"}]
    creates = only(["iam:CreateRole", "organizations:CreatePolicy", "sso:CreatePermissionSet"], "aws:username", "u")
    clients = user("u", creates)
    error = refusal(clients("iam").create_role, RoleName="r", AssumeRolePolicyDocument=TRUST, Tags=tags)
    assert refused(error, "iam:TagRole")
    policy = {"Name": "p", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": "{}"}
    assert refused(refusal(clients("organizations").create_policy, **policy, Tags=tags), "organizations:TagResource")
    instance = {"InstanceArn": "arn:aws:sso:::instance/ssoins-1111111111111111", "Name": "n"}
    assert refused(refusal(clients("sso-admin").create_permission_set, **instance, Tags=tags), "sso:TagResource")
    allowed = "MalformedPolicyDocumentException"  # what comes after IAM
    kind = only("organizations:TagResource", "organizations:PolicyType", "SERVICE_CONTROL_POLICY")
    client = user("v", creates, only("organizations:CreatePolicy", "aws:username", "v"), kind)("organizations")
    assert refusal(client.create_policy, **policy, Tags=tags)["Code"] == allowed
    arn = "arn:aws:organizations::111122223333:policy/*/service_control_policy/*"
    scoped = only("organizations:TagResource", "aws:username", "w", resource=arn)
    client = user("w", only("organizations:CreatePolicy", "aws:username", "w"), scoped)("organizations")
    assert refusal(client.create_policy, **policy, Tags=tags)["Code"] == allowed


def test_what_tags_an_organizations_resources_and_a_permission_set_have(
    enforced: Any, user: Callable, refusal: Callable
) -> None:
    tags = [{"Key": "team", "Value": "blue"}]
    enforced.client("organizations").tag_resource(ResourceId=MEMBER, Tags=tags)
    sso = enforced.client("sso-admin")
    instance = sso.list_instances()["Instances"][0]["InstanceArn"]
    permission_sets = {
        name: sso.create_permission_set(InstanceArn=instance, Name=name, Tags=set_tags)["PermissionSet"]
        for name, set_tags in (("mine", tags), ("theirs", []))
    }
    sso.tag_resource(InstanceArn=instance, ResourceArn=instance, Tags=tags)
    actions = ["organizations:DescribeAccount", "sso:DescribePermissionSet"]
    blue = user("u", only(actions, "aws:ResourceTag/team", "blue"))
    blue("organizations").describe_account(AccountId=MEMBER)
    error = refusal(blue("organizations").describe_account, AccountId="333344445555")
    assert refused(error, "organizations:DescribeAccount")
    arns = {name: permission_set["PermissionSetArn"] for name, permission_set in permission_sets.items()}
    blue("sso-admin").describe_permission_set(InstanceArn=instance, PermissionSetArn=arns["mine"])
    error = refusal(blue("sso-admin").describe_permission_set, InstanceArn=instance, PermissionSetArn=arns["theirs"])
    assert refused(error, "sso:DescribePermissionSet")


def test_a_policys_type_comes_from_the_call_or_the_policy(user: Callable, refusal: Callable) -> None:
    kind = only("organizations:*", "organizations:PolicyType", "SERVICE_CONTROL_POLICY")
    client = user("u", kind)("organizations")
    client.list_policies(Filter="SERVICE_CONTROL_POLICY")
    assert refused(refusal(client.list_policies, Filter="TAG_POLICY"), "organizations:ListPolicies")
    client.describe_policy(PolicyId="p-FullAWSAccess")
    assert refused(refusal(client.describe_policy, PolicyId="p-RCPFullAWSAccess"), "organizations:DescribePolicy")
    client.enable_policy_type(RootId="r-exam", PolicyType="SERVICE_CONTROL_POLICY")
    error = refusal(client.enable_policy_type, RootId="r-exam", PolicyType="TAG_POLICY")
    assert refused(error, "organizations:EnablePolicyType")
    policy = {"Name": "p", "Description": "", "Content": "{}"}
    error = refusal(client.create_policy, **policy, Type="TAG_POLICY")
    assert refused(error, "organizations:CreatePolicy")


def test_the_region_is_the_requests_or_a_global_services_own(user: Callable, refusal: Callable) -> None:
    clients = user("u", only("*", "aws:RequestedRegion", "us-east-1"))
    clients("organizations", region="eu-west-1").list_roots()
    clients("iam", region="eu-west-1").list_roles()
    clients("sso-admin").list_instances()
    assert refused(refusal(clients("sso-admin", region="eu-west-1").list_instances), "sso:ListInstances")


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("aws:PrincipalArn", "arn:aws:iam::*:user/u", "arn:aws:iam::*:user/v"),
        ("aws:PrincipalAccount", MANAGEMENT, MEMBER),
        ("aws:PrincipalType", "User", "AssumedRole"),
        ("aws:PrincipalOrgID", "o-*", "x-*"),
        ("aws:PrincipalOrgPaths", "o-*/r-exam/", "o-*/r-exam/ou-*"),
        ("aws:ResourceAccount", MANAGEMENT, MEMBER),
        ("aws:ResourceOrgID", "o-*", "x-*"),
        ("aws:username", "u", "v"),
        ("aws:userid", "AIDA*", "AROA*"),
        ("aws:UserAgent", "*Boto3*", "curl*"),
        ("aws:SourceIp", "127.0.0.*", "10.*"),
        ("aws:SecureTransport", "true", "false"),
        ("aws:ViaAWSService", "false", "true"),
        ("aws:PrincipalIsAWSService", "false", "true"),
        ("aws:CurrentTime", "20*", "19*"),
        ("aws:EpochTime", "??????????", "???"),
        ("aws:PrincipalTag/team", "blue", "red"),
    ],
)
def test_what_every_request_of_a_user_brings(
    user: Callable, refusal: Callable, key: str, right: str, wrong: str
) -> None:
    tags = [{"Key": "team", "Value": "blue"}]
    operator = "ForAnyValue:StringLike" if key.endswith("Paths") else "StringLike"
    user("u", only("iam:ListRoles", key, right, operator), Tags=tags)("iam").list_roles()
    iam = user("v" if wrong == "u" else "w", only("iam:ListRoles", key, wrong, operator), Tags=tags)("iam")
    assert refused(refusal(iam.list_roles), "iam:ListRoles")


@pytest.mark.parametrize("key", ["aws:MultiFactorAuthPresent", "aws:TokenIssueTime", "aws:SourceIdentity"])
def test_what_long_term_keys_do_not_bring(user: Callable, key: str) -> None:
    user("u", only("iam:ListRoles", key, "true", "Null"))("iam").list_roles()


def test_a_sessions_requested_tags_are_asked_about(user: Callable, role: Callable, refusal: Callable) -> None:
    blue = {"StringEquals": {"aws:RequestTag/team": "blue"}}
    transitive_tags = {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["team"]}}
    statement = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"},
        "Condition": {**blue, **transitive_tags},
    }
    arn = role("r", trust={"Version": "2012-10-17", "Statement": [statement]})
    assume = user("u", only("sts:*", "aws:username", "u"))("sts").assume_role
    session_arguments = {"RoleArn": arn, "RoleSessionName": "me"}
    tags = [{"Key": "team", "Value": "blue"}, {"Key": "size", "Value": "7"}]
    assert refused(refusal(assume, **session_arguments), "sts:AssumeRole")
    assert refused(refusal(assume, **session_arguments, Tags=tags, TransitiveTagKeys=["size"]), "sts:AssumeRole")
    assume(**session_arguments, Tags=tags, TransitiveTagKeys=["team"])


def test_a_role_of_identity_centers_is_known_by_its_path(enforced: Any, user: Callable) -> None:
    sso, store = enforced.client("sso-admin"), enforced.client("identitystore")
    instance = sso.list_instances()["Instances"][0]
    instance_argument = {"InstanceArn": instance["InstanceArn"]}
    arn = sso.create_permission_set(**instance_argument, Name="Reader")["PermissionSet"]["PermissionSetArn"]
    group = store.create_group(IdentityStoreId=instance["IdentityStoreId"], DisplayName="g")["GroupId"]
    path = f"arn:aws:iam::{MEMBER}:role/aws-reserved/sso.amazonaws.com/*"
    iam = user("u", only("iam:GetRole", "aws:username", "u", resource=path), account=MEMBER)("iam")
    target = {"TargetId": MEMBER, "TargetType": "AWS_ACCOUNT", "PrincipalType": "GROUP", "PrincipalId": group}
    sso.create_account_assignment(**instance_argument, **target, PermissionSetArn=arn)
    enforced.move_clock(60)
    name = roles.role_name(enforced.world.identity_center.instances[MANAGEMENT].permission_sets[arn], MEMBER)
    assert iam.get_role(RoleName=name)["Role"]["Arn"].endswith(f"/{name}")
