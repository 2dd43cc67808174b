"""One organization's list of trusted services, its owners, and what AWS says of them."""

from __future__ import annotations

import datetime

import pulumi
import pulumi_aws as aws
import pytest
from pulumi_aws_identity_center import BreakGlassArgs, TrustedAccess
from pulumi_aws_identity_center.domain.trusted_access_owners import (
    TrustedAccessOwners,
    adoption_note,
    live_note,
    problem_for,
)

from tests.walk import walk

SSO, RAM = "sso.amazonaws.com", "ram.amazonaws.com"
SINCE = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
OPEN: BreakGlassArgs = {
    "reason": "r",
    "expires": (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat(),
}


def _row(principal: str, moment: datetime.datetime = SINCE) -> dict[str, object]:
    return {"ServicePrincipal": principal, "DateEnabled": moment}


@walk("since", ["2026-06-01T12:00:00+00:00", "2026-06-01T12:00:00Z", "2026-06-01T12:00:00"])
def test_on_since_the_date_in_the_state_nothing_is_said(since: str) -> None:
    assert live_note(SSO, since, [_row(SSO), _row(RAM)]) is None


def test_on_before_this_stack_has_it_nothing_is_said() -> None:
    assert live_note(SSO, None, [_row(SSO)]) is None
    assert live_note(SSO, None, []) is None


def test_what_is_on_already_is_taken_over_with_or_without_a_date() -> None:
    assert adoption_note(SSO, _row(SSO)).startswith(
        f"{SSO} has trusted access already, since 2026-06-01T12:00:00+00:00."
    )
    assert adoption_note(SSO, {"ServicePrincipal": SSO}).startswith(f"{SSO} has trusted access already. This stack")


def test_an_owner_elsewhere_is_told_when_it_is_off() -> None:
    note = live_note(SSO, "2026-06-01T12:00:00+00:00", [])
    assert note is not None
    assert "has no trusted access now" in note
    assert "add it to awsServiceAccessPrincipals" in note


def test_on_since_a_later_date_it_was_off_in_between() -> None:
    later = [_row(SSO, SINCE + datetime.timedelta(minutes=5))]
    note = str(live_note(SSO, "2026-06-01T12:00:00+00:00", later))
    assert "has trusted access now. It was off before 2026-06-01T12:05:00+00:00" in note
    assert note.endswith("pulumi up --refresh ends this warning.")


def test_the_list_may_have_an_owner_before_it_is_on() -> None:
    assert f"while account.amazonaws.com, {RAM} have" in str(
        live_note(SSO, None, [_row(RAM), _row("account.amazonaws.com")])
    )


@walk("since", ["", "soon", None])
def test_a_date_that_cannot_be_read_claims_nothing(since: str | None) -> None:
    assert live_note(SSO, since, [_row(SSO, SINCE + datetime.timedelta(days=1))]) is None


@walk(
    ("principal", "listed"), [(SSO, [RAM]), (SSO, None), (RAM, [SSO]), (RAM, None), (RAM, []), (SSO, SSO), (RAM, RAM)]
)
def test_a_list_without_the_service_is_told_with_its_fix(principal: str, listed: list[str] | None) -> None:
    problem = problem_for(listed, principal)
    assert problem is not None
    assert f'aws_service_access_principals=[..., "{principal}"]' in problem


@pytest.mark.parametrize("principal", [SSO, RAM])
def test_a_list_with_it_is_none(principal: str) -> None:
    assert problem_for([SSO, RAM], principal) is None


def _organization(listed: object, **options: object) -> None:
    aws.organizations.Organization(
        "org",
        aws_service_access_principals=listed,
        opts=pulumi.ResourceOptions(**options),  # type: ignore[arg-type]
    )


REFUSED = "Organization org would turn off what TrustedAccess sso turns on"


@pytest.mark.parametrize("pending", [False, True])
def test_an_organization_declared_after_it_is_refused(deploy, pending: bool) -> None:
    def build() -> None:
        TrustedAccess("sso")
        _organization(pulumi.Output.from_input([RAM]) if pending else [RAM])

    with pytest.raises(pulumi.RunError, match=REFUSED):
        deploy(build)


def test_an_owner_declared_before_it_is_refused(deploy) -> None:
    def build() -> None:
        TrustedAccess("ram", {"servicePrincipal": RAM})
        _organization([RAM])
        TrustedAccess("sso")

    with pytest.raises(pulumi.RunError, match=REFUSED):
        deploy(build)


@pytest.mark.parametrize("ignored", ["awsServiceAccessPrincipals", "aws_service_access_principals", "*"])
def test_lists_that_keep_the_service_are_skipped(deploy, ignored: str) -> None:
    def build() -> object:
        access = TrustedAccess("sso")
        _organization([RAM], ignore_changes=[ignored])
        aws.organizations.Organization("kept", aws_service_access_principals=[pulumi.Output.secret(SSO)])
        aws.organizations.Organization.get("read", "o-exampleorg01")
        return access.service_principal

    assert deploy(build).value == SSO


def test_with_break_glass_open_it_may_be_turned_off(deploy) -> None:
    def build() -> object:
        access = TrustedAccess("sso", {"breakGlass": OPEN})
        _organization([RAM])
        return access.protected

    assert deploy(build).value is False


def test_two_owners_that_are_both_protected_are_no_danger() -> None:
    owners = TrustedAccessOwners()
    assert [owners.add(SSO, SSO, owner, True) for owner in ("TrustedAccess a", "AwsServiceAccess b")] == [None, None]


def test_an_unprotected_second_one_is_told_once() -> None:
    for order in (
        [("AwsServiceAccess raw", False), ("TrustedAccess a", True)],
        [("x", True), ("AwsServiceAccess raw", False)],
    ):
        owners = TrustedAccessOwners()
        first, second = (owners.add(SSO, SSO, owner, protected) for owner, protected in order)
        assert first is None
        assert second is not None
        assert "deleting AwsServiceAccess raw, which nothing protects, turns it off" in second
        assert "out of the state with pulumi state delete" in second
        assert owners.add(SSO, SSO, "AwsServiceAccess third", False) is None


def test_removing_it_closes_break_glass_beside_another_owner() -> None:
    owners = TrustedAccessOwners()
    owners.add(SSO, SSO, "TrustedAccess a", False)
    assert "Remove its breakGlass" in str(owners.add(SSO, SSO, "TrustedAccess b", True))


def test_other_services_and_accounts_are_skipped() -> None:
    owners = TrustedAccessOwners()
    for service in (("here", SSO), ("here", RAM), ("there", SSO)):
        assert owners.add(service, service[1], f"AwsServiceAccess {service}", False) is None
    assert owners.add(("here", SSO), SSO, "AwsServiceAccess ('here', 'sso.amazonaws.com')", False) is None
