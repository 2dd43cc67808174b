"""The condition keys of every request, whichever permissions it requires.

Source: IAM/latest/UserGuide/reference_policies_condition-keys.html; for values that go by the kind of caller,
reference_policies_variables.html.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.authorization.applicable_policies import Caller
from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import HOME_REGION, World

# Keys that depend on the client, which the sandbox does not look at.
UNKNOWN_KEYS = frozenset({"aws:referer"})
# These have one endpoint for all Regions, so aws:RequestedRegion is always that endpoint's Region.
_GLOBAL_SERVICES = frozenset({"organizations", "iam"})


def request_context(world: World, call: Call, principal: Principal, caller: Caller) -> dict[str, Value]:
    """A key that isn't here is absent from the request."""
    now = world.now()
    user_name = {"aws:username": caller.user_name} if caller.user_name else {}
    return {
        "aws:PrincipalArn": caller.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": caller.type,
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
        "aws:SecureTransport": "true",  # it isn't, but AWS's endpoints always are
        "aws:SourceIp": "127.0.0.1",
        "aws:UserAgent": call.user_agent,
        "aws:RequestedRegion": HOME_REGION if call.service in _GLOBAL_SERVICES else call.region,
        "aws:CurrentTime": _iso(now),
        "aws:EpochTime": str(int(now)),
        "aws:userid": principal.user_id,
        **{f"aws:PrincipalTag/{key}": value for key, value in caller.tags.items()},
        **user_name,
        **_session_keys(principal),
        **_organization_keys(world, "Principal", principal.account),
    }


def resource_context(world: World, arn: str) -> Mapping[str, Value]:
    """The account that owns the resource; empty for an ARN that names no account."""
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if not account.isdigit():
        return {}
    return {"aws:ResourceAccount": account, **_organization_keys(world, "Resource", account)}


def _session_keys(principal: Principal) -> dict[str, Value]:
    """A user's long-term keys have none of these."""
    session = principal.session
    if session is None:
        return {"aws:MultiFactorAuthPresent": "false"} if ":assumed-role/" in principal.arn else {}
    keys: dict[str, Value] = {"aws:TokenIssueTime": _iso(session.issued), "aws:MultiFactorAuthPresent": "false"}
    if session.source_identity:
        keys["aws:SourceIdentity"] = session.source_identity
    return keys


def _organization_keys(world: World, prefix: str, account: str) -> dict[str, Value]:
    """prefix: Principal or Resource, as in aws:PrincipalOrgID."""
    organization = world.organization
    if organization is None or account not in organization.accounts:
        return {}
    path = "/".join((organization.id, *organization.path_to(account)[:-1], ""))
    return {f"aws:{prefix}OrgID": organization.id, f"aws:{prefix}OrgPaths": [path]}


def _iso(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
