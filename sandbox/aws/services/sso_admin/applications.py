"""Applications and trusted token issuers: read only, and none is there unless a seed names it.

Nothing here makes one; what would is absent (501). Source: API_ListApplications and its kin.
"""

from __future__ import annotations

from typing import Any

from sandbox.aws.core.errors import AwsError
from sandbox.aws.core.pages import page
from sandbox.aws.core.registry import Context
from sandbox.aws.core.rows import Rows, numbered
from sandbox.aws.services.identity_center.instance import Application, Instance
from sandbox.aws.services.identity_center.seed import CUSTOM_PROVIDER

from .access import administered, operation, visible
from .assignments import asked_about

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


@operation(
    "ListApplicationAssignmentsForPrincipal",
    basis="documented",
    note="API_ListApplicationAssignmentsForPrincipal: from a member account with a filter only",
)
def list_application_assignments_for_principal(context: Context) -> dict[str, Any]:
    instance, arn = administered(context), (context.parameter("Filter") or {}).get("ApplicationArn")
    if context.account != instance.owner and arn is None:
        raise AwsError("ValidationException", "From a member account, a Filter is needed.")
    asked = asked_about(context, instance, context.parameter("PrincipalType"), context.parameter("PrincipalId"))
    rows: Rows[Any] = Rows()
    for application in instance.applications.values():
        for row in application.assignments:
            if (row.shape["PrincipalType"], row.shape["PrincipalId"]) in asked and arn in (None, application.arn):
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


# --- one of what there is none of ---


def _not_there(context: Context, what: str) -> AwsError:
    _application(context)
    return AwsError("ResourceNotFoundException", f"The application has no such {what}.")


@operation("GetApplicationAccessScope", basis="assumed", note=_NONE_WITHOUT_SEED)
def get_application_access_scope(context: Context) -> None:
    raise _not_there(context, "access scope")


@operation("GetApplicationGrant", basis="assumed", note=_NONE_WITHOUT_SEED)
def get_application_grant(context: Context) -> None:
    raise _not_there(context, "grant")


@operation("GetApplicationAuthenticationMethod", basis="assumed", note=_NONE_WITHOUT_SEED)
def get_application_authentication_method(context: Context) -> None:
    raise _not_there(context, "authentication method")


@operation("GetApplicationSessionConfiguration", basis="assumed", note="background sessions are on, the default")
def get_application_session_configuration(context: Context) -> dict[str, Any]:
    _application(context)
    return {"UserBackgroundSessionApplicationStatus": "ENABLED"}


@operation("DescribeTrustedTokenIssuer", basis="assumed", note="there are none: nothing here makes one")
def describe_trusted_token_issuer(context: Context) -> None:
    arn = context.parameter("TrustedTokenIssuerArn")
    raise AwsError("ResourceNotFoundException", f"Trusted token issuer {arn} was not found.")


# --- providers ---


def _providers(context: Context) -> dict[str, dict[str, Any]]:
    """The one of customers' own OAuth applications, and those of the applications that the caller sees."""
    found = {CUSTOM_PROVIDER} | {
        row.shape["ApplicationProviderArn"]
        for instance in visible(context, context.call.region)
        for row in instance.applications.values()
    }
    return {
        arn: {
            "ApplicationProviderArn": arn,
            "FederationProtocol": "OAUTH",
            "DisplayData": {"DisplayName": arn.rpartition("/")[2], "IconUrl": "https://example.com/icon.png"},
        }
        for arn in sorted(found)
    }


@operation("ListApplicationProviders", basis="assumed", note="AWS lists hundreds: here those in use, all of them OAUTH")
def list_application_providers(context: Context) -> dict[str, Any]:
    return page(context, "ApplicationProviders", numbered(_providers(context).values()), lambda row: row.item)


@operation("DescribeApplicationProvider", basis="assumed", note="AWS has hundreds: here those in use, all OAUTH")
def describe_application_provider(context: Context) -> dict[str, Any]:
    arn = context.parameter("ApplicationProviderArn")
    found = _providers(context).get(arn)
    if found is None:
        raise AwsError("ResourceNotFoundException", f"Application provider {arn} was not found.")
    return found
