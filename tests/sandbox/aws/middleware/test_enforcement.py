"""IAM enforced, through boto3: allowed and refused calls, and the wording."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError
from moto.iam.models import iam_backends
from pulumi_aws_identity_center import disable_document, enable_document, guard_document, observe_document
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
