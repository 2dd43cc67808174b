"""A program that is a function of a longer process, as the Automation API runs it, and several in one process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.key_service import KeyService

PROGRAMS = """
import os

import pulumi
import pulumi.automation as automation
import pulumi_aws as aws
from pulumi_aws_identity_center import OrganizationSso, TrustedAccess, guard_stack

def own():
    aws.organizations.AwsServiceAccess("login", service_principal="sso.amazonaws.com")

def guarded():
    guard_stack()

def list_without():
    guard_stack()
    organization = aws.organizations.get_organization().id
    options = pulumi.ResourceOptions(import_=organization)
    aws.organizations.Organization("org", aws_service_access_principals=["ram.amazonaws.com"], opts=options)

options = automation.LocalWorkspaceOptions(
    secrets_provider=os.environ["SECRETS_PROVIDER"], pulumi_command=automation.PulumiCommand()
)
for stack, program in (
    ("one", own),
    ("one", guarded),
    ("one", lambda: OrganizationSso("sso")),
    ("two", list_without),
    ("one", lambda: TrustedAccess("renamed")),
):
    try:
        automation.create_or_select_stack(stack, "inline", program, opts=options).up()
        print(stack, "up")
    except automation.CommandError as error:
        print(stack, "guard_stack() refuses org" in str(error), "Traceback" in str(error))
"""


def test_several_inline_programs_of_one_process_keep_trusted_access(
    sandbox_session: Callable, new_stacks: object, tmp_path: Path
) -> None:
    session = sandbox_session()
    (tmp_path / "run.py").write_text(PROGRAMS)
    environment = {"SECRETS_PROVIDER": KeyService.url}
    result = session.run(sys.executable, "run.py", cwd=tmp_path, env=environment)
    assert result.out.splitlines() == ["one up", "one up", "one up", "two True False", "one up"]
    assert "DisableAWSServiceAccess" not in session.operations()
