"""AssumeRoleWithWebIdentity: a role for whoever has a token of an OIDC provider that the role's account knows.

Sources: API_AssumeRoleWithWebIdentity.html (STS API reference); IAM/latest/UserGuide/
reference_policies_iam-condition-keys.html#condition-keys-wif. Nobody here has the provider's keys: that its signature
is right is assumed of every token. Wording of refusals is assumed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from moto.iam.models import iam_backends
from pulumi_aws_identity_center.iam import Request, Verdict, evaluate

from sandbox.aws.authorization.applicable_policies import rcps_of, trust_of
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles

from .operations import check_duration, open_session, packed_size, role_at, session_policies

ACTION = "sts:AssumeRoleWithWebIdentity"


@handles("sts", "AssumeRoleWithWebIdentity")
def assume_role_with_web_identity(context: Context) -> dict[str, Any]:
    arn = str(context.parameter("RoleArn"))
    claims = _claims(str(context.parameter("WebIdentityToken")))
    role = role_at(arn)
    if role is None:
        raise _denied()
    provider = _provider(role.account_id, str(claims.get("iss", "")))
    if float(claims.get("exp", 0)) <= context.world.now():
        raise AwsError("ExpiredTokenException", "Token expired: current date/time is after its exp claim.")
    audience = _audience(claims, provider)
    _check_trust(context, role, provider, claims, audience)
    check_duration(context, role)
    policies = session_policies(context, role.account_id)
    return {
        **open_session(context, role, policies, {}),
        "SubjectFromWebIdentityToken": claims.get("sub"),
        "Provider": provider.arn,
        "Audience": audience,
        "PackedPolicySize": packed_size(context),
    }


def _claims(token: str) -> Mapping[str, Any]:
    """Of a JSON Web Token, RFC 7519: the second of three parts."""
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        claims = None
    if not isinstance(claims, dict):
        raise AwsError("InvalidIdentityToken", "The web identity token that was passed could not be validated.")
    return claims


def _provider(account: str, issuer: str) -> Any:
    """moto's OIDC provider of the account with this issuer."""
    providers = iam_backends[account]["aws"].open_id_providers.values()
    for provider in providers:
        if _host(provider.url) == _host(issuer):
            return provider
    raise AwsError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}")


def _host(url: str) -> str:
    return url.removeprefix("https://").rstrip("/")


def _audience(claims: Mapping[str, Any], provider: Any) -> str:
    """The provider's list of client ids has to have it (id_roles_providers_create_oidc.html)."""
    audience = str(claims.get("aud", ""))
    if audience not in provider.client_id_list:
        raise AwsError("InvalidIdentityToken", "Incorrect token audience")
    return audience


def _check_trust(context: Context, role: Any, provider: Any, claims: Mapping[str, Any], audience: str) -> None:
    issuer = _host(provider.url)
    keys = {
        f"{issuer}:aud": audience,
        f"{issuer}:sub": str(claims.get("sub", "")),
        "aws:FederatedProvider": provider.arn,
        "sts:RoleSessionName": str(context.parameter("RoleSessionName")),
    }
    request = Request(ACTION, role.arn, keys, principals=frozenset({("Federated", provider.arn)}))
    trust = trust_of(role.arn)
    decision = evaluate(
        request,
        identity=[],
        resource_policies=[trust] if trust is not None else [],
        resource_must_allow=True,
        scps=rcps_of(context.world, role.account_id),
    )
    if decision.verdict is not Verdict.ALLOWED:
        raise _denied()


def _denied() -> AwsError:
    """The same error for a role that doesn't exist: a caller without credentials must not learn which roles exist."""
    return AwsError("AccessDenied", f"Not authorized to perform {ACTION}", 403)
