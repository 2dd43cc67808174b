"""IAM enforced, through boto3: allowed and refused calls, the wording, and that who-can-disable agrees."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError
from moto.iam.models import iam_backends
from pulumi_aws_identity_center import disable_document, enable_document, guard_document, observe_document
from pulumi_aws_identity_center.access.authorization_details import read_account
from pulumi_aws_identity_center.access.who_can_disable import RELEVANT_ACTIONS, who_can_disable
from pulumi_aws_identity_center.names import DISABLE_ACTION

from sandbox.aws.core.world import serving

MANAGEMENT = "111122223333"
SSO = "sso.amazonaws.com"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
ROOT = {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}


def allow(action, resource="*", effect="Allow", **more):
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trusting(principal, **more):
    return {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}]}


def assume(sts, arn, **more):
    return sts.assume_role(RoleArn=arn, RoleSessionName="test", **more)["Credentials"]


def test_the_enable_document_lets_an_operator_enable_but_not_disable(enforced, user, refusal):
    organizations = user("operator", enable_document())("organizations")
    organizations.enable_aws_service_access(ServicePrincipal=SSO)
    organizations.list_aws_service_access_for_organization()
    error = refusal(organizations.disable_aws_service_access, ServicePrincipal=SSO)
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"] == (
        f"User: arn:aws:iam::{MANAGEMENT}:user/operator is not authorized to perform: {DISABLE_ACTION} on resource: * "
        f"because no identity-based policy allows the {DISABLE_ACTION} action"
    )
    assert refusal(organizations.enable_aws_service_access, ServicePrincipal="config.amazonaws.com")["Code"] == (
        "AccessDeniedException"
    )


def test_the_disable_document_disables_this_service_only(enforced, user, refusal):
    organizations = user("breaker", disable_document())("organizations")
    assert refusal(organizations.disable_aws_service_access, ServicePrincipal="config.amazonaws.com")
    assert refusal(organizations.enable_aws_service_access, ServicePrincipal=SSO)
    organizations.disable_aws_service_access(ServicePrincipal=SSO)


def test_an_observer_reads_what_status_reads_and_changes_nothing(enforced, user, refusal):
    clients = user("observer", observe_document())
    clients("organizations").list_delegated_administrators()
    clients("sso-admin").list_instances()
    clients("iam").get_role(RoleName="AWSServiceRoleForSSO")
    error = refusal(clients("iam").get_role, RoleName="Other")
    assert error["Code"] == "AccessDenied"
    assert "role/Other because no identity-based policy allows the iam:GetRole action" in error["Message"]
    assert refusal(clients("organizations").enable_aws_service_access, ServicePrincipal=SSO)


def test_the_guard_denies_an_administrator_but_not_break_glass(enforced, user, role, refusal):
    glass = f"arn:aws:iam::{MANAGEMENT}:role/break-glass"
    guard = guard_document(break_glass_principals=[glass])
    organizations = user("admin", guard, managed=[ADMIN])("organizations")
    error = refusal(organizations.disable_aws_service_access, ServicePrincipal=SSO)
    assert error["Message"].endswith("with an explicit deny in an identity-based policy")
    role("break-glass", allow("*"), guard)
    enforced.client("organizations", role="break-glass").disable_aws_service_access(ServicePrincipal=SSO)


def test_boundaries_limit_roles_and_session_policies_limit_sessions(enforced, user, role, refusal):
    role("bounded", allow("*"), boundary=guard_document(boundary=True))
    error = refusal(enforced.client("organizations", role="bounded").disable_aws_service_access, ServicePrincipal=SSO)
    assert error["Message"].endswith("with an explicit deny in a permissions boundary")
    enforced.client("organizations", role="bounded").describe_organization()
    arn = role("free", allow("*"))
    narrow = assume(enforced.client("sts"), arn, Policy=json.dumps(allow("organizations:Describe*")))
    organizations = enforced.client("organizations", credentials=narrow)
    organizations.describe_organization()
    error = refusal(organizations.disable_aws_service_access, ServicePrincipal=SSO)
    assert error["Message"].endswith(f"because no session policy allows the {DISABLE_ACTION} action")


def test_group_members_have_the_groups_permissions_while_they_are_members(enforced, user, refusal):
    iam = enforced.client("iam")
    iam.create_group(GroupName="ops")
    iam.attach_group_policy(GroupName="ops", PolicyArn=ADMIN)
    organizations = user("member", groups=["ops"])("organizations")
    organizations.describe_organization()
    iam.remove_user_from_group(GroupName="ops", UserName="member")
    assert refusal(organizations.describe_organization)["Code"] == "AccessDeniedException"


def test_of_a_managed_policy_the_default_version_counts(enforced, user, refusal):
    iam = enforced.client("iam")
    document = json.dumps(allow("organizations:*"))
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document)["Policy"]["Arn"]
    organizations = user("u", managed=[arn])("organizations")
    organizations.list_roots()
    narrow = json.dumps(allow("organizations:Describe*"))
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=narrow)["PolicyVersion"]["VersionId"]
    organizations.list_roots()
    iam.set_default_policy_version(PolicyArn=arn, VersionId=version)
    assert refusal(organizations.list_roots)["Code"] == "AccessDeniedException"
    organizations.describe_organization()


def test_a_boundary_that_is_gone_allows_nothing(enforced, user, refusal):
    organizations = user("u", allow("*"))("organizations")
    organizations.list_roots()
    with serving(enforced.world):
        iam_backends[MANAGEMENT]["aws"].users["u"].permissions_boundary_arn = f"arn:aws:iam::{MANAGEMENT}:policy/gone"
    assert "because no permissions boundary allows" in refusal(organizations.list_roots)["Message"]


def test_assuming_a_role_needs_its_trust_and_the_callers_permission(enforced, user, role, refusal):
    named = role("named", trust={"AWS": f"arn:aws:iam::{MANAGEMENT}:user/ann"})
    account = role("account")
    keyed = role("keyed", trust=trusting(ROOT, Condition={"StringEquals": {"sts:ExternalId": "secret"}}))
    enforced.client("iam").create_user(UserName="zed")
    ann, bob = user("ann")("sts"), user("bob", allow("sts:AssumeRole"))("sts")
    assume(ann, named)
    assert "because no identity-based policy" in refusal(assume, sts=ann, arn=account)["Message"]
    assert refusal(assume, sts=bob, arn=named)["Message"] == (
        f"User: arn:aws:iam::{MANAGEMENT}:user/bob is not authorized to perform: sts:AssumeRole "
        f"on resource: {named} because no resource-based policy allows the sts:AssumeRole action"
    )
    assume(bob, account)
    assert refusal(assume, sts=bob, arn=keyed)["Code"] == "AccessDenied"
    assume(bob, keyed, ExternalId="secret")
    assert refusal(assume, sts=bob, arn=f"arn:aws:iam::{MANAGEMENT}:role/gone")["Code"] == "AccessDenied"


def test_whoever_one_is_may_always_be_asked(enforced, user):
    who = user("nobody", allow("*", effect="Deny"))("sts").get_caller_identity()
    assert who["Arn"].endswith(":user/nobody")


def test_unknown_keys_are_refused_and_the_sandboxs_own_allowed_everything(enforced, refusal):
    stranger = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x"}
    assert refusal(enforced.client("iam", credentials=stranger).list_users)["Code"] == "InvalidClientTokenId"
    refused = refusal(enforced.client("organizations", credentials=stranger).describe_organization)
    assert refused["Code"] == "UnrecognizedClientException"
    enforced.client("organizations").describe_organization()


def test_an_scp_binds_member_accounts_and_not_the_management_account(enforced, role, refusal):
    organizations = enforced.client("organizations")
    root = organizations.list_roots()["Roots"][0]
    member = next(a["Id"] for a in organizations.list_accounts()["Accounts"] if a["Id"] != MANAGEMENT)
    with contextlib.suppress(ClientError):
        organizations.enable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    for account in (MANAGEMENT, member):
        role("reader", allow("*"), account=account)
        enforced.client("iam", account, "reader").list_users()
    content = json.dumps(allow("iam:ListUsers", effect="Deny"))
    policy = organizations.create_policy(
        Name="no-users", Description="-", Type="SERVICE_CONTROL_POLICY", Content=content
    )["Policy"]["PolicySummary"]
    organizations.attach_policy(PolicyId=policy["Id"], TargetId=root["Id"])
    error = refusal(enforced.client("iam", member, "reader").list_users)
    assert error["Message"].endswith("with an explicit deny in a service control policy")
    enforced.client("iam", MANAGEMENT, "reader").list_users()


def test_an_undecidable_permission_is_said_and_not_guessed(enforced, user, refusal):
    document = allow("*", Condition={"StringLike": {"aws:Referer": "x*"}})
    error = refusal(user("ann", document)("organizations").describe_organization)
    assert error["Code"] == "SandboxNotImplemented"
    assert "aws:Referer" in error["Message"]
    # Of services that are moto's alone it knows neither resources nor, where they are REST, actions.
    bob = user("bob", allow("events:*", "arn:aws:events:us-east-1:111122223333:rule/*"), allow("s3:*"))
    assert refusal(bob("events").list_rules)["Code"] == "SandboxNotImplemented"
    assert refusal(bob("s3").list_buckets)["Code"] in ("SandboxNotImplemented", "501")
    assert refusal(bob("ssm").describe_parameters)["Code"] == "AccessDeniedException"
    user("cat", allow("events:*"))("events").list_rules()
    keyed = allow("events:*", Condition={"StringEquals": {"events:source": "x"}})
    assert "events:source" in refusal(user("dan", keyed)("events").list_rules)["Message"]


def test_exactly_the_principals_of_who_can_disable_can_disable(enforced, user, role):
    iam = enforced.client("iam")
    iam.create_group(GroupName="ops")
    iam.put_group_policy(GroupName="ops", PolicyName="ops", PolicyDocument=json.dumps(allow("organizations:Dis*")))
    user_arn = f"arn:aws:iam::{MANAGEMENT}:user/mine"
    by_name = {"ArnNotEquals": {"aws:PrincipalArn": user_arn}}
    other_service = {"StringNotEquals": {"organizations:ServicePrincipal": SSO}}
    clients = {
        "admin": user("admin", managed=[ADMIN])("organizations"),
        "member": user("member", groups=["ops"])("organizations"),
        "breaker": user("breaker", disable_document())("organizations"),
        "enabler": user("enabler", enable_document())("organizations"),
        "guarded": user("guarded", guard_document(), managed=[ADMIN])("organizations"),
        "mine": user("mine", allow("*"), allow("*", effect="Deny", Condition=by_name))("organizations"),
        "notmine": user("notmine", allow("*"), allow("*", effect="Deny", Condition=by_name))("organizations"),
        "others": user("others", allow("organizations:*", Condition=other_service))("organizations"),
        "named": user("named", allow("*", Condition={"StringLike": {"aws:username": "n?med"}}))("organizations"),
        "scoped": user("scoped", allow("organizations:*", f"arn:aws:organizations::{MANAGEMENT}:organization/*"))(
            "organizations"
        ),
        "poor": user("poor")("organizations"),
    }
    for name, bound in {"bounded": allow("s3:*"), "wide": allow("*")}.items():
        role(name, allow("*"), boundary=bound)
        clients[name] = enforced.client("organizations", role=name)
    able = set()
    for name, organizations in clients.items():
        enforced.client("organizations").enable_aws_service_access(ServicePrincipal=SSO)
        with contextlib.suppress(organizations.exceptions.AccessDeniedException):
            organizations.disable_aws_service_access(ServicePrincipal=SSO)
            able.add(name)
    pages = [
        {key: value for key, value in page.items() if key not in ("IsTruncated", "Marker")}
        for page in iam.get_paginator("get_account_authorization_details").paginate()
    ]
    report = who_can_disable(read_account(pages, RELEVANT_ACTIONS))
    named = {row["arn"].rpartition("/")[2] for row in report["principals"] if DISABLE_ACTION in row["actions"]}
    assert report["undetermined"] == []
    assert named & set(clients) == able
    assert able == {"admin", "member", "breaker", "mine", "named", "wide"}


@pytest.mark.parametrize("enforce_iam", [True, False])
@pytest.mark.parametrize(
    ("trust", "assumed"),
    [
        ({"AWS": "arn:aws:iam::111122223333:root"}, True),
        ({"AWS": "*"}, True),
        ({"AWS": "arn:aws:iam::222233334444:root"}, False),
        ({"AWS": "arn:aws:iam::111122223333:user/ann"}, False),
        ({"Service": "lambda.amazonaws.com"}, False),
    ],
)
def test_a_role_binds_administrators_by_its_trust_enforced_or_not(
    aws: Callable, enforce_iam: bool, trust: dict[str, str], assumed: bool
) -> None:
    cloud = aws("organization", enforce_iam=enforce_iam)
    statement = {"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = cloud.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    session_arguments = {"RoleArn": arn, "RoleSessionName": "admin"}
    if assumed:
        assert cloud.client("sts").assume_role(**session_arguments)["AssumedRoleUser"]
        return
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        cloud.client("sts").assume_role(**session_arguments)
