"""What IAM refuses beside its quotas."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
AWSS = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def iam(aws: Callable) -> Any:
    return aws("no-organization").client("iam")


def test_names_that_differ_by_case_only_are_the_same_name(iam: Any, code: Callable) -> None:
    creations: list[tuple[Any, str, dict[str, Any]]] = [
        (iam.create_user, "UserName", {}),
        (iam.create_group, "GroupName", {}),
        (iam.create_role, "RoleName", {"AssumeRolePolicyDocument": TRUST}),
        (iam.create_policy, "PolicyName", {"PolicyDocument": ALLOW}),
        (iam.create_instance_profile, "InstanceProfileName", {}),
        (iam.create_saml_provider, "Name", {"SAMLMetadataDocument": "x" * 1000}),
    ]
    for create, name, more in creations:
        create(**{name: "Name"}, **more)
        assert code(create, **{name: "name"}, **more) == "EntityAlreadyExists"
        create(**{name: "other"}, **more)
    iam.get_policy(PolicyArn=AWSS)
    iam.create_policy(PolicyName="ReadOnlyAccess", PolicyDocument=ALLOW)  # AWS's is another account's


def test_what_is_awss_is_not_changed(iam: Any, code: Callable) -> None:
    iam.get_policy(PolicyArn=AWSS)
    for call, more in (
        (iam.create_policy_version, {"PolicyDocument": ALLOW}),
        (iam.delete_policy, {}),
        (iam.delete_policy_version, {"VersionId": "v1"}),
        (iam.set_default_policy_version, {"VersionId": "v1"}),
        (iam.tag_policy, {"Tags": [{"Key": "a", "Value": "b"}]}),
        (iam.untag_policy, {"TagKeys": ["a"]}),
    ):
        assert code(call, PolicyArn=AWSS, **more) == "AccessDenied"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("{", None),
        ({"Action": "sts:AssumeRole"}, {"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}),
        ({"Principal": "*", "Action": "s3:GetObject"}, {"Principal": "*", "Action": "sts:TagSession"}),
        ({"Principal": "*", "Action": "*"}, {"Principal": "*", "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}),
        ({"Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}, None),
    ],
)
def test_a_trust_policy_says_who_may_assume_and_no_more(iam: Any, code: Callable, wrong: Any, right: Any) -> None:
    def document(statement: Any) -> str:
        if isinstance(statement, str):
            return statement
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})

    create = {"RoleName": "r", "AssumeRolePolicyDocument": document(wrong)}
    assert code(iam.create_role, **create) == "MalformedPolicyDocument"
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    update = {"RoleName": "r", "PolicyDocument": document(wrong)}
    assert code(iam.update_assume_role_policy, **update) == "MalformedPolicyDocument"
    if right is not None:
        iam.update_assume_role_policy(RoleName="r", PolicyDocument=document(right))


@pytest.mark.parametrize("kind", ["policy", "policy_version", "user_policy", "group_policy", "role_policy", "trust"])
def test_no_policy_has_a_key_twice_or_a_principal_or_an_odd_sid(iam: Any, code: Callable, kind: str) -> None:
    twice = ALLOW.replace('"Effect"', '"Effect": "Deny", "Effect"', 1)
    principal, sid = (ALLOW.replace('"Effect"', f'{more}, "Effect"') for more in ('"Principal": "*"', '"Sid": "a b"'))
    iam.create_user(UserName="x")
    iam.create_group(GroupName="x")
    iam.create_role(RoleName="x", AssumeRolePolicyDocument=TRUST)
    arn = iam.create_policy(PolicyName="x", PolicyDocument=ALLOW)["Policy"]["Arn"]
    calls: dict[str, tuple[Any, dict[str, str]]] = {
        "policy": (iam.create_policy, {"PolicyName": "y"}),
        "policy_version": (iam.create_policy_version, {"PolicyArn": arn}),
        "user_policy": (iam.put_user_policy, {"UserName": "x", "PolicyName": "y"}),
        "group_policy": (iam.put_group_policy, {"GroupName": "x", "PolicyName": "y"}),
        "role_policy": (iam.put_role_policy, {"RoleName": "x", "PolicyName": "y"}),
        "trust": (iam.update_assume_role_policy, {"RoleName": "x"}),
    }
    call, named = calls[kind]
    for wrong in (twice, principal, sid):
        assert code(call, **named, PolicyDocument=wrong) == "MalformedPolicyDocument"


def tags(*keys: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": "v"} for key in keys]


@pytest.mark.parametrize("kind", ["user", "role", "policy", "instance_profile", "open_id_connect_provider"])
def test_fifty_tags_of_different_keys_none_of_them_awss(iam: Any, code: Callable, kind: str) -> None:
    oidc = {"Url": "https://o.example/x", "ClientIDList": ["x"], "ThumbprintList": ["a" * 40]}
    calls: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "user": ({"UserName": "x"}, {"UserName": "x"}),
        "role": ({"RoleName": "x", "AssumeRolePolicyDocument": TRUST}, {"RoleName": "x"}),
        "policy": (
            {"PolicyName": "x", "PolicyDocument": ALLOW},
            {"PolicyArn": "arn:aws:iam::111122223333:policy/x"},
        ),
        "instance_profile": ({"InstanceProfileName": "x"}, {"InstanceProfileName": "x"}),
        "open_id_connect_provider": (
            oidc,
            {"OpenIDConnectProviderArn": "arn:aws:iam::111122223333:oidc-provider/o.example/x"},
        ),
    }
    create, who = calls[kind]
    make, tag = getattr(iam, f"create_{kind}"), getattr(iam, f"tag_{kind}")
    for wrong in (tags("a", "A"), tags("aws:a"), tags("a", "a")):
        assert code(make, **create, Tags=wrong) == "InvalidInput"
    make(**create, Tags=tags("k0"))
    assert code(tag, **who, Tags=tags("a", "A")) == code(tag, **who, Tags=tags("AWS:a")) == "InvalidInput"
    tag(**who, Tags=tags(*(f"k{number}" for number in range(50))))
    tag(**who, Tags=tags("k0"))
    assert code(tag, **who, Tags=tags("more")) == "LimitExceeded"
