"""The component plugin: the same components for every Pulumi language (`pulumi package add`)."""

from pulumi.provider.experimental import component_provider_host
from pulumi_aws_identity_center.constants import PACKAGE
from pulumi_aws_identity_center.delegated_administrator import DelegatedAdministrator
from pulumi_aws_identity_center.instance import Instance
from pulumi_aws_identity_center.operator_permissions import OperatorPermissions
from pulumi_aws_identity_center.organization_sso import OrganizationSso
from pulumi_aws_identity_center.trusted_access import TrustedAccess

if __name__ == "__main__":
    component_provider_host(
        name=PACKAGE,
        # An explicit list: what is merely imported is not offered.
        components=[TrustedAccess, Instance, OperatorPermissions, DelegatedAdministrator, OrganizationSso],
    )
