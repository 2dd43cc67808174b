"""IAM enforced with the organization's policies: SCPs over a member's root and roles, RCPs before its roles; neither
over the management account."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.aws.authorization import principals

MANAGEMENT, MEMBER, OTHER = "111122223333", "222233334444", "333344445555"
STANDALONE = "999988887777"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def allow(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def assume(sts: Any, arn: str, **more: Any) -> dict[str, str]:
    session_credentials: dict[str, str] = sts.assume_role(RoleArn=arn, RoleSessionName="test", **more)["Credentials"]
    return session_credentials


def attached(running: Any, kind: str, target: str, statement: dict[str, Any]) -> str:
    """A policy of the organization, attached to an account or root; its type is enabled first."""
    organizations = running.client("organizations")
    on = organizations.list_roots()["Roots"][0]["PolicyTypes"]
    if kind not in [policy_type["Type"] for policy_type in on if policy_type["Status"] == "ENABLED"]:
        organizations.enable_policy_type(RootId="r-exam", PolicyType=kind)
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    policy = organizations.create_policy(Name=kind, Description="", Type=kind, Content=document)
    id_ = str(policy["Policy"]["PolicySummary"]["Id"])
    organizations.attach_policy(PolicyId=id_, TargetId=target)
    return id_


def test_scps_bind_members_but_not_the_management_account(enforced: Any, role: Callable, refusal: Callable) -> None:
    def root(id_: str) -> Any:
        return enforced.client("iam", credentials={"AccessKeyId": principals.root_key(id_), "SecretAccessKey": "x"})

    root(MEMBER).list_roles()
    policy = attached(enforced, "SERVICE_CONTROL_POLICY", MEMBER, allow("iam:ListRoles", effect="Deny")["Statement"][0])
    assert refusal(root(MEMBER).list_roles)["Message"].endswith("with an explicit deny in a service control policy")
    root(MEMBER).list_users()
    for id_ in (OTHER, MANAGEMENT):
        root(id_).list_roles()
    role("r", allow("*"), account=MEMBER)
    assert refusal(enforced.client("iam", MEMBER, "r").list_roles)["Code"] == "AccessDenied"
    organizations = enforced.client("organizations")
    organizations.attach_policy(PolicyId=policy, TargetId=MANAGEMENT)
    root(MANAGEMENT).list_roles()
    # Each level has to allow: without the policy that allows all, the account may do nothing.
    organizations.attach_policy(PolicyId=_allowing(organizations, "iam:ListRoles"), TargetId=OTHER)
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=OTHER)
    root(OTHER).list_roles()
    error = refusal(root(OTHER).list_users)
    assert error["Message"].endswith("because no service control policy allows the iam:ListUsers action")
    organizations.disable_policy_type(RootId="r-exam", PolicyType="SERVICE_CONTROL_POLICY")
    root(OTHER).list_users()


def _allowing(organizations: Any, action: str) -> str:
    policy = organizations.create_policy(
        Name=action.replace(":", "-"), Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(allow(action))
    )
    return str(policy["Policy"]["PolicySummary"]["Id"])


def test_rcps_protect_members_roles_but_not_the_management_accounts(
    enforced: Any, user: Callable, role: Callable, refusal: Callable
) -> None:
    outside = user("out", allow("sts:*"), account=STANDALONE)("sts")
    inside = user("in", allow("sts:*"))("sts")
    own = user("own", allow("sts:*"), account=MEMBER)("sts")
    anyone = {"AWS": "*"}
    theirs, ours = role("theirs", trust=anyone, account=MEMBER), role("ours", trust=anyone)
    for sts in (outside, inside, own):
        assume(sts, theirs)
    perimeter = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Resource": "*",
        "Condition": {"StringNotLikeIfExists": {"aws:PrincipalOrgID": "o-*"}},
    }
    policy = attached(enforced, "RESOURCE_CONTROL_POLICY", "r-exam", perimeter)
    denied = "with an explicit deny in a resource control policy"
    assert refusal(assume, sts=outside, arn=theirs)["Message"].endswith(denied)
    assume(outside, ours)
    assume(inside, theirs)
    assume(own, theirs)
    everyone = {**perimeter, "Condition": {"StringEquals": {"aws:PrincipalAccount": MEMBER}}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everyone]})
    enforced.client("organizations").update_policy(PolicyId=policy, Content=document)
    assert refusal(assume, sts=own, arn=theirs)["Message"].endswith(
        "with an explicit deny in a resource control policy"
    )
    assume(inside, theirs)
    enforced.client("organizations").disable_policy_type(RootId="r-exam", PolicyType="RESOURCE_CONTROL_POLICY")
    assume(own, theirs)
