"""The resource graph of each component: tokens, parents, options, dependencies; as a preview and as an update."""

from __future__ import annotations

import datetime
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws_identity_center import (
    AccessControlAttributeArgs,
    BreakGlassArgs,
    DelegatedAdministrator,
    DelegatedAdministratorArgs,
    Instance,
    InstanceArgs,
    OperatorPermissions,
    OperatorRoleArgs,
    OrganizationSso,
    OrganizationSsoArgs,
    TrustedAccess,
)
from pulumi_aws_identity_center.aws.results import Answer
from pulumi_aws_identity_center.testing import ANSWERS

from tests.walk import walk

ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
TOMORROW = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
OPEN: BreakGlassArgs = {"reason": "the organization moves", "expires": TOMORROW}
TRUST: list[pulumi.Input[str]] = ["arn:aws:iam::111122223333:root"]
ROLES: list[OperatorRoleArgs] = [
    {"name": "operator", "permissions": ["enable", "observe"], "trustedPrincipals": TRUST},
    {"name": "break-glass", "permissions": ["disable"], "trustedPrincipals": TRUST},
]


def test_trusted_access_is_one_protected_and_retained_additive_resource(deploy) -> None:
    graph = deploy(lambda: TrustedAccess("sso", {}).service_principal)
    [access] = graph.of(ACCESS)
    assert (access.protect, access.retain_on_delete, access.parent) == (True, True, "sso")
    assert graph.of("aws:organizations/organization:Organization") == []
    assert graph.value == "sso.amazonaws.com"


def test_only_an_open_break_glass_takes_the_protection_away(deploy) -> None:
    graph = deploy(lambda: TrustedAccess("sso", {"breakGlass": OPEN}).protected)
    [access] = graph.of(ACCESS)
    assert (access.protect, access.retain_on_delete) == (False, False)
    assert graph.value is False


@pytest.mark.parametrize("expires", ["2020-01-01", "2999-01-01", "soon", None])
def test_a_break_glass_that_is_not_current_makes_nothing(deploy, expires: Any) -> None:
    with pytest.raises(pulumi.RunError, match=r"breakGlass\.expires"):
        deploy(lambda: TrustedAccess("sso", {"breakGlass": {"reason": "r", "expires": expires}}))


def test_another_service_can_be_trusted_and_a_misspelt_one_cannot(deploy) -> None:
    graph = deploy(lambda: TrustedAccess("ram", {"servicePrincipal": "ram.amazonaws.com"}).service_principal)
    assert graph.value == "ram.amazonaws.com"
    with pytest.raises(pulumi.RunError, match=r"servicePrincipal is 'SSO\.amazonaws\.com'"):
        deploy(lambda: TrustedAccess("sso", {"servicePrincipal": "SSO.amazonaws.com"}))


def test_the_instance_is_reported_with_its_status(deploy) -> None:
    def build():
        instance = Instance("instance", {})
        return pulumi.Output.all(instance.arn, instance.identity_store_id, instance.region, instance.status)

    assert deploy(build).value == ["arn:aws:sso:::instance/ssoins-1", "d-1", "us-east-1", "ACTIVE"]


def test_without_an_instance_it_warns_or_fails_as_asked(deploy) -> None:
    deploy.functions["aws:ssoadmin/getInstances:getInstances"] = {"arns": [], "identityStoreIds": [], "id": "x"}
    assert deploy(lambda: Instance("instance", {"whenNotEnabled": "warn"}).status).value == "NOT_ENABLED"
    with pytest.raises(pulumi.RunError, match="no organization instance in us-east-1"):
        deploy(lambda: Instance("instance", {}).status)


def test_a_failed_creation_ends_with_awss_own_reason(deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = {"Status": "CREATE_FAILED", "StatusReason": "the KMS key is disabled"}
    deploy.aws.status = lambda _: Answer(failed)
    with pytest.raises(pulumi.RunError, match="failed to be created: the KMS key is disabled"):
        deploy(lambda: Instance("instance", {}).status)


def test_an_unreadable_status_is_undetermined(deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy.aws.status = lambda _: Answer(kind="denied")
    assert deploy(lambda: Instance("instance", {}).status).value == "UNDETERMINED"


def test_access_control_attributes_are_left_alone_unless_given(deploy) -> None:
    token = "aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes"
    assert deploy(lambda: Instance("instance", {}).arn).of(token) == []
    attributes: list[AccessControlAttributeArgs] = [{"key": "team", "sources": ["${path:enterprise.department}"]}]
    assert len(deploy(lambda: Instance("instance", {"accessControlAttributes": attributes}).arn).of(token)) == 1
    deploy.functions["aws:ssoadmin/getInstances:getInstances"] = {"arns": [], "identityStoreIds": []}
    without: InstanceArgs = {"accessControlAttributes": attributes, "whenNotEnabled": "warn"}
    assert deploy(lambda: Instance("instance", without).arn).of(token) == []


@pytest.mark.parametrize(
    ("exist", "imported"),
    [(Answer(True), "arn:aws:sso:::instance/ssoins-1"), (Answer(False), ""), (Answer(kind="denied"), "")],
)
def test_attributes_that_were_set_elsewhere_are_adopted(deploy, exist: Answer[bool], imported: str) -> None:
    deploy.aws.has_attributes = lambda _: exist
    attributes: list[AccessControlAttributeArgs] = [{"key": "team", "sources": ["${path:enterprise.department}"]}]
    graph = deploy(lambda: Instance("instance", {"accessControlAttributes": attributes}).arn)
    [resource] = graph.of("aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes")
    assert resource.import_id == imported


def test_a_member_accounts_own_instance_is_not_the_organizations(deploy, monkeypatch) -> None:
    owners = {"arn:aws:sso:::instance/ssoins-1": "222233334444", "arn:aws:sso:::instance/ssoins-2": "111122223333"}
    deploy.aws.status = lambda arn: Answer({"Status": "ACTIVE", "OwnerAccountId": owners[arn]})
    token = "aws:ssoadmin/getInstances:getInstances"
    deploy.functions[token] = {"arns": list(owners), "identityStoreIds": ["d-1", "d-2"]}

    def build():
        instance = Instance("instance", {})
        return pulumi.Output.all(instance.arn, instance.identity_store_id)

    assert deploy(build).value == ["arn:aws:sso:::instance/ssoins-2", "d-2"]
    deploy.functions[token] = {"arns": list(owners)[:1], "identityStoreIds": ["d-1"]}
    for component in (Instance, OrganizationSso):
        with pytest.raises(pulumi.RunError, match="no organization instance"):
            deploy(lambda component=component: component("it", {}))


def test_operators_get_five_policies_roles_and_the_boundary(deploy) -> None:
    graph = deploy(lambda: OperatorPermissions("operators", {"roles": ROLES}).role_arns)
    assert sorted(policy.name for policy in graph.of("aws:iam/policy:Policy")) == [
        f"identity-center-{kind}" for kind in ("disable", "enable", "guard", "guard-boundary", "observe")
    ]
    roles = {role.name: role for role in graph.of("aws:iam/role:Role")}
    assert "identity-center-guard-boundary" in roles["operator"].dependencies
    assert "identity-center-guard-boundary" not in roles["break-glass"].dependencies
    attached = sorted(row.name for row in graph.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment"))
    assert attached == ["break-glass-disable", "operator-enable", "operator-observe"]


def test_a_delegated_administrator_waits_for_trusted_access(deploy) -> None:
    def build():
        access = TrustedAccess("sso", {})
        return DelegatedAdministrator(
            "admin", {"accountId": "222233334444", "trustedAccess": access.service_principal}
        ).account_id

    [administrator] = deploy(build).of("aws:organizations/delegatedAdministrator:DelegatedAdministrator")
    assert administrator.dependencies == ["sso"]


@pytest.mark.parametrize(
    ("account", "said"),
    [("111122223333", "the management account"), ("999999999999", "not an account of this organization")],
)
def test_an_account_that_cannot_administer_is_refused(deploy, account: str, said: str) -> None:
    with pytest.raises(pulumi.RunError, match=said):
        deploy(lambda: DelegatedAdministrator("admin", {"accountId": account, "trustedAccess": None}).account_id)


def test_a_second_administrator_is_refused_by_name(deploy) -> None:
    token = "aws:organizations/getDelegatedAdministrators:getDelegatedAdministrators"
    deploy.functions[token] = {"delegatedAdministrators": [{"id": "333344445555"}]}
    with pytest.raises(pulumi.RunError, match="333344445555 is the delegated administrator"):
        deploy(lambda: DelegatedAdministrator("a", {"accountId": "222233334444", "trustedAccess": None}).account_id)


def test_an_account_that_is_registered_already_is_adopted(deploy) -> None:
    token = "aws:organizations/getDelegatedAdministrators:getDelegatedAdministrators"
    args: DelegatedAdministratorArgs = {"accountId": "222233334444", "trustedAccess": "sso.amazonaws.com"}

    def imported() -> Any:
        graph = deploy(lambda: DelegatedAdministrator("a", args).account_id)
        return graph.of("aws:organizations/delegatedAdministrator:DelegatedAdministrator")[0].import_id

    assert imported() == ""
    deploy.functions[token] = {"delegatedAdministrators": [{"id": "222233334444"}]}
    assert imported() == "222233334444/sso.amazonaws.com"


@pytest.mark.parametrize("given", [lambda: "ram.amazonaws.com", lambda: pulumi.Output.from_input("ram.amazonaws.com")])
def test_an_administrator_is_for_identity_center_only(deploy, given) -> None:
    with pytest.raises(pulumi.RunError, match=r"trustedAccess is .ram.* it must be sso."):
        deploy(lambda: DelegatedAdministrator("a", {"accountId": "222233334444", "trustedAccess": given()}).account_id)


def test_without_trusted_access_given_it_is_looked_up(deploy, monkeypatch) -> None:
    rows = [{"ServicePrincipal": "ram.amazonaws.com"}]
    deploy.aws.trusted = lambda: Answer(rows)
    with pytest.raises(pulumi.RunError, match=r"sso.amazonaws.com has no trusted access.* Declare TrustedAccess"):
        deploy(lambda: DelegatedAdministrator("a", {"accountId": "222233334444", "trustedAccess": None}))
    rows.append({"ServicePrincipal": "sso.amazonaws.com"})
    deploy(lambda: DelegatedAdministrator("a", {"accountId": "222233334444", "trustedAccess": None}).account_id)


def test_an_account_known_late_is_judged_then(deploy) -> None:
    def build(account: str):
        account_resource = aws.organizations.Account("made", name="made", email="made@example.com")
        account_id = pulumi.Output.secret(account_resource.id.apply(lambda _: account))
        sso = OrganizationSso("all", {"delegatedAdministratorAccountId": account_id})
        return sso.delegated_administrator_account_id

    assert deploy(lambda: build("222233334444")).value == "222233334444"
    with pytest.raises(pulumi.RunError, match="is a secret, which is not an account of this organization"):
        deploy(lambda: build("999999999999"))


def test_a_unit_test_that_answers_nothing_sees_a_healthy_organization(deploy) -> None:
    deploy.functions = {token: dict(answer) for token, answer in ANSWERS.items()}
    graph = deploy(lambda: OrganizationSso("all", {"delegatedAdministratorAccountId": "222233334444"}).instance_arn)
    assert graph.value.startswith("arn:aws:sso:::instance/")


def test_one_programs_second_administrator_is_refused_first(deploy) -> None:
    def build():
        for name, account in (("first", "222233334444"), ("other", "333344445555")):
            DelegatedAdministrator(name, {"accountId": account, "trustedAccess": None})

    with pytest.raises(pulumi.RunError, match="DelegatedAdministrator first and other are both in this program"):
        deploy(build)


def test_all_parts_hang_under_it_and_use_its_provider(deploy) -> None:
    def build():
        provider = aws.Provider("mine", region="us-east-1")
        sso = OrganizationSso(
            "all",
            {"operatorRoles": ROLES, "delegatedAdministratorAccountId": "222233334444"},
            pulumi.ResourceOptions(providers=[provider]),
        )
        return sso.instance_arn

    graph = deploy(build)
    resources = [resource for resource in graph.resources if resource.custom and resource.type.startswith("aws:")]
    assert len(resources) == 1 + 5 + 2 + 3 + 1
    assert {resource.name for resource in resources if "::mine::" not in resource.provider} == set()
    parents = {resource.name: resource.parent for resource in graph.resources if "identity-center:" in resource.type}
    assert parents == {
        "all": "project-stack",
        "all-trusted-access": "all",
        "all-instance": "all",
        "all-operators": "all",
        "all-administrator": "all",
    }


def test_aws_is_asked_once_for_several_parts(deploy) -> None:
    args: OrganizationSsoArgs = {"delegatedAdministratorAccountId": "222233334444"}
    functions = [function for function, _, _ in deploy(lambda: OrganizationSso("all", args).instance_arn).invoked]
    for function in ("getCallerIdentity", "getOrganization", "getDelegatedAdministrators"):
        assert [name.endswith(f":{function}") for name in functions].count(True) == 1, function


@pytest.mark.parametrize(
    ("function", "change", "said"),
    [
        ("aws:organizations/getOrganization:getOrganization", {"featureSet": "CONSOLIDATED_BILLING"}, "needs ALL"),
        (
            "aws:index/getCallerIdentity:getCallerIdentity",
            {"accountId": "222233334444"},
            "a member of the organization",
        ),
        ("aws:ssoadmin/getInstances:getInstances", {"arns": []}, "no organization instance"),
    ],
)
def test_where_it_cannot_work_nothing_is_declared(deploy, function: str, change: dict, said: str) -> None:
    deploy.functions[function] = {**deploy.functions[function], **change}
    with pytest.raises(pulumi.RunError, match=said):
        deploy(lambda: OrganizationSso("all", {}))


def test_where_the_instance_failed_to_be_created_nothing_is_declared(deploy, monkeypatch) -> None:
    failed = {"Status": "CREATE_FAILED", "StatusReason": "the key is disabled"}
    deploy.aws.status = lambda _: Answer(failed)
    declared: list[str] = []

    def build():
        options = pulumi.ResourceOptions(transformations=[lambda args: declared.append(args.type_)])
        return OrganizationSso("all", {}, options).instance_arn

    with pytest.raises(pulumi.RunError, match="failed to be created: the key is disabled"):
        deploy(build)
    assert declared == ["aws-identity-center:index:OrganizationSso"]


def test_an_administrator_needs_all_features(deploy) -> None:
    token = "aws:organizations/getOrganization:getOrganization"
    deploy.functions[token] = {**deploy.functions[token], "featureSet": "CONSOLIDATED_BILLING"}
    with pytest.raises(pulumi.RunError, match="needs ALL"):
        deploy(lambda: DelegatedAdministrator("a", {"accountId": "222233334444", "trustedAccess": None}).account_id)


def test_an_administrator_from_outside_is_refused_first(deploy) -> None:
    declared: list[str] = []

    def build():
        def note(args):
            declared.append(args.type_)

        options = pulumi.ResourceOptions(transformations=[note])
        return OrganizationSso("all", {"delegatedAdministratorAccountId": "999999999999"}, options).instance_arn

    with pytest.raises(pulumi.RunError, match="999999999999, which is not an account of this organization"):
        deploy(build)
    assert declared == ["aws-identity-center:index:OrganizationSso"]


@walk(
    ("component", "args", "said"),
    [
        (TrustedAccess, {"servicePrincipals": "sso.amazonaws.com"}, "servicePrincipals is not an argument; the argum"),
        (Instance, {"when": "warn"}, "when is not an argument"),
        (OperatorPermissions, {"role": []}, "role is not an argument"),
        (DelegatedAdministrator, {"account": "222233334444"}, "account is not an argument"),
        (OrganizationSso, {"breakglass": {}}, "breakglass is not an argument"),
        (TrustedAccess, {"servicePrincipal": "a.amazonaws.com", "service_principal": "b.amazonaws.com"}, "given twice"),
    ],
)
def test_a_misspelt_argument_is_an_error(deploy, component, args, said: str) -> None:
    with pytest.raises(pulumi.RunError, match=said):
        deploy(lambda: component("x", args))


def test_pythons_own_spelling_of_a_key_is_taken(deploy) -> None:
    args: Any = {"service_principal": "ram.amazonaws.com"}  # the type has only the schema's spelling
    graph = deploy(lambda: TrustedAccess("ram", args).service_principal)
    assert graph.value == "ram.amazonaws.com"


def test_other_guarded_services_have_trusted_access_of_their_own(deploy) -> None:
    services = ["guardduty.amazonaws.com", "sso.amazonaws.com"]
    graph = deploy(lambda: OrganizationSso("all", {"guardedServicePrincipals": services}))
    access = graph.of("aws:organizations/awsServiceAccess:AwsServiceAccess")
    assert sorted(row.props["servicePrincipal"] for row in access) == services
    assert all(row.protect and row.retain_on_delete for row in access)
