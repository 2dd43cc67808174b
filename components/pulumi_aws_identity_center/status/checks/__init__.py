"""The checks of `status`: pure functions from facts to results. An error is undetermined, never a pass."""

from __future__ import annotations

import datetime

from pulumi_aws_identity_center.domain.stack_config import StackConfig
from pulumi_aws_identity_center.status.facts import Facts

from .account_sign_in import members, service_linked_role
from .break_glass import break_glass
from .check import Check, Result, Verdict, parse_remedy, verdict
from .instance import identity_source, instance, portal
from .no_organization import checks_without_organization, is_without_organization
from .organization import administrator, all_features, caller, guarded_service, organization, trusted_access
from .sentinel import sentinel

__all__ = ["Check", "Result", "Verdict", "judge", "parse_remedy", "verdict"]


def judge(
    facts: Facts,
    expected_administrator: str | None = None,
    stack: StackConfig | None = None,
    now: datetime.datetime | None = None,
) -> list[Check]:
    """Every check, in the order in which a person would ask. expected_administrator: an account id or "none"; without
    it, whom the stack's configuration names."""
    now = now or datetime.datetime.now(datetime.UTC)
    expected = expected_administrator or (stack.administrator if stack else None)
    services = stack.guarded_services if stack else ()
    about_sign_in = [trusted_access(facts), *(guarded_service(facts, service) for service in services)]
    # Where Identity Center was never enabled, enabling it comes first.
    about_sign_in.insert(0 if facts.was_never_enabled else len(about_sign_in), instance(facts))
    about_organization = [
        organization(facts),
        all_features(facts),
        *about_sign_in,
        administrator(facts, expected),
    ]
    return [
        caller(facts),
        *(checks_without_organization(facts, services) if is_without_organization(facts) else about_organization),
        service_linked_role(facts),
        *members(facts),
        identity_source(facts),
        portal(facts),
        sentinel(facts, now),
        *([break_glass(stack, now)] if stack else []),
    ]
