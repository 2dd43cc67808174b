"""The component plugin: the same components for every Pulumi language (`pulumi package add`)."""

import sys

from pulumi_aws_identity_center.components.access_matrix import AccessMatrix
from pulumi_aws_identity_center.components.delegated_administrator import DelegatedAdministrator
from pulumi_aws_identity_center.components.instance import Instance
from pulumi_aws_identity_center.components.operator_permissions import OperatorPermissions
from pulumi_aws_identity_center.components.organization_sso import OrganizationSso
from pulumi_aws_identity_center.components.plugin import Plugin
from pulumi_aws_identity_center.components.sentinel import Sentinel
from pulumi_aws_identity_center.components.trusted_access import TrustedAccess
from pulumi_aws_identity_center.provider.serving import main

if __name__ == "__main__":
    # An explicit list: what is merely imported is not offered.
    offered = [
        TrustedAccess,
        Instance,
        OperatorPermissions,
        DelegatedAdministrator,
        Sentinel,
        AccessMatrix,
        OrganizationSso,
    ]
    main(Plugin(offered), sys.argv[1:])
