"""Serves the rules to the Pulumi engine: the Analyzer service of Pulumi's public protocol, pulumi/analyzer.proto.

pulumi_policy serves the same protocol. It can't report one violation of a mandatory rule as advisory, doesn't refuse a
misspelt configuration, and unpacks each resource once for each rule; so this pack has a server of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2
from pulumi_aws_identity_center.domain.declared import Declared, Stack
from pulumi_aws_identity_center.domain.iam_carriers import COMPUTED
from pulumi_aws_identity_center.domain.resource_types import canonical
from pulumi_aws_identity_center.domain.violation import Violation

from . import wire
from .configured_rule import ConfiguredRule
from .language import program_language
from .rule import Rule

# The engine takes the version from PulumiPolicy.yaml.
_VERSION = "0.0.1"
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def serve(name: str, rules: Sequence[Rule]) -> None:
    """Listens, prints the port for the engine, and returns when the process is told to end."""
    server = grpc.server(ThreadPoolExecutor(max_workers=4), options=_UNLIMITED)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(PackServer(name, rules), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop(0)


class PackServer(analyzer_pb2_grpc.AnalyzerServicer):
    """One run of the pack. Every rule is mandatory unless the configuration says otherwise."""

    def __init__(self, name: str, rules: Sequence[Rule]) -> None:
        self._name = name
        self._rules = [ConfiguredRule(rule) for rule in rules]
        self._stack = Stack("", "", [])
        self._inputs: dict[str, frozenset[str]] = {}
        self._said: set[tuple[str, str, str]] = set()  # of single resources: rule, URN, problem

    def Handshake(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=_VERSION)

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        policies = [_policy_info(configured.rule) for configured in self._rules]
        return analyzer_pb2.AnalyzerInfo(name=self._name, version=_VERSION, supportsConfig=True, policies=policies)

    def Configure(self, request: Any, context: Any) -> Any:
        config = {name: json_format.MessageToDict(policy.properties) for name, policy in request.policyConfig.items()}
        rules = {configured.rule.id: configured for configured in self._rules}
        problems = misspelt(config, [configured.rule for configured in self._rules])
        if problems:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, " ".join(problems))
        for name in rules.keys() & config.keys():
            rules[name].configure(request.policyConfig[name].enforcementLevel, config[name])
        return empty_pb2.Empty()

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        language = program_language(request.project, dict(request.tags))
        self._stack = Stack(request.project, request.stack, [], dict(request.config), request.organization, language)
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Analyze(self, request: Any, context: Any) -> Any:
        self._inputs[request.urn] = frozenset(request.properties)
        rules = [rule for rule in self._rules if rule.checks(request)]
        if not rules:
            return analyzer_pb2.AnalyzeResponse()
        resource = wire.declared(request)
        judged = [(rule, list(rule.violations(resource, self._stack))) for rule in rules]
        self._said |= {(rule.rule.id, resource.urn, violation.problem) for rule, found in judged for violation in found}
        return self._response(judged, resource.urn)

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        """Judges what the program declares: that alone the engine gave to Analyze. With a refresh or a target it also
        lists what the program reads, what it has removed and the update is about to delete."""
        rules = [rule for rule in self._rules if rule.checks_stack]
        types = frozenset[str]().union(*(rule.stack_types for rule in rules))
        rows = [row for row in request.resources if row.type in types and row.urn in self._inputs]
        stack = self._stack.having(list(map(self._declared, rows)))
        return self._response(_once([(rule, self._unsaid(rule, stack)) for rule in rules]))

    def _unsaid(self, rule: ConfiguredRule, stack: Stack) -> Iterator[Violation]:
        """What the rule says of the stack, without what it said of a resource alone."""
        for violation in rule.stack_violations(stack):
            urn = violation.resource.urn if violation.resource else ""
            if (rule.rule.id, urn, violation.problem) not in self._said:
                yield violation

    def _declared(self, row: Any) -> Declared:
        """A row has outputs too: a role has as its policies also those that others attached."""
        for key in COMPUTED.get(canonical(row.type), frozenset()) - self._inputs[row.urn]:
            row.properties.fields.pop(key, None)
        return wire.declared(row)

    def Remediate(self, request: Any, context: Any) -> Any:
        remediations = []
        for rule in self._rules:
            if not rule.remediates(request.type):
                continue
            # Each rule sees what the one before it changed.
            changes = rule.changes(wire.declared(request), self._stack)
            changed = wire.changed(request.properties, changes) if changes else None
            if changed is not None:
                request.properties.CopyFrom(changed)
                named = self._named(rule.rule)
                remediations.append(analyzer_pb2.Remediation(**named, properties=request.properties))
        return analyzer_pb2.RemediateResponse(remediations=remediations)

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def _response(self, judged: Iterable[tuple[ConfiguredRule, Iterable[Violation]]], urn: str = "") -> Any:
        """urn: of the resource that was checked; "" for the whole stack."""
        diagnostics = [
            self._diagnostic(rule, violation, urn) for rule, violations in judged for violation in violations
        ]
        return analyzer_pb2.AnalyzeResponse(diagnostics=diagnostics)

    def _diagnostic(self, configured: ConfiguredRule, violation: Violation, urn: str) -> Any:
        rule = configured.rule
        return analyzer_pb2.AnalyzeDiagnostic(
            **self._named(rule),
            message=violation.text(self._stack.language, rule.docs),
            urn=urn if violation.resource is None else violation.resource.urn,
            enforcementLevel=configured.level_of(violation),
        )

    def _named(self, rule: Rule) -> Any:
        pack = {"policyPackName": self._name, "policyPackVersion": _VERSION}
        return {**pack, "policyName": rule.id, "description": rule.description}


def _once(judged: Iterable[tuple[ConfiguredRule, Iterable[Violation]]]) -> list[tuple[ConfiguredRule, list[Violation]]]:
    """Of rules that say the same, only the first mandatory one says it, or else the first."""
    said = [(rule, violation) for rule, violations in judged for violation in violations]
    speakers: dict[str, ConfiguredRule] = {}
    for rule, violation in sorted(said, key=lambda row: row[0].level_of(row[1]), reverse=True):
        speakers.setdefault(violation.problem, rule)
    return [(rule, [violation]) for rule, violation in said if speakers[violation.problem] is rule]


def _policy_info(rule: Rule) -> Any:
    info = analyzer_pb2.PolicyInfo(name=rule.id, description=rule.description, enforcementLevel=analyzer_pb2.MANDATORY)
    is_of_resource = rule.check is not None
    info.policy_type = analyzer_pb2.POLICY_TYPE_RESOURCE if is_of_resource else analyzer_pb2.POLICY_TYPE_STACK
    if rule.config:
        info.configSchema.properties.update(rule.config)
    return info


def misspelt(config: Mapping[str, Iterable[str]], rules: Sequence[Rule]) -> list[str]:
    """A sentence for each rule, or key of a rule, that doesn't exist. The engine ignores these."""
    keys = {"all": ["enforcementLevel"], **{rule.id: ["enforcementLevel", *sorted(rule.config)] for rule in rules}}
    problems: list[str] = []
    for name, configured_keys in config.items():
        if name in keys:
            problems += [_unknown_key(name, key, keys[name]) for key in configured_keys if key not in keys[name]]
        else:
            problems.append(_unknown_rule(name, rules))
    return problems


def _unknown_rule(name: str, rules: Sequence[Rule]) -> str:
    names = ", ".join(rule.id for rule in rules)
    return f"--policy-pack-config names {name!r}, which is no rule. The rules: {names}."


def _unknown_key(name: str, key: str, allowed: Sequence[str]) -> str:
    return f"--policy-pack-config gives {name} {key!r}, which it does not have. It takes: {', '.join(allowed)}."
