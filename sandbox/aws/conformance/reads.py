"""Scenarios that only read: they hold on any organization, and change nothing."""

from __future__ import annotations

from .scenario import NotHere, Target, refused, scenario

SSO = "sso.amazonaws.com"
_UNKNOWN_SET = "/ps-0000000000000000"
_NOBODY = "00000000-0000-4000-8000-000000000000"


@scenario("singlesignon/latest/userguide/identity-center-instances.html")
def an_instance_is_described_as_it_is_listed(target: Target) -> None:
    row = target.instance()
    described = target.client("sso-admin").describe_instance(InstanceArn=row["InstanceArn"])
    for name in ("InstanceArn", "IdentityStoreId", "OwnerAccountId", "Status"):
        assert described[name] == row[name], f"{name}: described {described[name]}, listed {row[name]}"


@scenario("singlesignon/latest/userguide/regions.html")
def another_region_lists_no_instance_of_this_one(target: Target) -> None:
    row = target.instance()
    own_regions = {region["RegionName"] for region in row.get("Regions", [])}
    own_regions = own_regions or {row.get("PrimaryRegion", "us-east-1")}
    other_region = next(name for name in ("eu-west-1", "us-east-1", "ap-southeast-2") if name not in own_regions)
    listed = target.client("sso-admin", region=other_region).list_instances()["Instances"]
    assert row["InstanceArn"] not in [instance["InstanceArn"] for instance in listed]


@scenario("organizations/latest/APIReference/API_ListAWSServiceAccessForOrganization.html")
def trusted_access_is_on_where_identity_center_works(target: Target) -> None:
    row = target.instance()
    if row["Status"] != "ACTIVE":
        raise NotHere(f"the instance is {row['Status']}.")
    listed = target.pages("organizations", "list_aws_service_access_for_organization", "EnabledServicePrincipals")
    assert SSO in [service["ServicePrincipal"] for service in listed]


@scenario("services-that-can-integrate-sso.html; singlesignon/latest/userguide/using-service-linked-roles.html")
def the_service_linked_role_trusts_its_service_only(target: Target) -> None:
    target.instance()
    iam = target.client("iam")
    role = iam.get_role(RoleName="AWSServiceRoleForSSO")["Role"]
    assert role["Path"] == f"/aws-service-role/{SSO}/", role["Path"]
    principals = [statement["Principal"] for statement in role["AssumeRolePolicyDocument"]["Statement"]]
    assert principals == [{"Service": SSO}], principals
    attached = iam.list_attached_role_policies(RoleName="AWSServiceRoleForSSO")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AWSSSOServiceRolePolicy"], attached


@scenario("singlesignon/latest/APIReference/API_DescribePermissionSet.html")
def an_unknown_permission_set_is_not_found(target: Target) -> None:
    arn = target.instance()["InstanceArn"]
    unknown = arn.replace(":instance/", ":permissionSet/") + _UNKNOWN_SET
    describe = target.client("sso-admin").describe_permission_set
    refused("ResourceNotFoundException", describe, InstanceArn=arn, PermissionSetArn=unknown)


@scenario("api-model: sso-admin MaxResults")
def more_than_a_hundred_results_a_page_are_refused(target: Target) -> None:
    arn = target.instance()["InstanceArn"]
    list_sets = target.client("sso-admin").list_permission_sets
    refused("ValidationException", list_sets, InstanceArn=arn, MaxResults=101)


@scenario("api-model: sso-admin NextToken")
def a_token_of_ones_own_making_is_refused(target: Target) -> None:
    arn = target.instance()["InstanceArn"]
    refused("ValidationException", target.client("sso-admin").list_permission_sets, InstanceArn=arn, NextToken="AAAA")


@scenario("api-model: paginators")
def pages_of_one_join_to_the_whole_list(target: Target) -> None:
    arn = target.instance()["InstanceArn"]
    whole = target.pages("sso-admin", "list_permission_sets", "PermissionSets", InstanceArn=arn)
    single = target.pages(
        "sso-admin",
        "list_permission_sets",
        "PermissionSets",
        InstanceArn=arn,
        PaginationConfig={"PageSize": 1},
    )
    assert sorted(single) == sorted(whole)
    assert len(set(whole)) == len(whole)


@scenario("singlesignon/latest/IdentityStoreAPIReference/API_DescribeUser.html")
def an_unknown_user_is_not_found_with_its_kind(target: Target) -> None:
    store = target.instance()["IdentityStoreId"]
    answer = refused(
        "ResourceNotFoundException", target.client("identitystore").describe_user, IdentityStoreId=store, UserId=_NOBODY
    )
    assert answer.get("ResourceType") == "USER", answer


@scenario("singlesignon/latest/APIReference/API_CreateInstance.html")
def there_is_one_account_behind_the_organizations_instance(target: Target) -> None:
    row = target.instance()
    instances = target.client("sso-admin").list_instances()["Instances"]
    owned = [instance for instance in instances if instance["OwnerAccountId"] == row["OwnerAccountId"]]
    assert len(owned) == 1, owned
