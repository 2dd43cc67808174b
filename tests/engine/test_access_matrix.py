"""AccessMatrix on the real engine: first up to destroy, drift, partial failures, groups that come again."""

from __future__ import annotations

import datetime
import io
import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pulumi_aws_identity_center.gate.judge import judge_plan
from pulumi_aws_identity_center.gate.readers import read
from pulumi_aws_identity_center.gate.service_principal import IDENTITY_CENTER
from pulumi_aws_identity_center.matrix.permission_set import KEYS

from .access_matrices import (
    ALL,
    EVERYWHERE,
    PRODUCTION,
    PROGRAM,
    READ_ONLY,
    S3,
    SEED,
    Center,
    entry,
    matrix,
    wait_until,
    writes,
)


def test_lifecycle_makes_changes_and_ends_with_nothing(access: Callable) -> None:
    stack = access(
        matrix(
            entry(EVERYWHERE, "Developers", "Operators"),
            entry(PRODUCTION, users=["bob"], sets=("Deploy",)),
            ReadOnly={"managedPolicies": [READ_ONLY], "tags": {"team": "a"}},
            Deploy={
                "description": "Deploys",
                "sessionDuration": "PT4H",
                "inlinePolicy": S3,
            },
        )
    )
    first = stack.up(previewed=True)
    assert "Account 666677778888 (old) is suspended" in first.text
    assert stack.outputs()["grants"] == 9
    center = Center(stack)
    assert center.accounts(center.group("Developers")) == ALL

    since = len(stack.session.operations())
    assert "9 unchanged" in stack.preview().text
    assert writes(stack, since) == []
    preview = stack.session.operations()[since:]
    assert preview.count("ListAccounts") == 1
    # Listed while the engine refreshes, before the program starts and asks.
    assert preview.index("ListAccounts") < preview.index("ListInstances")

    stack.declare(matrix(entry({"all": True, "except": {"names": ["sec*"]}}, "Developers", "Operators")))
    assert "- 333344445555" in stack.up("--diff", previewed=True).text.partition("Updating (dev)")[0]
    assert center.accounts(center.group("Developers")) == [account for account in ALL if account != "333344445555"]
    assert set(center.sets()) == {"ReadOnly"}

    stack.destroy()
    assert center.sets() == {}
    assert stack.state() == []


def test_changed_parts_are_provisioned_once_and_can_be_left_out(access: Callable) -> None:
    """AWS can't remove a description, so that one stays; the rest goes, and then nothing changes any more."""
    whole = {
        "description": "Reads",
        "sessionDuration": "PT4H",
        "relayState": "https://example.com/",
        "managedPolicies": [READ_ONLY],
        "customerManagedPolicies": [{"name": "own"}],
        "inlinePolicy": S3,
        "permissionsBoundary": {"managedPolicy": READ_ONLY},
        "tags": {"team": "a"},
    }
    assert whole.keys() | {"owns"} == set(KEYS)
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    for account in ALL:
        iam = stack.session.aws.client("iam", account=account)
        iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(S3))
    untagged = {**whole, "tags": {}}
    written = []
    for content in (whole, untagged, {}):
        since = len(stack.session.operations())
        stack.declare(matrix(entry(EVERYWHERE, "Developers"), ReadOnly=content))
        stack.up()
        written.append(writes(stack, since))
    assert [names.count("ProvisionPermissionSet") for names in written] == [1, 0, 1]
    assert written[1] == ["UntagResource"]
    assert not any("AccountAssignment" in name for names in written for name in names)
    center = Center(stack)
    left = center.sso.describe_permission_set(InstanceArn=center.arn, PermissionSetArn=center.sets()["ReadOnly"])
    assert {key: left["PermissionSet"].get(key) for key in ("Description", "SessionDuration", "RelayState")} == {
        "Description": "Reads",
        "SessionDuration": "PT1H",
        "RelayState": None,
    }
    stack.preview("--refresh", "--expect-no-changes")


def test_a_plain_preview_shows_drift_and_an_up_mends_it(access: Callable) -> None:
    """Of the principals of the matrix, and of one outside it."""
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    center = Center(stack)
    developers, operators = center.group("Developers"), center.group("Operators")
    center.assign("create", "111122223333", developers)
    center.assign("delete", "444455556666", developers)
    center.assign("create", "333344445555", operators)
    center.sso.detach_managed_policy_from_permission_set(
        InstanceArn=center.arn, PermissionSetArn=center.sets()["ReadOnly"], ManagedPolicyArn=READ_ONLY
    )
    output = difference(stack, "group Operators in 333344445555")
    assert "group Operators loses ReadOnly in security (333344445555)" in output.text
    since = len(stack.session.operations())
    shown = stack.up("--diff", previewed=True)
    preview = shown.out.partition("Updating (dev)")[0]
    for part in ("- 111122223333", "+ 444455556666", "managedPolicies", 'principalName: "Operators"'):
        assert part in preview
    assert 'set owns to "listed" to leave them alone' in shown.text
    assignments = [name for name in writes(stack, since) if "AccountAssignment" in name]
    assert sorted(assignments) == ["CreateAccountAssignment", *["DeleteAccountAssignment"] * 2]
    assert center.accounts(developers) == ALL
    assert center.accounts(operators) == []
    attached = center.sso.list_managed_policies_in_permission_set(
        InstanceArn=center.arn, PermissionSetArn=center.sets()["ReadOnly"]
    )["AttachedManagedPolicies"]
    assert [row["Arn"] for row in attached] == [READ_ONLY]


def test_owning_what_is_listed_leaves_temporary_access(access: Callable) -> None:
    """And beginning to own all names what that takes away: of the principal itself, whose other accounts are in no
    state while owns is listed."""
    owned = {"ReadOnly": {"managedPolicies": [READ_ONLY], "owns": "listed"}}
    stack = access(matrix(entry({"names": ["workloads-*"]}, "Developers"), **owned))
    stack.up()
    center = Center(stack)
    developers = center.group("Developers")
    center.assign("create", "222233334444", developers)
    center.assign("create", "222233334444", center.group("Operators"))
    stack.declare(matrix(entry({"names": ["workloads-dev"]}, "Developers"), **owned))
    stack.up()
    assert center.accounts(developers) == ["222233334444", "555566667777"]
    assert center.accounts(center.group("Operators")) == ["222233334444"]

    stack.declare(matrix(entry({"names": ["workloads-dev"]}, "Developers")))
    output = difference(stack, "has this permission set in 1 account beside those listed (222233334444)")
    assert output.code == 2
    assert "where else it takes the permission set away is only in this preview's warning" in output.text


def test_a_first_preview_names_what_it_will_take_away(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    center = Center(stack)
    center.assign("create", "333344445555", center.group("Operators"))
    stack.declare(matrix(entry(EVERYWHERE, "Developers"), entry({"names": ["workloads-*"]}, "Operators")))
    text = stack.preview().text
    assert "Group Operators has this permission set in 1 account beside those listed (333344445555)" in text


def test_a_failure_in_one_account_keeps_the_others(access: Callable) -> None:
    reference = {"customerManagedPolicies": [{"name": "Own"}]}
    stack = access(matrix(entry({"names": ["workloads-*"]}, "Developers"), ReadOnly=reference))
    own = json.dumps(S3)
    stack.session.aws.client("iam", account="555566667777").create_policy(PolicyName="Own", PolicyDocument=own)
    failed = stack.up("--skip-preview", check=False, previewed=False)
    assert failed.code != 0
    assert "Account 444455556666: not granted: Received a 404 status error: Not supported policy" in failed.text
    assert "Traceback" not in failed.text
    center = Center(stack)
    assert center.accounts(center.group("Developers")) == ["555566667777"]

    stack.session.aws.client("iam", account="444455556666").create_policy(PolicyName="Own", PolicyDocument=own)
    since = len(stack.session.operations())
    stack.up()
    assert center.accounts(center.group("Developers")) == ["444455556666", "555566667777"]
    assert writes(stack, since).count("CreateAccountAssignment") == 1


def test_a_group_that_came_again_gets_its_access_back(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    center = Center(stack)
    center.store.delete_group(IdentityStoreId=center.store_id, GroupId=center.group("Developers"))
    center.store.create_group(IdentityStoreId=center.store_id, DisplayName="Developers")
    assert "principalId" in stack.up("--diff", previewed=True).text.partition("Updating (dev)")[0]
    assert center.accounts(center.group("Developers")) == ALL
    rows = center.sso.list_account_assignments(
        InstanceArn=center.arn, AccountId=ALL[0], PermissionSetArn=center.sets()["ReadOnly"]
    )["AccountAssignments"]
    assert [row["PrincipalId"] for row in rows] == [center.group("Developers")]


def test_a_group_by_its_name_and_its_id_is_refused(access: Callable) -> None:
    """In two permission sets that is no mistake."""
    stack = access(matrix(entry(EVERYWHERE, "Developers")))
    by_id = {"id": Center(stack).group("Developers")}
    both = entry(EVERYWHERE, sets=("Deploy",)) | {"groups": [by_id]}
    stack.declare(matrix(entry(EVERYWHERE, "Developers"), both, ReadOnly={}, Deploy={}))
    stack.preview()
    stack.declare(matrix(entry({**EVERYWHERE, "idz": []}) | {"groups": ["Developers", by_id]}))
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert "are one group, and both get ReadOnly: write it the same way in all assignments." in refused.text


def test_a_bad_document_hides_no_problem_of_aws(access: Callable) -> None:
    stack = access(
        matrix(
            entry({"names": ["nothing*"]}, "Develpers", sets=("Deploy",)),
            entry({**EVERYWHERE, "idz": []}, users=["carol"]),
            entry({"organizationalUnits": ["Workload"]}, "Developers"),
            ReadOnly={"sessionDuration": "8h"},
            Deploy={},
        )
    )
    center = Center(stack)
    arn = center.sso.create_permission_set(InstanceArn=center.arn, Name="Deploy")["PermissionSet"]["PermissionSetArn"]
    since = len(stack.session.operations())
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert f"{arn},{center.arn}" in refused.text
    assert "identity-center import-matrix --output access.yaml" in refused.text
    for sentence in (
        "permissionSets.ReadOnly.sessionDuration is '8h'",
        "assignments[1].accounts.idz is not a key",
        "assignments[0].accounts.names[0] is 'nothing*'",
        "Group 'Develpers' is not in the identity store",
        "User 'carol' is not in the identity store",
        "A permission set named Deploy exists already",
        "assignments[2].accounts.organizationalUnits[0] is 'Workload'",
    ):
        assert refused.text[refused.text.index("Diagnostics:") :].count(f"- {sentence}") == 1, sentence
    assert "Traceback" not in refused.text
    assert "1 to create" in refused.text  # the stack: nothing of a bad matrix is registered
    assert writes(stack, since) == []


CONFIGURED = """
from pulumi_aws_identity_center import OrganizationSso
from pulumi_aws_identity_center.components.config import from_stack

OrganizationSso("all", from_stack())
"""
STRANGER = matrix(entry(EVERYWHERE, "Strangers"))
STRANGERS = "Group 'Strangers' is not in the identity store"


@pytest.mark.parametrize(
    ("configuration", "own_problem"),
    [
        ({"whenNotEnabled": "ignore"}, "aws-identity-center:whenNotEnabled is 'ignore'"),
        (
            {"delegatedAdministratorAccountId": "999999999999"},
            "accountId (delegatedAdministratorAccountId) is 999999999999",
        ),
    ],
)
def test_a_bad_configuration_hides_no_unknown_group(
    access: Callable, configuration: dict[str, Any], own_problem: str
) -> None:
    stack = access({})
    stack.write(CONFIGURED)
    values = {**configuration, "accessMatrix": STRANGER}
    stack.config(**{f"aws-identity-center__{key}": value for key, value in values.items()}, aws__region="us-east-1")
    refused = stack.preview(check=False)
    assert refused.code != 0
    diagnostics = refused.text[refused.text.index("Diagnostics:") :]
    assert [diagnostics.count(f"- {sentence}") for sentence in (own_problem, STRANGERS)] == [1, 1], diagnostics


def test_what_aws_does_not_answer_is_told_at_once(access: Callable) -> None:
    stack = access({}, faults=["organizations:ListDelegatedAdministrators:AccessDeniedException"])
    stack.write(CONFIGURED)
    values = {"delegatedAdministratorAccountId": "222233334444", "accessMatrix": STRANGER}
    stack.config(**{f"aws-identity-center__{key}": value for key, value in values.items()}, aws__region="us-east-1")
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert "permissions that `identity-center document enable` prints" in refused.text
    assert STRANGERS not in refused.text
    assert not [call for call in stack.session.operations() if call.startswith("identitystore:")]


def test_a_sign_in_that_makes_no_sense_hides_no_problem(access: Callable) -> None:
    stack = access(matrix(entry({**EVERYWHERE, "idz": []}, "Developers")))
    stack.config(aws__assumeRoles='["arn:aws:iam::111122223333:role/one"]')
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert "error: assignments[0].accounts.idz is not a key" in refused.text
    assert (
        "warning: The access matrix was not compared with AWS: how the aws provider signs in can't be known here"
        in refused.text
    )
    assert "Traceback" not in refused.text


def refusal_while_off(stack: Any) -> Any:
    """What a preview says while trusted access is off."""
    stack.session.aws.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    refused = stack.preview(check=False)
    assert refused.code != 0
    return refused


def test_a_bad_document_is_told_where_aws_cannot_be_asked(access: Callable) -> None:
    refused = refusal_while_off(access(matrix(entry({**EVERYWHERE, "idz": []}, "Develpers"))))
    assert "error: assignments[0].accounts.idz is not a key" in refused.text
    assert "warning: The access matrix was not compared with AWS: Trusted access is OFF" in refused.text


def test_own_permission_sets_are_no_problem_of_a_bad_document(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    stack.declare(matrix(entry({**EVERYWHERE, "idz": []}, "Developers")))
    refused = stack.preview(check=False)
    assert "error: assignments[0].accounts.idz is not a key; did you mean ids?\n" in refused.text
    assert "exists already" not in refused.text


def test_a_preview_says_that_trusted_access_is_off(access: Callable) -> None:
    refused = refusal_while_off(access(matrix(entry(EVERYWHERE, "Developers")), deployed=True))
    assert "Trusted access is OFF: nobody can get into any account" in refused.text
    assert "identity-center recover" in refused.text


def import_alone(stack: Any, center: Center) -> None:
    """A permission set ReadOnly that somebody makes now, as the refusal says."""
    arn = center.sso.create_permission_set(InstanceArn=center.arn, Name="ReadOnly")["PermissionSet"]["PermissionSetArn"]
    [component] = [row["urn"] for row in stack.state() if row["type"].endswith(":AccessMatrix")]
    command = ["import", "aws-identity-center:index:PermissionSet", "access/ReadOnly", f"{arn},{center.arn}"]
    stack.pulumi(*command, "--parent", f"matrix={component}", "--yes", "--generate-code=false", "--protect=false")


def test_one_permission_set_is_imported_below_its_matrix(access: Callable) -> None:
    stack = access(matrix())
    stack.declare({"permissionSets": {}, "assignments": []})
    stack.up()
    center = Center(stack)
    import_alone(stack, center)
    stack.declare(matrix(entry(EVERYWHERE, "Developers")))
    stack.up(previewed=True)
    assert center.accounts(center.group("Developers")) == ALL
    assert stack.session.operations().count("CreatePermissionSet") == 1


def test_one_that_somebody_made_again_is_imported_after_a_refresh(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    center = Center(stack)
    for account in ALL:
        center.assign("delete", account, center.group("Developers"))
    center.sso.delete_permission_set(InstanceArn=center.arn, PermissionSetArn=center.sets()["ReadOnly"])
    stack.refresh()
    import_alone(stack, center)
    stack.up(previewed=True)
    assert center.accounts(center.group("Developers")) == ALL


def test_what_exists_can_be_imported_by_the_ids_in_messages(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    rows = {row["type"].rpartition(":")[2]: row for row in stack.state()}
    imported = [rows[token] for token in ("PermissionSet", "AccountAssignments", "ExclusiveAssignments")]
    stack.edit_state(lambda resources: [row for row in resources if row["urn"] not in [one["urn"] for one in imported]])
    imports = [
        {"type": row["type"], "name": row["urn"].rpartition("::")[2], "id": row["id"], "parent": "matrix"}
        | {"version": "0.1.0"}
        for row in imported
    ]
    file = {"nameTable": {"matrix": rows["AccessMatrix"]["urn"]}, "resources": imports}
    (stack.folder / "import.json").write_text(json.dumps(file))
    stack.pulumi("import", "--file", "import.json", "--yes", "--generate-code=false", "--protect=false")
    since = len(stack.session.operations())
    assert "5 unchanged" in stack.up().text
    assert writes(stack, since) == []
    center = Center(stack)
    assert center.accounts(center.group("Developers")) == ALL


ADMINISTRATORS = {"Admin": {"managedPolicies": ["arn:aws:iam::aws:policy/AdministratorAccess"]}}
MANAGEMENT = {"ids": ["111122223333"]}
# As another stack's outputs are: known in a preview.
BY_OUTPUT = PROGRAM.replace("matrix = ", "read = ").replace(
    'AccessMatrix("access", json.loads(pathlib.Path("matrix.json").read_text()))',
    'json.loads(pathlib.Path("matrix.json").read_text())\n'
    'for entry in read["assignments"]:\n'
    '    entry["groups"] = [{"id": pulumi.Output.from_input(id)} for id in entry["groups"]]\n'
    '    entry["accounts"]["ids"] = [pulumi.Output.from_input(id) for id in entry["accounts"]["ids"]]\n'
    'matrix = AccessMatrix("access", read)',
)


def test_administrators_of_outputs_are_judged_as_any_other(access: Callable) -> None:
    stack = access(matrix(entry(MANAGEMENT, "Operators", sets=("Admin",)), **ADMINISTRATORS), deployed=True)
    group = Center(stack).group("Operators")
    stack.write(BY_OUTPUT)
    described = {"Admin": {**ADMINISTRATORS["Admin"], "description": "By id."}}
    stack.declare(matrix(entry(MANAGEMENT, group, sets=("Admin",)), **described))
    stack.up(previewed=True)
    stack.declare(matrix(entry({"ids": ["222233334444"]}, group, sets=("Admin",)), **described))
    assert "It takes away the last grants that administer the management account" in stack.preview(check=False).text


# A policy as an Output: known in a preview, as of a document's data source, or not, as with a new role's ARN.
POLICY_BY_OUTPUT = """
import json
import pathlib
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import AccessMatrix

read = json.loads(pathlib.Path("matrix.json").read_text())
known = pulumi.Output.from_input("x")
if read.pop("is_unknown"):
    known = aws.organizations.Policy("new", content="{}").arn
for parts in read["permissionSets"].values():
    parts["inlinePolicy"] = known.apply(lambda _, text=parts["inlinePolicy"]: text)
AccessMatrix("access", read)
"""


def test_a_policy_of_an_output_is_judged_as_any_other(access: Callable) -> None:
    """And one that only the update knows hides nothing of the rest."""
    whole = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    refusal = "It takes away the last grants that administer the management account"
    doubt = "It takes away grants that may administer the management account"
    administers = entry(MANAGEMENT, "Operators", sets=("Admin",))
    stack = access({**matrix(administers, Admin={"inlinePolicy": json.dumps(whole)}), "is_unknown": False})
    stack.write(POLICY_BY_OUTPUT)
    stack.up()
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    for policy, is_unknown, said in ((whole, False, ""), (nothing, False, refusal), (nothing, True, doubt)):
        parts = {"description": "Changed", "inlinePolicy": json.dumps(policy)}
        stack.declare({**matrix(administers, Admin=parts), "is_unknown": is_unknown})
        text = stack.preview(check=False).text
        assert [sentence for sentence in (refusal, doubt) if sentence in text] == [said][: len(said)]


def test_wrong_outputs_are_refused_in_plain_words(access: Callable) -> None:
    """Any other value: tests/components/provider/test_bad_inputs.py."""
    stack = access(matrix())
    stack.write(BY_OUTPUT)
    cases: list[tuple[dict[str, Any], Any, str]] = [
        ({"ids": ["333344445555", None]}, Center(stack).group("Developers"), "accounts[1] is missing"),
        ({"ids": ["333344445555"]}, ["222233334444"], "principalId is "),
    ]
    for accounts, group, named in cases:
        stack.declare(matrix(entry(accounts, group)))
        refused = stack.preview(check=False)
        assert refused.code != 0
        assert named in refused.text
        assert "Traceback" not in refused.text


def test_only_break_glass_takes_the_last_administrator_away(access: Callable) -> None:
    administered = matrix(entry(MANAGEMENT, "Operators", sets=("Admin",)), **ADMINISTRATORS)
    stack = access(administered, deployed=True)
    moved = matrix(entry({"names": ["security"]}, "Operators", sets=("Admin",)), **ADMINISTRATORS)
    stack.declare(moved)
    for refused in (stack.preview(check=False), stack.up("--skip-preview", check=False, previewed=False)):
        assert refused.code != 0
        assert "It takes away the last grants that administer the management account" in refused.text
        assert "Operators (Admin in 111122223333)" in refused.text
    center = Center(stack)
    assert center.accounts(center.group("Operators"), "Admin") == ["111122223333"]

    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    stack.declare({**moved, "breakGlass": {"reason": "a merger", "expires": tomorrow}})
    shown = stack.pulumi("preview", "--json", "--show-sames").out
    plans = [judge_plan(read(io.StringIO(shown)), IDENTITY_CENTER, reason, "111122223333") for reason in ("", "CHG-7")]
    assert [(plan.verdict, plan.findings[0].rule) for plan in plans] == [
        ("unsafe", "last-administrator-removed"),
        ("safe", "last-administrator-removed"),
    ]
    assert "It takes away the last grants" in stack.up().text
    assert center.accounts(center.group("Operators"), "Admin") == ["333344445555"]


def test_an_administrator_who_moves_to_another_group_is_no_loss(access: Callable) -> None:
    stack = access(matrix(entry(MANAGEMENT, "Operators", sets=("Admin",)), **ADMINISTRATORS), deployed=True)
    stack.declare(matrix(entry(MANAGEMENT, "Developers", sets=("Admin",)), **ADMINISTRATORS))
    stack.up()
    center = Center(stack)
    assert center.accounts(center.group("Developers"), "Admin") == ["111122223333"]
    assert center.accounts(center.group("Operators"), "Admin") == []


def test_a_targeted_update_grants_nothing_that_it_leaves_out(access: Callable) -> None:
    """Nor does it revoke what the declared grant of a resource that it leaves out is to replace."""
    security, log = {"names": ["security"]}, {"names": ["log-archive"]}
    stack = access(matrix(entry(security, "Developers"), entry(log, "Operators")))
    stack.up()
    stack.declare(matrix(entry({"names": ["security", "log-archive"]}, "Operators"), entry(log, "Developers")))
    targets = [
        row["urn"] for row in stack.state() if row["urn"].endswith(("PermissionSet::access/ReadOnly", ":Developers"))
    ]
    assert len(targets) == 2
    text = stack.up(*(option for urn in targets for option in ("--target", urn))).text
    assert "Group Developers keeps this permission set for now in 1 account (333344445555)" in text
    center = Center(stack)
    assert center.accounts(center.group("Operators")) == ["222233334444"]
    assert center.accounts(center.group("Developers")) == ["222233334444", "333344445555"]
    assert "keeps this permission set" not in stack.up().text
    assert center.accounts(center.group("Operators")) == ["222233334444", "333344445555"]
    assert center.accounts(center.group("Developers")) == ["222233334444"]


def test_access_that_moves_between_groups_never_ends_between(access: Callable) -> None:
    """With --parallel 1 the engine shows a successor only when the update that waits for it has ended."""
    security, log = {"names": ["security"]}, {"names": ["log-archive"]}
    sets = {name: {"managedPolicies": [READ_ONLY]} for name in ("ReadOnly", "Viewer")}

    def swapped(first: str, second: str) -> dict[str, Any]:
        return matrix(entry(security, first, sets=tuple(sets)), entry(log, second, sets=tuple(sets)), **sets)

    stack = access(swapped("Developers", "Operators"))
    stack.up()
    for groups, options in ((("Operators", "Developers"), ("--parallel", "1")), (("Developers", "Operators"), ())):
        since = len(stack.session.calls)
        stack.declare(swapped(*groups))
        stack.up(*options)
        assert_granted_before_revoked(stack.session.calls[since:])
    center = Center(stack)
    for name in sets:
        assert center.accounts(center.group("Developers"), name) == ["333344445555"]
        assert center.accounts(center.group("Operators"), name) == ["222233334444"]


LATE_IDS = """
import json
import pathlib
import pulumi
import pulumi_aws as aws
from pulumi_aws_identity_center import AccessMatrix

declared = json.loads(pathlib.Path("matrix.json").read_text())
store = aws.ssoadmin.get_instances().identity_store_ids[0]
name = declared.pop("new group")
made = aws.identitystore.Group(name, identity_store_id=store, display_name=name)
first, second = declared["assignments"]
first["groups"] = [{"id": pulumi.Output.from_input(first["groups"][0])}]
second["groups"] = [{"id": made.id.apply(lambda _, id=second["groups"][0]: id)}]
AccessMatrix("access", declared)
"""


def test_ids_that_only_the_update_knows_swap_without_a_call(access: Callable) -> None:
    """Two resources take each other's group, and the engine shows the second after a group that is made first."""
    security = {"names": ["security"]}
    stack = access({}, faults=["identitystore:CreateGroup:slow,after=1,seconds=4"])
    center = Center(stack)
    developers, operators = center.group("Developers"), center.group("Operators")
    stack.write(LATE_IDS)
    stack.declare(matrix(entry(security, developers), entry(security, operators)) | {"new group": "One"})
    stack.up()
    since = len(stack.session.operations())
    stack.declare(matrix(entry(security, operators), entry(security, developers)) | {"new group": "Two"})
    stack.up()
    assert not [name for name in writes(stack, since) if "AccountAssignment" in name]


def assert_granted_before_revoked(calls: list[dict[str, Any]]) -> None:
    """In each account and permission set: AWS deletes a role that nobody has."""
    orders: dict[tuple[str, str], list[str]] = {}
    for call in calls:
        if call["operation"].endswith("AccountAssignment") and call["status"] == 200:
            about = call["parameters"]
            orders.setdefault((about["PermissionSetArn"], about["TargetId"]), []).append(call["operation"])
    assert len(orders) == 4
    assert list(orders.values()) == [["CreateAccountAssignment", "DeleteAccountAssignment"]] * 4


OTHER_ADMINISTRATORS = {**ADMINISTRATORS, "Root": ADMINISTRATORS["Admin"]}


def test_a_targeted_update_leaves_the_last_administrator(access: Callable) -> None:
    """The program is fine; what --target makes of it leaves out the other administrator."""
    both = {"ids": ["111122223333", "333344445555"]}
    stack = access(matrix(entry(both, "Operators", sets=("Admin",)), **ADMINISTRATORS))
    stack.up()
    moved = entry({"names": ["security"]}, "Operators", sets=("Admin",))
    stack.declare(matrix(moved, entry(MANAGEMENT, "Developers", sets=("Root",)), **OTHER_ADMINISTRATORS))
    [target] = [row["urn"] for row in stack.state() if row["type"].endswith(":AccountAssignments")]
    refused = stack.up("--skip-preview", "--target", target, check=False, previewed=False)
    assert refused.code != 0
    assert "not revoked: It takes away the last grants that administer the management account" in refused.text
    assert "Run pulumi up without --target" in refused.text
    center = Center(stack)
    assert center.accounts(center.group("Operators"), "Admin") == both["ids"]
    stack.up()
    assert center.accounts(center.group("Operators"), "Admin") == ["333344445555"]
    assert center.accounts(center.group("Developers"), "Root") == ["111122223333"]


def test_going_on_after_an_error_leaves_the_last_administrator(access: Callable) -> None:
    stack = access(matrix(entry(MANAGEMENT, "Operators", sets=("Admin",)), **ADMINISTRATORS), deployed=True)
    lacking = {"Root": {**ADMINISTRATORS["Admin"], "customerManagedPolicies": [{"name": "Missing"}]}}
    stack.declare(matrix(entry(MANAGEMENT, "Developers", sets=("Root",)), **lacking))
    refused = stack.up("--skip-preview", "--continue-on-error", check=False, previewed=False)
    assert refused.code != 0
    assert "not granted: Received a 404 status error" in refused.text
    assert "not revoked: It takes away the last grants that administer the management account" in refused.text
    center = Center(stack)
    assert center.accounts(center.group("Operators"), "Admin") == ["111122223333"]


ALIAS = "pulumi.ResourceOptions(aliases=[pulumi.Alias(name='access')])"
RENAMED = PROGRAM.replace('AccessMatrix("access"', 'AccessMatrix("matrix"').replace(
    "read_text())", f"read_text()), {ALIAS}"
)


def test_renaming_the_component_takes_nobodys_access(access: Callable) -> None:
    """Without an alias its permission sets exist already; with one nothing changes at all."""
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    since = len(stack.session.operations())
    stack.write(RENAMED)
    stack.up()
    assert writes(stack, since) == []
    center = Center(stack)
    assert center.accounts(center.group("Developers")) == ALL


@pytest.mark.parametrize("region", [{}, {"aws__region": "us-east-1"}], ids=["", "and its sign-in changes"])
def test_a_renamed_matrix_keeps_its_last_administrator(access: Callable, region: dict[str, str]) -> None:
    stack = access(matrix(entry(MANAGEMENT, "Operators", sets=("Admin",)), **ADMINISTRATORS), deployed=True)
    stack.write(RENAMED)
    stack.config(**region)
    stack.declare(matrix(entry(MANAGEMENT, "Operators", sets=("Admin",)), Admin={"managedPolicies": [READ_ONLY]}))
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert "It takes away the last grants that administer the management account" in refused.text


@pytest.mark.parametrize("region", [{}, {"aws__region": "us-east-1"}], ids=["environment", "configured"])
def test_two_matrices_keep_the_last_administrator_of_both(access: Callable, region: dict[str, str]) -> None:
    """Also where the engine would start a provider for each."""
    administered = matrix(entry(MANAGEMENT, "Operators", sets=("Admin",)), **ADMINISTRATORS)
    other_stack = matrix(entry(MANAGEMENT, "Developers", sets=("Root",)), Root=ADMINISTRATORS["Admin"])
    stack = access({**administered, "other": other_stack})
    stack.config(**region)
    both = PROGRAM.replace("matrix = ", 'declared = json.loads(pathlib.Path("matrix.json").read_text())\nmatrix = ')
    both = both.replace('json.loads(pathlib.Path("matrix.json").read_text()))\npulumi', "declared)\npulumi", 1)
    stack.write(both.replace("matrix = ", 'AccessMatrix("other", declared.pop("other"))\nmatrix = '))
    stack.up()
    harmless = {"managedPolicies": [READ_ONLY]}
    stack.declare({**administered, "permissionSets": {"Admin": harmless}, "other": other_stack})
    stack.preview()
    stack.declare(
        {
            **administered,
            "permissionSets": {"Admin": harmless},
            "other": {**other_stack, "permissionSets": {"Root": harmless}},
        }
    )
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert "It takes away the last grants that administer the management account" in refused.text


def difference(stack, warning: str) -> Any:
    """What `matrix --diff` makes of a preview that has this warning."""
    preview = stack.preview("--json").out
    assert warning in preview
    (stack.folder / "preview.json").write_text(preview)
    return stack.session.run("identity-center", "matrix", "--diff", "preview.json", cwd=stack.folder, check=False)


def test_principals_by_id_may_change_their_order(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")))
    ids = {name: Center(stack).group(name) for name in ("Developers", "Operators")}
    by_output = PROGRAM.replace("matrix = ", "read = ").replace(
        'AccessMatrix("access", json.loads(pathlib.Path("matrix.json").read_text()))',
        'json.loads(pathlib.Path("matrix.json").read_text())\n'
        'for entry in read["assignments"]:\n'
        '    entry["groups"] = [{"id": pulumi.Output.from_input(id)} for id in entry["groups"]]\n'
        'matrix = AccessMatrix("access", read)',
    )
    stack.write(by_output)
    both = [entry(EVERYWHERE, ids["Developers"]), entry({"names": ["security"]}, ids["Operators"])]
    stack.declare(matrix(*both))
    stack.up()
    since = len(stack.session.operations())
    stack.declare(matrix(*reversed(both)))
    stack.up()
    assert writes(stack, since) == []
    center = Center(stack)
    assert center.accounts(ids["Developers"]) == ALL
    assert center.accounts(ids["Operators"]) == ["333344445555"]


def test_the_next_up_finishes_what_ctrl_c_ended(access: Callable, tmp_path: Path) -> None:
    slow = tmp_path / "slow.yaml"
    slow.write_text(SEED + "  seconds: 1.5\nquotas: {outstanding_assignments: 2}\n")
    stack = access(matrix(entry(EVERYWHERE, "Developers")), seed=slow)
    text = interrupt_an_up(stack, "CreateAccountAssignment")
    center = Center(stack)
    done = center.accounts(center.group("Developers"))
    assert set(done) < set(ALL)
    assert "Cancelled" in text, text

    [assignments] = [row for row in stack.state() if row["type"].endswith(":AccountAssignments")]
    assert set(assignments["outputs"]["accounts"]) <= set(done)
    since = len(stack.session.operations())
    stack.up()
    assert center.accounts(center.group("Developers")) == ALL
    accepted = [call for call in stack.session.calls[since:] if call["operation"] == "CreateAccountAssignment"]
    assert sum(call["status"] == 200 for call in accepted) == len(ALL) - len(done)


def test_ctrl_c_keeps_a_permission_set_that_is_being_made(access: Callable) -> None:
    faults = ["sso-admin:AttachManagedPolicyToPermissionSet:ThrottlingException:3"]  # it takes a second and a half
    stack = access(matrix(entry(EVERYWHERE, "Developers")), faults=faults)
    interrupt_an_up(stack, "CreatePermissionSet")
    assert [row["type"].rpartition(":")[2] for row in stack.state() if row["custom"]].count("PermissionSet") == 1
    stack.up()
    center = Center(stack)
    assert center.accounts(center.group("Developers")) == ALL
    assert stack.session.operations().count("CreatePermissionSet") == 1


def interrupt_an_up(stack, operation: str) -> str:
    """Ctrl-C once AWS got the operation. Returns what the update printed."""
    command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--color", "never"]
    environment = {**stack.session.environment, "PULUMI_STACK": "dev"}
    run = subprocess.Popen(command, cwd=stack.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_until(lambda: operation in stack.session.operations())
    run.send_signal(signal.SIGINT)
    text = run.communicate(timeout=60)[0].decode()
    assert run.returncode != 0
    return text


MOMENTARY = [
    "sso-admin:CreatePermissionSet:ConflictException:2",
    "sso-admin:AttachManagedPolicyToPermissionSet:ConflictException:1",
    "sso-admin:TagResource:ConflictException:1",
    "sso-admin:CreateAccountAssignment:ThrottlingException:2",
    "sso-admin:CreateAccountAssignment:ConflictException:1",
    "sso-admin:CreateAccountAssignment:InternalServerException:1",
    "sso-admin:ListAccountAssignmentCreationStatus:ThrottlingException:2",
    "sso-admin:ListAccountAssignmentsForPrincipal:InternalServerException:2",
    "identitystore:ListGroups:ThrottlingException:2",
]


def test_what_fails_for_a_moment_fails_nothing(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")), faults=MOMENTARY)
    stack.up()
    center = Center(stack)
    stack.declare(
        matrix(entry(EVERYWHERE, "Developers"), ReadOnly={"managedPolicies": [READ_ONLY], "tags": {"a": "b"}})
    )
    stack.up()
    assert center.accounts(center.group("Developers")) == ALL


def test_a_new_stacks_preview_names_who_loses_access(access: Callable) -> None:
    """As for a stack that an earlier version made."""
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    stack.edit_state(lambda rows: [row for row in rows if not row["type"].endswith(":ExclusiveAssignments")])
    center = Center(stack)
    operators = center.group("Operators")
    center.assign("create", "333344445555", operators)
    output = difference(stack, "group Operators in 333344445555")
    assert output.code == 2
    assert "who loses the permission set is only in this preview's warning" in output.text
    stack.up()
    assert center.accounts(operators) == []


def test_a_refusal_to_take_access_is_tried_again(access: Callable) -> None:
    faults = ["sso-admin:DeleteAccountAssignment:AccessDeniedException:1"]
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True, faults=faults)
    center = Center(stack)
    operators = center.group("Operators")
    center.assign("create", "333344445555", operators)
    center.assign("create", "222233334444", operators)
    refused = stack.up("--skip-preview", check=False, previewed=False)
    assert refused.code != 0
    assert "not revoked: access was denied" in refused.text
    assert len(center.accounts(operators)) == 1
    stack.up()
    assert center.accounts(operators) == []


def test_an_unnamed_last_administrator_is_not_taken_away(access: Callable) -> None:
    listed = {"Admin": {**ADMINISTRATORS["Admin"], "owns": "listed"}}
    stack = access(matrix(entry({"names": ["security"]}, "Operators", sets=("Admin",)), **listed))
    stack.up()
    center = Center(stack)
    center.assign("create", "111122223333", center.group("Developers"), "Admin")
    stack.declare(matrix(entry({"names": ["security"]}, "Operators", sets=("Admin",)), **ADMINISTRATORS))
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert "It takes away the last grants that administer the management account: those of Developers" in refused.text
    assert center.accounts(center.group("Developers"), "Admin") == ["111122223333"]


DIRECT = (
    PROGRAM
    + """
from pulumi_aws_identity_center.components.provider_resources import AccountAssignments
AccountAssignments("direct", json.loads(pathlib.Path("direct.json").read_text()))
"""
)


def test_two_resources_that_would_undo_each_other_are_refused(access: Callable) -> None:
    stack = access(matrix(entry(EVERYWHERE, "Developers")), deployed=True)
    center = Center(stack)
    direct = {
        "instanceArn": center.arn,
        "permissionSetArn": center.sets()["ReadOnly"],
        "principalType": "GROUP",
        "principalId": center.group("Operators"),
        "accounts": ["333344445555"],
    }
    (stack.folder / "direct.json").write_text(json.dumps(direct))
    stack.write(DIRECT)
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert 'set owns to "listed" for the permission set' in refused.text
