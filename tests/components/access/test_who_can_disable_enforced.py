"""Whoever who-can-disable names can, and whoever it doesn't name can't: each user of an account tries everything there
is to try, for real, against the sandbox with IAM enforced."""

from __future__ import annotations

import contextlib
import json

from botocore.exceptions import ClientError
from pulumi_aws_identity_center import guard_document
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable

from sandbox.aws import EmbeddedAws

ACCOUNT = "arn:aws:iam::111122223333"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
SSO = "sso.amazonaws.com"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def allow(*actions, on="*", when=None):
    statement = {"Effect": "Allow", "Action": [*actions], "Resource": on, **({"Condition": when} if when else {})}
    return {"Version": "2012-10-17", "Statement": [statement]}


def policy(name):
    return f"{ACCOUNT}:policy/{name}"


ORGANIZATIONS = allow("organizations:*")
BOUND = {"StringEquals": {"iam:PermissionsBoundary": policy("plain")}}
OPEN = {"StringEquals": {"aws:ResourceTag/open": "yes"}}
ONLY_OLD = {"ArnEquals": {"iam:PolicyARN": policy("two-versions")}}
TEAM = {"StringEquals": {"aws:PrincipalTag/team": "ops"}}
NAMED = {"StringLike": {"aws:username": "n?med"}}
OTHER_SERVICE = {"StringNotEquals": {"organizations:ServicePrincipal": SSO}}
NOT_EXEMPT = {"ArnNotEquals": {"aws:PrincipalArn": f"{ACCOUNT}:user/exempt"}}
DENY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": NOT_EXEMPT}],
}
# name → its inline documents, its managed policies, its boundary.
ABLE = {
    "writes-own": ([allow("iam:PutUserPolicy", on=f"{ACCOUNT}:user/writes-own")], [], None),
    "takes-guard-off": ([ORGANIZATIONS, allow("iam:DetachUserPolicy")], ["guard"], None),
    "takes-boundary-off": ([ORGANIZATIONS, allow("iam:DeleteUserPermissionsBoundary")], [], "bound"),
    "makes-role": ([allow("iam:CreateRole", "iam:AttachRolePolicy", on=f"{ACCOUNT}:role/made-*")], [], None),
    "joins": ([allow("iam:AddUserToGroup", on=f"{ACCOUNT}:group/admins")], [], None),
    "rewrites": ([allow("iam:CreatePolicyVersion")], ["plain"], None),
    "swaps": ([allow("iam:SetDefaultPolicyVersion")], ["two-versions"], None),
    "takes-keys": ([allow("iam:CreateAccessKey", on=f"{ACCOUNT}:user/admin")], [], None),
    "assumes": ([allow("sts:AssumeRole", on=f"{ACCOUNT}:role/strong")], [], None),
    "trusts-itself": ([allow("iam:UpdateAssumeRolePolicy", on=f"{ACCOUNT}:role/strong")], [], None),
    "raises-a-role": ([allow("iam:PutRolePolicy", "sts:AssumeRole", on=f"{ACCOUNT}:role/weak")], [], None),
    "joins-to-assume": ([allow("iam:AddUserToGroup", on=f"{ACCOUNT}:group/assumers")], [], None),
    "sets-back-and-attaches": (
        [allow("iam:SetDefaultPolicyVersion"), allow("iam:AttachUserPolicy", when=ONLY_OLD)],
        [],
        None,
    ),
    "tags-itself": ([allow("iam:TagUser"), allow("organizations:*", when=TEAM)], [], None),
    "tags-the-strong": ([allow("iam:TagRole"), allow("sts:AssumeRole", when=OPEN)], [], None),
    "named": ([allow("organizations:*", when=NAMED)], [], None),
    "exempt": ([ORGANIZATIONS, DENY], [], None),
    "admin": ([], [ADMIN], None),
}
UNABLE = {
    "writes-others": ([allow("iam:PutUserPolicy", on=f"{ACCOUNT}:user/plain")], [], None),
    "keeps-guard": ([ORGANIZATIONS, allow("iam:DetachUserPolicy", on=f"{ACCOUNT}:user/plain")], ["guard"], None),
    "keeps-boundary": ([ORGANIZATIONS], [], "bound"),
    "makes-bound-role": ([allow("iam:CreateRole", "iam:AttachRolePolicy", when=BOUND)], [], None),
    "joins-the-poor": ([allow("iam:AddUserToGroup", on=f"{ACCOUNT}:group/readers")], [], None),
    "rewrites-others": ([allow("iam:CreatePolicyVersion", on=policy("two-versions"))], ["plain"], None),
    "swaps-nothing": ([allow("iam:SetDefaultPolicyVersion", on=policy("plain"))], ["plain"], None),
    "takes-poor-keys": ([allow("iam:CreateAccessKey", on=f"{ACCOUNT}:user/plain")], [], None),
    "assumes-weak": ([allow("sts:AssumeRole", on=f"{ACCOUNT}:role/weak")], [], None),
    "raises-only": ([allow("iam:PutRolePolicy", on=f"{ACCOUNT}:role/weak")], [], None),
    "attaches-the-new": ([allow("iam:AttachUserPolicy", when=ONLY_OLD)], [], None),
    "tags-another": ([allow("iam:TagUser", on=f"{ACCOUNT}:user/plain"), allow("organizations:*", when=TEAM)], [], None),
    "tags-the-weak": ([allow("iam:TagRole", on=f"{ACCOUNT}:role/weak"), allow("sts:AssumeRole", when=OPEN)], [], None),
    "unnamed": ([allow("organizations:*", when=NAMED)], [], None),
    "not-exempt": ([ORGANIZATIONS, DENY], [], None),
    "other-services": ([allow("organizations:DisableAWSServiceAccess", when=OTHER_SERVICE)], [], None),
    "one-organization": ([allow("organizations:*", on="arn:aws:organizations::111122223333:organization/*")], [], None),
    "plain": ([], [], None),
}


def build(iam):
    documents = {
        "guard": guard_document(),
        "plain": allow("s3:*"),
        "bound": allow("iam:*"),
        "two-versions": ORGANIZATIONS,
    }
    for name, document in documents.items():
        iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
    newer = json.dumps(allow("s3:*"))
    iam.create_policy_version(PolicyArn=policy("two-versions"), PolicyDocument=newer, SetAsDefault=True)
    for name, managed in (("admins", ADMIN), ("readers", policy("plain"))):
        iam.create_group(GroupName=name)
        iam.attach_group_policy(GroupName=name, PolicyArn=managed)
    assume = json.dumps(allow("sts:AssumeRole", on=f"{ACCOUNT}:role/strong"))
    iam.create_group(GroupName="assumers")
    iam.put_group_policy(GroupName="assumers", PolicyName="p", PolicyDocument=assume)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"{ACCOUNT}:root"}}
    for name, document in (("strong", EVERYTHING), ("weak", allow("s3:*"))):
        iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(document))


def add(iam, name, inline, managed, boundary):
    iam.create_user(UserName=name)
    for number, document in enumerate(inline):
        iam.put_user_policy(UserName=name, PolicyName=f"p{number}", PolicyDocument=json.dumps(document))
    for managed_policy in managed:
        iam.attach_user_policy(
            UserName=name, PolicyArn=managed_policy if managed_policy.startswith("arn:") else policy(managed_policy)
        )
    if boundary:
        iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=policy(boundary))
    return iam.create_access_key(UserName=name)["AccessKey"]


def tries(iam, me):
    """Everything there is to try in IAM, in an order in which it helps; what gives other credentials comes last."""
    everything = json.dumps(EVERYTHING)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"{ACCOUNT}:user/{me}"}}
    trusting = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    yield lambda: iam.put_user_policy(UserName=me, PolicyName="new", PolicyDocument=everything)
    yield lambda: iam.detach_user_policy(UserName=me, PolicyArn=policy("guard"))
    yield lambda: iam.delete_user_permissions_boundary(UserName=me)
    for group in ("admins", "readers", "assumers"):
        yield lambda group=group: iam.add_user_to_group(UserName=me, GroupName=group)
    yield lambda: iam.tag_user(UserName=me, Tags=[{"Key": "team", "Value": "ops"}])
    for name in ("strong", "weak"):
        yield lambda name=name: iam.tag_role(RoleName=name, Tags=[{"Key": "open", "Value": "yes"}])
    for name in ("plain", "bound"):
        new = {"PolicyArn": policy(name), "PolicyDocument": everything, "SetAsDefault": True}
        yield lambda new=new: iam.create_policy_version(**new)
    yield lambda: iam.set_default_policy_version(PolicyArn=policy("two-versions"), VersionId="v1")
    yield lambda: iam.attach_user_policy(UserName=me, PolicyArn=policy("two-versions"))
    role = {"RoleName": f"made-{me}", "AssumeRolePolicyDocument": trusting}
    yield lambda: iam.create_role(**role)
    yield lambda: iam.create_role(**role, PermissionsBoundary=policy("plain"))
    yield lambda: iam.attach_role_policy(RoleName=f"made-{me}", PolicyArn=ADMIN)
    yield lambda: iam.put_role_policy(RoleName="weak", PolicyName="new", PolicyDocument=everything)
    yield lambda: iam.update_assume_role_policy(RoleName="strong", PolicyDocument=trusting)


def becoming(iam, sts, me):
    yield lambda: iam.create_access_key(UserName="admin")["AccessKey"]
    yield lambda: iam.create_access_key(UserName="plain")["AccessKey"]
    for role in ("strong", "weak", f"made-{me}"):
        arn = f"{ACCOUNT}:role/{role}"
        yield lambda arn=arn: sts.assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]


def locks_out(aws, me, key):
    """Whether the owner of that key can turn trusted access off, by any sequence of calls."""
    iam, sts = aws.client("iam", credentials=key), aws.client("sts", credentials=key)
    for attempt in tries(iam, me):
        with contextlib.suppress(ClientError):
            attempt()
    keys = [key]
    for attempt in becoming(iam, sts, me):
        with contextlib.suppress(ClientError):
            keys.append(attempt())
    for key in keys:
        with contextlib.suppress(ClientError):
            aws.client("organizations", credentials=key).disable_aws_service_access(ServicePrincipal=SSO)
            aws.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
            return True
    return False


def test_the_listed_reach_it_and_nobody_else_does(tmp_path):
    snapshot = tmp_path / "world"
    with EmbeddedAws("sso-enabled", enforce_iam=True, save=snapshot) as aws:
        iam = aws.client("iam")
        build(iam)
        keys = {name: add(iam, name, *has) for name, has in {**ABLE, **UNABLE}.items()}
        pages = list(iam.get_paginator("get_account_authorization_details").paginate())
    report = who_can_disable(read_account(pages, RELEVANT_ACTIONS))
    named = {row["arn"].rpartition("/")[2] for row in report["principals"]}
    assert named & set(keys) == set(ABLE)
    assert report["undetermined"] == []
    able = set()
    for name, key in keys.items():
        with EmbeddedAws("sso-enabled", enforce_iam=True, load=snapshot) as aws:
            if locks_out(aws, name, key):
                able.add(name)
    assert able == set(ABLE)
