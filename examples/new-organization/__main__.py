"""A new organization, ready for Identity Center: all features, protected, its list of trusted services left alone.

Run it in an account that is in no organization. The console then enables Identity Center, and the stack program at the
root of this repository does the rest.
"""

import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import TrustedAccess, guard_stack

guard_stack()

organization = aws.organizations.Organization(
    "organization",
    feature_set="ALL",
    # The list is authoritative: whatever is not in it, an update disables. TrustedAccess owns its one entry instead.
    opts=pulumi.ResourceOptions(ignore_changes=["awsServiceAccessPrincipals"]),
)
access = TrustedAccess("identity-center", {}, pulumi.ResourceOptions(depends_on=[organization]))

pulumi.export("organizationId", organization.id)
pulumi.export("trustedSince", access.date_enabled)
