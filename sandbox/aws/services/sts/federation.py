"""AssumeRoleWithWebIdentity: a role for who has a token of an OIDC provider, such as a pipeline's, and no credentials.

Sources: API_AssumeRoleWithWebIdentity.html; IAM/latest/UserGuide/reference_policies_iam-condition-keys.html (the
provider's keys: aud, sub, amr). The role's trust policy decides, whether or not IAM is enforced: there is no caller
whose policies could. A token's signature is not looked at, as nothing here has the provider's keys, and wording is as
users report it (both assumed). AssumeRoleWithSAML is not here.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.responses import TokenResponse
from pulumi_aws_identity_center.iam import Request, Verdict, evaluate

from sandbox.aws.authorization.authority import ANYTHING, rcps_of, trust_of
from sandbox.aws.authorization.principals import NOBODY
from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.registry import Context, handles
from sandbox.aws.core.world import World

from .operations import check_duration, open_session, packed, role_at, session_policies

_ACTION = "sts:AssumeRoleWithWebIdentity"
# moto's would let anybody in.
del TokenResponse.assume_role_with_saml


@handles("sts", "AssumeRoleWithWebIdentity")
def assume_role_with_web_identity(context: Context) -> dict[str, Any]:
    """That a token's signature is right is assumed."""
    arn, claims = context.parameter("RoleArn"), claims_of(context.parameter("WebIdentityToken"))
    role = role_at(arn)
    if role is None:
        raise _not_authorized()
    provider = _provider(context.world, role.account_id, claims)
    if not _is_let_in(context, arn, provider, claims):
        raise _not_authorized()
    check_duration(context, NOBODY, role)
    policies = session_policies(context, role.account_id)
    return {
        **open_session(context, role, policies, {}),
        "SubjectFromWebIdentityToken": claims["sub"],
        "Provider": provider.arn,
        "Audience": claims["aud"],
        "PackedPolicySize": packed(context, policies),
    }


def claims_of(token: str) -> dict[str, Any]:
    """What the token says. Raises AwsError for one that is no JWT, or lacks what every one has."""
    try:
        payload = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        if token.count(".") == 2 and all(isinstance(found[name], str) for name in ("iss", "sub", "aud")):
            return dict(found)
    except (IndexError, ValueError, KeyError, TypeError):
        pass
    raise AwsError(
        "InvalidIdentityToken",
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    )


def _provider(world: World, account: str, claims: dict[str, Any]) -> Any:
    """The account's OIDC provider whose token it is."""
    issuer = str(claims["iss"]).removeprefix("https://")
    providers = iam_backends[account]["aws"].open_id_providers
    provider = providers.get(f"arn:aws:iam::{account}:oidc-provider/{issuer}")
    if provider is None:
        raise AwsError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for https://{issuer}")
    if claims["aud"] not in provider.client_id_list:
        raise AwsError("InvalidIdentityToken", "Incorrect token audience")
    expires = claims.get("exp")
    if not isinstance(expires, int) or expires <= world.now():
        raise AwsError("ExpiredTokenException", "Token expired: the exp claim has to be later than the current time")
    return provider


def _is_let_in(context: Context, arn: str, provider: Any, claims: dict[str, Any]) -> bool:
    trust = trust_of(arn)
    keys: dict[str, Any] = {f"{provider.url}:{name}": claims[name] for name in ("aud", "sub")}
    if isinstance(claims.get("amr"), list):
        keys[f"{provider.url}:amr"] = [str(each) for each in claims["amr"]]
    keys["sts:RoleSessionName"] = context.parameter("RoleSessionName")
    request = Request(_ACTION, arn, keys, principals=frozenset({("Federated", provider.arn)}))
    decision = evaluate(
        request,
        identity=[ANYTHING],
        scps=rcps_of(context.world, arn.split(":")[4]),
        resource_policies=[trust] if trust is not None else [],
        resource_must_allow=True,
    )
    return decision.verdict is Verdict.ALLOWED


def _not_authorized() -> AwsError:
    return AwsError("AccessDenied", f"Not authorized to perform {_ACTION}", 403)
