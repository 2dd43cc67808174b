"""organizations: the organization, its trusted services, its delegated administrators, its units.

The calls, and their order, are those of the provider that Pulumi's aws package bridges
(terraform-provider-aws, internal/service/organizations), so that the call log says what IAM permissions it needs.
"""

from __future__ import annotations

from typing import Any

from sandbox.provider.calls import none_if_gone, pages
from sandbox.provider.record import Clients, Properties, ResourceType, keep_created, retag, tag_list, tag_map

# --- Organization: its list of principals is authoritative ------------------------------------------------------


def _create_organization(aws: Clients, inputs: Properties) -> str:
    client = aws("organizations")
    organization = client.create_organization(FeatureSet=inputs.get("featureSet") or "ALL")["Organization"]
    with keep_created(str(organization["Id"])):
        for principal in inputs.get("awsServiceAccessPrincipals") or []:
            client.enable_aws_service_access(ServicePrincipal=principal)
        if inputs.get("enabledPolicyTypes"):
            root = pages(client, "list_roots", "Roots")[0]["Id"]
            for policy_type in inputs["enabledPolicyTypes"]:
                client.enable_policy_type(RootId=root, PolicyType=policy_type)
    return str(organization["Id"])


def _read_organization(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("organizations")
    answer = none_if_gone("AWSOrganizationsNotInUseException")(client.describe_organization)()
    if answer is None or answer["Organization"]["Id"] != id_:
        return None
    organization = answer["Organization"]
    accounts = [_account(row) for row in pages(client, "list_accounts", "Accounts")]
    roots = pages(client, "list_roots", "Roots")
    all_features = organization["FeatureSet"] == "ALL"
    management = next((row for row in accounts if row["id"] == organization["MasterAccountId"]), {})
    return {
        "accounts": accounts,
        "arn": organization["Arn"],
        "awsServiceAccessPrincipals": trusted_services(client) if all_features else [],
        "enabledPolicyTypes": sorted(kind["Type"] for kind in roots[0]["PolicyTypes"] if kind["Status"] == "ENABLED"),
        "featureSet": organization["FeatureSet"],
        "masterAccountArn": organization["MasterAccountArn"],
        "masterAccountEmail": organization["MasterAccountEmail"],
        "masterAccountId": organization["MasterAccountId"],
        "masterAccountName": management.get("name", ""),
        "nonMasterAccounts": [row for row in accounts if row["id"] != organization["MasterAccountId"]],
        "roots": [root_properties(root) for root in roots],
    }


def root_properties(root: dict[str, Any]) -> dict[str, Any]:
    kinds = [{"type": kind["Type"], "status": kind["Status"]} for kind in root["PolicyTypes"]]
    return {"id": root["Id"], "arn": root["Arn"], "name": root["Name"], "policyTypes": kinds}


def trusted_services(client: Any) -> list[str]:
    """The service principals with trusted access, sorted."""
    rows = pages(client, "list_aws_service_access_for_organization", "EnabledServicePrincipals")
    return sorted(row["ServicePrincipal"] for row in rows)


def _account(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["Id"],
        "arn": row["Arn"],
        "email": row["Email"],
        "name": row["Name"],
        "status": row["Status"],
        "state": row.get("State", row["Status"]),
        "joinedMethod": row["JoinedMethod"],
        "joinedTimestamp": row["JoinedTimestamp"].isoformat(),
    }


def _update_organization(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("organizations")
    before = set(state.get("awsServiceAccessPrincipals") or [])
    after = set(inputs.get("awsServiceAccessPrincipals") or [])
    # Disables before it enables: a principal that is only moved within the list is never off, one left out is.
    for principal in sorted(before - after):
        client.disable_aws_service_access(ServicePrincipal=principal)
    for principal in sorted(after - before):
        client.enable_aws_service_access(ServicePrincipal=principal)
    _update_policy_types(
        client, set(state.get("enabledPolicyTypes") or []), set(inputs.get("enabledPolicyTypes") or [])
    )
    if inputs.get("featureSet") == "ALL" and state.get("featureSet") == "CONSOLIDATED_BILLING":
        client.enable_all_features()


def _update_policy_types(client: Any, before: set[str], after: set[str]) -> None:
    if before == after:
        return
    root = pages(client, "list_roots", "Roots")[0]["Id"]
    for policy_type in sorted(before - after):
        client.disable_policy_type(RootId=root, PolicyType=policy_type)
    for policy_type in sorted(after - before):
        client.enable_policy_type(RootId=root, PolicyType=policy_type)


def _delete_organization(aws: Clients, id_: str, state: Properties) -> None:
    aws("organizations").delete_organization()


# --- AwsServiceAccess: one principal, additive ------------------------------------------------------------------


def _create_access(aws: Clients, inputs: Properties) -> str:
    principal = str(inputs["servicePrincipal"])
    aws("organizations").enable_aws_service_access(ServicePrincipal=principal)
    return principal


def _read_access(aws: Clients, id_: str, state: Properties) -> Properties | None:
    rows = pages(aws("organizations"), "list_aws_service_access_for_organization", "EnabledServicePrincipals")
    for row in rows:
        if row["ServicePrincipal"] == id_:
            return {"servicePrincipal": id_, "dateEnabled": row["DateEnabled"].isoformat()}
    return None


def _delete_access(aws: Clients, id_: str, state: Properties) -> None:
    aws("organizations").disable_aws_service_access(ServicePrincipal=id_)


# --- DelegatedAdministrator -------------------------------------------------------------------------------------


def _create_administrator(aws: Clients, inputs: Properties) -> str:
    account, principal = inputs["accountId"], inputs["servicePrincipal"]
    aws("organizations").register_delegated_administrator(AccountId=account, ServicePrincipal=principal)
    return f"{account}/{principal}"


def _read_administrator(aws: Clients, id_: str, state: Properties) -> Properties | None:
    account, _, principal = id_.partition("/")
    rows = pages(
        aws("organizations"), "list_delegated_administrators", "DelegatedAdministrators", ServicePrincipal=principal
    )
    for row in rows:
        if row["Id"] == account:
            return {
                "accountId": account,
                "servicePrincipal": principal,
                "arn": row["Arn"],
                "delegationEnabledDate": row["DelegationEnabledDate"].isoformat(),
                "email": row["Email"],
                "joinedMethod": row["JoinedMethod"],
                "joinedTimestamp": row["JoinedTimestamp"].isoformat(),
                "name": row["Name"],
                "status": row["Status"],
            }
    return None


def _delete_administrator(aws: Clients, id_: str, state: Properties) -> None:
    account, _, principal = id_.partition("/")
    aws("organizations").deregister_delegated_administrator(AccountId=account, ServicePrincipal=principal)


# --- OrganizationalUnit -----------------------------------------------------------------------------------------


def _create_unit(aws: Clients, inputs: Properties) -> str:
    unit = aws("organizations").create_organizational_unit(
        Name=inputs["name"], ParentId=inputs["parentId"], Tags=tag_list(inputs.get("tagsAll"))
    )
    return str(unit["OrganizationalUnit"]["Id"])


def _read_unit(aws: Clients, id_: str, state: Properties) -> Properties | None:
    client = aws("organizations")
    describe = none_if_gone("OrganizationalUnitNotFoundException")(client.describe_organizational_unit)
    answer = describe(OrganizationalUnitId=id_)
    if answer is None:
        return None
    unit = answer["OrganizationalUnit"]
    parent = client.list_parents(ChildId=id_)["Parents"][0]["Id"]
    accounts = [_account(row) for row in pages(client, "list_accounts_for_parent", "Accounts", ParentId=id_)]
    tags = tag_map(pages(client, "list_tags_for_resource", "Tags", ResourceId=id_))
    return {
        "accounts": accounts,
        "arn": unit["Arn"],
        "name": unit["Name"],
        "parentId": parent,
        "tags": tags,
        "tagsAll": tags,
    }


def _update_unit(aws: Clients, id_: str, state: Properties, inputs: Properties) -> None:
    client = aws("organizations")
    if inputs["name"] != state.get("name"):
        client.update_organizational_unit(OrganizationalUnitId=id_, Name=inputs["name"])
    retag(state, inputs, client.untag_resource, client.tag_resource, ResourceId=id_)


def _delete_unit(aws: Clients, id_: str, state: Properties) -> None:
    aws("organizations").delete_organizational_unit(OrganizationalUnitId=id_)


RECORDS = (
    ResourceType(
        token="aws:organizations/organization:Organization",
        create=_create_organization,
        read=_read_organization,
        update=_update_organization,
        delete=_delete_organization,
        # awsServiceAccessPrincipals is optional and not computed: left out, every principal goes.
        sets=frozenset({"awsServiceAccessPrincipals", "enabledPolicyTypes"}),
        computed=frozenset({"returnOrganizationOnly"}),
        defaults={"featureSet": "ALL"},
    ),
    ResourceType(
        token="aws:organizations/awsServiceAccess:AwsServiceAccess",
        create=_create_access,
        read=_read_access,
        delete=_delete_access,
        replaces=frozenset({"servicePrincipal"}),
    ),
    ResourceType(
        token="aws:organizations/delegatedAdministrator:DelegatedAdministrator",
        create=_create_administrator,
        read=_read_administrator,
        delete=_delete_administrator,
        replaces=frozenset({"accountId", "servicePrincipal"}),
    ),
    ResourceType(
        token="aws:organizations/organizationalUnit:OrganizationalUnit",
        create=_create_unit,
        read=_read_unit,
        update=_update_unit,
        delete=_delete_unit,
        replaces=frozenset({"parentId"}),
        named="name",
        tagged=True,
    ),
)
