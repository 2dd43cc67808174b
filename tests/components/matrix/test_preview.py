"""Who gains and who loses, from the steps of a preview: every operation of the engine, both kinds of assignments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.matrix.change_report import NOBODY, as_markdown, as_sentences, headline
from pulumi_aws_identity_center.matrix.grants import Grant
from pulumi_aws_identity_center.matrix.preview import UNKNOWN_SET, AccessChanges, find_access_changes
from pulumi_aws_identity_center.matrix.resource_steps import (
    ASSIGNMENTS_TYPE,
    AWS_ASSIGNMENT_TYPE,
    EXCLUSIVE_TYPE,
    PERMISSION_SET_TYPE,
    ResourceStep,
    State,
)

from tests.walk import walk

ADMIN = "arn:aws:sso:::permissionSet/ssoins-1/ps-admin"
ONE, TWO, THREE = "1" * 12, "2" * 12, "3" * 12
SET_URN = "urn:set"


def _state(*accounts: Any, arn: Any = ADMIN, outputs: Any = None, retained: bool = False, **changes: Any) -> State:
    inputs = {
        "permissionSetArn": arn,
        "principalType": "GROUP",
        "principalId": "g-1",
        "principalName": "Platform",
        "accounts": list(accounts),
        **changes,
    }
    return State(inputs, inputs if outputs is None else {**inputs, "accounts": list(outputs)}, retained)


def _step(op: str, old: State | None, new: State | None, urn: str = "urn:a", **more: Any) -> ResourceStep:
    return ResourceStep(op, urn, ASSIGNMENTS_TYPE, old, new, **more)


def _set_step(op: str = "same", arn: Any = ADMIN, name: str = "Administrator", **parts: Any) -> ResourceStep:
    new = State({"name": name, **parts}, {"name": name, "arn": arn})
    old = None if op == "create" else State({"name": name}, {"name": name, "arn": arn})
    return ResourceStep(op, SET_URN, PERMISSION_SET_TYPE, old, new)


def _rows(grants: tuple[Grant, ...]) -> list[tuple[str | None, str, str]]:
    return [(grant.principal.name, grant.permission_set, grant.account) for grant in grants]


def _accounts(changes: AccessChanges) -> tuple[list[str], list[str]]:
    return [grant.account for grant in changes.gains], [grant.account for grant in changes.loses]


@walk(
    ("steps", "gains", "loses"),
    [
        ([_step("create", None, _state(ONE, TWO))], [ONE, TWO], []),
        ([_step("delete", _state(ONE, TWO), None)], [], [ONE, TWO]),
        ([_step("delete", _state(ONE, TWO), _state(ONE))], [], [ONE, TWO]),
        ([_step("delete", _state(ONE, retained=True), None)], [], []),
        ([_step("discard", _state(ONE, retained=True), None)], [], []),
        ([_step("replace", _state(ONE, retained=True), _state(TWO, retained=True))], [TWO], []),
        ([_step("update", _state(ONE, retained=True), _state(TWO, retained=True))], [TWO], [ONE]),
        ([_step("update", _state(ONE, TWO), _state(TWO, THREE))], [THREE], [ONE]),
        ([_step("update", _state(ONE, outputs=[ONE, TWO]), _state(ONE))], [], [TWO]),
        ([_step("update", _state(ONE, TWO, outputs=[ONE]), _state(ONE, TWO))], [TWO], []),
        ([_step("same", _state(ONE), _state(ONE))], [], []),
        ([_step("import", None, _state(ONE))], [], []),
        ([_step("import", None, _state(ONE)), _step("update", _state(ONE), _state(TWO))], [TWO], [ONE]),
        ([_step("refresh", _state(ONE), _state(TWO))], [], []),
        ([_step("refresh", _state(ONE), None), _step("update", _state(TWO), _state(ONE))], [ONE], [TWO]),
        (
            [
                _step("create-replacement", _state(ONE), _state(TWO)),
                _step("replace", _state(ONE), _state(TWO)),
                _step("delete-replaced", _state(ONE), None),
            ],
            [TWO],
            [ONE],
        ),
        ([_step("delete", _state(ONE), None), _step("create", None, _state(ONE), urn="urn:b")], [], []),
    ],
)
def test_each_operation(steps: list[ResourceStep], gains: list[str], loses: list[str]) -> None:
    assert _accounts(find_access_changes(steps)) == (gains, loses)
    doubled = [step for step in steps for _ in range(2)]  # as event lines tell each step twice
    assert _accounts(find_access_changes(doubled)) == (gains, loses)


def test_another_principal_gains_what_the_old_one_loses() -> None:
    other_group = _state(ONE, principalId="g-2", principalName="Security")
    changes = find_access_changes([_set_step(), _step("update", _state(ONE), other_group)])
    assert _rows(changes.gains) == [("Security", "Administrator", ONE)]
    assert _rows(changes.loses) == [("Platform", "Administrator", ONE)]


def test_a_permission_sets_arn_or_resource_gives_its_name() -> None:
    known_changes = find_access_changes([_set_step(), _step("create", None, _state(ONE))])
    new = _step("create", None, _state(ONE, arn=None), dependencies={"permissionSetArn": [SET_URN]})
    unknown = find_access_changes([_set_step("create", arn=None), new])
    nameless = find_access_changes([_step("create", None, _state(ONE, arn=None))])
    assert [changes.gains[0].permission_set for changes in (known_changes, unknown, nameless)] == [
        "Administrator",
        "Administrator",
        UNKNOWN_SET,
    ]


@walk("dependencies", [{}, {"permissionSetArn": []}, {"permissionSetArn": None}])
def test_an_arn_without_dependencies_is_an_unknown_permission_set(dependencies: dict[str, Any]) -> None:
    new = _step("create", None, _state(ONE, arn=None), dependencies=dependencies)
    assert _rows(find_access_changes([_set_step("create", arn=None), new]).gains) == [("Platform", UNKNOWN_SET, ONE)]


def test_a_new_permission_set_is_named_without_dependencies() -> None:
    matrix = "urn:pulumi:dev::p::aws-identity-center:index:AccessMatrix$aws-identity-center:index:"
    new_set = State({"name": "Audit"}, {"name": "Audit"})
    steps = [
        ResourceStep("create", f"{matrix}PermissionSet::a/b/Audit", PERMISSION_SET_TYPE, None, new_set),
        _step("create", None, _state(ONE, arn=None), urn=f"{matrix}AccountAssignments::a/b/Audit/group:x/y"),
    ]
    assert find_access_changes(steps).gains[0].permission_set == "Audit"


def test_moving_from_single_assignments_changes_nothing() -> None:
    single = State(
        {"permissionSetArn": ADMIN, "principalType": "GROUP", "principalId": "g-1", "targetId": ONE}, {}, False
    )
    steps = [
        ResourceStep("delete", "urn:old", AWS_ASSIGNMENT_TYPE, single, None),
        _step("create", None, _state(ONE)),
    ]
    assert _accounts(find_access_changes(steps)) == ([], [])


def test_groups_and_accounts_are_named_by_their_own_resources() -> None:
    steps = [
        ResourceStep(
            "same", "urn:g", "aws:identitystore/group:Group", None, State({"displayName": "Ops"}, {"groupId": "g-1"})
        ),
        ResourceStep("same", "urn:c", "aws:organizations/account:Account", None, State({"name": "prod"}, {"id": ONE})),
        _step("create", None, _state(ONE, principalName=None)),
    ]
    (grant,) = find_access_changes(steps).gains
    assert (grant.principal.name, grant.account_name) == ("Ops", "prod")


def test_what_only_the_update_knows_is_told() -> None:
    steps = [
        _step("create", None, _state(ONE, None)),
        _step("create", None, _state(ONE, principalId=None, principalName=None), urn="urn:b"),
    ]
    changes = find_access_changes(steps)
    assert [sentence.split(":")[1] for sentence in changes.unknown] == ["a", "b"]
    assert ONE in _accounts(changes)[0]


@walk("value", [5, True, ["x"], {"a": "b"}])
def test_what_is_no_text_counts_as_unknown(value: Any) -> None:
    changes = find_access_changes(
        [_step("create", None, _state(value, ONE, arn=value, principalId=value, principalName=value))]
    )
    [(principal, permission_set, account, _)] = changes.gains
    assert (principal.id, principal.name, permission_set, account) == (None, None, UNKNOWN_SET, ONE)
    assert len(changes.unknown) == 2


def test_a_state_without_properties_is_unknown() -> None:
    assert len(find_access_changes([_step("create", None, State({}, {}))]).unknown) == 2


def _exclusive_step(*listed: str, others: dict[str, list[str]]) -> ResourceStep:
    """others: principal id → accounts, of who isn't listed in the state."""
    rows = [
        {"principalType": "GROUP", "principalId": id_, "principalName": id_, "accounts": accounts}
        for id_, accounts in others.items()
    ]
    old = {"permissionSetArn": ADMIN, "principalIds": ["g-1"]}
    new = {"permissionSetArn": ADMIN, "principalIds": [*listed]}
    return ResourceStep("update", "urn:x", EXCLUSIVE_TYPE, State(old, {**old, "others": rows}), State(new, new))


def test_a_newly_listed_group_keeps_only_what_is_granted() -> None:
    granted = _step("create", None, _state(ONE, THREE, principalId="g-2", principalName="g-2"))
    changes = find_access_changes([_set_step(), granted, _exclusive_step("g-1", "g-2", others={"g-2": [ONE, TWO]})])
    assert _accounts(changes) == ([THREE], [TWO])


def test_who_is_not_listed_loses_everything() -> None:
    changes = find_access_changes([_set_step(), _exclusive_step("g-1", others={"g-2": [ONE], "g-3": [TWO]})])
    assert _accounts(changes) == ([], [ONE, TWO])


def test_the_end_of_exclusive_assignments_takes_nothing() -> None:
    step = _exclusive_step("g-1", others={"g-2": [ONE]})
    assert find_access_changes([replace(step, op="delete", new=None)]) == AccessChanges((), ())


def test_who_loses_a_set_that_exists_already_is_unknown() -> None:
    new = State({"permissionSetArn": ADMIN, "principalIds": ["g-1"]}, {})
    [sentence] = find_access_changes([ResourceStep("create", "urn:x", EXCLUSIVE_TYPE, None, new)]).unknown
    assert sentence == "urn:x: who loses the permission set is only in this preview's warning."


def test_what_listed_assignments_begin_to_own_is_unknown() -> None:
    begins = [_step("update", _state(ONE, owns="listed"), _state(ONE, owns="all"))]
    assert "only in this preview's warning" in find_access_changes(begins).unknown[0]
    for old, new in (("listed", "listed"), ("all", "all"), ("all", "listed")):
        assert find_access_changes([_step("update", _state(ONE, owns=old), _state(ONE, owns=new))]).unknown == ()


def test_a_permission_set_whose_policies_change_is_told() -> None:
    changed = _set_step("update", managedPolicies=["x"], tags={"a": "b"})
    (entry,) = find_access_changes([changed]).changed_sets
    assert (entry.name, entry.parts) == ("Administrator", ("managedPolicies",))


@given(st.sets(st.sampled_from([ONE, TWO, THREE])), st.sets(st.sampled_from([ONE, TWO, THREE])))
def test_gains_and_losses_turn_before_into_after(before: set[str], after: set[str]) -> None:
    changes = find_access_changes([_step("update", _state(*sorted(before)), _state(*sorted(after)))])
    gains, loses = map(set, _accounts(changes))
    assert (before - loses) | gains == after
    assert not gains & loses


def test_a_reviewer_reads_a_line_for_each_principal() -> None:
    read_only = _state(ONE, TWO, arn="arn:read", principalId="u", principalType="USER", principalName="omar")
    steps = [
        _set_step(),
        _step("update", _state(ONE), _state(TWO)),
        _step("delete", read_only, None, urn="urn:b"),
    ]
    changes = find_access_changes(steps)
    assert list(as_sentences(changes)) == [
        "group Platform gains Administrator in 222222222222; loses Administrator in 111111111111.",
        "user omar loses arn:read in 2 accounts (111111111111, 222222222222).",
    ]
    assert headline(changes) == "1 group or user gains access, 2 groups and users lose access (1 grant more, 3 fewer)."


def test_no_change_is_said_in_a_sentence() -> None:
    assert list(as_sentences(find_access_changes([]))) == [NOBODY]


def test_a_comment_fits_a_pull_request() -> None:
    steps = [
        _step(
            "create",
            None,
            _state(*(f"{n:012}" for n in range(20)), principalId=f"g{n}", principalName=f"group {n}"),
            urn=f"u{n}",
        )
        for n in range(1000)
    ]
    text = as_markdown(find_access_changes(steps))
    assert len(text) < 65_536
    assert "more: `identity-center matrix --diff" in text


def test_only_a_set_that_holds_its_own_policies_tells_its_content() -> None:
    own = _set_step("update", description="new")
    of_aws = replace(
        _set_step("update", name="Reader"), urn="urn:other", type="aws:ssoadmin/permissionSet:PermissionSet"
    )
    assert find_access_changes([own, of_aws]).contents == {
        "Administrator": {"name": "Administrator", "description": "new"}
    }
