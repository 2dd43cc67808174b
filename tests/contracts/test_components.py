"""Contracts that every component keeps: found by import, so that a new one can't forget them."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import pkgutil
import re
import textwrap
import typing
from importlib import metadata
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_aws_identity_center as package
import pytest
from pulumi_aws_identity_center import components
from pulumi_aws_identity_center.components.plugin import COMPONENTS as OFFERED
from pulumi_aws_identity_center.names import PACKAGE

from tests.walk import walk

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = sorted(
    {
        value
        for module in pkgutil.iter_modules(components.__path__, f"{components.__name__}.")
        if not module.ispkg and not module.name.endswith("__main__")
        for value in vars(importlib.import_module(module.name)).values()
        if inspect.isclass(value)
        and issubclass(value, pulumi.ComponentResource)
        and value.__module__.startswith(package.__name__)
    },
    key=lambda component: component.__name__,
)
EACH = walk("component", COMPONENTS)

# With as much declared as the component can.
TRUST = ["arn:aws:iam::111122223333:root"]
ROLES = [
    {"name": "operator", "permissions": ["enable", "observe"], "trustedPrincipals": TRUST},
    {"name": "breaker", "permissions": ["disable"], "trustedPrincipals": TRUST},
]
ATTRIBUTES = [{"key": "team", "sources": ["${path:enterprise.department}"]}]
ARGUMENTS: dict[str, dict[str, Any]] = {
    "AccessMatrix": {
        "permissionSets": {"ReadOnly": {}},
        "assignments": [{"groups": ["Developers"], "permissionSets": ["ReadOnly"], "accounts": {"all": True}}],
    },
    "DelegatedAdministrator": {"accountId": "222233334444"},
    "Instance": {"accessControlAttributes": ATTRIBUTES},
    "OperatorPermissions": {"roles": ROLES},
    "OrganizationSso": {
        "operatorRoles": ROLES,
        "delegatedAdministratorAccountId": "222233334444",
        "accessControlAttributes": ATTRIBUTES,
        "sentinel": {},
    },
    "Sentinel": {"notify": {"emails": ["on-call@example.com"]}},
    "TrustedAccess": {},
}
SECRET = "4dabf18193072939515e22adb298388d"


def _source(component: Any) -> str:
    return textwrap.dedent(inspect.getsource(component.__init__))


def _deploy(deploy, component: type, arguments: dict[str, Any] | None = None, **options: Any):
    def build() -> Any:
        opts = pulumi.ResourceOptions(providers=[aws.Provider("mine", region="us-east-1")], **options)
        created = component("it", ARGUMENTS[component.__name__] if arguments is None else arguments, opts)
        return created.urn

    return deploy(build)


def test_every_component_is_public_and_offered_by_the_plugin() -> None:
    names = [component.__name__ for component in COMPONENTS]
    assert names == sorted(ARGUMENTS)
    assert set(names) <= set(package.__all__)
    assert sorted(component.__name__ for component in OFFERED) == names


@EACH
def test_a_users_subclass_keeps_the_components_token(deploy: Any, component: Any) -> None:
    graph = _deploy(deploy, type("Mine", (component,), {}), ARGUMENTS[component.__name__])
    assert f"{PACKAGE}:index:{component.__name__}" in {row.type for row in graph.resources}


@EACH
def test_a_component_has_described_arguments(component: Any) -> None:
    arguments = typing.get_type_hints(component.__init__)["args"]
    assert arguments.__name__ == f"{component.__name__}Args"
    assert typing.is_typeddict(arguments)
    assert arguments.__doc__
    assert component.__doc__


@EACH
def test_children_have_the_components_parent_and_provider(deploy, component) -> None:
    graph = _deploy(deploy, component)
    registered = [row for row in graph.resources if row.name != "mine" and row.type != "pulumi:pulumi:Stack"]
    own = [
        row for row in registered if row.urn == f"urn:pulumi:stack::project::{PACKAGE}:index:{component.__name__}::it"
    ]
    assert len(own) == 1
    prefix = f"urn:pulumi:stack::project::{PACKAGE}:index:{component.__name__}$"
    assert [row.urn for row in registered if row not in own and not row.urn.startswith(prefix)] == []
    custom = [row for row in registered if row.custom]
    assert len(custom) >= 1
    # This package's own provider signs in as the aws provider does, and is the component's.
    providers = {"aws": "::mine::", PACKAGE: "::it-sign-in::"}
    resources = [row for row in custom if not row.type.startswith("pulumi:providers:")]
    assert [row.name for row in resources if providers[row.type.split(":")[0]] not in row.provider] == []
    assert [token for token, provider, _ in graph.invoked if providers[token.split(":")[0]] not in provider] == []
    # Another version, or none, starts a provider of its own.
    versions = {"aws": metadata.version("pulumi_aws"), PACKAGE: metadata.version(f"pulumi-{PACKAGE}")}
    assert [token for token, _, version in graph.invoked if version != versions[token.split(":")[0]]] == []
    assert {*graph.finished} - {"project-stack"} == {row.name for row in registered if not row.custom}
    declared = {
        re.sub(r"_(\w)", lambda match: match[1].upper(), name)
        for name in component.__annotations__  # camelCase
    }
    assert set(graph.outputs["it"]) == declared


@EACH
def test_a_resource_is_found_under_every_releases_urn(deploy, component) -> None:
    """urns.txt: what released versions have in their states. A line that is taken away strands them: add an alias."""
    stored = [
        line
        for line in (ROOT / "tests" / "contracts" / "urns.txt").read_text("utf-8").splitlines()
        if line.startswith("urn:") and f"::{PACKAGE}:index:{component.__name__}" in line
    ]
    assert stored
    rows = _deploy(deploy, component).resources
    urns = {urn for row in rows for urn in (row.urn, *row.aliases)}
    assert [urn for urn in stored if urn not in urns] == []
    # And each that it makes now is stored, once it is released.
    component_urns = [row.urn for row in rows if f":{PACKAGE}:index:" in f":{row.urn.split('::')[2]}"]
    assert [urn for urn in component_urns if urn not in stored] == []


OLD = "urn:pulumi:stack::project::aws:organizations/awsServiceAccess:AwsServiceAccess::old"
OTHER_TYPES: dict[str, Any] = {
    "a URN": lambda: OLD,
    "a URN below another": lambda: "urn:pulumi:stack::project::their:index:Theirs$aws:iam/role:Role::old",
    "a type": lambda: pulumi.Alias(type_="aws:organizations/awsServiceAccess:AwsServiceAccess"),
    "a URN known later": lambda: pulumi.Output.from_input(OLD),
}


@walk(("component", "alias"), itertools.product(COMPONENTS, OTHER_TYPES))
def test_an_alias_of_another_type_is_refused_before_registration(deploy, component: Any, alias: str) -> None:
    registered: list[str] = []

    def build() -> Any:
        opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="good"), OTHER_TYPES[alias]()])
        return component("it", ARGUMENTS[component.__name__], opts).urn

    deploy.on_register = registered.append
    with pytest.raises(pulumi.RunError, match=f"{component.__name__} it has an alias of another type"):
        deploy(build)
    assert registered == []


@EACH
def test_an_alias_of_its_own_type_is_taken(deploy, component: Any) -> None:
    token = f"{PACKAGE}:index:{component.__name__}"
    own = f"urn:pulumi:stack::first::their:index:Theirs${token}::before"

    def build() -> Any:
        aliases: list[Any] = [own, pulumi.Alias(type_=token, name="x"), pulumi.Output.from_input(own)]
        return component("it", ARGUMENTS[component.__name__], pulumi.ResourceOptions(aliases=aliases)).urn

    [row] = deploy(build).of(token)
    assert row.aliases.count(own) == 2


@EACH
def test_its_constructor_only_declares(component: type) -> None:
    """Decisions are functions of plain data; a constructor checks, declares and connects."""
    source = _source(component)
    assert len(source.splitlines()) <= 60
    tree = ast.parse(source)
    loops = [node for node in ast.walk(tree) if isinstance(node, (ast.For, ast.While, ast.Try))]
    branches = [node for node in ast.walk(tree) if isinstance(node, (ast.If, ast.IfExp, ast.Match))]
    assert loops == []
    assert len(branches) <= 4


SECRETS = [
    ("TrustedAccess", {"servicePrincipal": "sso.amazonaws.com"}, "servicePrincipal"),
    ("DelegatedAdministrator", {"accountId": "222233334444"}, "accountId"),
    ("DelegatedAdministrator", {"accountId": "222233334444", "trustedAccess": "sso.amazonaws.com"}, "servicePrincipal"),
    ("Instance", {"accessControlAttributes": ATTRIBUTES}, "attributes"),
]


@walk(("name", "arguments", "shown"), SECRETS)
def test_a_secret_argument_stays_secret_in_children_and_outputs(deploy, name: str, arguments: dict, shown: str) -> None:
    def secret() -> dict[str, Any]:
        last = list(arguments)[-1]
        if last == "accessControlAttributes":
            return {last: [{"key": "team", "sources": pulumi.Output.secret(["x"])}]}
        return {**arguments, last: pulumi.Output.secret(arguments[last])}

    def build() -> Any:
        return getattr(package, name)("it", secret()).urn

    graph = deploy(build)
    [child] = [row for row in graph.resources if row.custom and row.type.startswith("aws:")]
    assert SECRET in str(child.props[shown])


@pytest.mark.parametrize(
    ("name", "argument", "shown"),
    [("TrustedAccess", "servicePrincipal", "servicePrincipal"), ("DelegatedAdministrator", "accountId", "accountId")],
)
def test_a_value_unknown_in_the_preview_is_not_judged(deploy, name, argument, shown) -> None:
    deploy.preview = True

    def build() -> Any:
        return getattr(package, name)("it", {argument: _unknown()}).urn

    [child] = [row for row in deploy(build).resources if row.custom and row.type.startswith("aws:")]
    assert child.props[shown] == pulumi.runtime.rpc.UNKNOWN


def test_an_instance_lookup_waits_for_its_trusted_access(deploy) -> None:
    deploy.preview = True
    graph = deploy(lambda: package.Instance("it", {"trustedAccess": _unknown()}).urn)
    assert graph.invoked == []
    assert graph.outputs["it"]["arn"] == pulumi.runtime.rpc.UNKNOWN


def _unknown() -> pulumi.Output[Any]:
    async def value(result: Any) -> Any:
        return result

    return pulumi.Output(value(set()), value(pulumi.output.UNKNOWN), value(False))


def test_every_public_name_can_be_imported() -> None:
    for name in package.__all__:
        assert getattr(package, name) is not None
