"""The plugin's schema is fit for Pulumi's Registry, and docs/reference.md agrees with it."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from typing import Any

from pulumi_aws_identity_center.components.plugin import inferred_schema
from pulumi_aws_identity_center.domain.operator_roles import PERMISSIONS
from pulumi_aws_identity_center.domain.sentinel import MODES
from pulumi_aws_identity_center.domain.values import WHEN_NOT_ENABLED
from pulumi_aws_identity_center.matrix.permission_set import OWNS
from pulumi_aws_identity_center.provider import account_assignments, exclusive_assignments, permission_set_parts
from pulumi_aws_identity_center.provider.schema import merged_schema

from sandbox.session import ROOT
from tests.walk import walk

SCHEMA: dict[str, Any] = json.loads(merged_schema(inferred_schema()))
INDEX = "aws-identity-center:index:"


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in it."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(part)


def test_no_type_ends_in_args() -> None:
    assert [token for token in SCHEMA["types"] if token.endswith("Args")] == []


def test_no_type_has_a_resources_name() -> None:
    assert SCHEMA["types"].keys() & SCHEMA["resources"].keys() == set()


def test_every_reference_leads_to_a_type() -> None:
    references = {part["$ref"] for part in parts(SCHEMA) if isinstance(part.get("$ref"), str)}
    assert references - {f"#/types/{token}" for token in SCHEMA["types"]} == {"pulumi.json#/Any"}


def test_every_type_is_used() -> None:
    references = {part["$ref"] for part in parts(SCHEMA) if isinstance(part.get("$ref"), str)}
    assert {f"#/types/{token}" for token in SCHEMA["types"]} <= references


def test_descriptions_are_dedented_and_never_missing() -> None:
    entries = [*SCHEMA["resources"].values(), *SCHEMA["types"].values(), SCHEMA["provider"]]
    for entry in entries:
        described = [entry, *entry.get("properties", {}).values(), *entry.get("inputProperties", {}).values()]
        assert all(part["description"] for part in described)
        assert not any("\n " in part["description"] for part in described)


@walk("key", ["displayName", "description", "keywords", "license", "publisher"])
def test_it_says_what_the_package_is(key: str) -> None:
    assert SCHEMA[key]


def test_the_generated_python_sdk_has_its_own_name() -> None:
    assert SCHEMA["language"]["python"]["packageName"] == "pulumi_aws_identity_center_sdk"


@walk(
    ("name", "accepted"),
    [
        ("WhenNotEnabled", WHEN_NOT_ENABLED),
        ("SentinelMode", MODES),
        ("OperatorPermission", PERMISSIONS),
        ("PrincipalType", account_assignments.PRINCIPAL_TYPES),
        ("Ownership", OWNS),
    ],
)
def test_an_enum_has_the_values_that_the_code_accepts(name: str, accepted: tuple[str, ...]) -> None:
    enum = SCHEMA["types"][INDEX + name]["enum"]
    assert {row["value"] for row in enum} == set(accepted)
    assert all(row["description"] for row in enum)


@walk(
    ("resource", "name", "enum"),
    [
        ("Instance", "whenNotEnabled", "WhenNotEnabled"),
        ("OrganizationSso", "whenNotEnabled", "WhenNotEnabled"),
        ("Sentinel", "mode", "SentinelMode"),
        ("AccountAssignments", "principalType", "PrincipalType"),
        ("AccountAssignments", "owns", "Ownership"),
    ],
)
def test_an_argument_with_fixed_values_is_an_enum(resource: str, name: str, enum: str) -> None:
    property_ = SCHEMA["resources"][INDEX + resource]["inputProperties"][name]
    assert property_["$ref"] == f"#/types/{INDEX}{enum}"
    assert "type" not in property_


def test_a_list_of_fixed_values_is_a_list_of_enums() -> None:
    permissions = SCHEMA["types"][f"{INDEX}OperatorRole"]["properties"]["permissions"]
    assert permissions["type"] == "array"
    assert permissions["items"]["$ref"] == f"#/types/{INDEX}OperatorPermission"


@walk(
    ("module", "token"),
    [
        (account_assignments, "AccountAssignments"),
        (exclusive_assignments, "ExclusiveAssignments"),
        (permission_set_parts, "PermissionSet"),
    ],
)
def test_the_inputs_are_those_that_the_resource_takes(module: Any, token: str) -> None:
    assert list(SCHEMA["resources"][INDEX + token]["inputProperties"]) == list(module.INPUTS)


def test_the_reference_is_what_the_schema_says() -> None:
    script = runpy.run_path(str(ROOT / "components" / "reference.py"))
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == script["render"](SCHEMA), "run: make reference"
