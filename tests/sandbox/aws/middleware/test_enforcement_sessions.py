"""IAM enforced on what STS gives: sessions within their policies, tags, codes and times; who gets into a role."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest

MANAGEMENT, MEMBER, OTHER = "111122223333", "222233334444", "333344445555"
READ_ONLY = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"


def allow(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trusting(principal: Any, action: Any = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Principal": principal, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def account(id_: str) -> dict[str, str]:
    return {"AWS": f"arn:aws:iam::{id_}:root"}


def assume(sts: Any, arn: str, **more: Any) -> dict[str, str]:
    session_credentials: dict[str, str] = sts.assume_role(RoleArn=arn, RoleSessionName="test", **more)["Credentials"]
    return session_credentials


def test_managed_session_policies_narrow_a_session_beside_the_inline_one(
    enforced: Any, role: Callable, refusal: Callable
) -> None:
    arn, sts = role("all", allow("*")), enforced.client("sts")
    narrow = assume(sts, arn, PolicyArns=[{"arn": READ_ONLY}])
    enforced.client("iam", credentials=narrow).list_roles()
    error = refusal(enforced.client("organizations", credentials=narrow).describe_organization)
    assert "because no session policy allows" in error["Message"]
    both = assume(sts, arn, PolicyArns=[{"arn": READ_ONLY}], Policy=json.dumps(allow("organizations:Describe*")))
    enforced.client("iam", credentials=both).list_roles()
    enforced.client("organizations", credentials=both).describe_organization()
    assert refusal(enforced.client("organizations", credentials=both).list_roots)["Code"] == "AccessDeniedException"
    wide = assume(sts, role("poor", allow("iam:List*")), PolicyArns=[{"arn": READ_ONLY}])
    enforced.client("iam", credentials=wide).list_roles()
    error = refusal(enforced.client("iam", credentials=wide).get_role, RoleName="poor")
    assert "because no identity-based policy allows" in error["Message"]


def test_a_role_whose_trust_asks_for_a_code_takes_one(
    enforced: Any, user: Callable, role: Callable, refusal: Callable
) -> None:
    coded: dict[str, Any] = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    arn = role("coded", trust=trusting({"AWS": f"arn:aws:iam::{MANAGEMENT}:user/u"}, **coded))
    sts, iam = user("u")("sts"), enforced.client("iam")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName="u", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")
    assert refusal(assume, sts=sts, arn=arn)["Code"] == "AccessDenied"
    assert refusal(assume, sts=sts, arn=arn, SerialNumber=serial + "x", TokenCode="123456")
    session = assume(sts, arn, SerialNumber=serial, TokenCode="123456")
    assert enforced.client("sts", credentials=session).get_caller_identity()["Arn"].endswith("/coded/test")


def test_older_sessions_are_revoked_as_the_console_does_it(enforced: Any, role: Callable, refusal: Callable) -> None:
    arn, sts = role("r", allow("*")), enforced.client("sts")
    old = enforced.client("iam", credentials=assume(sts, arn))
    enforced.move_clock(60)
    long_ago = {"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}
    document = allow("*", effect="Deny", Condition=long_ago)
    iam = enforced.client("iam")
    iam.put_role_policy(RoleName="r", PolicyName="AWSRevokeOlderSessions", PolicyDocument=json.dumps(document))
    old.list_roles()
    moment = datetime.datetime.fromtimestamp(enforced.world.now() - 30, datetime.UTC)
    now = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    document["Statement"][0]["Condition"] = {"DateLessThan": {"aws:TokenIssueTime": now}}
    iam.put_role_policy(RoleName="r", PolicyName="AWSRevokeOlderSessions", PolicyDocument=json.dumps(document))
    assert refusal(old.list_roles)["Code"] == "AccessDenied"
    enforced.client("iam", credentials=assume(sts, arn)).list_roles()


def test_a_sessions_tags_go_before_the_roles_own(enforced: Any, role: Callable, refusal: Callable) -> None:
    both = {"aws:PrincipalTag/team": "blue", "aws:PrincipalTag/size": "7"}
    blue: dict[str, Any] = {"Condition": {"StringEquals": both}}
    tags = [{"Key": "team", "Value": "red"}, {"Key": "size", "Value": "7"}]
    trust = trusting(account(MANAGEMENT), ["sts:AssumeRole", "sts:TagSession"])
    arn, sts = role("r", allow("iam:ListRoles", **blue), trust=trust, Tags=tags), enforced.client("sts")
    assert refusal(enforced.client("iam", credentials=assume(sts, arn)).list_roles)["Code"] == "AccessDenied"
    tagged = assume(sts, arn, Tags=[{"Key": "team", "Value": "blue"}])
    enforced.client("iam", credentials=tagged).list_roles()


def test_both_ends_must_allow_session_tags_and_source_identity(
    enforced: Any, user: Callable, role: Callable, refusal: Callable
) -> None:
    named = {"Condition": {"StringLike": {"sts:SourceIdentity": "a*"}}}
    trust = trusting(account(MANAGEMENT), ["sts:AssumeRole", "sts:TagSession"])
    trust["Statement"] += trusting(account(MANAGEMENT), "sts:SetSourceIdentity", **named)["Statement"]
    arn = role("r", allow("iam:ListRoles", Condition={"StringEquals": {"aws:SourceIdentity": "ann"}}), trust=trust)
    closed = role("closed")
    tags = {"Tags": [{"Key": "a", "Value": "b"}]}
    plain, full = user("u", allow("sts:AssumeRole"))("sts"), user("v", allow("sts:*"))("sts")
    assume(plain, arn)
    assert "sts:TagSession" in refusal(assume, sts=plain, arn=arn, **tags)["Message"]
    assert "sts:SetSourceIdentity" in refusal(assume, sts=plain, arn=arn, SourceIdentity="ann")["Message"]
    assert "sts:TagSession" in refusal(assume, sts=full, arn=closed, **tags)["Message"]
    assert "sts:SetSourceIdentity" in refusal(assume, sts=full, arn=arn, SourceIdentity="bob")["Message"]
    session = assume(full, arn, **tags, SourceIdentity="ann")
    enforced.client("iam", credentials=session).list_roles()
    assert refusal(enforced.client("iam", credentials=assume(full, arn)).list_roles)


@pytest.mark.parametrize(
    ("condition", "passes"),
    [
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, True),
        ({"StringNotLike": {"aws:PrincipalOrgID": "o-*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{MEMBER}:user/*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:user/*"}}, False),
        ({"StringEquals": {"sts:RoleSessionName": "test"}}, True),
        ({"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}, False),
        ({"StringEquals": {"aws:ResourceTag/door": "open"}}, True),
        ({"StringEquals": {"aws:ResourceTag/door": "shut"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": MEMBER, "aws:ResourceAccount": MANAGEMENT}}, True),
    ],
)
def test_trust_conditions_bind_callers_from_another_account(
    enforced: Any, user: Callable, role: Callable, refusal: Callable, condition: Any, passes: bool
) -> None:
    tags = [{"Key": "door", "Value": "open"}]
    arn = role("r", trust=trusting({"AWS": "*"}, Condition=condition), Tags=tags)
    sts = user("u", allow("sts:AssumeRole"), account=MEMBER)("sts")
    if passes:
        assume(sts, arn)
    else:
        assert "because no resource-based policy allows" in refusal(assume, sts=sts, arn=arn)["Message"]


def test_across_accounts_both_ends_have_to_allow(
    enforced: Any, user: Callable, role: Callable, refusal: Callable
) -> None:
    able, unable = user("a", allow("sts:*"), account=MEMBER)("sts"), user("b", account=MEMBER)("sts")
    named = role("named", trust={"AWS": [f"arn:aws:iam::{MEMBER}:user/{name}" for name in "ab"]})
    assume(able, named)
    assert "because no identity-based policy" in refusal(assume, sts=unable, arn=named)["Message"]
    assert "because no resource-based policy" in refusal(assume, sts=able, arn=role("closed"))["Message"]
    shut = trusting({"AWS": f"arn:aws:iam::{MEMBER}:user/a"})
    shut["Statement"].append({"Effect": "Deny", "Action": "sts:*", "Principal": {"AWS": "*"}})
    error = refusal(assume, sts=able, arn=role("shut", trust=shut))
    assert error["Message"].endswith("with an explicit deny in a resource-based policy")


def test_across_accounts_what_hangs_on_the_unknown_is_said(
    enforced: Any, user: Callable, role: Callable, refusal: Callable
) -> None:
    unknown: dict[str, Any] = {"Condition": {"StringLike": {"aws:Referer": "x"}}}
    arn, shut = role("r", trust=account(MEMBER)), role("shut")
    sts = user("u", allow("sts:AssumeRole", **unknown), account=MEMBER)("sts")
    assert refusal(assume, sts=sts, arn=arn)["Code"] == "SandboxNotImplemented"
    assert refusal(assume, sts=sts, arn=shut)["Code"] == "AccessDenied"
    able, hazy = (
        user("v", allow("sts:*"), account=MEMBER)("sts"),
        role("hazy", trust=trusting(account(MEMBER), **unknown)),
    )
    assert refusal(assume, sts=able, arn=hazy)["Code"] == "SandboxNotImplemented"


def test_a_policy_names_a_session_or_its_role(enforced: Any, role: Callable, refusal: Callable) -> None:
    hub = role("hub", allow("sts:AssumeRole"))
    session = f"arn:aws:sts::{MANAGEMENT}:assumed-role/hub"
    sts = enforced.client("sts", credentials=assume(enforced.client("sts"), hub))
    assume(sts, role("by-role", trust={"AWS": hub}))
    assume(sts, role("by-session", trust={"AWS": f"{session}/test"}))
    assert refusal(assume, sts=sts, arn=role("by-another", trust={"AWS": f"{session}/other"}))["Code"] == "AccessDenied"


def test_a_deleted_roles_sessions_are_allowed_nothing(enforced: Any, role: Callable, refusal: Callable) -> None:
    credentials = assume(enforced.client("sts"), role("r", allow("iam:ListRoles")))
    iam = enforced.client("iam", credentials=credentials)
    iam.list_roles()
    own = enforced.client("iam")
    own.delete_role_policy(RoleName="r", PolicyName="p0")
    own.delete_role(RoleName="r")
    assert refusal(iam.list_roles)["Code"] == "AccessDenied"
