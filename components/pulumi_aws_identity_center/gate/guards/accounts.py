"""In which account a resource is: told by an ARN in it, or by a provider through which another with an ARN goes."""

from __future__ import annotations

from pulumi_aws_identity_center.gate.change import Change, Resource

from .carriers import IAM_ARN

_KEYS = (
    "arn",
    "policyArn",
    "permissionsBoundary",
    "role",
    "user",
    "roleName",
    "userName",
    "managedPolicyArns",
    "policyArns",
)


class Accounts:
    """Fed with every change; afterwards it tells accounts."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()  # (partition, account)
        self._by_provider: dict[str, str] = {}
        self._named: dict[int, str] = {}  # by the resource's id(): changes outlive this

    def learn(self, change: Change) -> None:
        for resource in (change.before, change.after):
            if resource is None or id(resource) in self._named:
                continue
            partition, account = _named(resource)
            self._named[id(resource)] = account
            if account:
                self.seen.add((partition, account))
                if resource.provider:
                    self._by_provider[resource.provider] = account

    def of(self, change: Change, resource: Resource | None) -> str:
        """The account; its provider where only that is told; "" where nothing is, and several accounts are seen."""
        states = [state for state in (resource, change.before, change.after) if state is not None]
        for state in states:
            if account := self._named.get(id(state), ""):
                return account
        for state in states:
            if state.provider:
                return self._by_provider.get(state.provider, state.provider)
        return next(iter(self.seen))[1] if len(self.seen) == 1 else ""


def _named(resource: Resource) -> tuple[str, str]:
    """The partition and the account that an ARN of the resource's names."""
    for props in (resource.outputs, resource.inputs):
        for key in _KEYS:
            value = props.get(key)
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, str) and (match := IAM_ARN.match(item)):
                    return match[1], match[2]
    match = IAM_ARN.match(resource.id)
    return (match[1], match[2]) if match else ("", "")
