"""The package's schema for the engine: what YAML programs are checked against.

It has the types of `types/` and the functions of `functions.py`, and every property by its name alone, since
pulumi_aws doesn't tell a property's type as the schema has it. Too little to generate code from: use the official
provider for that.
"""

from __future__ import annotations

import json
from typing import Any

from . import schema
from .functions import FUNCTIONS
from .types import RECORDS

_ANY = {"$ref": "pulumi.json#/Any"}


def package_schema(version: str) -> str:
    """JSON, as GetSchema gives it: github.com/pulumi/pulumi, pkg/codegen/schema."""
    schemas_or_none = {token: schema.of(token, (*RECORDS, *FUNCTIONS)) for token in (*RECORDS, *FUNCTIONS)}
    schemas = {token: entry for token, entry in schemas_or_none.items() if entry is not None}
    return json.dumps(
        {
            "name": "aws",
            "version": version,
            "resources": {token: _resource(schemas[token]) for token in RECORDS if token in schemas},
            "functions": {token: _function(schemas[token]) for token in FUNCTIONS if token in schemas},
        }
    )


def _resource(names: schema.Schema) -> dict[str, Any]:
    return {
        **_outputs(names),
        "inputProperties": dict.fromkeys(sorted(names.inputs), _ANY),
        "requiredInputs": sorted(names.required),
    }


def _function(names: schema.Schema) -> dict[str, Any]:
    return {"inputs": {"properties": dict.fromkeys(sorted(names.inputs), _ANY)}, "outputs": _outputs(names)}


def _outputs(names: schema.Schema) -> dict[str, Any]:
    return {"properties": dict.fromkeys(sorted(names.outputs), _ANY), "required": sorted(names.always)}
