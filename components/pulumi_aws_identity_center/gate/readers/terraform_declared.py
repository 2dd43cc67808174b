"""The resources that a Terraform plan declares, as the policy pack's rules take them (`domain/declared.py`).

A plan may have any number of resources, so only those are kept that can decide: carriers of permissions that may grant
a lock-out action, and whatever tells in which account something is. The configuration, which comes last in a plan, adds
the providers, and the resources that values come from.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pulumi_aws_identity_center.domain import service_linked_role
from pulumi_aws_identity_center.domain.declared import UNKNOWN, Declared, Stack
from pulumi_aws_identity_center.domain.grants.no_disable_grant import CONTEXT_TYPES, JUDGED_TYPES
from pulumi_aws_identity_center.domain.iam_carriers import COMPUTED
from pulumi_aws_identity_center.domain.terraform_names import camel_case, token_of
from pulumi_aws_identity_center.gate.change import Change, as_declared

from .terraform_change import computed_that_it_sets
from .terraform_configuration import Configuration, block_address, index_of
from .terraform_lookups import CALLER, Lookup

TYPES = JUDGED_TYPES | CONTEXT_TYPES | service_linked_role.TYPES
_PROVIDER_TYPES = {"aws": "pulumi:providers:aws", "awscc": "pulumi:providers:aws-native"}
_ASSIGNMENT_TYPE = "aws:ssoadmin/accountAssignment:AccountAssignment"
_CALLER_TYPE = "aws:index/getCallerIdentity:getCallerIdentity"
_RESOURCE = re.compile(r"(?:module\.[^.]+\.)*(aws(?:cc)?_\w+)\.[^.]+")


class DeclaredResources:
    """Those of one plan that `terraform_first_look.py` lets through."""

    def __init__(self) -> None:
        self._kept: list[Declared] = []
        self._sets: dict[str, frozenset[str]] = {}  # by URN: computed properties that the program sets all the same
        self._accounts_by_set: dict[str, set[str]] = defaultdict(set)

    def add(self, change: Change) -> None:
        if change.type in TYPES and change.after is not None:
            urn, properties = urn_of(change.type, change.address), as_declared(change.after.inputs)
            self._kept.append(Declared(change.type, change.address, urn, properties))
            if sets := computed_that_it_sets(change):
                self._sets[urn] = sets

    def add_assignment(self, change: Change) -> None:
        """What an account assignment leaves declared: an organization has very many."""
        if change.after is not None:
            self._accounts_by_set[change.after.sets("permissionSetArn")].add(change.after.sets("targetId"))

    def stack(self, configuration: Configuration, lookups: Iterable[Lookup]) -> Stack:
        """All of them, with what the configuration adds; lookups tell in which account their provider is."""
        callers = [
            Declared(_CALLER_TYPE, lookup.address, lookup.address, {"arn": lookup.values.get("arn")})
            for lookup in lookups
            if lookup.type == CALLER
        ]
        sources = _Sources(self._kept, configuration, self._sets)
        resources = [sources.complete(resource) for resource in (*callers, *self._kept)]
        return Stack("", "", [*sources.providers(), *resources, *self._assignments()], language="hcl")

    def _assignments(self) -> Iterator[Declared]:
        """Those of the permission sets whose parts are kept."""
        arns = {str(resource.props.get("permissionSetArn")) for resource in self._kept}
        for arn in arns & set(self._accounts_by_set):
            for account in self._accounts_by_set[arn]:
                urn = urn_of(_ASSIGNMENT_TYPE, f"{arn}/{account}")
                yield Declared(_ASSIGNMENT_TYPE, urn, urn, {"permissionSetArn": arn, "targetId": account})


def urn_of(type_: str, address: str) -> str:
    """A name for an address that tells its type, as Pulumi's URNs do (`resource_types.type_of`)."""
    return f"urn:terraform::plan::{type_}::{address}"


class _Sources:
    """Where the values of kept resources come from, and through which provider each goes."""

    def __init__(
        self, kept: Sequence[Declared], configuration: Configuration, sets: Mapping[str, frozenset[str]]
    ) -> None:
        self._configuration = configuration
        self._sets = sets
        self._by_block: dict[str, list[Declared]] = defaultdict(list)
        for resource in kept:
            self._by_block[block_address(resource.name)].append(resource)

    def complete(self, resource: Declared) -> Declared:
        block = self._configuration.block_of(resource.name)
        if block is None:
            return resource
        comes_from = {
            camel_case(key): self._urns(references, resource.name) for key, references in block.references.items()
        }
        return dataclasses.replace(
            resource,
            props=_declared_properties(resource, block.sets | self._sets.get(resource.urn, frozenset())),
            provider_urn=block.provider,
            provider=self._configuration.settings_of(block.provider),
            comes_from=comes_from,
        )

    def providers(self) -> Iterator[Declared]:
        for key, provider in self._configuration.providers.items():
            type_ = _PROVIDER_TYPES.get(provider.name)
            if type_ is not None:
                comes_from = {camel_case(name): self._urns(names, "") for name, names in provider.references.items()}
                settings = self._configuration.settings_of(key)
                yield Declared(type_, key, key, settings, comes_from=comes_from)

    def _urns(self, references: Sequence[str], address: str) -> list[str]:
        """Of the resources that the references name; of one with several instances, the one with the same index."""
        urns: dict[str, None] = {}
        sources = [source for reference in references for source in self._configuration.sources(reference)]
        for block, type_ in map(_block_in, sources):
            urns |= dict.fromkeys(self._urns_of_block(block, type_, index_of(address)))
        return list(urns)

    def _urns_of_block(self, block: str, type_: str, index: str) -> list[str]:
        """Of the instance with that index, else of all; of a block without any that is kept, its own."""
        instances = self._by_block.get(block, [])
        if not instances:
            return [urn_of(type_, block)] if type_ else []
        same = [instance for instance in instances if index_of(instance.name) == index]
        return [instance.urn for instance in same or instances]


def _declared_properties(resource: Declared, sets: frozenset[str]) -> dict[str, Any]:
    """Without what AWS alone will tell, and without what other resources give a role: they are judged themselves."""
    computed = COMPUTED.get(resource.type, frozenset()) - sets
    return {
        key: value
        for key, value in resource.props.items()
        if key not in computed and (value is not UNKNOWN or key in sets)
    }


def _block_in(reference: str) -> tuple[str, str]:
    """The block that a reference names, and Pulumi's token of its type; "" for a variable, an output or a lookup."""
    match = _RESOURCE.match(reference)
    return (match[0], token_of(match[1])) if match else ("", "")
