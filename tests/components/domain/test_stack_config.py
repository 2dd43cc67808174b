from __future__ import annotations

import json

import pytest
from pulumi_aws_identity_center.domain.stack_config import StackConfig, read
from pulumi_aws_identity_center.errors import InvalidInput

PREFIX = "config:\n  aws:region: us-east-1\n"


@pytest.mark.parametrize(
    ("text", "administrator", "break_glass"),
    [
        ("", None, None),
        ("  aws-identity-center:delegatedAdministratorAccountId: '222233334444'\n", "222233334444", None),
        # YAML would take these for a number, and a date.
        ("  aws-identity-center:delegatedAdministratorAccountId: 012345678901\n", "012345678901", None),
        (
            "  aws-identity-center:breakGlass:\n    reason: move\n    expires: 2026-01-02\n",
            None,
            {"reason": "move", "expires": "2026-01-02"},
        ),
        ("""  aws-identity-center:breakGlass: '{"reason": "move"}'\n""", None, {"reason": "move"}),
        ("  aws-identity-center:breakGlass: soon\n", None, "soon"),
        ("  aws-identity-center:breakGlass:\n    secure: v1:x\n", None, {"secure": "v1:x"}),
        ("  aws-identity-center:delegatedAdministratorAccountId:\n    secure: v1:x\n", None, None),
    ],
)
def test_what_no_api_tells_is_read_as_pulumi_reads_it(
    text: str, administrator: str | None, break_glass: object
) -> None:
    found = read(PREFIX + text, "Pulumi.dev.yaml")
    secrets = ("aws-identity-center:" + text.split(":")[1],) if "secure" in text else ()
    assert found == StackConfig("Pulumi.dev.yaml", administrator, break_glass, None, secrets)


def test_roles_are_read_as_an_object_and_as_json_and_a_secret_within_is_noticed() -> None:
    name = "  aws-identity-center:operatorRoles:"
    role = {"name": "operator", "permissions": ["enable"], "trustedPrincipals": ["arn:aws:iam::111122223333:root"]}
    for text in (f"{name} '{json.dumps([role])}'", f"{name} {json.dumps([role])}"):
        found = read(f"{PREFIX}{text}\n", "Pulumi.dev.yaml")
        assert (found.operator_roles, found.secrets) == ([role], ())
    hidden = {**role, "trustedPrincipals": [{"secure": "v1:x"}]}
    found = read(f"{PREFIX}{name} {json.dumps([hidden])}\n  other:key:\n    secure: v1:x\n", "Pulumi.dev.yaml")
    assert found.secrets == ("aws-identity-center:operatorRoles",)


@pytest.mark.parametrize("text", ["name: project\nruntime: python\n", "config: []\n", "a: [", "just words"])
def test_what_is_no_stacks_configuration_is_refused_with_what_it_should_be(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"Pulumi\.dev\.yaml is not a stack's Pulumi\.STACK\.yaml: "):
        read(text, "Pulumi.dev.yaml")


def test_a_new_stacks_file_expects_nothing() -> None:
    assert read("encryptionsalt: v1:x\n", "Pulumi.dev.yaml") == StackConfig("Pulumi.dev.yaml", None, None)
