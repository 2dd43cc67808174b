"""Names that AWS, Pulumi and this package fixed, with their sources. Lock-out actions: `iam/lock_out.py`."""

from __future__ import annotations

from typing import Final

DISTRIBUTION: Final = "pulumi-aws-identity-center"
PACKAGE: Final = "aws-identity-center"
TRUSTED_ACCESS_TYPE: Final = f"{PACKAGE}:index:TrustedAccess"

# docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-sso.html
SSO_SERVICE_PRINCIPAL: Final = "sso.amazonaws.com"
# docs.aws.amazon.com/singlesignon/latest/userguide/baseline-KMS-key-policy.html
IDENTITY_STORE_SERVICE_PRINCIPAL: Final = "identitystore.amazonaws.com"
SERVICE_LINKED_ROLE_NAME: Final = "AWSServiceRoleForSSO"
SERVICE_LINKED_ROLE_PATH: Final = f"/aws-service-role/{SSO_SERVICE_PRINCIPAL}/"

# docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
ENABLE_ACTION: Final = "organizations:EnableAWSServiceAccess"
DISABLE_ACTION: Final = "organizations:DisableAWSServiceAccess"
LIST_ACTION: Final = "organizations:ListAWSServiceAccessForOrganization"
SERVICE_PRINCIPAL_KEY: Final = "organizations:ServicePrincipal"

# The roles and policies that OperatorPermissions makes.
POLICY_PREFIX: Final = "identity-center-"

# The sentinel's function, role, topic and log group have this name; its rules, queue and alarms begin with it.
SENTINEL_NAME: Final = "identity-center-sentinel"
SENTINEL_TYPE: Final = f"{PACKAGE}:index:Sentinel"
SENTINEL_PART_TYPES: Final = (
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:lambda/function:Function",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:lambda/permission:Permission",
    "aws:sns/topic:Topic",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:ssm/parameter:Parameter",
)

# The types of Pulumi's aws package that can take trusted access away, or that guard it.
ORGANIZATION_TYPE: Final = "aws:organizations/organization:Organization"
SERVICE_ACCESS_TYPE: Final = "aws:organizations/awsServiceAccess:AwsServiceAccess"
DELEGATED_ADMINISTRATOR_TYPE: Final = "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
ATTRIBUTES_TYPE: Final = "aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes"
# What a component continues where a stack's state holds it otherwise (components/adoption.py).
ADOPTED_TYPES: Final = (SERVICE_ACCESS_TYPE, DELEGATED_ADMINISTRATOR_TYPE, ATTRIBUTES_TYPE)
GUARDED_TYPES: Final = (ORGANIZATION_TYPE, SERVICE_ACCESS_TYPE, DELEGATED_ADMINISTRATOR_TYPE)

# What Pulumi's engine writes in place of a value: sdk/go/common/resource/properties.go (an object with the signature is
# a secret, an asset or an archive) and sdk/go/common/resource/plugin/rpc.go (what only the update can know).
VALUE_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_VALUES: Final = frozenset(
    {
        UNKNOWN_TEXT,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
