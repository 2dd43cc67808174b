"""Serves the rules to the Pulumi engine: the Analyzer service of Pulumi's public protocol, pulumi/analyzer.proto.

pulumi_policy serves the same protocol. It can't report one violation of a mandatory rule as advisory, doesn't refuse a
misspelt configuration, and unpacks each resource once for each rule; so this pack has a server of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2
from pulumi_aws_identity_center.domain.declared import Declared, Stack
from pulumi_aws_identity_center.domain.resource_types import canonical, type_of
from pulumi_aws_identity_center.domain.violation import Level, Violation
from pulumi_aws_identity_center.names import PACKAGE

from . import wire
from .language import program_language
from .rule import Rule, with_bridged

# The engine takes the version from PulumiPolicy.yaml.
_VERSION = "0.0.1"
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_LEVELS = {"advisory": analyzer_pb2.ADVISORY, "mandatory": analyzer_pb2.MANDATORY}


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
        self._name, self._rules = name, rules
        self._levels = {rule.id: analyzer_pb2.MANDATORY for rule in rules}
        self._config: dict[str, Mapping[str, Any]] = {}
        self._stack = Stack("", "", [])
        self._analyzed: set[str] = set()
        self._types = {rule.id: with_bridged(rule.types) for rule in rules}
        self._stack_types = {rule.id: with_bridged(rule.stack_types or rule.types) for rule in rules}

    def Handshake(self, request: Any, context: Any) -> Any:
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=_VERSION)

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        policies = [_policy_info(rule) for rule in self._rules]
        return analyzer_pb2.AnalyzerInfo(name=self._name, version=_VERSION, supportsConfig=True, policies=policies)

    def Configure(self, request: Any, context: Any) -> Any:
        config = {name: json_format.MessageToDict(policy.properties) for name, policy in request.policyConfig.items()}
        if problems := misspelt({name: list(keys) for name, keys in config.items()}, self._rules):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, " ".join(problems))
        self._config = config
        self._levels |= {name: policy.enforcementLevel for name, policy in request.policyConfig.items()}
        return empty_pb2.Empty()

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        language = program_language(request.project, dict(request.tags))
        self._stack = Stack(request.project, request.stack, [], dict(request.config), request.organization, language)
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Analyze(self, request: Any, context: Any) -> Any:
        self._analyzed.add(request.urn)
        checks = [(rule, rule.check) for rule in self._active_rules() if rule.check and self._is_for(rule, request)]
        if not checks:
            return analyzer_pb2.AnalyzeResponse()
        resource = wire.declared(request)
        diagnostics = [
            self._diagnostic(rule, violation, resource.urn)
            for rule, check in checks
            for violation in check(resource, self._config.get(rule.id, {}), self._stack)
        ]
        return analyzer_pb2.AnalyzeResponse(diagnostics=diagnostics)

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        checks = [(rule, rule.check_stack) for rule in self._active_rules() if rule.check_stack]
        types = frozenset[str]().union(*(self._stack_types[rule.id] for rule, _ in checks))
        rows = [row for row in request.resources if row.type in types]
        resources = [wire.declared(row) for row in rows if self._is_declared(row)]
        diagnostics = [
            self._diagnostic(rule, violation, "")
            for rule, check in checks
            for violation in check(self._stack_of(rule, resources), self._config.get(rule.id, {}))
        ]
        return analyzer_pb2.AnalyzeResponse(diagnostics=diagnostics)

    def _is_declared(self, row: Any) -> bool:
        """Whether the program declares what the engine lists of the stack.

        Of a provider that asks for a refresh before the update, as this package's does, the engine also lists what it
        refreshed and is about to delete. It never asks Analyze about these. Resources of other packages that it doesn't
        ask about are read by the program.
        """
        return row.urn in self._analyzed or not row.type.startswith(f"{PACKAGE}:")

    def _stack_of(self, rule: Rule, resources: Sequence[Declared]) -> Stack:
        """The stack with the resources that the rule looks at."""
        types = rule.stack_types or rule.types
        return self._stack.having([resource for resource in resources if resource.type in types])

    def Remediate(self, request: Any, context: Any) -> Any:
        rules = [rule for rule in self._rules if self._levels[rule.id] == analyzer_pb2.REMEDIATE]
        remediations = []
        for rule in rules:
            if rule.fix is None or request.type not in self._types[rule.id]:
                continue
            # Each rule sees what the one before it changed.
            changes = rule.fix(wire.declared(request), self._config.get(rule.id, {}), self._stack)
            if changes:
                request.properties.CopyFrom(wire.changed(request.properties, changes))
                remediations.append(self._remediation(rule, request.properties))
        return analyzer_pb2.RemediateResponse(remediations=remediations)

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def _active_rules(self) -> list[Rule]:
        return [rule for rule in self._rules if self._levels[rule.id] != analyzer_pb2.DISABLED]

    def _is_for(self, rule: Rule, request: Any) -> bool:
        if request.type in self._types[rule.id]:
            return True
        if not rule.taken_over:
            return False
        return any(canonical(type_of(alias)) in rule.taken_over for alias in request.options.aliases)

    def _diagnostic(self, rule: Rule, violation: Violation, urn: str) -> Any:
        where = violation.resource.urn if violation.resource is not None else urn
        return analyzer_pb2.AnalyzeDiagnostic(
            policyName=rule.id,
            policyPackName=self._name,
            policyPackVersion=_VERSION,
            description=rule.description,
            message=violation.text(self._stack.language, rule.docs),
            urn=where,
            enforcementLevel=self._level(rule, violation),
        )

    def _level(self, rule: Rule, violation: Violation) -> Any:
        if violation.level is not Level.MANDATORY or self._levels[rule.id] == analyzer_pb2.ADVISORY:
            return analyzer_pb2.ADVISORY
        return analyzer_pb2.MANDATORY

    def _remediation(self, rule: Rule, struct: Any) -> Any:
        return analyzer_pb2.Remediation(
            policyName=rule.id,
            policyPackName=self._name,
            policyPackVersion=_VERSION,
            description=rule.description,
            properties=struct,
        )


def _policy_info(rule: Rule) -> Any:
    info = analyzer_pb2.PolicyInfo(name=rule.id, description=rule.description, enforcementLevel=analyzer_pb2.MANDATORY)
    is_of_resource = rule.check is not None
    info.policy_type = analyzer_pb2.POLICY_TYPE_RESOURCE if is_of_resource else analyzer_pb2.POLICY_TYPE_STACK
    if rule.config:
        info.configSchema.properties.update(rule.config)
    return info


def misspelt(given: Mapping[str, Sequence[str]], rules: Sequence[Rule]) -> list[str]:
    """A sentence for each rule, or key of a rule, that doesn't exist. The engine ignores these."""
    keys: dict[str, Sequence[str]] = {"all": (), **{rule.id: sorted(rule.config) for rule in rules}}
    problems = [_unknown_rule(name, rules) for name in given if name not in keys]
    for name in keys:
        allowed = ["enforcementLevel", *keys[name]]
        problems += [_unknown_key(name, key, allowed) for key in given.get(name, ()) if key not in allowed]
    return problems


def _unknown_rule(name: str, rules: Sequence[Rule]) -> str:
    names = ", ".join(rule.id for rule in rules)
    return f"--policy-pack-config names {name!r}, which is no rule. The rules: {names}."


def _unknown_key(name: str, key: str, allowed: Sequence[str]) -> str:
    return f"--policy-pack-config gives {name} {key!r}, which it does not have. It takes: {', '.join(allowed)}."
