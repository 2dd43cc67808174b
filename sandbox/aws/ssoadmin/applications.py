"""Applications and trusted token issuers: read only, and none is there unless a seed names it.

Nothing here makes one; what would is absent (501). Source: API_ListApplications and its kin.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.errors import AwsError
from sandbox.aws.identitycenter.instance import Application, Instance
from sandbox.aws.pages import page
from sandbox.aws.registry import Context
from sandbox.aws.rows import Rows
from sandbox.aws.ssoadmin.access import administered, operation, visible

_NONE_WITHOUT_SEED = "read only: applications come from a seed, and a seed gives no scopes, grants or methods"


def _application(context: Context) -> Application:
    arn = context.parameter("ApplicationArn")
    for instance in visible(context, context.call.region):
        if arn in instance.applications:
            administered(context, instance.arn)
            return instance.applications[arn]
    raise AwsError("ResourceNotFoundException", f"Application {arn} was not found.")


def _rows(instance: Instance) -> Rows[Application]:
    rows: Rows[Application] = Rows()
    for row in instance.applications.values():
        rows.add(row)
    return rows


@operation("ListApplications")
def list_applications(context: Context) -> dict[str, Any]:
    wanted = context.parameter("Filter") or {}

    def only(row: Application) -> bool:
        return wanted.get("ApplicationAccount") in (None, row.shape["ApplicationAccount"]) and wanted.get(
            "ApplicationProvider"
        ) in (None, row.shape["ApplicationProviderArn"])

    return page(context, "Applications", _rows(administered(context)), lambda row: row.shape, only=only)


@operation("DescribeApplication")
def describe_application(context: Context) -> dict[str, Any]:
    return _application(context).shape


@operation("ListApplicationAssignments")
def list_application_assignments(context: Context) -> dict[str, Any]:
    return page(context, "ApplicationAssignments", _application(context).assignments, lambda row: row.shape)


@operation("DescribeApplicationAssignment")
def describe_application_assignment(context: Context) -> dict[str, Any]:
    application = _application(context)
    wanted = {name: context.parameter(name) for name in ("ApplicationArn", "PrincipalId", "PrincipalType")}
    if not any(row.shape == wanted for row in application.assignments):
        raise AwsError("ResourceNotFoundException", "The application is not assigned to this principal.")
    return wanted


@operation("ListApplicationAssignmentsForPrincipal")
def list_application_assignments_for_principal(context: Context) -> dict[str, Any]:
    instance, arn = administered(context), (context.parameter("Filter") or {}).get("ApplicationArn")
    principal = (context.parameter("PrincipalType"), context.parameter("PrincipalId"))
    rows: Rows[Any] = Rows()
    for application in instance.applications.values():
        for row in application.assignments:
            if (row.shape["PrincipalType"], row.shape["PrincipalId"]) == principal and arn in (None, application.arn):
                rows.add(row)
    return page(context, "ApplicationAssignments", rows, lambda row: row.shape)


@operation("GetApplicationAssignmentConfiguration", basis="assumed", note="an assignment is required, the default")
def get_application_assignment_configuration(context: Context) -> dict[str, Any]:
    _application(context)
    return {"AssignmentRequired": True}


@operation("ListApplicationAccessScopes", basis="assumed", note=_NONE_WITHOUT_SEED)
def list_application_access_scopes(context: Context) -> dict[str, Any]:
    _application(context)
    return page(context, "Scopes", Rows[Application](), lambda row: row.shape)


@operation("ListApplicationGrants", basis="assumed", note=_NONE_WITHOUT_SEED)
def list_application_grants(context: Context) -> dict[str, Any]:
    _application(context)
    return page(context, "Grants", Rows[Application](), lambda row: row.shape)


@operation("ListApplicationAuthenticationMethods", basis="assumed", note=_NONE_WITHOUT_SEED)
def list_application_authentication_methods(context: Context) -> dict[str, Any]:
    _application(context)
    return page(context, "AuthenticationMethods", Rows[Application](), lambda row: row.shape)


@operation("ListTrustedTokenIssuers", basis="assumed", note="there are none: nothing here makes one")
def list_trusted_token_issuers(context: Context) -> dict[str, Any]:
    administered(context)
    return page(context, "TrustedTokenIssuers", Rows[Application](), lambda row: row.shape)
