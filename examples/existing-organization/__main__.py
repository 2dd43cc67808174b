"""An organization that exists and lists its trusted services, moved over step by step: README.md shows each preview.

The step is the stack's configuration, so that one program shows them all; a real program is edited instead.
"""

import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import TrustedAccess

step = pulumi.Config().require_int("step")
organization_id = pulumi.Config().require("organizationId")

# Step 1: today's program, with the whole list. Step 2 protects it and lets go of the list: nothing is updated, since
# changes of the list are ignored from now on. Step 3: Identity Center's entry gets an owner of its own.
options = pulumi.ResourceOptions(import_=organization_id if step == 1 else None)
if step >= 2:
    options.protect = True
    options.retain_on_delete = True
    options.ignore_changes = ["awsServiceAccessPrincipals"]

aws.organizations.Organization(
    "organization",
    aws_service_access_principals=["guardduty.amazonaws.com", "sso.amazonaws.com"] if step == 1 else None,
    feature_set="ALL",
    opts=options,
)
if step >= 3:
    TrustedAccess("identity-center", {})
