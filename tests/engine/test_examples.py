"""Every example is a whole program, and runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.session import ROOT

SSO = "sso.amazonaws.com"


@pytest.fixture
def example(new_stack: Callable, policies: str) -> Callable:
    """`example(name, seed=..., **config)`: that example as a stack, in a copy of its folder."""

    def make(name: str, seed: str = "sso-enabled", **config: str):
        stack = new_stack("", project=name, seed=seed)
        shutil.copytree(ROOT / "examples" / name, stack.folder, dirs_exist_ok=True)
        stack.config(**config)
        return stack

    return make


def _trusted(stack) -> set[str]:
    rows = stack.session.aws.client("organizations").list_aws_service_access_for_organization()
    return {row["ServicePrincipal"] for row in rows["EnabledServicePrincipals"]}


def _gate(stack) -> dict:
    preview = stack.pulumi("preview", "--json").out
    result = stack.session.run(
        "identity-center", "gate", "--format", "json", cwd=stack.folder, stdin=preview, check=False
    )
    found: dict = json.loads(result.out)
    return found


def test_every_example_has_a_test() -> None:
    tested = Path(__file__).read_text("utf-8")
    for folder in sorted((ROOT / "examples").iterdir()):
        if folder.is_dir():
            assert f'example("{folder.name}"' in tested


def test_a_new_organization_goes_up_under_the_pack_and_stays(example: Callable, policies: str) -> None:
    stack = example("new-organization", seed="no-organization")
    stack.up("--policy-pack", policies)
    assert _trusted(stack) == {SSO}
    stack.up("--expect-no-changes", "--refresh", "--policy-pack", policies)
    assert stack.destroy(check=False).code != 0
    assert _trusted(stack) == {SSO}


def test_an_existing_organization_moves_over_and_no_step_takes_anything_away(example: Callable, policies: str) -> None:
    stack = example("existing-organization", organizationId="o-exampleorg01", step="1")
    stack.session.aws.client("organizations").enable_aws_service_access(ServicePrincipal="guardduty.amazonaws.com")
    before = _trusted(stack)
    for step in ("1", "2", "3"):
        stack.config(step=step)
        assert "awsServiceAccessPrincipals" not in stack.preview().out
        assert _gate(stack)["verdict"] == "safe"
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
    stack.config(administratorAccountId="222233334444")
    result = stack.preview(check=False)
    assert "333344445555 is the delegated administrator" in result.text
