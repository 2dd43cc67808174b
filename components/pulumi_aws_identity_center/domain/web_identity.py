"""Trust in an OIDC provider, such as a CI system's: which tokens may assume a role, and the statement that says so.

docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html. Of GitHub's tokens:
docs.github.com/en/actions/reference/security/oidc; of GitLab's: docs.gitlab.com/ci/secrets/id_token_authentication.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_aws_identity_center.errors import shown

from .values import item_problems, list_problems, match_text, object_problems

KEYS = ("provider", "audiences", "subjects")
_PROVIDER_ARN = re.compile(r"arn:aws(?:-cn|-us-gov)?:iam::\d{12}:oidc-provider/(?P<issuer>[^\s*?$]+)", re.ASCII)
_CLAIM = re.compile(r"[^\x00-\x1f$]{1,1000}")  # no policy variable, which AWS would fill in
# Claims that begin with the repository. Its whole name has to be there before anything is left open.
_ONE_REPOSITORY = re.compile(r"(?:repo:[^/:*?]+/[^/:*?]+|project_path:[^/:*?]+(?:/[^/:*?]+)+):.+")
_EXAMPLES = "repo:OWNER/REPOSITORY:environment:NAME or project_path:GROUP/PROJECT:ref_type:branch:ref:main"


@dataclass(frozen=True)
class WebIdentity:
    """provider: the ARN of the account's OIDC provider, or an Output of it. subjects may have wildcards."""

    provider: Any
    audiences: tuple[str, ...]
    subjects: tuple[str, ...]


def parse_web_identity(value: Mapping[str, Any]) -> WebIdentity:
    """A value that has no problems."""
    return WebIdentity(value["provider"], tuple(value["audiences"]), tuple(value["subjects"]))


def web_identity_problems(value: Any, key: str, is_deferred: Callable[[Any], bool]) -> Iterator[str]:
    yield from object_problems(value, key, KEYS)
    if not isinstance(value, Mapping):
        return
    provider = value.get("provider")
    if not is_deferred(provider):
        yield from provider_problems(provider, f"{key}.provider")
    yield from _claim_problems(value.get("audiences"), f"{key}.audiences", "audiences", _audience_problem)
    yield from _claim_problems(value.get("subjects"), f"{key}.subjects", "subjects", _subject_problem)


def provider_problems(value: Any, key: str) -> Iterator[str]:
    if not match_text(_PROVIDER_ARN, value):
        yield (
            f"{key} is {shown(value)}; it must be the ARN of an IAM OIDC provider of this account, such as "
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com."
        )


def _claim_problems(values: Any, key: str, what: str, problem: Callable[[Any, str], str | None]) -> Iterator[str]:
    yield from list_problems(values, key, f"the {what} of the tokens that may assume the role")
    yield from item_problems(values, key, lambda value, place: [problem(value, place)])


def _audience_problem(value: Any, key: str) -> str | None:
    if match_text(_CLAIM, value) and not _has_wildcard(value):
        return None
    return f"{key} is {shown(value)}; it must be the token's whole aud claim, such as sts.amazonaws.com."


def _subject_problem(value: Any, key: str) -> str | None:
    if not match_text(_CLAIM, value):
        return f"{key} is {shown(value)}; it must be the token's sub claim, such as {_EXAMPLES}."
    if _has_wildcard(value) and not _ONE_REPOSITORY.fullmatch(value):
        return (
            f"{key} is {shown(value)}; its wildcard would let other repositories assume the role. Write the whole name "
            f"of the repository, and a wildcard only after it: {_EXAMPLES}."
        )
    return None


def _has_wildcard(value: str) -> bool:
    return "*" in value or "?" in value


def trust_statement(identity: WebIdentity, number: int) -> dict[str, Any]:
    """The statement of a trust policy; the provider is known by now. number: from 0, for the statement's Sid."""
    match = _PROVIDER_ARN.fullmatch(identity.provider)
    assert match is not None
    audience, subject = f"{match['issuer']}:aud", f"{match['issuer']}:sub"
    # IAM compares a wildcard only in StringLike (reference_policies_elements_condition_operators.html).
    operator = "StringLike" if any(map(_has_wildcard, identity.subjects)) else "StringEquals"
    conditions = {"StringEquals": {audience: sorted(identity.audiences)}}
    conditions.setdefault(operator, {})[subject] = sorted(identity.subjects)
    return {
        "Sid": f"WebIdentity{number}Assumes",
        "Effect": "Allow",
        "Principal": {"Federated": identity.provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    }
