"""The configuration of the policy pack's rules, for a plan on which the gate runs them itself: the file that Pulumi
takes as `--policy-pack-config`, by rule. pulumi.com/docs/insights/policy/policy-packs/configuration"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_aws_identity_center.domain.declared import ACCOUNT_CONFIG, OWNERS_CONFIG, Schemas
from pulumi_aws_identity_center.domain.grants import no_disable_grant
from pulumi_aws_identity_center.domain.values import is_account_id
from pulumi_aws_identity_center.errors import InvalidInput, refuse

from .declared_rules import JUDGES_BY_RULE, RuleConfigs

LEVELS: Final = ("mandatory", "advisory", "disabled", "remediate")
_LEVEL = "enforcementLevel"
_SCHEMAS: Final[Mapping[str, Schemas]] = {
    **{rule: {} for rule in JUDGES_BY_RULE},
    "no-disable-grant": no_disable_grant.CONFIG,
    "delegated-administrator-valid": ACCOUNT_CONFIG,
    # Not a rule of the gate's own: its own finding takes the account from it.
    "last-administrator-kept": {**ACCOUNT_CONFIG, **OWNERS_CONFIG},
}


def parse_rule_configs(text: str) -> RuleConfigs:
    """By rule. Raises InvalidInput with all problems. The file may also configure rules that only the pack has."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"it is no JSON: {error}") from None
    if not isinstance(document, dict):
        raise InvalidInput('it has to be an object, by rule: {"no-disable-grant": {"managementAccountId": "…"}}')
    configs = {rule: {_LEVEL: value} if isinstance(value, str) else value for rule, value in document.items()}
    problems = [problem for rule, config in configs.items() for problem in _problems(rule, config)]
    refuse(problems)
    every = configs.pop("all", {})
    return {rule: {**every, **configs.get(rule, {})} for rule in _SCHEMAS}


def management_account(configs: RuleConfigs) -> str:
    """The management account's id, from whichever rule's configuration has it; "" where none has."""
    ids = (config.get("managementAccountId") for config in configs.values())
    return next((account for account in ids if account), "")


def _problems(rule: str, config: Any) -> Iterator[str]:
    if not isinstance(config, dict):
        yield f"{rule}: it has to be an object, or one of {', '.join(LEVELS)}."
        return
    keys = {_LEVEL, *_SCHEMAS.get(rule, ())}
    for key, value in config.items():
        if key in keys:
            yield from _problem_with(rule, key, value)
        elif rule in _SCHEMAS:  # any other is the pack's alone, which knows its keys
            yield f"{rule}: it has no {key!r}; it has {', '.join(sorted(keys))}."


def _problem_with(rule: str, key: str, value: Any) -> Iterator[str]:
    match key:
        case "enforcementLevel" if value not in LEVELS:
            yield f"{rule}: {_LEVEL} has to be one of {', '.join(LEVELS)}."
        case "managementAccountId" if value and not is_account_id(value):
            yield f"{rule}: managementAccountId has to be 12 digits as text."
        case "allowed" if not _is_list_of_exceptions(value):
            yield f"{rule}: allowed is a list of {{pattern, reason}}, with the account if it is for one only."


def _is_list_of_exceptions(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_exception, value))


def _is_exception(value: Any) -> bool:
    match value:
        case {"pattern": str() as pattern, "reason": str() as reason, **others}:
            has_texts = pattern.strip() != "" and reason.strip() != ""
            return has_texts and others.keys() <= {"account"} and all(map(is_account_id, others.values()))
    return False
