"""Contracts that every component keeps: found by import, so that a new one can't forget them."""

from __future__ import annotations

import inspect
import typing

import pulumi
import pulumi_aws_identity_center as package
import pytest
from pulumi_aws_identity_center.constants import PACKAGE

COMPONENTS = sorted(
    (
        value
        for name in package.__all__
        if inspect.isclass(value := getattr(package, name)) and issubclass(value, pulumi.ComponentResource)
    ),
    key=lambda component: component.__name__,
)

# Released tokens. A name that is taken away here strands every state that holds it: give the new one an alias.
TOKENS = {
    "DelegatedAdministrator": "aws-identity-center:index:DelegatedAdministrator",
    "Instance": "aws-identity-center:index:Instance",
    "OperatorPermissions": "aws-identity-center:index:OperatorPermissions",
    "OrganizationSso": "aws-identity-center:index:OrganizationSso",
    "TrustedAccess": "aws-identity-center:index:TrustedAccess",
}


def test_the_list_of_released_tokens_is_whole() -> None:
    assert {component.__name__ for component in COMPONENTS} == set(TOKENS)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_its_token_is_fixed_it_registers_outputs_and_its_arguments_are_described(component: type) -> None:
    source = inspect.getsource(component)
    assert f'f"{{PACKAGE}}:index:{component.__name__}"' in source
    assert TOKENS[component.__name__] == f"{PACKAGE}:index:{component.__name__}"
    assert "self.register_outputs(" in source
    arguments = typing.get_type_hints(component.__init__)["args"]
    assert arguments.__name__ == f"{component.__name__}Args"
    assert typing.is_typeddict(arguments)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_its_constructor_is_short_enough_to_read(component: type) -> None:
    assert len(inspect.getsource(component.__init__).splitlines()) <= 60


def test_every_public_name_can_be_imported() -> None:
    for name in package.__all__:
        assert getattr(package, name) is not None
