"""STS: GetCallerIdentity and the sessions of roles, with their limits. One state for all Regions.

Sources: API_AssumeRole.html (STS API reference); IAM/latest/UserGuide/id_session-tags.html (transitive tags, and that
they can't be set again). enforcement.py decides who may assume a role. web_identity.py has AssumeRoleWithWebIdentity;
the other ways to temporary credentials are absent (501). Wording of refusals is assumed.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.responses import TokenResponse
from pulumi_aws_identity_center.iam import MalformedDocument, parse_document

from sandbox.aws.authorization import principals
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles
from sandbox.aws.services.iam.managed_policies import have_managed_policy

from .sessions import Session, credentials_of

_ROLE = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/(?:.*/)?([^/]+)")
_CHAINED_SECONDS = 3_600
_PACKED = 2_048  # characters of policies, ARNs and tags; AWS compresses them first, into a size that it doesn't publish

# moto's would let anyone assume any role, and give out credentials of nobody.
del TokenResponse.assume_role_with_saml, TokenResponse.assume_role_with_web_identity
del TokenResponse.get_session_token, TokenResponse.get_federation_token, TokenResponse.get_access_key_info


@handles("sts", "GetCallerIdentity")
def get_caller_identity(context: Context) -> dict[str, Any]:
    principal = _caller(context)
    return {"UserId": principal.user_id, "Account": principal.account, "Arn": principal.arn}


def _caller(context: Context) -> principals.Principal:
    return principals.find(context.call.access_key)


@handles("sts", "AssumeRole")
def assume_role(context: Context) -> dict[str, Any]:
    caller = _caller(context)
    role = _assumable(caller, context.parameter("RoleArn"))
    _check_code(context, caller)
    check_duration(context, role)
    _check_chaining(context, caller)
    policies = session_policies(context, role.account_id)
    tags, transitive = _tags(context, caller)
    source = _source_identity(context, caller)
    result = open_session(context, role, policies, tags, transitive, source)
    return {**result, "PackedPolicySize": packed_size(context), "SourceIdentity": source}


def open_session(
    context: Context,
    role: Any,
    policies: tuple[str, ...] | None,
    tags: Mapping[str, str],
    transitive: frozenset[str] = frozenset(),
    source: str | None = None,
) -> dict[str, Any]:
    """A session of the role, as all its operations answer with it."""
    world, name = context.world, context.parameter("RoleSessionName")
    session = Session(
        role.account_id,
        f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{name}",
        f"{role.id}:{name}",
        role.arn,
        world.now(),
        world.now() + (_seconds_of(context) or _CHAINED_SECONDS),
        policies,
        tags,
        transitive,
        source,
    )
    role.last_used = datetime.datetime.fromtimestamp(world.now(), datetime.UTC)
    role.last_used_region = context.call.region
    return {
        "Credentials": credentials_of(world, session),
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
    }


def _seconds_of(context: Context) -> int | None:
    seconds = context.parameter("DurationSeconds")
    return int(seconds) if seconds is not None else None


def _assumable(caller: principals.Principal, arn: str) -> Any:
    """The role of an ARN. AWS refuses a missing role like one that the caller may not assume. Only its service assumes
    a service-linked role; root assumes none."""
    role = role_at(arn)
    if role is None or role.path.startswith("/aws-service-role/"):
        text = f"User: {caller.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise AwsError("AccessDenied", text, 403)
    if caller.is_root:
        raise AwsError("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    return role


def role_at(arn: str) -> Any:
    """moto's role of this ARN; None if there is none."""
    match = _ROLE.fullmatch(arn)
    if match is None:
        return None
    return next((role for role in iam_backends[match[1]]["aws"].get_roles() if role.arn == arn), None)


def check_duration(context: Context, role: Any) -> None:
    """Raises AwsError for a session that is longer than the role's may be."""
    if (_seconds_of(context) or 0) > int(role.max_session_duration or _CHAINED_SECONDS):
        raise _invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")


def _check_chaining(context: Context, caller: principals.Principal) -> None:
    is_chained = ":assumed-role/" in caller.arn and not principals.is_administrator(caller)
    if is_chained and (_seconds_of(context) or 0) > _CHAINED_SECONDS:
        raise _invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        )


def _invalid(text: str) -> AwsError:
    return AwsError("ValidationError", text)


def session_policies(context: Context, account: str) -> tuple[str, ...] | None:
    """The text of the inline policy and those of the managed ones, as they are now; None if the call has none."""
    inline, references = context.parameter("Policy"), context.elements("PolicyArns")
    if inline is None and not references:
        return None
    texts = [str(inline)] if inline is not None else []
    texts += [_managed_policy(account, str(reference.get("arn", ""))) for reference in references]
    for text in texts:
        _check_document(text)
    return tuple(texts)


def _managed_policy(account: str, arn: str) -> str:
    """The text of its default version."""
    have_managed_policy(account, arn)
    policy = iam_backends[account]["aws"].managed_policies.get(arn)
    if policy is None:
        raise _invalid(f"The managed policy {arn} is not one of the account {account}, nor of AWS.")
    return next(str(version.document) for version in policy.versions if version.is_default)


def _check_document(text: str) -> None:
    try:
        parse_document(text)
    except MalformedDocument as error:
        raise AwsError("MalformedPolicyDocument", f"The policy is not in the valid JSON format. {error}") from None


def packed_size(context: Context) -> int | None:
    """The size of the session's policies and tags in percent of the limit (assumed: AWS doesn't say how it packs them).
    Raises AwsError above the limit."""
    inline = str(context.parameter("Policy") or "")
    arns = [str(reference.get("arn")) for reference in context.elements("PolicyArns")]
    if len(inline) > _PACKED or len(arns) > 10:
        raise AwsError("PackedPolicyTooLarge", "The session policies are more than 2,048 characters, or than 10.")
    tags = [f"{key}{value}" for key, value in _requested_tags(context).items()]
    size = sum(map(len, [inline, *arns, *tags]))
    return min(100, math.ceil(100 * size / (2 * _PACKED))) if size else None


def _requested_tags(context: Context) -> dict[str, str]:
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in context.elements("Tags")}


def _has_duplicate_keys(context: Context) -> bool:
    """Tag keys are case insensitive."""
    keys = [str(tag["Key"]).lower() for tag in context.elements("Tags")]
    return len(set(keys)) < len(keys)


def _tags(context: Context, caller: principals.Principal) -> tuple[dict[str, str], frozenset[str]]:
    """The session's tags, with those inherited from the caller's session, and the keys of its transitive tags."""
    inherited, requested = _inherited_tags(caller), _requested_tags(context)
    transitive = frozenset(map(str, context.elements("TransitiveTagKeys")))
    inherited_keys = {key.lower() for key in inherited}
    if any(key.lower() in inherited_keys for key in requested):
        raise _conflict("A tag that the calling session hands down can't be set again.")
    if _has_duplicate_keys(context):
        raise _conflict("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if transitive - requested.keys():
        raise _conflict("A transitive tag key must be the key of one of the tags.")
    return {**inherited, **requested}, transitive | inherited.keys()


def _inherited_tags(caller: principals.Principal) -> dict[str, str]:
    session = caller.session
    if session is None:
        return {}
    return {key: value for key, value in session.tags.items() if key in session.transitive}


def _conflict(text: str) -> AwsError:
    return AwsError("InvalidParameterValue", text)


def _source_identity(context: Context, caller: principals.Principal) -> str | None:
    """id_credentials_temp_control-access_monitor.html: once set, it stays through a chain of roles."""
    before = caller.session.source_identity if caller.session else None
    requested: str | None = context.parameter("SourceIdentity")
    if before and requested and before != requested:
        raise AwsError("AccessDenied", "The source identity of a session can't be changed.", 403)
    return requested or before


def _check_code(context: Context, caller: principals.Principal) -> None:
    """Any MFA code of the user's own device is accepted (assumed, since the sandbox doesn't know the device's secret).
    Raises AwsError for another's."""
    serial, code = context.parameter("SerialNumber"), context.parameter("TokenCode")
    if serial is None and code is None:
        return
    user = iam_backends[caller.account]["aws"].users.get(caller.arn.rpartition("/")[2])
    is_own_device = user is not None and serial in user.mfa_devices
    if code is None or not is_own_device:
        text = "MultiFactorAuthentication failed with invalid MFA one time pass code."
        raise AwsError("AccessDenied", text, 403)
