"""`matrix` on the sandbox: the live organization, a file with and without AWS, a preview's changes, every format."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws import EmbeddedAws
from tests.walk import walk

from .matrix_seed import SEED

Aws = Callable[..., EmbeddedAws]
Run = Callable[..., Any]
PROD = {"444455556666": "prod-web", "555566667777": "prod-data"}


@pytest.fixture
def cloud(aws: Aws, tmp_path: Path) -> EmbeddedAws:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    return aws(seed)


def _access(tmp_path: Path, **assignment: Any) -> str:
    entry = {"groups": ["Developers"], "permissionSets": ["ReadOnly"], "accounts": {"names": ["prod-*"]}, **assignment}
    file = tmp_path / "access.yaml"
    file.write_text(json.dumps({"permissionSets": {"ReadOnly": {}}, "assignments": [entry]}))
    return str(file)


def _rows(result: Any) -> list[tuple[Any, ...]]:
    document = json.loads(result.stdout)
    assert list(document) == ["grants"]
    for row in document["grants"]:
        assert list(row) == ["principal", "permissionSet", "account", "accountName"]
        assert list(row["principal"]) == ["type", "id", "name"]
    return [
        (row["principal"]["name"], row["permissionSet"], row["account"], row["accountName"])
        for row in document["grants"]
    ]


def test_the_live_organization_is_listed(cloud: EmbeddedAws, run: Run) -> None:
    result = run(cloud, "matrix", "--format", "json")
    rows = _rows(result)
    assert result.returncode == 0
    assert Counter(row[:2] for row in rows) == {
        ("Developers", "ReadOnly"): 2,
        ("Platform", "Administrator"): 6,
        ("omar", "ReadOnly"): 1,
    }
    assert ("Platform", "Administrator", "111122223333", "management") in rows


def test_a_few_principals_are_read_one_by_one(cloud: EmbeddedAws, run: Run) -> None:
    run(cloud, "matrix")
    operations = Counter(call["operation"] for call in cloud.calls)
    # Two groups and two users against two permission sets in six accounts.
    assert (operations["ListAccountAssignmentsForPrincipal"], operations["ListAccountAssignments"]) == (4, 0)
    assert not {name for name in operations if not name.startswith(("List", "Describe", "Get"))}


def test_many_principals_are_read_by_place(aws: Aws, run: Run, tmp_path: Path) -> None:
    seed = tmp_path / "many.yaml"
    seed.write_text(SEED.replace("  region: us-east-1", "  region: us-east-1\n  user_count: 60"))
    cloud = aws(seed)
    assert len(_rows(run(cloud, "matrix", "--format", "json"))) == 9
    operations = Counter(call["operation"] for call in cloud.calls)
    assert (operations["ListAccountAssignmentsForPrincipal"], operations["ListAccountAssignments"]) == (0, 9)


def test_where_principals_can_not_be_listed_places_are(aws: Aws, run: Run, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    cloud = aws(seed, faults=["sso-admin:ListAccountAssignmentsForPrincipal:AccessDeniedException"])
    assert len(_rows(run(cloud, "matrix", "--format", "json"))) == 9


def test_the_delegated_administrator_sees_the_same(aws: Aws, run: Run, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(f'{SEED}delegated_administrator: "333344445555"\ncaller: "333344445555"\n')
    assert len(_rows(run(aws(seed), "matrix", "--format", "json"))) == 9


def test_an_account_without_rights_is_told_what_it_lacks(aws: Aws, run: Run, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(f'{SEED}caller: "444455556666"\n')
    result = run(aws(seed), "matrix")
    assert (result.returncode, result.stdout) == (2, "")
    assert "organization instance" in result.stderr or "denied" in result.stderr


def test_csv_has_a_row_for_each_grant(cloud: EmbeddedAws, run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run(cloud, "matrix", "--format", "csv").stdout)))
    assert len(rows) == 9
    assert {row["principalName"] for row in rows} == {"Developers", "Platform", "omar"}


def test_html_is_one_page(cloud: EmbeddedAws, run: Run) -> None:
    text = run(cloud, "matrix", "--format", "html").stdout
    assert text.startswith("<!doctype html>")
    assert "log-archive" in text


def test_markdown_and_text_name_everybody(cloud: EmbeddedAws, run: Run) -> None:
    for format_ in ("markdown", "table"):
        text = run(cloud, "matrix", "--format", format_).stdout
        assert all(name in text for name in ("Developers", "Platform", "omar", "9 grants"))


def test_a_file_is_expanded_against_the_organization(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    result = run(cloud, "matrix", _access(tmp_path), "--format", "json")
    assert {row[2]: row[3] for row in _rows(result)} == PROD
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("selector", "accounts"),
    [
        ({"organizationalUnits": ["Workloads/Prod"]}, set(PROD)),
        ({"organizationalUnits": ["Workloads"], "except": {"names": ["prod-*"]}}, {"666677778888"}),
        ({"ids": ["111122223333"]}, {"111122223333"}),
    ],
)
def test_every_kind_of_selector_is_expanded(
    cloud: EmbeddedAws, run: Run, tmp_path: Path, selector: dict[str, Any], accounts: set[str]
) -> None:
    result = run(cloud, "matrix", _access(tmp_path, accounts=selector), "--format", "json")
    assert {row[2] for row in _rows(result)} == accounts


def test_tags_are_read_only_where_a_selector_has_some(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    cloud.client("organizations").tag_resource(ResourceId="444455556666", Tags=[{"Key": "env", "Value": "prod"}])
    run(cloud, "matrix", _access(tmp_path))
    assert "ListTagsForResource" not in {call["operation"] for call in cloud.calls}
    result = run(cloud, "matrix", _access(tmp_path, accounts={"tags": {"env": ["prod"]}}), "--format", "json")
    assert {row[2] for row in _rows(result)} == {"444455556666"}


def test_a_suspended_account_is_said_to_be_left_out(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    result = run(cloud, "matrix", _access(tmp_path, accounts={"all": True}))
    assert "Account 777788889999 (old) is suspended" in result.stderr
    assert "777788889999" not in result.stdout


def test_every_unknown_name_of_a_file_is_told_at_once(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    file = _access(tmp_path, groups=["Nobody"], users=["ghost"], accounts={"organizationalUnits": ["Workload"]})
    result = run(cloud, "matrix", file)
    assert result.returncode == 2
    assert result.stdout == ""
    for text in ("Group 'Nobody' is not in", "User 'ghost' is not in", "Did you mean 'Workloads'?"):
        assert text in result.stderr


def test_a_bad_value_hides_no_unknown_name(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "access.yaml"
    file.write_text(
        "permissionSets: {Admin: {sessionDuration: 8h}}\n"
        "assignments:\n"
        "- {groups: [Nobodies], permissionSets: [Admin], accounts: {ids: ['999999999999']}}\n"
        "- {groups: [Developers], permissionSets: [Admin], accounts: {ids: ['111122223333'], idz: x}}\n"
    )
    with_aws, without_aws = run(cloud, "matrix", str(file)), run(None, "matrix", str(file))
    assert (with_aws.returncode, without_aws.returncode) == (2, 2)
    of_the_file = ["sessionDuration is '8h'", "accounts.idz is not a key"]
    for outcome, expected in (
        (with_aws, [*of_the_file, "Group 'Nobodies'", "999999999999"]),
        (without_aws, of_the_file),
    ):
        problems = outcome.stderr.splitlines()
        assert [part for part, problem in zip(expected, problems, strict=True) if part not in problem] == []


def test_without_aws_a_file_is_expanded_in_part(run: Run, tmp_path: Path) -> None:
    file = _access(tmp_path, accounts={"ids": ["444455556666"], "names": ["prod-*"]})
    result = run(None, "matrix", file, "--format", "json")
    assert _rows(result) == [("Developers", "ReadOnly", "444455556666", None)]
    assert result.returncode == 2
    assert "assignments[0].accounts: names can't be expanded without AWS." in result.stderr


def test_without_aws_an_exception_that_is_not_known_leaves_nothing(run: Run, tmp_path: Path) -> None:
    file = _access(tmp_path, accounts={"ids": ["444455556666"], "except": {"names": ["prod-*"]}})
    assert _rows(run(None, "matrix", file, "--format", "json")) == []


def test_without_aws_ids_are_enough(run: Run, tmp_path: Path) -> None:
    ids = ["444455556666", "555566667777"]
    file = _access(tmp_path, accounts={"ids": ids, "except": {"ids": ids[:1]}})
    result = run(None, "matrix", file, "--format", "json")
    assert [row[2] for row in _rows(result)] == ids[1:]
    assert result.returncode == 0
    assert "was not compared with the organization" in result.stderr


def test_without_credentials_the_live_matrix_is_not_known(run: Run) -> None:
    result = run(None, "matrix", "--format", "json")
    assert (result.returncode, result.stdout) == (2, "")
    assert "Could not ask AWS: there are no credentials" in result.stderr


@pytest.mark.parametrize("seed", ["no-organization", "organization", "consolidated-billing", "member"])
def test_without_an_instance_it_says_why(aws: Aws, run: Run, seed: str) -> None:
    result = run(aws(seed), "matrix")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "it is not YAML"),
        ("permissionSets: {A: {}, A: {}}", "has the key 'A' twice"),
        ("- a", "The matrix is ['a']"),
        ("assignment: []", "did you mean assignments?"),
    ],
)
def test_a_file_that_is_no_matrix_is_explained(run: Run, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "access.yaml"
    file.write_text(text)
    result = run(None, "matrix", str(file))
    assert result.returncode == 2
    assert message in result.stderr


def test_a_file_that_is_not_there_is_explained(run: Run, tmp_path: Path) -> None:
    result = run(None, "matrix", str(tmp_path / "none.yaml"))
    assert (result.returncode, "can't be read" in result.stderr) == (2, True)


def _ids(cloud: EmbeddedAws) -> dict[str, str]:
    """The ARNs and ids behind names."""
    center, store = cloud.client("sso-admin"), cloud.client("identitystore")
    instance = center.list_instances()["Instances"][0]
    sets = center.list_permission_sets(InstanceArn=instance["InstanceArn"])["PermissionSets"]
    about = [center.describe_permission_set(InstanceArn=instance["InstanceArn"], PermissionSetArn=arn) for arn in sets]
    groups = store.list_groups(IdentityStoreId=instance["IdentityStoreId"])["Groups"]
    return {
        **{text["PermissionSet"]["Name"]: text["PermissionSet"]["PermissionSetArn"] for text in about},
        **{group["DisplayName"]: group["GroupId"] for group in groups},
    }


def _urn(type_: str, name: str = "a") -> str:
    return f"urn:pulumi:dev::p::aws-identity-center:index:{type_}::{name}"


def _update(ids: dict[str, str], before: list[str], after: list[str]) -> dict[str, Any]:
    """A step in which Platform's Administrator moves between accounts."""
    principal = {"principalType": "GROUP", "principalId": ids["Platform"]}
    inputs = {"permissionSetArn": ids["Administrator"], **principal}
    old, new = ({"inputs": {**inputs, "accounts": accounts}} for accounts in (before, after))
    return {"op": "update", "urn": _urn("AccountAssignments"), "oldState": old, "newState": new}


def _digest(tmp_path: Path, *steps: dict[str, Any]) -> str:
    file = tmp_path / "preview.json"
    file.write_text(json.dumps({"steps": steps}))
    return str(file)


def _preview(tmp_path: Path, cloud: EmbeddedAws | None, *, as_events: bool = False) -> str:
    """Platform moves from prod-web to prod-data by a permission set that the preview doesn't show."""
    ids = _ids(cloud) if cloud else {"Administrator": "arn:aws:sso:::permissionSet/ssoins-1/ps-1", "Platform": "g-1"}
    step = _update(ids, *([account] for account in PROD))
    if not as_events:
        return _digest(tmp_path, step)
    metadata = {"op": "update", "urn": step["urn"], "old": step["oldState"], "new": step["newState"]}
    events: list[dict[str, Any]] = [{"sequence": 0, "timestamp": 1, "preludeEvent": {}}]
    events.append({"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata}})
    events.append({"sequence": 1, "timestamp": 1, "summaryEvent": {"resourceChanges": {"update": 1}}})
    file = tmp_path / "preview.json"
    file.write_text("\n".join(map(json.dumps, events)))
    return str(file)


MANAGEMENT = "111122223333"
AWS_POLICY = "arn:aws:iam::aws:policy/"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_losing_the_last_administrator_is_bad(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    preview = _digest(tmp_path, _update(_ids(cloud), [MANAGEMENT, *PROD], [*PROD]))
    result = run(cloud, "matrix", "--diff", preview, "--format", "markdown")
    assert result.returncode == 1
    for what in ("the management account", "Identity Center"):
        assert f"the last grants that administer {what}: those of Platform" in result.stderr
    assert "🛑" in result.stdout


def test_another_stacks_administrator_is_seen(cloud: EmbeddedAws, run: Run, tmp_path: Path) -> None:
    ids = _ids(cloud)
    center = cloud.client("sso-admin")
    center.create_account_assignment(
        InstanceArn=center.list_instances()["Instances"][0]["InstanceArn"],
        TargetId=MANAGEMENT,
        TargetType="AWS_ACCOUNT",
        PermissionSetArn=ids["Administrator"],
        PrincipalType="GROUP",
        PrincipalId=ids["Developers"],
    )
    preview = _digest(tmp_path, _update(ids, [MANAGEMENT, *PROD], [*PROD]))
    result = run(cloud, "matrix", "--diff", preview)
    assert (result.returncode, result.stderr) == (0, "")
    store = cloud.client("identitystore")
    store.delete_group(
        IdentityStoreId=center.list_instances()["Instances"][0]["IdentityStoreId"], GroupId=ids["Developers"]
    )
    result = run(cloud, "matrix", "--diff", preview)
    assert (result.returncode, "the last grants that administer" in result.stderr) == (1, True)


@pytest.mark.parametrize(("op", "code"), [("delete", 2), ("same", 0)])
def test_a_policy_that_the_aws_package_detaches_is_not_judged(run: Run, tmp_path: Path, op: str, code: int) -> None:
    type_ = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
    state = {"type": type_, "inputs": {"managedPolicyArn": f"{AWS_POLICY}AdministratorAccess", "permissionSetArn": "p"}}
    step = {"op": op, "urn": f"urn:pulumi:dev::p::{type_}::admin", "oldState": state}
    if op == "same":
        step["newState"] = state
    result = run(None, "matrix", "--diff", _digest(tmp_path, step))
    assert (result.returncode, "a permission set's policies change" in result.stderr) == (code, code == 2)


@pytest.mark.parametrize(
    ("policy", "code"), [("ReadOnlyAccess", 1), ("PowerUserAccess", 1), ("AdministratorAccess", 0)]
)
def test_a_permission_set_that_stops_administering_is_bad(
    cloud: EmbeddedAws, run: Run, tmp_path: Path, policy: str, code: int
) -> None:
    old, new = (
        {"inputs": {"name": "Administrator", "managedPolicies": [f"arn:aws:iam::aws:policy/{name}"]}}
        for name in ("Other", policy)
    )
    step = {"op": "update", "urn": _urn("PermissionSet"), "oldState": old, "newState": new}
    assert run(cloud, "matrix", "--diff", _digest(tmp_path, step)).returncode == code


@pytest.mark.parametrize(
    ("policies", "code"),
    [([f"{AWS_POLICY}AdministratorAccess"], 0), ([f"{AWS_POLICY}ReadOnlyAccess"], 1), (UNKNOWN, 2)],
)
def test_a_new_permission_set_is_judged_by_its_content(
    cloud: EmbeddedAws, run: Run, tmp_path: Path, policies: Any, code: int
) -> None:
    """It replaces the administrator's; a policy of it that only the update knows may be any."""
    ids = _ids(cloud)
    new = {"inputs": {"name": "New", "managedPolicies": policies}}
    principal = {"principalType": "GROUP", "principalId": ids["Platform"], "accounts": [MANAGEMENT]}
    grant = {"inputs": {**principal, "permissionSetArn": UNKNOWN}}
    grant["propertyDependencies"] = {"permissionSetArn": [_urn("PermissionSet", "new")]}
    steps = [
        {"op": "create", "urn": _urn("PermissionSet", "new"), "newState": new},
        {"op": "create", "urn": _urn("AccountAssignments", "new"), "newState": grant},
        _update(ids, [MANAGEMENT, *PROD], [*PROD]),
    ]
    assert run(cloud, "matrix", "--diff", _digest(tmp_path, *steps)).returncode == code


@pytest.mark.parametrize("as_events", [False, True])
def test_a_preview_tells_who_gains_and_who_loses(cloud: EmbeddedAws, run: Run, tmp_path: Path, as_events: bool) -> None:
    result = run(cloud, "matrix", "--diff", _preview(tmp_path, cloud, as_events=as_events), "--format", "json")
    document = json.loads(result.stdout)
    assert list(document) == ["gains", "loses"]
    ((gain,), (loss,)) = document["gains"], document["loses"]
    assert (gain["account"], gain["accountName"]) == ("555566667777", "prod-data")
    assert (loss["account"], loss["permissionSet"]) == ("444455556666", "Administrator")
    assert gain["principal"]["name"] == "Platform"
    assert result.returncode == 0


def test_a_preview_may_come_from_standard_input(run: Run, tmp_path: Path) -> None:
    text = Path(_preview(tmp_path, None)).read_text()
    result = run(None, "matrix", "--diff", "-", "--format", "json", stdin=text)
    assert len(json.loads(result.stdout)["gains"]) == 1


def test_ctrl_c_ends_a_long_read(
    aws: Aws, warm_command: list[str], environment: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    seed = tmp_path / "seed.yaml"
    large = "permission_set_count: 300"
    seed.write_text(SEED.replace("region: us-east-1", f"region: us-east-1\n  {large}"))
    cloud = aws(seed, throttle=True)
    process = subprocess.Popen(
        [*warm_command, "matrix"], env=environment(cloud), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not any(call["operation"] == "DescribePermissionSet" for call in cloud.calls):
        threading.Event().wait(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate()
    assert (process.returncode, stdout, stderr) == (2, "", "Interrupted: nothing is known.\n")
    assert sum(call["operation"] == "DescribePermissionSet" for call in cloud.calls) < 300


def test_without_aws_a_preview_is_told_by_ids(run: Run, tmp_path: Path) -> None:
    result = run(None, "matrix", "--diff", _preview(tmp_path, None))
    assert "gains arn:aws:sso:::permissionSet/ssoins-1/ps-1 in 555566667777" in result.stdout
    assert "Names that the preview lacks are left out" in result.stderr


@pytest.mark.parametrize(("before", "after", "code"), [([], [*PROD], 0), ([*PROD], [], 2)])
def test_without_aws_a_loss_is_not_judged(
    run: Run, tmp_path: Path, before: list[str], after: list[str], code: int
) -> None:
    ids = {"Administrator": "arn:aws:sso:::permissionSet/ssoins-1/ps-1", "Platform": "group-1"}
    result = run(None, "matrix", "--diff", _digest(tmp_path, _update(ids, before, after)))
    assert (result.returncode, "an administrator remains isn't judged" in result.stderr) == (code, code == 2)


@pytest.mark.parametrize("format_", ["table", "markdown", "csv", "html"])
def test_every_format_has_the_changes(cloud: EmbeddedAws, run: Run, tmp_path: Path, format_: str) -> None:
    text = run(cloud, "matrix", "--diff", _preview(tmp_path, cloud), "--format", format_).stdout
    assert "prod-web" in text
    assert "prod-data" in text


def test_a_preview_that_failed_is_not_taken_for_whole(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "preview.json"
    file.write_text(json.dumps({"steps": [], "diagnostics": [{"severity": "error", "message": "no stack"}]}))
    result = run(None, "matrix", "--diff", str(file))
    assert (result.returncode, "no stack" in result.stderr) == (2, True)
    assert "Nobody gains or loses access" not in result.stdout


@pytest.mark.parametrize("form", ["digest", "events"])
def test_a_preview_that_the_matrix_refused_is_bad(run: Run, form: str) -> None:
    captures = Path(__file__).parents[1] / "gate/captures"
    preview = captures / f"access-of-administrators-reduced.{form}.json"
    for format_ in ("table", "markdown"):
        result = run(None, "matrix", "--diff", str(preview), "--format", format_)
        assert (result.returncode, "Nobody gains or loses access" in result.stdout) == (1, False)
        assert "AccessMatrix refused this preview: " in result.stderr
        assert "the last grants that administer the management account" in result.stderr


@walk("text", ["", "[]", "{}", '{"a": 1}', '{"steps": [1]}', '{"steps": [{"op"', '{"sequence": 1}'])
def test_what_is_no_preview_is_refused(run: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "preview.json"
    file.write_text(text)
    result = run(None, "matrix", "--diff", str(file))
    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr


@walk("as_events", [False, True])
def test_a_second_preview_in_one_file_is_not_left_out(run: Run, tmp_path: Path, as_events: bool) -> None:
    """As `>>` makes it."""
    preview = Path(_preview(tmp_path, None, as_events=as_events))
    preview.write_text(f"{preview.read_text()}\n" * 2)
    result = run(None, "matrix", "--diff", str(preview))
    assert (result.returncode, result.stdout) == (2, "")
    assert "goes on after the preview's JSON: give it one preview" in result.stderr


@pytest.mark.parametrize("command", ["matrix", "import-matrix"])
def test_trusted_access_that_is_off_is_no_missing_permission(cloud: EmbeddedAws, run: Run, command: str) -> None:
    cloud.client("organizations").disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    result = run(cloud, command)
    assert result.returncode == 2
    assert result.stderr.startswith("Trusted access is OFF")
    assert "identity-center recover" in result.stderr
    assert "credentials" not in result.stderr


def test_a_refusal_with_trusted_access_on_is_about_permissions(aws: Aws, run: Run, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    result = run(aws(seed, faults=["sso-admin:ListPermissionSets:AccessDeniedException"]), "matrix")
    assert "Use credentials that may call sso:ListPermissionSets" in result.stderr
    assert "OFF" not in result.stderr
