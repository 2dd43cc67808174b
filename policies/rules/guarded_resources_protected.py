"""guarded-resources-protected: what trusted access hangs on must be protected."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_aws_identity_center.constants import SSO_SERVICE_PRINCIPAL

from . import tokens
from .rule import UNKNOWN, Config, Declared, Rule

_FIX = (
    "In Python: opts=pulumi.ResourceOptions(protect=True, retain_on_delete=True), or call guard_stack() first. "
    "In YAML: options: protect: true, retainOnDelete: true."
)


def check(resource: Declared, config: Config) -> Iterable[str]:
    if resource.protect or resource.parent_type == tokens.TRUSTED_ACCESS_COMPONENT:
        return  # the component protects its own, unless break-glass is open: break-glass-current judges that
    if resource.type == tokens.SERVICE_ACCESS:
        principal = resource.props.get("servicePrincipal")
        if principal is not UNKNOWN and principal != SSO_SERVICE_PRINCIPAL:
            return
        what = f"deleting it disables trusted access for {SSO_SERVICE_PRINCIPAL}"
    else:
        what = "deleting or replacing it ends the organization, and trusted access with it"
    yield f"{resource.name} is not protected: {what}, and nobody could sign in. {_FIX}"


RULE = Rule(
    id="guarded-resources-protected",
    description=(
        "The Organization (aws-native's too) and the AwsServiceAccess of sso.amazonaws.com must have protect: then "
        "destroy, removal and replacement are refused. A TrustedAccess component protects its own, and break-glass-"
        "current judges that. (retainOnDelete is needed too, and a policy pack can't see it: the gate does.)"
    ),
    types=frozenset({tokens.ORGANIZATION, tokens.NATIVE_ORGANIZATION, tokens.SERVICE_ACCESS}),
    check=check,
)
