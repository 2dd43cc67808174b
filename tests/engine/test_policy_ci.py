"""docs/ci.md: its script, as it stands there, on good and bad programs in the sandbox; its jobs call that script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
import yaml
from rules.registry import RULES

from sandbox.session import ROOT

TEXT = (ROOT / "docs/ci.md").read_text()

ORGANIZATION = """
    import pulumi
    import pulumi_aws as aws
    aws.organizations.Organization(
        "org", aws_service_access_principals={listed}, opts=pulumi.ResourceOptions({options}, import_="o-exampleorg01")
    )
"""


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def check(tmp_path, policies: str) -> Callable:
    """Runs the script for a stack."""
    script = tmp_path / "check-sign-in.sh"
    script.write_text(_blocks("bash")[0])

    def run(stack, *arguments: str):
        return stack.session.run(
            "bash", str(script), stack.name, *arguments, cwd=stack.folder, env={"PACK": policies}, check=False
        )

    return run


def test_this_repository_s_own_program_passes_before_and_after_it_is_up(main_stack: Callable, check: Callable) -> None:
    stack = main_stack()
    assert check(stack).code == 0
    stack.up()
    again = check(stack)
    assert again.code == 0, again.text
    assert "verdict: safe" in again.out


def test_destroying_it_is_refused_and_the_gate_says_why(main_stack: Callable, check: Callable) -> None:
    stack = main_stack()
    stack.up()
    stack.pulumi("state", "unprotect", "--all", "--yes")
    result = check(stack, "destroy")
    assert result.code == 1, result.text
    assert "trusted-access-unwatched" in result.out


def test_a_protected_stack_s_destroy_is_no_pass_either(main_stack: Callable, check: Callable) -> None:
    stack = main_stack()
    stack.up()
    assert check(stack, "destroy").code != 0


def test_the_incident_is_stopped_by_the_pack_already(new_stack: Callable, check: Callable) -> None:
    stack = new_stack(ORGANIZATION.format(listed=["guardduty.amazonaws.com"], options="protect=True"))
    result = check(stack)
    assert result.code != 0
    assert "organization-keeps-sso" in result.text
    assert "verdict" not in result.out


def test_what_the_pack_cannot_see_the_gate_stops(new_stack: Callable, check: Callable) -> None:
    listed = ["guardduty.amazonaws.com", "sso.amazonaws.com"]
    stack = new_stack(ORGANIZATION.format(listed=listed, options="protect=True"))
    stack.up()
    stack.write("")  # a pack is never shown a delete
    result = check(stack)
    assert result.code not in (0, None)
    stack.pulumi("state", "unprotect", "--all", "--yes")
    result = check(stack)
    assert result.code == 1, result.text
    assert "organization-deleted" in result.out


def test_the_jobs_are_yaml_and_end_in_the_script() -> None:
    github, gitlab = (yaml.safe_load(block) for block in _blocks("yaml"))
    assert github["jobs"]["sign-in"]["steps"][-1]["run"] == "bash check-sign-in.sh production"
    assert gitlab["sign-in"]["script"][-1] == "bash check-sign-in.sh production"


def test_the_example_of_a_configuration_names_rules_and_keys_that_there_are(
    main_stack: Callable, policies: str, tmp_path
) -> None:
    given = json.loads(_blocks("json")[0])
    keys = {rule.id: set(rule.config) for rule in RULES}
    assert all(set(given[rule]) <= keys[rule] for rule in given)
    file = tmp_path / "exceptions.json"
    file.write_text(json.dumps(given))
    assert main_stack().preview("--policy-pack", policies, "--policy-pack-config", str(file)).code == 0
