"""examples/ci/check-sign-in.sh on good and bad programs in the sandbox; the commands of docs/ci.md's jobs, in order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
UNKNOWN = """
    import json
    import pulumi_aws as aws
    later = aws.iam.Group("later", name="later").arn
    aws.iam.Policy("p", policy=later.apply(lambda arn: json.dumps({"Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": arn}]})))
"""


def _block(language: str, containing: str) -> str:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    (block,) = (block for block in blocks if containing in block)
    return str(block)


SCRIPT = ROOT / "examples/ci/check-sign-in.sh"
PACK_CONFIG = _block("json", "no-disable-grant")
DIGEST = _block("bash", "--show-sames")


@pytest.fixture
def check(policies: str) -> Callable:
    """Runs the script for a stack."""

    def run(stack, *arguments: str, **env: str):
        return stack.session.run(
            "bash", str(SCRIPT), stack.name, *arguments, cwd=stack.folder, env={"PACK": policies, **env}, check=False
        )

    return run


@pytest.mark.timeout(400)  # the main program's whole life, and its machine may be busy
def test_this_repositorys_own_program_passes_pack_and_gate(main_stack: Callable, check: Callable, tmp_path) -> None:
    stack = main_stack()
    example = json.loads(PACK_CONFIG)
    keys = {rule.id: set(rule.config) for rule in RULES}
    assert all(set(example[rule]) <= keys[rule] for rule in example)
    config = tmp_path / "exceptions.json"
    config.write_text(json.dumps(example))
    assert check(stack, PACK_CONFIG=str(config)).code == 0
    unsaved = check(stack, PACK_CONFIG=str(config), SAVED_PLAN=str(tmp_path / "none" / "plan.json"))
    assert unsaved.code == 1, unsaved.text
    stack.up("--skip-preview")
    again = check(stack, "refresh")
    assert again.code == 0, again.text
    assert "verdict: safe" in again.out
    protected = check(stack, "destroy")
    assert protected.code == 1
    assert "preview-failed" in protected.out

    organizations = stack.session.aws.client("organizations")
    organizations.disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    drifted = check(stack, "refresh")
    assert drifted.code == 1, drifted.text
    assert "trusted-access-off" in drifted.out
    organizations.enable_aws_service_access(ServicePrincipal="sso.amazonaws.com")

    stack.pulumi("state", "unprotect", "--all", "--yes")
    bare = check(stack, "destroy")
    assert bare.code == 1, bare.text
    assert "trusted-access-unwatched" in bare.out
    kept = "retainOnDelete"
    stack.edit_state(lambda rows: [{key: row[key] for key in row if key != kept} for row in rows])
    edited = check(stack, "destroy")
    assert edited.code == 1, edited.text
    assert "trusted-access-deleted" in edited.out
    assert check(stack, "detsroy").code == 2


def test_pack_and_gate_together_stop_the_incident(
    new_stack: Callable, check: Callable, policies: str, tmp_path
) -> None:
    stack = new_stack(ORGANIZATION.format(listed=["guardduty.amazonaws.com"], options="protect=True"))
    summary = tmp_path / "summary.md"
    incident = check(stack, GITHUB_STEP_SUMMARY=str(summary))
    assert incident.code == 1
    assert "organization-keeps-sso" in incident.text
    assert "verdict: unsafe" in incident.out
    assert "principal-removed" in summary.read_text()
    # The other way that the page shows: the digest, which doesn't tell what the pack said.
    env = {"STACK": stack.name, "PACK": policies}
    digest = stack.session.run("bash", "-c", DIGEST, cwd=stack.folder, env=env, check=False)
    assert digest.code == 1
    assert "principal-removed" in digest.out
    assert "policy:" not in digest.out
    # What a policy can't know is no pass.
    stack.write(UNKNOWN)
    config = tmp_path / "owner.json"
    config.write_text(json.dumps({"no-disable-grant": {"ownerStacks": ["test/dev"]}}))
    unknown = check(stack, PACK_CONFIG=str(config))
    assert unknown.code == 2, unknown.text
    assert "policy:no-disable-grant" in unknown.out
    assert "verdict: undetermined" in unknown.out

    stack.write(ORGANIZATION.format(listed=["sso.amazonaws.com"], options="protect=True"))
    stack.up("--skip-preview")
    stack.write("")  # a pack is never shown a delete
    assert check(stack).code not in (0, None)
    stack.pulumi("state", "unprotect", "--all", "--yes")
    result = check(stack)
    assert result.code == 1, result.text
    assert "organization-deleted" in result.out


# What reaches out of the machine: what it is asked to get has to be there.
STUBS = {
    "pip": r'shift; for each; do case $each in -r) ;; ./*|*.txt) test -e "${each%\[*}" ;; *) ;; esac || exit 9; done',
    "git": f'ln -s {ROOT} "${{@: -1}}"',
}


@dataclass(frozen=True)
class Job:
    """Its commands in order, and the environment that the CI file gives them."""

    name: str
    commands: list[str]
    environment: dict[str, str]


def _github(name: str, job: dict[str, Any], common: dict[str, str]) -> Job:
    """An action that checks something out becomes `git clone`; other actions bring tools that are here."""
    commands: list[str] = []
    environment = {name: value for name, value in common.items() if "${{" not in value}
    for step in job["steps"]:
        if "run" in step:
            commands.append(step["run"])
            environment.update(step.get("env", {}))
        elif "checkout" in step["uses"] and "with" in step:
            commands.append(f"git clone {step['with']['path']}")
    return Job(f"GitHub {name}", commands, environment)


def _gitlab(name: str, job: dict[str, Any], base: dict[str, Any], common: dict[str, str]) -> Job:
    """GitLab merges the variables of the file, of what a job extends, and of the job."""
    return Job(
        f"GitLab {name}",
        [*base["before_script"], *job["script"]],
        {"AWS_TOKEN": "a job's token", **common, **base["variables"], **job.get("variables", {})},
    )


def _jobs() -> list[Job]:
    github = yaml.safe_load(_block("yaml", "# .github/workflows/sign-in.yml"))
    gitlab = yaml.safe_load(_block("yaml", "# .gitlab-ci.yml"))
    names = ("sign-in", "up", "status")
    return [
        *(_github(name, github["jobs"][name], github["env"]) for name in names),
        *(_gitlab(name, gitlab[name], gitlab[".aws"], gitlab["variables"]) for name in names),
    ]


@pytest.mark.timeout(300)
def test_every_jobs_commands_run_in_order(new_stack: Callable, tmp_path: Path) -> None:
    stack = new_stack('from pulumi_aws_identity_center import TrustedAccess\nTrustedAccess("sso", {})\n')
    stack.pulumi("stack", "init", "production")
    (stack.folder / "requirements.txt").write_text("pulumi-aws\n")
    (stack.folder / "policy-config.json").write_text(PACK_CONFIG)
    for name, body in STUBS.items():
        (tmp_path / name).write_text(f"#!/usr/bin/env bash\nset -e\n{body}\n")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:{stack.session.environment['PATH']}"
    env = {"PATH": path, "IDENTITY_CENTER_URL": "https://git.example.com/identity-center.git"}
    outputs = {}
    for job in _jobs():
        # The keys of the sandbox stand for the role; tests/engine/test_ci_roles.py has the roles.
        own = {name: value for name, value in job.environment.items() if not name.startswith("AWS_ROLE_ARN")}
        own["AWS_WEB_IDENTITY_TOKEN_FILE"] = str(tmp_path / "aws-token")
        done = stack.session.run(
            "bash", "-ec", "\n".join(job.commands), cwd=stack.folder, env={**env, **own}, check=False
        )
        assert done.code == 0, (job.name, done.text)
        outputs[job.name] = done.out
        (stack.folder / "identity-center").unlink()
    assert all("verdict: safe" in outputs[name] for name in ("GitHub sign-in", "GitLab sign-in"))
    assert "created" in outputs["GitHub up"]
    assert "unchanged" in outputs["GitLab up"]
    assert all("verdict: healthy" in outputs[name] for name in ("GitHub status", "GitLab status"))
