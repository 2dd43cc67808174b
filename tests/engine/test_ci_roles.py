"""docs/ci.md's roles: each job's token gets the role that the page says, and nothing else, where IAM is enforced."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi_aws_identity_center.domain.operator_roles import parse_operator_roles, trust_document

from sandbox.session import ROOT, Result
from tests.conftest import Stack
from tests.oidc import GITHUB, web_identity_token

REPOSITORY = "repo:YOUR-ORG/REPOSITORY"
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
(_CONFIGURATION,) = re.findall(r"^```yaml\n# Pulumi\.production\.yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(PROGRAM,) = re.findall(r"^```python\n# in __main__\.py\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def _roles_of_program() -> list[dict[str, Any]]:
    """What the page's Python gives to OperatorPermissions."""
    names: dict[str, Any] = {}
    exec(PROGRAM.partition("\nOperatorPermissions(")[0], names)
    roles: list[dict[str, Any]] = names["roles"]
    return roles


ROLES = _roles_of_program()


def _job(stack: Stack, role: str, subject: str, tmp_path: Path, *, audience: str = "sts.amazonaws.com") -> Callable:
    """A job's commands: like any CI job, it has no keys, but the file of a token."""
    file = tmp_path / "token"
    file.write_text(web_identity_token(subject, audience=audience, expires=time.time() + 3_600))
    environment = {
        "PULUMI_STACK": stack.name,
        "AWS_ROLE_ARN": f"arn:aws:iam::111122223333:role/{role}",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(file),
        "AWS_ROLE_SESSION_NAME": "job",
    }

    def run(command: str) -> Result:
        keys = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"
        return stack.session.run("bash", "-c", f"{keys}; {command}", cwd=stack.folder, env=environment, check=False)

    return run


@pytest.fixture
def stack(main_stack: Callable[..., Stack]) -> Stack:
    stack = main_stack(enforce_iam=True)
    iam = stack.session.aws.client("iam")
    iam.create_open_id_connect_provider(Url=f"https://{GITHUB}", ClientIDList=["sts.amazonaws.com"])
    stack.config(**{"aws-identity-center__operatorRoles": ROLES})
    stack.up()
    return stack


@pytest.mark.timeout(300)
def test_each_jobs_token_gets_its_own_role_and_no_other(stack: Stack, tmp_path: Path) -> None:
    pull_request = _job(stack, "ci-preview", f"{REPOSITORY}:pull_request", tmp_path)
    previewed = pull_request("pulumi preview --non-interactive --refresh --expect-no-changes")
    assert previewed.code == 0, previewed.text
    organizations = stack.session.aws.client("organizations")
    organizations.disable_aws_service_access(ServicePrincipal="sso.amazonaws.com")
    denied = pull_request("identity-center recover --yes")
    assert denied.code == 1, denied.text
    assert "organizations:EnableAWSServiceAccess" in denied.text

    production = _job(stack, "ci-up", f"{REPOSITORY}:environment:production", tmp_path)
    repaired = production("pulumi up --yes --refresh --non-interactive")
    assert repaired.code == 0, repaired.text
    status = _job(stack, "ci-status", f"{REPOSITORY}:ref:refs/heads/main", tmp_path)("identity-center status")
    assert status.code == 0, status.text

    for subject in (f"{REPOSITORY}:pull_request", "repo:YOUR-ORG/OTHER:environment:production"):
        refused = _job(stack, "ci-up", subject, tmp_path)("identity-center status")
        assert refused.code == 2, refused.text
        assert "AssumeRoleWithWebIdentity" in refused.text


def test_the_pages_trust_policy_is_the_programs() -> None:
    (pasted,) = (
        json.loads(block)
        for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
        if "AssumeRoleWithWebIdentity" in block
    )
    [role] = [role for role in parse_operator_roles(ROLES, "operatorRoles") if role.name == "ci-up"]
    assert pasted == trust_document(role)


def test_the_pages_configuration_is_the_same_role() -> None:
    configured = yaml.safe_load(_CONFIGURATION)["config"]["aws-identity-center:operatorRoles"]
    assert configured == [role for role in ROLES if role["name"] == "ci-up"]


def test_the_pages_python_creates_the_same_roles(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(PROGRAM)
    stack.up()
    iam = stack.session.aws.client("iam")
    for role in parse_operator_roles(ROLES, "operatorRoles"):
        trust = iam.get_role(RoleName=role.name)["Role"]["AssumeRolePolicyDocument"]
        assert trust == trust_document(role)
