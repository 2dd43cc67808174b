"""The keys of the stack's configuration, in the namespace `aws-identity-center`."""

from __future__ import annotations

KEYS = (
    "delegatedAdministratorAccountId",
    "whenNotEnabled",
    "operatorRoles",
    "sentinel",
    "accessMatrix",
    "guardedServicePrincipals",
    "breakGlass",
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
