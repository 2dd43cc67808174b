"""Identity Center administered by a member account, so that the management account can rest.

The delegated administrator can't manage permission sets that are provisioned in the management account, and can't turn
trusted access on or off.
"""

import pulumi
from pulumi_aws_identity_center import DelegatedAdministrator, Instance, TrustedAccess

access = TrustedAccess("identity-center", {})
instance = Instance("identity-center", {"trustedAccess": access.service_principal})
administrator = DelegatedAdministrator(
    "identity-center",
    {"accountId": pulumi.Config().require("administratorAccountId"), "trustedAccess": access.service_principal},
)

pulumi.export("instance", instance.arn)
pulumi.export("administrator", administrator.account_id)
