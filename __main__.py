"""The stack program: configuration in, one component, exports out. README.md has the table of configuration."""

import pulumi
from pulumi_aws_identity_center import OrganizationSso
from pulumi_aws_identity_center.components.config import from_stack

sso = OrganizationSso("identity-center", from_stack())

pulumi.export("servicePrincipal", sso.service_principal)
pulumi.export("trustedAccessProtected", sso.trusted_access_protected)
pulumi.export("instanceArn", sso.instance_arn)
pulumi.export("instanceStatus", sso.instance_status)
pulumi.export("identityStoreId", sso.identity_store_id)
pulumi.export("policyArns", sso.policy_arns)
pulumi.export("roleArns", sso.role_arns)
pulumi.export("permissionSetArns", sso.permission_set_arns)
pulumi.export("grants", sso.grants)
pulumi.export("delegatedAdministratorAccountId", sso.delegated_administrator_account_id)
