"""What a Terraform plan's `configuration` tells that its changes don't: how providers sign in, which provider a
resource uses, and which resources its values come from.

Only resources that a rule judges are kept, each once however many instances it has.
developer.hashicorp.com/terraform/internals/json-format#configuration-representation
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_aws_identity_center.domain.declared import UNKNOWN
from pulumi_aws_identity_center.domain.terraform_names import properties_of, token_of
from pulumi_aws_identity_center.domain.values import as_list
from pulumi_aws_identity_center.gate.change import children, known_text

from .document import Document, NotAPlan
from .terraform_lookups import CALLER

_INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]')
_MAX_DEPTH = 20  # no configuration refers in circles: Terraform refuses it
_ACCOUNT = re.compile(r"(\d{12})|arn:[a-z-]+:iam::(\d{12}):role/.+")
_LAST_INDEX = re.compile(rf"{_INDEX.pattern}$")


@dataclass(frozen=True)
class Block:
    """A resource block. provider: the key of its provider; references: by attribute, the blocks its value names; sets:
    what it sets, in Pulumi's names. (A plan's JSON leaves dynamic blocks out.)"""

    provider: str
    references: Mapping[str, Sequence[str]]
    sets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Provider:
    """name: aws, awscc …; settings: what it is configured with, in Pulumi's names; references as a block's."""

    name: str
    settings: Mapping[str, Any]
    references: Mapping[str, Sequence[str]]


@dataclass
class Configuration:
    """providers: by their keys; blocks: by address without any index; variables: the values of the root's; links: what
    a module's output, or its variable, refers to."""

    providers: dict[str, Provider] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)

    def sources(self, reference: str, depth: int = 0) -> Iterator[str]:
        """What a reference comes from, through modules' outputs and variables: without indexes, attributes kept."""
        name = block_address(reference)
        while name and name not in self.links:
            name = name.rpartition(".")[0]
        if not name or depth > _MAX_DEPTH:
            yield block_address(reference)
            return
        for link in self.links[name]:
            yield from self.sources(link, depth + 1)

    def settings_of(self, key: str) -> Mapping[str, Any]:
        """What a provider is configured with; the account also where a variable tells it."""
        provider = self.providers.get(key)
        if provider is None:
            return {}
        settings = dict(provider.settings)
        if account := _account_in(provider.references.get("assume_role", ()), self.variables):
            settings["assumeRole"] = [{"roleArn": f"arn:aws:iam::{account}:role/*"}]
        if account := _account_in(provider.references.get("allowed_account_ids", ()), self.variables):
            settings["allowedAccountIds"] = [account]
        return settings

    def block_of(self, address: str) -> Block | None:
        """The block of a resource's address; None for one that the configuration no longer has."""
        return self.blocks.get(block_address(address))


def _account_in(references: Sequence[str], variables: Mapping[str, Any]) -> str:
    """The account that a setting's only variable names: as its id, or in a role's ARN; "" where it names none."""
    names = {reference.removeprefix("var.") for reference in references}
    if len(names) != 1:
        return ""
    values = as_list(variables.get(names.pop()))
    account = _ACCOUNT.fullmatch(known_text(values[0])) if len(values) == 1 else None
    return (account[1] or account[2]) if account else ""


def root_variables(entries: Any) -> dict[str, Any]:
    rows = entries if isinstance(entries, dict) else {}
    return {name: row.get("value") for name, row in rows.items() if isinstance(row, dict)}


def block_address(address: str) -> str:
    """An address without the indexes of count and for_each, its modules' and its own."""
    return _INDEX.sub("", address)


def index_of(address: str) -> str:
    """A resource's own index, with its brackets; "" where it has none."""
    match = _LAST_INDEX.search(address)
    return match[0] if match else ""


def read(document: Document) -> Configuration:
    """The configuration that comes next in the document."""
    configuration = Configuration()
    for key in document.members():
        match key:
            case "provider_config":
                configuration.providers = dict(_providers(document.value()))
            case "root_module":
                _read_module(document, "", configuration)
    return configuration


def _providers(entries: Any) -> Iterator[tuple[str, Provider]]:
    for key, entry in _object(entries).items():
        name = str(_object(entry).get("name") or "")
        expressions = _expressions(_object(entries.get(name, entry) if _is_inherited(entry) else entry))
        settings = properties_of("", {name: _constants(expression) for name, expression in expressions.items()})
        roles = [_object(role).get("role_arn", role) for role in as_list(expressions.get("assume_role", []))]
        yield key, Provider(name, settings, _links("", {**expressions, "assume_role": roles}, ""))


def _is_inherited(entry: Mapping[str, Any]) -> bool:
    """Whether a module of a module uses the root's provider and the module between names none: Terraform then writes
    an entry without settings for it. Of a deeper module, nothing tells which provider its callers pass."""
    return "expressions" not in entry and str(entry.get("module_address")).count(".") == 3


def _constants(expressions: Any) -> Any:
    """The values of expressions; UNKNOWN for one that refers to anything, or calls a function (written as {})."""
    if isinstance(expressions, list):
        return [_constants(item) for item in expressions]
    if not isinstance(expressions, dict) or not expressions or "references" in expressions:
        return UNKNOWN
    if "constant_value" in expressions:
        return expressions["constant_value"]
    return {key: _constants(item) for key, item in expressions.items()}


def _read_module(document: Document, module: str, configuration: Configuration) -> None:
    """module: "" for the root, or module.NAME. with a dot at its end."""
    for key in document.members():
        match key:
            case "resources":
                configuration.blocks |= _blocks(document, module)
            case "outputs":
                outputs = _object(document.value())
                expressions = {name: _object(output).get("expression") for name, output in outputs.items()}
                configuration.links |= _links(module, expressions, module)
            case "module_calls":
                for name in document.members():
                    _read_call(document, module, f"{module}module.{name}.", configuration)


def _read_call(document: Document, caller: str, module: str, configuration: Configuration) -> None:
    for key in document.members():
        match key:
            case "expressions":
                configuration.links |= _links(f"{module}var.", _object(document.value()), caller)
            case "module":
                _read_module(document, module, configuration)


def _links(prefix: str, expressions: Mapping[str, Any], module: str) -> dict[str, list[str]]:
    """What outputs, or variables, refer to, by their names behind the prefix. module: in which they are written."""
    return {f"{prefix}{name}": list(_references(expression, module)) for name, expression in expressions.items()}


def _blocks(document: Document, module: str) -> dict[str, Block]:
    """By address. Only those that are judged, and the caller's identity, are kept."""
    blocks: dict[str, Block] = {}
    for row in document.items():
        type_ = str(_object(row).get("type"))
        if type_ == CALLER or token_of(type_):
            blocks[f"{module}{row.get('address')}"] = _block(row, module)
    return blocks


def _block(row: Mapping[str, Any], module: str) -> Block:
    expressions = _expressions(row)
    sets = frozenset(properties_of(str(row.get("type")), expressions))
    return Block(str(row.get("provider_config_key") or ""), _links("", expressions, module), sets)


def _references(expression: Any, module: str) -> Iterator[str]:
    match expression:
        case {"references": [*names]}:
            yield from (f"{module}{name}" for name in names)
    for inner in children(expression):
        yield from _references(inner, module)


def _expressions(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return _object(row.get("expressions") or {})


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotAPlan("The plan's configuration is not that of a plan: give the gate the whole plan's JSON.")
    return value
