"""Every example is a whole program, and runs."""

from __future__ import annotations

import datetime
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi_aws_identity_center.gate.judge import judge_plan
from pulumi_aws_identity_center.gate.readers import read

from sandbox.engine import Engine, official_node_host, official_yaml_host, prepare_home
from sandbox.session import ROOT
from tests import node_packages

SSO = "sso.amazonaws.com"


@pytest.fixture
def example(new_stack: Callable, policies: str) -> Callable:
    """`example(name, seed=..., **config)`: that example as a stack, in a copy of its folder."""

    def make(name: str, seed: str = "sso-enabled", **config: str):
        stack = new_stack("", project=name, seed=seed)
        shutil.copytree(ROOT / "examples" / name, stack.folder, dirs_exist_ok=True)
        settings = stack.folder / "Pulumi.yaml"
        settings.write_text(settings.read_text().replace("../../components", str(ROOT / "components")))
        stack.config(**config)
        return stack

    return make


def _trusted(stack) -> set[str]:
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    return {row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]}


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Pulumi's SDK for JavaScript."""
    return node_packages.installed(ROOT / "examples/remote-javascript/package.json")


def _open_in_configuration(stack, glass: dict[str, str]) -> None:
    stack.config(breakGlass=glass)


def _open_in_program(stack, glass: dict[str, str]) -> None:
    """A YAML program has no configuration of objects: it is changed itself, as its comment says."""
    program = stack.folder / "Pulumi.yaml"
    opened = f"properties: {{breakGlass: {json.dumps(glass)}}}"
    program.write_text(program.read_text("utf-8").replace("properties: {}", opened), "utf-8")


def _up_and_protected(stack, *options: str) -> None:
    """Up; and a destroy that is refused."""
    stack.up(*options)
    refused = stack.pulumi("destroy", "--preview-only", check=False)
    assert refused.code != 0
    assert re.search(r'AwsServiceAccess::sso[a-z-]*" cannot be deleted', refused.text)
    assert _trusted(stack) == {SSO}


def _taken_down_on_purpose(stack, *options: str, open_glass: Callable = _open_in_configuration) -> None:
    """And then break-glass; and down, which really disables."""
    _up_and_protected(stack, *options)
    tomorrow = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    open_glass(stack, {"reason": "we leave", "expires": tomorrow})
    opened = stack.up()
    assert "Break-glass is open until" in opened.text
    assert _trusted(stack) == {SSO}
    stack.destroy("--skip-preview")
    assert stack.state() == []
    assert _trusted(stack) == set()


def test_a_stack_of_remote_components_goes_up_and_down(example: Callable, policies: str) -> None:
    stack = example("remote-python")
    _taken_down_on_purpose(stack, "--policy-pack", policies)


MATRIX_IN_JAVASCRIPT = """
class AccessMatrix extends pulumi.ComponentResource {
  constructor(name, args, opts) {
    super("aws-identity-center:index:AccessMatrix", name, { grants: undefined, ...args }, opts, true);
  }
}
const access_matrix = new AccessMatrix("access", {
  permissionSets: { ReadOnly: { managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } },
  assignments: [{ groups: ["Developers"], permissionSets: ["ReadOnly"], accounts: { all: true } }],
});
exports.grants = access_matrix.grants;
"""


@pytest.mark.skipif(not node_packages.has_node, reason="Node.js is not installed")
def test_a_javascript_program_goes_up_and_stays(example: Callable, node_modules: Path, engine: Engine) -> None:
    stack = example("remote-javascript")
    home = Path(stack.session.environment["PULUMI_HOME"])
    prepare_home(home, engine, stack.session.python, node_host=official_node_host())
    (stack.folder / "node_modules").symlink_to(node_modules)
    program = stack.folder / "index.js"
    program.write_text(program.read_text("utf-8") + MATRIX_IN_JAVASCRIPT, "utf-8")
    _up_and_protected(stack)
    assert stack.outputs()["grants"] == 3


def test_a_yaml_program_goes_up_and_down(example: Callable, engine: Engine) -> None:
    stack = example("remote-yaml")
    home = Path(stack.session.environment["PULUMI_HOME"])
    prepare_home(home, engine, stack.session.python, yaml_host=official_yaml_host())
    _taken_down_on_purpose(stack, open_glass=_open_in_program)


def test_every_example_has_a_test() -> None:
    tested = Path(__file__).read_text("utf-8")
    for folder in sorted((ROOT / "examples").iterdir()):
        if (folder / "Pulumi.yaml").exists():  # Terraform's has its own: tests/examples/test_terraform.py
            assert f'example("{folder.name}"' in tested


def test_a_new_organization_goes_up_under_the_pack_and_stays(example: Callable, policies: str) -> None:
    stack = example("new-organization", seed="no-organization")
    stack.up("--policy-pack", policies)
    assert _trusted(stack) == {SSO}
    stack.up("--expect-no-changes", "--refresh", "--policy-pack", policies)
    assert stack.destroy(check=False).code != 0
    assert _trusted(stack) == {SSO}


def test_an_existing_organization_moves_over_without_loss(example: Callable, policies: str) -> None:
    stack = example("existing-organization", organizationId="o-exampleorg01", step="1")
    stack.session.aws.client("organizations").enable_aws_service_access(ServicePrincipal="guardduty.amazonaws.com")
    before = _trusted(stack)
    for step in ("1", "2", "3"):
        stack.config(step=step)
        preview = stack.pulumi("preview", "--json").out
        steps = [row for row in json.loads(preview)["steps"] if row["op"] in ("update", "replace", "delete")]
        assert [row for row in steps if "awsServiceAccessPrincipals" in str(row.get("diffReasons"))] == []
        assert judge_plan(read(io.StringIO(preview))).verdict == "safe"
        stack.up(*(("--policy-pack", policies) if step != "1" else ()))
        assert _trusted(stack) == before
    stack.up("--expect-no-changes", "--refresh")
    assert "DisableAWSServiceAccess" not in stack.session.operations()


def test_another_teams_stack_is_guarded(example: Callable, policies: str) -> None:
    stack = example("guarded-stack", organizationId="o-exampleorg01")
    stack.up("--policy-pack", policies)
    [organization] = [row for row in stack.state() if row["type"].endswith(":Organization")]
    assert (organization["protect"], organization["retainOnDelete"]) == (True, True)
    assert _trusted(stack) == {"guardduty.amazonaws.com", SSO}


def test_a_member_account_administers(example: Callable, policies: str) -> None:
    stack = example("delegated-administrator", administratorAccountId="333344445555")
    stack.up("--policy-pack", policies)
    rows = stack.session.aws.client("organizations").list_delegated_administrators()["DelegatedAdministrators"]
    assert [row["Id"] for row in rows] == ["333344445555"]


def test_groups_made_in_the_program_get_their_access(example: Callable, policies: str) -> None:
    stack = example("access-matrix")
    stack.up("--policy-pack", policies)
    outputs = stack.outputs()
    assert outputs["grants"] == 3 + 2 + 4 + 1
    assert len(outputs["permissionSetArns"]) == 5
    stack.up("--expect-no-changes")
    stack.destroy()
    assert stack.state() == []
