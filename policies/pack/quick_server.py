"""A pack's server that never unpacks what no rule looks at, and takes no configuration that no rule has.

The answers are the same as the SDK's own.

The SDK (pulumi_policy 1.21) unpacks every resource once for each rule, and once more for each stack rule, before a rule
can say that it isn't concerned. Most resources of most stacks concern none of ours. It has no hook for that, so its
server class is replaced before the pack starts; with an SDK that has it no more, the pack is slower and no different.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any

import grpc
import pulumi_policy.policy as sdk
from google.protobuf import json_format
from pulumi_aws_identity_center.domain.resource_types import bridged
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_STRING_VALUE

from .rule import Rule

_SERVER = "_PolicyAnalyzerServicer"
_UNKNOWN = (UNKNOWN_STRING_VALUE.encode(), UNKNOWN_ARRAY_VALUE.encode())
_METHODS = ("Analyze", "Remediate", "AnalyzeStack", "Configure")


def install(rules: Sequence[Rule]) -> None:
    """From now on, packs made in this process skip what none of these rules is called for."""
    base = getattr(sdk, _SERVER, None)
    if base is not None and all(hasattr(base, name) for name in _METHODS):
        setattr(sdk, _SERVER, server(base, rules))


def server(base: Any, rules: Sequence[Rule]) -> Any:
    """The SDK's server class, with the resources narrowed to the rules' types."""
    each = _types(rule for rule in rules if rule.check is not None)
    stack = _types(rule for rule in rules if rule.check_stack is not None)
    in_stack = [(rule, _types([rule])) for rule in rules if rule.in_stack is not None]

    class Quick(base):  # type: ignore[misc]  # pulumi_policy's types are not followed
        _given: Mapping[str, Any] = MappingProxyType({})

        def Configure(self, request: Any, context: Any) -> Any:
            given = {name: json_format.MessageToDict(each.properties) for name, each in request.policyConfig.items()}
            if problems := misspelt({name: list(config) for name, config in given.items()}, rules):
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, " ".join(problems))
            self._given = given
            return super().Configure(request, context)

        def Analyze(self, request: Any, context: Any) -> Any:
            return super().Analyze(request, context) if request.type in each else sdk.proto.AnalyzeResponse()

        def Remediate(self, request: Any, context: Any) -> Any:
            return super().Remediate(request, context) if request.type in each else sdk.proto.RemediateResponse()

        def AnalyzeStack(self, request: Any, context: Any) -> Any:
            whole, partly = self._asked_of({each.type for each in request.resources})
            doubts = [each for each in request.resources if each.type in partly and _has_unknown(each)]
            wanted = {urn for each in doubts for found in each.propertyDependencies.values() for urn in found.urns}
            wanted |= {each.urn for each in doubts}
            kept = [each for each in request.resources if each.type in whole or each.urn in wanted]
            return super().AnalyzeStack(type(request)(resources=kept), context)

        def _asked_of(self, there: Set[str]) -> tuple[Set[str], Set[str]]:
            """The types of which a stack's rules look at all resources, and those of which at what holds an unknown."""
            whole, partly = set(stack), set[str]()
            for rule, types in in_stack:
                all_of_them = rule.asks_of_all is not None and rule.asks_of_all(self._given.get(rule.id, {}), there)
                (whole if all_of_them else partly).update(types)
            return whole, partly

    return Quick


def _has_unknown(resource: Any) -> bool:
    """Whether there may be a value in it that the preview can't know, without unpacking it."""
    packed = resource.properties.SerializeToString()
    return any(mark in packed for mark in _UNKNOWN)


def misspelt(given: Mapping[str, Sequence[str]], rules: Sequence[Rule]) -> list[str]:
    """A sentence a rule, or key of one or of all, that there isn't. The engine ignores them, and what was meant."""
    keys = {rule.id: sorted(rule.config) for rule in rules}
    every: dict[str, list[str]] = {**keys, "all": []}
    problems = [
        f"--policy-pack-config names {name!r}, which is no rule. The rules: {', '.join(keys)}."
        for name in given
        if name not in every
    ]
    for name in given.keys() & every.keys():
        allowed = ", ".join(["enforcementLevel", *every[name]])
        problems += [
            f"--policy-pack-config gives {name} {key!r}, which it does not have. It takes: {allowed}."
            for key in given[name]
            if key not in every[name]
        ]
    return problems


def _types(rules: Iterable[Rule]) -> frozenset[str]:
    """Each type, and its token in a Terraform provider bridged by hand."""
    types = frozenset[str]().union(*(rule.types for rule in rules))
    return types | {bridged(token) for token in types}
