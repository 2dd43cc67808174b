"""What an update grants and revokes, as an algebra over small sets of accounts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.provider.assignment_changes import changes_of, difference
from pulumi_aws_identity_center.provider.values import UNKNOWN

OLD, NEW, EARLIER = ("GROUP", "old"), ("GROUP", "new"), ("USER", "earlier")
ACCOUNTS = st.sets(st.sampled_from(["1", "2", "3", "4"]))


def properties(principal, accounts, owns="all", **others):
    kind, id_ = principal
    named = {"principalType": kind, "principalId": id_, "accounts": sorted(accounts), "owns": owns}
    return {"instanceArn": "i", "permissionSetArn": "p", **named, **others}


def after(changes, held):
    """What AWS has once the changes are made."""
    result = {principal: set(accounts) for principal, accounts in held.items()}
    result[NEW] |= changes.grants
    for principal, accounts in changes.revocations.items():
        result[principal] -= accounts
    return result


@given(ACCOUNTS, ACCOUNTS, ACCOUNTS)
def test_owning_all_ends_at_exactly_what_is_declared(listed, wanted, held) -> None:
    changes = changes_of(properties(NEW, listed), properties(NEW, wanted), {NEW: held})
    assert after(changes, {NEW: held})[NEW] == wanted


@given(ACCOUNTS, ACCOUNTS, ACCOUNTS)
def test_owning_listed_leaves_what_others_granted(listed, wanted, held) -> None:
    old, new = properties(NEW, listed, "listed"), properties(NEW, wanted, "listed")
    changes = changes_of(old, new, {NEW: held})
    assert after(changes, {NEW: held})[NEW] == wanted | (held - listed)


@given(ACCOUNTS, ACCOUNTS, ACCOUNTS, ACCOUNTS)
def test_a_changed_principal_loses_what_it_had(listed, wanted, held_old, held_new) -> None:
    assignments = {OLD: held_old, NEW: held_new}
    changes = changes_of(properties(OLD, listed), properties(NEW, wanted), assignments)
    assert after(changes, assignments) == {OLD: set(), NEW: wanted}


@given(ACCOUNTS, ACCOUNTS)
def test_a_deleted_groups_orphans_are_revoked_by_the_state(listed, wanted) -> None:
    changes = changes_of(properties(OLD, listed), properties(NEW, wanted), {OLD: set(), NEW: set()}, gone={OLD})
    assert changes.grants == wanted
    assert changes.revocations.get(OLD, frozenset()) == listed


@given(ACCOUNTS, ACCOUNTS)
def test_leftovers_of_an_earlier_update_are_tried_again(left, held) -> None:
    leftovers = [{"principalType": "USER", "principalId": "earlier", "accounts": sorted(left)}]
    state = properties(NEW, [], leftovers=leftovers)
    changes = changes_of(state, properties(NEW, []), {NEW: set(), EARLIER: held})
    assert changes.revocations.get(EARLIER, frozenset()) == left & held


@given(ACCOUNTS, ACCOUNTS)
def test_each_changed_account_has_a_line_of_its_own(old, new) -> None:
    changes = difference(properties(NEW, old), properties(NEW, new)).changes
    added = {f'accounts["{account}"]': "add" for account in new - old}
    removed = {f'accounts["{account}"]': "delete" for account in old - new}
    assert changes == {**added, **removed}


def test_unknown_accounts_change_the_list_as_a_whole() -> None:
    unknown = {**properties(NEW, []), "accounts": UNKNOWN}
    assert difference(properties(NEW, ["1"]), unknown).changes == {"accounts": "update"}


def test_another_permission_set_replaces_and_another_principal_does_not() -> None:
    other_set = {**properties(NEW, []), "permissionSetArn": "q"}
    assert difference(properties(NEW, []), other_set).replaces == ("permissionSetArn",)
    assert difference(properties(OLD, []), properties(NEW, [])).replaces == ()
