"""The provider's functions for the component AccessMatrix: so all calls of a run share one session and one limiter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_aws_identity_center.matrix.live_organization import read_organization
from pulumi_aws_identity_center.names import PACKAGE

from .administrators import administrators_losses
from .run import Run

Properties = Mapping[str, Any]


def get_instance(run: Run, arguments: Properties) -> dict[str, Any]:
    """{} → {instanceArn, identityStoreId} of the organization instance that the Region has; "" if it has none."""
    rows = run.client.rows("sso-admin", "list_instances", "Instances")
    own = [row for row in rows if row.get("OwnerAccountId") == run.management_account]
    instance = own[0] if own else {"InstanceArn": "", "IdentityStoreId": ""}
    return {"instanceArn": instance["InstanceArn"], "identityStoreId": instance["IdentityStoreId"]}


def get_organization(run: Run, arguments: Properties) -> dict[str, Any]:
    """{tags and units: whether they are needed} → {callerAccountId, organizationalUnits: paths, accounts: the fields of
    OrganizationAccount}."""
    organization = read_organization(
        run.client,
        with_units=bool(arguments.get("units")),
        with_tags=bool(arguments.get("tags")),
        management_account=run.management_account,
        account_rows=run.account_rows(),
    )
    return {
        "callerAccountId": run.caller["Account"],
        "accounts": list(map(vars, organization.accounts)),
        "organizationalUnits": sorted(organization.organizational_units),
    }


def get_principals(run: Run, arguments: Properties) -> dict[str, Any]:
    """{instanceArn, groups: [display name], users: [user name]} → {groups: name → id, users: name → id}; names that the
    identity store doesn't know are left out."""
    directory = run.instance(arguments["instanceArn"]).directory
    return {
        "groups": directory.principal_ids("GROUP", arguments.get("groups", [])),
        "users": directory.principal_ids("USER", arguments.get("users", [])),
    }


def declare_grants(run: Run, arguments: Properties) -> dict[str, Any]:
    """{instanceArn, matrix: its URN, mayLockOut: whether break-glass is open, permissionSets: [inputs, and unknown: the
    names of those that only the update knows], grants: [{permissionSet: name, principalType, principalId,
    principalName, accounts: ids with commas}], earlier: the same of matrices that were judged before, state: [{urn,
    type, outputs} of the instance's permission sets and assignments]} → {losses: [{certain, sentence, remedy}]}.

    Tells the provider the whole of what a matrix declares before its resources are registered (`declared.py` says why),
    and learns how that would lock administrators out."""
    for row in arguments["state"]:
        run.remember_unrefreshed(row["urn"], row["type"], _with_accounts(row["outputs"]))
    matrices = (*arguments["earlier"], arguments)
    declared = [{**row, "grants": list(map(_with_accounts, row["grants"]))} for row in matrices]
    for grant in declared[-1]["grants"]:
        principal = (grant["principalType"], grant["principalId"])
        run.declared.by_name(arguments["instanceArn"], grant["permissionSet"], principal, grant["accounts"])
    losses = administrators_losses(run, declared)
    return {"losses": [{"certain": loss.certain, "sentence": loss.sentence, "remedy": loss.remedy} for loss in losses]}


def _with_accounts(row: Properties) -> Properties:
    return {**row, "accounts": row["accounts"].split(",")}


FUNCTIONS: Mapping[str, Callable[[Run, Properties], dict[str, Any]]] = {
    f"{PACKAGE}:index:getInstance": get_instance,
    f"{PACKAGE}:index:getOrganization": get_organization,
    f"{PACKAGE}:index:getPrincipals": get_principals,
    f"{PACKAGE}:index:declareGrants": declare_grants,
}
