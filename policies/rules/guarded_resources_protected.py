"""guarded-resources-protected: what trusted access hangs on must be protected."""

from __future__ import annotations

from collections.abc import Iterable

from pack import tokens
from pack.rule import UNKNOWN, Config, Declared, Rule
from pulumi_aws_identity_center.names import SSO_SERVICE_PRINCIPAL

_PYTHON = "In Python: opts=pulumi.ResourceOptions(protect=True, retain_on_delete=True)"
_YAML = "In YAML: options: protect: true, retainOnDelete: true."
_FIX = f"{_PYTHON}, or call guard_stack() first. {_YAML}"
_NATIVE_FIX = f"{_PYTHON}. {_YAML}"  # guard_stack() knows the aws package's types only


def check(resource: Declared, config: Config) -> Iterable[str]:
    if resource.protect:
        return
    if resource.type == tokens.SERVICE_ACCESS:
        if resource.parent_type == tokens.TRUSTED_ACCESS_COMPONENT:
            return  # the component protects its own, unless break-glass is open: break-glass-current judges that
        principal = resource.props.get("servicePrincipal")
        if principal is not UNKNOWN and principal != SSO_SERVICE_PRINCIPAL:
            return
        what = f"deleting it disables trusted access for {SSO_SERVICE_PRINCIPAL}"
    else:
        what = "deleting or replacing it ends the organization, and trusted access with it"
    fix = _NATIVE_FIX if resource.type == tokens.NATIVE_ORGANIZATION else _FIX
    yield f"{resource.name} is not protected: {what}, and nobody could sign in. {fix}"


RULE = Rule(
    id="guarded-resources-protected",
    description=(
        "The Organization (aws-native's too) and the AwsServiceAccess of sso.amazonaws.com must have protect: then "
        "destroy, removal and replacement are refused. The AwsServiceAccess of a TrustedAccess component is "
        "break-glass-current's to judge. (retainOnDelete is needed too, and a policy pack can't see it: the gate does.)"
    ),
    types=frozenset({tokens.ORGANIZATION, tokens.NATIVE_ORGANIZATION, tokens.SERVICE_ACCESS}),
    check=check,
)
