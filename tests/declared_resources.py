"""Resources as rules get them, and a rule's violations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared, Stack
from pulumi_aws_identity_center.domain.grants import no_disable_grant
from pulumi_aws_identity_center.domain.grants.permission_sets import SET_TYPES, is_of_permission_set
from pulumi_aws_identity_center.domain.resource_types import canonical, type_of
from pulumi_aws_identity_center.domain.violation import Level, Violation

MANAGEMENT = "111122223333"
PERMISSION_SET = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
ASSIGNMENT = "aws:ssoadmin/accountAssignment:AccountAssignment"


class Said(str):
    """A violation's text, with its level and resource."""

    level: Level
    resource: Declared | None

    @classmethod
    def of(cls, violation: Violation, language: str = "python") -> Said:
        text = cls(violation.text(language))
        text.level, text.resource = violation.level, violation.resource
        return text

    @property
    def is_later(self) -> bool:
        return self.level is Level.LATER


def declare(type_: str, name: str = "it", **options: Any) -> Declared:
    urn = options.pop("urn", f"urn:pulumi:dev::p::{type_}::{name}")
    return Declared(type_, name, urn, options.pop("props", {}), **options)


def messages(rule: Any, *resources: Declared, project: str = "p", stack: str = "dev", **config: Any) -> list[Said]:
    """The rule's violations: of each resource, then of the stack, in the order of the pack's server."""
    whole = Stack(project, stack, [resource for resource in resources if resource.type in rule.shown_types])
    messages = []
    for resource in resources:
        taken_over = {canonical(type_of(alias)) for alias in resource.aliases} & rule.taken_over
        if rule.check is not None and (resource.type in rule.types or taken_over):
            messages += [Said.of(violation) for violation in rule.check(resource, config, whole.having([]))]
    if rule.check_stack is not None:
        said = {(text, text.resource and text.resource.urn) for text in messages}
        texts = map(Said.of, rule.check_stack(whole, config))
        messages += [text for text in texts if (text, text.resource and text.resource.urn) not in said]
    return messages


def grants(*resources: Declared, **config: Any) -> list[Said]:
    """What no-disable-grant says of a stack, wherever it is."""
    return [Said.of(violation) for violation in no_disable_grant.violations(Stack("p", "dev", resources), config)]


def grants_in_management(*resources: Declared, **config: Any) -> list[Said]:
    """What no-disable-grant says of them in the management account, where every permission set is assigned too."""
    messages = []
    for resource in resources:
        messages += list(_assigned(resource)) if is_of_permission_set(resource) else [resource]
    return grants(*messages, **{"ownerStacks": ["dev"], "managementAccountId": MANAGEMENT, **config})


def _assigned(resource: Declared) -> Iterator[Declared]:
    """The resource, and an assignment of its permission set in the management account."""
    arn = resource.props.get("permissionSetArn", PERMISSION_SET)
    yield (
        resource if resource.type in SET_TYPES else replace(resource, props={"permissionSetArn": arn, **resource.props})
    )
    assigned = {"permissionSetArn": UNKNOWN if resource.type in SET_TYPES else arn, "targetId": MANAGEMENT}
    yield declare(ASSIGNMENT, f"of-{resource.name}", props=assigned, comes_from={"permissionSetArn": [resource.urn]})


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
