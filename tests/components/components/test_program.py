"""What is one of a kind is so in an account, and a program may use several."""

from __future__ import annotations

import datetime
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws_identity_center import (
    DelegatedAdministrator,
    OperatorPermissions,
    OrganizationSso,
    TrustedAccess,
    guard_stack,
)
from pulumi_aws_identity_center.components.program import current_program

from tests.walk import walk

SSO, RAM = "sso.amazonaws.com", "ram.amazonaws.com"
CLASH = "Organization org would turn off what TrustedAccess sso turns on"


def _organization(listed: Any = (RAM,), **options: Any) -> None:
    principals = list(listed) if isinstance(listed, tuple) else listed
    aws.organizations.Organization(
        "org", aws_service_access_principals=principals, opts=pulumi.ResourceOptions(**options)
    )


def _through(provider: pulumi.ProviderResource, way: str) -> dict[str, Any]:
    if way == "parent":
        opts = pulumi.ResourceOptions(providers=[provider])
        return {"parent": pulumi.ComponentResource("their:index:Parent", "parent", {}, opts)}
    return {"provider": provider} if way == "provider" else {"providers": {"aws": provider}}


@pytest.mark.parametrize("way", ["provider", "parent"])
@pytest.mark.parametrize("component", [TrustedAccess, OrganizationSso])
def test_another_accounts_organization_is_no_owner(deploy: Any, component: Any, way: str) -> None:
    def build() -> Any:
        access = component("sso")
        _organization(**_through(aws.Provider("other", profile="other"), way))
        return access.service_principal

    assert deploy(build).value == SSO


def test_an_organization_outside_the_components_account_is_no_owner(deploy: Any) -> None:
    def build() -> Any:
        _organization()
        opts = pulumi.ResourceOptions(providers=[aws.Provider("other", profile="other")])
        return TrustedAccess("sso", {}, opts).service_principal

    assert deploy(build).value == SSO


@pytest.mark.parametrize("way", ["provider", "parent", "providers"])
def test_the_same_accounts_list_is_an_owner_in_any_region(deploy: Any, way: str) -> None:
    def build() -> None:
        main_provider = aws.Provider("mine", profile="main", region="us-east-1")
        TrustedAccess("sso", {}, pulumi.ResourceOptions(**_through(main_provider, way)))
        _organization(provider=aws.Provider("theirs", profile="main", region="eu-west-1"))

    with pytest.raises(pulumi.RunError, match=CLASH):
        deploy(build)


@walk(
    ("inputs", "account", "same"),
    [
        ({"profile": "other"}, "999988887777", False),
        ({"profile": "other"}, "111122223333", True),
        ({"access_key": "a", "secret_key": "s"}, "111122223333", True),
        ({"allowed_account_ids": ["111122223333"]}, "111122223333", True),
        ({"allowed_account_ids": ["999988887777"]}, "", True),  # which can't sign in: unknown counts as the same
    ],
)
@walk("name", ["other", "default_7_51_1", "default-organization"])
def test_aws_says_whether_two_providers_have_one_account(
    deploy: Any, name: str, inputs: Any, account: str, same: bool
) -> None:
    deploy.accounts = {name: account or None}
    accounts: list[Any] = []

    def build() -> None:
        for provider in (None, aws.Provider(name, **inputs)):
            accounts.append(current_program().account(pulumi.ResourceOptions(provider=provider)))

    deploy(build)
    assert (accounts[0] == accounts[1]) is same


def test_a_program_with_one_provider_asks_for_no_account(deploy: Any) -> None:
    graph = deploy(lambda: TrustedAccess("sso").urn)
    assert [token for token, _, _ in graph.invoked if token.endswith(":getCallerIdentity")] == []


def test_the_region_alone_makes_no_other_account(deploy: Any) -> None:
    def build() -> None:
        TrustedAccess("sso")
        _organization(provider=aws.Provider("theirs", region="eu-west-1"))

    with pytest.raises(pulumi.RunError, match=CLASH):
        deploy(build)


@pytest.mark.parametrize("first", ["trusted access", "organization"])
def test_a_service_that_is_known_later_is_judged_then(deploy: Any, first: str) -> None:
    def trust() -> None:
        TrustedAccess("sso", {"servicePrincipal": pulumi.Output.secret(SSO)})

    def build() -> None:
        for make in (trust, _organization) if first == "trusted access" else (_organization, trust):
            make()

    with pytest.raises(pulumi.RunError, match=CLASH):
        deploy(build)


def test_each_account_has_an_administrator_and_policies_of_its_own(deploy: Any) -> None:
    def build() -> Any:
        other_provider = pulumi.ResourceOptions(provider=aws.Provider("other", profile="other"))
        for name, opts in (("here", None), ("there", other_provider)):
            DelegatedAdministrator(name, {"accountId": "222233334444", "trustedAccess": None}, opts)
            OperatorPermissions(f"{name}-operators", {}, opts)

    graph = deploy(build)
    assert len(graph.of("aws:organizations/delegatedAdministrator:DelegatedAdministrator")) == 2
    assert len(graph.of("aws:iam/policy:Policy")) == 10


@pytest.mark.parametrize("make", ["policies", "administrator"])
def test_and_one_account_only_one(deploy: Any, make: str) -> None:
    def build() -> None:
        for name, region in (("first", "us-east-1"), ("second", "eu-west-1")):
            opts = pulumi.ResourceOptions(provider=aws.Provider(region, region=region))
            if make == "policies":
                OperatorPermissions(name, {}, opts)
            else:
                DelegatedAdministrator(name, {"accountId": "222233334444", "trustedAccess": None}, opts)

    with pytest.raises(pulumi.RunError, match="first"):
        deploy(build)


LATE = "guard_stack\\(\\) comes after {}, and protects only what is declared after it"


@pytest.mark.parametrize(
    ("options", "late"),
    [({}, True), ({"protect": True}, True), ({"protect": True, "retain_on_delete": True}, False)],
)
def test_a_guard_that_comes_too_late_says_so(deploy: Any, options: dict[str, Any], late: bool) -> None:
    def build() -> None:
        _organization((RAM, SSO), **options)
        guard_stack()

    if late:
        with pytest.raises(pulumi.RunError, match=LATE.format("org")):
            deploy(build)
    else:
        deploy(build)


def test_harmless_resources_may_come_before_guard_stack(deploy: Any) -> None:
    def build() -> None:
        TrustedAccess("sso")
        aws.organizations.Organization.get("read", "o-exampleorg01")
        aws.iam.User("ann")
        guard_stack()
        _organization((RAM, SSO))
        guard_stack()

    deploy(build)


def test_under_mocks_a_refused_program_registers_nothing(deploy: Any) -> None:
    def build() -> None:
        guard_stack()
        aws.iam.User("ann")
        _organization()

    with pytest.raises(pulumi.RunError, match=r"guard_stack\(\) refuses org: its awsServiceAccessPrincipals lacks"):
        deploy(build)


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("raw", ["AwsServiceAccess raw and TrustedAccess sso"]),
        ("raw elsewhere", []),
        ("raw, guarded", []),
        ("open", ["TrustedAccess open and TrustedAccess sso"]),
        ("open, guarded", ["TrustedAccess open and TrustedAccess sso"]),
        ("read", []),
    ],
)
def test_the_preview_tells_of_another_owner(
    deploy: Any, program: str, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: messages.append(text))

    def build() -> None:
        if "guarded" in program:
            guard_stack()
        if program.startswith("raw"):
            provider = aws.Provider("other", profile="other") if "elsewhere" in program else None
            aws.organizations.AwsServiceAccess(
                "raw", service_principal=SSO, opts=pulumi.ResourceOptions(provider=provider)
            )
        if program.startswith("open"):
            tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
            TrustedAccess("open", {"breakGlass": {"reason": "r", "expires": tomorrow}})
        if program == "read":
            aws.organizations.AwsServiceAccess.get("read", SSO)
        TrustedAccess("sso")

    deploy(build)
    warned = [text.partition(" of this program own")[0] for text in messages if "of this program own" in text]
    assert warned == (told if deploy.preview else [])


def _unknown() -> pulumi.Output[Any]:
    async def value(result: Any) -> Any:
        return result

    return pulumi.Output(value(set()), value(pulumi.output.UNKNOWN), value(False))


@pytest.mark.parametrize(
    ("program", "told"),
    [("trusts", 1), ("trusts, known", 0), ("trusts, ignores", 0), ("trusts, guarded", 0), ("trusts nothing", 0)],
)
def test_an_unknown_list_is_warned_of_beside_trusted_access(
    deploy: Any, program: str, told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy.preview = True
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: messages.append(text))

    def build() -> None:
        if "guarded" in program:
            guard_stack()
        ignored = ["awsServiceAccessPrincipals"] if "ignores" in program else []
        listed = pulumi.Output.from_input([SSO]) if "known" in program else [RAM, _unknown()]
        _organization(listed, ignore_changes=ignored)
        if "nothing" not in program:
            TrustedAccess("sso")

    deploy(build)
    assert len(messages) == told
    assert all("whether Organization org turns off what TrustedAccess sso turns on" in text for text in messages)


def test_each_test_is_its_own_program(deploy: Any) -> None:
    """Pulumi's mocks are set once, and one root resource stays for all tests."""

    @pulumi.runtime.test
    def first() -> Any:
        guard_stack()
        return OperatorPermissions("first", {}).urn

    @pulumi.runtime.test
    def second() -> Any:
        aws.organizations.Organization("org", aws_service_access_principals=[RAM])
        TrustedAccess("ram", {"servicePrincipal": RAM})
        return OperatorPermissions("second", {}).urn

    def both() -> None:
        first()
        second()
        first()

    deploy(lambda: None)
    both()
