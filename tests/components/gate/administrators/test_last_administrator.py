"""The last grant by which somebody administers: the same rule in every form in which a plan shows grants."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi_aws_identity_center.gate.finding import Finding
from pulumi_aws_identity_center.gate.judge import Verdict, judge_plan
from pulumi_aws_identity_center.gate.readers import read

from tests.walk import walk

MANAGEMENT, MEMBER = "111122223333", "222233334444"
RULE = "last-administrator-removed"
POLICIES = {"Admin": "AdministratorAccess", "Read": "ReadOnlyAccess"}
_SSO_ADMIN = "arn:aws:iam::aws:policy/AWSSSOMasterAccountAdministrator"
MATRIX = "aws-identity-center:index:AccessMatrix"
OWN_SET, OWN_GRANTS = (f"aws-identity-center:index:{name}" for name in ("PermissionSet", "AccountAssignments"))
RAW_SET, RAW_GRANT = (
    f"aws:ssoadmin/{name[0].lower()}{name[1:]}:{name}" for name in ("PermissionSet", "AccountAssignment")
)
RAW_PART = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
ORGANIZATION = "aws:organizations/organization:Organization"

Grant = tuple[str, str, str]
"""Principal, permission set, account."""
Grants = frozenset[Grant]


def _arn(name: str) -> str:
    return f"arn:aws:sso:::permissionSet/ssoins-1/{name}"


def _policy(name: str) -> str:
    return f"arn:aws:iam::aws:policy/{POLICIES[name]}"


# --- one plan in four forms ------------------------------------------------------------------------------------------


def _state(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"inputs": dict(properties), "outputs": dict(properties)}


def _step(type_: str, name: str, old: Any, new: Any) -> dict[str, Any]:
    op = {(False, True): "create", (True, False): "delete"}.get((old is not None, new is not None), "update")
    op = "same" if old == new else op
    states = {"oldState": old and _state(old), "newState": new and _state(new)}
    return {"op": op, "urn": f"urn:pulumi:dev::p::{type_}::{name}", **states}


def _own_steps(before: Grants, after: Grants) -> list[dict[str, Any]]:
    steps = [
        _step(
            f"{MATRIX}${OWN_SET}",
            f"m/{name}",
            *_kept({"arn": _arn(name), "name": name, "managedPolicies": [_policy(name)]}),
        )
        for name in POLICIES
    ]
    for principal, name in sorted({(who, name) for who, name, _ in before | after}):
        sides = []
        for grants in (before, after):
            accounts = sorted(account for who, of, account in grants if (who, of) == (principal, name))
            row = {"principalId": principal, "principalType": "GROUP", "permissionSetArn": _arn(name)}
            sides.append({**row, "accounts": accounts} if accounts else None)
        steps.append(_step(f"{MATRIX}${OWN_GRANTS}", f"m/{name}/group:{principal}", *sides))
    return steps


def _kept(properties: Any) -> tuple[Any, Any]:
    return properties, properties


def _raw_rows(before: Grants, after: Grants) -> list[tuple[str, str, Any, Any]]:
    rows: list[tuple[str, str, Any, Any]] = []
    for name in POLICIES:
        rows.append((RAW_SET, name, *_kept({"arn": _arn(name), "name": name})))
        rows.append((RAW_PART, name, *_kept({"permissionSetArn": _arn(name), "managedPolicyArn": _policy(name)})))
    for grant in sorted(before | after):
        principal, name, account = grant
        row = {"principalId": principal, "principalType": "GROUP", "permissionSetArn": _arn(name), "targetId": account}
        rows.append((RAW_GRANT, "-".join(grant), row if grant in before else None, row if grant in after else None))
    return rows


def _organization(management: str) -> list[tuple[str, str, Any, Any]]:
    return [(ORGANIZATION, "o", *_kept({"masterAccountId": management}))] if management else []


def _digest(steps: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"steps": list(steps), "changeSummary": {}})


def _own_digest(before: Grants, after: Grants, management: str) -> str:
    return _digest([*_own_steps(before, after), *(_step(*row) for row in _organization(management))])


def _raw_digest(before: Grants, after: Grants, management: str) -> str:
    return _digest([_step(*row) for row in (*_raw_rows(before, after), *_organization(management))])


def _events(before: Grants, after: Grants, management: str) -> str:
    lines: list[dict[str, Any]] = [{"sequence": 0, "timestamp": 1, "preludeEvent": {"config": {}}}]
    for step in (*_own_steps(before, after), *(_step(*row) for row in _organization(management))):
        metadata = {"op": step["op"], "urn": step["urn"], "old": step["oldState"], "new": step["newState"]}
        lines.append({"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata}})
    lines.append({"sequence": 2, "timestamp": 1, "summaryEvent": {"resourceChanges": {}}})
    return "".join(json.dumps(line) + "\n" for line in lines)


_TERRAFORM = {
    RAW_SET: "aws_ssoadmin_permission_set",
    RAW_PART: "aws_ssoadmin_managed_policy_attachment",
    RAW_GRANT: "aws_ssoadmin_account_assignment",
    ORGANIZATION: "aws_organizations_organization",
}
_WORDS = {
    "permissionSetArn": "permission_set_arn",
    "principalId": "principal_id",
    "principalType": "principal_type",
    "targetId": "target_id",
    "managedPolicyArn": "managed_policy_arn",
    "masterAccountId": "master_account_id",
}
_ACTIONS = {"same": "no-op", "create": "create", "delete": "delete", "update": "update"}


def _terraform(before: Grants, after: Grants, management: str) -> str:
    rows = []
    for type_, name, old, new in (*_raw_rows(before, after), *_organization(management)):
        sides = [side and {_WORDS.get(key, key): value for key, value in side.items()} for side in (old, new)]
        change = {"actions": [_ACTIONS[_step(type_, name, old, new)["op"]]], "before": sides[0], "after": sides[1]}
        type_name = _TERRAFORM[type_]
        rows.append(
            {"address": f"{type_name}.{name}", "mode": "managed", "type": type_name, "name": name, "change": change}
        )
    return json.dumps({"format_version": "1.2", "planned_values": {}, "resource_changes": rows})


FORMS: dict[str, Callable[[Grants, Grants, str], str]] = {
    "own digest": _own_digest,
    "own events": _events,
    "raw digest": _raw_digest,
    "terraform": _terraform,
}


def _judge(text: str, management: str = "") -> tuple[Verdict, list[Finding]]:
    judgement = judge_plan(read(io.StringIO(text)), management_account=management)
    # The pack's own rules speak on what a Terraform plan declares.
    return judgement.verdict, [finding for finding in judgement.findings if not finding.rule.startswith("policy:")]


def _certainty(text: str, management: str = "") -> bool | None:
    """Of the one finding; None without one."""
    _, findings = _judge(text, management)
    assert [finding.rule for finding in findings] in ([], [RULE])
    return findings[0].certain if findings else None


# --- what holds of every plan -----------------------------------------------------------------------------------------

_GRANT = st.tuples(st.sampled_from("gh"), st.sampled_from(sorted(POLICIES)), st.sampled_from([MANAGEMENT, MEMBER]))
_GRANTS = st.frozensets(_GRANT, max_size=5)


def _administer(grants: Grants, account: str = "") -> bool:
    return any(name == "Admin" and account in ("", where) for _, name, where in grants)


@given(_GRANTS, _GRANTS, st.sampled_from(sorted(FORMS)))
def test_the_last_one_in_a_known_management_account_is_missed(before: Grants, after: Grants, form: str) -> None:
    is_lost = _administer(before, MANAGEMENT) and not _administer(after, MANAGEMENT)
    assert _certainty(FORMS[form](before, after, MANAGEMENT)) is (True if is_lost else None)


@given(_GRANTS, _GRANTS, st.sampled_from(sorted(FORMS)))
def test_of_an_unknown_account_only_the_last_of_all_counts(before: Grants, after: Grants, form: str) -> None:
    is_lost = _administer(before) and not _administer(after)
    assert _certainty(FORMS[form](before, after, "")) is (False if is_lost else None)


@given(_GRANTS, st.sampled_from(sorted(FORMS)))
def test_a_plan_that_changes_no_grant_says_nothing(grants: Grants, form: str) -> None:
    assert _certainty(FORMS[form](grants, grants, MANAGEMENT)) is None


def test_an_assignment_whose_values_are_no_text_is_read_without_a_trace() -> None:
    plan = json.loads(_terraform(frozenset({("g", "Admin", MANAGEMENT)}), frozenset({("g", "Admin", MANAGEMENT)}), ""))
    for side in ("before", "after"):
        plan["resource_changes"][-1]["change"][side]["permission_set_arn"] = {}
    assert _certainty(json.dumps(plan)) is None


# --- single cases -----------------------------------------------------------------------------------------------------

ADMINS = frozenset({("g", "Admin", MANAGEMENT), ("g", "Admin", MEMBER)})


@walk("form", FORMS)
def test_the_configured_management_account_counts_where_the_plan_is_silent(form: str) -> None:
    text = FORMS[form](ADMINS, frozenset({("g", "Admin", MEMBER)}), "")
    assert (_certainty(text), _certainty(text, MANAGEMENT)) == (None, True)


@walk("form", FORMS)
def test_the_finding_names_the_grant_and_the_resource(form: str) -> None:
    _, (finding,) = _judge(FORMS[form](ADMINS, frozenset(), MANAGEMENT))
    assert "Admin in 111122223333" in finding.detail
    assert finding.op == "delete"
    assert "ssignment" in finding.urn


def _own_grants(accounts: Any, **more: Any) -> dict[str, Any]:
    row = {"principalId": "g", "principalType": "GROUP", "permissionSetArn": _arn("Admin"), "accounts": accounts}
    return {**row, **more}


UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SET = {"arn": _arn("Admin"), "name": "Admin", "managedPolicies": [_policy("Admin")]}


def _matrix_step(old: Any, new: Any) -> dict[str, Any]:
    return _step(f"{MATRIX}${OWN_GRANTS}", "m/Admin/group:g", old, new)


def _set_step(old: Any, new: Any, name: str = "m/Admin") -> dict[str, Any]:
    return _step(f"{MATRIX}${OWN_SET}", name, old, new)


_STAYS = _set_step(_SET, _SET)


def test_accounts_that_only_the_update_knows_take_nothing_away() -> None:
    step = _matrix_step(_own_grants([MANAGEMENT]), _own_grants(UNKNOWN))
    assert _certainty(_digest([_STAYS, step]), MANAGEMENT) is None


def test_a_set_that_administers_no_more_takes_its_grants_along() -> None:
    grant = _matrix_step(*_kept(_own_grants([MANAGEMENT])))
    other = {"arn": _arn("Other"), "name": "Other"}
    renamed = _set_step(other, {**other, "description": "new"}, "m/Other")
    reduced = _set_step(_SET, {**_SET, "managedPolicies": [_policy("Read")]})
    _, (finding,) = _judge(_digest([renamed, reduced, grant]), MANAGEMENT)
    assert (finding.rule, finding.certain, finding.op) == (RULE, True, "update")
    assert finding.urn.endswith("m/Admin")


def test_a_permission_set_made_anew_keeps_the_grants() -> None:
    """Its ARN is known in the update only: AccessMatrix's assignments name it by their own name."""
    new = {**_SET, "arn": UNKNOWN}
    replaced = [{**_set_step(_SET, new), "op": op} for op in ("create-replacement", "replace", "delete-replaced")]
    grant = _matrix_step(_own_grants([MANAGEMENT]), _own_grants([MANAGEMENT], permissionSetArn=UNKNOWN))
    replaced_grant = [{**grant, "op": op} for op in ("create-replacement", "replace", "delete-replaced")]
    assert _certainty(_digest([*replaced, *replaced_grant]), MANAGEMENT) is None


def test_policies_that_nobody_knows_leave_a_doubt() -> None:
    custom = {"arn": _arn("Own"), "name": "Own", "customerManagedPolicies": [{"name": "own", "path": "/"}]}
    gains = _step(
        f"{MATRIX}${OWN_GRANTS}", "m/Own/group:g", None, _own_grants([MANAGEMENT], permissionSetArn=_arn("Own"))
    )
    loses = _matrix_step(_own_grants([MANAGEMENT]), None)
    own = _set_step(custom, custom, "m/Own")
    assert _certainty(_digest([_STAYS, own, gains, loses]), MANAGEMENT) is False


def test_grants_and_permission_sets_that_aws_keeps_are_not_lost() -> None:
    steps = [_set_step(_SET, None), _matrix_step(_own_grants([MANAGEMENT]), None)]
    assert _certainty(_digest(steps), MANAGEMENT) is True
    for step in steps:
        step["oldState"]["retainOnDelete"] = True
    assert _certainty(_digest(steps), MANAGEMENT) is None


def _raw_grant(account: str) -> dict[str, Any]:
    return {"principalId": "g", "principalType": "GROUP", "permissionSetArn": _arn("Admin"), "targetId": account}


@pytest.mark.parametrize(("retained", "certainty"), [(False, True), (True, None)])
def test_a_replaced_grant_is_lost_unless_aws_keeps_it(retained: bool, certainty: bool | None) -> None:
    step = {**_step(RAW_GRANT, "x", _raw_grant(MANAGEMENT), _raw_grant(MEMBER)), "op": "replace"}
    step["oldState"]["retainOnDelete"] = retained
    assert _certainty(_digest([_STAYS, step]), MANAGEMENT) is certainty


_LIST = "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive"
_ADMIN_PART = {"permissionSetArn": _arn("Admin"), "managedPolicyArn": _policy("Admin")}
_OTHER_PART = {**_ADMIN_PART, "permissionSetArn": _arn("Other")}
_READ_PART = {**_ADMIN_PART, "managedPolicyArn": _policy("Read")}
_LISTED, _UNLISTED = (
    {"permissionSetArn": _arn("Admin"), "managedPolicyArns": [_policy(name)]} for name in ("Admin", "Read")
)
_HIDDEN = {**_LISTED, "managedPolicyArns": UNKNOWN}


@walk(
    ("parts", "certainty"),
    [
        ([("replace", RAW_PART, _ADMIN_PART, {**_ADMIN_PART, "permissionSetArn": _arn("Other")})], True),
        ([("replace", RAW_PART, _ADMIN_PART, {**_ADMIN_PART, "permissionSetArn": UNKNOWN})], True),
        ([("delete", RAW_PART, _ADMIN_PART, None), ("create", RAW_PART, None, _ADMIN_PART)], None),
        ([("delete", RAW_PART, _ADMIN_PART, None), ("replace", RAW_PART, _READ_PART, _ADMIN_PART)], None),
        ([("delete", RAW_PART, _ADMIN_PART, None), ("same", RAW_PART, *_kept(_ADMIN_PART))], True),
        ([("same", RAW_PART, *_kept(_ADMIN_PART)), ("create", _LIST, None, _UNLISTED)], True),
        ([("same", RAW_PART, *_kept(_ADMIN_PART)), ("same", _LIST, *_kept(_UNLISTED))], None),
        ([("delete", RAW_PART, _ADMIN_PART, None), ("create", _LIST, None, _LISTED)], True),
        ([("delete", RAW_PART, _ADMIN_PART, None), ("same", _LIST, *_kept(_LISTED))], True),
        ([("same", RAW_PART, *_kept(_ADMIN_PART)), ("create", _LIST, None, _LISTED)], None),
        ([("create", _LIST, None, _HIDDEN)], None),
        ([("update", _LIST, *_kept(_LISTED)), ("create", _LIST, None, _UNLISTED)], True),
        ([("update", _LIST, *_kept(_LISTED)), ("create", _LIST, None, _HIDDEN)], False),
        ([("create", _LIST, None, _HIDDEN), ("update", _LIST, *_kept(_LISTED))], False),
        ([("update", _LIST, _LISTED, _UNLISTED)], True),
        ([("delete", _LIST, _LISTED, None)], None),
        ([("replace", _LIST, _LISTED, {**_LISTED, "permissionSetArn": _arn("Other")})], None),
        ([("replace", _LIST, _LISTED, _UNLISTED)], True),
        ([("delete", _LIST, _LISTED, None), ("create", _LIST, None, _UNLISTED)], True),
        ([("delete", _LIST, _LISTED, None), ("create", _LIST, None, _LISTED)], None),
        ([("delete", _LIST, _LISTED, None), ("delete", RAW_PART, _ADMIN_PART, None)], True),
        ([("read", _LIST, *_kept(_LISTED)), ("create", _LIST, None, _UNLISTED)], True),
        (
            [("read", _LIST, *_kept(_LISTED)), ("create", _LIST, None, _HIDDEN)],
            False,
        ),
    ],
)
def test_what_a_raw_set_keeps_of_its_policies_decides(parts: Any, certainty: bool | None) -> None:
    raw = _step(RAW_SET, "Admin", *_kept({"arn": _arn("Admin"), "name": "Admin"}))
    grant = _step(RAW_GRANT, "x", *_kept(_raw_grant(MANAGEMENT)))
    raw["newState"] = {**raw["newState"], "modified": "today"}  # the engine's states of what stays may differ
    steps = [{**_step(type_, str(number), old, new), "op": op} for number, (op, type_, old, new) in enumerate(parts)]
    _, findings = _judge(_digest([raw, *steps, grant]), MANAGEMENT)
    expected = [] if certainty is None else [(RULE, certainty)]
    assert [(finding.rule, finding.certain) for finding in findings] == expected
    assert all(finding.op in ("replace", "create", "update", "delete") for finding in findings)


def test_an_account_that_only_the_update_knows_replaces_none_of_a_raw_grant() -> None:
    moves = _step(RAW_GRANT, "x", _raw_grant(MANAGEMENT), {**_raw_grant(MANAGEMENT), "targetId": UNKNOWN})
    assert _certainty(_digest([_STAYS, moves]), MANAGEMENT) is False


def _without_what_stays(*steps: Mapping[str, Any]) -> str:
    return json.dumps({"steps": steps, "changeSummary": {"same": 3}})


def test_a_set_that_is_shown_whole_tells_that_it_administers_nothing() -> None:
    read = {"arn": _arn("Read"), "name": "Read", "managedPolicies": [_policy("Read")]}
    changed = _set_step(read, {**read, "description": "new"})
    grant = _matrix_step(_own_grants([MANAGEMENT], permissionSetArn=_arn("Read")), None)
    assert _certainty(_without_what_stays(changed, grant), MANAGEMENT) is None


def test_a_part_that_administers_decides_whatever_isn_t_shown() -> None:
    raw = _step(RAW_SET, "Admin", {"arn": _arn("Admin"), "name": "Admin"}, None)
    part, grant = _step(RAW_PART, "p", _ADMIN_PART, None), _step(RAW_GRANT, "x", _raw_grant(MANAGEMENT), None)
    assert _certainty(_without_what_stays(raw, part, grant)) is False


@walk("order", [1, -1])
@walk("moved", [RAW_SET, RAW_PART, RAW_GRANT])
def test_a_deletion_comes_after_the_import_of_the_same_under_another_name(moved: str, order: int) -> None:
    raw = {RAW_SET: {"arn": _arn("Admin"), "name": "Admin"}, RAW_PART: _ADMIN_PART, RAW_GRANT: _raw_grant(MANAGEMENT)}
    kept = [_step(type_, "kept", *_kept(properties)) for type_, properties in raw.items() if type_ != moved]
    imported = {**_step(moved, "new", *_kept(raw[moved])), "op": "import", "oldState": None}
    deleted = _step(moved, "old", raw[moved], None)
    text = _digest([*[deleted, imported][::order], *kept])
    assert _certainty(text, MANAGEMENT) is True
    deleted["oldState"]["retainOnDelete"] = True
    text = _digest([*[deleted, imported][::order], *kept])
    assert _certainty(text, MANAGEMENT) is None


_OWN, _RAW = _own_grants([MANAGEMENT]), _raw_grant(MANAGEMENT)
_OWN_IN_MEMBER = {**_OWN, "accounts": [MEMBER]}


@walk("order", [1, -1])
@walk(
    ("deleted", "other", "certainty"),
    [
        (_step(RAW_GRANT, "old", _RAW, None), _step(OWN_GRANTS, "new", None, _OWN), True),
        (_step(RAW_GRANT, "old", _RAW, None), _step(OWN_GRANTS, "new", _OWN_IN_MEMBER, _OWN), True),
        (_step(RAW_GRANT, "old", _RAW, None), _step(OWN_GRANTS, "new", _OWN, _OWN), True),
        (_step(RAW_GRANT, "old", _RAW, None), _step(OWN_GRANTS, "new", None, {**_OWN, "principalId": "h"}), None),
        (_step(RAW_GRANT, "old", _RAW, None), _step(RAW_GRANT, "new", _RAW, _RAW), True),
        (_step(RAW_GRANT, "old", _RAW, None), _step(RAW_GRANT, "new", None, _RAW), None),
        (
            _step(RAW_GRANT, "old", _RAW, None),
            {**_step(RAW_GRANT, "new", _raw_grant(MEMBER), _RAW), "op": "replace"},
            None,
        ),
        (_step(OWN_GRANTS, "old", _OWN, None), _step(RAW_GRANT, "new", _RAW, _RAW), True),
        (_step(OWN_GRANTS, "old", _OWN, None), _step(RAW_GRANT, "new", None, _RAW), None),
        (_step(OWN_GRANTS, "old", _OWN, None), _step(OWN_GRANTS, "new", None, _OWN), None),
        (_step(OWN_GRANTS, "old", _OWN, _OWN_IN_MEMBER), _step(OWN_GRANTS, "new", None, _OWN), None),
    ],
)
def test_a_deletion_takes_the_same_grant_from_another_resource(
    deleted: Any, other: Any, certainty: bool | None, order: int
) -> None:
    """As the providers do: AccountAssignments takes over what exists, and another's creation fails."""
    assert _certainty(_digest([_STAYS, *[deleted, other][::order]]), MANAGEMENT) is certainty


@walk("type_", [RAW_GRANT, RAW_PART])
def test_in_terraform_what_comes_under_another_address_may_go_with_the_old_one(type_: str) -> None:
    """It creates and deletes at a time, and the creation of what exists fails."""
    grants = frozenset({("g", "Admin", MANAGEMENT)})
    plan = json.loads(_terraform(grants, grants, MANAGEMENT))
    assert _certainty(json.dumps(plan)) is None
    kept = next(row for row in plan["resource_changes"] if row["type"] == _TERRAFORM[type_])
    plan["resource_changes"].append(
        {
            **kept,
            "address": f"{kept['address']}_new",
            "change": {**kept["change"], "actions": ["create"], "before": None},
        }
    )
    kept["change"] = {**kept["change"], "actions": ["delete"], "after": None}
    assert _certainty(json.dumps(plan)) is True


def _inline(effect: str) -> dict[str, Any]:
    document = {"Statement": {"Effect": effect, "Action": "*", "Resource": "*"}}
    return {"permissionSetArn": _arn("Admin"), "inlinePolicy": json.dumps(document)}


def _boundary(name: str) -> dict[str, Any]:
    return {"permissionSetArn": _arn("Admin"), "permissionsBoundary": {"managedPolicyArn": _policy(name)}}


_INLINE = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
_BOUNDARY = "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"
_RAW_ADMIN = [
    _step(RAW_SET, "Admin", *_kept({"arn": _arn("Admin"), "name": "Admin"})),
    _step(RAW_GRANT, "x", *_kept(_RAW)),
]


@walk("order", [1, -1])
@walk(
    ("type_", "old", "new", "certainty"),
    [
        (_INLINE, _inline("Allow"), _inline("Deny"), False),
        (_BOUNDARY, _boundary("Admin"), _boundary("Read"), False),
        (_BOUNDARY, _boundary("Read"), _boundary("Admin"), None),
    ],
)
def test_which_of_two_that_overwrite_each_other_comes_last_is_open(
    type_: str, old: Any, new: Any, certainty: bool | None, order: int
) -> None:
    """With deleteBeforeReplace, and in Terraform, a deletion comes first."""
    admin = [*_RAW_ADMIN, _step(RAW_PART, "p", *_kept(_ADMIN_PART))]
    replaced = {**_step(type_, "a", old, new), "op": "replace"}
    created = _step(type_, "b", None, new)
    for steps in ([replaced], [_step(type_, "a", old, None), created], [_step(type_, "a", *_kept(old)), created]):
        assert _certainty(_digest([*admin, *steps[::order]]), MANAGEMENT) is certainty


@walk("order", [1, -1])
def test_a_renamed_inline_policy_may_be_gone_after_its_deletion(order: int) -> None:
    part = _inline("Allow")
    renamed = [_step(_INLINE, "old", part, None), _step(_INLINE, "new", None, part)][::order]
    assert _certainty(_digest([*_RAW_ADMIN, *renamed]), MANAGEMENT) is False
    assert _certainty(_digest([*_RAW_ADMIN, renamed[order == -1]]), MANAGEMENT) is True


def test_a_customer_managed_policy_that_goes_takes_no_other_with_it() -> None:
    """What stays may deny everything: the gate can't read it."""
    type_ = "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment"
    first, second = (
        {"permissionSetArn": _arn("Admin"), "customerManagedPolicyReference": {"name": name}} for name in ("one", "two")
    )
    sets = [_step(RAW_SET, name, *_kept({"arn": _arn(name), "name": name})) for name in ("Admin", "Other")]
    parts = [_step(RAW_PART, part["permissionSetArn"], *_kept(part)) for part in (_ADMIN_PART, _OTHER_PART)]
    goes = _step(RAW_GRANT, "y", {**_RAW, "permissionSetArn": _arn("Other")}, None)
    steps = [*sets, *parts, _step(RAW_GRANT, "x", *_kept(_RAW)), goes, _step(type_, "first", first, None)]
    assert _certainty(_digest(steps), MANAGEMENT) is None
    assert _certainty(_digest([*steps, _step(type_, "second", *_kept(second))]), MANAGEMENT) is False


def test_who_is_imported_beside_a_deletion_keeps_the_grant() -> None:
    imported = {**_step(RAW_GRANT, "new", *_kept({**_raw_grant(MANAGEMENT), "principalId": "h"})), "op": "import"}
    deleted = _step(RAW_GRANT, "old", _raw_grant(MANAGEMENT), None)
    assert _certainty(_digest([_STAYS, {**imported, "oldState": None}, deleted]), MANAGEMENT) is None


def test_grants_that_begin_in_new_accounts_replace_none() -> None:
    """Accounts that only the update knows are new: the management account isn't one of them."""
    begins = _matrix_step(_own_grants([]), _own_grants(UNKNOWN))
    ends = _step(RAW_GRANT, "x", _raw_grant(MANAGEMENT), None)
    assert _certainty(_digest([_STAYS, begins, ends]), MANAGEMENT) is True


def test_an_attachment_that_leaves_the_stack_stays_in_a_list() -> None:
    raw, grant = {"arn": _arn("Admin"), "name": "Admin"}, _raw_grant(MANAGEMENT)
    part = _step(RAW_PART, "p", _ADMIN_PART, None)
    part["oldState"]["retainOnDelete"] = True
    kept = [
        _step(RAW_SET, "Admin", *_kept(raw)),
        _step(_LIST, "l", *_kept(_LISTED)),
        _step(RAW_GRANT, "x", *_kept(grant)),
    ]
    assert _certainty(_digest([part, *kept]), MANAGEMENT) is None


def test_policies_that_an_update_no_longer_sets_are_gone() -> None:
    had = {"arn": _arn("Admin"), "name": "Admin", "managedPolicies": [_policy("Admin")]}
    updated = _step(OWN_SET, "Admin", had, {"name": "Admin"})
    updated["newState"]["outputs"] = had
    grant = _step(RAW_GRANT, "x", *_kept(_raw_grant(MANAGEMENT)))
    assert _certainty(_digest([updated, grant]), MANAGEMENT) is True


def test_a_deleted_set_administers_nothing_though_a_part_stays() -> None:
    raw = _step(RAW_SET, "Admin", {"arn": _arn("Admin"), "name": "Admin"}, None)
    part, grant = _step(RAW_PART, "p", *_kept(_ADMIN_PART)), _step(RAW_GRANT, "x", *_kept(_raw_grant(MANAGEMENT)))
    assert _certainty(_digest([raw, part, grant]), MANAGEMENT) is True


@walk("order", [1, -1])
@walk(
    ("new_policy", "grant_stays", "certainty"),
    [("Read", False, True), ("Read", True, True), ("Admin", False, True), ("Admin", True, None)],
)
def test_a_set_that_isn_t_there_hides_none_of_its_name(
    new_policy: str, grant_stays: bool, certainty: bool | None, order: int
) -> None:
    """As a resource with another URN and the same name in AWS has."""
    old = {"arn": _arn("Admin"), "name": "Admin", "managedPolicies": [_policy("Admin")]}
    new = {"name": "Admin", "managedPolicies": [_policy(new_policy)]}
    sets = [_step(OWN_SET, "old", old, None), _step(OWN_SET, "new", None, new)][::order]
    row = _raw_grant(MANAGEMENT)
    grant = _step(RAW_GRANT, "x", row, row if grant_stays else None)
    assert _certainty(_digest([*sets, grant]), MANAGEMENT) is certainty


def test_what_a_set_had_before_its_creation_is_in_doubt() -> None:
    created = _step(OWN_SET, "Admin", None, {"arn": _arn("Admin"), "name": "Admin"})
    grant = _step(RAW_GRANT, "x", _raw_grant(MANAGEMENT), None)
    assert _certainty(_digest([created, grant]), MANAGEMENT) is False


def test_a_raw_permission_sets_hidden_parts_leave_a_doubt() -> None:
    """A digest without --show-sames shows the set that changes, and not the policies attached to it."""
    raw = {"arn": _arn("Admin"), "name": "Admin"}
    steps = [
        _step(RAW_SET, "Admin", raw, {**raw, "description": "new"}),
        _step(RAW_GRANT, "x", _raw_grant(MANAGEMENT), None),
    ]
    text = json.dumps({"steps": steps, "changeSummary": {"update": 1, "delete": 1, "same": 2}})
    assert _certainty(text, MANAGEMENT) is False
    whole = [
        *steps,
        _step(RAW_PART, "p", *_kept({"permissionSetArn": _arn("Admin"), "managedPolicyArn": _policy("Read")})),
    ]
    assert _certainty(_digest(whole), MANAGEMENT) is None


def test_an_unknown_operation_on_a_grant_leaves_a_doubt() -> None:
    step = {**_matrix_step(*_kept(_own_grants([MANAGEMENT]))), "op": "suspend"}
    assert _judge(_digest([_STAYS, step]), MANAGEMENT)[0] == "undetermined"


def test_a_digest_that_hides_what_stays_leaves_a_doubt() -> None:
    step = _matrix_step(_own_grants([MANAGEMENT]), None)
    text = json.dumps({"steps": [_set_step(_SET, None), step], "changeSummary": {"delete": 2, "same": 3}})
    _, (finding,) = _judge(text, MANAGEMENT)
    assert not finding.certain
    assert "--show-sames" in finding.remedy


def test_the_delegated_administrator_s_account_administers_identity_center_alone() -> None:
    delegation = {
        "accountId": MEMBER,
        "servicePrincipal": "sso.amazonaws.com",
        "arn": "arn:aws:organizations::" + MANAGEMENT + ":account/o-1/" + MEMBER,
    }
    delegated = _step("aws:organizations/delegatedAdministrator:DelegatedAdministrator", "d", *_kept(delegation))
    loses = _matrix_step(_own_grants([MANAGEMENT, MEMBER]), _own_grants([MEMBER]))
    _, (finding,) = _judge(_digest([_STAYS, delegated, loses]))
    assert "administer the management account" in finding.detail
    stays_there = _matrix_step(_own_grants([MEMBER]), None)
    _, (finding,) = _judge(_digest([_STAYS, delegated, stays_there]))
    assert "administer Identity Center" in finding.detail


@pytest.mark.parametrize("order", [1, -1])
def test_the_finding_s_resource_is_one_of_its_sentence(order: int) -> None:
    """Two losses at once: of the management account, and of Identity Center, by a set that administers nothing else."""
    delegation = {"accountId": MEMBER, "servicePrincipal": "sso.amazonaws.com"}
    delegated = _step("aws:organizations/delegatedAdministrator:DelegatedAdministrator", "d", *_kept(delegation))
    sso = {"arn": _arn("Sso"), "name": "Sso", "managedPolicies": [_SSO_ADMIN]}
    own = _own_grants([MEMBER], permissionSetArn=_arn("Sso"))
    of_member = _step(f"{MATRIX}${OWN_GRANTS}", "m/Sso/group:g", own, None)
    of_management = _step(f"{MATRIX}${OWN_GRANTS}", "m/Admin/group:g", _own_grants([MANAGEMENT]), None)
    sets = [_STAYS, _set_step(sso, sso, "m/Sso")]
    _, (finding,) = _judge(_digest([*sets, delegated, *[of_member, of_management][::order]]), MANAGEMENT)
    assert "administer the management account" in finding.detail
    assert finding.urn == of_management["urn"]
    assert len(finding.causes) == 2


def test_another_service_s_delegated_administrator_administers_nothing_here() -> None:
    arn = f"arn:aws:organizations::{MANAGEMENT}:account/o-1/{MEMBER}"
    delegation = {"accountId": MEMBER, "servicePrincipal": "guardduty.amazonaws.com", "arn": arn}
    delegated = _step("aws:organizations/delegatedAdministrator:DelegatedAdministrator", "d", *_kept(delegation))
    assert _certainty(_digest([_STAYS, delegated, _matrix_step(_own_grants([MEMBER]), None)])) is None


def test_a_certain_loss_decides_beside_a_doubt() -> None:
    """What remains may administer the management account, by a condition, and certainly not Identity Center."""
    condition = {"StringEquals": {"aws:PrincipalTag/team": "platform"}}
    statement = {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": condition}
    tagged = {"arn": _arn("Own"), "name": "Own", "inlinePolicy": json.dumps({"Statement": statement})}
    gains = _step(
        f"{MATRIX}${OWN_GRANTS}", "m/Own/group:g", None, _own_grants([MANAGEMENT], permissionSetArn=_arn("Own"))
    )
    loses = _matrix_step(_own_grants([MANAGEMENT]), None)
    _, (finding,) = _judge(_digest([_STAYS, _set_step(tagged, tagged, "m/Own"), gains, loses]), MANAGEMENT)
    assert finding.certain
    assert "administer Identity Center" in finding.detail


def test_a_grant_stays_after_one_that_nobody_can_judge() -> None:
    plan = json.loads(_terraform(ADMINS, ADMINS, MANAGEMENT))
    rows = [row for row in plan["resource_changes"] if row["change"]["after"].get("target_id") == MANAGEMENT]
    odd = json.loads(json.dumps(rows[0]).replace('"no-op"', '"suspend"').replace('"g"', '"h"'))
    plan["resource_changes"].insert(0, odd)
    assert _judge(json.dumps(plan)) == ("unsafe", [])  # by no-disable-grant: the grant is in the management account


def test_open_break_glass_allows_it_once_acknowledged() -> None:
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    config = {"aws-identity-center:breakGlass": json.dumps({"reason": "closing", "expires": tomorrow.isoformat()})}
    steps = [_STAYS, _matrix_step(_own_grants([MANAGEMENT]), None)]
    text = json.dumps({"config": config, "steps": steps, "changeSummary": {}})
    verdicts = [
        judge_plan(read(io.StringIO(text)), acknowledged=reason, management_account=MANAGEMENT).verdict
        for reason in ("", "on purpose")
    ]
    assert verdicts == ["unsafe", "safe"]
