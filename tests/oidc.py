"""Tokens as a CI system's OIDC provider gives them to a job; the signature is a stand-in."""

from __future__ import annotations

import base64
import json

GITHUB = "token.actions.githubusercontent.com"
PRODUCTION = "repo:octo/sign-in:environment:production"


def web_identity_token(
    subject: str, *, issuer: str = GITHUB, audience: str = "sts.amazonaws.com", expires: float
) -> str:
    """expires: seconds since 1970."""
    claims = {"iss": f"https://{issuer}", "aud": audience, "sub": subject, "exp": expires}
    header = {"alg": "RS256", "typ": "JWT"}
    return f"{_encoded(header)}.{_encoded(claims)}.c2lnbmF0dXJl"


def _encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
