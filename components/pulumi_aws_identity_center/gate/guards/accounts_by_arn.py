"""In which account a resource is: told by an ARN in it, or by a provider through which another with an ARN goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.gate.change import Change, Properties, Resource

_IAM_ARN = re.compile(r"arn:(aws[\w-]*):iam::(\d{12}):")
_KEYS = (
    *("arn", "policyArn", "permissionsBoundary", "role", "user", "roleName", "userName"),
    *("managedPolicyArns", "policyArns"),
)


class Account(NamedTuple):
    partition: str
    id: str


class AccountsByArn:
    """Fed with every change; afterwards it tells accounts."""

    def __init__(self) -> None:
        self.seen: set[Account] = set()
        self._by_provider: dict[str, str] = {}

    def add_change(self, change: Change) -> None:
        for resource in change.states:
            account = _named_account(resource)
            if account is not None:
                self.seen.add(account)
                self._by_provider[resource.provider] = account.id

    def of(self, change: Change, resource: Resource) -> str:
        """The account; its provider where only that is told; "" where nothing is, and several accounts are seen."""
        others = (state for state in change.states if state is not resource)
        states = [resource, *others]
        for state in states:
            if account := _named_account(state):
                return account.id
        for state in states:
            if state.provider:
                return self._by_provider.get(state.provider, state.provider)
        return next(iter(self.seen)).id if len(self.seen) == 1 else ""


def _named_account(resource: Resource) -> Account | None:
    for text in _values(resource):
        if isinstance(text, str) and (match := _IAM_ARN.match(text)):
            return Account(match[1], match[2])
    return None


def _values(resource: Resource) -> Iterator[Any]:
    yield from _values_in(resource.outputs)
    if resource.inputs is not resource.outputs:
        yield from _values_in(resource.inputs)
    yield resource.id


def _values_in(properties: Properties) -> Iterator[Any]:
    if properties.keys().isdisjoint(_KEYS):
        return  # mostly
    for key in _KEYS:
        yield from as_list(properties.get(key))
