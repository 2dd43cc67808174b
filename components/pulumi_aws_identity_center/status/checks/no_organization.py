"""The checks of an account that is certainly in no organization: one cause, and one remedy."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_aws_identity_center.aws.results import NOT_IN_ORGANIZATION
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL
from pulumi_aws_identity_center.status.facts import Facts

from .check import Check

_CREATE = (
    "aws organizations create-organization --feature-set ALL  # if there is an organization already, use credentials "
    "of its management account. Otherwise this command creates one."
)


def is_without_organization(facts: Facts) -> bool:
    return facts.organization.code == NOT_IN_ORGANIZATION


def checks_without_organization(facts: Facts, guarded_services: Iterable[str]) -> list[Check]:
    failures = (
        (
            "organization",
            facts.account or "organization",
            "This account is in no organization, and Identity Center's trusted access needs one.",
        ),
        ("all-features", "organization", "There is no organization to have them."),
        *(
            ("trusted-access", service, "It can't be on without an organization.")
            for service in (SSO_SERVICE_PRINCIPAL, *guarded_services)
        ),
        ("instance", facts.region, "There is none without an organization."),
        ("delegated-administrator", SSO_SERVICE_PRINCIPAL, "There is no organization to administer."),
    )
    cause = "the account is in no organization"
    return [Check(id_, subject, "fail", detail, _CREATE, cause=cause) for id_, subject, detail in failures]
