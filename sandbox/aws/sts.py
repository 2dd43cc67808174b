"""STS: who am I. AssumeRole and its kin are moto's."""

from __future__ import annotations

from typing import Any

from sandbox.aws import principals
from sandbox.aws.registry import Context, handles


@handles("sts", "GetCallerIdentity")
def get_caller_identity(context: Context) -> dict[str, Any]:
    principal = principals.find(context.call.access_key)
    return {"UserId": principal.user_id, "Account": principal.account, "Arn": principal.arn}
