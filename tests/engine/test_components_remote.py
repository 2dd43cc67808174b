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
from pathlib import Path

import pytest

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
            """Remote("OrganizationSso", "all", {"whenNotEnabled": "no", "operatorRole": 7, "policyPrefix": ""}, [])""",
            [
                "- operatorRole is not an argument; the arguments are delegatedAdministratorAccountId, ",
                "- whenNotEnabled is 'no'; it is one of",
                "- policyPrefix is ''; it is 1 to 100 letters",
            ],
        ),
        (
            """Remote("OrganizationSso", "all", {"whenNotEnabled": "perhaps", "breakGlass": {"why": "x"}}, [])""",
            [
                "- whenNotEnabled is 'perhaps'; it is one of",
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
    ids=["an unknown key and others", "several values", "an account of nobody's"],
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


def test_what_is_declared_once_something_is_known_is_part_of_it_every_time(new_stack: Callable) -> None:
    """A plugin answers when a component's outputs are there: attributes that came later were lost, then deleted."""
    attributes = [{"key": "team", "sources": ["${path:enterprise.department}"]}]
    for kind in ("Instance", "OrganizationSso"):
        stack = new_stack(
            f'{REMOTE}Remote("{kind}", "sso", {{"accessControlAttributes": {attributes}}}, [])\n', yaml=PACKAGES
        )
        for _ in range(2):
            stack.up()
            assert [row["inputs"]["attributes"][0]["key"] for row in stack.state() if "Attributes" in row["type"]] == [
                "team"
            ]
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
        "Instance",
        "OperatorPermissions",
        "OrganizationSso",
        "PermissionSet",
        "Sentinel",
        "TrustedAccess",
    ]
    classes = {**schema["resources"], **schema["types"]}
    assert "aws-identity-center:index:OperatorRoleArgs" in classes
    silent = [token for token, found in classes.items() if not found.get("description")]
    silent += [
        f"{token}.{name}"
        for token, found in classes.items()
        for side in ("properties", "inputProperties")
        for name, described in found.get(side, {}).items()
        if not described.get("description")
    ]
    assert silent == []


def test_installed_into_another_environment_it_is_whole(sandbox_session: Callable, tmp_path: Path) -> None:
    """`pip install ./components`, offline: what the package needs is taken from this environment."""
    environment = tmp_path / "their-venv"
    venv.create(environment, with_pip=False, symlinks=True)
    python = environment / "bin" / "python"
    site = next(environment.glob("lib/python*/site-packages"))
    # A path in a .pth file is not itself read for .pth files: this checkout's editable install stays out.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run(
        [*pip, "--no-build-isolation", str(ROOT / "components")], check=True, env={"PATH": os.environ["PATH"]}
    )

    folder = tmp_path / "theirs"
    folder.mkdir()
    options = json.dumps({"name": "python", "options": {"virtualenv": str(environment)}})
    (folder / "Pulumi.yaml").write_text(f"name: theirs\nruntime: {options}\n")
    (folder / "__main__.py").write_text(
        "import pulumi\nimport pulumi_aws_identity_center as package\n"
        'pulumi.export("from", package.__file__)\n'
        'package.OrganizationSso("sso", {"whenNotEnabled": "warn"})\n'
    )
    session = sandbox_session()
    session.pulumi("stack", "init", "dev", cwd=folder)
    shown = session.pulumi("preview", "--suppress-progress", cwd=folder).out
    assert str(site) in shown
    assert "11 to create" in shown
    told = session.run(str(environment / "bin" / "identity-center"), "document", "guard", cwd=folder)
    assert "organizations:DisableAWSServiceAccess" in told.out
    assert not (ROOT / "components" / "build").exists()
