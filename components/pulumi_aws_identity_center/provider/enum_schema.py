"""Arguments with fixed values, for the schema: the values, what each means, and which properties take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def _enum(description: str, meanings: Mapping[str, str]) -> dict[str, Any]:
    values = [{"value": value, "description": meaning} for value, meaning in meanings.items()]
    return {"type": "string", "description": description, "enum": values}


ENUMS = {
    "WhenNotEnabled": _enum(
        "What to do where Identity Center is not enabled.",
        {"error": "The preview fails and says what to do.", "warn": "The preview warns and goes on."},
    ),
    "SentinelMode": _enum(
        "What the sentinel does when trusted access is off.",
        {"enforce": "It enables trusted access and sends a message.", "alert": "It only sends a message."},
    ),
    "OperatorPermission": _enum(
        "What an operator's role may do.",
        {
            "enable": "Enable trusted access.",
            "disable": "Disable trusted access: a break-glass role.",
            "observe": "Read what `status` reads.",
            "preview": "Read what `pulumi preview` reads: for CI.",
        },
    ),
    "PrincipalType": _enum("Who has the permission set.", {"GROUP": "A group.", "USER": "A user."}),
    "Ownership": _enum(
        "What happens to accounts that are not listed.",
        {"all": "The principal loses the permission set there.", "listed": "They are left alone."},
    ),
}

# By the property's name, wherever it is.
ENUM_PROPERTIES = {
    "whenNotEnabled": "WhenNotEnabled",
    "mode": "SentinelMode",
    "permissions": "OperatorPermission",
    "principalType": "PrincipalType",
    "owns": "Ownership",
}
