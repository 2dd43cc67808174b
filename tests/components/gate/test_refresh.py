"""What a refresh finds in AWS is told from what a plan would do; and what the same plan mends is no finding."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from pulumi_aws_identity_center import guard_document
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import NotAPlan, read

from tests.walk import walk

SSO = "sso.amazonaws.com"
ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
ORGANIZATION = "aws:organizations/organization:Organization"
ADMINISTRATOR = "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
POLICY = "aws:iam/policy:Policy"
ROLE = "aws:iam/role:Role"
BUCKET = "aws:s3/bucket:Bucket"
STATES = {
    ACCESS: {"servicePrincipal": SSO},
    ADMINISTRATOR: {"servicePrincipal": SSO, "accountId": "222233334444"},
    POLICY: {"name": "own", "policy": json.dumps(guard_document())},
}
RULES = {ACCESS: "trusted-access-off", ADMINISTRATOR: "administrator-gone", POLICY: "guard-removed"}
NOTHING: dict[str, Any] = {}  # the inputs of what this is not about
LISTED, WITHOUT = {"awsServiceAccessPrincipals": ["x", SSO]}, {"awsServiceAccessPrincipals": ["x"]}


def _state(inputs):
    return None if inputs is None else {"inputs": inputs, "outputs": inputs, "retainOnDelete": True}


def _stream(*events) -> str:
    """(event, operation, type, inputs before, inputs after), as a whole stream."""
    lines = [{"sequence": 0, "timestamp": 0, "preludeEvent": {}}]
    for event, op, type_, old, new in events:
        metadata = {"op": op, "urn": f"urn:pulumi:dev::p::{type_}::x", "old": _state(old), "new": _state(new)}
        lines.append({"sequence": 1, "timestamp": 0, event: {"metadata": metadata}})
    lines.append({"sequence": 2, "timestamp": 0, "summaryEvent": {"resourceChanges": {"delete": 9}}})
    return "".join(json.dumps(line) + "\n" for line in lines)


def _judged(*events):
    verdict, findings = judge(read(io.StringIO(_stream(*events))))
    return verdict, [finding.rule for finding in findings]


def _refresh(type_, found, op="delete"):
    """A refresh alone: its outcome has another operation's name."""
    return ("resourcePreEvent", "refresh", type_, STATES[type_], STATES[type_]), (
        "resOutputsEvent",
        op,
        type_,
        STATES[type_],
        found,
    )


@walk("type_", STATES)
def test_a_refresh_that_finds_it_gone_says_so(type_: str) -> None:
    assert _judged(*_refresh(type_, None)) == ("unsafe", [RULES[type_]])
    _, findings = judge(read(io.StringIO(_stream(*_refresh(type_, None)))))
    assert "stays" not in findings[0].detail
    assert _judged(*_refresh(type_, STATES[type_], "same")) == ("safe", [])


@walk("type_", STATES)
def test_making_it_again_after_the_refresh_mends_it(type_: str) -> None:
    gone = _refresh(type_, None, "refresh")
    assert _judged(*gone) == ("unsafe", [RULES[type_]])
    again = ("resourcePreEvent", "create", type_, None, STATES[type_])
    assert _judged(*gone, again) == ("safe", [])
    other = ("resourcePreEvent", "create", BUCKET, None, NOTHING)
    assert _judged(*gone, other) == ("unsafe", [RULES[type_]])


def test_the_list_or_a_resource_mends_a_lost_principal() -> None:
    drift = ("resOutputsEvent", "refresh", ORGANIZATION, LISTED, WITHOUT)
    assert _judged(drift) == ("unsafe", ["principal-removed"])
    assert _judged(drift, ("resourcePreEvent", "update", ORGANIZATION, WITHOUT, LISTED)) == ("safe", [])
    assert _judged(drift, ("resourcePreEvent", "create", ACCESS, None, STATES[ACCESS])) == ("safe", [])
    for other in ("ram.amazonaws.com", "gone"):  # the second is a word of the finding
        again = ("resourcePreEvent", "create", ACCESS, None, {"servicePrincipal": other})
        assert _judged(drift, again)[0] == "unsafe"


def test_an_ignored_list_mends_no_lost_principal() -> None:
    drift = _stream(("resOutputsEvent", "refresh", ORGANIZATION, LISTED, WITHOUT))
    update = _stream(("resourcePreEvent", "update", ORGANIZATION, WITHOUT, LISTED)).splitlines()[1]
    ignores = update.replace('"inputs"', '"ignoreChanges": ["awsServiceAccessPrincipals"], "inputs"')
    prelude, step, summary = drift.splitlines()
    assert judge(read(io.StringIO("\n".join([prelude, step, ignores, summary]))))[0] == "unsafe"


@pytest.mark.parametrize("ignores", ["[]", '["awsServiceAccessPrincipals"]'])
def test_a_creation_ignores_nothing_and_mends_trusted_access(ignores: str) -> None:
    """The engine has no old list that it could keep."""
    gone = _refresh(ACCESS, None)
    lines = _stream(*gone, ("resourcePreEvent", "create", ORGANIZATION, None, LISTED)).splitlines()
    lines[-2] = lines[-2].replace('"inputs"', f'"ignoreChanges": {ignores}, "inputs"')
    assert judge(read(io.StringIO("\n".join(lines))))[0] == "safe"


@pytest.mark.parametrize(("state", "verdict"), [("ENABLED", "safe"), ("DISABLED", "unsafe")])
def test_a_part_of_the_sentinel_that_works_mends_a_gone_one(state: str, verdict: str) -> None:
    rule = "aws-identity-center:index:Sentinel$aws:cloudwatch/eventRule:EventRule"
    gone = ("resOutputsEvent", "refresh", rule, {"state": "ENABLED"}, None)
    assert _judged(gone, ("resourcePreEvent", "create", rule, None, {"state": state}))[0] == verdict


@pytest.mark.parametrize("op", ["delete", "refresh"])
def test_making_another_organization_does_not_mend_a_gone_one(op: str) -> None:
    gone = (
        ("resourcePreEvent", "refresh", ORGANIZATION, LISTED, LISTED),
        ("resOutputsEvent", op, ORGANIZATION, LISTED, None),
    )
    again = ("resourcePreEvent", "create", ORGANIZATION, None, LISTED)
    assert _judged(*gone) == _judged(*gone, again) == ("unsafe", ["organization-gone"])


@pytest.mark.parametrize("type_", [ACCESS, ADMINISTRATOR])
def test_the_remedy_of_drift_is_an_update_with_refresh(type_: str) -> None:
    """A plain update compares the program with the state, which doesn't know yet that it is off."""
    _, findings = judge(read(io.StringIO(_stream(*_refresh(type_, None)))))
    assert ["`pulumi up --refresh`" in finding.remedy for finding in findings] == [True]


def test_a_destroy_with_refresh_is_a_destroy() -> None:
    same = _refresh(ACCESS, STATES[ACCESS], "refresh")
    destroy = [(event, "delete", ACCESS, STATES[ACCESS], None) for event in ("resourcePreEvent", "resOutputsEvent")]
    assert _judged(*same, *destroy) == ("unsafe", ["trusted-access-unwatched"])


def _digest(*steps, same: int = 0, **more) -> tuple[str, list[str]]:
    verdict, findings = _digest_findings(*steps, same=same, **more)
    return verdict, [finding.rule for finding in findings]


def _digest_findings(*steps, same: int = 0, **more):
    rows = [
        {"op": op, "urn": f"urn:pulumi:dev::p::{type_}::x", "oldState": _state(old), "newState": _state(new)}
        for op, type_, old, new in steps
    ]
    text = json.dumps({"steps": rows, "changeSummary": {"delete": 1, "same": same}, **more})
    return judge(read(io.StringIO(text)))


@walk("type_", STATES)
def test_the_order_of_a_refreshs_entries_does_not_matter(type_: str) -> None:
    gone, stack = ("delete", type_, STATES[type_], None), ("refresh", BUCKET, NOTHING, NOTHING)
    assert _digest(gone, stack) == _digest(stack, gone) == ("unsafe", [RULES[type_]])


def test_what_is_deleted_after_its_refresh_the_plan_deletes() -> None:
    state = STATES[ACCESS]
    steps = (("refresh", ACCESS, state, state), ("delete", ACCESS, state, None))
    assert _digest(*steps) == ("unsafe", ["trusted-access-unwatched"])


STACK = "pulumi:pulumi:Stack"
BEFORE = ("refresh", STACK, NOTHING, NOTHING)


def _before(type_, state):
    return ("refresh", type_, state, state)


@walk("type_", STATES)
def test_with_all_sames_a_refresh_without_more_means_gone(type_: str) -> None:
    state, same = STATES[type_], ("same", STACK, NOTHING, NOTHING)
    assert _digest(BEFORE, _before(type_, state), same, same=1) == ("unsafe", [RULES[type_]])
    assert _digest(BEFORE, _before(type_, state), ("delete", STACK, {}, None)) == ("unsafe", [RULES[type_]])
    assert _digest(BEFORE, _before(type_, state), same, ("same", type_, state, state), same=2) == ("safe", [])
    assert _digest(BEFORE, _before(type_, state), same, ("create", type_, None, state), same=1) == ("safe", [])


@walk("type_", STATES)
def test_without_sames_a_refresh_without_more_tells_nothing(type_: str) -> None:
    steps = BEFORE, _before(type_, STATES[type_])
    assert _digest(*steps, ("update", STACK, {}, {}), same=1) == ("undetermined", ["value-unknown"])
    assert _digest(*steps, same=2) == ("safe", [])  # a refresh alone, or a plan that changes nothing
    assert _digest(*steps, same=1) == ("undetermined", ["value-unknown"])


def test_a_failed_previews_digest_leaves_missing_entries_untold() -> None:
    failed = [{"severity": "error", "message": "no"}]
    steps = BEFORE, _before(ACCESS, STATES[ACCESS]), ("same", STACK, NOTHING, NOTHING)
    assert _digest(*steps, same=1, diagnostics=failed) == ("undetermined", ["preview-failed", "value-unknown"])


@pytest.mark.parametrize("op", ["same", "update"])
def test_the_plan_starts_from_the_list_that_the_refresh_found(op: str) -> None:
    left = (op, ORGANIZATION, WITHOUT, NOTHING)
    assert _digest(_before(ORGANIZATION, LISTED), left, same=op == "same")[1][0] == "principal-removed"
    assert _digest(_before(ORGANIZATION, LISTED), ("update", ORGANIZATION, WITHOUT, LISTED)) == ("safe", [])
    assert _digest(_before(ORGANIZATION, WITHOUT), ("same", ORGANIZATION, WITHOUT, WITHOUT), same=1) == ("safe", [])


def test_a_guard_found_emptied_is_lost_unless_restored() -> None:
    emptied = {"name": "own", "policy": "{}"}
    before = _before(POLICY, STATES[POLICY])
    assert _digest(before, ("same", POLICY, emptied, emptied), same=1) == ("unsafe", ["guard-removed"])
    assert _digest(before, ("update", POLICY, emptied, STATES[POLICY])) == ("safe", [])


def test_in_a_digest_what_an_alias_moves_is_not_gone() -> None:
    was = "urn:pulumi:dev::p::pkg:index:Old$aws:organizations/awsServiceAccess:AwsServiceAccess::x"
    state = {**_state(STATES[ACCESS]), "urn": was}
    moved = f"urn:pulumi:dev::p::{ACCESS}::x"
    rows = [
        {"op": "refresh", "urn": was, "oldState": state, "newState": state},
        {"op": "same", "urn": moved, "oldState": state, "newState": _state(STATES[ACCESS])},
    ]
    text = json.dumps({"steps": rows, "changeSummary": {"same": 1}})
    assert judge(read(io.StringIO(text))) == ("safe", [])


def test_no_new_organization_mends_a_gone_one_in_a_digest() -> None:
    steps = (
        BEFORE,
        _before(ORGANIZATION, LISTED),
        ("same", STACK, NOTHING, NOTHING),
        ("create", ORGANIZATION, None, LISTED),
    )
    assert _digest(*steps, same=1) == ("unsafe", ["organization-gone"])


def test_what_a_refreshs_digest_replaces_the_plan_replaces() -> None:
    stack = ("refresh", "pulumi:pulumi:Stack", NOTHING, NOTHING)
    replaced = ("replace", ACCESS, STATES[ACCESS], STATES[ACCESS])
    assert _digest(stack, replaced) == ("unsafe", ["trusted-access-replaced"])


def test_another_resources_same_stands_for_no_gone_one() -> None:
    steps = (
        BEFORE,
        _before(ACCESS, STATES[ACCESS]),
        ("same", STACK, NOTHING, NOTHING),
        ("same", BUCKET, NOTHING, NOTHING),
    )
    assert _digest(*steps, same=2) == ("unsafe", ["trusted-access-off"])


def test_an_update_in_a_refreshs_digest_is_what_it_found() -> None:
    rows = [
        {"op": op, "urn": f"urn:pulumi:dev::p::{type_}::x", "oldState": _state(old), "newState": _state(new)}
        for op, type_, old, new in (BEFORE, ("update", ORGANIZATION, LISTED, WITHOUT))
    ]
    _, findings = judge(read(io.StringIO(json.dumps({"steps": rows, "changeSummary": {"same": 1, "update": 1}}))))
    assert [each.detail for each in findings] == [f"{SSO} is gone from the organization's trusted services in AWS now."]


@walk(
    ("op", "type_", "old", "new", "outcome"),
    [
        ("create-replacement", ACCESS, {"servicePrincipal": "ram.amazonaws.com"}, STATES[ACCESS], "safe"),
        ("create", ORGANIZATION, None, LISTED, "safe"),
        ("create", ORGANIZATION, None, WITHOUT, "unsafe"),
    ],
)
def test_what_turns_it_on_again(op: str, type_: str, old, new, outcome: str) -> None:
    gone = _stream(*_refresh(ACCESS, None)).splitlines(keepends=True)
    other = _stream(("resourcePreEvent", op, type_, old, new)).replace(f"{type_}::x", f"{type_}::y")
    text = "".join([*gone[:-1], *other.splitlines(keepends=True)[1:]])
    assert judge(read(io.StringIO(text)))[0] == outcome


def test_a_list_that_a_refresh_finds_turns_nothing_on() -> None:
    found = [("resourcePreEvent", "refresh", ORGANIZATION, WITHOUT, WITHOUT)]
    found.append(("resOutputsEvent", "update", ORGANIZATION, WITHOUT, LISTED))
    assert _judged(*_refresh(ACCESS, None), *found) == ("unsafe", ["trusted-access-off"])


@pytest.mark.parametrize(
    ("type_", "state"),
    [
        ("aws:iam/serviceLinkedRole:ServiceLinkedRole", {"awsServiceName": SSO}),
        ("aws-native:sso:Instance", {"name": "x"}),
    ],
)
def test_the_plan_deletes_nothing_that_a_refresh_finds_gone(type_: str, state) -> None:
    gone = ("resourcePreEvent", "refresh", type_, state, state), ("resOutputsEvent", "delete", type_, state, None)
    assert _judged(*gone) == ("safe", [])


_STACK = "pulumi:pulumi:Stack"
_GRANTS = "aws-identity-center:index:AccountAssignments"


@walk("shows_stack", [True, False])
@walk("form", ["digest", "events"])
@walk(
    ("op", "new", "rule"),
    [
        ("update", {"inputs": {"servicePrincipal": "sso.amazonaws.com"}, "outputs": {}}, "protection-lost"),
        ("delete", None, "trusted-access-deleted"),
    ],
)
def test_refreshing_single_resources_refreshes_no_others(
    form: str, op: str, new, rule: str, shows_stack: bool, gate
) -> None:
    """AccessMatrix's resources ask for theirs in every preview (`refresh_before_update`). A digest without
    --show-sames leaves out the stack's own step."""
    state = gate.state({"servicePrincipal": "sso.amazonaws.com"}, protect=True)
    steps = [
        gate.step("refresh", _GRANTS, gate.state(), gate.state()),
        gate.step(op, ACCESS, state, new),
    ]
    if shows_stack:
        steps.append(gate.step("same", _STACK, gate.state(), gate.state()))
    assert gate.verdict(getattr(gate, form)(*steps)) == ("unsafe", [rule])


def test_event_lines_tell_themselves_what_a_refresh_found(gate) -> None:
    deleted = gate.step("delete", "aws-native:sso:Instance", gate.state({"name": "x"}))
    refreshed = gate.step("refresh", BUCKET, gate.state(), gate.state())
    assert gate.verdict(gate.events(refreshed, deleted)) == ("unsafe", ["instance-deleted"])


def _run_program_events(*, found) -> str:
    """A refresh or destroy with --run-program: the program's own steps follow, and create nothing."""
    stack, old = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev", {**_state(STATES[ACCESS]), "custom": True, "id": SSO}
    urn = f"urn:pulumi:dev::p::{ACCESS}::x"
    left = old if found else {**old, "id": ""}
    steps: list[tuple[str, str, str, Any, Any]] = [
        ("resourcePreEvent", "same", stack, _state(NOTHING), _state(NOTHING)),
        ("resourcePreEvent", "refresh", urn, old, old),
        ("resOutputsEvent", "refresh" if found else "delete", urn, old, old if found else None),
        ("resourcePreEvent", "same", urn, left, left),
    ]
    lines: list[dict[str, Any]] = [{"sequence": 0, "timestamp": 0, "preludeEvent": {}}]
    for event, op, of, before, after in steps:
        lines.append({"sequence": 1, event: {"metadata": {"op": op, "urn": of, "old": before, "new": after}}})
    counts = {"same": 2} if found else {"same": 2, "delete": 1}
    lines.append({"sequence": 2, "summaryEvent": {"resourceChanges": counts}})
    return "\n".join(map(json.dumps, lines))


def test_a_refresh_that_runs_the_program_tells_what_it_found(gate) -> None:
    assert gate.verdict(_run_program_events(found=True)) == ("safe", [])
    assert gate.verdict(_run_program_events(found=False)) == ("unsafe", ["trusted-access-off", "preview-targeted"])


def test_a_program_that_may_not_create_it_does_not_have_it(gate) -> None:
    gone = {**_state(STATES[ACCESS]), "custom": True, "id": ""}
    here = {**gone, "id": SSO}
    digest = gate.digest(gate.step("refresh", ACCESS, here, here), gate.step("same", ACCESS, gone, gone))
    assert gate.verdict(digest) == ("unsafe", ["trusted-access-off", "preview-targeted"])


def test_steps_that_the_summary_counts_are_missed(gate) -> None:
    steps = [
        gate.step("refresh", _GRANTS, gate.state(), gate.state()),
        gate.step("same", _STACK, gate.state(), gate.state()),
    ]
    with pytest.raises(NotAPlan, match="steps are missing"):
        gate.verdict(gate.digest(*steps).replace('{"same": 1}', '{"same": 1, "delete": 1}'))


def test_a_hidden_refreshs_remedy_is_the_option_that_shows_it() -> None:
    steps: tuple[Any, ...] = BEFORE, _before(ACCESS, STATES[ACCESS]), ("update", STACK, {}, {})
    _, (finding,) = _digest_findings(*steps, same=1)
    assert "--show-sames" in finding.remedy
