"""CloudTrail's userIdentity: who made a call, by the kind of credentials that signed it.

Source: awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html.
"""

from __future__ import annotations

import datetime
from typing import Any

from sandbox.aws.authorization.principals import Principal
from sandbox.aws.services.sts.sessions import Session


def identity_of(principal: Principal, access_key: str, invoked_by: str | None = None) -> dict[str, Any]:
    """As the caller's own account sees it."""
    if invoked_by is not None:
        return {"type": "AWSService", "invokedBy": invoked_by}
    if not principal.arn:
        return {"type": "Unknown", "accessKeyId": access_key}
    session = principal.session
    identity: dict[str, Any] = {
        "type": _kind(principal.arn),
        "principalId": principal.user_id,
        "arn": principal.arn,
        "accountId": principal.account,
        "accessKeyId": access_key,
    }
    if identity["type"] == "IAMUser":
        identity["userName"] = principal.arn.rpartition("/")[2]
    if identity["type"] == "AssumedRole":
        identity["sessionContext"] = {"sessionIssuer": _role(principal)}
    if session is not None:
        identity["sessionContext"] = {**identity.get("sessionContext", {}), **_context(session)}
    return identity


def as_seen_by_another(principal: Principal) -> dict[str, Any]:
    """The identity in the trail of the account whose role was assumed."""
    return {"type": "AWSAccount", "principalId": principal.user_id, "accountId": principal.account}


def _kind(arn: str) -> str:
    if arn.endswith(":root"):
        return "Root"
    return "AssumedRole" if ":assumed-role/" in arn else "IAMUser"


def _role(principal: Principal) -> dict[str, Any]:
    name = principal.arn.split("/")[1]
    return {
        "type": "Role",
        "principalId": principal.user_id.partition(":")[0],
        "arn": principal.session.issuer if principal.session else f"arn:aws:iam::{principal.account}:role/{name}",
        "accountId": principal.account,
        "userName": name,
    }


def _context(session: Session) -> dict[str, Any]:
    attributes = {"creationDate": iso(session.issued), "mfaAuthenticated": "false"}
    context: dict[str, Any] = {"attributes": attributes}
    if session.source_identity:
        context["sourceIdentity"] = session.source_identity
    return context


def iso(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
