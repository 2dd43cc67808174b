"""STS: who am I, and temporary credentials: their rules, their limits, what they carry. One state for all Regions.

Sources: API_AssumeRole.html, API_GetSessionToken.html, API_GetFederationToken.html, API_GetAccessKeyInfo.html (STS API
reference); IAM/latest/UserGuide/id_session-tags.html (transitive tags, and that they can't be set again).
Who may assume a role is IAM's to say, where it is enforced (enforcement.py). AssumeRoleWithWebIdentity is
web_identity.py's; AssumeRoleWithSAML is not here (501). Wording of refusals is assumed.
"""

from __future__ import annotations

import datetime
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
_ROOT_SECONDS = 3_600
_PACKED = 2_048  # characters of all that a session is given; AWS compresses first, into a size that it doesn't tell

# moto's would let anybody in.
del TokenResponse.assume_role_with_saml, TokenResponse.assume_role_with_web_identity


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
    return {**result, "PackedPolicySize": packed_size(context, policies), "SourceIdentity": source}


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
        "role",
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
    """There is no telling a role that is not there from one that one may not assume. A service-linked role is for its
    service; root assumes none."""
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
    roles = iam_backends[match[1]]["aws"].get_roles() if match else []
    return next((role for role in roles if role.arn == arn), None)


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
    """The inline one and the managed ones, as they are now; None if the call has none."""
    inline, arns = context.parameter("Policy"), context.parameter("PolicyArns") or []
    texts = [str(inline)] if inline is not None else []
    for reference in arns:
        arn = str(reference.get("arn", ""))
        have_managed_policy(account, arn)
        policy = iam_backends[account]["aws"].managed_policies.get(arn)
        if policy is None:
            raise _invalid(f"The managed policy {arn} is not one of the account {account}, nor of AWS.")
        texts.append(next(str(version.document) for version in policy.versions if version.is_default))
    for text in texts:
        try:
            parse_document(text)
        except MalformedDocument as error:
            raise AwsError("MalformedPolicyDocument", f"The policy is not in the valid JSON format. {error}") from None
    return tuple(texts) if inline is not None or arns else None


def packed_size(context: Context, policies: tuple[str, ...] | None) -> int | None:
    """How full the session is, in percent (assumed: AWS doesn't tell how it packs). Raises AwsError for one that is
    too full."""
    inline = str(context.parameter("Policy") or "")
    parts = [inline, *(str(policy.get("arn")) for policy in context.parameter("PolicyArns") or [])]
    parts += [f"{tag['Key']}{tag.get('Value', '')}" for tag in context.parameter("Tags") or []]
    size = sum(map(len, parts))
    if len(inline) > _PACKED or len(context.parameter("PolicyArns") or []) > 10:
        raise AwsError("PackedPolicyTooLarge", "The session policies are more than 2,048 characters, or than 10.")
    return min(100, -(-100 * size // (2 * _PACKED))) if size and (policies is not None or parts) else None


def _tags(context: Context, caller: principals.Principal) -> tuple[dict[str, str], frozenset[str]]:
    """The session's tags, those handed down by the caller's session among them, and which it will hand down."""
    before = caller.session
    inherited = {key: value for key, value in before.tags.items() if key in before.transitive} if before else {}
    requested = {str(tag["Key"]): str(tag.get("Value", "")) for tag in context.parameter("Tags") or []}
    transitive = frozenset(map(str, context.parameter("TransitiveTagKeys") or []))
    if {key.lower() for key in requested} & {key.lower() for key in inherited}:
        raise _conflict("A tag that the calling session hands down can't be set again.")
    if len({key.lower() for key in requested}) < len(requested):
        raise _conflict("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if transitive - requested.keys():
        raise _conflict("A transitive tag key must be the key of one of the tags.")
    return {**inherited, **requested}, transitive | inherited.keys()


def _conflict(text: str) -> AwsError:
    return AwsError("InvalidParameterValue", text)


def _source_identity(context: Context, caller: principals.Principal) -> str | None:
    """id_credentials_temp_control-access_monitor.html: once set, it stays through a chain of roles."""
    before = caller.session.source_identity if caller.session else None
    requested: str | None = context.parameter("SourceIdentity")
    if before and requested and before != requested:
        raise AwsError("AccessDenied", "The source identity of a session can't be changed.", 403)
    return requested or before


@handles("sts", "GetSessionToken")
def get_session_token(context: Context) -> dict[str, Any]:
    """Temporary credentials of the same user. That a code of the user's own device is right is assumed."""
    world, caller = context.world, _long_term(context, "GetSessionToken")
    session = Session(
        "user",
        caller.account,
        caller.arn,
        caller.user_id,
        caller.arn,
        world.now(),
        world.now() + _lifetime(context, caller),
        mfa=_check_code(context, caller),
    )
    return {"Credentials": credentials_of(world, session)}


def _long_term(context: Context, operation: str) -> principals.Principal:
    caller = _caller(context)
    if (":user/" not in caller.arn and not caller.is_root) or caller.session is not None:
        raise AwsError("AccessDenied", f"Cannot call {operation} with session credentials", 403)
    return caller


def _lifetime(context: Context, caller: principals.Principal) -> int:
    """12 hours if not told; root's are an hour at most, whatever was asked for."""
    seconds = _seconds_of(context) or 43_200
    return min(seconds, _ROOT_SECONDS) if caller.is_root else seconds


def _check_code(context: Context, caller: principals.Principal) -> bool:
    """Whether the call has a code. One of a device that is the user's is believed, whatever it is (assumed: nobody here
    knows the device's secret)."""
    serial, code = context.parameter("SerialNumber"), context.parameter("TokenCode")
    if serial is None and code is None:
        return False
    user = iam_backends[caller.account]["aws"].users.get(caller.arn.rpartition("/")[2])
    if user is None or code is None or serial not in user.mfa_devices:
        text = "MultiFactorAuthentication failed with invalid MFA one time pass code."
        raise AwsError("AccessDenied", text, 403)
    return True


@handles("sts", "GetFederationToken")
def get_federation_token(context: Context) -> dict[str, Any]:
    """A session that has what both its user and its session policies allow: nothing, without the latter."""
    world, caller = context.world, _long_term(context, "GetFederationToken")
    name = context.parameter("Name")
    policies = session_policies(context, caller.account)
    tags = {str(tag["Key"]): str(tag.get("Value", "")) for tag in context.parameter("Tags") or []}
    session = Session(
        "federated",
        caller.account,
        f"arn:aws:sts::{caller.account}:federated-user/{name}",
        f"{caller.account}:{name}",
        caller.arn,
        world.now(),
        world.now() + _lifetime(context, caller),
        policies or (),
        tags,
    )
    return {
        "Credentials": credentials_of(world, session),
        "FederatedUser": {"FederatedUserId": session.user_id, "Arn": session.arn},
        "PackedPolicySize": packed_size(context, policies),
    }


@handles("sts", "GetAccessKeyInfo")
def get_access_key_info(context: Context) -> dict[str, Any]:
    key = context.parameter("AccessKeyId")
    account = principals.account_of(key)
    if account is None:
        raise _invalid(f"Access key {key} does not exist.")
    return {"Account": account}
