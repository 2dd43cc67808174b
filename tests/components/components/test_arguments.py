"""One error names every problem of a component's arguments, in keys and in values."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi_aws_identity_center import (
    AccessMatrix,
    DelegatedAdministrator,
    Instance,
    OperatorPermissions,
    OrganizationSso,
    Sentinel,
    TrustedAccess,
)
from pulumi_aws_identity_center.components.access_matrix import AccessMatrixArgs
from pulumi_aws_identity_center.components.arguments import read_arguments

from tests.walk import walk

ROLE = {"name": "operator", "permissions": ["fly"], "trustedPrincipals": []}
GLASS = {"reason": "r", "expires": "2020-01-01"}
OWN = "is not an argument"

# component, arguments, and how each problem begins.
ALL_WRONG: list[tuple[Any, dict[str, Any], list[str]]] = [
    (
        OrganizationSso,
        {
            "foo": 1,
            "delegatedAdministratorAccountId": 12,
            "whenNotEnabled": "x",
            "operatorRoles": [ROLE],
            "breakGlass": GLASS,
            "accessControlAttributes": [{"key": "", "sources": ["x"]}],
            "policyPrefix": "a b",
        },
        [
            f"foo {OWN}",
            "delegatedAdministratorAccountId is 12",
            "whenNotEnabled is 'x'",
            "operatorRoles[0].permissions has 'fly'",
            "operatorRoles[0].trustedPrincipals is []",
            "policyPrefix is 'a b'",
            "accessControlAttributes[0].key is ''",
            "breakGlass.expires is 2020-01-01",
        ],
    ),
    (
        TrustedAccess,
        {"service": "x", "servicePrincipal": "SSO", "breakGlass": GLASS},
        [f"service {OWN}", "servicePrincipal is 'SSO'", "breakGlass.expires is 2020-01-01"],
    ),
    (
        Instance,
        {"when": "x", "whenNotEnabled": "x", "accessControlAttributes": 7},
        [f"when {OWN}", "whenNotEnabled is 'x'", "accessControlAttributes is 7"],
    ),
    (
        OperatorPermissions,
        {"role": [], "roles": 7, "policyPrefix": "a b"},
        [f"role {OWN}", "roles is 7", "policyPrefix is 'a b'"],
    ),
    (
        DelegatedAdministrator,
        {"account": "222233334444", "trustedAccess": "ram.amazonaws.com"},
        [f"account {OWN}", "accountId is None", "trustedAccess is 'ram.amazonaws.com'"],
    ),
    (
        TrustedAccess,
        {"servicePrincipal": "SSO", "service_principal": "b.amazonaws.com", "breakGlass": 7},
        ["servicePrincipal is given twice", "servicePrincipal is 'SSO'", "breakGlass is 7"],
    ),
]


@walk(("component", "args", "told"), ALL_WRONG)
@pytest.mark.parametrize("deploy", [True], indirect=True)
def test_an_unknown_key_and_every_wrong_value_are_one_error(
    deploy: Any, component: Any, args: dict[str, Any], told: list[str]
) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        deploy(lambda: component("it", args))
    lines = str(caught.value).splitlines()
    assert len(lines) == len(told), lines
    for line, start in zip(lines, told, strict=True):
        assert line.startswith(f"- {start}")


def test_left_out_values_pass_and_outputs_are_judged_later(deploy: Any) -> None:
    nothing: Any = {"servicePrincipal": None, "breakGlass": None}
    assert deploy(lambda: TrustedAccess("it", nothing).service_principal).value == "sso.amazonaws.com"

    def later(principal: str) -> Any:
        return lambda: TrustedAccess("it", {"servicePrincipal": pulumi.Output.from_input(principal)}).service_principal

    assert deploy(later("ram.amazonaws.com")).value == "ram.amazonaws.com"
    with pytest.raises(pulumi.RunError) as caught:
        deploy(later("RAM"))
    assert str(caught.value).count("servicePrincipal is 'RAM'") == 1


def test_every_argument_of_every_component_has_its_check() -> None:
    from pulumi_aws_identity_center.components.arguments import PARSERS

    components = (
        AccessMatrix,
        DelegatedAdministrator,
        Instance,
        OperatorPermissions,
        OrganizationSso,
        Sentinel,
        TrustedAccess,
    )
    every = {key for component in components for key in component.__init__.__annotations__["args"].__annotations__}
    assert every == set(PARSERS)


def test_a_known_instance_is_taken_as_it_is_given() -> None:
    arn = "arn:aws:sso:::instance/ssoins-0000111122223333"
    assert read_arguments({"instanceArn": arn}, AccessMatrixArgs) == {"instanceArn": arn}
