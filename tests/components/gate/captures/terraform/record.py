"""Records what OpenTofu and Terraform really write (`show -json PLAN`), from small configurations.

    python tests/components/gate/captures/terraform/record.py TOOL PROVIDERS [SCENE ...]

TOOL: the binary `tofu` (v1.12.6), whose files are beside this one, or `terraform` (v1.5.7: the last under the MPL; go
mod download github.com/hashicorp/terraform@v1.5.7), whose files are in of-terraform/. PROVIDERS: a folder with
`terraform-provider-aws` and `terraform-provider-awscc`, both made from stub/ (go build -o terraform-provider-aws . &&
cp terraform-provider-aws terraform-provider-awscc). SCENE: a function's name; default: all. Each file is what the
command printed, but for the time. CI builds neither.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

PROVIDERS = """
terraform {
  required_providers {
    aws   = { source = "hashicorp/aws" }
    awscc = { source = "hashicorp/awscc" }
  }
}
"""
GUARD = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Action": ["organizations:*", "sso:DeleteInstance"], "Resource": "*"},
        ],
    }
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}},
        ],
    }
)
ORGANIZATION = """
resource "aws_organizations_organization" "this" {
  aws_service_access_principals = ["ram.amazonaws.com", "sso.amazonaws.com"]
}
"""
LIST = 'aws_service_access_principals = ["ram.amazonaws.com", "sso.amazonaws.com"]'
IMPORT = """
import {
  to = aws_organizations_organization.this
  id = "o-exampleorg01"
}
"""
ACCESS = """
resource "aws_organizations_aws_service_access" "sso" {
  service_principal = "sso.amazonaws.com"
}
"""
ADMINISTRATOR = """
resource "aws_organizations_delegated_administrator" "sso" {
  account_id        = "222233334444"
  service_principal = "sso.amazonaws.com"
}
"""
GUARDED = f"""
resource "aws_iam_policy" "guard" {{
  name   = "identity-center-guard"
  policy = {json.dumps(GUARD)}
}}
resource "aws_iam_role" "admin" {{
  name               = "admin"
  assume_role_policy = {json.dumps(TRUST)}
}}
resource "aws_iam_role_policy_attachment" "guard" {{
  role       = aws_iam_role.admin.name
  policy_arn = aws_iam_policy.guard.arn
}}
"""
MODULE = f"""
variable "guarded" {{ type = bool }}
resource "aws_iam_role" "admin" {{
  name               = "admin"
  assume_role_policy = {json.dumps(TRUST)}
}}
resource "aws_iam_role_policy" "guard" {{
  count  = var.guarded ? 1 : 0
  name   = "guard"
  role   = aws_iam_role.admin.name
  policy = {json.dumps(GUARD)}
}}
"""
SENSITIVE = """
variable "listed" {
  type      = set(string)
  sensitive = true
}
variable "administrator" {
  type      = string
  sensitive = true
}
resource "aws_organizations_organization" "this" {
  aws_service_access_principals = var.listed
}
resource "aws_organizations_delegated_administrator" "sso" {
  account_id        = var.administrator
  service_principal = "sso.amazonaws.com"
}
"""
GRANTS = f"""
resource "aws_iam_policy" "broad" {{
  name   = "broad"
  policy = {json.dumps(json.dumps({"Statement": {"Effect": "Allow", "Action": "organizations:*", "Resource": "*"}}))}
}}
resource "aws_iam_role" "ci" {{
  name               = "ci"
  assume_role_policy = {json.dumps(TRUST)}
}}
resource "aws_iam_role_policy_attachment" "administrator" {{
  role       = aws_iam_role.ci.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}
resource "terraform_data" "later" {{}}
resource "aws_iam_role_policy" "unknown" {{
  name   = "later"
  role   = aws_iam_role.ci.name
  policy = terraform_data.later.id
}}
resource "aws_iam_service_linked_role" "sso" {{
  aws_service_name = "sso.amazonaws.com"
}}
resource "aws_organizations_delegated_administrator" "sso" {{
  account_id        = "111122223333"
  service_principal = "sso.amazonaws.com"
}}
resource "aws_organizations_organization" "billing" {{
  aws_service_access_principals = ["sso.amazonaws.com"]
  feature_set                   = "CONSOLIDATED_BILLING"
}}
"""
OTHERS = """
resource "awscc_sso_instance" "this" {
  name = "people"
}
resource "aws_accountaccess_application" "this" {
  name = "access"
}
resource "aws_iam_saml_provider" "sso" {
  name                   = "AWSSSO_0123456789abcdef_DO_NOT_DELETE"
  saml_metadata_document = "<EntityDescriptor/>"
}
"""
ADMINISTRATORS = """
resource "aws_ssoadmin_permission_set" "admin" {
  name         = "Admin"
  instance_arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
}
resource "aws_ssoadmin_managed_policy_attachment" "admin" {
  instance_arn       = aws_ssoadmin_permission_set.admin.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  managed_policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_ssoadmin_account_assignment" "admin" {
  for_each           = toset(ACCOUNTS)
  instance_arn       = aws_ssoadmin_permission_set.admin.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.admin.arn
  principal_id       = "a4cc74b2-a915-484a-b223-a94e501d1810"
  principal_type     = "GROUP"
  target_id          = each.key
  target_type        = "AWS_ACCOUNT"
}
"""
FOUND = {
    "aws_service_access_principals": ["ram.amazonaws.com", "sso.amazonaws.com"],
    "feature_set": "ALL",
    "master_account_id": "111122223333",
}
FAILING = """
resource "terraform_data" "no" {
  lifecycle {
    precondition {
      condition     = aws_iam_role.admin.name == "no"
      error_message = "no"
    }
  }
}
"""
FORGOTTEN = """
removed {
  from = aws_organizations_aws_service_access.sso
  lifecycle { destroy = false }
}
"""


class Workspace:
    """One folder with a state; `record` plans and keeps what `show -json` prints of the plan."""

    def __init__(self, tool: str, providers: str, folder: Path) -> None:
        self.tool, self.folder = tool, folder
        self.is_terraform = Path(tool).name == "terraform"
        self.world: dict[str, dict[str, Any]] = {}
        (folder / "cli.tfrc").write_text(
            "provider_installation {\n  dev_overrides {\n"
            f'    "hashicorp/aws" = "{providers}"\n    "hashicorp/awscc" = "{providers}"\n  }}\n  direct {{}}\n}}\n'
        )

    def run(self, *command: str, check: bool = True, env: Mapping[str, str] | None = None) -> str:
        (self.folder / "world.json").write_text(json.dumps(self.world))
        settings = {
            **os.environ,
            "TF_CLI_CONFIG_FILE": str(self.folder / "cli.tfrc"),
            "STUB_WORLD": str(self.folder / "world.json"),
            **(env or {}),
        }
        done = subprocess.run(
            [self.tool, *command], cwd=self.folder, env=settings, capture_output=True, text=True, check=False
        )
        if check and done.returncode:
            raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def write(self, *blocks: str) -> None:
        (self.folder / "main.tf").write_text(PROVIDERS + "".join(blocks))

    def apply(self, *blocks: str, check: bool = True, env: Mapping[str, str] | None = None) -> None:
        self.write(*blocks)
        self.run("apply", "-auto-approve", "-input=false", "-no-color", check=check, env=env)

    def record(self, name: str, *flags: str, check: bool = True, env: Mapping[str, str] | None = None) -> None:
        self.run("plan", "-out=plan", "-input=false", "-no-color", *flags, check=check, env=env)
        plan = json.loads(self.run("show", "-json", "plan"))
        plan["timestamp"] = "2026-01-02T03:04:05Z"
        to = HERE / "of-terraform" if self.is_terraform else HERE
        (to / f"{name}.json").write_text(json.dumps(plan, separators=(",", ":")) + "\n")


def imports(at: Workspace) -> None:
    at.world = {"aws_organizations_organization": {"o-exampleorg01": FOUND}}
    at.write(IMPORT, ORGANIZATION.replace(', "sso.amazonaws.com"', ""))
    at.record("import-of-an-incomplete-list")
    at.write(IMPORT, ORGANIZATION)
    at.record("import-without-change")


def lists(at: Workspace) -> None:
    at.write(ORGANIZATION, ACCESS, ADMINISTRATOR, GUARDED)
    at.record("first-time")
    at.apply(ORGANIZATION, ACCESS, ADMINISTRATOR, GUARDED)
    at.record("nothing-changes")
    at.record("everything-destroyed", "-destroy")
    at.record("one-resource-targeted", "-target=aws_iam_role.admin")
    at.write(ORGANIZATION.replace(', "sso.amazonaws.com"', ""), ACCESS, ADMINISTRATOR, GUARDED)
    at.record("principal-dropped")
    left_out = ORGANIZATION.replace(LIST, "")
    at.write(left_out, ACCESS, ADMINISTRATOR, GUARDED)
    at.record("list-left-out")
    ignoring = "lifecycle { ignore_changes = [aws_service_access_principals] }"
    at.write(ORGANIZATION.replace(LIST, ignoring), ACCESS, ADMINISTRATOR, GUARDED)
    at.record("list-ignored")
    at.write(ORGANIZATION, ACCESS, ADMINISTRATOR, GUARDED.replace("sso:DeleteInstance", "s3:*"))
    at.record("guard-says-less")
    unknown = f'resource "terraform_data" "later" {{\n  input = ["ram.amazonaws.com"]\n}}\n{ORGANIZATION}'
    at.write(
        unknown.replace(LIST, "aws_service_access_principals = terraform_data.later.output"),
        ACCESS,
        ADMINISTRATOR,
        GUARDED,
    )
    at.record("list-wholly-unknown")
    partly = '["ram.amazonaws.com", terraform_data.later.id]'
    at.write(unknown.replace(LIST, f"aws_service_access_principals = {partly}"), ACCESS, ADMINISTRATOR, GUARDED)
    at.record("list-partly-unknown")
    at.write(ORGANIZATION, ACCESS, ADMINISTRATOR, GUARDED, FAILING)
    at.record("errored", check=False)


def replacements(at: Workspace) -> None:
    at.apply(ACCESS)
    other = ACCESS.replace('= "sso.amazonaws.com"', '= "ram.amazonaws.com"\n  OPTIONS')
    at.write(other.replace("OPTIONS", ""))
    at.record("replaced-delete-first")
    at.write(other.replace("OPTIONS", "lifecycle { create_before_destroy = true }"))
    at.record("replaced-create-first")
    if not at.is_terraform:  # 1.5.7 can't forget
        at.write(other.replace("OPTIONS", "lifecycle { destroy = false }"))
        at.record("replaced-forget-and-create")
        at.write(FORGOTTEN)
        at.record("forgotten")
    moved = ACCESS.replace('"sso" {', '"people" {')
    move = "\nmoved {\n  from = aws_organizations_aws_service_access.sso\n"
    at.write(moved, f"{move}  to   = aws_organizations_aws_service_access.people\n}}\n")
    at.record("moved")


def deposed(at: Workspace) -> None:
    first = ACCESS.replace("}\n", "  lifecycle { create_before_destroy = true }\n}\n")
    at.apply(first)
    second = first.replace("sso.amazonaws.com", "ram.amazonaws.com")
    at.apply(second, check=False, env={"STUB_REFUSE_DELETE": "1"})
    at.record("deposed-deleted")


def drift(at: Workspace) -> None:
    at.apply(ORGANIZATION, ACCESS, ADMINISTRATOR)
    at.world = {
        "aws_organizations_organization": {"o-exampleorg01": {"aws_service_access_principals": ["ram.amazonaws.com"]}},
        "aws_organizations_aws_service_access": {"sso.amazonaws.com": None},
        "aws_organizations_delegated_administrator": {"222233334444": None},
    }
    at.record("drift-mended")
    at.record("drift-refresh-only", "-refresh-only")
    ignoring = "lifecycle { ignore_changes = [aws_service_access_principals] }"
    at.write(ORGANIZATION.replace(LIST, f"{LIST}\n  {ignoring}"))
    at.record("drift-left")


def secrets(at: Workspace) -> None:
    listed = '["ram.amazonaws.com", "sso.amazonaws.com"]'
    at.write(SENSITIVE)
    variables = {"TF_VAR_listed": listed, "TF_VAR_administrator": "222233334444"}
    at.apply(SENSITIVE, env=variables)
    dropped = {"TF_VAR_listed": '["ram.amazonaws.com"]', "TF_VAR_administrator": "333344445555"}
    at.record("sensitive", env=dropped)


def modules(at: Workspace) -> None:
    (at.folder / "account").mkdir()
    (at.folder / "account" / "main.tf").write_text(PROVIDERS + MODULE)
    calls = 'module "account" {\n  for_each = toset(["first"])\n  source   = "./account"\n  guarded  = GUARDED\n}\n'
    at.write(calls.replace("GUARDED", "true"))
    at.run("init", "-input=false", "-no-color", check=False)
    at.apply(calls.replace("GUARDED", "true"))
    at.write(calls.replace("GUARDED", "false"))
    at.record("guard-in-a-module-dropped")


def others(at: Workspace) -> None:
    at.write(GRANTS)
    at.record("grants")
    at.apply(OTHERS)
    at.record("other-subjects-destroyed", "-destroy")


def access(at: Workspace) -> None:
    accounts = ["111122223333", "222233334444"]
    assigned = ADMINISTRATORS.replace("ACCOUNTS", json.dumps(accounts))
    at.apply(ORGANIZATION, assigned)
    at.write(ORGANIZATION)
    at.record("administrators-removed")
    at.write(ORGANIZATION, ADMINISTRATORS.replace("ACCOUNTS", json.dumps(accounts[:1])))
    at.record("administrators-in-one-account-less")
    at.write(ORGANIZATION, assigned.replace("AdministratorAccess", "ReadOnlyAccess"))
    at.record("administrators-reduced")


def example(at: Workspace) -> None:
    """examples/terraform as it stands, and with the mistake that it is there to stop."""
    at.world = {"aws_organizations_organization": {"o-exampleorg01": FOUND}}
    program = (HERE.parents[4] / "examples/terraform/main.tf").read_text()
    for name, text in (
        ("example", program),
        ("example-without-sso", program.replace('    "sso.amazonaws.com",\n', "")),
    ):
        (at.folder / "main.tf").write_text(text)
        at.record(name)


def main() -> None:
    tool, providers = (str(Path(argument).resolve()) for argument in sys.argv[1:3])
    scenes = (imports, lists, replacements, deposed, drift, secrets, modules, others, access, example)
    for scene in scenes:
        if scene.__name__ in (sys.argv[3:] or [scene.__name__]):
            with tempfile.TemporaryDirectory() as folder:
                scene(Workspace(tool, providers, Path(folder)))


if __name__ == "__main__":
    main()
