"""A pack's server that never unpacks what no rule looks at. The answers are the same as the SDK's own.

The SDK (pulumi_policy 1.21) unpacks every resource once for each rule, and once more for each stack rule, before a rule
can say that it isn't concerned. Most resources of most stacks concern none of ours. It has no hook for that, so its
server class is replaced before the pack starts; with an SDK that has it no more, the pack is slower and no different.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi_policy.policy as sdk

from .rule import Rule

_SERVER = "_PolicyAnalyzerServicer"


def install(rules: Sequence[Rule]) -> None:
    """From now on, packs made in this process skip what none of these rules is called for."""
    base = getattr(sdk, _SERVER, None)
    if base is not None and all(hasattr(base, name) for name in ("Analyze", "Remediate", "AnalyzeStack")):
        setattr(sdk, _SERVER, server(base, rules))


def server(base: Any, rules: Sequence[Rule]) -> Any:
    """The SDK's server class, with the resources narrowed to the rules' types."""
    each = frozenset[str]().union(*(rule.types for rule in rules if rule.check is not None))
    stack = frozenset[str]().union(*(rule.types for rule in rules if rule.check_stack is not None))

    class Quick(base):  # type: ignore[misc]  # pulumi_policy's types are not followed
        def Analyze(self, request: Any, context: Any) -> Any:
            return super().Analyze(request, context) if request.type in each else sdk.proto.AnalyzeResponse()

        def Remediate(self, request: Any, context: Any) -> Any:
            return super().Remediate(request, context) if request.type in each else sdk.proto.RemediateResponse()

        def AnalyzeStack(self, request: Any, context: Any) -> Any:
            kept = [resource for resource in request.resources if resource.type in stack]
            return super().AnalyzeStack(type(request)(resources=kept), context)

    return Quick
