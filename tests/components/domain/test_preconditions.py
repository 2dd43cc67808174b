from __future__ import annotations

import pytest
from pulumi_aws_identity_center.domain.preconditions import check_delegated_administrator, require_trusted_access
from pulumi_aws_identity_center.errors import InvalidInput, NotPossibleHere

from tests.walk import walk

MANAGEMENT, MEMBER, OTHER = "111122223333", "222233334444", "333344445555"
MEMBERS = {MANAGEMENT: "ACTIVE", MEMBER: "ACTIVE", OTHER: "ACTIVE"}


def test_an_active_member_can_administer() -> None:
    for registered in ([], [MEMBER]):
        assert check_delegated_administrator(MEMBER, MANAGEMENT, MEMBERS, registered) == MEMBER


@walk("state", ["SUSPENDED", "PENDING_CLOSURE", "CLOSED"])
def test_an_inactive_account_is_refused_with_its_state(state: str) -> None:
    with pytest.raises(InvalidInput, match=f"{MEMBER}, which is {state}, and only an active account"):
        check_delegated_administrator(MEMBER, MANAGEMENT, {**MEMBERS, MEMBER: state}, [])


def test_where_the_accounts_are_not_known_each_may_be_named() -> None:
    assert check_delegated_administrator(MEMBER, MANAGEMENT, {}, []) == MEMBER
    assert check_delegated_administrator(MEMBER, MANAGEMENT, {MEMBER: None}, []) == MEMBER


def test_the_way_to_another_administrator_than_somebody_elses_is_told() -> None:
    with pytest.raises(InvalidInput) as caught:
        check_delegated_administrator(MEMBER, MANAGEMENT, MEMBERS, [OTHER])
    assert f"{OTHER} is the delegated administrator for sso.amazonaws.com already" in str(caught.value)
    assert "aws organizations deregister-delegated-administrator" in str(caught.value)


def test_unreadable_trusted_access_is_left_to_aws() -> None:
    require_trusted_access(None)
    require_trusted_access(["sso.amazonaws.com"])
    with pytest.raises(NotPossibleHere, match="Declare TrustedAccess in this program"):
        require_trusted_access([])
