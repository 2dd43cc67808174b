"""IAM's quotas, and what cannot be deleted yet."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def document(size: int) -> str:
    """A policy of so many characters without white space, and some with."""
    statement = {"Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    empty = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    statement["Sid"] = "a" * (size - len(empty.replace(" ", "")))
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def iam(aws: Callable) -> Any:
    return aws("no-organization").client("iam")


def policy(iam: Any, name: str) -> str:
    arn: str = iam.create_policy(PolicyName=name, PolicyDocument=document(200))["Policy"]["Arn"]
    return arn


@pytest.mark.parametrize("kind", ["role", "user", "group"])
def test_attached_and_inline_policies_have_their_limits(iam: Any, code: Callable, kind: str) -> None:
    limit = {"role": 10_240, "user": 2_048, "group": 5_120}[kind]
    extra = {"AssumeRolePolicyDocument": TRUST} if kind == "role" else {}
    name = {f"{kind.title()}Name": "x"}
    getattr(iam, f"create_{kind}")(**name, **extra)
    attach, put = getattr(iam, f"attach_{kind}_policy"), getattr(iam, f"put_{kind}_policy")
    arns = [policy(iam, f"p{number}") for number in range(11)]
    for arn in arns[:10]:
        attach(**name, PolicyArn=arn)
    assert code(attach, **name, PolicyArn=arns[10]) == "LimitExceeded"
    attach(**name, PolicyArn=arns[0])
    put(**name, PolicyName="first", PolicyDocument=document(limit - 500))
    assert code(put, **name, PolicyName="second", PolicyDocument=document(501)) == "LimitExceeded"
    put(**name, PolicyName="second", PolicyDocument=document(500))
    put(**name, PolicyName="first", PolicyDocument=document(200))


def test_a_managed_policy_has_6144_characters_and_five_versions(iam: Any, code: Callable) -> None:
    create = iam.create_policy
    assert code(create, PolicyName="long", PolicyDocument=document(6_145)) == "LimitExceeded"
    arn = create(PolicyName="fits", PolicyDocument=document(6_144))["Policy"]["Arn"]
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(200))
    sixth = code(iam.create_policy_version, PolicyArn=arn, PolicyDocument=document(200))
    assert sixth == "LimitExceeded"
    assert code(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
    assert code(iam.delete_policy_version, PolicyArn=arn, VersionId="v1") == "DeleteConflict"
    for version in ("v2", "v3", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)


def test_a_trust_policy_fits(iam: Any, code: Callable) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "a" * 2_000}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert code(iam.create_role, RoleName="x", AssumeRolePolicyDocument=trust) == "LimitExceeded"


def test_a_policy_that_is_attached_is_not_deleted(iam: Any, code: Callable) -> None:
    arn = policy(iam, "p")
    iam.create_group(GroupName="g")
    iam.attach_group_policy(GroupName="g", PolicyArn=arn)
    assert code(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
    iam.detach_group_policy(GroupName="g", PolicyArn=arn)
    for kind, more in (("user", {}), ("role", {"AssumeRolePolicyDocument": TRUST})):
        name = {f"{kind.title()}Name": "x"}
        getattr(iam, f"create_{kind}")(**name, **more, PermissionsBoundary=arn)
        assert code(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
        getattr(iam, f"delete_{kind}_permissions_boundary")(**name)
    iam.delete_policy(PolicyArn=arn)


def test_a_user_is_deleted_when_nothing_hangs_on_it(iam: Any, code: Callable) -> None:
    iam.create_user(UserName="u")
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]
    iam.create_login_profile(UserName="u", Password="correct horse")
    for take_away in (
        lambda: iam.remove_user_from_group(GroupName="g", UserName="u"),
        lambda: iam.delete_access_key(UserName="u", AccessKeyId=key),
        lambda: iam.delete_login_profile(UserName="u"),
    ):
        assert code(iam.delete_user, UserName="u") == "DeleteConflict"
        take_away()
    iam.delete_user(UserName="u")


def test_a_group_is_deleted_when_nothing_hangs_on_it(iam: Any, code: Callable) -> None:
    iam.create_user(UserName="u")
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="u")
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=document(200))
    assert code(iam.delete_group, GroupName="g") == "DeleteConflict"
    iam.remove_user_from_group(GroupName="g", UserName="u")
    assert code(iam.delete_group, GroupName="g") == "DeleteConflict"
    iam.delete_group_policy(GroupName="g", PolicyName="p")
    iam.delete_group(GroupName="g")


def test_a_user_is_in_ten_groups_at_most(iam: Any, code: Callable) -> None:
    iam.create_user(UserName="u")
    for number in range(11):
        iam.create_group(GroupName=f"g{number}")
    for number in range(10):
        iam.add_user_to_group(GroupName=f"g{number}", UserName="u")
    assert code(iam.add_user_to_group, GroupName="g10", UserName="u") == "LimitExceeded"


def test_an_account_has_so_many_users_groups_roles_and_policies(aws: Callable, code: Callable, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("quotas: {iam_users: 1, iam_groups: 2, iam_roles: 1, iam_policies: 1}\n")
    iam = aws(seed).client("iam")
    iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")  # doesn't count
    creations: list[tuple[Any, str, dict[str, Any], int]] = [
        (iam.create_user, "UserName", {}, 1),
        (iam.create_group, "GroupName", {}, 2),
        (iam.create_role, "RoleName", {"AssumeRolePolicyDocument": TRUST}, 1),
        (iam.create_policy, "PolicyName", {"PolicyDocument": document(200)}, 1),
    ]
    for create, name, more, most in creations:
        for number in range(most):
            create(**{name: f"n{number}"}, **more)
        assert code(create, **{name: "more"}, **more) == "LimitExceeded"


def test_a_user_has_two_keys_at_most(iam: Any, code: Callable) -> None:
    iam.create_user(UserName="u")
    for _ in range(2):
        iam.create_access_key(UserName="u")
    assert code(iam.create_access_key, UserName="u") == "LimitExceeded"
