"""IAM by CloudFormation, in a template or as a resource of Cloud Control: the same documents, judged the same."""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.domain.violation import Level

from tests.declared_resources import Said, declare, grants_in_management
from tests.walk import walk

ADMIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
CONTROL = "aws:cloudcontrol/resource:Resource"
STACK, SET = "aws:cloudformation/stack:Stack", "aws:cloudformation/stackSet:StackSet"
ALLOWED = [{"pattern": "break-glass-*", "reason": "the two of us on call"}]
# A resource's type, what is bad and what is good.
RESOURCES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("AWS::IAM::ManagedPolicy", {"PolicyDocument": ADMIN}, {"PolicyDocument": READER}),
    ("AWS::IAM::Policy", {"PolicyDocument": ADMIN, "Roles": ["r"]}, {"PolicyDocument": READER, "Roles": ["r"]}),
    ("AWS::IAM::Role", {"ManagedPolicyArns": [ADMIN_ARN]}, {"ManagedPolicyArns": [ADMIN_ARN.replace("Adm", "X")]}),
    ("AWS::IAM::User", {"Policies": [{"PolicyName": "x", "PolicyDocument": ADMIN}]}, {"Policies": []}),
    ("AWS::IAM::Group", {"Policies": [{"PolicyDocument": ADMIN}]}, {"Policies": [{"PolicyDocument": READER}]}),
    ("AWS::SSO::PermissionSet", {"InlinePolicy": ADMIN}, {"InlinePolicy": READER}),
    (
        "AWS::SSO::PermissionSet",
        {"CustomerManagedPolicyReferences": [{"Name": "identity-center-disable"}]},
        {"CustomerManagedPolicyReferences": [{"Name": "identity-center-observe"}]},
    ),
]
YAML = """
AWSTemplateFormatVersion: 2010-09-09
Parameters: {Which: {Type: String}}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Everybody:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "everybody-${Which}"
      ManagedPolicyArns:
        - !Sub arn:${AWS::Partition}:iam::aws:policy/ARN
        - !Ref Other
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: 2012-10-17
            Statement: [{Effect: Allow, Action: "ACTION", Resource: !GetAtt Bucket.Arn}]
"""


def _template(resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": resources})


def _said(token: str, props: dict[str, Any], allowed=()) -> list[Said]:
    grants: list[Said] = grants_in_management(declare(token, "it", props=props), allowed=list(allowed))
    return grants


@walk(("type_", "bad", "good"), RESOURCES)
def test_templates_and_cloud_control_are_judged_for_every_carrier(type_: str, bad, good) -> None:
    for props, count in ((bad, 1), (good, 0)):
        template = _template({"First": {"Type": "AWS::S3::Bucket"}, "Mine": {"Type": type_, "Properties": props}})
        for token in (STACK, SET, "aws-native:cloudformation:StackSet"):
            grants = _said(token, {"templateBody": template})
            assert len(grants) == count
            assert all(grant.startswith("it: its templateBody Mine.") for grant in grants)
            assert not any(grant.is_later for grant in grants)
        assert len(_said("aws-native:cloudformation:Stack", {"templateBody": json.loads(template)})) == count
        grants = _said(CONTROL, {"typeName": type_, "desiredState": json.dumps(props)})
        assert len(grants) == count
        assert all(grant.startswith("it: its desiredState.") for grant in grants)


def test_a_template_in_yaml_with_its_functions_is_read() -> None:
    good = YAML.replace("ARN", "ReadOnlyAccess", 1).replace("ACTION", "s3:Get*").replace("!Ref Other", "!Ref Bucket")
    assert _said(STACK, {"templateBody": good}) == []
    (message,) = _said(STACK, {"templateBody": good.replace("/ReadOnlyAccess", "/AdministratorAccess")})
    assert "Everybody.managedPolicyArns[0] is AdministratorAccess" in message
    (message,) = _said(STACK, {"templateBody": good.replace("s3:Get*", "organizations:*")})
    assert message.startswith("it: its templateBody Everybody.policies[0].policyDocument ")


def test_the_same_functions_in_json_are_known_or_not() -> None:
    known = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AdministratorAccess"]
    other = {"Ref": "Other"}
    for arn, levels in (
        (known, [Level.MANDATORY]),
        ({"Fn::Join": ["", parts]}, [Level.MANDATORY]),
        ({"Fn::Join": ["x", parts]}, []),
        ({"Fn::Join": ["", [*parts, other]]}, [Level.ADVISORY]),
        ({"Fn::If": ["C", ADMIN_ARN, {"Ref": "AWS::NoValue"}]}, [Level.ADVISORY]),
        (other, [Level.ADVISORY]),
        ({"Ref": "R"}, []),
    ):
        role = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [arn]}}
        assert [grant.level for grant in _said(STACK, {"templateBody": _template({"R": role})})] == levels, arn
    for action in (other, {"Fn::Sub": "organizations:${A}"}, {"Fn::If": ["C", "s3:*", "*"]}):
        unsure = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
        policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": unsure}}
        (message,) = _said(STACK, {"templateBody": _template({"P": policy})})
        assert message == "it: its templateBody P.policyDocument can't be judged: a function or macro decides."


_ADMIN_ROLE = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [ADMIN_ARN]}}
_INCLUDED = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/key"}}}


@walk(
    "template",
    [
        {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::R": ["N", ["a"], {"R${N}": _ADMIN_ROLE}]}},
        {"Transform": ["AWS::Serverless-2016-10-31"], "Resources": {}},
        {"Resources": _INCLUDED},
        {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", **_INCLUDED}}}},
    ],
)
def test_what_a_macro_may_add_to_a_template_is_shown(template: dict[str, Any]) -> None:
    (message,) = _said(STACK, {"templateBody": json.dumps(template), "capabilities": ["CAPABILITY_IAM"]})
    assert message == "it: its templateBody can't be judged: a function or macro decides."
    assert message.level is Level.ADVISORY
    assert _said(STACK, {"templateBody": json.dumps(template)}) == []


def test_a_template_in_another_resource_is_judged() -> None:
    stack = {"TemplateBody": _template({"R": _ADMIN_ROLE})}
    outer = _template({"Inner": {"Type": "AWS::CloudFormation::StackSet", "Properties": stack}})
    assert len(_said(STACK, {"templateBody": outer})) == 1
    assert len(_said(CONTROL, {"typeName": "AWS::CloudFormation::Stack", "desiredState": json.dumps(stack)})) == 1


def test_an_extension_of_aws_native_is_judged_as_cloud_controls() -> None:
    extension = "aws-native:index:ExtensionResource"
    properties = {"ManagedPolicyArns": [ADMIN_ARN]}
    assert len(_said(extension, {"type": "AWS::IAM::Role", "properties": properties})) == 1
    assert _said(extension, {"type": "AWS::S3::Bucket", "properties": properties}) == []


def test_exceptions_are_for_whom_it_is_in_the_template() -> None:
    admin = {"ManagedPolicyArns": [ADMIN_ARN]}
    for logical, named, count in (
        ("break-glass-1", {}, 0),
        ("R", {"RoleName": "break-glass-1"}, 0),
        ("break-glass-1", {"RoleName": "everybody"}, 1),
        ("R", {}, 1),
    ):
        template = _template({logical: {"Type": "AWS::IAM::Role", "Properties": {**admin, **named}}})
        assert len(_said(STACK, {"templateBody": template}, ALLOWED)) == count, logical
    for named, count in ({"RoleName": "break-glass-1"}, 0), ({"RoleName": "x"}, 1), ({}, 1):
        policy = {"PolicyDocument": ADMIN, "Roles": [{"Ref": "R"}]}
        role = {"Type": "AWS::IAM::Role", "Properties": named}
        template = _template({"R": role, "P": {"Type": "AWS::IAM::Policy", "Properties": policy}})
        grants = _said(STACK, {"templateBody": template}, ALLOWED)
        assert [grant.is_later for grant in grants] == [False] * count, named


def test_stack_sets_that_organizations_deploys_never_reach_the_management_account() -> None:
    template = _template({"R": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [ADMIN_ARN]}}})
    assert _said(SET, {"templateBody": template, "permissionModel": "SERVICE_MANAGED"}) == []
    assert len(_said(SET, {"templateBody": template, "permissionModel": "SELF_MANAGED"})) == 1


def test_unknown_templates_are_shown_if_they_may_make_iam() -> None:
    for props, count in (
        ({"templateBody": UNKNOWN}, 0),
        ({"templateBody": UNKNOWN, "capabilities": ["CAPABILITY_AUTO_EXPAND"]}, 0),
        ({"templateBody": UNKNOWN, "capabilities": ["CAPABILITY_NAMED_IAM"]}, 1),
        ({"templateBody": UNKNOWN, "capabilities": UNKNOWN}, 1),
        ({"templateUrl": "https://example.com/t", "capabilities": ["CAPABILITY_IAM"]}, 0),
    ):
        grants = _said(STACK, props)
        assert [grant.is_later for grant in grants] == [True] * count, props
    (message,) = _said(CONTROL, {"typeName": "AWS::IAM::Role", "desiredState": UNKNOWN})
    assert message.is_later
    assert len(_said(CONTROL, {"typeName": UNKNOWN, "desiredState": json.dumps({"PolicyDocument": ADMIN})})) == 1
    assert _said(CONTROL, {"typeName": "AWS::S3::Bucket", "desiredState": UNKNOWN}) == []


_ROLE = "Resources: {R: {Type: AWS::IAM::Role}}"
_NONE = ["", "{", "[]", "- a", "a: [", "!Foo", "Resources: 1", "Resources: {R: 1}", "a: &x [*x]", "\t:"]


@walk("text", [*_NONE, _ROLE, _ROLE.replace("}}", ", Properties: !Ref X}}"), "Resources: !Transform {}"])
def test_what_is_no_template_breaks_nothing(text: str) -> None:
    assert _said(STACK, {"templateBody": text}) == []
    assert _said(CONTROL, {"typeName": "AWS::IAM::Role", "desiredState": text}) == []
