"""The policy pack's rules on what a plan declares, for a tool that has no pack.

Each rule's decision is the package's (`domain/`), shared with the pack; its configuration is the pack's file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pulumi_aws_identity_center.domain import delegated_administrator, organization_features, service_linked_role
from pulumi_aws_identity_center.domain.declared import Config, Stack
from pulumi_aws_identity_center.domain.grants import no_disable_grant
from pulumi_aws_identity_center.domain.resource_types import NATIVE_ORGANIZATION
from pulumi_aws_identity_center.domain.violation import Level, Violation, short_name
from pulumi_aws_identity_center.names import ORGANIZATION_TYPE

from .change import Failure

Judge = Callable[[Stack, Config], Iterator[Violation]]
RuleConfigs = Mapping[str, Config]
"""By rule: the file that `--policy-pack-config` names."""


_TELL_ACCOUNT: Final = "Set allowed_account_ids in the provider's block: it tells which account this is."


def _service_linked_role(stack: Stack, config: Config) -> Iterator[Violation]:
    for resource in stack.resources:
        if resource.type in service_linked_role.TYPES and (violation := service_linked_role.violation(resource)):
            yield violation


def _features(stack: Stack, config: Config) -> Iterator[Violation]:
    for resource in stack.resources:
        if resource.type in (ORGANIZATION_TYPE, NATIVE_ORGANIZATION):
            yield from organization_features.violations(resource)


JUDGES_BY_RULE: Final[Mapping[str, Judge]] = {
    "no-disable-grant": no_disable_grant.violations,
    "organization-all-features": _features,
    "delegated-administrator-valid": delegated_administrator.violations,
    "service-linked-role-untouched": _service_linked_role,
}


def failures(stack: Stack, configs: RuleConfigs, management_account: str) -> Iterator[Failure]:
    """Every violation, as what a policy says. management_account: its id where the plan tells it, else ""."""
    for rule, judge in JUDGES_BY_RULE.items():
        config = {"managementAccountId": management_account, **(configs.get(rule) or {})}
        level = config.get("enforcementLevel")
        if level == "disabled":
            continue
        for violation in judge(stack, config):
            yield _failure(rule, violation, is_shown_only=level == "advisory" or violation.level is Level.ADVISORY)


def _failure(rule: str, violation: Violation, *, is_shown_only: bool) -> Failure:
    name = violation.resource.name if violation.resource else ""
    problem = violation.problem.removeprefix(f"{short_name(name)}: ")
    fix = violation.fix.line("hcl").removeprefix("Fix: ") if violation.fix else _TELL_ACCOUNT
    return Failure(
        _sentence(f"{problem} {violation.effect}".strip()),
        name,
        policy=rule,
        certain=violation.level is Level.MANDATORY,
        advisory=is_shown_only,
        remedy=_sentence(fix),
    )


def _sentence(text: str) -> str:
    """Begins with a capital, unless what comes first is code."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.isalpha() else text
