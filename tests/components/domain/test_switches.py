from __future__ import annotations

from pulumi_aws_identity_center.domain.switches import Switches

SSO, RAM = "sso.amazonaws.com", "ram.amazonaws.com"


def test_two_owners_that_are_both_protected_are_no_danger() -> None:
    switches = Switches()
    assert [switches.note(SSO, SSO, owner, True) for owner in ("TrustedAccess a", "AwsServiceAccess b")] == [None, None]


def test_one_of_two_that_nothing_protects_is_told_once_with_the_way_out() -> None:
    for order in (
        [("AwsServiceAccess raw", False), ("TrustedAccess a", True)],
        [("x", True), ("AwsServiceAccess raw", False)],
    ):
        switches = Switches()
        first, second = (switches.note(SSO, SSO, owner, protected) for owner, protected in order)
        assert first is None
        assert second is not None
        assert "deleting AwsServiceAccess raw, which nothing protects, turns it off" in second
        assert "retain_on_delete=True), run pulumi up, and then take it out" in second
        assert switches.note(SSO, SSO, "AwsServiceAccess third", False) is None


def test_an_open_break_glass_beside_another_owner_is_closed_by_removing_it() -> None:
    switches = Switches()
    switches.note(SSO, SSO, "TrustedAccess a", False)
    assert "Remove its breakGlass" in str(switches.note(SSO, SSO, "TrustedAccess b", True))


def test_other_services_and_the_same_one_elsewhere_are_other_switches() -> None:
    switches = Switches()
    for switch in (("here", SSO), ("here", RAM), ("there", SSO)):
        assert switches.note(switch, switch[1], f"AwsServiceAccess {switch}", False) is None
    assert switches.note(("here", SSO), SSO, "AwsServiceAccess ('here', 'sso.amazonaws.com')", False) is None
