"""The components used from elsewhere: through the plugin, by its schema, and installed into another environment.

Up and down through the plugin, from Python and JavaScript: test_examples.py."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from sandbox.session import ROOT

PACKAGES = f"packages:\n  aws-identity-center: {ROOT / 'components'}\n"
REMOTE = """
import pulumi

class Remote(pulumi.ComponentResource):
    def __init__(self, kind, name, props, outputs, opts=None):
        token = f"aws-identity-center:index:{kind}"
        super().__init__(token, name, {**props, **dict.fromkeys(outputs)}, opts, remote=True)

"""


@pytest.mark.parametrize(
    ("declared", "sentences"),
    [
        (
            """Remote("OrganizationSso", "all", {
                "whenNotEnabled": "no", "operatorRole": 7, "policyPrefix": "", "breakGlass": {"why": "x"}}, [])""",
            [
                "- operatorRole is not an argument; the arguments are delegatedAdministratorAccountId, ",
                "- whenNotEnabled is 'no'; it must be one of",
                "- policyPrefix is ''; it must be 1 to 100 letters",
                "- breakGlass.why is not a key;",
                "- breakGlass.expires is None",
            ],
        ),
        (
            # Known to be bad only when the organization has been read: the component is registered by then.
            """Remote("DelegatedAdministrator", "all", {"accountId": "999988887777"}, [])""",
            ["has a problem: accountId (delegatedAdministratorAccountId) is 999988887777, which is not an account of"],
        ),
    ],
    ids=["several", "an account of nobody's"],
)
def test_a_mistake_in_its_arguments_is_told_as_in_python(
    declared: str, sentences: list[str], new_stack: Callable
) -> None:
    result = new_stack(REMOTE + declared + "\n", yaml=PACKAGES).preview(check=False)
    assert result.code != 0
    for sentence in sentences:
        assert sentence in result.text
    assert "Unexpected" not in result.text
    # What is left of a trace is the SDK's own, of the program whose registration the engine ended.
    assert "pulumi_aws_identity_center" not in result.text


def test_late_children_are_the_components_in_every_run(new_stack: Callable) -> None:
    """A plugin answers when a component's outputs are there: attributes that came later were lost, then deleted."""
    attributes = [{"key": "team", "sources": ["${path:enterprise.department}"]}]
    stack = new_stack(
        f'{REMOTE}Remote("OrganizationSso", "sso", {{"accessControlAttributes": {attributes}}}, [])\n', yaml=PACKAGES
    )
    for _ in range(2):
        stack.up()
        [row] = [row for row in stack.state() if "Attributes" in row["type"]]
        assert [attribute["key"] for attribute in row["inputs"]["attributes"]] == ["team"]
    assert "DeleteInstanceAccessControlAttributeConfiguration" not in stack.session.operations()


def test_the_schema_describes_every_class_and_every_property(new_stack: Callable) -> None:
    stack = new_stack("")
    schema = json.loads(stack.pulumi("package", "get-schema", str(ROOT / "components")).out)
    assert schema["name"] == "aws-identity-center"
    assert schema["version"] == importlib.metadata.version("pulumi-aws-identity-center")
    assert sorted(token.rpartition(":")[2] for token in schema["resources"]) == [
        "AccessMatrix",
        "AccountAssignments",
        "DelegatedAdministrator",
        "ExclusiveAssignments",
        "Instance",
        "OperatorPermissions",
        "OrganizationSso",
        "PermissionSet",
        "Sentinel",
        "TrustedAccess",
    ]
    classes = {**schema["resources"], **schema["types"]}
    assert "aws-identity-center:index:OperatorRole" in classes
    silent = [token for token, properties in classes.items() if not properties.get("description")]
    silent += [
        f"{token}.{name}"
        for token, properties in classes.items()
        for side in ("properties", "inputProperties")
        for name, described in properties.get(side, {}).items()
        if not described.get("description")
    ]
    assert silent == []


@dataclass(frozen=True)
class Environment:
    """A virtual environment that has this one's dependencies, and nothing of this checkout."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def site(self) -> Path:
        return next(self.folder.glob("lib/python*/site-packages"))

    def install(self, *folders: Path) -> None:
        """pip, offline."""
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "--quiet", "--no-deps"]
        options = ["--no-index", "--no-build-isolation"]
        subprocess.run(
            [*pip, *options, *map(str, folders)],
            check=True,
            env={"PATH": os.environ["PATH"], "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )

    def project(self, folder: Path, program: str) -> Path:
        """Writes a Pulumi project that runs in it."""
        folder.mkdir(exist_ok=True)
        options = json.dumps({"name": "python", "options": {"virtualenv": str(self.folder)}})
        (folder / "Pulumi.yaml").write_text(f"name: theirs\nruntime: {options}\n")
        (folder / "__main__.py").write_text(program)
        return folder


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    their_environment = Environment(tmp_path / "their-venv")
    venv.create(their_environment.folder, with_pip=False, symlinks=True)
    # A path in a .pth file is not itself read for .pth files: this checkout's editable install stays out.
    (their_environment.site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return their_environment


BOTH = """
import pulumi
import pulumi_aws_identity_center as package
import pulumi_aws_identity_center_sdk as sdk

sdk.TrustedAccess("sharing", service_principal="ram.amazonaws.com")
sdk.Instance("theirs", when_not_enabled=sdk.WhenNotEnabled.WARN)
operator = sdk.OperatorRoleArgs(
    name="operator",
    permissions=[sdk.OperatorPermission.ENABLE, "observe"],
    trusted_principals=["arn:aws:iam::111122223333:root"],
)
sdk.OperatorPermissions("theirs", roles=[operator], policy_prefix="theirs-")
package.OrganizationSso("sso", {"whenNotEnabled": "warn"})
pulumi.export("package", package.__file__)
pulumi.export("sdk", sdk.__file__)
"""


def test_package_and_generated_sdk_are_installed_into_another_environment(
    sandbox_session: Callable, environment: Environment, tmp_path: Path
) -> None:
    session = sandbox_session()
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: theirs\nruntime: python\n")
    session.pulumi("package", "add", str(ROOT / "components"), cwd=folder)
    generated = folder / "sdks" / "aws-identity-center"
    assert "ArgsArgs" not in (generated / "pulumi_aws_identity_center_sdk" / "_inputs.py").read_text("utf-8")

    environment.install(ROOT / "components", generated)
    added = yaml.safe_load((folder / "Pulumi.yaml").read_text())["packages"]
    settings = environment.project(folder, BOTH) / "Pulumi.yaml"
    settings.write_text(settings.read_text() + yaml.safe_dump({"packages": added}))
    session.pulumi("stack", "init", "dev", cwd=folder)
    session.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", cwd=folder)
    outputs = json.loads(session.pulumi("stack", "output", "--json", cwd=folder).out)
    assert outputs == {
        "package": f"{environment.site}/pulumi_aws_identity_center/__init__.py",
        "sdk": f"{environment.site}/pulumi_aws_identity_center_sdk/__init__.py",
    }
    trusted = session.aws.client("organizations").list_aws_service_access_for_organization()
    assert "ram.amazonaws.com" in {row["ServicePrincipal"] for row in trusted["EnabledServicePrincipals"]}
    assert session.aws.client("iam").get_role(RoleName="operator")
    guard = session.run(str(environment.folder / "bin" / "identity-center"), "document", "guard", cwd=folder)
    assert "organizations:DisableAWSServiceAccess" in guard.out
    assert not (ROOT / "components" / "build").exists()
