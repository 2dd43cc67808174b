"""Another team's stack: it owns the organization for its own reasons, and one line keeps everybody's sign-in safe."""

import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import guard_stack

guard_stack()

aws.organizations.Organization(
    "organization",
    aws_service_access_principals=["guardduty.amazonaws.com", "sso.amazonaws.com"],
    feature_set="ALL",
    opts=pulumi.ResourceOptions(import_=pulumi.Config().require("organizationId")),
)
