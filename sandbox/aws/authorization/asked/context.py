"""The condition keys of every request, whatever it asks.

Source: IAM/latest/UserGuide/reference_policies_condition-keys.html; for values that go by the kind of caller,
reference_policies_variables.html.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from pulumi_aws_identity_center.iam.request import Value

from sandbox.aws.authorization.authority import Authority
from sandbox.aws.authorization.principals import Principal
from sandbox.aws.core.wire import Call
from sandbox.aws.core.world import HOME_REGION, World

# Keys that depend on the client, which the sandbox does not look at.
UNKNOWN_KEYS = frozenset({"aws:referer"})
# Their endpoint is one for all Regions, so that is the Region which a request asks for.
_GLOBAL = frozenset({"organizations", "iam"})


def context_of(world: World, call: Call, principal: Principal, authority: Authority) -> dict[str, Value]:
    """A key that isn't here is absent from the request."""
    now = world.now()
    return {
        "aws:PrincipalArn": authority.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": authority.kind,
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
        "aws:SecureTransport": "true",  # it isn't, but AWS's endpoints always are
        "aws:SourceIp": "127.0.0.1",
        "aws:UserAgent": call.user_agent,
        "aws:RequestedRegion": HOME_REGION if call.service in _GLOBAL else call.region,
        "aws:CurrentTime": _iso(now),
        "aws:EpochTime": str(int(now)),
        "aws:userid": principal.user_id,
        **{f"aws:PrincipalTag/{key}": value for key, value in authority.tags.items()},
        **({"aws:username": authority.user_name} if authority.user_name else {}),
        **_of_session(principal, now),
        **_of_organization(world, "Principal", principal.account),
    }


def of_resource(world: World, arn: str) -> Mapping[str, Value]:
    """Whose the resource is; nothing for one whose ARN names no account."""
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if not account.isdigit():
        return {}
    return {"aws:ResourceAccount": account, **_of_organization(world, "Resource", account)}


def _of_session(principal: Principal, now: float) -> dict[str, Value]:
    """A user's long-term keys have none of these."""
    session = principal.session
    if session is None:
        return {"aws:MultiFactorAuthPresent": "false"} if ":assumed-role/" in principal.arn else {}
    found: dict[str, Value] = {
        "aws:TokenIssueTime": _iso(session.issued),
        "aws:MultiFactorAuthPresent": "true" if session.mfa else "false",
    }
    if session.mfa:
        found["aws:MultiFactorAuthAge"] = str(int(now - session.issued))
    return {**found, "aws:SourceIdentity": session.source_identity} if session.source_identity else found


def _of_organization(world: World, whose: str, account: str) -> dict[str, Value]:
    found = world.organization
    if found is None or account not in found.accounts:
        return {}
    path = "/".join((found.id, *found.path_to(account)[:-1], ""))
    return {f"aws:{whose}OrgID": found.id, f"aws:{whose}OrgPaths": [path]}


def _iso(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
