"""One record a resource type, a file a service. To add a type: write its record, name it in its file's RECORDS."""

from sandbox.provider.record import ResourceType

from . import (
    cloudwatch,
    events,
    functions,
    iam,
    iam_principals,
    identitystore,
    keys,
    messages,
    organizations,
    organizations_policies,
    parameters,
    ssoadmin,
    ssoadmin_assignments,
    ssoadmin_managed_policies,
)

_MODULES = (
    organizations,
    organizations_policies,
    iam,
    iam_principals,
    ssoadmin,
    ssoadmin_assignments,
    ssoadmin_managed_policies,
    identitystore,
    events,
    functions,
    messages,
    keys,
    cloudwatch,
    parameters,
)

RECORDS: dict[str, ResourceType] = {record.token: record for module in _MODULES for record in module.RECORDS}
