"""Does a declared resource touch the IAM SAML provider through which people sign in to an account? Pure.

Identity Center creates one in every account that has assignments, named AWSSSO_…_DO_NOT_DELETE. People who sign in
to the account through the portal are refused once it is deleted or changed (reported publicly, several times; no page
of AWS's says so). Its name is assumed to keep that shape.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from .declared import UNKNOWN, Declared
from .resource_types import NATIVE_SAML_PROVIDER, SAML_PROVIDER
from .violation import Fix, Violation, known_later, short_name

NAME_PATTERN = "AWSSSO_*_DO_NOT_DELETE"
TYPES = frozenset({NATIVE_SAML_PROVIDER, SAML_PROVIDER})
_EFFECT = "Without it nobody can sign in there."
_FIX = Fix("remove it, after `pulumi state delete URN` if it is in the state.")


def is_identity_centers(name: object) -> bool:
    """Whether a SAML provider's name, or its ARN, is one that Identity Center gives."""
    return isinstance(name, str) and fnmatchcase(name.rpartition("/")[2], NAME_PATTERN)


def violation(resource: Declared) -> Violation | None:
    """None for a SAML provider that isn't Identity Center's."""
    if resource.type not in TYPES:
        return None
    name, own_name = short_name(resource.name), resource.props.get("name")
    if own_name is UNKNOWN:
        return known_later(f"{name}: its name", resource, "name")
    if not is_identity_centers(own_name):
        return None
    return Violation(f"{name} declares or changes Identity Center's SAML provider.", _EFFECT, _FIX, resource)
