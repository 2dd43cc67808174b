"""What the component AccessMatrix asks the provider for, so that all of a run's calls share one session and limiter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_aws_identity_center.names import PACKAGE

from .administrators import administrators_losses
from .run import Run

Properties = Mapping[str, Any]


def get_instance(run: Run, arguments: Properties) -> dict[str, Any]:
    """{} → {instanceArn, identityStoreId} of the organization instance that the Region has; "" if it has none."""
    rows = run.client.pages("sso-admin", "list_instances", "Instances")
    own = [row for row in rows if row.get("OwnerAccountId") == run.management_account]
    found = own[0] if own else {"InstanceArn": "", "IdentityStoreId": ""}
    return {"instanceArn": found["InstanceArn"], "identityStoreId": found["IdentityStoreId"]}


def get_organization(run: Run, arguments: Properties) -> dict[str, Any]:
    """{instanceArn, tags and units: whether they are needed} → {managementAccountId, callerAccountId,
    organizationalUnits: paths, accounts: [{id, name, state, organizationalUnit, tags}]}."""
    directory = run.instance(arguments["instanceArn"]).directory
    paths = directory.unit_paths if arguments.get("units") else {}
    parents = directory.parents if arguments.get("units") else {}
    tags = directory.tags(row["Id"] for row in directory.accounts) if arguments.get("tags") else {}
    accounts = [
        {
            "id": row["Id"],
            "name": row.get("Name", ""),
            "state": row.get("State") or row.get("Status") or "ACTIVE",
            "organizationalUnit": paths.get(parents.get(row["Id"], ""), ""),
            "tags": tags.get(row["Id"], {}),
        }
        for row in directory.accounts
    ]
    return {
        "managementAccountId": run.management_account,
        "callerAccountId": run.caller["Account"],
        "accounts": accounts,
        "organizationalUnits": sorted(path for path in paths.values() if path),
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
    """{instanceArn, matrix: name, permissionSets: [inputs], grants: [{permissionSet: name, principalType, principalId,
    principalName, accounts}]} → {losses: [{certain, sentence, remedy}]}.

    Tells the provider the whole of what a matrix declares before its resources are registered (`declared.py` says why),
    and learns how that would lock administrators out."""
    for grant in arguments["grants"]:
        principal = (grant["principalType"], grant["principalId"])
        run.declared.by_name(arguments["instanceArn"], grant["permissionSet"], principal, grant["accounts"])
    losses = administrators_losses(run, arguments)
    return {"losses": [{"certain": one.certain, "sentence": one.sentence, "remedy": one.remedy} for one in losses]}


FUNCTIONS: Mapping[str, Callable[[Run, Properties], dict[str, Any]]] = {
    f"{PACKAGE}:index:getInstance": get_instance,
    f"{PACKAGE}:index:getOrganization": get_organization,
    f"{PACKAGE}:index:getPrincipals": get_principals,
    f"{PACKAGE}:index:declareGrants": declare_grants,
}
