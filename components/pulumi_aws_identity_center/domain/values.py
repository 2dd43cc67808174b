"""Checks of single values, shared by components and configuration. Each raises InvalidInput, or gives the value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeGuard, TypeVar

from pulumi_aws_identity_center.errors import InvalidInput, collected, refuse, shown
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

Value = TypeVar("Value")

ACCOUNT = re.compile(r"\d{12}", re.ASCII)
# docs.aws.amazon.com/organizations/latest/APIReference/API_EnableAWSServiceAccess.html: [\w+=,.@-]*, at most 128
SERVICE_PRINCIPAL_PATTERN = r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?"
_PRINCIPAL = re.compile(SERVICE_PRINCIPAL_PATTERN)
_POLICY_PREFIX = re.compile(r"[\w+=,.@-]{1,100}", re.ASCII)
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
# Roles and users by name: IAM takes no wildcard in a trust policy's principal
# (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
_PRINCIPAL_ARN = re.compile(
    r"arn:aws(-cn|-us-gov)?:"
    r"(iam::\d{12}:(root|(role|user)/[\w+=,.@/-]+)|sts::\d{12}:assumed-role/[\w+=,.@-]+/[\w+=,.@-]+)",
    re.ASCII,
)


def match_text(pattern: re.Pattern[str], value: Any) -> re.Match[str] | None:
    """How the pattern matches the whole value; None if it doesn't, or if the value is no text."""
    return pattern.fullmatch(value) if isinstance(value, str) else None


def is_service_principal(value: Any) -> TypeGuard[str]:
    return match_text(_PRINCIPAL, value) is not None and len(value) <= 128


def check_service_principal(value: Any, key: str = "servicePrincipal") -> Any:
    if is_service_principal(value):
        return value
    raise InvalidInput(
        f"{key} is {shown(value)}; it must be a service principal in lower case, such as sso.amazonaws.com."
    )


def check_trusted_access(value: Any, key: str = "trustedAccess") -> Any:
    """The value, Identity Center's service or None."""
    if value is None or value == SSO_SERVICE_PRINCIPAL:
        return value
    raise InvalidInput(
        f"{key} is {shown(value)}; it must be {SSO_SERVICE_PRINCIPAL}, the service that the account is to administer: "
        "pass the servicePrincipal of its TrustedAccess."
    )


def check_guarded_services(value: Any, key: str = "guardedServicePrincipals") -> list[str]:
    """A list of service principals, each once. Identity Center's is always guarded, and may be in it."""
    if not isinstance(value, list):
        raise InvalidInput(f"{key} is {shown(value)}; it must be a list of service principals.")
    problems = repetition_problems(value, key)
    for number, item in enumerate(value):
        with collected(problems):
            check_service_principal(item, f"{key}[{number}]")
    refuse(problems)
    return value


WHEN_NOT_ENABLED = ("error", "warn")


def check_when_not_enabled(value: Any, key: str = "whenNotEnabled") -> str:
    """The value, or the default."""
    if value is not None and value not in WHEN_NOT_ENABLED:
        raise InvalidInput(f"{key} is {shown(value)}; it must be one of {', '.join(WHEN_NOT_ENABLED)}.")
    return value or "error"


def is_account_id(value: Any) -> TypeGuard[str]:
    return match_text(ACCOUNT, value) is not None


def account_problem(value: Any, key: str) -> str | None:
    """A sentence, or None for a good account id. Leading zeros are part of an id, so it has to be text."""
    if is_account_id(value):
        return None
    return (
        f'{key} is {shown(value)}; it must be an AWS account id: 12 digits, as text in quotes, such as "111122223333".'
    )


def check_account(value: Value, key: str) -> Value:
    problem = account_problem(value, key)
    if problem:
        raise InvalidInput([problem])
    return value


def role_name_problem(value: Any, key: str) -> str | None:
    """IAM role names: docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html."""
    if match_text(_ROLE_NAME, value):
        return None
    return f"{key} is {shown(value)}; a role name has 1 to 64 letters, digits or _+=,.@- characters."


def check_policy_prefix(value: Any, key: str = "policyPrefix") -> str:
    """What IAM takes in a policy's name: docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html."""
    if named := match_text(_POLICY_PREFIX, value):
        return named[0]
    raise InvalidInput(f"{key} is {shown(value)}; it must be 1 to 100 letters, digits or _+=,.@- characters.")


def value_or(value: Value | None, default: Value) -> Value:
    """The value, or the default for one that was not given. What is given and empty is for its check to refuse."""
    return default if value is None else value


def principal_arn_problem(value: Any, key: str) -> str | None:
    """Who may assume a role: an IAM principal's ARN, never *."""
    if match_text(_PRINCIPAL_ARN, value):
        return None
    return (
        f"{key} is {shown(value)}; it must be the ARN of a principal that may assume the role, such as "
        "arn:aws:iam::111122223333:root or arn:aws:iam::111122223333:role/NAME."
    )


def list_problems(value: Any, key: str, what: str) -> list[str]:
    """Of a list that has something in it, each once. what: what is in it, for the sentence."""
    if not isinstance(value, list) or not value:
        listed = "missing" if value is None else shown(value)
        return [f"{key} is {listed}; it must be a list of {what}, not empty."]
    return repetition_problems(value, key)


def item_problems(items: Any, key: str, problems_of: Callable[[Any, str], Iterable[str | None]]) -> list[str]:
    """The problems of a list's items, each item named by its place, as KEY[0]. What is no list has no items."""
    problems: list[str] = []
    for number, item in enumerate(items if is_list(items) else ()):
        problems += filter(None, problems_of(item, f"{key}[{number}]"))
    return problems


def repetition_problems(items: Iterable[Any], key: str) -> list[str]:
    """A sentence for each text of a list that is there more than once."""
    return [f"{key} has {shown(text)} more than once." for text in repeated(items)]


def repeated(items: Iterable[Any]) -> list[str]:
    counts = Counter(item for item in items if isinstance(item, str))
    return [text for text, count in counts.items() if count > 1]


def object_problems(value: Any, key: str, keys: Sequence[str]) -> list[str]:
    """That it is no object, or a sentence for each key that it doesn't take."""
    if not isinstance(value, Mapping):
        return [f"{key} is {shown(value)}; it must be an object with {', '.join(keys)}."]
    return [f"{key}.{name} is not a key; the keys are {', '.join(keys)}." for name in value if name not in keys]


def is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    """Whether it is a list or a tuple: to Python, text is a sequence too."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def as_list(value: Any) -> list[Any]:
    """A list as it is; anything else as the only item of one."""
    return value if isinstance(value, list) else [value]


def snake_case(key: str) -> str:
    """A key of the schema as a Python program spells it."""
    return re.sub(r"(?=[A-Z])", "_", key).lower()


def camel_case(key: str) -> str:
    """A key of a Python program as the schema spells it."""
    return re.sub(r"_([a-z])", lambda match: match.group(1).upper(), key)


INSTANCE = re.compile(r"arn:aws[a-z-]*:sso:::instance/ssoins-[0-9a-zA-Z-.]{16}")


def is_instance_arn(value: Any) -> bool:
    return match_text(INSTANCE, value) is not None


def check_instance(value: Any, key: str) -> Any:
    """The value, the ARN of an instance of Identity Center."""
    if is_instance_arn(value):
        return value
    raise InvalidInput([f"{key} is {shown(value)}; it must be an instance's ARN, arn:aws:sso:::instance/ssoins-…."])
