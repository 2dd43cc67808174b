"""The resource provider where the checkout is not the program's: JavaScript, an installed archive, other sign-ins."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine import Engine, official_yaml_host, prepare_home
from sandbox.session import ROOT

MATRIX = {
    "permissionSets": {"ReadOnly": {"managedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}},
    "assignments": [{"groups": ["Developers"], "permissionSets": ["ReadOnly"], "accounts": {"all": True}}],
}
PROGRAM = f"""
import pulumi
from pulumi_aws_identity_center import AccessMatrix

pulumi.export("grants", AccessMatrix("access", {MATRIX!r}).grants)
"""
YAML = """
name: yaml
runtime: yaml
packages:
  aws-identity-center: {components}
resources:
  access:
    type: aws-identity-center:index:AccessMatrix
    properties:
      permissionSets:
        ReadOnly:
          managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
          inlinePolicy: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Action: "s3:*", Resource: "*"}}]}}
      assignments:
        - groups: [Developers]
          permissionSets: [ReadOnly]
          accounts: {accounts}
outputs:
  grants: ${{access.grants}}
  arn: ${{access.permissionSetArns["ReadOnly"]}}
"""


def test_a_yaml_program_declares_a_matrix(new_stack: Callable, engine: Engine) -> None:
    stack = new_stack("", project="yaml")
    (stack.folder / "__main__.py").unlink()
    home = Path(stack.session.environment["PULUMI_HOME"])
    prepare_home(home, engine, stack.session.python, yaml_host=official_yaml_host())

    def declare(accounts: str) -> None:
        (stack.folder / "Pulumi.yaml").write_text(YAML.format(components=ROOT / "components", accounts=accounts))

    declare("{all: true}")
    stack.up()
    outputs = stack.outputs()
    assert outputs["grants"] == 3
    assert outputs["arn"].startswith("arn:aws:sso:::permissionSet/")
    assert "5 unchanged" in stack.preview().text
    declare('{all: true, al: true, except: {names: ["no such account"]}}')
    refused = stack.preview(check=False)
    assert "assignments[0].accounts.al is not a key" in refused.text
    assert "assignments[0].accounts.except.names[0] is 'no such account'" in refused.text
    assert "Traceback" not in refused.text
    stack.destroy()
    assert stack.state() == []


def _archive(folder: Path) -> Path:
    spec = importlib.util.spec_from_file_location("archive", ROOT / "components" / "archive.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    archive: Path = module.make_archive(folder)
    return archive


def _plugin_folder(stack: Any) -> Path:
    """Of the sandbox's only version; a lock lies beside it."""
    plugins = Path(stack.session.environment["PULUMI_HOME"], "plugins")
    [folder] = (path for path in plugins.glob("resource-aws-identity-center-v*") if path.is_dir())
    return folder


def _install(stack: Any, archive: Path) -> None:
    """In place of the checkout's."""
    folder = _plugin_folder(stack)
    version = folder.name.rpartition("-v")[2]
    shutil.rmtree(folder)
    missing = stack.preview(check=False)
    assert "no resource plugin 'pulumi-resource-aws-identity-center' found" in missing.text
    stack.pulumi("plugin", "install", "resource", "aws-identity-center", version, "--file", str(archive))


def test_the_archive_is_all_that_a_program_needs(new_stack: Callable, tmp_path: Path) -> None:
    """In the sandbox's own environment: a virtual environment's packages would come from a registry."""
    archive = _archive(tmp_path / "dist")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    settings = tmp_path / "unpacked" / "PulumiPlugin.yaml"
    assert "virtualenv: venv" in settings.read_text("utf-8")
    settings.write_text("runtime: python\n")
    again = tmp_path / "again.tar.gz"
    with tarfile.open(again, "w:gz") as tar:
        tar.add(tmp_path / "unpacked", arcname=".")

    stack = new_stack(PROGRAM)
    _install(stack, again)
    stack.up()
    assert stack.outputs()["grants"] == 3


@pytest.mark.skipif(
    os.environ.get("IDENTITY_CENTER_CROSS_CHECK") != "1", reason="takes two minutes, and packages from the registry"
)
def test_the_archive_runs_in_the_environment_that_it_asks_for(new_stack: Callable, tmp_path: Path) -> None:
    stack = new_stack(PROGRAM)
    _install(stack, _archive(tmp_path / "dist"))
    packages = next((_plugin_folder(stack) / "venv").glob("lib/python*/site-packages"))
    assert (packages / "pulumi").is_dir()
    assert not list(packages.glob("*pulumi_aws_identity_center*"))
    stack.up(previewed=True)
    assert stack.outputs()["grants"] == 3
    stack.destroy()


def test_the_aws_providers_sign_in_is_the_resources_too(new_stack: Callable) -> None:
    stack = new_stack(
        PROGRAM.replace(
            "pulumi.export(",
            "import pulumi_aws as aws\n"
            'there = aws.Provider("there", region="eu-central-1")\n'
            "opts = pulumi.ResourceOptions(providers=[there])\n"
            "pulumi.export(",
        ).replace("}).grants", "}, opts).grants")
    )
    refused = stack.preview(check=False)
    assert "There is no organization instance of IAM Identity Center in this Region" in refused.text
    assert "Traceback" not in refused.text
    stack.write(PROGRAM)
    stack.pulumi("config", "set", "aws:region", "us-east-1")
    stack.up()
    [provider] = [row for row in stack.state() if row["urn"].endswith("::access-sign-in")]
    assert provider["inputs"]["region"] == "us-east-1"


OWN_PROVIDER = """
import pulumi
from pulumi_aws_identity_center import AccessMatrix

own = pulumi.ProviderResource("aws-identity-center", "own", {"region": "us-east-1"})
AccessMatrix(
    "access",
    {"assignment": [], "assignments": [{"groups": ["Strangers"], "permissionSets": ["ReadOnly"]}]},
    pulumi.ResourceOptions(providers=[own]),
)
"""


def test_with_a_provider_of_its_own_a_bad_document_is_told_alone(new_stack: Callable) -> None:
    refused = new_stack(OWN_PROVIDER).preview(check=False)
    assert "assignment is not an argument" in refused.text
    assert "assignments[0].accounts is missing" in refused.text
    assert "Strangers" not in refused.text


ROLE = "arn:aws:iam::111122223333:role/one"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ('allowed_account_ids=["999988887777"]', "which is not among allowedAccountIds (999988887777)"),
        (f'assume_role_with_web_identity={{"role_arn": "{ROLE}"}}', "which has assumeRoleWithWebIdentity. Sign in by"),
        ('endpoints=[{"sts": "http://127.0.0.1:1"}]', "which has endpoints. Sign in by"),
        (f'assume_roles=[{{"role_arn": "{ROLE}", "session_name": "me"}}]', f"sts:AssumeRole on resource: {ROLE}"),
    ],
    ids=["another account", "web identity", "endpoints", "snake case"],
)
def test_it_signs_in_only_as_its_aws_provider_does(new_stack: Callable, arguments: str, sentence: str) -> None:
    stack = new_stack(
        PROGRAM.replace(
            "pulumi.export(",
            "import pulumi_aws as aws\n"
            f'there = aws.Provider("there", region="us-east-1", {arguments})\n'
            "opts = pulumi.ResourceOptions(providers=[there])\n"
            "pulumi.export(",
        ).replace("}).grants", "}, opts).grants")
    )
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert sentence in refused.text
    assert "Traceback" not in refused.text


def test_what_aws_refuses_is_a_sentence(new_stack: Callable) -> None:
    stack = new_stack(PROGRAM, faults=["sso-admin:ListInstances:AccessDeniedException"])
    refused = stack.preview(check=False)
    assert refused.code != 0
    assert "list_instances: access was denied" in refused.text
    assert "Traceback" not in refused.text
