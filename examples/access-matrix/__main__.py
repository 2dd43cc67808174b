"""Four groups, five permission sets, and who has which where: docs/access-matrix.md explains the keys.

The groups are made here, so their ids are known only in the update: the first preview shows them as unknown. Where SCIM
brings the groups, name them instead: `"groups": ["Developers"]`.
"""

import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import AccessMatrix, Instance

AWS_POLICY = "arn:aws:iam::aws:policy"
GROUPS = ["Platform", "Builders", "Reviewers", "Billing"]

instance = Instance("sso")
groups = {
    name: {
        "id": aws.identitystore.Group(name, identity_store_id=instance.identity_store_id, display_name=name).group_id
    }
    for name in GROUPS
}

restart_services = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["ecs:UpdateService", "ecs:Describe*"], "Resource": "*"}],
}

access = AccessMatrix(
    "access",
    {
        "instanceArn": instance.arn,
        "permissionSets": {
            "Administrator": {
                "description": "Everything, for an hour",
                "sessionDuration": "PT1H",
                "managedPolicies": [f"{AWS_POLICY}/AdministratorAccess"],
            },
            "PowerUser": {"sessionDuration": "PT4H", "managedPolicies": [f"{AWS_POLICY}/PowerUserAccess"]},
            "ReadOnly": {"sessionDuration": "PT8H", "managedPolicies": [f"{AWS_POLICY}/ReadOnlyAccess"]},
            # Other tools give this one for an hour or two: what isn't listed here stays.
            "OnCall": {"inlinePolicy": restart_services, "owns": "listed"},
            "Billing": {"managedPolicies": [f"{AWS_POLICY}/job-function/Billing"], "tags": {"team": "finance"}},
        },
        "assignments": [
            {"groups": [groups["Platform"]], "permissionSets": ["Administrator"], "accounts": {"all": True}},
            {
                "groups": [groups["Builders"]],
                "permissionSets": ["PowerUser", "OnCall"],
                "accounts": {"organizationalUnits": ["Workloads"]},
            },
            {
                "groups": [groups["Builders"], groups["Reviewers"]],
                "permissionSets": ["ReadOnly"],
                "accounts": {"all": True, "except": {"names": ["security"]}},
            },
            {"groups": [groups["Billing"]], "permissionSets": ["Billing"], "accounts": {"ids": ["111122223333"]}},
        ],
    },
)

pulumi.export("permissionSetArns", access.permission_set_arns)
pulumi.export("grants", access.grants)
