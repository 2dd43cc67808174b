"""AWS IAM Identity Center, with its trusted access kept on. Run it in the organization's management account."""

import pulumi
from pulumi_aws_identity_center import OrganizationSso, guard_stack

guard_stack()  # first: it protects the organization resources of this stack, whoever declares them

# To disable trusted access on purpose, set breakGlass (reason, expires) in the stack's configuration.
break_glass = pulumi.Config().get_object("breakGlass")
sso = OrganizationSso("identity-center", {"breakGlass": break_glass} if break_glass else {})

pulumi.export("trustedAccessProtected", sso.trusted_access_protected)
pulumi.export("instanceArn", sso.instance_arn)
pulumi.export("instanceStatus", sso.instance_status)
