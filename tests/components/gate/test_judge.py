"""Each way a plan can take trusted access away is a finding, in both of Pulumi's forms; good plans have none."""

from __future__ import annotations

import io

import pytest
from pulumi_aws_identity_center.gate.judge import judge
from pulumi_aws_identity_center.gate.readers import read

from tests.walk import walk

SSO = "sso.amazonaws.com"
LIST = "awsServiceAccessPrincipals"
ORGANIZATION = "aws:organizations/organization:Organization"
ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
ADMINISTRATOR = "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
POLICY = "aws:iam/policy:Policy"
REPLACEMENTS = ["replace", "create-replacement", "import-replacement"]


@pytest.fixture(params=["digest", "events"])
def verdict(request: pytest.FixtureRequest, gate):
    return lambda *steps: gate.verdict(getattr(gate, request.param)(*steps))


@walk("op", ["delete", "discard"])
@walk(("retain", "rule"), [(False, "trusted-access-deleted"), (True, "trusted-access-unwatched")])
def test_letting_trusted_access_go_is_unsafe_with_and_without_retain(verdict, gate, op, retain, rule) -> None:
    step = gate.step(op, ACCESS, gate.state({"servicePrincipal": SSO}, retainOnDelete=retain))
    assert verdict(step) == ("unsafe", [rule])


@pytest.mark.parametrize("op", ["delete-replaced", "discard-replaced"])
def test_what_a_failed_update_left_to_delete_is_unsafe(gate, op: str) -> None:
    pending = gate.state({"servicePrincipal": SSO}, delete=True)
    other = gate.state({"servicePrincipal": "ram.amazonaws.com"})
    for steps in ([], [gate.step("same", ACCESS, other, other)]):
        plan = gate.events(*steps, gate.step(op, ACCESS, pending))
        _, (finding,) = judge(read(io.StringIO(plan)))
        assert finding.rule == "trusted-access-deleted"
        assert finding.remedy.startswith('An update that failed left it in the state with "delete": true.')


@walk("op", REPLACEMENTS)
@walk(
    ("type_", "inputs", "rule"),
    [
        (ACCESS, {"servicePrincipal": SSO}, "trusted-access-replaced"),
        (ORGANIZATION, {LIST: [SSO]}, "organization-deleted"),
        (ADMINISTRATOR, {"servicePrincipal": SSO, "accountId": "222233334444"}, "administrator-removed"),
        (POLICY, {"name": "identity-center-guard"}, "guard-removed"),
    ],
)
def test_replacing_what_guards_sign_in_is_unsafe(verdict, gate, op, type_, inputs, rule) -> None:
    assert verdict(gate.step(op, type_, gate.state(inputs), gate.state(inputs))) == ("unsafe", [rule])


@walk(
    ("type_", "inputs"),
    [
        (ACCESS, {"servicePrincipal": "guardduty.amazonaws.com"}),
        (ADMINISTRATOR, {"servicePrincipal": "guardduty.amazonaws.com"}),
        (POLICY, {"name": "somebody-elses"}),
        ("aws:s3/bucket:Bucket", {}),
    ],
)
def test_deleting_what_sign_in_does_not_need_is_safe(verdict, gate, type_, inputs) -> None:
    assert verdict(gate.step("delete", type_, gate.state(inputs))) == ("safe", [])


@walk("new", [{LIST: ["guardduty.amazonaws.com"]}, {LIST: []}, {}, {LIST: ["SSO.amazonaws.com"]}])
def test_an_update_that_drops_the_principal_is_unsafe(verdict, gate, new) -> None:
    had = {LIST: ["guardduty.amazonaws.com", SSO]}
    assert verdict(gate.step("update", ORGANIZATION, gate.state(had, had), gate.state(new))) == (
        "unsafe",
        ["principal-removed"],
    )


@walk("listed", [[SSO], [SSO, "[secret]"]])
def test_a_remedy_puts_back_the_service_that_the_list_loses(gate, listed) -> None:
    had = {LIST: ["guardduty.amazonaws.com", SSO]}
    plan = gate.digest(gate.step("update", ORGANIZATION, gate.state(had, had), gate.state({LIST: listed})))
    _, [finding] = judge(read(io.StringIO(plan)), (SSO, "guardduty.amazonaws.com"))
    assert '[..., "guardduty.amazonaws.com"]' in finding.remedy
    assert SSO not in finding.remedy


@walk("hidden", ["[secret]", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", ["x", "[secret]"]])
def test_a_list_that_the_preview_hides_is_undetermined(verdict, gate, hidden) -> None:
    step = gate.step("update", ORGANIZATION, gate.state({LIST: [SSO]}, {LIST: [SSO]}), gate.state({LIST: hidden}))
    assert verdict(step) == ("undetermined", ["value-unknown"])


def test_an_update_that_leaves_the_list_alone_is_safe(gate) -> None:
    old = gate.state({}, {LIST: [SSO]})
    ignoring = gate.step("update", ORGANIZATION, old, gate.state({"tags": {}}, ignoreChanges=[LIST]))
    assert gate.verdict(gate.digest(ignoring)) == ("safe", [])
    diffed = gate.step("update", ORGANIZATION, old, gate.state({"tags": {}}), changed=["tags"])
    assert gate.verdict(gate.events(diffed)) == ("safe", [])


def test_a_list_left_out_is_unsafe_by_the_diff(verdict, gate) -> None:
    old = gate.state({}, {LIST: [SSO]})
    step = gate.step("update", ORGANIZATION, old, gate.state({}), changed=[f"{LIST}[0]"])
    assert verdict(step) == ("unsafe", ["principal-removed"])


@walk("had", [{"featureSet": "ALL"}, {}])
def test_falling_back_to_consolidated_billing_is_unsafe(verdict, gate, had) -> None:
    new = {"featureSet": "CONSOLIDATED_BILLING", LIST: [SSO]}
    step = gate.step("update", ORGANIZATION, gate.state({**had, LIST: [SSO]}), gate.state(new))
    assert verdict(step) == ("unsafe", ["features-lost"])


@walk(("option", "rule"), [("protect", "protection-lost"), ("retainOnDelete", "retention-lost")])
@walk("op", ["same", "update"])
def test_losing_an_option_that_guards_is_unsafe(verdict, gate, op, option, rule) -> None:
    inputs = {"servicePrincipal": SSO}
    step = gate.step(op, ACCESS, gate.state(inputs, **{option: True}), gate.state(inputs))
    assert verdict(step) == ("unsafe", [rule])


def test_an_operation_that_no_engine_known_here_has_is_undetermined(verdict, gate) -> None:
    step = gate.step("evaporate", ACCESS, gate.state({"servicePrincipal": SSO}))
    assert verdict(step) == ("undetermined", ["operation-unknown"])


def test_the_second_of_two_subjects_is_judged_too(verdict, gate) -> None:
    good = gate.step("delete", ACCESS, gate.state({"servicePrincipal": "guardduty.amazonaws.com"}))
    bad = {**gate.step("delete", ACCESS, gate.state({"servicePrincipal": SSO})), "urn": good["urn"] + "2"}
    assert verdict(good, bad) == ("unsafe", ["trusted-access-deleted"])
    assert verdict(bad, good) == ("unsafe", ["trusted-access-deleted"])


def test_a_failed_preview_is_undetermined_or_unsafe(gate) -> None:
    failed = [{"severity": "error", "message": "no"}]
    assert gate.verdict(gate.digest(diagnostics=failed)) == ("undetermined", ["preview-failed"])
    bad = gate.step("delete", ACCESS, gate.state({"servicePrincipal": SSO}))
    assert gate.verdict(gate.digest(bad, diagnostics=failed))[0] == "unsafe"


def test_what_is_imported_loses_no_option(verdict, gate) -> None:
    inputs = {"servicePrincipal": SSO}
    assert verdict(gate.step("import", ACCESS, gate.state(inputs, protect=True), gate.state(inputs))) == ("safe", [])


@walk(
    ("type_", "inputs", "rule"),
    [
        (ACCESS, {"servicePrincipal": SSO}, "trusted-access-unwatched"),
        (ORGANIZATION, {LIST: [SSO]}, "organization-unwatched"),
        (ADMINISTRATOR, {"servicePrincipal": SSO, "accountId": "222233334444"}, "administrator-removed"),
        ("aws-native:sso:Instance", {"name": "x"}, "instance-unwatched"),
    ],
)
def test_what_was_managed_and_is_only_read_is_unsafe(verdict, gate, type_: str, inputs, rule: str) -> None:
    managed, read = gate.state(inputs, protect=True), gate.state({}, inputs, external=True)
    assert verdict(gate.step("read", type_, managed, read)) == ("unsafe", [rule])
    assert verdict(gate.step("read", type_, read, read)) == ("safe", [])
    assert verdict(gate.step("read", type_, None, read)) == ("safe", [])


@walk("op", ["same", "create", "read"])
def test_a_guard_that_no_step_changes_is_not_lost(verdict, gate, op: str) -> None:
    old, new = gate.state({"name": "identity-center-guard"}), gate.state({"name": "other"})
    assert verdict(gate.step(op, POLICY, old, new)) == ("safe", [])
    assert verdict(gate.step("update", POLICY, old, new)) == ("unsafe", ["guard-removed"])


def test_a_guard_that_stays_secret_is_not_lost(verdict, gate) -> None:
    secret = gate.state({"name": "x", "policy": "[secret]"})
    assert verdict(gate.step("refresh", POLICY, secret, secret)) == ("safe", [])


def test_a_creation_leaves_no_ignored_property_alone(verdict, gate) -> None:
    """An update does: the engine puts the old value in its place."""
    new = gate.state({LIST: [SSO], "featureSet": "[secret]"}, ignoreChanges=["featureSet"])
    assert verdict(gate.step("create", ORGANIZATION, None, new)) == ("undetermined", ["value-unknown"])
    assert verdict(gate.step("update", ORGANIZATION, gate.state({LIST: [SSO]}), new)) == ("safe", [])


@pytest.mark.parametrize("op", REPLACEMENTS)
def test_what_another_judged_type_takes_over_is_replaced(verdict, gate, op: str) -> None:
    old = gate.state({"servicePrincipal": SSO}, type=ACCESS)
    group = gate.state({"name": "new"}, type="aws:iam/group:Group")
    assert verdict(gate.step(op, "aws:iam/group:Group", old, group)) == ("unsafe", ["trusted-access-replaced"])


def test_retention_keeps_nothing_that_an_update_changes(verdict, gate) -> None:
    old = gate.state({"name": "AWSSSO_x_DO_NOT_DELETE", "samlMetadataDocument": "a"}, retainOnDelete=True)
    new = gate.state({"name": "AWSSSO_x_DO_NOT_DELETE", "samlMetadataDocument": "b"}, retainOnDelete=True)
    step = gate.step("update", "aws:iam/samlProvider:SamlProvider", old, new)
    assert verdict(step) == ("unsafe", ["saml-provider-touched"])


def test_an_import_after_a_lookup_begins_with_what_it_imported(verdict, gate) -> None:
    looked_up, imported = gate.state({}, {LIST: []}, external=True), gate.state({LIST: [SSO]})
    new = gate.state({LIST: ["x"]})
    steps = [("replace", looked_up, new), ("import", None, imported), ("update", imported, new)]
    assert verdict(*(gate.step(op, ORGANIZATION, old, new) for op, old, new in steps)) == (
        "unsafe",
        ["principal-removed"],
    )


REFUSED = [{"severity": "error", "message": 'resource "x" cannot be deleted\nbecause it is protected', "urn": "a::x"}]


def test_a_refused_deletion_of_something_else_makes_nothing_certain(gate) -> None:
    access = gate.state({"servicePrincipal": SSO})
    digest = gate.digest(gate.step("refresh", ACCESS, access, access), changeSummary={}, diagnostics=REFUSED)
    assert gate.verdict(digest) == ("undetermined", ["preview-failed"])


def test_beside_another_change_a_refused_deletion_hides_no_finding(gate) -> None:
    deletion = gate.step("delete", ACCESS, gate.state({"servicePrincipal": SSO}, protect=True))
    change = gate.step("update", ORGANIZATION, gate.state({LIST: [SSO]}), gate.state({LIST: []}))
    digest = gate.digest(deletion, change, diagnostics=REFUSED)
    assert gate.verdict(digest) == ("unsafe", ["principal-removed", "trusted-access-deleted", "preview-failed"])
