"""The switch: every way to it is judged, by whichever package it is declared, and what is hidden is no pass."""

from __future__ import annotations

import pytest

from tests.walk import walk

SSO = "sso.amazonaws.com"
LIST = "awsServiceAccessPrincipals"
ORGANIZATION = "aws:organizations/organization:Organization"
ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
ADMINISTRATOR = "aws:organizations/delegatedAdministrator:DelegatedAdministrator"
NATIVE = "aws-native:organizations:Organization"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
LISTED = {LIST: ["ram.amazonaws.com", SSO]}
ROLE = {"name": "AWSServiceRoleForSSO"}


@pytest.fixture(params=["digest", "events"])
def verdict(request: pytest.FixtureRequest, gate):
    return lambda *steps: gate.verdict(getattr(gate, request.param)(*steps))


@walk(
    ("op", "type_", "old", "rule"),
    [
        ("delete", NATIVE, {"featureSet": "ALL"}, "organization-deleted"),
        ("replace", NATIVE, {"featureSet": "ALL"}, "organization-deleted"),
        ("delete", "aws:index/organizationsOrganization:OrganizationsOrganization", LISTED, "organization-deleted"),
        (
            "delete",
            "aws:index/organizationsAwsServiceAccess:OrganizationsAwsServiceAccess",
            {"servicePrincipal": SSO},
            "trusted-access-deleted",
        ),
        ("delete", "aws-native:sso:Instance", {"name": "x"}, "instance-deleted"),
        (
            "delete",
            "aws:iam/serviceLinkedRole:ServiceLinkedRole",
            {"awsServiceName": SSO},
            "service-linked-role-touched",
        ),
        ("replace", "aws-native:iam:ServiceLinkedRole", {"awsServiceName": SSO}, "service-linked-role-touched"),
        ("delete", "aws:iam/role:Role", ROLE, "service-linked-role-touched"),
        ("delete", "aws-native:iam:Role", {"roleName": "AWSServiceRoleForSSO"}, "service-linked-role-touched"),
    ],
)
def test_other_packages_and_what_identity_center_stands_on(verdict, gate, op, type_, old, rule) -> None:
    assert verdict(gate.step(op, type_, gate.state(old), None)) == ("unsafe", [rule])


@walk(
    ("type_", "old"),
    [
        ("aws:iam/serviceLinkedRole:ServiceLinkedRole", {"awsServiceName": SSO}),
        ("aws:iam/role:Role", ROLE),
        ("aws:iam/samlProvider:SamlProvider", {"name": "AWSSSO_0123456789abcdef_DO_NOT_DELETE"}),
    ],
)
def test_what_is_identity_centers_may_leave_the_stack(verdict, gate, type_, old) -> None:
    """It is what the remedy says: AWS keeps it, and Identity Center watches over it."""
    assert verdict(gate.step("delete", type_, gate.state(old, retainOnDelete=True), None)) == ("safe", [])


def test_the_service_linked_role_is_not_to_be_changed_either(verdict, gate) -> None:
    changed = gate.step("update", "aws:iam/role:Role", gate.state(ROLE), gate.state({**ROLE, "description": "mine"}))
    assert verdict(changed) == ("unsafe", ["service-linked-role-touched"])
    same = gate.step("same", "aws:iam/role:Role", gate.state(ROLE), gate.state(ROLE))
    assert verdict(same) == ("safe", [])


@walk(
    ("type_", "old"),
    [
        ("aws:iam/serviceLinkedRole:ServiceLinkedRole", {"awsServiceName": "ecs.amazonaws.com"}),
        ("aws:iam/role:Role", {"name": "AWSServiceRoleForSSO-not"}),
        ("aws-native:s3:Bucket", {"awsServiceName": SSO}),
    ],
)
def test_their_neighbours_may_go(verdict, gate, type_, old) -> None:
    assert verdict(gate.step("delete", type_, gate.state(old))) == ("safe", [])


@pytest.mark.parametrize("op", ["replace", "create-replacement"])
def test_a_retained_replacement_is_unsafe_and_says_what_stays(gate, op: str) -> None:
    import io

    from pulumi_aws_identity_center.gate.judge import judge
    from pulumi_aws_identity_center.gate.readers import read

    for retained, says in ((True, "stays on"), (False, "would be off")):
        old = gate.state({"servicePrincipal": SSO}, retainOnDelete=retained)
        text = gate.digest(gate.step(op, ACCESS, old, gate.state({"servicePrincipal": "ram.amazonaws.com"})))
        outcome, findings = judge(read(io.StringIO(text)))
        assert (outcome, findings[0].rule) == ("unsafe", "trusted-access-replaced")
        assert says in findings[0].detail


# Of each, properties that make its loss unsafe.
GUARDED = {
    ACCESS: {"servicePrincipal": SSO},
    ORGANIZATION: LISTED,
    "aws:organizations/delegatedAdministrator:DelegatedAdministrator": {"servicePrincipal": SSO, "accountId": "1"},
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": {"awsServiceName": SSO},
    "aws:iam/samlProvider:SamlProvider": {"name": "AWSSSO_0123456789abcdef_DO_NOT_DELETE"},
    "aws-native:sso:Instance": {"name": "i"},
}


@walk("type_", GUARDED)
def test_what_the_program_only_read_may_leave_it_or_become_managed(verdict, gate, type_: str) -> None:
    read = {"inputs": {}, "outputs": GUARDED[type_], "external": True}
    managed = gate.state(GUARDED[type_], GUARDED[type_])
    for op in ("discard", "delete"):
        assert verdict(gate.step(op, type_, read)) == ("safe", []), op
        assert verdict(gate.step(op, type_, managed))[0] == "unsafe", op
    manages = [gate.step(op, type_, read, managed) for op in ("create-replacement", "replace")]
    assert verdict(*manages) == ("safe", [])
    assert verdict(*[{**step, "oldState": managed} for step in manages])[0] == "unsafe"


@walk(("listed", "expected"), [([SSO], ("safe", [])), ([], ("unsafe", ["principal-removed"]))])
def test_an_organization_that_was_only_read_is_imported(verdict, gate, listed: list[str], expected) -> None:
    """The engine's steps: the import in two, the update, and the end of the lookup."""
    read = {"inputs": {}, "outputs": LISTED, "external": True}
    in_aws, declared = gate.state(LISTED, LISTED), gate.state({**LISTED, LIST: listed})
    steps = [
        gate.step("import-replacement", ORGANIZATION, None, declared),
        gate.step("replace", ORGANIZATION, read, in_aws),
        gate.step("update", ORGANIZATION, in_aws, declared),
        gate.step("discard-replaced", ORGANIZATION, read),
    ]
    assert verdict(*steps) == expected
    assert verdict(*steps[1:3]) == expected  # as a digest without --show-replacement-steps has them


def test_an_update_to_another_principal_is_a_replacement(verdict, gate) -> None:
    step = gate.step(
        "update", ACCESS, gate.state({"servicePrincipal": SSO}), gate.state({"servicePrincipal": "ram.amazonaws.com"})
    )
    assert verdict(step) == ("unsafe", ["trusted-access-replaced"])
    hidden = gate.state({"servicePrincipal": "[secret]"})
    assert verdict({**step, "newState": hidden}) == ("undetermined", ["value-unknown"])


def _changed(gate, old, new, **kinds):
    step = gate.step("update", ORGANIZATION, old, new)
    step["detailedDiff"] = {
        path: {"kind": kind, "diffKind": kind} for path, kind in ((f"{LIST}[{key[1:]}]", kinds[key]) for key in kinds)
    }
    return step


def test_a_hidden_list_is_undetermined_whatever_the_diff_says(verdict, gate) -> None:
    """A deleted item may have moved: the diff goes by position."""
    old, new = gate.state(LISTED, LISTED), gate.state({LIST: SECRET})
    for change in ({"_1": "delete"}, {"_0": "delete"}, {"_1": "update"}):
        assert verdict(_changed(gate, old, new, **change)) == ("undetermined", ["value-unknown"])


def test_a_diff_of_an_untold_list_is_undetermined(verdict, gate) -> None:
    for kind in ("delete", "update"):
        assert verdict(_changed(gate, gate.state({}), gate.state({}), _0=kind)) == ("undetermined", ["value-unknown"])


def test_an_import_that_tells_both_sides_is_judged_by_itself(verdict, gate) -> None:
    new = gate.state({LIST: ["ram.amazonaws.com"]}, LISTED)
    assert verdict(gate.step("import", ORGANIZATION, None, new)) == ("unsafe", ["principal-removed"])
    # Without a list nothing is told yet: the update that follows in the same preview tells it.
    assert verdict(gate.step("import", ORGANIZATION, None, gate.state({}, LISTED))) == ("safe", [])
    kept = gate.state({LIST: [SSO]}, LISTED)
    assert verdict(gate.step("import", ORGANIZATION, None, kept)) == ("safe", [])


def test_a_list_that_never_had_it_is_no_pass(verdict, gate) -> None:
    step = gate.step("update", ORGANIZATION, gate.state({LIST: ["a"]}, {LIST: ["a"]}), gate.state({LIST: ["b"]}))
    assert verdict(step) == ("undetermined", ["principal-missing"])


UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@walk("hidden", [UNKNOWN, [UNKNOWN], ["ram.amazonaws.com", UNKNOWN], SECRET, "[secret]", [SECRET]])
def test_a_new_organizations_hidden_list_is_undetermined(verdict, gate, hidden) -> None:
    step = gate.step("create", ORGANIZATION, None, gate.state({LIST: hidden}))
    assert verdict(step) == ("undetermined", ["value-unknown"])


@walk("told", [[SSO, UNKNOWN], [SSO], ["ram.amazonaws.com"], [], None])
def test_a_new_organization_whose_list_is_told_loses_nothing(verdict, gate, told) -> None:
    inputs = {} if told is None else {LIST: told}
    outputs = {LIST: UNKNOWN, "featureSet": UNKNOWN}  # of what the program leaves out, a preview knows no output
    assert verdict(gate.step("create", ORGANIZATION, None, gate.state(inputs, outputs))) == ("safe", [])


def test_what_the_new_organization_s_finding_says_and_advises(gate) -> None:
    import io

    from pulumi_aws_identity_center.gate.judge import judge
    from pulumi_aws_identity_center.gate.readers import read

    text = gate.events(gate.step("create", ORGANIZATION, None, gate.state({LIST: UNKNOWN})))
    (finding,) = judge(read(io.StringIO(text)))[1]
    assert finding.op == "create"
    assert "new organization" in finding.detail
    assert SSO in finding.detail
    assert "aws_service_access_principals=" in finding.remedy


@walk("type_", [ORGANIZATION, NATIVE])
def test_a_new_organizations_hidden_feature_set_is_undetermined(verdict, gate, type_: str) -> None:
    step = gate.step("create", type_, None, gate.state({"featureSet": UNKNOWN, LIST: [SSO]}))
    assert verdict(step) == ("undetermined", ["value-unknown"])


@walk("type_", [ORGANIZATION, NATIVE])
def test_a_smaller_feature_set_is_unsafe(verdict, gate, type_: str) -> None:
    old = gate.state({"featureSet": "ALL", **LISTED}, LISTED)
    for new, expected in (("CONSOLIDATED_BILLING", "unsafe"), ("[secret]", "undetermined"), ("ALL", "safe")):
        assert verdict(gate.step("update", type_, old, gate.state({"featureSet": new, **LISTED})))[0] == expected


def test_a_feature_set_left_alone_does_not_count(gate) -> None:
    old = gate.state({"featureSet": "ALL", **LISTED}, LISTED)
    new = {"featureSet": "CONSOLIDATED_BILLING", **LISTED}
    for ignored, expected in (["featureSet"], "safe"), (["feature_set"], "unsafe"):
        step = gate.step("update", ORGANIZATION, old, gate.state(new, ignoreChanges=ignored))
        assert gate.verdict(gate.digest(step))[0] == expected


@walk("type_", [ORGANIZATION, NATIVE, "aws:organizations/delegatedAdministrator:DelegatedAdministrator"])
def test_protection_lost_is_found_on_each(verdict, gate, type_: str) -> None:
    inputs = {"servicePrincipal": SSO, **LISTED}
    step = gate.step("same", type_, gate.state(inputs, protect=True), gate.state(inputs))
    assert verdict(step) == ("unsafe", ["protection-lost"])


@pytest.mark.parametrize(
    ("type_", "rule"), [(ACCESS, "trusted-access-deleted"), (ADMINISTRATOR, "administrator-removed")]
)
def test_a_secret_service_is_told_by_its_id_alone(gate, type_: str, rule: str) -> None:
    secret = {"servicePrincipal": SECRET, "accountId": "222233334444"}
    for id_, expected in (
        ("sso.amazonaws.com", ("unsafe", [rule])),
        ("222233334444/sso.amazonaws.com", ("unsafe", [rule])),
        ("guardduty.amazonaws.com", ("safe", [])),
        ("222233334444/guardduty.amazonaws.com", ("safe", [])),
        ("o-exampleorg01", ("undetermined", ["value-unknown"])),
        (None, ("undetermined", ["value-unknown"])),
    ):
        old = gate.state(secret, secret, **({"id": id_} if id_ else {}))
        for form in (gate.digest, gate.events):
            assert gate.verdict(form(gate.step("delete", type_, old))) == expected, id_
    lost = gate.step("same", ACCESS, gate.state(secret, protect=True), gate.state(secret))
    assert gate.verdict(gate.digest(lost)) == ("undetermined", ["value-unknown"])
    kept = gate.step("same", ACCESS, gate.state(secret, protect=True), gate.state(secret, protect=True))
    assert gate.verdict(gate.digest(kept)) == ("safe", [])


def test_an_imports_events_tell_an_ignored_lists_end(gate) -> None:
    found, program = gate.state({LIST: [SSO]}, {LIST: [SSO]}), gate.state({LIST: ["x.amazonaws.com"]})
    begins = gate.step("import", ORGANIZATION, None, program)
    ends = gate.step("import", ORGANIZATION, found, found)
    update = gate.step("update", ORGANIZATION, found, program)
    # ignoreChanges is told by the digest only; where the engine ignores the list, nothing follows.
    ignoring = gate.step("import", ORGANIZATION, None, {**program, "ignoreChanges": [LIST]})
    assert gate.verdict(gate.digest(ignoring)) == ("safe", [])
    assert gate.verdict(gate.events(begins, ends)) == ("safe", [])
    assert gate.verdict(gate.events(begins)) == ("undetermined", ["principal-missing"])
    assert gate.verdict(gate.events(begins, ends, update)) == ("unsafe", ["principal-removed"])
    # What isn't on in AWS can't be lost.
    without = gate.state({LIST: ["x.amazonaws.com"]}, {LIST: ["x.amazonaws.com"]})
    assert gate.verdict(gate.events(begins, gate.step("import", ORGANIZATION, without, without))) == ("safe", [])
    other = {**ends, "urn": ends["urn"] + "other"}
    assert gate.verdict(gate.events(begins, other)) == ("undetermined", ["principal-missing"])
    wrong = gate.step("import", ORGANIZATION, found, program)
    assert gate.verdict(gate.events(begins, wrong)) == ("unsafe", ["principal-removed"])
