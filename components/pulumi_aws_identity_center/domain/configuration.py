"""The stack's configuration, in the namespace `aws-identity-center`: its keys, and each key's value from Pulumi's text.

The stack program, `status`, the gate, `document install` and the policy pack all read a key here; `values.py` and its
neighbours say what a value may be.
"""

from __future__ import annotations

import json
from typing import Any

from pulumi_aws_identity_center.errors import InvalidInput, shown
from pulumi_aws_identity_center.names import PACKAGE

KEYS = (
    *("delegatedAdministratorAccountId", "whenNotEnabled", "operatorRoles", "sentinel", "accessMatrix"),
    *("guardedServicePrincipals", "breakGlass"),
)

# Pulumi.yaml declares each key, and Pulumi then wants a default: these mean that nothing is given.
EMPTY = {
    "delegatedAdministratorAccountId": ("",),
    "sentinel": ("",),
    "accessMatrix": ("",),
    "guardedServicePrincipals": ("[]",),
    "breakGlass": ("{}",),
}

# What Pulumi hands to the program as JSON.
STRUCTURED = ("operatorRoles", "sentinel", "accessMatrix", "guardedServicePrincipals", "breakGlass")

MATRIX_FILES = (".yaml", ".yml", ".json")
"""accessMatrix may also be the path of such a file."""


def full_key(key: str) -> str:
    return f"{PACKAGE}:{key}"


def is_set(key: str, text: str | None) -> bool:
    """Whether the text of a key asks for anything."""
    return text is not None and text not in EMPTY.get(key, ())


def value_of(key: str, text: str) -> Any:
    """The value in Pulumi's text of a key: the text itself, or what its JSON holds. Raises InvalidInput."""
    if key not in STRUCTURED or (key == "accessMatrix" and text.endswith(MATRIX_FILES)):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput(
            f"{full_key(key)} is {shown(text)}, and has to be structured: "
            f"pulumi config set --path '{full_key(key)}…' VALUE, or an object in Pulumi.STACK.yaml."
        ) from None
